//! What the process does to itself: memory, standard streams, descriptors, its weight among others.

use std::time::Duration;

/// When this process began, as the system says it: with the id it names a process for good.
#[must_use]
pub fn start_time() -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        // Field 22 of proc_pid_stat(5), counted after the name, which may hold anything.
        let stat = std::fs::read("/proc/self/stat").ok()?;
        let name = stat.iter().rposition(|&byte| byte == b')')?;
        let rest = std::str::from_utf8(stat.get(name + 1..)?).ok()?;
        rest.split_ascii_whitespace().nth(19)?.parse().ok()
    }
    #[cfg(not(target_os = "linux"))]
    None
}

/// Name of this machine; empty where it has none that could be compared.
#[must_use]
#[cfg_attr(unix, expect(unsafe_code, reason = "gethostname has no safe wrapper"))]
pub fn hostname() -> String {
    #[cfg(unix)]
    {
        // Beyond the longest name there can be (HOST_NAME_MAX, _POSIX_HOST_NAME_MAX).
        let mut name = [0_u8; 256];
        // SAFETY: the buffer is as long as is said.
        let failed = unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len()) } != 0;
        let end = name.iter().position(|&byte| byte == 0);
        let name = end.and_then(|end| name.get(..end)).filter(|_| !failed);
        String::from_utf8_lossy(name.unwrap_or_default()).into_owned()
    }
    #[cfg(not(unix))]
    String::new()
}

/// What a thread had of the processors.
#[derive(Debug, Clone, Copy)]
pub struct ThreadTimes {
    /// It ran.
    pub ran: Duration,
    /// It could have run, but others did.
    pub waited: Duration,
}

/// The id of the calling thread, where [`thread_times`] knows it.
#[must_use]
pub fn this_thread() -> Option<i32> {
    // PID/task/TID (proc_pid_task(5)).
    let own = std::fs::read_link("/proc/thread-self").ok()?;
    own.file_name()?.to_str()?.parse().ok()
}

/// What a thread of this process had of the processors so far; nothing where the system does not say.
#[must_use]
pub fn thread_times(thread: i32) -> Option<ThreadTimes> {
    // Nanoseconds on a processor, nanoseconds of waiting for one, and times it had one (sched-stats in the kernel's documents).
    let stat = std::fs::read_to_string(format!("/proc/self/task/{thread}/schedstat")).ok()?;
    let mut fields = stat.split_ascii_whitespace();
    let mut next = || Some(Duration::from_nanos(fields.next()?.parse().ok()?));
    Some(ThreadTimes {
        ran: next()?,
        waited: next()?,
    })
}

/// Gives this process a third of its weight among those that want the processors, or all of it again: by its group, which
/// is all that counts where sessions are scheduled as groups (sched(7), "The autogroup feature"), and what can be taken back
/// without privileges. Where they are not, nothing changes.
///
/// # Errors
/// The system's error, as when the weight of any group was changed a moment ago.
pub fn step_back(back: bool) -> std::io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use std::io::Write as _;

        // The group is that of the session: it must be ours alone.
        if rustix::process::getsid(None)? != rustix::process::getpid() {
            return Ok(());
        }
        // Each step is a factor of 1.25 (sched(7)). More would let a flood starve where many want the processors.
        let nice: &[u8] = if back { b"5" } else { b"0" };
        match std::fs::OpenOptions::new()
            .write(true)
            .open("/proc/self/autogroup")
        {
            Ok(mut group) => group.write_all(nice),
            // A kernel without such groups.
            Err(_) => Ok(()),
        }
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = back;
        Ok(())
    }
}

/// One arena for all threads: glibc's usual one per thread costs more than an idle host has in all. Large buffers come from
/// the system directly and go back to it at once.
#[cfg_attr(
    all(target_os = "linux", target_env = "gnu"),
    expect(unsafe_code, reason = "mallopt has no safe wrapper")
)]
pub fn spare_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: both calls only set numbers in the allocator; no other thread runs yet.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
        libc::mallopt(libc::M_MMAP_THRESHOLD, 64 * 1024);
        libc::mallopt(libc::M_TRIM_THRESHOLD, 128 * 1024);
    }
}

/// Gives memory that nobody uses back to the system.
#[cfg_attr(
    all(target_os = "linux", target_env = "gnu"),
    expect(unsafe_code, reason = "malloc_trim has no safe wrapper")
)]
pub fn return_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it may be called at any time; it takes the allocator's own locks.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Points the standard streams to nowhere, so that whoever started the host sees its end of the pipe closed.
pub fn close_standard_streams() {
    #[cfg(unix)]
    {
        use rustix::fs::{Mode, OFlags, open};

        let Ok(nowhere) = open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty()) else {
            return;
        };
        rustix::stdio::dup2_stdin(&nowhere).ok();
        rustix::stdio::dup2_stdout(&nowhere).ok();
        rustix::stdio::dup2_stderr(&nowhere).ok();
    }
    // On Windows whoever started us ends after the report, and its end of the pipe with it.
}

/// Closes descriptors that whoever started us left open: a host must not keep somebody's files and sockets for weeks.
#[cfg_attr(unix, expect(unsafe_code, reason = "closing a descriptor by number"))]
pub fn close_inherited() {
    #[cfg(unix)]
    {
        let listed = if cfg!(target_os = "linux") {
            "/proc/self/fd"
        } else {
            "/dev/fd"
        };
        let Ok(entries) = std::fs::read_dir(listed) else {
            return;
        };
        let open: Vec<i32> = entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|&descriptor| descriptor > 2)
            .collect();
        for descriptor in open {
            // SAFETY: called first thing in main, where nothing here owns a descriptor yet; the one of the listing itself
            // is closed already and gives an error.
            unsafe { libc::close(descriptor) };
        }
    }
}
