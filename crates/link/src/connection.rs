//! A peer's connection to a host: blocking, in frames, from one thread or two.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use mainstay_protocol::frame::{
    Answer, FromHost, Hello, Operation, Reply, Request, ToHost, Welcome,
};

use crate::error::LinkError;
use crate::framed::FrameReader;
use crate::handshake::{self, PATIENCE};
use crate::local::Stream;

/// Frames other than answers that may pile up while an answer is awaited.
const MAX_ASIDE: usize = 4096;

type Reading = Box<dyn Read + Send>;
type Writing = Box<dyn Write + Send>;

/// A connection to a host that has welcomed us.
#[derive(Debug)]
pub struct Connection {
    sender: Sender,
    receiver: Receiver,
    next_request: u32,
}

/// The half that sends; clones share the connection and whole frames never mix.
#[derive(Clone)]
pub struct Sender {
    write: Arc<Mutex<Writing>>,
    stream: Option<Arc<Stream>>,
}

/// The half that receives.
pub struct Receiver {
    frames: FrameReader<Reading>,
    /// Came while something else was awaited.
    aside: VecDeque<FromHost>,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender")
            .field("stream", &self.stream)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiver")
            .field("aside", &self.aside.len())
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// Connects to the host that listens at `path`; `client` is our name and version, for its log.
    ///
    /// # Errors
    /// [`LinkError`] in all its kinds; [`LinkError::is_gone`] tells whether the host has simply ended.
    pub fn dial(path: &Path, token: &str, client: &str) -> Result<(Self, Welcome), LinkError> {
        Self::open(Stream::connect(path)?, token, client)
    }

    /// Introduces us on a fresh stream.
    ///
    /// # Errors
    /// [`LinkError::Refused`], [`LinkError::Silent`] after [`PATIENCE`], or what broke the connection.
    pub fn open(stream: Stream, token: &str, client: &str) -> Result<(Self, Welcome), LinkError> {
        stream.set_read_timeout(Some(PATIENCE))?;
        let (read, write) = (stream.try_clone()?, stream.try_clone()?);
        let (mut connection, welcome) = Self::over(Box::new(read), Box::new(write), token, client)?;
        stream.set_read_timeout(None)?;
        connection.sender.stream = Some(Arc::new(stream));
        Ok((connection, welcome))
    }

    /// Introduces us over any two streams, such as the pipes of a program that reaches a host elsewhere.
    ///
    /// # Errors
    /// As with [`Connection::open`]; a silent other side is waited for.
    pub fn over(
        read: Reading,
        mut write: Writing,
        token: &str,
        client: &str,
    ) -> Result<(Self, Welcome), LinkError> {
        let hello = Hello {
            token: token.to_owned(),
            client: client.to_owned(),
        };
        let (frames, welcome) = handshake::introduce(read, &mut write, hello)?;
        let connection = Self {
            sender: Sender {
                write: Arc::new(Mutex::new(write)),
                stream: None,
            },
            receiver: Receiver {
                frames,
                aside: VecDeque::new(),
            },
            next_request: 1,
        };
        Ok((connection, welcome))
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// What broke the connection.
    pub fn send(&self, frame: &ToHost) -> Result<(), LinkError> {
        self.sender.send(frame)
    }

    /// Waits for the next frame.
    ///
    /// # Errors
    /// [`LinkError::Closed`] at the end, or what broke the connection.
    pub fn recv(&mut self) -> Result<FromHost, LinkError> {
        self.receiver.recv()
    }

    /// Asks for something; the answers come by [`Answers::next_answer`]. Frames that are no answer to it are kept for
    /// [`Connection::recv`].
    ///
    /// # Errors
    /// What broke the connection.
    pub fn request(&mut self, operation: Operation) -> Result<Answers<'_>, LinkError> {
        let id = self.next_request;
        self.next_request = self.next_request.wrapping_add(1);
        self.send(&ToHost::Request(Request { id, operation }))?;
        Ok(Answers {
            connection: self,
            id,
            over: false,
        })
    }

    /// Asks for something that has one answer, and waits for it.
    ///
    /// # Errors
    /// What broke the connection. A request that failed is an answer.
    pub fn ask(&mut self, operation: Operation) -> Result<Answer, LinkError> {
        self.request(operation)?
            .next_answer()?
            .ok_or(LinkError::Closed)
    }

    /// The two halves, for two threads.
    #[must_use]
    pub fn split(self) -> (Sender, Receiver) {
        (self.sender, self.receiver)
    }

    /// The half that sends, also for another thread.
    #[must_use]
    pub fn sender(&self) -> Sender {
        self.sender.clone()
    }
}

impl Sender {
    /// Sends a frame. Blocks while the host takes nothing.
    ///
    /// # Errors
    /// What broke the connection.
    pub fn send(&self, frame: &ToHost) -> Result<(), LinkError> {
        let mut bytes = Vec::new();
        frame.encode(&mut bytes)?;
        // A thread that died while it wrote has broken the stream, which the next write finds out.
        let mut write = self.write.lock().unwrap_or_else(PoisonError::into_inner);
        write.write_all(&bytes)?;
        Ok(write.flush()?)
    }

    /// Ends the connection: a [`Receiver`] that waits returns. Without effect on connections over other streams.
    pub fn shutdown(&self) {
        if let Some(stream) = &self.stream {
            stream.shutdown();
        }
    }
}

impl Receiver {
    /// Waits for the next frame.
    ///
    /// # Errors
    /// [`LinkError::Closed`] at the end, or what broke the connection.
    pub fn recv(&mut self) -> Result<FromHost, LinkError> {
        match self.aside.pop_front() {
            Some(frame) => Ok(frame),
            None => self.recv_new(),
        }
    }

    /// Whether another frame, or at least its beginning, is here already: for whoever shows frames and would rather
    /// show several together.
    #[must_use]
    pub fn has_more(&self) -> bool {
        !self.aside.is_empty() || self.frames.has_more()
    }

    fn recv_new(&mut self) -> Result<FromHost, LinkError> {
        self.frames
            .next(|kind, payload| Ok(FromHost::decode(kind, payload)?))
    }
}

/// The answers to one request, as they come.
#[derive(Debug)]
pub struct Answers<'a> {
    connection: &'a mut Connection,
    id: u32,
    over: bool,
}

impl Answers<'_> {
    /// The request's id, for a `Cancel`.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Waits for the next answer; nothing after the last one.
    ///
    /// # Errors
    /// What broke the connection.
    pub fn next_answer(&mut self) -> Result<Option<Answer>, LinkError> {
        if self.over {
            return Ok(None);
        }
        loop {
            match self.connection.receiver.recv_new()? {
                FromHost::Reply(reply) if reply.id == self.id => {
                    return Ok(Some(self.take(*reply)));
                }
                // An earlier request that nobody waits for any more.
                FromHost::Reply(_) => {}
                other => {
                    let aside = &mut self.connection.receiver.aside;
                    if aside.len() >= MAX_ASIDE {
                        return Err(LinkError::OutOfTurn {
                            found: format!("{MAX_ASIDE} frames"),
                            expected: "an answer",
                        });
                    }
                    aside.push_back(other);
                }
            }
        }
    }

    fn take(&mut self, reply: Reply) -> Answer {
        self.over = !matches!(reply.answer, Answer::Hits { last: false, .. });
        reply.answer
    }
}
