//! A peer's writing thread.

use std::io::{self, Write as _};
use std::sync::Arc;

use mainstay_link::Stream;
use mainstay_protocol::frame::{FromHost, Snapshot};
use mainstay_protocol::journal::Entry;

use super::STACK;
use crate::hub::{PeerId, Picture, Work};
use crate::run::Host;

/// Journal entries in one frame.
const ENTRIES: usize = 64;

/// Starts the thread that writes what the hub has for this peer.
pub(super) fn start(host: &Arc<Host>, id: PeerId, stream: Stream) -> io::Result<()> {
    let host = Arc::clone(host);
    std::thread::Builder::new()
        .name("writer".to_owned())
        .stack_size(STACK)
        .spawn(move || {
            let mut writer = Writer {
                host: &host,
                id,
                stream,
            };
            if let Err(error) = writer.serve() {
                tracing::debug!(%error, "a peer can't be written to");
            }
            host.hub.close(id);
            writer.stream.shutdown();
        })?;
    Ok(())
}

struct Writer<'a> {
    host: &'a Arc<Host>,
    id: PeerId,
    stream: Stream,
}

impl Writer<'_> {
    fn serve(&mut self) -> io::Result<()> {
        let mut buffer = Vec::new();
        loop {
            match self.host.hub.work(self.id, &mut buffer) {
                Work::Close => return Ok(()),
                Work::Write => self.stream.write_all(&buffer)?,
                Work::Journal { after } => self.journal(after, &mut buffer)?,
                Work::State => {
                    self.host.hub.tell_state(self.id);
                    let state = Box::new(self.host.state());
                    encode(&FromHost::State(state), &mut buffer)?;
                    self.stream.write_all(&buffer)?;
                }
                Work::Snapshot => {
                    if let Some(picture) = self.host.picture(self.id) {
                        self.snapshot(&picture, &mut buffer)?;
                    }
                }
            }
            self.host.hub.wrote(self.id);
            self.host.look_around_after_the_end();
            // What one large answer needed is not kept for ever.
            if buffer.capacity() > 256 * 1024 {
                buffer = Vec::new();
            }
        }
    }

    fn snapshot(&mut self, picture: &Picture, buffer: &mut Vec<u8>) -> io::Result<()> {
        let mut rest = picture.bytes.as_slice();
        let mut first = true;
        loop {
            let (piece, later) = rest.split_at(rest.len().min(Snapshot::MAX_PIECE));
            rest = later;
            let frame = FromHost::Snapshot(Snapshot {
                position: picture.position,
                size: picture.size,
                top_line: picture.top_line,
                first,
                last: rest.is_empty(),
                bytes: piece.to_vec(),
            });
            buffer.clear();
            encode(&frame, buffer)?;
            self.stream.write_all(buffer)?;
            first = false;
            if rest.is_empty() {
                return Ok(());
            }
        }
    }

    fn journal(&mut self, after: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
        // Who gets them may store them: after a power loss they must still be ours too.
        self.host.sync_journal()?;
        let entries = match self.host.hub.take_entries(after) {
            Some(entries) => entries,
            None => self.host.journal_after(after)?,
        };
        // What the file does not have never comes: the peer sees the gap in the numbers.
        let last = entries
            .last()
            .map_or_else(|| self.host.hub.last_seq(), |entry| entry.seq);
        for some in entries.chunks(ENTRIES) {
            self.entries(some, buffer)?;
        }
        self.host.hub.sent_entries(self.id, last);
        Ok(())
    }

    fn entries(&mut self, entries: &[Entry], buffer: &mut Vec<u8>) -> io::Result<()> {
        buffer.clear();
        encode(&FromHost::Journal(entries.to_vec()), buffer)?;
        self.stream.write_all(buffer)
    }
}

fn encode(frame: &FromHost, buffer: &mut Vec<u8>) -> io::Result<()> {
    frame.encode(buffer).map_err(io::Error::other)
}
