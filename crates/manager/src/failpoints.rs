//! The failpoints of this crate (see [`mainstay_seams::failpoint`]): the borders between effects that others can see.

/// The data directory is ours, nothing is read.
pub const OPEN_LOCKED: &str = "manager.open.locked";
/// The store is open, no session was looked at.
pub const OPEN_STORE: &str = "manager.open.store";
/// A folder without a record was read, the store has nothing of it.
pub const REBUILD_READ: &str = "manager.rebuild.read";
/// The record of a folder is made again, its runs are not.
pub const REBUILD_MADE: &str = "manager.rebuild.made";
/// The store has a session and its first run; there is no folder.
pub const CREATE_STORED: &str = "manager.create.stored";
/// The store has another run of a session; nothing else was done for it.
pub const RUN_STORED: &str = "manager.run.stored";
/// The session has a folder; its record isn't in it.
pub const FOLDER_MADE: &str = "manager.start.folder";
/// The record is in the folder; no host was started.
pub const RECORD_WRITTEN: &str = "manager.start.record";
/// The host runs; nobody follows it.
pub const LAUNCHED: &str = "manager.start.launched";
/// The host could not be started; nothing says so.
pub const LAUNCH_FAILED: &str = "manager.start.failed";
/// The store has the failure of a start; the folder is still there.
pub const FAILURE_STORED: &str = "manager.start.failure_stored";
/// A host welcomed us; nothing was asked of it.
pub const DIALLED: &str = "manager.follow.dialled";
/// Entries of a journal are here; the store has nothing of them.
pub const TAKE_RECEIVED: &str = "manager.take.received";
/// The store has them; the host doesn't know.
pub const TAKE_STORED: &str = "manager.take.stored";
/// The host knows; what follows from them was not done.
pub const TAKE_ACKED: &str = "manager.take.acked";
/// A dead host's folder is settled; the store has nothing of it.
pub const SETTLED: &str = "manager.settle.recovered";
/// A run that never began is refused in its folder; the store has nothing of it.
pub const REFUSED: &str = "manager.settle.refused";
/// A private run is over; what it printed is still there.
pub const PRIVATE_ENDED: &str = "manager.private.ended";
/// A stop is on its way to the host.
pub const STOP_SENT: &str = "manager.stop.sent";
/// A retry is due; nothing was done for it.
pub const RETRY_DUE: &str = "manager.retry.due";
/// A delete is written down; nothing was done for it.
pub const DELETE_STORED: &str = "manager.delete.stored";
/// The run of a session to be deleted is over; its folder is there.
pub const DELETE_ENDED: &str = "manager.delete.ended";
/// The folder has lost its name; its files are there.
pub const DELETE_RENAMED: &str = "manager.delete.renamed";
/// The folder is gone; the store doesn't say that the session is deleted.
pub const DELETE_REMOVED: &str = "manager.delete.removed";
/// A change is stored; the session's folder has the old record.
pub const CHANGE_STORED: &str = "manager.change.stored";

/// All of them.
pub const ALL: &[&str] = &[
    OPEN_LOCKED,
    OPEN_STORE,
    REBUILD_READ,
    REBUILD_MADE,
    CREATE_STORED,
    RUN_STORED,
    FOLDER_MADE,
    RECORD_WRITTEN,
    LAUNCHED,
    LAUNCH_FAILED,
    FAILURE_STORED,
    DIALLED,
    TAKE_RECEIVED,
    TAKE_STORED,
    TAKE_ACKED,
    SETTLED,
    REFUSED,
    PRIVATE_ENDED,
    STOP_SENT,
    RETRY_DUE,
    DELETE_STORED,
    DELETE_ENDED,
    DELETE_RENAMED,
    DELETE_REMOVED,
    CHANGE_STORED,
];
