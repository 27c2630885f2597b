//! The failpoints of this crate (see [`mainstay_seams::failpoint`]).

/// A process is about to wait for its turn to open the database.
pub const OPEN: &str = "store.open";
/// It has its turn; the file is there, perhaps empty.
pub const OPENED: &str = "store.opened";
/// One step of bringing the tables up to date is done.
pub const MIGRATED: &str = "store.migrated";
/// A damaged database is about to be moved aside.
pub const ASIDE: &str = "store.aside";
/// This opening is counted in the database, its mark is not written yet.
pub const ENTERED: &str = "store.entered";
/// A job of a group has done its work; nothing is committed.
pub const JOB: &str = "store.job";
/// Before a group is committed; `error` makes the disk full.
pub const COMMIT: &str = "store.commit";
/// A group is committed, nobody was told.
pub const COMMITTED: &str = "store.committed";
/// Subscribers were told, those who asked for the writing were not.
pub const TOLD: &str = "store.told";

/// All of them.
pub const ALL: &[&str] = &[
    OPEN, OPENED, MIGRATED, ASIDE, ENTERED, JOB, COMMIT, COMMITTED, TOLD,
];
