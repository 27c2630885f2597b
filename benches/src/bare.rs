//! A bare pseudo-terminal: what every terminal program would be if it did nothing but read.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// A child on a pseudo-terminal of its own.
pub(crate) struct Bare {
    pub(crate) master: File,
    pub(crate) child: Child,
}

impl Bare {
    /// Starts a program with a terminal of 80x24. `setsid --ctty` makes the terminal the child's own.
    pub(crate) fn start(program: &str, args: &[&str]) -> io::Result<Self> {
        let master: OwnedFd =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?;
        let path = name
            .into_string()
            .map_err(|_| io::Error::other("the terminal's name is no text"))?;
        let slave = OpenOptions::new().read(true).write(true).open(path)?;
        tcsetwinsize(
            &slave,
            Winsize {
                ws_row: 24,
                ws_col: 80,
                ws_xpixel: 0,
                ws_ypixel: 0,
            },
        )?;
        let child = Command::new("setsid")
            .args(["--ctty", "--wait", program])
            .args(args)
            .env("TERM", "xterm-256color")
            .stdin(Stdio::from(slave.try_clone()?))
            .stdout(Stdio::from(slave.try_clone()?))
            .stderr(Stdio::from(slave))
            .spawn()?;
        Ok(Self {
            master: File::from(master),
            child,
        })
    }

    /// Reads everything until the child is gone, as fast as the kernel gives.
    pub(crate) fn drain(mut self) -> io::Result<u64> {
        let mut buffer = vec![0; 64 * 1024];
        let mut total = 0;
        // A terminal whose last process ended reads as EIO on Linux.
        while let Ok(read @ 1..) = self.master.read(&mut buffer) {
            total += read as u64;
        }
        self.child.wait()?;
        Ok(total)
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.master.write_all(bytes)
    }
}
