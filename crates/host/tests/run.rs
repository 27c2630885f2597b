//! A run from its start to its end.
#![expect(
    clippy::disallowed_methods,
    reason = "a test may write its own files plainly"
)]
#![cfg(unix)]

mod support;

use mainstay_link::Connection;
use mainstay_protocol::frame::{Answer, ErrorCode, FromHost, Operation, ToHost};
use mainstay_protocol::journal::{Event, TimeoutKind};
use mainstay_protocol::outcome::{EndReason, Exit};
use mainstay_protocol::spec::Readiness;
use mainstay_protocol::state::RunState;
use support::home::{Home, Run, spec};

#[test]
fn a_program_runs_and_ends() {
    let home = Home::new();
    let run = home.script("read line; echo \"got <$line>\"; exit 3");
    let mut client = run.client();
    assert_eq!(
        client.welcome.state.pid,
        Some(run.started.pid),
        "the host tells whom it runs"
    );
    client.view(80, 24);
    client.type_in("hällo\r");
    client.until("the end", |client| client.ended.is_some());
    let text = client.text();
    assert!(
        text.contains("hällo") && text.contains("got <hällo>"),
        "echo and answer: {text}"
    );
    let outcome = client.ended.clone().expect("ended");
    assert_eq!(
        (outcome.exit, outcome.reason),
        (Exit::Code { code: 3 }, EndReason::Natural)
    );
    let events: Vec<Event> = run.journal().into_iter().map(|entry| entry.event).collect();
    assert!(
        matches!(
            events.as_slice(),
            [Event::Spawned { .. }, Event::Ready, .., Event::Exited(_)]
        ),
        "{events:?}"
    );
    assert!(
        run.folder().outcome().expect("readable").is_some(),
        "the outcome is on disk"
    );
}

#[test]
fn the_host_goes_when_everything_is_taken() {
    let home = Home::new();
    let run = home.script("true");
    let mut client = run.client();
    let mut entries = Vec::new();
    client.open_journal(0);
    client.until_entry(&mut entries, |entry| {
        matches!(entry.event, Event::Exited(_))
    });
    client.send(&ToHost::AckJournal(entries.last().expect("one").seq));
    client.until_closed();
    assert!(
        home.sockets().is_empty(),
        "the socket is removed before the connections end"
    );
}

#[test]
fn a_signal_is_told_as_one() {
    let home = Home::new();
    let outcome = home.script("kill -SEGV $$").wait();
    assert!(
        matches!(&outcome.exit, Exit::Signal { signal: 11, name, .. } if name == "SIGSEGV"),
        "{outcome:?}"
    );
}

