//! A tmux server of a test's own.
//!
//! A client in control mode (`tmux -C`, <https://github.com/tmux/tmux/wiki/Control-Mode>) tells of every output, so that a
//! test looks again exactly when something changed.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};

use super::{PATIENCE, programs};

/// A server with one pane that runs a shell.
pub(crate) struct Tmux {
    socket: PathBuf,
    control: Child,
    _stdin: ChildStdin,
    changes: Receiver<()>,
}

impl Tmux {
    /// Starts a shell in a pane of this size; `$MAINSTAY` is the command.
    pub(crate) fn new(data: &Path, (cols, rows): (u16, u16)) -> Self {
        let socket = data.join("tmux.sock");
        let size = [cols.to_string(), rows.to_string()];
        let started = tmux(&socket)
            .args([
                "-f",
                "/dev/null",
                "new-session",
                "-d",
                "-s",
                "t",
                "-x",
                &size[0],
                "-y",
                &size[1],
            ])
            .args(["env", "PS1=outer$ ", "sh"])
            .env("MAINSTAY_DATA_DIR", data)
            .env("MAINSTAY", programs::mainstay())
            .env_remove("TMUX")
            .status()
            .expect("tmux runs");
        assert!(started.success(), "tmux starts");
        for option in [["window-size", "manual"], ["status", "off"]] {
            let set = tmux(&socket)
                .args(["set", "-g"])
                .args(option)
                .status()
                .expect("tmux runs");
            assert!(set.success(), "tmux takes {option:?}");
        }
        let mut control = tmux(&socket)
            .args(["-C", "attach", "-t", "t"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("tmux runs");
        let stdin = control.stdin.take().expect("a pipe");
        let lines = BufReader::new(control.stdout.take().expect("a pipe")).lines();
        let (changed, changes) = sync_channel(1);
        std::thread::spawn(move || {
            for _ in lines.map_while(Result::ok) {
                // Full means that there is a change to look at already.
                changed.try_send(()).unwrap_or_default();
            }
        });
        let tmux = Self {
            socket,
            control,
            _stdin: stdin,
            changes,
        };
        tmux.resize(cols, rows);
        tmux
    }

    /// Types keys by tmux's names, or text.
    pub(crate) fn send_keys(&self, keys: &[&str]) {
        self.command(&[&["send-keys", "-t", "t"], keys].concat());
    }

    /// Makes the pane another size.
    pub(crate) fn resize(&self, cols: u16, rows: u16) {
        let size = [cols.to_string(), rows.to_string()];
        self.command(&["resize-window", "-t", "t", "-x", &size[0], "-y", &size[1]]);
    }

    /// The screen as text, without empty rows at the end.
    pub(crate) fn screen(&self) -> String {
        let shown = self.command(&["capture-pane", "-p", "-t", "t"]);
        let rows: Vec<&str> = shown.lines().map(str::trim_end).collect();
        rows.join("\n").trim_end_matches('\n').to_owned()
    }

    /// The scrollback and the screen.
    pub(crate) fn everything(&self) -> String {
        self.command(&["capture-pane", "-p", "-S", "-", "-t", "t"])
    }

    /// Waits until the screen is as it should be.
    pub(crate) fn until(&self, what: &str, done: impl Fn(&str) -> bool) -> String {
        loop {
            let screen = self.screen();
            if done(&screen) {
                return screen;
            }
            let changed = self.changes.recv_timeout(PATIENCE);
            assert!(changed.is_ok(), "{what}; the screen is\n{}", self.screen());
        }
    }

    /// Waits until a text is on the screen.
    pub(crate) fn until_shows(&self, text: &str) -> String {
        self.until(&format!("{text:?} is to be shown"), |screen| {
            screen.contains(text)
        })
    }

    /// What tmux says about the pane, by a format.
    pub(crate) fn says(&self, format: &str) -> String {
        self.command(&["display", "-p", "-t", "t", format])
            .trim()
            .to_owned()
    }

    fn command(&self, args: &[&str]) -> String {
        let ran = tmux(&self.socket).args(args).output().expect("tmux runs");
        assert!(
            ran.status.success(),
            "tmux {args:?}: {}",
            String::from_utf8_lossy(&ran.stderr)
        );
        String::from_utf8_lossy(&ran.stdout).into_owned()
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        // Only this test's own server, by its socket.
        drop(tmux(&self.socket).arg("kill-server").status());
        drop(self.control.wait());
    }
}

fn tmux(socket: &Path) -> Command {
    let mut tmux = Command::new("tmux");
    tmux.arg("-u").arg("-S").arg(socket);
    tmux
}
