//! The event log as it grows: every event once, in order, whoever else listens.

use std::collections::BTreeSet;

use mainstay_api::client::{Client, EventFilter, EventStream};
use mainstay_api::serve::Limits;
use mainstay_manager::Manager;
use mainstay_protocol::SessionId;
use mainstay_protocol::session::{Change, NewSession};
use tokio::io::AsyncReadExt as _;
use tokio::task::JoinSet;

use crate::support::{World, open, within};

/// A session that is only there to have events.
fn session(manager: &Manager, id: &str) -> SessionId {
    let mut new = NewSession {
        id: Some(id.parse().expect("an id")),
        ..NewSession::default()
    };
    new.settings.command = vec!["/bin/true".to_owned()];
    manager.create(new).expect("made").id
}

/// Causes events, from several threads at once.
fn rename(manager: &Manager, session: &SessionId, times: usize) {
    std::thread::scope(|scope| {
        for thread in 0..8 {
            scope.spawn(move || {
                for time in 0..times.div_ceil(8) {
                    let name = format!("{thread}-{time}-{}", "x".repeat(60));
                    let change = Change {
                        name: Some(name),
                        ..Change::default()
                    };
                    manager.change(session, change).expect("renamed");
                }
            });
        }
    });
}

/// Reads up to the event with this number.
async fn until(mut stream: EventStream, last: u64) -> Vec<u64> {
    let mut seen = Vec::new();
    while stream.position() < last {
        seen.push(stream.next().await.expect("it goes on").seq);
    }
    seen
}

async fn all(client: &Client) -> Vec<u64> {
    let mut all: Vec<u64> = Vec::new();
    loop {
        let since = all.last().copied().unwrap_or(0);
        let page = client
            .events(since, &EventFilter::default(), None)
            .await
            .expect("read");
        if page.is_empty() {
            return all;
        }
        all.extend(page.iter().map(|event| event.seq));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_comes_once_while_events_are_written() {
    let world = World::new().await;
    let id = session(&world.manager, "one");
    let mut readers = JoinSet::new();
    let writer = tokio::task::spawn_blocking({
        let (manager, id) = (world.manager.clone(), id.clone());
        move || rename(&manager, &id, 400)
    });
    let mut streams = Vec::new();
    for _ in 0..20 {
        // Each begins somewhere in the middle of the writing: some from the first event, some from the moment.
        let filter = EventFilter::default();
        let newest = world.client.follow(None, &filter).await.expect("a stream");
        let first = world
            .client
            .follow(Some(0), &filter)
            .await
            .expect("a stream");
        let middle = world.client.follow(Some(newest.position() / 2), &filter);
        streams.extend([middle.await.expect("a stream"), newest, first]);
    }
    writer.await.expect("written");
    let written = all(&world.client).await;
    let last = *written.last().expect("some");
    for stream in streams {
        readers.spawn(async move { (stream.position(), within(until(stream, last)).await) });
    }
    for (since, seen) in readers.join_all().await {
        // The session's own program ends meanwhile, after which there may be more.
        let wanted: Vec<u64> = written.iter().copied().filter(|seq| *seq > since).collect();
        assert_eq!(seen, wanted, "after {since}: all, once, in order");
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_goes_on_by_the_last_id() {
    let world = World::new().await;
    let id = session(&world.manager, "one");
    let (manager, other) = (world.manager.clone(), session(&world.manager, "other"));
    tokio::task::spawn_blocking(move || {
        rename(&manager, &id, 16);
        rename(&manager, &other, 16);
    })
    .await
    .expect("written");
    let headers = format!(
        "Authorization: Bearer {}\r\nLast-Event-ID: 5\r\n",
        world.token()
    );
    let line = "GET /v1/events/stream?since=1&session=other&type=session.updated";
    let mut stream = open(&world.socket(), line, &headers).await;
    let mut text = String::new();
    let mut part = [0; 4096];
    while text.matches("\nid: ").count() < 16 {
        let length = within(stream.read(&mut part)).await.expect("more comes");
        text.push_str(std::str::from_utf8(&part[..length]).expect("text"));
    }
    let (head, _) = text.split_once("\r\n\r\n").expect("a head");
    assert!(head.contains("text/event-stream"), "{head}");
    assert!(head.contains("mainstay-log: "), "{head}");
    let ids: Vec<u64> = text
        .lines()
        .filter_map(|line| line.strip_prefix("id: ")?.parse().ok())
        .collect();
    assert!(ids.iter().all(|id| *id > 5), "the header wins: {ids:?}");
    assert_eq!(
        ids.iter().collect::<BTreeSet<_>>().len(),
        ids.len(),
        "once each: {ids:?}"
    );
    assert!(
        !text.contains("\"session_id\":\"one\""),
        "only what was asked for"
    );
    assert!(
        !text.contains("session.created"),
        "only the types asked for"
    );
    world.close().await;
}

/// 1,000 listen, 10 of them never read. More than the buffers of a connection hold is written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_never_read_hold_nobody_up() {
    const READERS: usize = 990;
    const IDLE: usize = 10;
    const EVENTS: usize = 2_000;
    allow_open_files(4_096);
    let limits = Limits {
        connections: 1_100,
        streams: 1_050,
    };
    let world = World::with(limits).await;
    let id = session(&world.manager, "one");
    let target = "GET /v1/events/stream?since=0&session=one&type=session.updated";
    let headers = format!("Authorization: Bearer {}\r\n", world.token());
    let mut idle = Vec::new();
    for _ in 0..IDLE {
        idle.push(open(&world.socket(), target, &headers).await);
    }
    let mut readers = JoinSet::new();
    for _ in 0..READERS {
        let mut stream = open(&world.socket(), target, &headers).await;
        readers.spawn(async move {
            let (mut seen, mut bytes, mut part) = (0, 0, [0; 16 * 1024]);
            let mut after_newline = false;
            while seen < EVENTS {
                let length = stream.read(&mut part).await.expect("it goes on");
                assert!(length > 0, "ended after {seen} events");
                bytes += length;
                for byte in &part[..length] {
                    // Each event is followed by one empty line.
                    seen += usize::from(after_newline && *byte == b'\n');
                    after_newline = *byte == b'\n';
                }
            }
            bytes
        });
    }
    let before = resident();
    let begun = tokio::time::Instant::now();
    let manager = world.manager.clone();
    tokio::task::spawn_blocking(move || rename(&manager, &id, EVENTS))
        .await
        .expect("written");
    let written = begun.elapsed();
    let read = within(readers.join_all()).await;
    let (all, grown) = (begun.elapsed(), resident().saturating_sub(before) / 1024);
    let bytes: usize = read.iter().sum();
    println!(
        "{EVENTS} events written in {written:?}, with all {READERS} readers ({} MB) in {all:?}; memory grew by {grown} MiB",
        bytes / 1_000_000
    );
    let each = bytes / READERS;
    assert!(
        each > 400_000,
        "more than a connection's buffers hold: {each}"
    );
    assert!(grown < 200, "memory grew by {grown} MiB");
    drop(idle);
    world.close().await;
}

/// Lets this process open so many files, where it may.
fn allow_open_files(wanted: u64) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    if now.current.is_some_and(|current| current < wanted) {
        let more = Rlimit {
            current: Some(wanted.min(now.maximum.unwrap_or(wanted))),
            maximum: now.maximum,
        };
        setrlimit(Resource::Nofile, more).expect("below the hard limit");
    }
}

/// Memory of this process in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
