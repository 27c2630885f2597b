//! Both sides of a connection over a real local socket.
#![expect(
    clippy::disallowed_methods,
    reason = "a test may write its own files plainly"
)]
#![cfg(unix)]

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::thread::JoinHandle;

use mainstay_link::handshake::{self, Role};
use mainstay_link::{Connection, LinkError, Listener, Stream, Tokens};
use mainstay_protocol::frame::{
    Answer, ErrorCode, Failure, FromHost, Operation, Preface, PrefaceError, Reply, ToHost, Welcome,
};

struct Place {
    _folder: tempfile::TempDir,
    path: PathBuf,
    listener: Listener,
}

fn place() -> Place {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s");
    let listener = Listener::bind(&path).expect("bound");
    Place {
        _folder: folder,
        path,
        listener,
    }
}

fn tokens() -> Tokens {
    Tokens {
        owner: "owner-token".to_owned(),
        inside: "inside-token".to_owned(),
    }
}

fn welcome() -> Welcome {
    serde_json::from_value(serde_json::json!({
        "session": "s", "run": "r", "version": "1", "host_pid": 1, "journal": 0,
        "state": {
            "ready": true, "paused": false, "stopping": false, "ended": false,
            "size": {"cols": 80, "rows": 24}, "viewers": 0, "started": 0, "last_active": 0,
            "position": 0, "first_line": 0, "top_line": 0, "screen": {}
        }
    }))
    .expect("a welcome")
}

/// Answers one peer: pongs to pings, a failure to every request, both after an unrelated frame.
fn serve(listener: Listener) -> JoinHandle<Result<Role, LinkError>> {
    std::thread::spawn(move || {
        let mut write = listener.accept()?;
        let read = write.try_clone()?;
        let mut peer = handshake::accept(read, &mut write, &tokens())?;
        handshake::send(&mut write, &FromHost::Welcome(Box::new(welcome())))?;
        loop {
            let frame = peer
                .frames
                .next(|kind, payload| Ok(ToHost::decode(kind, payload)?));
            let answer = match frame {
                Ok(ToHost::Ping(number)) => FromHost::Pong(number),
                Ok(ToHost::Request(request)) => FromHost::Reply(Box::new(Reply {
                    id: request.id,
                    answer: Answer::Failed(Failure {
                        code: ErrorCode::Unsupported,
                        message: "no".to_owned(),
                    }),
                })),
                Ok(_) => continue,
                Err(LinkError::Closed) => return Ok(peer.role),
                Err(error) => return Err(error),
            };
            handshake::send(&mut write, &FromHost::Output(0, b"between".to_vec()))?;
            handshake::send(&mut write, &answer)?;
        }
    })
}

#[test]
fn a_peer_asks_and_is_answered() {
    let place = place();
    let mode = std::fs::metadata(&place.path)
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600, "nobody else may connect");
    let host = serve(place.listener);
    let (mut connection, found) =
        Connection::dial(&place.path, "inside-token", "test").expect("let in");
    assert_eq!(found, welcome());
    let answer = connection.ask(Operation::State).expect("answered");
    assert!(matches!(answer, Answer::Failed(_)), "{answer:?}");
    let aside = connection.recv().expect("kept");
    assert_eq!(
        aside,
        FromHost::Output(0, b"between".to_vec()),
        "what came meanwhile is not lost"
    );
    let (sender, mut receiver) = connection.split();
    let asker = std::thread::spawn(move || sender.send(&ToHost::Ping(9)));
    assert_eq!(
        receiver.recv().expect("a frame"),
        FromHost::Output(0, b"between".to_vec())
    );
    assert_eq!(
        receiver.recv().expect("a frame"),
        FromHost::Pong(9),
        "from another thread"
    );
    asker.join().expect("it ends").expect("sent");
    drop(receiver);
    assert_eq!(
        host.join().expect("it ends").expect("a clean end"),
        Role::Inside
    );
}

#[test]
fn a_wrong_token_is_refused_in_words() {
    for token in ["", "owner-tokem", "owner-token "] {
        let place = place();
        let host = serve(place.listener);
        let refused = Connection::dial(&place.path, token, "test");
        assert!(
            matches!(&refused, Err(LinkError::Refused(refusal)) if refusal.code == ErrorCode::Denied),
            "{refused:?}"
        );
        assert!(host.join().expect("it ends").is_err(), "the host knows too");
    }
    let none = Tokens {
        owner: String::new(),
        inside: String::new(),
    };
    assert_eq!(none.role(""), None, "an empty token opens nothing");
}

#[test]
fn a_stranger_at_either_end_is_found_out() {
    let place = place();
    let host = serve(place.listener);
    let mut stranger = Stream::connect(&place.path).expect("connected");
    stranger.write_all(b"GET / HTTP/1.1\r\n").expect("sent");
    let mut preface = [0; Preface::LEN];
    stranger
        .read_exact(&mut preface)
        .expect("the host's preface");
    let found = host.join().expect("it ends");
    assert!(
        matches!(found, Err(LinkError::Preface(PrefaceError::NotMainstay))),
        "{found:?}"
    );

    let place = self::place();
    let listener = place.listener;
    let stranger = std::thread::spawn(move || {
        let mut stream = listener.accept()?;
        stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n")?;
        // One that leaves before it has read what we say would be told apart as gone.
        stream.read_exact(&mut [0; Preface::LEN])
    });
    let found = Connection::dial(&place.path, "owner-token", "test");
    assert!(
        matches!(found, Err(LinkError::Preface(PrefaceError::NotMainstay))),
        "{found:?}"
    );
    stranger.join().expect("it ends").expect("sent");
}

#[test]
fn a_newer_program_is_told_to_be_too_new() {
    let place = place();
    let listener = place.listener;
    let newer = std::thread::spawn(move || {
        let mut stream = listener.accept().expect("a peer");
        let preface = Preface {
            newest: 99,
            oldest: 98,
        };
        stream.write_all(&preface.encode()).expect("sent");
        stream.read(&mut [0; 64]).expect("its preface")
    });
    let found = Connection::dial(&place.path, "owner-token", "test");
    let expected = matches!(
        found,
        Err(LinkError::Preface(PrefaceError::TooNew { oldest: 98 }))
    );
    assert!(expected, "{found:?}");
    newer.join().expect("it ends");
}

#[test]
fn nobody_there_is_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s");
    let missing = Connection::dial(&path, "t", "test").expect_err("no socket");
    assert!(
        missing.is_gone() && missing.to_string().contains("no host answers"),
        "{missing}"
    );
    drop(Listener::bind(&path).expect("bound"));
    assert!(path.exists(), "a killed host leaves its socket");
    let stale = Connection::dial(&path, "t", "test").expect_err("nobody listens");
    assert!(stale.is_gone(), "{stale}");
    Listener::bind(&path)
        .expect("a stale socket is replaced")
        .remove();
    assert!(!path.exists(), "and removed in the end");
    std::fs::write(&path, "precious").expect("written");
    assert!(
        Listener::bind(&path).is_err(),
        "what is no socket is not replaced"
    );
}
