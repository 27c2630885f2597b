//! Asking the person's login shell.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use mainstay_seams::Clock;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal};

use super::answer::{Answer, Output, Question};
use super::{Person, Source, Taken};
use crate::plan::vars;

/// How long start-up files may take.
const LIMIT: Duration = Duration::from_secs(10);
/// Tells start-up files why they run, for those that want to know.
const WHY: (&str, &str) = ("MAINSTAY_RESOLVING_ENVIRONMENT", "1");

/// The person's login shell, run as an interactive login shell without a terminal: its start-up files may ask nothing.
#[derive(Debug)]
pub struct LoginShell {
    own: BTreeMap<String, String>,
    person: Person,
    clock: Arc<dyn Clock>,
}

/// Why a shell gave no environment.
#[derive(Debug)]
enum Failure {
    NotRun(io::Error),
    TooSlow,
    TooLong,
    Mute,
    Unread(io::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRun(error) => write!(f, "it can't be run: {error}"),
            Self::TooSlow => write!(
                f,
                "it took longer than {LIMIT:?}; something in its start-up files is slow or waits for an answer"
            ),
            Self::TooLong => write!(f, "its start-up files print without end"),
            Self::Mute => write!(
                f,
                "it ended before; something in its start-up files ends it or starts another program in its place"
            ),
            Self::Unread(error) => write!(f, "its output can't be read: {error}"),
        }
    }
}

impl LoginShell {
    /// The login shell of the person whose environment `own` is (a desktop's, a service's, a terminal's). The shell
    /// starts with it, and it is what holds if the shell gives none.
    #[must_use]
    pub fn new(own: BTreeMap<String, String>, clock: Arc<dyn Clock>) -> Self {
        Self {
            person: Person::of(&own),
            own,
            clock,
        }
    }

    fn ask(&self) -> Result<Answer, Failure> {
        let deadline = self.clock.monotonic() + LIMIT;
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| Failure::NotRun(io::Error::other(error)))?;
        let question = Question::new(random);
        let mut shell = self.start(&question).map_err(Failure::NotRun)?;
        let answer = match shell.stdout.take() {
            Some(stdout) => self.listen(&question, stdout, deadline),
            None => Err(Failure::Mute),
        };
        end(&mut shell, answer.is_ok());
        answer
    }

    fn start(&self, question: &Question) -> io::Result<Child> {
        let mut env = vars::cleaned(&self.own);
        vars::add_usual(&mut env, &self.person);
        // What sessions will have: start-up files look at it, and leave out much for `dumb`.
        env.insert("TERM".to_owned(), "xterm-256color".to_owned());
        let home = Path::new(&self.person.home);
        let mut command = Command::new(&self.person.shell);
        command
            .args(flags(&self.person.shell))
            .arg(question.command_line())
            .current_dir(if home.is_dir() { home } else { Path::new("/") })
            .env_clear()
            .envs(&env)
            .env(WHY.0, WHY.1)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        in_own_session(&mut command);
        command.spawn()
    }

    /// Reads until the answer is complete. Not until the end: what start-up files left in the background may hold the
    /// other side of the pipe for ever.
    fn listen(
        &self,
        question: &Question,
        mut stdout: ChildStdout,
        deadline: Duration,
    ) -> Result<Answer, Failure> {
        let mut output = Output::default();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let left = deadline.saturating_sub(self.clock.monotonic());
            match is_readable(&stdout, left) {
                Ok(true) => {}
                Ok(false) => return Err(Failure::TooSlow),
                Err(Errno::INTR) => continue,
                Err(error) => return Err(Failure::Unread(error.into())),
            }
            let length = match stdout.read(&mut buffer) {
                Ok(0) => return Err(Failure::Mute),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Failure::Unread(error)),
            };
            let is_short = output.take(buffer.get(..length).unwrap_or_default());
            if let Some(answer) = question.answer(&mut output) {
                return Ok(answer);
            }
            if !is_short {
                return Err(Failure::TooLong);
            }
        }
    }
}

impl Source for LoginShell {
    fn take(&self) -> Taken {
        let shell = &self.person.shell;
        match self.ask() {
            Ok(answer) if answer.vars.is_empty() => self.own(&Failure::Mute),
            Ok(answer) => Taken {
                note: (!answer.unreadable.is_empty()).then(|| {
                    format!(
                        "variables of {shell} that are no Unicode text are left out: {}",
                        answer.unreadable.join(", ")
                    )
                }),
                vars: answer.vars,
            },
            Err(failure) => self.own(&failure),
        }
    }
}

impl LoginShell {
    fn own(&self, failure: &Failure) -> Taken {
        let note = format!(
            "the login shell {} did not tell its environment: {failure}. Sessions get the environment that Mainstay was started with; once that is mended, refresh the environment",
            self.person.shell
        );
        tracing::warn!("{note}");
        Taken {
            vars: self.own.clone(),
            note: Some(note),
        }
    }
}

/// What makes a shell an interactive login shell that runs one command.
fn flags(shell: &str) -> &'static [&'static str] {
    let name = Path::new(shell).file_name().and_then(|name| name.to_str());
    match name {
        // They take `-l` only alone.
        Some("csh" | "tcsh") => &["-i", "-c"],
        _ => &["-l", "-i", "-c"],
    }
}

/// Waits until there is something to read or the other side is gone; false if the time is over before.
fn is_readable(stdout: &ChildStdout, left: Duration) -> Result<bool, Errno> {
    let timeout = Timespec {
        tv_sec: left.as_secs().try_into().unwrap_or(i64::MAX),
        tv_nsec: left.subsec_nanos().into(),
    };
    let ready = poll(&mut [PollFd::new(stdout, PollFlags::IN)], Some(&timeout))?;
    Ok(ready > 0)
}

/// Ends the shell. Once it has answered, what its start-up files left in the background stays; otherwise the whole group
/// goes.
fn end(shell: &mut Child, answered: bool) {
    let ended = if answered {
        shell.kill()
    } else {
        let group = Pid::from_child(shell);
        rustix::process::kill_process_group(group, Signal::KILL).map_err(io::Error::from)
    };
    // It may have ended by itself.
    ended.ok();
    if let Err(error) = shell.wait() {
        tracing::warn!(%error, "the login shell can't be waited for");
    }
}

/// Away from our terminal, if we have one: an interactive shell would fight for it.
#[expect(
    unsafe_code,
    reason = "there is no other way to act between fork and exec"
)]
fn in_own_session(command: &mut Command) {
    // SAFETY: one system call, no allocation; it may run between fork and exec.
    unsafe {
        command.pre_exec(|| {
            rustix::process::setsid()?;
            Ok(())
        });
    }
}
