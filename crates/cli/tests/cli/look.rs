//! `mainstay screen` and `mainstay search` with the real host: what scripts read, exit codes, complaints.

use std::io::{Read, Write as _};
use std::process::Stdio;

use mainstay_protocol::frame::{FromHost, OpenView, ToHost};
use serde_json::Value;

use crate::support::world::World;

/// Starts a session that prints these words, which end with `END`, and stays; waits until it has printed them.
fn start(world: &World, session: &str, words: &str) {
    world.start(
        session,
        &["sh", "-c", &format!("printf '{words}'; exec cat")],
    );
    until_shown(world, session, "END");
}

/// Waits until a session's screen has shown a word.
fn until_shown(world: &World, session: &str, word: &str) {
    let connection = &mut world.connect(session);
    connection
        .send(&ToHost::OpenView(OpenView::default()))
        .expect("the host takes it");
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains(word) {
        let shown = match connection.recv().expect("the host goes on") {
            FromHost::Snapshot(piece) => {
                seen.extend(piece.bytes);
                piece.position
            }
            FromHost::Output(position, bytes) => {
                seen.extend_from_slice(&bytes);
                position + bytes.len() as u64
            }
            _ => continue,
        };
        connection
            .send(&ToHost::AckView(shown))
            .expect("the host takes it");
    }
}

/// Waits until a session's program has ended by itself.
fn until_ended(world: &World, session: &str) {
    let connection = &mut world.connect(session);
    connection
        .send(&ToHost::OpenView(OpenView::default()))
        .expect("the host takes it");
    while !matches!(
        connection.recv().expect("the host stays"),
        FromHost::Ended(_)
    ) {}
}

#[test]
fn the_screen_of_a_live_session() {
    let world = World::new();
    start(&world, "live", "\\033[31mone\\033[0m\\ntwo END");
    let ran = world.run(&["screen", "live"]);
    assert_eq!(
        (ran.code(), ran.stdout().as_str()),
        (0, "one\ntwo END\n"),
        "plain text"
    );

    let ran = world.run(&["screen", "live", "--json"]);
    let value: Value = serde_json::from_str(&ran.stdout()).expect("JSON");
    assert_eq!(value["id"], "live", "the session");
    assert_eq!(value["live"], true, "it runs");
    assert!(value["pid"].is_u64(), "the program's process id: {value}");
    assert_eq!(value["size"]["cols"], 80, "the size");
    assert_eq!(value["text"], "one\ntwo END", "the text");
    assert!(value["outcome"].is_null(), "it hasn't ended");
}

#[test]
fn a_long_history_of_a_live_session_comes_whole() {
    let world = World::new();
    world.start(
        "long",
        &[
            "sh",
            "-c",
            "seq -f '%.0f of many long lines that do not fit one answer' 40000; echo END; exec cat",
        ],
    );
    until_shown(&world, "long", "END");
    let ran = world.run(&["screen", "long", "--history", "50000"]);
    let text = ran.stdout();
    let numbers: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_suffix(" of many long lines that do not fit one answer"))
        .collect();
    let expected: Vec<String> = (1..=40_000).map(|n| n.to_string()).collect();
    assert_eq!(numbers, expected, "every line, once, in order");
}

#[test]
fn what_is_damaged_is_told() {
    let world = World::new();
    start(&world, "hurt", "one\\nEND");
    let mut connection = world.connect("hurt");
    world.kill_host("hurt");
    while connection.recv().is_ok() {}
    let history = world.path().join("sessions/hurt/history");
    for entry in std::fs::read_dir(history).expect("the history") {
        let path = entry.expect("an entry").path();
        if path.to_string_lossy().contains("checkpoint-") {
            std::fs::OpenOptions::new()
                .write(true)
                .open(path)
                .and_then(|mut file| file.write_all(b"not a checkpoint"))
                .expect("the damage");
        }
    }
    let ran = world.run(&["screen", "hurt"]);
    assert!(
        ran.stderr().contains("damaged"),
        "an empty screen must not pass for all there was: {:?}",
        ran.stderr()
    );
}

#[test]
fn history_comes_before_the_screen() {
    let world = World::new();
    let lines: Vec<String> = (1..=40).map(|n| format!("line {n}")).collect();
    start(&world, "long", &format!("{}\\nEND", lines.join("\\n")));
    let screen = world.screen("long");
    assert!(
        !screen.contains("line 17\n"),
        "it has scrolled out: {screen}"
    );
    let ran = world.run(&["screen", "long", "--history", "2"]);
    assert!(
        ran.stdout().starts_with("line 16\nline 17\nline 18\n"),
        "{}",
        ran.stdout()
    );
}

