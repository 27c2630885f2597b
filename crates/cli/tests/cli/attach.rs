//! `mainstay attach` under a PTY, with the real host.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use crate::support::outer::{Outer, Shown};
use crate::support::programs::mainstay;
use crate::support::world::World;

const BASH: &[&str] = &["bash", "--noprofile", "--norc"];

fn attached(world: &World, size: (u16, u16), args: &[&str]) -> Outer {
    Outer::mainstay(world.path(), size, &[&["attach"], args].concat())
}

fn detach(outer: &mut Outer) {
    outer.type_in("\x1cd");
    outer.until_shows("[detached");
    assert_eq!(outer.wait(), 0, "detaching is a good end");
}

#[test]
fn what_is_typed_arrives_and_the_screen_is_the_sessions() {
    let world = World::new();
    world.start("s1", BASH);
    let mut outer = attached(&world, (80, 24), &["s1"]);
    outer.until_shows("$");
    outer.type_in("echo 日本 hel''lo; printf '\\033[1;31mred\\033[0m\\n'\r");
    outer.until_shows("\n日本 hello\nred\n$");
    assert_eq!(outer.screen(), world.screen("s1"), "both show the same");
    assert!(
        outer.shown().replies.is_empty(),
        "no query reached the outer terminal"
    );
    detach(&mut outer);

    let mut again = attached(&world, (80, 24), &["s1"]);
    again.until_shows("日本 hello\nred\n$");
    assert_eq!(
        again.screen(),
        world.screen("s1"),
        "the same after attaching again"
    );
    detach(&mut again);
}

#[test]
fn a_terminal_of_another_size_decides() {
    let world = World::new();
    world.start("s1", BASH);
    let mut outer = attached(&world, (100, 30), &["s1"]);
    outer.until_shows("$");
    outer.type_in("stty size\r");
    outer.until_shows("\n30 100\n");
    outer.resize_and_settle(61, 17);
    outer.type_in("stty size\r");
    outer.until_shows("\n17 61\n");
    assert_eq!(outer.screen(), world.screen("s1"), "both show the same");
    detach(&mut outer);
}

#[test]
fn the_end_of_the_session_is_told() {
    let world = World::new();
    world.start("s1", BASH);
    let mut outer = attached(&world, (80, 24), &["s1"]);
    outer.until_shows("$");
    outer.type_in("echo last words; exit 3\r");
    outer.until_shows("[ended: exit code 3 after");
    assert_eq!(outer.wait(), 0, "the person ended it");

    let mut late = attached(&world, (80, 24), &["s1"]);
    late.until_shows("has ended: exit code 3");
    assert_eq!(late.wait(), 4, "there is nothing to attach to");
    assert!(
        world.screen("s1").contains("last words"),
        "the last screen is there"
    );
}

#[test]
fn a_killed_host_is_told() {
    let world = World::new();
    world.start("s1", BASH);
    let mut outer = attached(&world, (80, 24), &["s1"]);
    outer.until_shows("$");
    outer.type_in("echo before the kill\r");
    outer.until_shows("\nbefore the kill\n$");
    let shown = outer.screen();
    world.kill_host("s1");
    outer.until_shows("[connection lost");
    assert_eq!(outer.wait(), 5, "the host is gone");
    assert_eq!(world.screen("s1"), shown, "what it had read is still there");

    let mut late = attached(&world, (80, 24), &["s1"]);
    late.until_shows("mainstay screen s1");
    assert_eq!(late.wait(), 4, "there is nothing to attach to");
}

#[test]
fn a_look_only_types_nothing_and_leaves_the_size() {
    let world = World::new();
    world.start("s1", BASH);
    let mut outer = attached(&world, (80, 24), &["s1"]);
    outer.until_shows("$");
    let mut look = attached(&world, (90, 26), &["s1", "--read-only"]);
    look.until_shows("80x24, read-only");
    look.type_in("echo typed by the onlooker\r");
    outer.type_in("stty size\r");
    look.until_shows("\n24 80\n");
    assert!(!look.screen().contains("onlooker"), "nothing of it arrived");
    detach(&mut look);
    detach(&mut outer);
}

#[test]
fn the_last_who_types_decides_and_the_other_is_told() {
    let world = World::new();
    world.start("s1", BASH);
    let mut large = attached(&world, (80, 24), &["s1"]);
    large.until_shows("$");
    let mut small = attached(&world, (60, 12), &["s1"]);
    small.until_shows("$");
    large.until_shows("60x12, controlled by another viewer");
    small.type_in("stty size\r");
    large.until_shows("\n12 60\n");
    small.until_shows("\n12 60\n");

    large.type_in("stty size\r");
    large.until_shows("\n24 80\n");
    large.until("the note is gone", |shown| {
        !shown.model.screen_text().contains("controlled")
    });
    small.until_shows("80x24, controlled by another viewer");
    let whole = world.screen("s1");
    assert_eq!(large.screen(), whole, "the one who decides sees everything");
    let note = "\n80x24, controlled";
    let seen = small.screen();
    let part = seen.split(note).next().expect("text").trim_end();
    assert!(
        whole.contains(part),
        "the other sees a part of it: {part:?} of {whole:?}"
    );
    detach(&mut small);
    detach(&mut large);
}

