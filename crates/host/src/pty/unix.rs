//! PTYs on Unix.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use mainstay_protocol::Size;
use parking_lot::Mutex;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::pty::{OpenptFlags, grantpt, openpt, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::{Program, Read, Ready, SpawnError};

/// Whether [`Pty::write`] may wait for the program.
pub const WRITES_BLOCK: bool = false;

/// The host's side of a PTY. Never blocks but in its two waits.
#[derive(Debug)]
pub struct Pty {
    master: OwnedFd,
    /// Our own hold on the program's side. While it is there, a program that closes its terminal and opens it again later
    /// is no end of the output, and no wait is answered by a hang-up.
    terminal: Mutex<Option<OwnedFd>>,
    reader_bell: Bell,
    writer_bell: Bell,
}

/// Opens a PTY and runs a program in it, as the leader of a session of its own with the PTY as its terminal.
///
/// # Errors
/// [`SpawnError`] in words for people.
pub fn spawn(program: &Program<'_>, size: Size) -> Result<(Pty, u32), SpawnError> {
    let (pty, terminal) = open(size).map_err(SpawnError::Terminal)?;
    *pty.terminal.lock() = terminal.try_clone().ok();
    let three = || {
        terminal
            .try_clone()
            .map(Stdio::from)
            .map_err(SpawnError::Terminal)
    };
    let mut command = Command::new(&program.file);
    command
        .arg0(program.name)
        .args(program.args)
        .current_dir(program.cwd)
        .env_clear()
        .envs(&program.env)
        .stdin(three()?)
        .stdout(three()?)
        .stderr(three()?);
    in_own_session(&mut command);
    let child = command.spawn().map_err(|source| SpawnError::Exec {
        path: program.file.clone(),
        source,
    })?;
    // The reaper waits for it; std's handle would only be a second one.
    Ok((pty, child.id()))
}

#[expect(
    unsafe_code,
    reason = "there is no other way to act between fork and exec"
)]
fn in_own_session(command: &mut Command) {
    // SAFETY: the closure makes two system calls and allocates nothing, so it may run between fork and exec in a process
    // with several threads. `std` itself resets the signal mask and SIGPIPE.
    unsafe {
        command.pre_exec(|| {
            rustix::process::setsid()?;
            rustix::process::ioctl_tiocsctty(rustix::stdio::stdin())?;
            Ok(())
        });
    }
}

fn open(size: Size) -> io::Result<(Pty, OwnedFd)> {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | CLOEXEC)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    let terminal = other_side(&master)?;
    tcsetwinsize(&master, winsize(size))?;
    let flags = fcntl_getfl(&master)?;
    fcntl_setfl(&master, flags | OFlags::NONBLOCK)?;
    let pty = Pty {
        master,
        terminal: Mutex::new(None),
        reader_bell: Bell::new()?,
        writer_bell: Bell::new()?,
    };
    Ok((pty, terminal))
}

#[cfg(target_os = "linux")]
const CLOEXEC: OpenptFlags = OpenptFlags::CLOEXEC;
#[cfg(not(target_os = "linux"))]
const CLOEXEC: OpenptFlags = OpenptFlags::empty();

#[cfg(target_os = "linux")]
fn other_side(master: &OwnedFd) -> io::Result<OwnedFd> {
    // By descriptor, not by name: right also where /dev/pts belongs to another mount namespace.
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    Ok(rustix::pty::ioctl_tiocgptpeer(master, flags)?)
}

#[cfg(not(target_os = "linux"))]
fn other_side(master: &OwnedFd) -> io::Result<OwnedFd> {
    rustix::io::fcntl_setfd(master, rustix::io::FdFlags::CLOEXEC)?;
    let name = rustix::pty::ptsname(master, Vec::new())?;
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(
        name.as_c_str(),
        flags,
        rustix::fs::Mode::empty(),
    )?)
}

fn winsize(size: Size) -> Winsize {
    Winsize {
        ws_row: size.rows(),
        ws_col: size.cols(),
        ws_xpixel: 0,
        ws_ypixel: 0,
    }
}

