//! Runs from their beginning to their end, with real hosts.

#![cfg(unix)]

mod support;

use mainstay_protocol::session::{Delete, EventQuery, Start, Status, Stop, Timeouts};
use mainstay_protocol::spec::{Origin, Readiness};
use mainstay_protocol::{Code, EventKind, SessionEvent, SessionId};
use support::ground::{FORCE, Ground, sh};
use support::watch::{Watch, names};

fn all(manager: &mainstay_manager::Manager) -> Vec<SessionEvent> {
    manager.events(&EventQuery::default()).expect("the log")
}

#[test]
fn a_command_is_told_from_created_to_completed() {
    let ground = Ground::new();
    let manager = ground.manager();
    let made = manager.create(sh("a", "echo hello")).expect("it starts");
    assert!(made.pid.is_some(), "its process id is known at once");
    let mut watch = Watch::new(&manager);
    watch.named(&made.id, "session.completed", 1);
    let session = manager.show(&made.id).expect("it is there");
    assert_eq!(session.status, Status::Completed);
    assert_eq!(session.pid, None, "nothing runs any more");
    assert!(session.started.is_some() && session.ended.is_some());
    let events = all(&manager);
    let told = names(&events, &made.id);
    assert_eq!(told, ["created", "started", "exited", "completed"]);
    assert!(
        events.windows(2).all(|pair| pair[0].seq < pair[1].seq),
        "numbers only grow"
    );
    let runs = manager.runs(&made.id).expect("its runs");
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].origin, Origin::Api, "nobody said otherwise");
    assert!(
        events
            .iter()
            .all(|event| event.run_id.as_ref() == Some(&runs[0].id)),
        "every event names the run"
    );
}

#[test]
fn an_exit_without_success_is_failed_and_a_stranger_s_signal_too() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut watch = Watch::new(&manager);
    for (id, script) in [("code", "exit 3"), ("signal", "kill -KILL $$")] {
        let made = manager.create(sh(id, script)).expect("it starts");
        watch.named(&made.id, "session.exited", 1);
        let session = manager.show(&made.id).expect("it is there");
        assert_eq!(session.status, Status::Failed, "{id}");
        let told = names(&all(&manager), &made.id);
        assert_eq!(told, ["created", "started", "exited"], "{id}");
    }
}

#[test]
fn what_cannot_start_stays_as_failed_with_the_reason() {
    let ground = Ground::new();
    let manager = ground.manager();
    let broken = ground.path("broken");
    std::fs::copy("/bin/true", &broken).expect("a program");
    // A file that may be executed and can't: what it would run with is missing.
    std::fs::File::create(&broken)
        .and_then(|mut file| std::io::Write::write_all(&mut file, b"#!/nowhere/at/all\n"))
        .expect("written");
    let mut exec = sh("exec", "");
    exec.settings.command = vec![broken.to_string_lossy().into_owned()];
    let mut program = sh("program", "");
    program.settings.command = vec!["no-such-program-anywhere".to_owned()];
    let mut cwd = sh("cwd", "true");
    cwd.settings.cwd = "/no/such/folder".to_owned();
    for new in [exec, program, cwd] {
        let id = new.id.clone().expect("given");
        let problem = manager.create(new).expect_err("it can't start");
        assert_eq!(problem.session.as_ref(), Some(&id), "{problem:?}");
        let session = manager.show(&id).expect("its record stays");
        assert_eq!(session.status, Status::Failed, "{id}");
        assert!(session.reason.is_some(), "{id}");
        assert_eq!(names(&all(&manager), &id), ["created", "error"], "{id}");
        assert!(
            !ground.places().session_dir(&id).exists(),
            "{id}: nothing else is left"
        );
    }
    let again = manager.create(sh("cwd", "true")).expect_err("taken");
    assert_eq!(again.code, Code::DuplicateId);
    // It may be resumed once what was missing is there.
    std::fs::copy("/bin/true", &broken).expect("a program");
    let id: SessionId = "exec".parse().expect("an id");
    manager
        .resume(&id, Start::default())
        .expect("it starts now");
    Watch::new(&manager).named(&id, "session.completed", 1);
}

#[test]
fn a_stop_asks_and_a_forced_one_kills() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut watch = Watch::new(&manager);
    let asked = manager.create(sh("asked", "sleep 1000")).expect("starts");
    let deaf = "trap '' TERM HUP; echo deaf; while :; do sleep 1000; done";
    let mut deaf = sh("deaf", deaf);
    // A stop before the trap would end it gently.
    deaf.settings.ready = Some(Readiness::FirstOutput);
    let forced = manager.create(deaf).expect("starts");
    watch.named(&asked.id, "session.started", 1);
    watch.named(&forced.id, "session.started", 1);
    manager.stop(&asked.id, Stop::default()).expect("asked");
    manager.stop(&forced.id, FORCE).expect("asked");
    for id in [&asked.id, &forced.id] {
        watch.named(id, "session.exited", 1);
        let session = manager.show(id).expect("there");
        assert_eq!(session.status, Status::Terminated, "{id}");
        assert!(!session.stopping, "{id}: it is over");
        let told = names(&all(&manager), id);
        assert_eq!(
            told,
            ["created", "started", "cancel_initiated", "exited"],
            "{id}"
        );
        let problem = manager.stop(id, FORCE).expect_err("nothing runs");
        assert_eq!(problem.code, Code::WrongState);
        assert!(problem.detail.contains("terminated"), "{problem}");
    }
}

