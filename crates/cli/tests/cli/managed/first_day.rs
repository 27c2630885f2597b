//! What a new user does, with nothing there before.

use crate::support::house::House;

#[test]
fn a_session_from_its_start_to_its_end() {
    let house = House::new();
    let script = "echo what is your name; read name; echo hello $name; read end; exit 3";
    let id = house.get(&["new", "--name", "greeter", "--", "sh", "-c", script]);
    let id = id.trim_end();
    assert_eq!(id.len(), 14, "only the id is printed: {id:?}");

    house.get(&["wait", "greeter", "--for", "running"]);
    let listed = house.json(&["ls", "--json"]);
    assert_eq!(listed[0]["id"], id);
    assert_eq!(listed[0]["status"], "running");
    assert!(listed[0]["pid"].is_u64(), "{listed}");
    let cwd = std::fs::canonicalize(house.work()).expect("a folder");
    assert_eq!(listed[0]["settings"]["cwd"], *cwd.to_string_lossy());

    house.get(&["input", "greeter", "you", "--enter"]);
    house.run_with(&["input", id.get(..6).expect("14 characters")], b"bye\r");
    assert_eq!(house.get(&["wait", id]), "failed\n");
    assert!(house.get(&["screen", id]).contains("hello you"));
    let shown = house.json(&["show", id, "--json"]);
    assert_eq!(shown["outcome"]["exit"]["code"], 3, "{shown}");
    assert_eq!(shown["pid"], serde_json::Value::Null, "it has ended");
    assert_eq!(shown["all_runs"].as_array().map(Vec::len), Some(1));
    let table = house.get(&["ls"]);
    assert!(
        table.contains("failed") && table.contains("exit code 3"),
        "{table}"
    );
    let details = house.get(&["show", id]);
    for part in ["greeter", "exit code 3", "RUN", "started", "exited"] {
        assert!(details.contains(part), "{part} in {details}");
    }
}

#[test]
fn a_session_goes_on_under_its_old_output() {
    let house = House::new();
    house.start("s1", &["sh", "-c", "echo one line"]);
    assert_eq!(house.get(&["wait", "s1", "--for", "ended"]), "completed\n");
    house.get(&["resume", "s1"]);
    // The second end: `completed` held before, too, so it is told apart by the runs.
    house.get(&["wait", "s1", "--for", "ended"]);
    house.get(&["again", "s1"]);
    house.get(&["wait", "s1", "--for", "ended"]);
    let shown = house.json(&["show", "s1", "--json"]);
    assert_eq!(shown["runs"], 3, "{shown}");
    let screen = house.get(&["screen", "s1", "--history", "100"]);
    assert_eq!(screen.matches("one line").count(), 3, "{screen}");
}

#[test]
fn names_copies_and_the_end_of_all() {
    let house = House::new();
    house.start("s1", &["cat"]);
    house.get(&["rename", "s1", "cat"]);
    let copy = house.get(&["duplicate", "cat"]);
    let copy = copy.trim_end();
    let shown = house.json(&["show", copy, "--json"]);
    assert_eq!(shown["name"], "cat copy");
    assert_eq!(shown["settings"]["command"], serde_json::json!(["cat"]));
    house.get(&["wait", copy, "--for", "running"]);

    house.get(&["pause", "s1"]);
    assert_eq!(house.get(&["wait", "s1", "--for", "paused"]), "paused\n");
    house.get(&["unpause", "s1"]);
    assert_eq!(house.get(&["wait", "s1", "--for", "running"]), "running\n");

    house.get(&["stop", "s1", copy]);
    let ended = house.json(&["ls", "--status", "terminated", "--json"]);
    assert_eq!(ended.as_array().map(Vec::len), Some(2), "{ended}");
    assert_eq!(
        house.json(&["ls", "--live", "--json"]),
        serde_json::json!([])
    );

    house.get(&["rm", "s1", copy]);
    let ran = house.run(&["ls"]);
    assert_eq!(ran.stdout(), "");
    assert!(
        ran.stderr().contains("mainstay new"),
        "what to do next: {}",
        ran.stderr()
    );
    let kept = house.json(&["ls", "--all", "--json"]);
    assert_eq!(
        kept.as_array().map(Vec::len),
        Some(2),
        "their record stays: {kept}"
    );
    let ran = house.run(&["rm", "s1"]);
    assert_eq!(ran.code(), 0, "once more is no failure: {}", ran.stderr());
}

