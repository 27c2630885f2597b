//! The outer terminal on Unix: termios, and the file descriptors 0 and 1.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::termios::{OptionalActions, SpecialCodeIndex, Termios};

use super::{Extent, OuterError};

/// Input and output of the outer terminal, and its settings before and during the attachment.
#[derive(Debug)]
pub(crate) struct Outer {
    input: File,
    output: File,
    cooked: Termios,
    raw: Termios,
    /// Columns and rows, 16 bits each.
    last_extent: AtomicU32,
}

impl Outer {
    /// Takes standard input and output, which must both be terminals. Changes nothing yet.
    pub(crate) fn open() -> Result<Self, OuterError> {
        let (stdin, stdout) = (io::stdin(), io::stdout());
        if !stdin.is_terminal() || !stdout.is_terminal() {
            return Err(OuterError::NoTerminal);
        }
        let own = |fd: std::os::fd::BorrowedFd<'_>| fd.try_clone_to_owned().map(File::from);
        let input = own(stdin.as_fd()).map_err(OuterError::Setup)?;
        let output = own(stdout.as_fd()).map_err(OuterError::Setup)?;
        let cooked = rustix::termios::tcgetattr(&input).map_err(|e| OuterError::Setup(e.into()))?;
        let mut raw = cooked.clone();
        raw.make_raw();
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        Ok(Self {
            input,
            output,
            cooked,
            raw,
            last_extent: AtomicU32::new(80 << 16 | 24),
        })
    }

    /// Every byte comes as it is typed.
    pub(crate) fn set_raw(&self) -> io::Result<()> {
        self.set(&self.raw)
    }

    /// As it was found.
    pub(crate) fn set_cooked(&self) -> io::Result<()> {
        self.set(&self.cooked)
    }

    fn set(&self, settings: &Termios) -> io::Result<()> {
        // Now, not after draining: a terminal that takes no output must not hold up the way out.
        Ok(rustix::termios::tcsetattr(
            &self.input,
            OptionalActions::Now,
            settings,
        )?)
    }

    /// Its size. Where it does not say: the one it had last, since a terminal that is just being closed must not
    /// change the session's size; 80 by 24 if it never said.
    pub(crate) fn extent(&self) -> Extent {
        if let Ok(size) = rustix::termios::tcgetwinsize(&self.output)
            && size.ws_col > 0
            && size.ws_row > 0
        {
            let both = u32::from(size.ws_col) << 16 | u32::from(size.ws_row);
            self.last_extent.store(both, Ordering::Relaxed);
        }
        let [c1, c0, r1, r0] = self.last_extent.load(Ordering::Relaxed).to_be_bytes();
        Extent {
            cols: u16::from_be_bytes([c1, c0]),
            rows: u16::from_be_bytes([r1, r0]),
        }
    }

    /// Waits for input. 0 bytes mean that the terminal is gone.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match (&self.input).read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    wait(&self.input, PollFlags::IN)?;
                }
                other => return other,
            }
        }
    }

    /// Writes all of it, however long the terminal takes.
    pub(crate) fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match (&self.output).write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => bytes = bytes.get(n..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Somebody else made the terminal non-blocking: the setting is shared by all who have it open.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    wait(&self.output, PollFlags::OUT)?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn wait(file: &File, flags: PollFlags) -> io::Result<()> {
    match poll(&mut [PollFd::new(file, flags)], None) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
