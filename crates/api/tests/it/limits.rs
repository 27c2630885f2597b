//! Who takes too much, or sends too slowly, doesn't keep others from being served.

use mainstay_api::client::EventFilter;
use mainstay_api::serve::Limits;
use mainstay_protocol::Code;
use tokio::io::AsyncReadExt as _;
use tokio::net::UnixStream;

use crate::support::{World, open, within};

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_limit_are_told_so() {
    let limits = Limits {
        connections: 2,
        streams: 2,
    };
    let world = World::with(limits).await;
    let first = world
        .client
        .follow(None, &EventFilter::default())
        .await
        .expect("room");
    let second = world
        .client
        .follow(None, &EventFilter::default())
        .await
        .expect("room");
    let reply = world.send("GET /v1/version", "", b"").await;
    let problem = reply.problem();
    assert_eq!((reply.status, problem.code), (429, Code::Busy), "{reply:?}");
    assert!(
        problem.detail.contains("close event streams"),
        "the remedy: {problem}"
    );
    drop(first);
    // It is free when the manager has seen that the other end is gone.
    let served = async {
        loop {
            let reply = world.send("GET /v1/version", "", b"").await;
            if reply.status != 429 {
                return reply;
            }
        }
    };
    let reply = within(served).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    world.closer.close();
    within(world.running).await.expect("no panic");
    drop(second);
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_leave_room_for_requests() {
    let limits = Limits {
        connections: 8,
        streams: 1,
    };
    let world = World::with(limits).await;
    let _one = world
        .client
        .follow(None, &EventFilter::default())
        .await
        .expect("room");
    let error = world
        .client
        .follow(None, &EventFilter::default())
        .await
        .expect_err("no room");
    assert_eq!(
        error.problem().map(|problem| problem.code),
        Some(Code::Busy),
        "{error}"
    );
    world
        .client
        .version()
        .await
        .expect("there is room for requests");
    world.close().await;
}

/// The clock is the test's: with nothing else to do it goes to the next deadline at once.
#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let world = World::new().await;
    let mut silent = UnixStream::connect(world.socket())
        .await
        .expect("it listens");
    let mut slow = UnixStream::connect(world.socket())
        .await
        .expect("it listens");
    tokio::io::AsyncWriteExt::write_all(&mut slow, b"GET /v1/version HTTP/1.1\r\nHost:")
        .await
        .expect("sent");
    tokio::time::pause();
    for stream in [&mut silent, &mut slow] {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok();
        assert!(
            answer.is_empty() || answer.contains(" 408 "),
            "closed: {answer}"
        );
    }
    tokio::time::resume();
    world.client.version().await.expect("others are served");
    world.close().await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let world = World::new().await;
    let headers = format!(
        "Authorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 5\r\n",
        world.token()
    );
    let mut stream = open(&world.socket(), "POST /v1/sessions", &headers).await;
    tokio::time::pause();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("answered");
    tokio::time::resume();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("did not arrive within 30 s"), "{answer}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_without_an_end_is_cut_off() {
    let world = World::new().await;
    let headers = format!("X: {}\r\n", "x".repeat(128 * 1024));
    let stream = within(open(&world.socket(), "GET /v1/version", &headers)).await;
    let reply = crate::support::reply(stream).await;
    assert!(matches!(reply.status, 0 | 431), "{reply:?}");
    world.client.version().await.expect("others are served");
    world.close().await;
}

/// The limit for heads doesn't count while an answer goes on.
#[tokio::test]
async fn a_stream_without_events_shows_that_it_lives() {
    let world = World::new().await;
    let headers = format!("Authorization: Bearer {}\r\n", world.token());
    let mut stream = open(&world.socket(), "GET /v1/events/stream", &headers).await;
    let mut seen = String::new();
    let mut part = [0; 1024];
    while !seen.contains("\r\n\r\n") {
        let length = within(stream.read(&mut part)).await.expect("a head");
        seen.push_str(std::str::from_utf8(&part[..length]).expect("text"));
    }
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    while seen.matches("\n:\n").count() < 3 {
        let length = stream.read(&mut part).await.expect("it goes on");
        assert!(length > 0, "ended after {:?}: {seen}", begun.elapsed());
        seen.push_str(std::str::from_utf8(&part[..length]).expect("text"));
    }
    assert_eq!(begun.elapsed().as_secs() / 15, 3, "one every 15 s");
    tokio::time::resume();
    world.close().await;
}
