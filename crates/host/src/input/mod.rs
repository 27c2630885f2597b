//! What is typed into the program.
//!
//! Input from peers and the model's own replies meet here. Bytes are written in chunks of at most [`CHUNK`], cut only
//! between whole characters and escape sequences ([`border`]); a reply goes in between two chunks, never into one. Writing
//! never waits for the program: what the terminal has no room for stays in a bounded queue, and a thread of its own
//! ([`Input::serve`]) waits for room. So neither output nor the model ever waits for input.

mod border;

use std::collections::VecDeque;

use parking_lot::{Condvar, Mutex};

use crate::pty::{Pty, WRITES_BLOCK};
use border::Border;

/// Most bytes typed at once.
pub const CHUNK: usize = 1024;
/// Input that may wait for the program. A peer that sends more waits.
pub const MAX_WAITING: usize = 4 * 1024 * 1024;
/// Replies that may wait. A program that asks and does not read the answers loses further ones.
const MAX_REPLIES: usize = 64 * 1024;

/// The queue of input.
#[derive(Debug, Default)]
pub struct Input {
    queue: Mutex<Queue>,
    room: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    typed: VecDeque<u8>,
    /// Bytes at the front of `typed` whose chunk is partly written.
    begun: usize,
    replies: VecDeque<u8>,
    border: Border,
    blocked: bool,
    closed: bool,
}

impl Input {
    /// Types what a peer sent. Waits while too much is waiting already, and says so by `waits(true)` before and
    /// `waits(false)` after: call it from the peer's own thread only.
    pub fn type_in(&self, pty: &Pty, mut bytes: &[u8], waits: impl Fn(bool)) {
        let mut queue = self.queue.lock();
        while !bytes.is_empty() && !queue.closed {
            if queue.typed.len() >= MAX_WAITING {
                waits(true);
                while queue.typed.len() >= MAX_WAITING && !queue.closed {
                    self.room.wait(&mut queue);
                }
                waits(false);
                continue;
            }
            let fits = (MAX_WAITING - queue.typed.len()).min(bytes.len());
            let (now, later) = bytes.split_at(fits);
            queue.typed.extend(now);
            bytes = later;
            push(&mut queue, pty);
        }
    }

    /// Types an answer of the model. Never waits.
    pub fn reply(&self, pty: &Pty, bytes: &[u8]) {
        let mut queue = self.queue.lock();
        if queue.closed || queue.replies.len() + bytes.len() > MAX_REPLIES {
            return;
        }
        queue.replies.extend(bytes);
        push(&mut queue, pty);
    }

    /// Writes what waits whenever there is room, until [`Input::close`].
    pub fn serve(&self, pty: &Pty) {
        loop {
            let wants_room = {
                let mut queue = self.queue.lock();
                if queue.closed {
                    return;
                }
                queue.blocked = false;
                queue.write(pty);
                if queue.typed.len() < MAX_WAITING {
                    self.room.notify_all();
                }
                queue.blocked = !queue.is_empty();
                queue.blocked
            };
            if let Err(error) = pty.wait_input(wants_room) {
                tracing::error!(%error, "input can't be written any more");
                return self.close(pty);
            }
        }
    }

    /// Forgets what waits; nothing is typed any more.
    pub fn close(&self, pty: &Pty) {
        let mut queue = self.queue.lock();
        *queue = Queue {
            closed: true,
            ..Queue::default()
        };
        self.room.notify_all();
        pty.wake_writer();
    }
}

/// Writes at once where that can't wait, so that a key press needs no other thread; wakes the writing thread for the rest.
fn push(queue: &mut Queue, pty: &Pty) {
    if queue.blocked {
        return;
    }
    if !WRITES_BLOCK {
        queue.write(pty);
    }
    if !queue.is_empty() {
        queue.blocked = true;
        pty.wake_writer();
    }
}

impl Queue {
    fn is_empty(&self) -> bool {
        self.typed.is_empty() && self.replies.is_empty()
    }

    /// Writes until there is no room or nothing left.
    fn write(&mut self, pty: &Pty) {
        while !self.is_empty() {
            // Between two chunks the replies go first.
            let from_replies = self.begun == 0 && !self.replies.is_empty();
            if !from_replies && self.begun == 0 {
                self.begun = self.border.chunk(self.typed.make_contiguous(), CHUNK);
            }
            let source = if from_replies {
                &self.replies
            } else {
                &self.typed
            };
            let (front, _) = source.as_slices();
            let length = if from_replies {
                front.len()
            } else {
                front.len().min(self.begun)
            };
            let written = match pty.write(front.get(..length).unwrap_or(front)) {
                Ok(0) => return,
                Ok(written) => written,
                Err(error) => {
                    // Nobody has the terminal open: nobody will ever read this.
                    tracing::debug!(%error, "input is dropped");
                    self.typed.clear();
                    self.replies.clear();
                    self.begun = 0;
                    return;
                }
            };
            if from_replies {
                self.replies.drain(..written);
            } else {
                self.typed.drain(..written);
                self.begun -= written.min(self.begun);
            }
        }
        // What a large paste needed is given back.
        if self.typed.capacity() > 64 * 1024 {
            self.typed.shrink_to(0);
        }
    }
}
