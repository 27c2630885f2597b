//! Where a paused process announces itself and is let go.
//!
//! A gate is a socket that the test listens on: a Unix socket, on Windows (whose standard library has none) a
//! loopback TCP address. The held thread connects, writes one line `NAME HIT PID` and goes on as soon as it reads
//! anything or the end of the stream: a test that dies holds nobody.

use std::io::{BufRead, BufReader, Read, Write};

#[cfg(not(unix))]
use std::net::{TcpListener as Listener, TcpStream as Stream};
#[cfg(unix)]
use std::os::unix::net::{UnixListener as Listener, UnixStream as Stream};

/// The test's side: waits for processes that reach a `pause` point.
#[derive(Debug)]
pub struct Gate {
    listener: Listener,
    address: String,
}

/// A thread of another process that stands at a point. It goes on when this is released or dropped.
#[derive(Debug)]
pub struct Held {
    stream: Stream,
    /// The point.
    pub name: String,
    /// Which hit of the point it is, from 1.
    pub hit: u64,
    /// The process.
    pub pid: u32,
}

impl Gate {
    /// Opens a gate whose file, where it has one, is below `folder`.
    ///
    /// # Errors
    /// If the socket can't be made.
    #[cfg(unix)]
    pub fn open(folder: &std::path::Path) -> std::io::Result<Self> {
        let path = folder.join("gate");
        let listener = Listener::bind(&path)?;
        let address = path.to_string_lossy().into_owned();
        Ok(Self { listener, address })
    }

    /// Opens a gate whose file, where it has one, is below `folder`.
    ///
    /// # Errors
    /// If the socket can't be made.
    #[cfg(not(unix))]
    pub fn open(_folder: &std::path::Path) -> std::io::Result<Self> {
        let listener = Listener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?.to_string();
        Ok(Self { listener, address })
    }

    /// What to write for a point to pause at this gate: `pause:…`.
    #[must_use]
    pub fn action(&self) -> String {
        format!("pause:{}", self.address)
    }

    /// Blocks until a process stands at a point.
    ///
    /// # Errors
    /// If the connection fails or the other side isn't a paused process.
    pub fn held(&self) -> std::io::Result<Held> {
        let (stream, _) = self.listener.accept()?;
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line)?;
        let mut words = line.split_whitespace();
        let mut announced = || {
            let name = words.next()?.to_owned();
            Some((
                name,
                words.next()?.parse().ok()?,
                words.next()?.parse().ok()?,
            ))
        };
        let (name, hit, pid) = announced().ok_or_else(|| {
            std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                format!("expected 'NAME HIT PID' at the gate, got {line:?}"),
            )
        })?;
        Ok(Held {
            stream,
            name,
            hit,
            pid,
        })
    }
}

impl Held {
    /// Lets the thread go on.
    ///
    /// # Errors
    /// If the process is gone.
    pub fn release(mut self) -> std::io::Result<()> {
        self.stream.write_all(b"\n")
    }
}

/// Stands at the gate until let go; without a gate goes on at once, since nobody could let go.
pub(super) fn hold(address: &str, name: &str, hit: u64) {
    let Ok(mut stream) = Stream::connect(address) else {
        return;
    };
    let announced = writeln!(stream, "{name} {hit} {}", std::process::id());
    if announced.is_ok() {
        // Whatever comes, an error included, means that nobody holds the thread any more.
        drop(stream.read(&mut [0]));
    }
}
