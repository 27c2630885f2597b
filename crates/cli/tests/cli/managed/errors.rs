//! What goes wrong is told in words, with an exit code of its own.

use crate::support::house::House;

/// Runs a command that fails; its exit code and what it says have to be these.
fn fails(house: &House, args: &[&str], code: i32, words: &[&str]) {
    let ran = house.run(args);
    let said = ran.stderr();
    assert_eq!(ran.code(), code, "{args:?}: {said}");
    assert!(said.starts_with("mainstay: "), "{args:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{args:?}: {word:?} in {said}");
    }
    assert_eq!(ran.stdout(), "", "{args:?}: nothing for scripts");
}

#[test]
fn sessions_that_are_not_there() {
    let house = House::new();
    house.start("abc1", &["cat"]);
    house.start("abd2", &["cat"]);
    for command in [
        "show",
        "wait",
        "input",
        "stop",
        "resume",
        "again",
        "duplicate",
        "pause",
        "unpause",
    ] {
        let mut args = vec![command, "nope"];
        args.extend((command == "input").then_some("text"));
        fails(&house, &args, 3, &["nope"]);
        args[1] = "ab";
        fails(&house, &args, 3, &["abc1", "abd2"]);
    }
    fails(&house, &["rename", "nope", "x"], 3, &["nope"]);
    fails(&house, &["purge", "nope", "--yes"], 3, &["nope"]);
    fails(&house, &["rm", "ab"], 3, &["abc1", "abd2"]);
    fails(&house, &["events", "--session", "nope"], 3, &["nope"]);
    let ran = house.run(&["stop", "nope", "abc1"]);
    assert_eq!(ran.code(), 3, "the one failed");
    assert_eq!(
        house.json(&["show", "abc1", "--json"])["status"],
        "terminated"
    );
}

#[test]
fn sessions_that_can_not_be_started() {
    let house = House::new();
    fails(
        &house,
        &["new", "--cwd", "missing", "--", "cat"],
        2,
        &["missing"],
    );
    fails(
        &house,
        &["new", "--", "no-such-program"],
        2,
        &["no-such-program"],
    );
    fails(&house, &["new", "--profile", "nope"], 2, &["nope"]);
    fails(&house, &["new", "--env", "docker"], 2, &["docker", "host"]);
    house.start("taken", &["cat"]);
    fails(
        &house,
        &["new", "--id", "taken", "--", "cat"],
        7,
        &["taken"],
    );
    house.get(&["rm", "taken", "--force"]);
    fails(
        &house,
        &["new", "--id", "taken", "--", "cat"],
        7,
        &["taken"],
    );
}

#[test]
fn states_that_do_not_allow_it() {
    let house = House::new();
    house.start("s1", &["cat"]);
    fails(&house, &["resume", "s1"], 4, &["s1"]);
    fails(&house, &["again", "s1"], 4, &["s1"]);
    house.get(&["stop", "s1", "--force"]);
    for command in ["stop", "pause", "unpause"] {
        fails(&house, &[command, "s1"], 4, &["s1"]);
    }
    fails(&house, &["input", "s1", "x"], 4, &["s1"]);
    fails(&house, &["focus", "s1"], 4, &["window"]);
    fails(
        &house,
        &["wait", "s1", "--for", "running", "--timeout", "50ms"],
        1,
        &["is terminated", "not running"],
    );
}

#[test]
fn a_folder_that_is_not_there_stays_so() {
    let house = House::new();
    let missing = house.work().join("missing");
    let missing = missing.to_str().expect("UTF-8");
    for command in [
        &["show", "x"][..],
        &["stop", "x"],
        &["events"],
        &["screen", "x"],
    ] {
        let args = [command, &["--data-dir", missing]].concat();
        fails(&house, &args, 6, &["missing", "does not exist"]);
    }
    let ran = house.run(&["ls", "--data-dir", missing]);
    assert_eq!((ran.code(), ran.stdout().as_str()), (0, ""));
    assert!(ran.stderr().contains(missing), "where: {}", ran.stderr());
    assert!(!house.work().join("missing").exists(), "nothing is made");
}

#[test]
fn values_that_make_no_sense() {
    let house = House::new();
    fails(
        &house,
        &["settings", "grace_ms", "soon"],
        2,
        &["no value", "quotes"],
    );
    fails(
        &house,
        &["settings", "grace_ms", "\"soon\""],
        2,
        &["grace_ms"],
    );
    fails(&house, &["settings", "nope", "1"], 2, &["nope"]);
    fails(&house, &["settings", "nope"], 2, &["nope", "grace_ms"]);
    fails(&house, &["profile", "show", "nope"], 2, &["nope", "shell"]);
    fails(
        &house,
        &["events", "--type", "failed"],
        2,
        &["failed", "interrupted"],
    );
}

#[test]
fn a_host_that_is_dead() {
    let house = House::new();
    house.start("s1", &["sh", "-c", "echo still here; exec cat"]);
    house.get(&["screen", "s1"]);
    house.kill_host("s1");
    assert_eq!(house.get(&["wait", "s1"]), "interrupted\n");
    let shown = house.json(&["show", "s1", "--json"]);
    assert!(shown["reason"].is_string(), "why: {shown}");
    fails(&house, &["input", "s1", "x"], 4, &["s1"]);
    assert!(house.get(&["screen", "s1"]).contains("still here"));
    house.get(&["resume", "s1"]);
    house.get(&["wait", "s1", "--for", "running"]);
}

#[test]
fn a_folder_that_can_not_be_used() {
    use std::os::unix::fs::PermissionsExt;

    let house = House::new();
    std::fs::set_permissions(house.data(), PermissionsExt::from_mode(0o777)).expect("open");
    fails(&house, &["ls"], 6, &["chmod go-w"]);
    fails(&house, &["new"], 6, &["chmod go-w"]);
}
