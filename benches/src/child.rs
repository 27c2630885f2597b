//! The programs that run inside the measured terminals: this very program with other words.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::stopwatch::{Stopwatch, machine_millis};

/// Prints a file as fast as the terminal takes it, then tells the pipe `report` how many seconds that took.
pub(crate) fn write(file: &Path, report: &Path) -> io::Result<()> {
    let bytes = fs::read(file)?;
    let mut out = io::stdout().lock();
    let watch = Stopwatch::start();
    for piece in bytes.chunks(64 * 1024) {
        out.write_all(piece)?;
    }
    out.flush()?;
    let seconds = watch.seconds();
    fs::OpenOptions::new()
        .write(true)
        .open(report)?
        .write_all(seconds.to_string().as_bytes())
}

/// Prints a file over and over until the terminal is gone.
pub(crate) fn flood(file: &Path) -> io::Result<()> {
    let bytes = fs::read(file)?;
    let mut out = io::stdout().lock();
    loop {
        for piece in bytes.chunks(64 * 1024) {
            out.write_all(piece)?;
        }
    }
}

/// Sends every byte back at once. The terminal must not echo or wait for a line: a raw one.
pub(crate) fn echo() -> io::Result<()> {
    let stdin = io::stdin();
    let mut raw = rustix::termios::tcgetattr(&stdin)?;
    raw.make_raw();
    rustix::termios::tcsetattr(&stdin, rustix::termios::OptionalActions::Now, &raw)?;
    let (mut input, mut output) = (stdin.lock(), io::stdout().lock());
    output.write_all(b"READY")?;
    output.flush()?;
    let mut byte = [0; 64];
    loop {
        match input.read(&mut byte)? {
            0 => return Ok(()),
            read => output.write_all(byte.get(..read).unwrap_or_default())?,
        }
        output.flush()?;
    }
}

/// Prints a word and tells the pipe `report` when that was done.
pub(crate) fn hello(report: &Path) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(b"FIRST-OUTPUT\n")?;
    out.flush()?;
    let when = machine_millis();
    fs::OpenOptions::new()
        .write(true)
        .open(report)?
        .write_all(when.to_string().as_bytes())
}

/// Ends when the pipe `gate` has a byte, and tells the pipe `report` when: the last thing before the end.
pub(crate) fn exit(gate: &Path, report: &Path) -> io::Result<()> {
    let mut gate = fs::File::open(gate)?;
    let mut report = fs::OpenOptions::new().write(true).open(report)?;
    gate.read_exact(&mut [0])?;
    report.write_all(machine_millis().to_string().as_bytes())
}
