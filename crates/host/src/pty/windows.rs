//! Pseudoconsoles on Windows, by `portable-pty`.
//!
//! There reading blocks and can't be interrupted, so a thread of its own hands the output over in pieces through a short
//! queue, which also carries the bell.

use std::io::{self, Read as _, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::time::Duration;

use mainstay_protocol::Size;
use parking_lot::{Condvar, Mutex};
use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::{Program, Read, Ready, SpawnError};

/// Whether [`Pty::write`] may wait for the program.
pub const WRITES_BLOCK: bool = true;

/// Pieces of output in the queue.
const PIECES: usize = 8;
/// Bytes of one piece.
const PIECE: usize = 16 * 1024;

enum Message {
    Output(Vec<u8>),
    Bell,
}

/// The host's side of a pseudoconsole.
pub struct Pty {
    /// Nothing once it is closed.
    master: Mutex<Option<Box<dyn MasterPty + Send>>>,
    writer: Mutex<Box<dyn Write + Send>>,
    output: Mutex<Output>,
    bell: SyncSender<Message>,
    input_rung: Mutex<bool>,
    input_bell: Condvar,
}

struct Output {
    pieces: Receiver<Message>,
    /// What is read next, and how much of it has been.
    piece: Vec<u8>,
    read: usize,
    ended: bool,
}

impl std::fmt::Debug for Pty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pty")
    }
}

fn pty_size(size: Size) -> PtySize {
    PtySize {
        rows: size.rows(),
        cols: size.cols(),
        pixel_width: 0,
        pixel_height: 0,
    }
}

/// Opens a pseudoconsole and runs a program in it.
///
/// # Errors
/// [`SpawnError`] in words for people.
pub fn spawn(program: &Program<'_>, size: Size) -> Result<(Pty, u32), SpawnError> {
    let terminal = |error| SpawnError::Terminal(io::Error::other(error));
    let pair = native_pty_system()
        .openpty(pty_size(size))
        .map_err(terminal)?;
    let mut command = CommandBuilder::new(&program.file);
    command.args(program.args);
    command.cwd(program.cwd);
    command.env_clear();
    for (name, value) in &program.env {
        command.env(name, value);
    }
    let child = pair
        .slave
        .spawn_command(command)
        .map_err(|error| SpawnError::Exec {
            path: program.file.clone(),
            source: io::Error::other(error),
        })?;
    let pid = child.process_id().unwrap_or(0);
    let reader = pair.master.try_clone_reader().map_err(terminal)?;
    let writer = pair.master.take_writer().map_err(terminal)?;
    let (bell, pieces) = sync_channel(PIECES);
    hand_over(reader, bell.clone()).map_err(SpawnError::Terminal)?;
    let pty = Pty {
        master: Mutex::new(Some(pair.master)),
        writer: Mutex::new(writer),
        output: Mutex::new(Output {
            pieces,
            piece: Vec::new(),
            read: 0,
            ended: false,
        }),
        bell,
        input_rung: Mutex::new(false),
        input_bell: Condvar::new(),
    };
    Ok((pty, pid))
}

fn hand_over(mut reader: Box<dyn io::Read + Send>, pieces: SyncSender<Message>) -> io::Result<()> {
    let builder = std::thread::Builder::new().name("console".to_owned());
    let body = move || {
        let mut space = vec![0; PIECE];
        while let Ok(length @ 1..) = reader.read(&mut space) {
            let piece = space.get(..length).unwrap_or_default().to_vec();
            if pieces.send(Message::Output(piece)).is_err() {
                return;
            }
        }
        // An empty piece is the end.
        pieces.send(Message::Output(Vec::new())).ok();
    };
    builder.spawn(body).map(drop)
}

impl Output {
    /// Takes the next piece; whether it was the bell.
    fn take(&mut self, message: Message) -> bool {
        match message {
            Message::Output(piece) => {
                self.ended |= piece.is_empty();
                self.piece = piece;
                self.read = 0;
                false
            }
            Message::Bell => true,
        }
    }

    fn has_some(&self) -> bool {
        self.ended || self.read < self.piece.len()
    }
}

impl Pty {
    /// Waits for output, the bell, or the time.
    ///
    /// # Errors
    /// None here.
    pub fn wait_output(&self, timeout: Option<Duration>) -> io::Result<Ready> {
        let mut output = self.output.lock();
        if output.has_some() {
            return Ok(Ready::Output);
        }
        let message = match timeout {
            None => output
                .pieces
                .recv()
                .map_err(|_| RecvTimeoutError::Disconnected),
            Some(timeout) => output.pieces.recv_timeout(timeout),
        };
        Ok(match message {
            Ok(message) => {
                if output.take(message) {
                    Ready::Woken
                } else {
                    Ready::Output
                }
            }
            Err(RecvTimeoutError::Timeout) => Ready::Timeout,
            Err(RecvTimeoutError::Disconnected) => {
                output.ended = true;
                Ready::Output
            }
        })
    }

    /// Reads what there is. Never waits.
    ///
    /// # Errors
    /// None here.
    pub fn read(&self, space: &mut [u8]) -> io::Result<Read> {
        let mut output = self.output.lock();
        while output.read == output.piece.len() {
            if output.ended {
                return Ok(Read::End);
            }
            match output.pieces.try_recv() {
                Ok(message) => {
                    output.take(message);
                }
                Err(TryRecvError::Empty) => return Ok(Read::Empty),
                Err(TryRecvError::Disconnected) => output.ended = true,
            }
        }
        let rest = output.piece.get(output.read..).unwrap_or_default();
        let length = rest.len().min(space.len());
        for (to, from) in space.iter_mut().zip(rest) {
            *to = *from;
        }
        output.read += length;
        Ok(Read::Bytes(length))
    }

    /// Types bytes. May wait for the program.
    ///
    /// # Errors
    /// The system's error.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut writer = self.writer.lock();
        let written = writer.write(bytes)?;
        writer.flush()?;
        Ok(written)
    }

    /// Waits until the writer's bell rings.
    ///
    /// # Errors
    /// None here.
    pub fn wait_input(&self, room: bool) -> io::Result<()> {
        let mut rung = self.input_rung.lock();
        // A write waits by itself for room.
        while !room && !*rung {
            self.input_bell.wait(&mut rung);
        }
        *rung = false;
        Ok(())
    }

    /// Ends a [`Pty::wait_output`], or the next one.
    pub fn wake_reader(&self) {
        // A full queue wakes by itself.
        self.bell.try_send(Message::Bell).ok();
    }

    /// Ends a [`Pty::wait_input`], or the next one.
    pub fn wake_writer(&self) {
        *self.input_rung.lock() = true;
        self.input_bell.notify_all();
    }

    /// Closes the console: what still runs in it is told (`CTRL_CLOSE_EVENT`), and the output ends.
    pub fn release(&self) {
        self.master.lock().take();
    }

    /// Tells the programs to end: there is no other way than to close their console.
    pub fn hang_up(&self) {
        self.release();
    }

    /// Gives the console another size.
    ///
    /// # Errors
    /// The system's error.
    pub fn resize(&self, size: Size) -> io::Result<()> {
        match &*self.master.lock() {
            Some(master) => master.resize(pty_size(size)).map_err(io::Error::other),
            None => Ok(()),
        }
    }
}
