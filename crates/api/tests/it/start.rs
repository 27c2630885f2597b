//! A manager is started when one is needed, and only one.
//!
//! This test program stands in for `mainstay`: a script runs it again so that only [`as_a_manager`] runs in it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use mainstay_api::client::{Client, ClientError, EventFilter, Starter};
use mainstay_api::serve::{self, Info, Kind};
use mainstay_keep::Places;
use mainstay_protocol::Code;
use mainstay_seams::failpoint::{self, Gate};
use rustix::process::{Pid, Signal};
use tokio::task::JoinSet;

use crate::support::{config, within};

/// The places of the manager that [`as_a_manager`] runs.
const PLACES: &str = "MAINSTAY_TEST_PLACES";

/// Starts this program again as a manager. Its standard output is the report alone, so the test harness, which also prints,
/// gets another one.
fn starter(places: &Places, failpoints: &str) -> Starter {
    let own = std::env::current_exe().expect("own path");
    let script = format!(
        "#!/bin/sh\n[ \"$*\" = 'serve --background' ] || exit 2\nexec 3>&1 >/dev/null\nexec '{}' --exact start::as_a_manager --ignored --nocapture\n",
        own.display()
    );
    let program = places.data.join("mainstay");
    if !program.exists() {
        std::fs::create_dir_all(&places.data).expect("made");
        write_program(&program, &script);
    }
    Starter {
        program,
        env: vec![
            (PLACES.into(), places.data.clone().into()),
            (failpoint::ENV.into(), failpoints.into()),
        ],
    }
}

#[expect(clippy::disallowed_methods, reason = "a test's own file")]
fn write_program(path: &Path, script: &str) {
    std::fs::write(path, script).expect("written");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).expect("own file");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run as a process of its own by the other tests"]
async fn as_a_manager() {
    let folder = std::env::var_os(PLACES).expect("given");
    let points = std::env::var(failpoint::ENV).unwrap_or_default();
    failpoint::arm_from(&points).expect("well formed");
    let report = std::fs::OpenOptions::new()
        .write(true)
        .open("/proc/self/fd/3")
        .expect("given");
    rustix::stdio::dup2_stdout(report).expect("possible");
    serve::background(config(&Places::below(folder.as_ref()), Kind::Serve)).await;
}

/// Ends the manager and waits until it has let go of the data directory.
async fn end(client: &Client) {
    client.yield_to(Kind::App).await.expect("it runs");
    until_gone(client.places()).await;
}

