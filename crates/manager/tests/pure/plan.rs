//! From settings to what a host is told.

use std::fs;

use mainstay_manager::plan;
use mainstay_manager::profile::Profiles;
use mainstay_protocol::problem::Code;
use mainstay_protocol::session::{CleanUp, Settings, Success, Timeouts};
use mainstay_protocol::size::Size;
use mainstay_protocol::spec::Readiness;

use crate::support::{vars, write};
use crate::world::{World, command};

#[test]
fn nothing_at_all_is_a_shell_at_home() {
    let world = World::new();
    let spec = world.good(Settings::default());
    assert_eq!((spec.program.as_str(), spec.args.len()), ("/bin/sh", 0));
    assert_eq!(spec.cwd, world.person.home);
    assert_eq!(spec.size, Size::DEFAULT);
    assert_eq!(spec.limits.start_ms, Some(60_000));
    assert_eq!((spec.limits.run_ms, spec.limits.grace_ms), (None, 30_000));
    assert!(
        spec.env.is_empty(),
        "what is written down has nothing: {:?}",
        spec.env
    );
    let settings = world.completed(Settings::default()).expect("right");
    assert_eq!(settings.profile, "shell", "the name is settled");
}

#[test]
fn the_shell_is_the_one_that_the_environment_names() {
    let mut world = World::new();
    let own = world.text("bin/tool");
    world.base.insert("SHELL".to_owned(), own.clone());
    assert_eq!(world.good(Settings::default()).program, own);
    world
        .base
        .insert("SHELL".to_owned(), world.text("bin/gone"));
    assert_eq!(
        world.good(Settings::default()).program,
        "/bin/sh",
        "it isn't there"
    );
    world.defaults.shell = vec![own.clone(), "-l".to_owned()];
    let spec = world.good(Settings::default());
    assert_eq!((spec.program, spec.args), (own, vec!["-l".to_owned()]));
}

#[test]
fn the_persons_environment_is_handed_on_but_not_written_down() {
    let mut world = World::new();
    let more = vars(&[
        ("TOKEN", "hunter2"),
        ("EDITOR", "vi"),
        ("MAINSTAY_DATA_DIR", "/elsewhere"),
        ("TERM", "dumb"),
        ("TMUX", "/tmp/tmux"),
        ("KITTY_WINDOW_ID", "3"),
        ("NOTIFY_SOCKET", "/run/systemd/notify"),
        ("BAD=NAME", "x"),
        ("USER", ""),
    ]);
    world.base.extend(more);
    let mut settings = command(&["tool"]);
    settings.env = vars(&[("EDITOR", "emacs"), ("MAINSTAY_MINE", "kept")]);
    let spec = world.good(settings);
    let base = &spec.secrets;
    assert_eq!(
        spec.env,
        vars(&[("EDITOR", "emacs"), ("MAINSTAY_MINE", "kept")])
    );
    assert_eq!(
        base.get("EDITOR"),
        None,
        "it would win over the session's own"
    );
    assert_eq!(base["TOKEN"], "hunter2");
    assert_eq!(base["LANG"], "ja_JP.UTF-8");
    for gone in [
        "MAINSTAY_DATA_DIR",
        "TERM",
        "TMUX",
        "KITTY_WINDOW_ID",
        "NOTIFY_SOCKET",
        "BAD=NAME",
    ] {
        assert_eq!(base.get(gone), None, "{gone} is another place's");
    }
    assert_eq!(base["HOME"], world.person.home, "it was missing");
    assert_eq!(base["USER"], "ada", "it was empty");
    assert_eq!(base["SHELL"], "/bin/sh");
    assert_eq!(base["PWD"], spec.cwd);
    let written = serde_json::to_string(&spec.without_secrets()).expect("plain data");
    assert!(!written.contains("hunter2"), "{written}");
}

#[test]
fn the_sessions_own_path_finds_the_program() {
    let world = World::new();
    let mut settings = command(&["sh"]);
    assert_eq!(world.problem(settings.clone()).code, Code::BadProgram);
    settings.env = vars(&[("PATH", "/nowhere:/bin")]);
    assert_eq!(world.good(settings).program, "sh", "as the person wrote it");
}

#[test]
fn a_resumed_shell_starts_where_it_was() {
    let mut world = World::new();
    world.resumed = true;
    world.last_dir = Some(world.text("bin"));
    assert_eq!(world.good(Settings::default()).cwd, world.text("bin"));
    assert_eq!(
        world.good(command(&["tool"])).cwd,
        world.person.home,
        "a command doesn't"
    );
    world.last_dir = Some(world.text("gone"));
    assert_eq!(
        world.good(Settings::default()).cwd,
        world.person.home,
        "it is gone"
    );
    world.last_dir = Some(world.text("bin"));
    world.resumed = false;
    assert_eq!(
        world.good(Settings::default()).cwd,
        world.person.home,
        "not resumed"
    );
}

#[test]
fn the_nearer_setting_wins_and_zero_is_no_limit() {
    let mut world = World::new();
    let folder = world.path("profiles");
    fs::create_dir(&folder).expect("made");
    let text = "command = ['tool']\nready = 'first_output'\n[timeouts]\nstart_ms = 5\nrun_ms = 6\n[retry]\ncount = 2\n";
    write(&folder.join("mine.toml"), text);
    world.profiles = Profiles::load(&folder);
    world.defaults.grace_ms = 7;
    let settings = Settings {
        profile: "mine".to_owned(),
        timeouts: Timeouts {
            start_ms: Some(0),
            ..Timeouts::default()
        },
        ..Settings::default()
    };
    let spec = world.good(settings.clone());
    assert_eq!(spec.limits.start_ms, None, "the session says: none");
    assert_eq!(spec.limits.run_ms, Some(6), "the profile's");
    assert_eq!(spec.limits.grace_ms, 7, "the program's");
    assert_eq!(spec.ready, Readiness::FirstOutput);
    let rules = plan::rules(&settings, world.profiles.of(&settings), &world.defaults);
    assert_eq!(rules.retry.map(|retry| retry.count), Some(2));
    assert_eq!(rules.success, Success::Zero);
}

#[test]
fn clean_up_for_all_becomes_the_new_sessions_own() {
    let mut world = World::new();
    let usual = CleanUp {
        after_ms: 5,
        only_completed: false,
    };
    world.defaults.clean_up = Some(usual);
    let mut settings = world.completed(command(&["tool"])).expect("right");
    assert_eq!(settings.clean_up, Some(usual));
    settings.clean_up = None;
    let rules = plan::rules(&settings, world.profiles.of(&settings), &world.defaults);
    assert_eq!(rules.clean_up, None, "taken away, it stays away");
}
