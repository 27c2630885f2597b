//! The thread that writes.
//!
//! A group is what waits while the one before is synced to the disk: `BEGIN IMMEDIATE`, a savepoint for each job, `COMMIT`, then
//! the answers. Nobody waits for a group to become larger.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::Duration;

use mainstay_protocol::SessionEvent;
use mainstay_seams::{Clock, failpoint};
use rusqlite::Connection;

use crate::job::Job;
use crate::open::{self, Database};
use crate::store::Shared;
use crate::{OpenReport, StoreError, Write, failpoints};

/// Most jobs of one group …
const MOST: usize = 128;
/// … and how long it takes jobs at most: the first one's asker waits for the last one.
const LONGEST: Duration = Duration::from_millis(5);

/// What the thread is asked for.
pub(crate) enum Message {
    /// To run a job.
    Job(Box<dyn Job>),
    /// To open the file again.
    Reopen(SyncSender<Result<OpenReport, StoreError>>),
}

/// The thread's own.
pub(crate) struct Writer {
    pub(crate) shared: Arc<Shared>,
    pub(crate) clock: Arc<dyn Clock>,
    /// None after a reopening failed.
    pub(crate) database: Option<Database>,
    pub(crate) messages: Receiver<Message>,
}

impl Writer {
    /// Works until nobody is left who could ask.
    pub(crate) fn run(mut self) {
        let mut at_hand = None;
        while let Some(message) = at_hand.take().or_else(|| self.messages.recv().ok()) {
            match message {
                Message::Job(job) => at_hand = self.group(job),
                Message::Reopen(asker) => {
                    if asker.send(self.reopen()).is_err() {
                        // Who asked is gone; the file is open for the others.
                    }
                }
            }
        }
        self.shared.readers.restart(None);
        if let Some(database) = self.database.take() {
            database.close(&self.shared.path);
        }
    }

    /// Runs this job and those that wait, and answers them. Gives back what came that is no job.
    fn group(&mut self, first: Box<dyn Job>) -> Option<Message> {
        let mut group = Group {
            jobs: vec![first],
            events: Vec::new(),
            next: None,
        };
        let stored = self
            .store(&mut group)
            .map_err(|error| error.about(&self.shared.path));
        if stored.is_ok() {
            failpoint::hit(failpoints::COMMITTED);
            self.tell(&group.events);
        }
        for job in group.jobs {
            job.answer(&stored);
        }
        group.next
    }

    fn store(&mut self, group: &mut Group) -> Result<(), StoreError> {
        let Some(database) = &self.database else {
            return Err(self.replaced());
        };
        let begun = if database.is_in_place(&self.shared.path) {
            run(&database.connection, "BEGIN IMMEDIATE")
        } else {
            Err(self.replaced())
        };
        if let Err(error) = begun {
            // It concerns all who wait; each would wait as long for the same answer.
            while group.take_waiting(&self.messages) {}
            return Err(error);
        }
        let stored = self.run_and_commit(&database.connection, group);
        if stored.is_err() && !database.connection.is_autocommit() {
            run(&database.connection, "ROLLBACK")?;
        }
        stored
    }

    fn run_and_commit(&self, connection: &Connection, group: &mut Group) -> Result<(), StoreError> {
        let began = self.clock.monotonic();
        loop {
            group.run_last(connection)?;
            failpoint::hit(failpoints::JOB);
            let time_left = self.clock.monotonic().saturating_sub(began) < LONGEST;
            if !time_left || !group.take_waiting(&self.messages) {
                break;
            }
        }
        if failpoint::fails(failpoints::COMMIT) {
            return Err(StoreError::Full {
                path: self.shared.path.clone(),
            });
        }
        run(connection, "COMMIT")
    }

    fn tell(&mut self, events: &[Arc<SessionEvent>]) {
        let Some(newest) = events.last() else {
            return;
        };
        if let Some(database) = &mut self.database {
            database.mark_newest(newest.seq);
        }
        self.shared.tail.push(events);
        self.shared.newest.send_replace(newest.seq);
        failpoint::hit(failpoints::TOLD);
    }

    fn replaced(&self) -> StoreError {
        StoreError::Replaced {
            path: self.shared.path.clone(),
        }
    }

    fn reopen(&mut self) -> Result<OpenReport, StoreError> {
        self.shared.readers.restart(None);
        if let Some(old) = self.database.take() {
            old.leave(&self.shared.path)?;
        }
        let (database, report) = open::open(&self.shared.path, &*self.clock)?;
        self.shared.tail.restart(database.newest);
        self.shared.readers.restart(Some(database.identity));
        report.log_id.clone_into(&mut self.shared.log_id.lock());
        self.shared.newest.send_replace(database.newest);
        self.database = Some(database);
        Ok(report)
    }
}

/// Jobs that are committed together; the last one has not run while others have.
struct Group {
    jobs: Vec<Box<dyn Job>>,
    /// What their askers and others are told of, in the order of the numbers.
    events: Vec<Arc<SessionEvent>>,
    /// What came after them and is no job.
    next: Option<Message>,
}

impl Group {
    /// Adds a job that waits; false if there is none or the group is large enough.
    fn take_waiting(&mut self, messages: &Receiver<Message>) -> bool {
        if self.jobs.len() >= MOST || self.next.is_some() {
            return false;
        }
        match messages.try_recv() {
            Ok(Message::Job(job)) => {
                self.jobs.push(job);
                true
            }
            Ok(other) => {
                self.next = Some(other);
                false
            }
            Err(_) => false,
        }
    }

    /// Runs the last job. An error is the whole group's: SQLite gave the transaction up.
    fn run_last(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let Some(job) = self.jobs.last_mut() else {
            return Ok(());
        };
        let told_before = self.events.len();
        run(connection, "SAVEPOINT job")?;
        if let Err(error) = job.run(&mut Write::new(connection, &mut self.events)) {
            self.events.truncate(told_before);
            if connection.is_autocommit() {
                return Err(error);
            }
            run(connection, "ROLLBACK TO job")?;
        }
        run(connection, "RELEASE job")
    }
}

fn run(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}
