//! Sessions through the client, from their making to their end.

use std::collections::BTreeMap;

use mainstay_api::client::{Client, ClientError, EventFilter, EventStream};
use mainstay_api::serve::Ended;
use mainstay_protocol::session::{
    Change, Delete, NewSession, Order, SessionQuery, SortBy, Start, Status, Stop,
};
use mainstay_protocol::{Code, Size};

use crate::support::{World, within};

/// A program that waits for input and says what it got.
fn waiting(id: &str) -> NewSession {
    let mut new = NewSession {
        id: Some(id.parse().expect("an id")),
        ..NewSession::default()
    };
    new.settings.command = ["/bin/sh", "-c", "read word; exit 7"]
        .map(str::to_owned)
        .to_vec();
    "/".clone_into(&mut new.settings.cwd);
    new.start.base_env = Some(BTreeMap::from([(
        "PATH".to_owned(),
        "/bin:/usr/bin".to_owned(),
    )]));
    new
}

async fn until(stream: &mut EventStream, wanted: &str) {
    while within(stream.next()).await.expect("it goes on").kind.name() != wanted {}
}

fn code(error: &ClientError) -> Option<Code> {
    error.problem().map(|problem| problem.code)
}

#[tokio::test(flavor = "multi_thread")]
async fn from_its_making_to_its_end() {
    let world = World::new().await;
    let client: &Client = &world.client;
    let mut stream = client
        .follow(None, &EventFilter::default())
        .await
        .expect("a stream");
    let made = client.create(&waiting("first")).await.expect("made");
    assert_eq!(made.id.as_str(), "first");
    let error = client.create(&waiting("first")).await.expect_err("taken");
    assert_eq!(code(&error), Some(Code::DuplicateId), "{error}");
    until(&mut stream, "session.started").await;
    let name = "a name/with ?odd% signs ä";
    let change = Change {
        name: Some(name.to_owned()),
        ..Change::default()
    };
    client.change("fir", &change).await.expect("by a beginning");
    let shown = client.show(name).await.expect("by its name");
    assert_eq!(
        (shown.id.as_str(), shown.status),
        ("first", Status::Running)
    );
    client
        .resize(name, Size::clamped(100, 30))
        .await
        .expect("resized");
    assert_eq!(client.pause(name).await.expect("held").id, made.id);
    until(&mut stream, "session.paused").await;
    client.unpause(name).await.expect("goes on");
    client.input(name, "word\n").await.expect("typed");
    until(&mut stream, "session.exited").await;
    let shown = client.show("first").await.expect("still there");
    assert_eq!(shown.status, Status::Failed, "7 is no success: {shown:?}");
    let error = client
        .input("first", "more")
        .await
        .expect_err("nothing runs");
    assert_eq!(code(&error), Some(Code::WrongState), "{error}");
    let again = client
        .again("first", &Start::default())
        .await
        .expect("started again");
    assert!(again.status.is_live(), "{again:?}");
    let stopped = client
        .stop(
            "first",
            Stop {
                force: true,
                ..Stop::default()
            },
        )
        .await
        .expect("asked");
    assert_eq!(stopped.id, made.id);
    until(&mut stream, "session.exited").await;
    assert_eq!(client.runs("first").await.expect("two").len(), 2);
    client.purge("first").await.expect("purged");
    let deleted = client
        .delete("first", Delete::default())
        .await
        .expect("deleted");
    assert_eq!(deleted, Some(made.id));
    until(&mut stream, "session.deleted").await;
    let events = client
        .events(0, &EventFilter::default(), None)
        .await
        .expect("the log");
    assert_eq!(
        events.last().map(|event| event.seq),
        Some(stream.position())
    );
    let counts = client.event_counts(None, None).await.expect("counted");
    let counted: u64 = counts.iter().map(|count| count.count).sum();
    assert_eq!(counted, events.len() as u64);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_come_in_pages() {
    let world = World::new().await;
    for id in ["c1", "a1", "b1", "b2"] {
        world.client.create(&waiting(id)).await.expect("made");
    }
    let query = SessionQuery {
        status: vec![Status::Pending, Status::Running],
        sort: SortBy::Name,
        order: Order::Ascending,
        limit: 2,
        ..SessionQuery::default()
    };
    let page = world.client.sessions(&query).await.expect("a page");
    assert_eq!((page.sessions.len(), page.total), (2, 4));
    let all = world.client.all_sessions(&query).await.expect("all pages");
    let ids: Vec<_> = all.iter().map(|session| session.id.as_str()).collect();
    assert_eq!(ids, ["a1", "b1", "b2", "c1"]);
    let error = world.client.show("b").await.expect_err("two fit");
    assert_eq!(code(&error), Some(Code::AmbiguousSession), "{error}");
    let copy = world
        .client
        .duplicate("a1", &Start::default())
        .await
        .expect("copied");
    assert_ne!(copy.id.as_str(), "a1");
    let refused = world
        .client
        .stop_all(Stop {
            force: true,
            ..Stop::default()
        })
        .await;
    assert_eq!(refused.expect("asked"), [], "all could be asked");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_holds_for_all_sessions() {
    let world = World::new().await;
    let client = &world.client;
    let health = client.health().await.expect("told");
    assert_eq!((health.sessions, health.live), (0, 0));
    assert!(health.trouble.is_empty(), "{health:?}");
    let profiles = client.profiles().await.expect("told");
    assert!(
        profiles.iter().any(|profile| profile.name == "shell"),
        "{profiles:?}"
    );
    assert_eq!(client.foreground().await.expect("told"), None);
    client.create(&waiting("one")).await.expect("made");
    let error = client.set_foreground("one").await.expect_err("no window");
    assert_eq!(code(&error), Some(Code::NoWindow), "{error}");
    let before = client.settings().await.expect("told");
    let patch = serde_json::json!({"grace_ms": 1234});
    let patch = patch.as_object().expect("an object");
    let after = client.change_settings(patch).await.expect("changed");
    assert_ne!(before, after);
    assert_eq!(client.settings().await.expect("told"), after);
    let bad = serde_json::json!({"grace_ms": "soon"});
    let error = client
        .change_settings(bad.as_object().expect("an object"))
        .await;
    let error = error.expect_err("no number");
    assert_eq!(
        error.problem().and_then(|problem| problem.field.as_deref()),
        Some("grace_ms")
    );
    client.refresh_environment().await.expect("taken again");
    world.close().await;
}

/// A deletion waits for the program, which takes its time; closing waits for the deletion, which must not be cut off.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_in_flight_ends_before_the_manager() {
    let world = World::new().await;
    let mut new = waiting("slow");
    let script = "trap 'sleep 1; exit 0' TERM HUP; echo ready; while :; do sleep 0.1; done";
    new.settings.command = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
    new.settings.ready = Some(mainstay_protocol::spec::Readiness::FirstOutput);
    let mut stream = world
        .client
        .follow(None, &EventFilter::default())
        .await
        .expect("a stream");
    world.client.create(&new).await.expect("made");
    until(&mut stream, "session.started").await;
    let deleting = tokio::spawn({
        let client = world.client.clone();
        async move { client.delete("slow", Delete::default()).await }
    });
    until(&mut stream, "session.cancel_initiated").await;
    world.closer.close();
    let deleted = within(deleting).await.expect("no panic").expect("answered");
    assert_eq!(deleted.map(String::from).as_deref(), Some("slow"));
    assert_eq!(
        within(world.running).await.expect("no panic"),
        Ended::Closed
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn events_go_on_through_a_change_of_managers() {
    use crate::support::config;
    use mainstay_api::serve::{self, Kind};

    let world = World::new().await;
    let mut stream = world
        .client
        .follow(Some(0), &EventFilter::default())
        .await
        .expect("a stream");
    world.client.create(&waiting("one")).await.expect("made");
    let mut taking = config(&world.places, Kind::App);
    taking.replace = true;
    let app = within(serve::start(taking)).await.expect("it takes over");
    within(world.running).await.expect("no panic");
    let client = Client::connect(&world.places)
        .await
        .expect("the app listens");
    client
        .input("one", "word\n")
        .await
        .expect("the session went on");
    let mut numbers = Vec::new();
    loop {
        let event = within(stream.next()).await.expect("it goes on");
        numbers.push(event.seq);
        if event.kind.name() == "session.exited" {
            break;
        }
    }
    let log = client
        .events(0, &EventFilter::default(), None)
        .await
        .expect("the log");
    let logged: Vec<u64> = log.iter().map(|event| event.seq).collect();
    assert_eq!(
        logged.get(..numbers.len()),
        Some(&numbers[..]),
        "no gap and no double"
    );
    client
        .delete("one", Delete::default())
        .await
        .expect("deleted");
    app.closer().close();
    within(app.run()).await;
}
