//! The environment of real login shells, with start-up files as people have them.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use mainstay_manager::environment::{LoginShell, Person, Source, Taken};
use mainstay_seams::{Clock, SystemClock, TestClock};
use rustix::process::{Pid, Signal};

use crate::support::{vars, write, write_program};

/// A home folder with the start-up files of every shell.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    /// Each shell reads this in POSIX syntax when it starts.
    fn with(script: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for file in [".profile", ".bash_profile", ".zprofile"] {
            write(&folder.path().join(file), script);
        }
        Self { folder }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn shell(&self, shell: &Path, clock: Arc<dyn Clock>) -> LoginShell {
        let home = self.folder.path().to_string_lossy();
        let own = vars(&[
            ("HOME", &home),
            ("SHELL", &shell.to_string_lossy()),
            ("PATH", "/usr/bin:/bin"),
            ("OWN", "from outside"),
            ("MAINSTAY_TOKEN", "not for the shell"),
        ]);
        LoginShell::new(own, clock)
    }

    fn take(&self, shell: &Path) -> Taken {
        self.shell(shell, Arc::new(SystemClock)).take()
    }
}

/// Those of these shells that are installed.
fn installed(names: &[&str]) -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let find = |name: &&str| {
        std::env::split_paths(&path)
            .map(|folder| folder.join(name))
            .find(|file| file.is_file())
    };
    names.iter().filter_map(find).collect()
}

/// What start-up files wrote there.
fn pids(home: &Home) -> Vec<i32> {
    let pids = fs::read_to_string(home.path("pids")).expect("it had begun");
    let pids = pids.split_whitespace();
    pids.map(|pid| pid.parse().expect("a pid")).collect()
}

fn posix_shells() -> Vec<PathBuf> {
    installed(&["sh", "bash", "dash", "zsh", "ksh", "mksh"])
}

#[test]
fn every_shell_tells_what_its_start_up_files_set() {
    let script = "export FROM_PROFILE='a b'\"$(printf '\\nc')\"\nexport PATH=\"$HOME/bin:$PATH\"\nread answer && export ANSWER=$answer\n";
    let home = Home::with(script);
    for shell in posix_shells() {
        let taken = home.take(&shell);
        let shell = shell.display();
        assert_eq!(taken.note, None, "{shell}");
        let var = |name: &str| taken.vars.get(name).map(String::as_str);
        assert_eq!(
            var("FROM_PROFILE"),
            Some("a b\nc"),
            "{shell}: line breaks stay"
        );
        let bin = home.path("bin").to_string_lossy().into_owned();
        assert!(
            var("PATH").is_some_and(|path| path.starts_with(&bin)),
            "{shell}"
        );
        assert_eq!(var("OWN"), Some("from outside"), "{shell}: ours goes in");
        assert_eq!(
            var("MAINSTAY_TOKEN"),
            None,
            "{shell}: what is our own doesn't"
        );
        assert_eq!(var("ANSWER"), None, "{shell}: nobody is there to ask");
    }
}

#[test]
fn fish_and_csh_tell_it_too() {
    let home = Home::with("");
    fs::create_dir_all(home.path(".config/fish")).expect("made");
    write(
        &home.path(".config/fish/config.fish"),
        "echo hello\nset -gx FROM_PROFILE fish\n",
    );
    write(
        &home.path(".cshrc"),
        "echo hello\nsetenv FROM_PROFILE csh\n",
    );
    for shell in installed(&["fish", "csh", "tcsh"]) {
        let taken = home.take(&shell);
        assert_eq!(taken.note, None, "{}", shell.display());
        let found = taken.vars.get("FROM_PROFILE").map(String::as_str);
        assert!(
            matches!(found, Some("fish" | "csh")),
            "{}: {found:?}",
            shell.display()
        );
    }
}

#[test]
fn what_start_up_files_print_does_no_harm() {
    let script = "echo 'Welcome! A=1'\nset -x\nprintf 'B=2\\0mainstay-begin'\ntrap 'echo bye' EXIT\nexport FROM_PROFILE=1\nalias printf=false env=false\nsleep 600 &\necho $! >> \"$HOME/pids\"\n";
    let home = Home::with(script);
    for shell in posix_shells() {
        let taken = home.take(&shell);
        assert_eq!(taken.note, None, "{}", shell.display());
        assert_eq!(
            taken.vars.get("FROM_PROFILE").map(String::as_str),
            Some("1")
        );
        assert_eq!(taken.vars.get("A"), None, "{}", shell.display());
        assert_eq!(taken.vars.get("B"), None, "{}", shell.display());
    }
    let pids = pids(&home);
    assert_eq!(pids.len(), posix_shells().len());
    for pid in pids {
        let job = Pid::from_raw(pid).expect("a pid");
        let killed = rustix::process::kill_process(job, Signal::KILL);
        assert_eq!(killed, Ok(()), "what was left in the background stays");
    }
}

