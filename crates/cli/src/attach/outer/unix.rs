//! The outer terminal on Unix: termios, and the file descriptors 0 and 1.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::AsFd;

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

    /// Its size; 80 by 24 where it does not say.
    pub(crate) fn extent(&self) -> Extent {
        match rustix::termios::tcgetwinsize(&self.output) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => Extent {
                cols: size.ws_col,
                rows: size.ws_row,
            },
            _ => Extent { cols: 80, rows: 24 },
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