async fn until_gone(places: &Places) {
    let lock = std::fs::File::open(places.manager_lock()).expect("there was a manager");
    let free = tokio::task::spawn_blocking(move || lock.lock().and_then(|()| lock.unlock()));
    within(free).await.expect("no panic").expect("it is free");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_at_once_one_starts_it() {
    let (_folder, places) = crate::support::places();
    let starter = starter(&places, "");
    let mut asking = JoinSet::new();
    for _ in 0..20 {
        let (places, starter) = (places.clone(), starter.clone());
        asking.spawn(async move {
            let client = Client::ensure(&places, starter)
                .await
                .expect("nobody fails");
            (
                client.info().pid,
                client.version().await.expect("it answers").pid,
            )
        });
    }
    let found = within(asking.join_all()).await;
    let pid = found[0].0;
    assert!(
        found.iter().all(|seen| *seen == (pid, pid)),
        "one manager: {found:?}"
    );
    assert_ne!(pid, std::process::id(), "a process of its own");
    end(&Client::connect(&places).await.expect("it runs")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_finds_one_starting_waits_for_it() {
    let (folder, places) = crate::support::places();
    let gate = Gate::open(folder.path()).expect("a gate");
    let held_up = format!(
        "{}={}",
        mainstay_api::failpoints::SERVE_OPENED,
        gate.action()
    );
    let starter = starter(&places, &held_up);
    let first = tokio::spawn({
        let (places, starter) = (places.clone(), starter.clone());
        async move {
            Client::ensure(&places, starter)
                .await
                .map(|client| client.info().pid)
        }
    });
    let held = tokio::task::spawn_blocking(move || gate.held()).await;
    let held = held.expect("no panic").expect("it starts");
    // Who asked is gone, as after a kill; what it started goes on, and nobody starts another one.
    first.abort();
    first.await.expect_err("gone");
    let second = tokio::spawn({
        let places = places.clone();
        async move { Client::ensure(&places, starter).await }
    });
    let third = tokio::spawn({
        let places = places.clone();
        async move { Client::connect(&places).await }
    });
    drop(held);
    let second = within(second).await.expect("no panic").expect("found");
    let third = within(third).await.expect("no panic").expect("found");
    assert_eq!(
        second.info(),
        third.info(),
        "the one that was started first"
    );
    end(&second).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_there_is_another_one() {
    let (_folder, places) = crate::support::places();
    let starter = starter(&places, "");
    let client = Client::ensure(&places, starter.clone())
        .await
        .expect("started");
    let mut stream = client
        .follow(None, &EventFilter::default())
        .await
        .expect("a stream");
    let first = client.info().clone();
    signal(&first, Signal::KILL);
    until_gone(&places).await;
    assert!(
        places.manager_socket().expect("short").exists(),
        "a kill leaves things over"
    );
    let error = within(stream.next())
        .await
        .expect_err("a stream starts no manager");
    assert!(matches!(error, ClientError::NotRunning { .. }), "{error}");
    let error = Client::connect(&places).await.expect_err("none runs");
    assert!(matches!(error, ClientError::NotRunning { .. }), "{error}");
    // The client that has met the first one goes on with the second.
    let second = client.version().await.expect("another one was started");
    assert_ne!(first.pid, second.pid);
    end(&client).await;
}

fn process(info: &Info) -> Pid {
    let pid = i32::try_from(info.pid).ok().and_then(Pid::from_raw);
    pid.expect("a process")
}

fn signal(info: &Info, signal: Signal) {
    rustix::process::kill_process(process(info), signal).expect("it runs");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_has_no_terminal_and_ends_in_order() {
    let (_folder, places) = crate::support::places();
    let client = Client::ensure(&places, starter(&places, ""))
        .await
        .expect("started");
    let pid = process(client.info());
    assert_eq!(
        rustix::process::getsid(Some(pid)).expect("it runs"),
        pid,
        "a session of its own"
    );
    signal(client.info(), Signal::TERM);
    until_gone(&places).await;
    for path in [
        places.manager_socket().expect("short"),
        places.api_token(),
        places.manager_info(),
    ] {
        assert!(!path.exists(), "{} is left over", path.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_start_says_why() {
    let (_folder, places) = crate::support::places();
    let mut missing = starter(&places, "");
    missing.program = places.data.join("nothing");
    let mut mute = missing.clone();
    mute.program = "/bin/false".into();
    let killed = starter(
        &places,
        &format!("{}=kill", mainstay_api::failpoints::SERVE_OPENED),
    );
    for (starter, part) in [
        (missing, "can't be run: No such file"),
        (mute, "ended without a word (exit status: 1)"),
        (killed, "ended without a word (signal: 9"),
    ] {
        let error = within(Client::ensure(&places, starter))
            .await
            .expect_err("none starts");
        assert!(matches!(error, ClientError::NotStarted(_)), "{error}");
        let words = error.to_string();
        assert!(
            words.contains(part) && words.contains("mainstay serve"),
            "{words}"
        );
    }
    // What another one left doesn't keep the next from starting.
    let client = within(Client::ensure(&places, starter(&places, "")))
        .await
        .expect("started");
    end(&client).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_a_manager_that_cannot_begin_arrive() {
    let (_folder, places) = crate::support::places();
    let starter = starter(&places, "");
    let in_the_way = places.data.join("mainstay.db");
    std::fs::create_dir(&in_the_way).expect("where the database would be");
    let error = within(Client::ensure(&places, starter.clone()))
        .await
        .expect_err("none starts");
    let problem = error.problem().expect("a problem of the manager");
    assert_eq!(problem.code, Code::Storage, "{error}");
    assert!(problem.detail.contains("mainstay.db"), "{error}");
    std::fs::remove_dir(&in_the_way).expect("out of the way");
    let client = within(Client::ensure(&places, starter))
        .await
        .expect("started");
    end(&client).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_go_on_through_a_change_of_managers() {
    let (_folder, places) = crate::support::places();
    let client = Client::ensure(&places, starter(&places, ""))
        .await
        .expect("started");
    let first = client.info().pid;
    let mut asking = JoinSet::new();
    for _ in 0..4 {
        let client = client.clone();
        asking.spawn(async move {
            let nothing = serde_json::Map::new();
            for _ in 0..100 {
                // Not one that could be sent again without a thought.
                let asked = client.change_settings(&nothing).await;
                asked.expect("one of them answers");
            }
        });
    }
    let mut app = config(&places, Kind::App);
    app.replace = true;
    let app = within(serve::start(app)).await.expect("it takes over");
    within(asking.join_all()).await;
    let now = client.version().await.expect("it answers");
    assert_eq!(
        (now.kind, now.pid),
        (Kind::App, std::process::id()),
        "after {first}"
    );
    app.closer().close();
    within(app.run()).await;
    // Nobody serves now; the next request starts one again.
    let again = client.version().await.expect("started");
    assert_eq!(again.kind, Kind::Serve);
    end(&client).await;
}
