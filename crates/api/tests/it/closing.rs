//! The end of a manager: who is served is served to the end, and nobody waits for those who say nothing.

use mainstay_api::client::{Client, ClientError, EventFilter};
use mainstay_api::serve::{self, Ended, Kind, ServeError};
use mainstay_protocol::Code;
use tokio::net::UnixStream;

use crate::support::{World, config, within};

#[tokio::test(flavor = "multi_thread")]
async fn it_makes_room_when_asked() {
    let world = World::new().await;
    let mut stream = world
        .client
        .follow(None, &EventFilter::default())
        .await
        .expect("a stream");
    let told = world
        .client
        .yield_to(Kind::App)
        .await
        .expect("answered before it closes");
    assert_eq!(told.pid, std::process::id());
    let ended = within(world.running).await.expect("no panic");
    assert_eq!(ended, Ended::Yielded(Kind::App));
    for path in [
        world.places.api_token(),
        world.places.manager_info(),
        world.places.manager_socket().expect("short"),
    ] {
        assert!(!path.exists(), "{} is left over", path.display());
    }
    let error = within(stream.next()).await.expect_err("nobody took over");
    assert!(matches!(error, ClientError::NotRunning { .. }), "{error}");
    let error = Client::connect(&world.places)
        .await
        .expect_err("nobody there");
    assert!(
        error.to_string().contains("mainstay serve"),
        "the remedy: {error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_nothing_is_not_waited_for() {
    let world = World::new().await;
    let begun = std::sync::Arc::new(tokio::sync::Notify::new());
    let _silent = UnixStream::connect(world.socket())
        .await
        .expect("it listens");
    let waiting = begun.notified();
    let took = tokio::time::Instant::now();
    assert_eq!(world.close().await, Ended::Closed);
    // Far from the 10 s that a request in flight would get.
    assert!(took.elapsed().as_secs() < 8, "{:?}", took.elapsed());
    drop(waiting);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_says_who_was_first() {
    let world = World::new().await;
    let error = serve::start(config(&world.places, Kind::Serve))
        .await
        .expect_err("one runs");
    let words = error.to_string();
    let ServeError::Running(info) = error else {
        panic!("another error: {words}");
    };
    assert_eq!((info.pid, info.kind), (std::process::id(), Kind::Serve));
    for part in [
        &info.pid.to_string(),
        &info.started.to_string(),
        "--replace",
    ] {
        assert!(words.contains(part), "{part} is missing: {words}");
    }
    world
        .client
        .version()
        .await
        .expect("the first is not disturbed");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_are_one() {
    let (_folder, places) = crate::support::places();
    let (one, two) = tokio::join!(
        serve::start(config(&places, Kind::Serve)),
        serve::start(config(&places, Kind::Serve)),
    );
    let (server, error) = match (one, two) {
        (Ok(server), Err(error)) | (Err(error), Ok(server)) => (server, error),
        other => panic!("exactly one serves: {other:?}"),
    };
    assert!(matches!(error, ServeError::Running(_)), "{error}");
    server.closer().close();
    within(server.run()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_takes_over() {
    let world = World::new().await;
    let mut taking = config(&world.places, Kind::App);
    taking.replace = true;
    // Requests go on all the while: none fails.
    let asking = tokio::spawn({
        let client = world.client.clone();
        async move {
            for _ in 0..200 {
                client.version().await.expect("one of the two answers");
            }
        }
    });
    let app = within(serve::start(taking)).await.expect("it takes over");
    assert_eq!(
        within(world.running).await.expect("no panic"),
        Ended::Yielded(Kind::App)
    );
    assert_eq!(app.info().kind, Kind::App);
    within(asking).await.expect("none failed");
    let found = world.client.version().await.expect("it listens");
    assert_eq!(found.kind, Kind::App);
    app.closer().close();
    within(app.run()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_is_not_replaced() {
    let (_folder, places) = crate::support::places();
    let app = serve::start(config(&places, Kind::App))
        .await
        .expect("it starts");
    let mut taking = config(&places, Kind::Serve);
    taking.replace = true;
    let error = within(serve::start(taking)).await.expect_err("it stays");
    let words = error.to_string();
    let pid = std::process::id().to_string();
    for part in ["Mainstay app", &pid, "quit the app"] {
        assert!(words.contains(part), "{part} is missing: {words}");
    }
    assert!(matches!(error, ServeError::App(_)), "{words}");
    assert_eq!(error.problem().code, Code::WrongState);
    // Nor by somebody who asks it directly.
    let client = Client::connect(&places).await.expect("it listens");
    let refused = client.yield_to(Kind::Serve).await.expect_err("refused");
    let problem = refused.problem().expect("it answers");
    assert_eq!(problem.code, Code::WrongState, "{problem}");
    client.version().await.expect("it goes on");
    let error = serve::start(config(&places, Kind::Serve))
        .await
        .expect_err("one runs");
    assert!(!error.to_string().contains("--replace"), "{error}");
    app.closer().close();
    within(app.run()).await;
}