#[test]
fn a_pause_is_stored_when_it_returns() {
    let ground = Ground::new();
    let manager = ground.manager();
    let id = manager.create(sh("p", "sleep 1000")).expect("starts").id;
    let mut watch = Watch::new(&manager);
    watch.named(&id, "session.started", 1);
    manager.pause(&id).expect("paused");
    assert_eq!(manager.show(&id).expect("there").status, Status::Paused);
    manager.unpause(&id).expect("goes on");
    assert_eq!(manager.show(&id).expect("there").status, Status::Running);
    manager.stop(&id, FORCE).expect("asked");
    watch.named(&id, "session.exited", 1);
    let told = names(&all(&manager), &id);
    let expected = [
        "created",
        "started",
        "paused",
        "unpaused",
        "cancel_initiated",
        "exited",
    ];
    assert_eq!(told, expected);
    let problem = manager.pause(&id).expect_err("it has ended");
    assert_eq!(problem.code, Code::WrongState);
}

#[test]
fn a_resumed_session_goes_on_under_its_lines() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut watch = Watch::new(&manager);
    let id = manager.create(sh("r", "echo line")).expect("starts").id;
    watch.named(&id, "session.completed", 1);
    let resumed = manager.resume(&id, Start::default()).expect("resumes");
    assert_eq!((resumed.id.clone(), resumed.runs), (id.clone(), 2));
    watch.named(&id, "session.completed", 2);
    let again = Start {
        origin: Some(Origin::Cli),
        ..Start::default()
    };
    manager.again(&id, again).expect("runs again");
    watch.named(&id, "session.completed", 3);
    let expected = [
        "created",
        "started",
        "exited",
        "completed", // the first run
        "resuming",
        "started",
        "exited",
        "completed", // the second
        "started",
        "exited",
        "completed", // again
    ];
    assert_eq!(names(&all(&manager), &id), expected);
    let resumed: Vec<bool> = all(&manager)
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::Started { resumed, .. } => Some(resumed),
            _ => None,
        })
        .collect();
    assert_eq!(resumed, [false, true, false]);
    let runs = manager.runs(&id).expect("runs");
    assert_eq!(runs[2].origin, Origin::Cli);
    manager.close();
    let view = mainstay_keep::EndedView::open(&ground.folder(&id)).expect("the folder");
    let text = view.screen_text(100).expect("the lines");
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    assert_eq!(lines.len(), 5, "{text}");
    assert_eq!((lines[0], lines[2], lines[4]), ("line", "line", "line"));
    assert!(lines[1].contains("resumed") && lines[3].contains("started again"));
}

#[test]
fn a_shell_is_resumed_in_its_last_folder() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut watch = Watch::new(&manager);
    let folder = ground.path("there");
    std::fs::create_dir(&folder).expect("made");
    let mut shell = sh("s", "");
    shell.settings.command.clear();
    let id = manager.create(shell).expect("starts").id;
    watch.named(&id, "session.started", 1);
    let there = folder.to_string_lossy();
    let typed =
        format!("cd {there} && printf '\\033]7;file://localhost{there}\\007' && sleep 1000\n");
    manager.input(&id, typed.as_bytes()).expect("typed");
    watch.until(|_| {
        let session = manager.show(&id).expect("there");
        session.current_dir.as_deref() == Some(there.as_ref())
    });
    manager.stop(&id, FORCE).expect("stopped");
    watch.named(&id, "session.exited", 1);
    manager.resume(&id, Start::default()).expect("resumes");
    watch.named(&id, "session.started", 2);
    let spec = |id: &SessionId| {
        let folder = ground.folder(id);
        let run = folder.current().expect("read").expect("a run");
        folder.run(&run).spec().expect("read").expect("a spec")
    };
    assert_eq!(spec(&id).cwd, there);
    manager.stop(&id, FORCE).expect("stopped");
    watch.named(&id, "session.exited", 2);
    manager.again(&id, Start::default()).expect("again");
    assert_eq!(spec(&id).cwd, "/", "again is from the beginning");
    manager.delete(&id, FORCED).expect("deleted");
}

const FORCED: Delete = Delete {
    force: true,
    keep_workspace: false,
};

