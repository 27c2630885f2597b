//! Where a process is: the one thing about the program that nobody tells us, unless its shell says it (`OSC 7`).
//!
//! Asking is cheap and never waits for the disk the folder is on.

/// The folder a process is in, absolute; nothing where that was removed, and where the process is gone or somebody else's.
#[cfg(target_os = "linux")]
#[must_use]
pub fn of(pid: u32) -> Option<String> {
    // proc_pid_cwd(5).
    let folder = std::fs::read_link(format!("/proc/{pid}/cwd")).ok()?;
    let folder = folder.into_os_string().into_string().ok()?;
    // What can't be reached from here has a name of another form.
    (folder.starts_with('/') && !folder.ends_with(" (deleted)")).then_some(folder)
}

/// The folder a process is in, absolute; nothing where the process is gone or somebody else's.
#[cfg(target_os = "macos")]
#[expect(unsafe_code, reason = "libproc has no safe wrapper")]
#[must_use]
pub fn of(pid: u32) -> Option<String> {
    use std::mem::{MaybeUninit, size_of};

    let pid = i32::try_from(pid).ok()?;
    let mut info = MaybeUninit::<libc::proc_vnodepathinfo>::zeroed();
    let size = libc::c_int::try_from(size_of::<libc::proc_vnodepathinfo>()).ok()?;
    // SAFETY: the buffer is as long as is said; the system writes no more than that.
    let filled = unsafe {
        libc::proc_pidinfo(
            pid,
            libc::PROC_PIDVNODEPATHINFO,
            0,
            info.as_mut_ptr().cast(),
            size,
        )
    };
    if filled < size {
        return None;
    }
    // SAFETY: all of it is numbers and characters, for which zeroes are values too, and the system filled it.
    let info = unsafe { info.assume_init() };
    let path = info.pvi_cdir.vip_path.as_flattened();
    let path: Vec<u8> = path
        .iter()
        .map(|&character| character.cast_unsigned())
        .take_while(|&byte| byte != 0)
        .collect();
    String::from_utf8(path)
        .ok()
        .filter(|folder| folder.starts_with('/'))
}

/// This system doesn't say where another process is.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
#[must_use]
pub fn of(_: u32) -> Option<String> {
    None
}

#[cfg(all(test, any(target_os = "linux", target_os = "macos")))]
mod tests {
    use super::of;

    #[test]
    fn this_process_is_where_it_is() {
        let here = std::env::current_dir().expect("a folder");
        let here = here.canonicalize().expect("it is there");
        assert_eq!(of(std::process::id()).as_deref(), here.to_str());
        assert_eq!(of(u32::MAX), None, "no process has this id");
    }
}
