//! What can't be run, and how that is told.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use mainstay_protocol::problem::Code;
use mainstay_protocol::session::{Retry, Settings, Success, Timeouts};
use mainstay_protocol::spec::Readiness;

use crate::support::vars;
use crate::world::{World, command};

#[test]
fn a_program_that_cannot_run_is_named_with_the_reason() {
    let world = World::new();
    let cases = [
        (
            command(&["nothing"]),
            vec!["\"nothing\"", "in PATH", "install"],
        ),
        (
            command(&["tool --flag"]),
            vec!["each of its arguments separately"],
        ),
        (command(&["text"]), vec!["chmod +x", "bin/text"]),
        (command(&["./gone"]), vec!["gone", "can't be found"]),
        (command(&["bin/"]), vec!["is a folder"]),
        (command(&["./bin/text"]), vec!["chmod +x"]),
    ];
    for (settings, words) in cases {
        let asked = settings.command.clone();
        let problem = world.problem(settings);
        assert_eq!(problem.code, Code::BadProgram, "{asked:?}");
        assert_eq!(problem.field.as_deref(), Some("command"));
        for word in words {
            assert!(problem.detail.contains(word), "{asked:?}: {problem}");
        }
    }
    assert_eq!(world.good(command(&["./bin/tool"])).program, "./bin/tool");
}

#[test]
fn a_folder_that_cannot_be_used_is_named_with_the_reason() {
    let world = World::new();
    let in_folder = |cwd: String| Settings {
        cwd,
        ..Settings::default()
    };
    let cases = [
        ("relative".to_owned(), "absolute"),
        (world.text("gone"), "make it first"),
        (world.text("gone/deeper/still"), "there is"),
        (world.text("bin/text"), "is not a folder"),
        (world.text("bin/text/below"), "can't be used"),
        ("/a\0b".to_owned(), "zero byte"),
    ];
    for (cwd, word) in cases {
        let problem = world.problem(in_folder(cwd.clone()));
        assert_eq!(problem.code, Code::BadCwd, "{cwd:?}");
        assert_eq!(problem.field.as_deref(), Some("cwd"));
        assert!(problem.detail.contains(word), "{cwd:?}: {problem}");
    }
    let closed = world.path("closed");
    fs::create_dir(&closed).expect("made");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o600)).expect("set");
    if !rustix::process::geteuid().is_root() {
        let problem = world.problem(in_folder(world.text("closed")));
        assert!(problem.detail.contains("can't be entered"), "{problem}");
    }
}

#[test]
fn each_wrong_field_is_named() {
    let world = World::new();
    let base = || command(&["tool"]);
    let codes = Success::Codes(Vec::new());
    let pattern = Readiness::Pattern {
        pattern: "(".to_owned(),
    };
    let retry = Retry {
        count: u32::MAX,
        ..Retry::default()
    };
    let timeouts = Timeouts {
        run_ms: Some(u64::MAX),
        ..Timeouts::default()
    };
    let cases = [
        (
            Settings {
                name: Some("a\nb".to_owned()),
                ..base()
            },
            "name",
        ),
        (
            Settings {
                name: Some("x".repeat(201)),
                ..base()
            },
            "name",
        ),
        (command(&["tool", "a\0b"]), "command"),
        (command(&["tool", &"x".repeat(200_000)]), "command"),
        (
            Settings {
                env: vars(&[("A=B", "x")]),
                ..base()
            },
            "env.A=B",
        ),
        (
            Settings {
                env: vars(&[("A", "\0")]),
                ..base()
            },
            "env.A",
        ),
        (
            Settings {
                env: vars(&[("MAINSTAY_TOKEN", "x")]),
                ..base()
            },
            "env.MAINSTAY_TOKEN",
        ),
        (Settings { timeouts, ..base() }, "timeouts.run_ms"),
        (
            Settings {
                ready: Some(pattern),
                ..base()
            },
            "ready.pattern",
        ),
        (
            Settings {
                success: Some(codes),
                ..base()
            },
            "success",
        ),
        (
            Settings {
                retry: Some(retry),
                ..base()
            },
            "retry.count",
        ),
        (
            Settings {
                profile: "command".to_owned(),
                ..Settings::default()
            },
            "command",
        ),
    ];
    for (settings, field) in cases {
        let problem = world.problem(settings);
        assert_eq!(problem.code, Code::Invalid, "{field}: {problem}");
        assert_eq!(problem.field.as_deref(), Some(field), "{problem}");
    }
    let unknown = Settings {
        profile: "gone".to_owned(),
        ..base()
    };
    assert_eq!(world.problem(unknown).code, Code::UnknownProfile);
}