#[test]
fn a_duplicate_is_another_session_with_the_same_settings() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut first = sh("first", "echo $MARK; sleep 1000");
    first.settings.name = Some("builder".to_owned());
    first.settings.env.insert("MARK".to_owned(), "x".to_owned());
    let first = manager.create(first).expect("starts");
    let second = manager
        .duplicate(&first.id, Start::default())
        .expect("starts");
    assert_ne!(second.id, first.id);
    assert_eq!(second.name.as_deref(), Some("builder copy"));
    assert_eq!(second.settings.command, first.settings.command);
    assert_eq!(second.settings.env, first.settings.env);
    let problem = manager.resume(&second.id, Start::default());
    assert_eq!(problem.expect_err("it runs").code, Code::WrongState);
}

#[test]
fn what_is_deleted_leaves_its_record_and_nothing_else() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut watch = Watch::new(&manager);
    let live = manager.create(sh("live", "sleep 1000")).expect("starts").id;
    let dead = manager.create(sh("dead", "true")).expect("starts").id;
    watch.named(&dead, "session.completed", 1);
    watch.named(&live, "session.started", 1);
    for id in [&live, &dead] {
        manager.delete(id, Delete::default()).expect("deleted");
        assert!(!ground.places().session_dir(id).exists(), "{id}");
        let session = manager.show(id).expect("its record");
        assert!(session.deleted.is_some(), "{id}");
        assert_eq!(names(&all(&manager), id).last(), Some(&"deleted"));
        manager.delete(id, Delete::default()).expect("quiet");
        let problem = manager.resume(id, Start::default()).expect_err("gone");
        assert_eq!(problem.code, Code::Deleted);
    }
    let deleted = watch.named(&live, "session.deleted", 1);
    assert_eq!(deleted.metadata, None, "a deleted one has none");
    let nobody: SessionId = "nobody".parse().expect("an id");
    manager.delete(&nobody, Delete::default()).expect("quiet");
    let left = manager.list(&mainstay_protocol::session::SessionQuery::default());
    assert!(left.expect("a list").sessions.is_empty());
    let sockets = std::fs::read_dir(ground.places().runtime).expect("a folder");
    assert_eq!(sockets.count(), 0, "no socket is left");
}

#[test]
fn nothing_is_left_of_what_a_private_session_printed() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut watch = Watch::new(&manager);
    // The words stand in no file before they are printed; the second run prints nothing.
    let mark = ground.path("mark");
    let script = format!(
        "if [ -e {0} ]; then exec sleep 1000; fi; touch {0}; printf '\\033]0;sec%s\\007' ret-title; i=0; while [ $i -lt 200 ]; do printf 'sec%s\\n' ret-line; i=$((i+1)); done; printf '\\033]9;sec%s\\007' ret-note",
        mark.display()
    );
    let mut new = sh("private", &script);
    new.settings.private = true;
    let id = manager.create(new).expect("starts").id;
    watch.named(&id, "session.completed", 1);
    let session = manager.show(&id).expect("its record");
    assert!(!session.summary.contains("secret") && session.title.is_empty());
    assert!(session.outcome.is_some(), "how it ended stays");
    // Waits until its host is gone, and with it the rest.
    manager.resume(&id, Start::default()).expect("it can go on");
    let folder = ground.folder(&id);
    let mut left = Vec::new();
    files(folder.path(), &mut left);
    for path in left {
        let content = std::fs::read(&path).expect("read");
        let found = content.windows(7).any(|bytes| bytes == b"secret-");
        assert!(!found, "{}", path.display());
    }
}

fn files(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            files(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

#[test]
fn what_is_not_ready_in_time_is_ended() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut new = sh("late", "sleep 1000");
    new.settings.ready = Some(Readiness::Pattern {
        pattern: "never".to_owned(),
    });
    new.settings.timeouts = Timeouts {
        start_ms: Some(50),
        ..Timeouts::default()
    };
    let id = manager.create(new).expect("starts").id;
    let mut watch = Watch::new(&manager);
    watch.named(&id, "session.exited", 1);
    assert_eq!(manager.show(&id).expect("there").status, Status::Failed);
    let told = names(&all(&manager), &id);
    assert_eq!(told, ["created", "timeout", "exited"]);
}

#[test]
fn a_change_is_told_and_kept() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut watch = Watch::new(&manager);
    let id = manager.create(sh("c", "true")).expect("starts").id;
    watch.named(&id, "session.completed", 1);
    let change = serde_json::from_str(r#"{"name":"new name","clean_up":{"after_ms":3600000}}"#);
    let changed = manager.change(&id, change.expect("a change"));
    assert_eq!(changed.expect("changed").name.as_deref(), Some("new name"));
    assert_eq!(manager.resolve("new name").expect("by name"), id);
    let record = ground.folder(&id).record().expect("read").expect("there");
    assert_eq!(record.name.as_deref(), Some("new name"));
    let change = serde_json::from_str(r#"{"clean_up":{"after_ms":0}}"#).expect("a change");
    manager.change(&id, change).expect("changed");
    watch.named(&id, "session.deleted", 1);
}
