//! What the process does to itself: memory, standard streams, descriptors.

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
