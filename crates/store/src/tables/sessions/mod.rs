//! Sessions, also those that were deleted: their record stays.

mod list;
mod read;
mod resolve;
mod row;
mod write;

pub use read::KnownSession;
pub use resolve::ResolveError;
pub use row::SessionRow;

/// The lists of sessions that are not deleted have their indexes; records of deleted ones may be many and are looked at seldom.
pub(crate) const SCHEMA: &str = "
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    name TEXT,
    status TEXT NOT NULL,
    summary TEXT NOT NULL,
    project TEXT NOT NULL,
    profile TEXT NOT NULL,
    environment TEXT NOT NULL,
    pid INTEGER,
    run TEXT,
    runs INTEGER NOT NULL,
    started INTEGER,
    ended INTEGER,
    last_active INTEGER,
    deleted INTEGER,
    stopping INTEGER NOT NULL,
    retry_attempt INTEGER,
    retry_of INTEGER,
    retry_at INTEGER,
    attempt INTEGER NOT NULL,
    delete_at INTEGER,
    cols INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    viewers INTEGER NOT NULL,
    -- Made from other columns: what it is ordered by as a name, what a text is searched in. In lower case.
    sort_name TEXT NOT NULL,
    search TEXT NOT NULL,
    reason TEXT,
    title TEXT NOT NULL,
    current_dir TEXT,
    progress TEXT NOT NULL,
    outcome TEXT,
    settings TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_created ON sessions (created, id) WHERE deleted IS NULL;
CREATE INDEX sessions_updated ON sessions (updated, id) WHERE deleted IS NULL;
CREATE INDEX sessions_started ON sessions (ifnull(started, 0), id) WHERE deleted IS NULL;
CREATE INDEX sessions_sort_name ON sessions (sort_name, id) WHERE deleted IS NULL;
CREATE INDEX sessions_name ON sessions (name) WHERE deleted IS NULL;
CREATE INDEX sessions_status ON sessions (status) WHERE deleted IS NULL;
CREATE INDEX sessions_project ON sessions (project) WHERE deleted IS NULL;
CREATE INDEX sessions_timers ON sessions (id) WHERE retry_at IS NOT NULL OR delete_at IS NOT NULL;
";

/// What a row is read from and written to after its id, in the order of `SessionRow`'s code.
macro_rules! changing {
    () => {
        "name, status, summary, project, profile, environment, pid, run, runs, started, ended, last_active, deleted, stopping, retry_attempt, retry_of, retry_at, attempt, delete_at, cols, rows, viewers, reason, title, current_dir, progress, outcome, settings"
    };
}
/// A query for rows; what follows the table's name is added.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, created, updated, ",
            $crate::tables::sessions::changing!(),
            " FROM sessions ",
            $rest
        )
    };
}
use {changing, select};