#[test]
fn the_program_gets_its_environment_and_nothing_else() {
    let home = Home::new().env("MAINSTAY_LEAK", "leaked");
    let mut spec =
        spec("env | sort; tty; stty size; pwd; ls -l /proc/self/fd | tail -n +2 | wc -l; read x");
    spec.cwd = "/usr".to_owned();
    spec.size = mainstay_protocol::Size::clamped(100, 60);
    spec.secrets.insert("SECRET".to_owned(), "hush".to_owned());
    let run = home.start(&spec);
    let mut client = run.client();
    client.view(100, 60);
    client.until_text("/usr\n");
    client.until("the last line", |client| {
        client.text().lines().last() == Some("4")
    });
    let text = client.text();
    for expected in [
        "COLORTERM=truecolor",
        "HOME=/nonexistent",
        "MAINSTAY_RUN_ID=run-1",
        "MAINSTAY_SESSION_ID=test",
        "MAINSTAY_SOCKET=",
        "MAINSTAY_TOKEN=",
        "SECRET=hush",
        "TERM=xterm-256color",
        "/dev/pts/",
        "60 100",
    ] {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
    for unwanted in ["MAINSTAY_LEAK", "MAINSTAY_DATA_DIR", "CARGO"] {
        assert!(!text.contains(unwanted), "{unwanted} in\n{text}");
    }
    let stored = std::fs::read_to_string(run.folder().path().join("spec.json")).expect("a copy");
    assert!(!stored.contains("hush"), "secrets are not written down");
}

#[test]
fn what_cannot_be_started_is_said_and_recorded() {
    let home = Home::new();
    let plain = home.path().join("plain");
    std::fs::write(&plain, "no program").expect("written");
    let broken = home.path().join("broken");
    std::fs::write(&broken, "#!/no/such/interpreter\n").expect("written");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(&broken, executable).expect("made executable");
    let plain = plain.to_string_lossy().into_owned();
    let broken = broken.to_string_lossy().into_owned();
    let cases = [
        ("no-such-program", "/", "there is no program"),
        ("/no/such/program", "/", "there is no program"),
        ("bash", "/no/such/folder", "does not exist"),
        ("bash", "relative", "not an absolute path"),
        (plain.as_str(), "/", "no executable file"),
        (broken.as_str(), "/", "interpreter is missing"),
    ];
    for (number, (program, cwd, expected)) in cases.into_iter().enumerate() {
        let mut spec = spec("true");
        spec.run = format!("run-{number}").parse().expect("an id");
        spec.program = program.to_owned();
        spec.cwd = cwd.to_owned();
        let failure = home.try_start(&spec).err().expect("it can't start");
        assert!(
            failure.message.contains(expected),
            "{program} in {cwd}: {failure}"
        );
        let outcome = home
            .run_folder(&spec)
            .outcome()
            .expect("readable")
            .expect("recorded");
        assert_eq!(outcome.reason, EndReason::StartFailed, "{program} in {cwd}");
        assert!(
            matches!(outcome.exit, Exit::NotStarted { error } if error == failure.message),
            "the reason is recorded"
        );
        assert!(
            home.sockets().is_empty(),
            "no socket is left of {program} in {cwd}"
        );
    }
}

#[test]
fn a_session_has_one_run_at_a_time() {
    let home = Home::new();
    let first = home.script("read x");
    let mut second = spec("true");
    second.run = "run-2".parse().expect("an id");
    let failure = home.try_start(&second).err().expect("refused");
    assert!(failure.message.contains("running host"), "{failure}");
    let mut client = first.client();
    client
        .order(Operation::Stop { grace_ms: None })
        .expect("stopped");
    assert_eq!(first.wait().reason, EndReason::Stopped);
}

#[test]
fn a_run_is_ready_when_its_spec_says_so() {
    let home = Home::new();
    let ready = |when: Readiness, script: &str| {
        let mut spec = spec(script);
        spec.session = format!("s-{}", script.len()).parse().expect("an id");
        spec.ready = when;
        home.start(&spec)
    };
    let until_ready = |run: &Run<'_>| {
        let mut client = run.client();
        let mut entries = Vec::new();
        client.open_journal(0);
        client.until_entry(&mut entries, |entry| matches!(entry.event, Event::Ready));
        client
    };
    let run = ready(Readiness::FirstOutput, "read x; echo one; read x");
    let mut client = run.client();
    assert!(!client.state().ready, "nothing was printed");
    client.type_in("\r");
    assert!(until_ready(&run).state().ready);

    let pattern = Readiness::Pattern {
        pattern: "^ready [0-9]+$".to_owned(),
    };
    let run = ready(pattern, "echo not ready; read x; echo ready 42; read xx");
    let mut client = run.client();
    client.view(80, 24);
    client.until_text("not ready");
    assert!(!client.state().ready, "the pattern did not match");
    client.type_in("\r");
    assert!(until_ready(&run).state().ready);

    let run = ready(Readiness::Reported, "echo $MAINSTAY_TOKEN; read xxxxx");
    let mut client = run.client();
    client.view(100, 24);
    client.until("the token", |client| client.text().trim().len() == 64);
    let token = client.text().trim().to_owned();
    let (mut inside, _) = Connection::dial(&run.started.socket, &token, "inside").expect("let in");
    assert_eq!(
        inside.ask(Operation::ReportReady).expect("answered"),
        Answer::Done
    );
    assert!(until_ready(&run).state().ready);
    let refused = inside
        .ask(Operation::Stop { grace_ms: None })
        .expect("answered");
    assert!(
        matches!(refused, Answer::Failed(failure) if failure.code == ErrorCode::Denied),
        "a program inside may not stop the run"
    );
    inside.send(&ToHost::Input(b"x".to_vec())).expect("sent");
    while inside.recv().is_ok() {}
}

#[test]
fn time_limits_end_a_run() {
    let home = Home::new();
    let mut late = spec("sleep 600");
    late.ready = Readiness::Reported;
    late.limits.start_ms = Some(100);
    let run = home.start(&late);
    assert_eq!(run.wait().reason, EndReason::StartTimeout);
    let limit = |event: &Event| {
        matches!(
            event,
            Event::Timeout {
                which: TimeoutKind::Start,
                after_ms: 100
            }
        )
    };
    assert!(
        run.journal().iter().any(|entry| limit(&entry.event)),
        "the journal says so"
    );

    let mut long = spec("trap '' TERM HUP; while :; do sleep 600; done");
    long.session = "long".parse().expect("an id");
    long.limits.run_ms = Some(100);
    long.limits.grace_ms = 100;
    let outcome = home.start(&long).wait();
    assert_eq!(outcome.reason, EndReason::RunTimeout);
    assert!(
        matches!(outcome.exit, Exit::Signal { signal: 9, .. }),
        "it had to be killed"
    );
}

#[test]
fn a_wrong_token_is_refused() {
    let home = Home::new();
    let run = home.script("read x");
    for token in ["", "wrong", &"0".repeat(64)] {
        let refused = Connection::dial(&run.started.socket, token, "stranger");
        assert!(
            matches!(&refused, Err(mainstay_link::LinkError::Refused(refusal)) if refusal.code == ErrorCode::Denied),
            "{refused:?}"
        );
    }
}

#[test]
fn who_follows_is_told_what_changed_without_being_a_viewer() {
    let home = Home::new();
    let run = home.script(
        "printf '\\033]0;first\\007'; read line; printf '\\033]0;second\\007'; read line; exit 0",
    );
    let mut client = run.client();
    client.send(&ToHost::Follow(100));
    let until = |client: &mut support::client::Client, what: &dyn Fn(&RunState) -> bool| loop {
        if let FromHost::State(state) = client.step().expect("the host is there")
            && what(&state)
        {
            return *state;
        }
    };
    let state = until(&mut client, &|state| state.screen.title == "first");
    assert_eq!(state.viewers, 0, "to follow is not to look");
    let viewer = run.client();
    viewer.view(80, 24);
    until(&mut client, &|state| state.viewers == 1);
    viewer.type_in("on\r");
    let state = until(&mut client, &|state| state.screen.title == "second");
    assert!(state.last_active >= state.started, "there was input");
    drop(viewer);
    until(&mut client, &|state| state.viewers == 0);
    client.type_in("on\r");
}