impl Pty {
    /// Waits for output, the bell, or the time.
    ///
    /// # Errors
    /// The system's error, as when it is out of memory.
    pub fn wait_output(&self, timeout: Option<Duration>) -> io::Result<Ready> {
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        let mut fds = [
            PollFd::new(&self.master, PollFlags::IN),
            PollFd::new(&self.reader_bell.rings, PollFlags::IN),
        ];
        match poll(&mut fds, timeout.as_ref()) {
            Ok(0) => return Ok(Ready::Timeout),
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let [master, bell] = fds.map(|fd| fd.revents());
        if !bell.is_empty() {
            self.reader_bell.silence();
            return Ok(Ready::Woken);
        }
        Ok(if master.is_empty() {
            Ready::Woken
        } else {
            Ready::Output
        })
    }

    /// From now on the output ends when no process has the terminal open any more.
    pub fn release(&self) {
        self.terminal.lock().take();
    }

    /// Nothing: the programs were asked by signals.
    pub fn hang_up(&self) {}

    /// Reads what there is. Never waits. What a process wrote before it was reaped is there: the kernel finishes its own
    /// hand-over first (n_tty_read).
    ///
    /// # Errors
    /// The system's error.
    pub fn read(&self, space: &mut [u8]) -> io::Result<Read> {
        match rustix::io::read(&self.master, space) {
            Ok(0) | Err(Errno::IO) => Ok(Read::End),
            Ok(n) => Ok(Read::Bytes(n)),
            Err(Errno::AGAIN | Errno::INTR) => Ok(Read::Empty),
            Err(error) => Err(error.into()),
        }
    }

    /// Types bytes; gives how many the terminal took, 0 if it has no room now. Never waits.
    ///
    /// # Errors
    /// The system's error: nobody has the other side open.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        match rustix::io::write(&self.master, bytes) {
            Ok(n) => Ok(n),
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until the writer's bell rings or, with `room`, until there is room to type.
    ///
    /// # Errors
    /// The system's error.
    pub fn wait_input(&self, room: bool) -> io::Result<()> {
        let wanted = if room {
            PollFlags::OUT
        } else {
            PollFlags::empty()
        };
        let mut fds = [
            PollFd::new(&self.writer_bell.rings, PollFlags::IN),
            PollFd::new(&self.master, wanted),
        ];
        let fds = if room { &mut fds[..] } else { &mut fds[..1] };
        match poll(fds, None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        self.writer_bell.silence();
        Ok(())
    }

    /// Ends a [`Pty::wait_output`], or the next one.
    pub fn wake_reader(&self) {
        self.reader_bell.ring();
    }

    /// Ends a [`Pty::wait_input`], or the next one.
    pub fn wake_writer(&self) {
        self.writer_bell.ring();
    }

    /// Gives the terminal another size and tells the program (`SIGWINCH`).
    ///
    /// # Errors
    /// The system's error.
    pub fn resize(&self, size: Size) -> io::Result<()> {
        Ok(tcsetwinsize(&self.master, winsize(size))?)
    }
}

/// A bell that `poll` hears: a pipe.
#[derive(Debug)]
struct Bell {
    rings: OwnedFd,
    rope: OwnedFd,
}

impl Bell {
    fn new() -> io::Result<Self> {
        let (rings, rope) = pipe()?;
        Ok(Self { rings, rope })
    }

    fn ring(&self) {
        // A full pipe rings already.
        rustix::io::write(&self.rope, &[0]).ok();
    }

    fn silence(&self) {
        let mut heard = [0; 64];
        while matches!(rustix::io::read(self.rings.as_fd(), &mut heard), Ok(64)) {}
    }
}

#[cfg(target_os = "linux")]
fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?)
}

#[cfg(not(target_os = "linux"))]
fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (rings, rope) = rustix::pipe::pipe()?;
    for end in [&rings, &rope] {
        rustix::io::fcntl_setfd(end, rustix::io::FdFlags::CLOEXEC)?;
        fcntl_setfl(end, OFlags::NONBLOCK)?;
    }
    Ok((rings, rope))
}