#[test]
fn the_variables_of_the_terminal_reach_the_program() {
    let house = House::new();
    let args = [
        "new",
        "--id",
        "s1",
        "--var",
        "B=two words",
        "--",
        "sh",
        "-c",
        "echo $A $B",
    ];
    let ran = house
        .command()
        .args(args)
        .env("A", "one")
        .output()
        .expect("it runs");
    assert!(ran.status.success(), "{ran:?}");
    house.get(&["wait", "s1"]);
    assert!(house.get(&["screen", "s1"]).contains("one two words"));
    let shown = house.json(&["show", "s1", "--json"]);
    assert_eq!(
        shown["settings"]["env"],
        serde_json::json!({"B": "two words"})
    );
    let folder = house.data().join("sessions/s1");
    let written = std::fs::read_to_string(folder.join("session.json")).expect("a record");
    assert!(
        !written.contains("\"one\""),
        "it is written down nowhere: {written}"
    );
}

#[test]
fn a_program_that_does_not_end_is_killed_after_its_grace() {
    let house = House::new();
    let script = "trap '' TERM HUP; while :; do read line; done";
    house.start("s1", &["sh", "-c", script]);
    house.get(&["stop", "s1", "--grace", "100ms"]);
    let shown = house.json(&["show", "s1", "--json"]);
    assert_eq!(shown["status"], "terminated", "{shown}");
    assert_eq!(shown["outcome"]["exit"]["exit"], "signal", "{shown}");
}

#[test]
fn limits_of_time_and_retries() {
    let house = House::new();
    let args = [
        "new",
        "--id",
        "slow",
        "--run-timeout",
        "200ms",
        "--grace",
        "0",
        "--",
        "sleep",
        "100",
    ];
    house.get(&args);
    assert_eq!(house.get(&["wait", "slow"]), "terminated\n");
    house.get(&["new", "--id", "bad", "--retry", "1", "--", "false"]);
    house.get(&["wait", "bad", "--for", "failed"]);
    // `retrying`, then the second run.
    let followed = house
        .command()
        .args([
            "events",
            "--session",
            "bad",
            "--follow",
            "--since",
            "0",
            "--json",
        ])
        .stdout(std::process::Stdio::piped())
        .spawn();
    let mut followed = followed.expect("it runs");
    let lines = std::io::BufRead::lines(std::io::BufReader::new(
        followed.stdout.take().expect("a pipe"),
    ));
    let mut exits = 0;
    for line in lines {
        let event: serde_json::Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
        exits += u32::from(event["type"] == "session.exited");
        if exits == 2 {
            assert_eq!(event["origin"], "retry", "{event}");
            break;
        }
    }
    followed.kill().expect("it runs");
    followed.wait().expect("it ends");
}

#[test]
fn what_was_printed_can_be_removed() {
    let house = House::new();
    house.start("s1", &["sh", "-c", "echo a secret"]);
    house.get(&["wait", "s1"]);
    let ran = house.run(&["purge", "s1"]);
    assert_eq!(ran.code(), 2, "it wants to ask first: {}", ran.stderr());
    house.get(&["purge", "s1", "--yes"]);
    assert!(!house.get(&["screen", "s1"]).contains("secret"));
}

#[test]
fn settings_and_profiles() {
    let house = House::new();
    assert_eq!(house.get(&["settings", "grace_ms"]), "30000\n");
    house.get(&["settings", "grace_ms", "1000"]);
    house.get(&["settings", "retry.count", "2"]);
    assert_eq!(house.json(&["settings", "--json"])["retry"]["count"], 2);
    house.get(&["settings", "grace_ms", "null"]);
    assert_eq!(house.get(&["settings", "grace_ms"]), "30000\n");
    assert!(
        house.get(&["settings"]).contains("retry.count"),
        "all in rows"
    );

    house.write(
        "d/profiles/web.toml",
        "title = \"Web\"\ncommand = [\"cat\"]\n",
    );
    let listed = house.get(&["profile", "ls"]);
    for name in ["shell", "command", "web"] {
        assert!(listed.contains(name), "{name} in {listed}");
    }
    assert!(house.get(&["profile", "show", "web"]).contains("web.toml"));
    house.get(&["new", "--profile", "web", "--id", "w"]);
    assert_eq!(
        house.json(&["show", "w", "--json"])["settings"]["profile"],
        "web"
    );
    house.get(&["env", "refresh"]);
}
