//! A terminal with a person in front of it: a PTY, a model of what is shown, and somebody who types.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use mainstay_protocol::Size;
use mainstay_terminal::{Options, Sink, Terminal};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::{PATIENCE, programs};

/// The terminal and the program in it.
pub(crate) struct Outer {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<Shown>,
    changed: Condvar,
}

/// What is shown, and what came to show it.
pub(crate) struct Shown {
    pub(crate) model: Terminal,
    pub(crate) bytes: Vec<u8>,
    /// What a terminal would have answered: a query that came through.
    pub(crate) replies: Vec<u8>,
    /// Nobody writes to the terminal any more.
    closed: bool,
    /// Nothing is read while this is set: a terminal that is stuck.
    stuck: bool,
}

#[derive(Default)]
struct Replies(Vec<u8>);

impl Sink for Replies {
    fn reply(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

fn pty_size(cols: u16, rows: u16) -> PtySize {
    PtySize {
        cols,
        rows,
        pixel_width: 0,
        pixel_height: 0,
    }
}

impl Outer {
    /// Runs `mainstay` with these arguments in a terminal of this size.
    pub(crate) fn mainstay(data: &Path, size: (u16, u16), args: &[&str]) -> Self {
        let mut command = CommandBuilder::new(programs::mainstay());
        command.args(args);
        Self::run(data, size, command)
    }

    /// Runs a shell script in a terminal of this size; `$MAINSTAY` is the command.
    pub(crate) fn shell(shell: &str, data: &Path, size: (u16, u16), script: &str) -> Self {
        let mut command = CommandBuilder::new(shell);
        command.args(["-c", script]);
        command.env("MAINSTAY", programs::mainstay());
        Self::run(data, size, command)
    }

    fn run(data: &Path, (cols, rows): (u16, u16), mut command: CommandBuilder) -> Self {
        command.env("MAINSTAY_DATA_DIR", data);
        command.env("TERM", "xterm-256color");
        command.cwd(data);
        let pty = native_pty_system()
            .openpty(pty_size(cols, rows))
            .expect("a PTY");
        let child = pty.slave.spawn_command(command).expect("the program runs");
        let shown = Shown {
            model: Terminal::new(Size::clamped(cols, rows), Options::default()),
            bytes: Vec::new(),
            replies: Vec::new(),
            closed: false,
            stuck: false,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(shown),
            changed: Condvar::new(),
        });
        let reader = pty.master.try_clone_reader().expect("a reader");
        let reading = Arc::clone(&shared);
        std::thread::spawn(move || read(reader, &reading));
        let writer = pty.master.take_writer().expect("a writer");
        Self {
            master: pty.master,
            writer,
            child,
            shared,
        }
    }

    /// What is shown right now.
    pub(crate) fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shared.state.lock().expect("no reader panicked")
    }

    /// The screen as text.
    pub(crate) fn screen(&self) -> String {
        self.shown().model.screen_text()
    }

    /// Types.
    pub(crate) fn type_in(&mut self, text: &str) {
        self.writer
            .write_all(text.as_bytes())
            .expect("the terminal takes it");
        self.writer.flush().expect("the terminal takes it");
    }

    /// Waits until something is shown.
    pub(crate) fn until(&self, what: &str, done: impl Fn(&Shown) -> bool) {
        let guard = self.shown();
        let waited = self
            .shared
            .changed
            .wait_timeout_while(guard, PATIENCE, |shown| !done(shown));
        let (shown, waited) = waited.expect("no reader panicked");
        assert!(
            !waited.timed_out(),
            "{what}; the screen is\n{}\nafter {}",
            shown.model.screen_text(),
            tail(&shown.bytes)
        );
    }

    /// Waits until a text is on the screen.
    pub(crate) fn until_shows(&self, text: &str) {
        self.until(&format!("{text:?} is to be shown"), |shown| {
            shown.model.screen_text().contains(text)
        });
    }

    /// Makes the terminal another size, as a window manager would.
    pub(crate) fn resize(&mut self, cols: u16, rows: u16) {
        let mut shown = self.shared.state.lock().expect("no reader panicked");
        shown.model.resize(Size::clamped(cols, rows), &mut ());
        self.master
            .resize(pty_size(cols, rows))
            .expect("the PTY takes it");
    }

    /// The same, and waits until the session is drawn anew.
    pub(crate) fn resize_and_settle(&mut self, cols: u16, rows: u16) {
        let from = self.shown().bytes.len();
        self.resize(cols, rows);
        self.until("the session is drawn anew", |shown| {
            let new = &shown.bytes[from..];
            new.windows(8).any(|bytes| bytes == b"\x1b[?2026l")
        });
    }

    /// Reads nothing any more, or again.
    pub(crate) fn stick(&self, stuck: bool) {
        self.shown().stuck = stuck;
        self.shared.changed.notify_all();
    }

    /// Process id of the program.
    pub(crate) fn pid(&self) -> rustix::process::Pid {
        let pid = self
            .child
            .process_id()
            .and_then(|pid| i32::try_from(pid).ok());
        rustix::process::Pid::from_raw(pid.expect("it runs")).expect("not 0")
    }

    /// Sends the program a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(self.pid(), signal).expect("it runs");
    }

    /// Waits for the program's end and everything it wrote; its exit code, 128 + N for signal N as far as the
    /// library that waits tells.
    pub(crate) fn wait(&mut self) -> u32 {
        let code = self.child.wait().expect("it ends").exit_code();
        self.until("the program closes the terminal", |shown| {
            shown.closed || shown.stuck
        });
        code
    }
}

impl Drop for Outer {
    fn drop(&mut self) {
        // It may have ended long ago.
        self.child.kill().unwrap_or_default();
    }
}

fn read(mut reader: Box<dyn Read + Send>, shared: &Shared) {
    let mut buffer = [0; 4096];
    loop {
        let stuck = shared.state.lock().expect("no test panicked");
        drop(
            shared
                .changed
                .wait_while(stuck, |shown| shown.stuck)
                .expect("no test panicked"),
        );
        let read = reader.read(&mut buffer).unwrap_or(0);
        let Ok(mut shown) = shared.state.lock() else {
            return;
        };
        let bytes = &buffer[..read];
        let mut replies = Replies::default();
        shown.model.feed(bytes, &mut replies);
        shown.replies.extend_from_slice(&replies.0);
        shown.bytes.extend_from_slice(bytes);
        shown.closed = read == 0;
        shared.changed.notify_all();
        if read == 0 {
            return;
        }
    }
}

fn tail(bytes: &[u8]) -> String {
    let from = bytes.len().saturating_sub(1000);
    bytes[from..].escape_ascii().to_string()
}
