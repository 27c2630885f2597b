//! Names of sockets.

use std::path::{Path, PathBuf};

use super::PlaceError;

/// Longest path of a socket in bytes: the field of `sockaddr_un` less its final zero (unix(7) on Linux, 104 bytes
/// with it on macOS and the BSDs). The names of Windows pipes have 256 characters.
pub const MAX_SOCKET_PATH: usize = if cfg!(windows) {
    256
} else if cfg!(target_os = "linux") {
    107
} else {
    103
};

pub(super) fn path(runtime: &Path, random: [u8; 8]) -> Result<PathBuf, PlaceError> {
    let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let path = if cfg!(windows) {
        PathBuf::from(format!(r"\\.\pipe\mainstay-{name}"))
    } else {
        runtime.join(format!("{name}.sock"))
    };
    let length = path.as_os_str().len();
    if length > MAX_SOCKET_PATH {
        return Err(PlaceError::SocketTooLong { path, length });
    }
    Ok(path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_longest_path_that_is_allowed_works() {
        let folder = tempfile::tempdir().expect("a folder");
        let used = folder.path().as_os_str().len() + "//0123456789abcdef.sock".len();
        let longest = folder.path().join("x".repeat(MAX_SOCKET_PATH - used));
        std::fs::create_dir(&longest).expect("made");
        let socket = path(&longest, *b"12345678").expect("just short enough");
        assert_eq!(socket.as_os_str().len(), MAX_SOCKET_PATH);
        std::os::unix::net::UnixListener::bind(&socket).expect("the system agrees");
        let longer = PathBuf::from(format!("{}x", longest.display()));
        let error = path(&longer, [0; 8])
            .expect_err("one byte more")
            .to_string();
        assert!(
            error.contains("108 bytes") || error.contains("104 bytes"),
            "{error}"
        );
        assert!(error.contains("XDG_RUNTIME_DIR"), "the remedy: {error}");
    }
}