#[test]
fn other_keys_detach() {
    let world = World::new();
    world.start("s1", &["cat"]);
    let mut outer = attached(&world, (80, 24), &["s1", "--detach-key", "ctrl-a x"]);
    outer.type_in("one\r");
    outer.until_shows("one\none");
    outer.type_in("\x01x");
    outer.until_shows("[detached");
    assert_eq!(outer.wait(), 0, "detached by the keys that were asked for");
}

#[test]
fn the_title_follows_and_the_bell_rings() {
    let world = World::new();
    world.start("s1", BASH);
    let mut outer = attached(&world, (80, 24), &["s1"]);
    outer.until_shows("$");
    outer.type_in("printf '\\033]2;new title\\007'\r");
    outer.until("the title is passed on", |shown| {
        has(shown, b"\x1b]2;new title\x1b\\")
    });
    outer.type_in("printf '\\a'\r");
    outer.until("the bell is passed on", |shown| has(shown, b"\x07"));
    outer.type_in("printf '\\033]52;c;aGVsbG8=\\007'\r");
    outer.until("the clipboard is passed on", |shown| {
        has(shown, b"\x1b]52;c;aGVsbG8=\x1b\\")
    });
    detach(&mut outer);
    assert!(
        has(&outer.shown(), b"\x1b[23;0t"),
        "the old title is taken back"
    );
}

fn has(shown: &Shown, bytes: &[u8]) -> bool {
    shown
        .bytes
        .windows(bytes.len())
        .any(|window| window == bytes)
}

#[test]
fn a_session_is_not_shown_in_itself() {
    let world = World::new();
    world.start("s1", BASH);
    let mut outer = attached(&world, (80, 24), &["s1"]);
    outer.until_shows("$");
    let mainstay = mainstay().display();
    outer.type_in(&format!(
        "clear; {mainstay} attach s1 --data-dir {}\r",
        world.path().display()
    ));
    outer.until_shows("is in session s1 itself");
    detach(&mut outer);
}

#[test]
fn a_large_paste_arrives_whole() {
    let world = World::new();
    world.start(
        "s1",
        &[
            "sh",
            "-c",
            "stty raw -echo; echo ready; head -c 300000 | cksum; cat",
        ],
    );
    let mut outer = attached(&world, (80, 24), &["s1"]);
    outer.until_shows("ready");
    let text: String = (0..300_000 / 6)
        .map(|n| format!("{:05}\n", n % 100_000))
        .collect();
    outer.type_in(&text);
    outer.until_shows(" 300000");
    assert!(
        outer.screen().contains(&cksum(&text)),
        "the same bytes: {}",
        outer.screen()
    );
    detach(&mut outer);
}

fn cksum(text: &str) -> String {
    let mut cksum = Command::new("cksum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let cksum = cksum.as_mut().expect("it runs");
    cksum
        .stdin
        .take()
        .expect("a pipe")
        .write_all(text.as_bytes())
        .expect("it is taken");
    let mut said = String::new();
    cksum
        .stdout
        .take()
        .expect("a pipe")
        .read_to_string(&mut said)
        .expect("UTF-8");
    assert!(cksum.wait().expect("it ends").success(), "cksum: {said}");
    said.trim().to_owned()
}

#[test]
fn a_terminal_that_was_stuck_shows_the_same_afterwards() {
    let world = World::new();
    world.start(
        "s1",
        &[
            "sh",
            "-c",
            "read go; seq 300000; printf 'EN'; echo D; exec cat",
        ],
    );
    let mut stuck = attached(&world, (80, 24), &["s1"]);
    let mut other = attached(&world, (80, 24), &["s1"]);
    stuck.until("the session is shown", |shown| !shown.bytes.is_empty());
    other.until("the session is shown", |shown| !shown.bytes.is_empty());
    stuck.stick(true);
    other.type_in("go\r");
    other.until_shows("300000\nEND");
    stuck.stick(false);
    stuck.until_shows("300000\nEND");
    assert_eq!(stuck.screen(), world.screen("s1"), "it has caught up");
    assert_eq!(
        other.screen(),
        world.screen("s1"),
        "the other was not held up"
    );
    detach(&mut stuck);
    detach(&mut other);
}

#[test]
fn without_a_terminal_it_says_so() {
    let world = World::new();
    world.start("s1", &["cat"]);
    let ran = world.run(&["attach", "s1"]);
    assert_eq!(ran.code(), 2, "wrong usage: {}", ran.stderr());
    assert!(
        ran.stderr().contains("needs a terminal"),
        "it says so: {}",
        ran.stderr()
    );
}
