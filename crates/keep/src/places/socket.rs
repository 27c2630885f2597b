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
    checked(if cfg!(windows) {
        PathBuf::from(format!(r"\\.\pipe\mainstay-{name}"))
    } else {
        runtime.join(format!("{name}.sock"))
    })
}

/// The manager's: always the same for one RUNTIME.
pub(super) fn manager(runtime: &Path) -> Result<PathBuf, PlaceError> {
    checked(if cfg!(windows) {
        // Pipes have one flat space of names.
        let place = fnv(runtime.as_os_str().as_encoded_bytes());
        PathBuf::from(format!(r"\\.\pipe\mainstay-manager-{place:016x}"))
    } else {
        runtime.join("manager.sock")
    })
}

/// FNV-1a (RFC 9923): the same in every version of the program, which the standard library's hash isn't.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn checked(path: PathBuf) -> Result<PathBuf, PlaceError> {
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
    fn one_runtime_folder_has_one_manager() {
        let socket = manager("/run/user/7/mainstay".as_ref()).expect("short enough");
        assert_eq!(socket, PathBuf::from("/run/user/7/mainstay/manager.sock"));
        manager("/x".repeat(60).as_ref()).expect_err("too long");
        // The published test value.
        assert_eq!(fnv(b"foobar"), 0x8594_4171_f739_67e8);
    }

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
