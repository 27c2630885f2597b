//! Connections that only read: a few, made when they are needed, each used by one reader at a time.

use std::path::{Path, PathBuf};

use parking_lot::{Condvar, Mutex};
use rusqlite::Connection;

use crate::open::{Identity, connect};
use crate::{Read, StoreError};

/// Most connections: reading is a matter of microseconds, and each has three descriptors.
const MOST: usize = 4;

/// The connections.
#[derive(Debug)]
pub(crate) struct Readers {
    path: PathBuf,
    pool: Mutex<Pool>,
    returned: Condvar,
}

#[derive(Debug)]
struct Pool {
    /// The file they are for; none while the store is closed.
    file: Option<Identity>,
    idle: Vec<Connection>,
    /// Idle and in use.
    connections: usize,
    /// Those of an earlier file are not taken back.
    generation: u64,
}

impl Readers {
    /// For the file with this identity.
    pub(crate) fn new(path: &Path, file: Identity) -> Self {
        Self {
            path: path.to_path_buf(),
            pool: Mutex::new(Pool {
                file: Some(file),
                idle: Vec::new(),
                connections: 0,
                generation: 0,
            }),
            returned: Condvar::new(),
        }
    }

    /// Goes on with another file, or with none. Who reads now reads the old one to the end.
    pub(crate) fn restart(&self, file: Option<Identity>) {
        let old = {
            let mut pool = self.pool.lock();
            pool.file = file;
            pool.connections = 0;
            pool.generation += 1;
            std::mem::take(&mut pool.idle)
        };
        self.returned.notify_all();
        drop(old);
    }

    /// Looks, at one moment of the store.
    pub(crate) fn read<T>(
        &self,
        look: impl FnOnce(&Read<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let lent = self.lend()?;
        let seen = lent.look(look);
        seen.map_err(|error| error.about(&self.path))
    }

    fn lend(&self) -> Result<Lent<'_>, StoreError> {
        let (file, generation) = {
            let mut pool = self.pool.lock();
            loop {
                let Some(file) = pool.file else {
                    return Err(StoreError::Closed);
                };
                let generation = pool.generation;
                if let Some(connection) = pool.idle.pop() {
                    return Ok(Lent {
                        readers: self,
                        connection: Some(connection),
                        generation,
                    });
                }
                if pool.connections < MOST {
                    pool.connections += 1;
                    break (file, generation);
                }
                self.returned.wait(&mut pool);
            }
        };
        // From here on the place is given back whatever happens.
        let mut lent = Lent {
            readers: self,
            connection: None,
            generation,
        };
        lent.connection = Some(self.open(file)?);
        Ok(lent)
    }

    fn open(&self, file: Identity) -> Result<Connection, StoreError> {
        let opened = connect::reader(&self.path).map_err(|error| error.about(&self.path));
        if !file.is_at(&self.path) {
            return Err(StoreError::Replaced {
                path: self.path.clone(),
            });
        }
        opened
    }
}

/// A connection in use.
struct Lent<'p> {
    readers: &'p Readers,
    connection: Option<Connection>,
    generation: u64,
}

impl Lent<'_> {
    fn look<T>(
        &self,
        look: impl FnOnce(&Read<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let Some(connection) = &self.connection else {
            return Err(StoreError::Closed);
        };
        connection.prepare_cached("BEGIN")?.execute([])?;
        let seen = look(&Read::new(connection));
        let ended = connection
            .prepare_cached("COMMIT")
            .and_then(|mut commit| commit.execute([]));
        let seen = seen?;
        ended?;
        Ok(seen)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        // One that is in the middle of something, after a panic or an error, is not used again.
        let usable = self.connection.take().filter(Connection::is_autocommit);
        let mut pool = self.readers.pool.lock();
        let unused = if pool.generation == self.generation {
            match usable {
                Some(connection) => {
                    pool.idle.push(connection);
                    None
                }
                None => {
                    pool.connections = pool.connections.saturating_sub(1);
                    None
                }
            }
        } else {
            usable
        };
        drop(pool);
        self.readers.returned.notify_one();
        drop(unused);
    }
}
