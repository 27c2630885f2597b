//! Whose process is at the other end of a Unix socket.

use std::io;
use std::os::unix::net::UnixStream;

/// The effective user id the peer had when it connected or began to listen.
#[cfg(target_os = "linux")]
pub(super) fn uid(stream: &UnixStream) -> io::Result<u32> {
    let credentials = rustix::net::sockopt::socket_peercred(stream)?;
    Ok(credentials.uid.as_raw())
}

/// The effective user id the peer had when it connected or began to listen.
#[cfg(not(target_os = "linux"))]
#[expect(unsafe_code, reason = "getpeereid has no safe wrapper")]
pub(super) fn uid(stream: &UnixStream) -> io::Result<u32> {
    use std::os::fd::AsRawFd;

    let (mut uid, mut gid) = (0, 0);
    // SAFETY: the descriptor is open while `stream` is borrowed; both pointers are valid for one write.
    let result = unsafe { libc::getpeereid(stream.as_raw_fd(), &mut uid, &mut gid) };
    if result == 0 {
        Ok(uid)
    } else {
        Err(io::Error::last_os_error())
    }
}
