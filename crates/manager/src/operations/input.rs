//! Typing into a session, and its size.

use std::sync::Arc;

use mainstay_protocol::frame::{Operation, ToHost};
use mainstay_protocol::{Problem, SessionId, Size};

use crate::Engine;
use crate::error::{storage, unreachable};
use crate::record::{Moment, Rows};

/// Bytes of input in one frame.
const PIECE: usize = 256 * 1024;

impl Engine {
    /// Types into a session, in order. Blocks while its program takes nothing; that holds up nobody else.
    pub(crate) fn input(self: &Arc<Self>, id: &SessionId, bytes: &[u8]) -> Result<(), Problem> {
        let (_, run) = self.find_live(id, "type into")?;
        let present = self.sessions.of(id);
        let mut typing = present.typing.lock();
        for piece in bytes.chunks(PIECE) {
            let frame = ToHost::Input(piece.to_vec());
            let kept = typing.as_ref().filter(|(of, _)| *of == run);
            if let Some((_, sender)) = kept
                && sender.send(&frame).is_ok()
            {
                continue;
            }
            let (sender, _) = self.errand(id, &run)?.split();
            sender
                .send(&frame)
                .map_err(|error| unreachable(&error).of(id))?;
            *typing = Some((run.clone(), sender));
        }
        Ok(())
    }

    /// Gives a session's terminal another size: at once where it runs and until a viewer decides otherwise, else for its next
    /// run.
    pub(crate) fn resize(self: &Arc<Self>, id: &SessionId, size: Size) -> Result<(), Problem> {
        let session = self.find(id)?.session;
        if let Some(run) = session.run.as_ref().filter(|_| session.status.is_live()) {
            return self.order(id, run, Operation::Resize { size });
        }
        if session.size == size {
            return Ok(());
        }
        let (id, book, now) = (id.clone(), self.rulebook(), self.now());
        let stored = self.write(move |write| {
            let mut rows = Rows::load(write, &id, None, &book)?;
            rows.session.session.size = size;
            rows.save(write)?;
            rows.tell(
                write,
                mainstay_protocol::event::EventKind::Updated,
                Moment::at(now),
            )
        });
        stored.map_err(|error| storage(&error))
    }
}
