//! Other programs that keep terminals, where they are installed.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::lab::{Lab, Result};

/// A program that does part of what ours does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rival {
    Tmux,
    Screen,
    Dtach,
    Zellij,
}

/// A running rival; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Running {
    rival: Rival,
    name: String,
}

impl Rival {
    /// Those on this machine.
    pub(crate) fn installed() -> Vec<Self> {
        let there = |rival: &Self| {
            let mut command = Command::new("which");
            command
                .arg(rival.name())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        };
        [Self::Tmux, Self::Screen, Self::Dtach, Self::Zellij]
            .into_iter()
            .filter(there)
            .collect()
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tmux => "tmux",
            Self::Screen => "screen",
            Self::Dtach => "dtach",
            Self::Zellij => "zellij",
        }
    }

    /// Starts a program in a detached session of 80x24. zellij has no detached start of a command that works without a
    /// terminal: it is started on one by the caller.
    pub(crate) fn start(self, lab: &Lab, program: &str, args: &[&str]) -> Result<Running> {
        let name = lab.path(self.name());
        let name = name.to_string_lossy().into_owned();
        let short = Path::new(&name)
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let short = format!("{short}-{}", std::process::id());
        let mut command = Command::new(self.name());
        let name = match self {
            Self::Tmux => {
                command.args([
                    "-f",
                    "/dev/null",
                    "-S",
                    &name,
                    "new-session",
                    "-d",
                    "-x",
                    "80",
                    "-y",
                    "24",
                ]);
                name
            }
            Self::Screen => {
                command.args(["-c", "/dev/null", "-S", &short, "-d", "-m"]);
                short
            }
            Self::Dtach => {
                command.args(["-n", &name]);
                name
            }
            Self::Zellij => return Err("zellij needs a terminal".into()),
        };
        let status = command
            .arg(program)
            .args(args)
            .env("TERM", "xterm-256color")
            .env_remove("TMUX")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        if !status.success() {
            return Err(format!("{} did not start: {status}", self.name()).into());
        }
        Ok(Running { rival: self, name })
    }
}

impl Running {
    /// What it is called by: for tmux its socket.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The words that attach to it.
    pub(crate) fn attach(&self) -> Vec<&str> {
        match self.rival {
            Rival::Tmux => vec!["tmux", "-S", &self.name, "attach"],
            Rival::Screen => vec!["screen", "-r", &self.name],
            Rival::Dtach => vec!["dtach", "-a", &self.name, "-r", "none"],
            Rival::Zellij => vec!["zellij", "attach", &self.name],
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let end: &[&str] = match self.rival {
            Rival::Tmux => &["tmux", "-S", &self.name, "kill-server"],
            Rival::Screen => &["screen", "-S", &self.name, "-X", "quit"],
            // dtach ends with its child.
            Rival::Dtach | Rival::Zellij => return,
        };
        if let Some((program, args)) = end.split_first() {
            Command::new(program)
                .args(args)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .ok();
        }
    }
}
