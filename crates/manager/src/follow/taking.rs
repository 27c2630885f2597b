//! Taking what a journal says: the one way into the store, whether a live host tells it, a dead one left it, or a lost
//! database is made again from it.

use std::sync::Arc;

use mainstay_keep::journal::Reader;
use mainstay_protocol::journal::{Entry, Event};
use mainstay_protocol::{RunId, SessionId};
use mainstay_seams::failpoint;
use mainstay_store::{StoreError, Write};

use crate::Engine;
use crate::failpoints;
use crate::follow::Trouble;
use crate::lifecycle::{Effect, Input};
use crate::record::{Moment, Rows};
use crate::rulebook::Rulebook;

/// Entries of a journal file that are taken in one transaction.
const AT_ONCE: usize = 256;

/// What became of entries.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// The run is over: its outcome is stored.
    pub(crate) over: bool,
    /// What has to be done now.
    pub(crate) effects: Vec<Effect>,
    /// Entries before these were never taken: nothing was done.
    missed: bool,
}

impl Engine {
    /// Takes entries of a run's journal. Those that were taken before change nothing.
    pub(crate) fn take(
        self: &Arc<Self>,
        id: &SessionId,
        run: &RunId,
        entries: Vec<Entry>,
    ) -> Result<Taken, StoreError> {
        failpoint::hit(failpoints::TAKE_RECEIVED);
        let taken = {
            let (id, run, book) = (id.clone(), run.clone(), self.rulebook());
            self.write(move |write| take(write, &id, &run, &entries, &book))?
        };
        failpoint::hit(failpoints::TAKE_STORED);
        self.after(id, &taken.effects);
        Ok(taken)
    }

    /// The same for entries that a host sends. Where the store was lost meanwhile and lacks those before, all are taken from
    /// the journal's file: what a host sends is there already.
    pub(crate) fn take_sent(
        self: &Arc<Self>,
        id: &SessionId,
        run: &RunId,
        entries: Vec<Entry>,
    ) -> Result<Taken, Trouble> {
        let taken = self.take(id, run, entries)?;
        if taken.missed {
            return self.take_file(id, run);
        }
        Ok(taken)
    }

    /// Takes what is in the journal file of a run and wasn't taken yet.
    pub(crate) fn take_file(
        self: &Arc<Self>,
        id: &SessionId,
        run: &RunId,
    ) -> Result<Taken, Trouble> {
        let row = self.read(|read| read.run(run))?;
        let mut taken = Taken {
            over: row.as_ref().is_some_and(|row| row.run.outcome.is_some()),
            ..Taken::default()
        };
        let after = row.map_or(0, |row| row.host_seq);
        let path = self.folder(id)?.run(run).journal_path();
        let mut entries = Vec::new();
        for entry in Reader::open(&path, after)? {
            entries.push(entry?);
            if entries.len() == AT_ONCE {
                taken = self.take(id, run, std::mem::take(&mut entries))?;
            }
        }
        if !entries.is_empty() {
            taken = self.take(id, run, entries)?;
        }
        Ok(taken)
    }
}

/// The job: all of it or nothing.
pub(crate) fn take(
    write: &mut Write<'_>,
    id: &SessionId,
    run: &RunId,
    entries: &[Entry],
    book: &Rulebook,
) -> Result<Taken, StoreError> {
    let mut rows = Rows::load(write, id, Some(run), book)?;
    let newest = rows.session.session.run.as_ref() == Some(run);
    let after = rows.run.as_ref().map_or(0, |row| row.host_seq);
    if entries.first().is_some_and(|first| first.seq > after + 1) {
        return Ok(Taken {
            missed: true,
            ..Taken::default()
        });
    }
    for entry in entries.iter().filter(|entry| entry.seq > after) {
        rows.note(entry, newest);
        if newest {
            let moment = Moment {
                time: entry.time,
                host_seq: Some(entry.seq),
            };
            rows.step(write, &Input::Journal(entry.event.clone()), moment)?;
        }
    }
    if newest {
        rows.save(write)?;
    } else if let Some(row) = &rows.run {
        write.update_run(row)?;
    }
    Ok(Taken {
        over: rows
            .run
            .as_ref()
            .is_some_and(|row| row.run.outcome.is_some()),
        effects: rows.effects,
        missed: false,
    })
}

impl Rows {
    /// What an entry says beside the session's life.
    fn note(&mut self, entry: &Entry, newest: bool) {
        let session = newest.then_some(&mut self.session.session);
        let Some(row) = &mut self.run else { return };
        row.host_seq = entry.seq;
        match &entry.event {
            Event::Spawned { .. } => {
                row.run.spawned = Some(entry.time);
                if let Some(session) = session {
                    session.started = Some(entry.time);
                }
            }
            Event::Resized { size } => {
                if let Some(session) = session {
                    session.size = *size;
                }
            }
            Event::Exited(outcome) => {
                row.run.outcome = Some(outcome.clone());
                if let Some(session) = session {
                    session.outcome = Some(outcome.clone());
                    session.ended = Some(outcome.ended);
                }
            }
            _ => {}
        }
    }
}
