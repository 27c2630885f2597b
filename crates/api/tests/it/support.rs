//! A manager of a test's own, and requests as no well-behaved client sends them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use mainstay_api::client::Client;
use mainstay_api::serve::{self, Closer, Config, Ended, Kind, Limits};
use mainstay_keep::Places;
use mainstay_manager::Manager;
use mainstay_protocol::Problem;
use mainstay_protocol::session::{Delete, SessionQuery};
use mainstay_seams::SystemClock;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::task::JoinHandle;

/// Nothing here takes so long; a test that waits for it has failed.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// Where the programs of this build are.
pub(crate) fn programs() -> PathBuf {
    let own = std::env::current_exe().expect("own path");
    let folder = own.ancestors().nth(2).expect("target/debug/deps/it");
    folder.to_owned()
}

/// What a manager of these places is served with.
pub(crate) fn config(places: &Places, kind: Kind) -> Config {
    let env: BTreeMap<_, _> = [
        ("HOME", places.data.to_string_lossy().into_owned()),
        ("PATH", "/usr/bin:/bin".to_owned()),
        ("SHELL", "/bin/sh".to_owned()),
        (
            "MAINSTAY_DATA_DIR",
            places.data.to_string_lossy().into_owned(),
        ),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let host = programs().join("mainstay-host");
    let clock = Arc::new(SystemClock);
    Config {
        manager: mainstay_manager::Config::new(places.clone(), clock, host, env),
        kind,
        replace: false,
        limits: Limits::default(),
    }
}

/// A folder of a test's own with short names.
pub(crate) fn places() -> (tempfile::TempDir, Places) {
    let folder = tempfile::Builder::new()
        .prefix("ms")
        .tempdir_in("/tmp")
        .expect("a folder");
    let places = Places::below(folder.path());
    (folder, places)
}

/// A served manager.
pub(crate) struct World {
    pub(crate) places: Places,
    pub(crate) manager: Manager,
    pub(crate) client: Client,
    pub(crate) closer: Closer,
    pub(crate) running: JoinHandle<Ended>,
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Limits::default()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        let (folder, places) = places();
        let mut config = config(&places, Kind::Serve);
        config.limits = limits;
        let server = serve::start(config).await.expect("it starts");
        let (manager, closer) = (server.manager().clone(), server.closer());
        let running = tokio::spawn(server.run());
        let client = Client::connect(&places).await.expect("it listens");
        Self {
            places,
            manager,
            client,
            closer,
            running,
            _folder: folder,
        }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.places.manager_socket().expect("short enough")
    }

    pub(crate) fn token(&self) -> String {
        std::fs::read_to_string(self.places.api_token()).expect("written at the start")
    }

    /// Sends a request with the token; `more` are further header lines, each with its end.
    pub(crate) async fn send(&self, line: &str, more: &str, body: &[u8]) -> Reply {
        let token = self.token();
        raw(
            &self.socket(),
            line,
            &format!("Authorization: Bearer {token}\r\n{more}"),
            body,
        )
        .await
    }

    /// The same with a JSON body.
    pub(crate) async fn json(&self, line: &str, body: &str) -> Reply {
        self.send(line, "Content-Type: application/json\r\n", body.as_bytes())
            .await
    }

    /// Ends the sessions, then the manager.
    pub(crate) async fn close(self) -> Ended {
        let force = Delete {
            force: true,
            ..Delete::default()
        };
        let all = SessionQuery::default();
        for session in self.client.all_sessions(&all).await.expect("listed") {
            let deleted = self.client.delete(session.id.as_str(), force);
            within(deleted).await.expect("deleted");
        }
        self.closer.close();
        within(self.running).await.expect("no panic")
    }
}

/// Waits for something that comes, but not for ever.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future)
        .await
        .expect("it comes in time")
}

/// An answer, taken apart.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// The problem that it must be.
    pub(crate) fn problem(&self) -> Problem {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        let json: serde_json::Value = serde_json::from_str(&self.body).expect("JSON");
        assert_eq!(
            json.get("type").and_then(|text| text.as_str()),
            Some("about:blank"),
            "{self:?}"
        );
        let problem: Problem = serde_json::from_value(json).expect("a problem");
        assert_eq!(problem.status, self.status, "{self:?}");
        problem
    }
}

/// Opens a connection and sends the head of a request.
pub(crate) async fn open(socket: &Path, line: &str, headers: &str) -> UnixStream {
    let mut stream = UnixStream::connect(socket).await.expect("somebody listens");
    let head = format!("{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
    // Who turns somebody away doesn't listen; what is read tells.
    stream.write_all(head.as_bytes()).await.ok();
    stream
}

/// One request over a connection of its own, without the client of this crate.
pub(crate) async fn raw(socket: &Path, line: &str, headers: &str, body: &[u8]) -> Reply {
    let headers = format!("{headers}Content-Length: {}\r\n", body.len());
    let mut stream = open(socket, line, &headers).await;
    // Who refuses a body doesn't read it.
    stream.write_all(body).await.ok();
    reply(stream).await
}

/// Reads an answer to the end of its connection.
pub(crate) async fn reply(mut stream: UnixStream) -> Reply {
    let mut answer = Vec::new();
    // What is left unread at the other end breaks the connection after the answer.
    within(stream.read_to_end(&mut answer)).await.ok();
    let answer = String::from_utf8(answer).expect("text");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Reply {
        status: status.unwrap_or(0),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}
