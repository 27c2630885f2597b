//! The outer terminal is given back on every way out of `mainstay attach`.

use rustix::process::Signal;

use crate::support::outer::Outer;
use crate::support::world::World;

/// Switches on whatever a full-screen program switches on, then waits.
const FULL_SCREEN: &[&str] = &[
    "sh",
    "-c",
    "printf '\\033[?1049h\\033[?1000h\\033[?1006h\\033[?1004h\\033[?2004h\\033[?1h\\033=\\033[?25l\\033[3 q\\033[4h\
     \\033[5;10r\\033[?6h\\033(0\\033[41m'; printf 'lqk full'; stty -echo; exec cat > /dev/null",
];

/// A session of that kind, and `attach` in a shell that compares the terminal's settings before and after.
fn attached(world: &World, environment: &str) -> Outer {
    world.start("s1", FULL_SCREEN);
    let script = format!(
        "trap : INT QUIT; stty -a > before; echo first screen; \
         sh -c 'echo $$ > pid; {environment} exec \"$MAINSTAY\" attach s1'; \
         echo code $?; stty -a > after; cmp before after && echo settings are back; read wait"
    );
    let outer = Outer::shell("sh", world.path(), (80, 24), &script);
    outer.until("the alternate screen is shown", |shown| {
        shown.model.state().alternate && shown.model.state().mouse
    });
    outer
}

fn signal(world: &World, signal: Signal) {
    let pid = std::fs::read_to_string(world.file("pid")).expect("the shell wrote it");
    let pid = pid
        .trim()
        .parse()
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    rustix::process::kill_process(pid.expect("a process id"), signal).expect("attach runs");
}

/// The shell's terminal again: modes, settings, cursor.
fn check(outer: &mut Outer, code: &str) {
    outer.until_shows("settings are back");
    outer.until_shows(&format!("code {code}"));
    {
        let shown = outer.shown();
        let state = shown.model.state();
        assert!(!state.alternate, "the main screen is back");
        assert!(
            !state.mouse && !state.focus_events && !state.bracketed_paste,
            "no reports"
        );
        assert!(state.cursor_visible, "the cursor is shown");
        let mut snapshot = Vec::new();
        shown.model.snapshot(&mut snapshot);
        let snapshot = snapshot.escape_ascii().to_string();
        for mode in [
            "\\x1b[?1h",
            "\\x1b[?6h",
            "\\x1b[4h",
            "\\x1b(0",
            "\\x1b[5;10r",
        ] {
            assert!(!snapshot.contains(mode), "{mode} is off: {snapshot}");
        }
    }
    let rows = outer.screen();
    assert!(
        rows.ends_with("settings are back"),
        "what the shell prints is below: {rows}"
    );
    outer.type_in("\n");
    assert_eq!(outer.wait(), 0, "the shell ends");
}

#[test]
fn by_the_detach_keys() {
    let world = World::new();
    let mut outer = attached(&world, "");
    outer.type_in("\x1cd");
    check(&mut outer, "0");
}

#[test]
fn by_signals() {
    for (kind, code) in [
        (Signal::TERM, "143"),
        (Signal::HUP, "129"),
        (Signal::INT, "130"),
        (Signal::QUIT, "131"),
    ] {
        let world = World::new();
        let mut outer = attached(&world, "ulimit -c 0;");
        signal(&world, kind);
        check(&mut outer, code);
    }
}

#[test]
fn by_a_panic() {
    let world = World::new();
    let mut outer = attached(
        &world,
        "MAINSTAY_FAILPOINTS=cli.attach.panic=error RUST_BACKTRACE=0",
    );
    // What might be a new size makes it panic.
    signal(&world, Signal::WINCH);
    outer.until_shows("panicked at");
    check(&mut outer, "101");
}

#[test]
fn by_the_end_of_the_session() {
    let world = World::new();
    let mut outer = attached(&world, "");
    outer.type_in("\x04");
    check(&mut outer, "0");
}

#[test]
fn by_a_killed_host() {
    let world = World::new();
    let mut outer = attached(&world, "");
    world.kill_host("s1");
    check(&mut outer, "5");
}

#[test]
fn while_it_is_suspended() {
    let world = World::new();
    world.start("s1", FULL_SCREEN);
    let script = "stty -a > before; set -m; sh -c 'echo $$ > pid; exec \"$MAINSTAY\" attach s1'; \
                  stty -a > stopped; cmp before stopped && echo suspended; read go; fg; \
                  echo code $?; stty -a > after; cmp before after && echo settings are back; read wait";
    let mut outer = Outer::shell("bash", world.path(), (80, 24), script);
    outer.until("the session is shown", |shown| shown.model.state().mouse);
    signal(&world, Signal::TSTP);
    outer.until_shows("suspended");
    assert!(
        !outer.shown().model.state().alternate,
        "the main screen is back"
    );
    assert!(!outer.shown().model.state().mouse, "no reports");
    outer.type_in("\n");
    outer.until("the session is shown again", |shown| {
        shown.model.state().alternate && shown.model.state().mouse
    });
    outer.until_shows("┌─┐");
    outer.type_in("\x1cd");
    check(&mut outer, "0");
}

#[test]
fn when_stopped_without_a_warning() {
    let world = World::new();
    let mut outer = attached(&world, "");
    signal(&world, Signal::STOP);
    signal(&world, Signal::CONT);
    outer.type_in("\x1cd");
    check(&mut outer, "0");
}

#[test]
fn when_the_terminal_takes_nothing() {
    let world = World::new();
    world.start(
        "s1",
        &["yes", "a line that comes again and again without an end"],
    );
    let mut outer = Outer::mainstay(world.path(), (80, 24), &["attach", "s1"]);
    outer.until_shows("again and again");
    outer.stick(true);
    outer.signal(Signal::TERM);
    assert_ne!(
        outer.wait(),
        0,
        "it ends although nothing it writes is taken"
    );
}
