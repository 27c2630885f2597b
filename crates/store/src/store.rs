//! The store as the rest of the program has it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{JoinHandle, ThreadId};

use mainstay_protocol::SessionEvent;
use mainstay_protocol::session::EventQuery;
use mainstay_seams::Clock;
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::job::Asked;
use crate::open::{self, OpenReport};
use crate::readers::Readers;
use crate::tail::Tail;
use crate::writer::{Message, Writer};
use crate::{Read, StoreError, Write};

/// Most jobs that wait; who comes then waits for a place.
const QUEUE: usize = 256;

/// An open store, and what opening it found.
#[derive(Debug)]
pub struct Opened {
    /// The store.
    pub store: Store,
    /// What was found.
    pub report: OpenReport,
}

/// The store. Clones are the same store. When the last one is dropped, or one is closed, what was asked for is committed and
/// the file is closed.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    messages: Mutex<Option<SyncSender<Message>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    writer: ThreadId,
}

/// What the writer's thread has in common with the others.
pub(crate) struct Shared {
    pub(crate) path: PathBuf,
    pub(crate) readers: Readers,
    pub(crate) tail: Tail,
    pub(crate) newest: watch::Sender<u64>,
    pub(crate) log_id: Mutex<String>,
}

impl Store {
    /// Opens the database, makes it where it isn't there, and brings its tables up to date. The folder must be there. Several
    /// processes may do so at once; each waits for its turn.
    ///
    /// A file that makes no sense is kept under another name and a new one is made: see [`OpenReport`].
    ///
    /// # Errors
    /// [`StoreError::Newer`] if a newer program wrote the file, which is left alone; whatever the system refuses.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Opened, StoreError> {
        let (database, report) = open::open(path, &*clock)?;
        let shared = Arc::new(Shared {
            path: path.to_path_buf(),
            readers: Readers::new(path, database.identity),
            tail: Tail::new(database.newest),
            newest: watch::Sender::new(database.newest),
            log_id: Mutex::new(report.log_id.clone()),
        });
        let (sender, messages) = sync_channel(QUEUE);
        let writer = Writer {
            shared: Arc::clone(&shared),
            clock,
            database: Some(database),
            messages,
        };
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || writer.run())
            .map_err(|error| StoreError::io(path, &error))?;
        let inner = Inner {
            shared,
            messages: Mutex::new(Some(sender)),
            writer: thread.thread().id(),
            thread: Mutex::new(Some(thread)),
        };
        let store = Self {
            inner: Arc::new(inner),
        };
        Ok(Opened { store, report })
    }

    /// Runs a job in the writer's thread and returns when its changes are on the disk: all of them, or none if it or the commit
    /// failed. A job must not wait for anything, least of all for another job. It may be committed together with others; their
    /// failures are not its own. Blocks while too much waits.
    ///
    /// # Errors
    /// The job's own error; whatever kept its group from being committed; [`StoreError::Closed`].
    pub fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (asker, answer) = sync_channel(1);
        self.ask(Message::Job(Box::new(Asked::new(job, asker))))?;
        let answer = answer.recv().unwrap_or(Err(StoreError::Closed));
        answer.map_err(|error| error.about(&self.inner.shared.path))
    }

    /// Looks at what is committed; everything in one call is of one moment. Waits while several others look; so a look must not
    /// wait for anything nor look in a look.
    ///
    /// # Errors
    /// The look's own; those of the database; [`StoreError::Closed`].
    pub fn read<T>(
        &self,
        look: impl FnOnce(&Read<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.inner.shared.readers.read(look)
    }

    /// The events after number `since`, at most `limit`, from memory where they are recent: for those who follow the log.
    ///
    /// # Errors
    /// Those of the database; [`StoreError::Closed`].
    pub fn events_since(
        &self,
        since: u64,
        limit: u32,
    ) -> Result<Vec<Arc<SessionEvent>>, StoreError> {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        if let Some(events) = self.inner.shared.tail.since(since, most) {
            return Ok(events);
        }
        let query = EventQuery {
            since,
            limit: Some(limit),
            ..EventQuery::default()
        };
        let events = self.read(|read| read.events(&query))?;
        Ok(events.into_iter().map(Arc::new).collect())
    }

    /// Tells the number of the newest committed event, after each commit that has events. Ask for it before reading events, and no
    /// event is missed.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.inner.shared.newest.subscribe()
    }

    /// Which log of events this is. Another one after the file was lost or restored: numbers of events that somebody knows
    /// from before mean nothing then.
    #[must_use]
    pub fn log_id(&self) -> String {
        self.inner.shared.log_id.lock().clone()
    }

    /// Where the database is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.shared.path
    }

    /// Opens the file at the same place again: after [`StoreError::Replaced`] or [`StoreError::Damaged`]. Jobs that were asked for
    /// before have their answers by then. If it fails, jobs fail until it is called again and succeeds. Numbers of events may begin
    /// anew: who follows the log asks for [`Self::log_id`] when woken.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn reopen(&self) -> Result<OpenReport, StoreError> {
        let (asker, answer) = sync_channel(1);
        self.ask(Message::Reopen(asker))?;
        answer.recv().unwrap_or(Err(StoreError::Closed))
    }

    /// Commits what was asked for and closes the file; returns when it is closed. Later calls of this or any clone give
    /// [`StoreError::Closed`].
    pub fn close(&self) {
        self.inner.close();
    }

    fn ask(&self, message: Message) -> Result<(), StoreError> {
        if std::thread::current().id() == self.inner.writer {
            return Err(StoreError::Nested);
        }
        // Not sent under the lock: sending may wait for a place.
        let messages = self.inner.messages.lock().clone();
        let messages = messages.ok_or(StoreError::Closed)?;
        messages.send(message).map_err(|_| StoreError::Closed)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("path", &self.inner.shared.path)
            .finish_non_exhaustive()
    }
}

impl Inner {
    fn close(&self) {
        // The thread ends when it has done what was asked for and nobody can ask any more.
        drop(self.messages.lock().take());
        if std::thread::current().id() == self.writer {
            // A job closes the store: the thread can't wait for itself.
            return;
        }
        // Held while waiting: who closes at the same time returns when it is closed, too.
        let mut thread = self.thread.lock();
        if let Some(thread) = thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store's thread panicked");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}