#[test]
fn a_shell_that_hangs_is_ended_with_all_its_children() {
    let script =
        "sleep 600 > \"$HOME/held\" &\necho $$ > \"$HOME/pids\"\ncat \"$HOME/gate\"\nwait\n";
    let home = Home::with(script);
    let made = std::process::Command::new("mkfifo")
        .args([home.path("gate"), home.path("held")])
        .current_dir(home.folder.path())
        .status()
        .expect("mkfifo runs");
    assert!(made.success(), "{made}");
    let clock = Arc::new(TestClock::default());
    let (taken, mut held) = std::thread::scope(|scope| {
        let held = scope.spawn(|| {
            // Each opens when the other side does: the child runs, and the shell waits.
            let held = fs::File::open(home.path("held")).expect("the child opens it too");
            let gate = fs::File::options().write(true).open(home.path("gate"));
            let mut gate = gate.expect("the shell opens it too");
            clock.advance(Duration::from_secs(10));
            // What is printed lets the reader look at its clock.
            gate.write_all(b"x").expect("the shell reads");
            held
        });
        let shell = home.shell(Path::new("/bin/sh"), Arc::<TestClock>::clone(&clock));
        let taken = shell.take();
        (taken, held.join().expect("both were there"))
    });
    let note = taken.note.expect("it is told");
    assert!(note.contains("longer than 10s"), "{note}");
    assert!(note.contains("/bin/sh"), "{note}");
    let own = taken.vars.get("OWN").map(String::as_str);
    assert_eq!(own, Some("from outside"), "ours holds instead");
    // It ends when nobody has the other side any more.
    let length = held.read_to_end(&mut Vec::new());
    assert_eq!(length.expect("it can be read"), 0, "the child is gone");
    let shell = Pid::from_raw(pids(&home)[0]).expect("a pid");
    let there = rustix::process::test_kill_process(shell);
    assert_eq!(there, Err(rustix::io::Errno::SRCH), "the shell is reaped");
}

#[test]
fn a_shell_that_ends_or_floods_is_told() {
    let cases = [
        ("exit 3\n", "it ended before"),
        ("exec true\n", "it ended before"),
        ("exec >/dev/null\n", "it ended before"),
        ("yes\n", "print without end"),
    ];
    for (script, words) in cases {
        let home = Home::with(script);
        let note = home.take(Path::new("/bin/sh")).note.expect("it is told");
        assert!(note.contains(words), "{script:?}: {note}");
    }
}

#[test]
fn a_broken_or_missing_shell_is_no_reason_to_fail() {
    let home = Home::with("export FROM_PROFILE=1\n");
    for broken in [
        "",
        "relative",
        "/not/there",
        "/etc/passwd",
        "/usr/sbin/nologin",
    ] {
        let person = Person::of(&vars(&[("SHELL", broken), ("HOME", "/")]));
        assert!(
            Path::new(&person.shell).is_file(),
            "{broken:?}: {}",
            person.shell
        );
        let taken = home.take(Path::new(broken));
        assert_eq!(taken.note, None, "{broken:?}: the system's own is asked");
    }
    let script = home.path("script");
    write_program(&script, "#!/not/there\n");
    let note = home.take(&script).note.expect("it is told");
    assert!(note.contains("can't be run"), "{note}");
}

#[test]
fn a_variable_that_is_no_text_is_left_out_by_name() {
    let home = Home::with("export BYTES=$(printf '\\377')\nexport FROM_PROFILE=1\n");
    let taken = home.take(Path::new("/bin/sh"));
    assert_eq!(
        taken.vars.get("FROM_PROFILE").map(String::as_str),
        Some("1")
    );
    let note = taken.note.expect("it is told");
    assert!(note.contains("BYTES"), "{note}");
}

#[test]
fn a_person_is_known_without_any_environment() {
    let person = Person::of(&vars(&[]));
    assert!(Path::new(&person.home).is_absolute(), "{person:?}");
    assert!(!person.user.is_empty(), "{person:?}");
    assert!(Path::new(&person.shell).is_file(), "{person:?}");
}
