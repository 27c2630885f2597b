//! The local socket on Unix.

use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;

use tokio::net::{UnixListener, UnixStream};

use super::ConnectError;

pub(crate) use tokio::net::UnixStream as Stream;

#[derive(Debug)]
pub(super) struct Listener(UnixListener);

impl Listener {
    pub(super) fn bind(path: &Path) -> io::Result<Self> {
        // Under another name first: the socket has its mode before anybody can find it, and takes the place of a stale one
        // without a moment in which nothing is there. The process's own mask stays as it is, for other threads make files.
        let unfinished = path.with_extension("new");
        remove_socket(&unfinished)?;
        let listener = UnixListener::bind(&unfinished)?;
        std::fs::set_permissions(&unfinished, std::fs::Permissions::from_mode(0o600))?;
        if let Ok(found) = std::fs::symlink_metadata(path)
            && !found.file_type().is_socket()
        {
            remove(&unfinished);
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "something that is no socket is there; move it away",
            ));
        }
        std::fs::rename(&unfinished, path)?;
        Ok(Self(listener))
    }

    pub(super) async fn accept(&mut self) -> io::Result<Stream> {
        let (stream, _) = self.0.accept().await?;
        of_this_user(stream)
    }

    pub(super) fn waiting(self) -> Vec<Stream> {
        // The system is asked itself: what it has told this program of so far may be less. It doesn't block.
        let Ok(listener) = self.0.into_std() else {
            return Vec::new();
        };
        let accepted = std::iter::from_fn(|| listener.accept().ok());
        accepted
            .filter_map(|(stream, _)| {
                stream.set_nonblocking(true).ok()?;
                of_this_user(UnixStream::from_std(stream).ok()?).ok()
            })
            .collect()
    }
}

fn of_this_user(stream: UnixStream) -> io::Result<Stream> {
    match peer(&stream)? {
        (uid, ours) if uid == ours => Ok(stream),
        (uid, _) => Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("a process of user {uid} was turned away"),
        )),
    }
}

/// The peer's user and ours, as they were when it connected or began to listen.
fn peer(stream: &UnixStream) -> io::Result<(u32, u32)> {
    let ours = rustix::process::geteuid().as_raw();
    Ok((stream.peer_cred()?.uid(), ours))
}

fn remove_socket(path: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_socket() => std::fs::remove_file(path),
        _ => Ok(()),
    }
}

pub(super) fn remove(path: &Path) {
    // Nothing depends on it: a stale socket is replaced by the next `bind`.
    std::fs::remove_file(path).ok();
}

pub(super) async fn connect(path: &Path) -> Result<Stream, ConnectError> {
    let stream = UnixStream::connect(path)
        .await
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                ConnectError::NobodyThere(path.to_owned())
            }
            _ => ConnectError::Io(error),
        })?;
    // Who listens there gets the token: it must be one of ours.
    match peer(&stream).map_err(ConnectError::Io)? {
        (uid, ours) if uid == ours => Ok(stream),
        (uid, ours) => Err(ConnectError::OtherUser { uid, ours }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stale_socket_is_replaced_and_the_mode_is_right() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("manager.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).expect("an earlier one"));
        let error = connect(&path).await.expect_err("nobody listens any more");
        assert!(matches!(error, ConnectError::NobodyThere(_)), "{error}");
        let mut listener = Listener::bind(&path).expect("replaced");
        let mode = std::fs::metadata(&path)
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "nobody else may connect");
        let (there, here) = tokio::join!(connect(&path), listener.accept());
        there.expect("connected");
        here.expect("of the same user");
        let names = std::fs::read_dir(folder.path()).expect("readable").count();
        assert_eq!(names, 1, "nothing is left over");
    }

    #[tokio::test]
    async fn who_came_before_the_end_is_still_met() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("manager.sock");
        let listener = Listener::bind(&path).expect("bound");
        let _early = connect(&path).await.expect("it waits in the queue");
        remove(&path);
        assert_eq!(listener.waiting().len(), 1, "it was met");
        connect(&path).await.expect_err("too late");
    }

    #[tokio::test]
    async fn a_file_that_is_no_socket_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("manager.sock");
        std::fs::File::create(&path).expect("somebody's file");
        Listener::bind(&path).expect_err("refused");
        assert!(path.is_file(), "it is still there");
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("readable").count(),
            1
        );
    }
}
