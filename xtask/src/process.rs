//! Starting other programs: every folder, argument and environment variable is said here.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// A program about to be started. Its standard input is empty unless said otherwise.
pub(crate) struct Program {
    command: Command,
}

impl Program {
    /// `dir` is the folder it runs in: never the one this task happens to be called from.
    pub(crate) fn new(name: impl AsRef<OsStr>, dir: &Path) -> Self {
        let mut command = Command::new(name);
        command.current_dir(dir).stdin(Stdio::null());
        Self { command }
    }

    /// The cargo that runs this task.
    pub(crate) fn cargo(dir: &Path) -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        Self::new(cargo, dir)
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn env_remove(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs it to its end with this task's own output.
    pub(crate) fn run(mut self) -> Result<()> {
        let status = self
            .command
            .status()
            .with_context(|| format!("{self} could not be started"))?;
        if !status.success() {
            bail!("{self} ended with {status}");
        }
        Ok(())
    }

    /// Whether it ends well; says nothing either way, also not where there is no such program.
    pub(crate) fn succeeds(mut self) -> bool {
        self.command.stdout(Stdio::null()).stderr(Stdio::null());
        self.command.status().is_ok_and(|status| status.success())
    }

    /// Runs it to its end and returns what it printed on standard output.
    pub(crate) fn read(mut self) -> Result<String> {
        self.command.stderr(Stdio::inherit());
        let output = self
            .command
            .output()
            .with_context(|| format!("{self} could not be started"))?;
        if !output.status.success() {
            bail!("{self} ended with {}", output.status);
        }
        String::from_utf8(output.stdout).with_context(|| format!("{self} printed no UTF-8"))
    }

    /// As [`Program::read`] for a program whose failure is an answer too: none, and nothing shown.
    pub(crate) fn read_quietly(mut self) -> Option<String> {
        let output = self.command.stderr(Stdio::null()).output().ok()?;
        let said = String::from_utf8(output.stdout).ok()?;
        output.status.success().then_some(said)
    }

    /// Starts it in the background; it ends with the value returned.
    pub(crate) fn start(mut self) -> Result<Running> {
        let child = self
            .command
            .spawn()
            .with_context(|| format!("{self} could not be started"))?;
        Ok(Running {
            child,
            name: self.to_string(),
        })
    }

    /// As [`Program::start`], and returns what it prints on standard output up to the first line end.
    pub(crate) fn start_and_read_line(mut self) -> Result<(Running, String)> {
        self.command.stdout(Stdio::piped());
        let mut running = self.start()?;
        let stdout: Option<ChildStdout> = running.child.stdout.take();
        let line = match stdout {
            Some(stdout) => first_line(stdout)?,
            None => String::new(),
        };
        if line.is_empty() {
            bail!("{} ended before it said anything", running.name);
        }
        Ok((running, line))
    }
}

fn first_line(from: impl Read) -> Result<String> {
    let mut line = String::new();
    BufReader::new(from).read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

/// The command line, for messages.
impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Path::new(self.command.get_program());
        write!(
            f,
            "`{}",
            name.file_stem().unwrap_or(name.as_os_str()).display()
        )?;
        for arg in self.command.get_args() {
            write!(f, " {}", arg.display())?;
        }
        write!(f, "`")
    }
}

/// A program in the background. Dropping it kills it and waits for its end.
pub(crate) struct Running {
    child: Child,
    name: String,
}

impl Running {
    /// Fails where it has ended by itself.
    pub(crate) fn check(&mut self) -> Result<()> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => bail!("{} ended with {status}", self.name),
            Err(error) => bail!("{} was lost: {error}", self.name),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only where it has ended already, which is what is wanted.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