#[test]
fn hits_in_live_and_ended_sessions() {
    let world = World::new();
    start(&world, "live", "alpha\\nneedle one needle\\nomega END");
    world.start(
        "done",
        &["sh", "-c", "echo old; echo a needle two; echo end"],
    );
    until_ended(&world, "done");
    world
        .end("done")
        .expect("its host is there until somebody has its journal");

    let ran = world.run(&["search", "needle", "--oldest-first"]);
    assert_eq!(ran.code(), 0, "found: {}", ran.stderr());
    assert_eq!(
        ran.stdout(),
        "live:1: needle one needle\ndone:1: a needle two\n",
        "both, in order"
    );
    let ran = world.run(&["search", "needle"]);
    assert!(
        ran.stdout().starts_with("done:1:"),
        "newest first: {}",
        ran.stdout()
    );

    let ran = world.run(&["search", "NEEDLE t.o", "--regex", "-i", "-C", "1"]);
    assert_eq!(
        ran.stdout(),
        "done-0- old\ndone:1: a needle two\ndone-2- end\n",
        "with context"
    );

    let ran = world.run(&[
        "search",
        "needle",
        "--json",
        "--session",
        "live",
        "--oldest-first",
    ]);
    let hits: Vec<Value> = ran
        .stdout()
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let places: Vec<_> = hits
        .iter()
        .map(|hit| (hit["start"].as_u64(), hit["end"].as_u64()))
        .collect();
    assert_eq!(
        places,
        [(Some(0), Some(6)), (Some(11), Some(17))],
        "each hit is an object"
    );

    let ran = world.run(&["search", "needle", "--limit", "1", "--json"]);
    assert_eq!(ran.stdout().lines().count(), 1, "no more than asked for");

    let ran = world.run(&["search", "not there"]);
    assert_eq!(
        (ran.code(), ran.stdout().as_str()),
        (1, ""),
        "nothing found"
    );
}

#[test]
fn a_bad_expression_is_shown_with_its_place() {
    let world = World::new();
    world.start("s1", &["cat"]);
    let ran = world.run(&["search", "--regex", "a(b"]);
    assert_eq!(ran.code(), 2, "wrong usage");
    let said = ran.stderr();
    assert!(
        said.contains("a(b\n") && said.contains("\n     ^"),
        "a caret below: {said}"
    );
}

#[test]
fn sessions_by_prefix_and_name() {
    let world = World::new();
    world.start_with("abc1", &["cat"], &serde_json::json!({"name": "build"}));
    world.start("abd2", &["cat"]);
    for (text, code) in [
        ("abc1", 0),
        ("abc", 0),
        ("build", 0),
        ("ab", 3),
        ("x", 3),
        ("", 3),
    ] {
        let ran = world.run(&["screen", text]);
        assert_eq!(ran.code(), code, "{text:?}: {}", ran.stderr());
    }
    let said = world.run(&["screen", "ab"]).stderr();
    assert!(
        said.contains("abc1") && said.contains("abd2"),
        "names the candidates: {said}"
    );
}

#[test]
fn a_reader_that_has_enough_is_no_failure() {
    let world = World::new();
    let lines: Vec<String> = (1..=2000).map(|n| format!("line {n}")).collect();
    start(&world, "s1", &format!("{}\\nEND", lines.join("\\n")));
    let mut search = world
        .command()
        .args(["search", "line"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let search = search.as_mut().expect("it runs");
    let mut first = [0; 5];
    search
        .stdout
        .take()
        .expect("a pipe")
        .read_exact(&mut first)
        .expect("something is found");
    let status = search.wait().expect("it ends");
    let mut said = String::new();
    search
        .stderr
        .take()
        .expect("a pipe")
        .read_to_string(&mut said)
        .expect("UTF-8");
    assert_eq!((status.code(), said.as_str()), (Some(0), ""), "quietly");
}

#[test]
fn an_interrupt_ends_a_search_whose_reader_waits() {
    use std::os::unix::process::ExitStatusExt;

    let world = World::new();
    let line = "a line that fills the pipe sooner than a short one";
    start(
        &world,
        "s1",
        &format!("%s\\nEND' \"$(yes '{line}' | head -n 5000)\" #"),
    );
    let mut search = world
        .command()
        .args(["search", "line"])
        .stdout(Stdio::piped())
        .spawn();
    let search = search.as_mut().expect("it runs");
    let mut first = [0; 5];
    let mut reader = search.stdout.take().expect("a pipe");
    reader.read_exact(&mut first).expect("something is found");
    let pid = i32::try_from(search.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    rustix::process::kill_process(pid.expect("a pid"), rustix::process::Signal::INT)
        .expect("it waits for its reader");
    assert_eq!(
        search.wait().expect("it ends").signal(),
        Some(2),
        "by the signal"
    );
}

#[test]
fn a_place_that_can_not_be_used_is_explained() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let world = World::new();
    let missing = world.file("missing");
    let open = world.file("open");
    std::fs::create_dir(&open).expect("a folder");
    std::fs::set_permissions(&open, PermissionsExt::from_mode(0o777)).expect("open to all");
    let link = world.file("link");
    symlink(&open, &link).expect("a link");
    let file = world.file("file");
    drop(std::fs::File::create(&file).expect("a file"));
    for (path, word) in [
        (&missing, "does not exist"),
        (&open, "chmod go-w"),
        (&link, "symbolic link"),
        (&file, "not a folder"),
    ] {
        let path = path.to_str().expect("UTF-8");
        for command in ["screen", "search"] {
            let ran = world.run(&[command, "x", "--data-dir", path]);
            assert_eq!(ran.code(), 6, "{path} with {command}: {}", ran.stderr());
            assert!(ran.stderr().contains(word), "{word} in {}", ran.stderr());
        }
    }
}
