//! The places where a test can stop or kill a writer between two effects, see [`mainstay_seams::failpoint`].

/// Before a block is written; an `error` here is a full disk.
pub const BLOCK_WRITE: &str = "history.block.write";
/// A block is written, nobody knows yet.
pub const BLOCK_WRITTEN: &str = "history.block.written";
/// Before the index is written behind the last block of a segment.
pub const SEGMENT_SEAL: &str = "history.segment.seal";
/// A segment is sealed.
pub const SEGMENT_SEALED: &str = "history.segment.sealed";
/// Before the raw log takes more room; an `error` here is a full disk.
pub const RAW_GROW: &str = "history.raw.grow";
/// Bytes are in the raw log, but not yet valid.
pub const RAW_COMMIT: &str = "history.raw.commit";
/// Bytes are in the raw log.
pub const RAW_COMMITTED: &str = "history.raw.committed";
/// All lines before a checkpoint are written, the checkpoint not.
pub const CHECKPOINT_BEGIN: &str = "history.checkpoint.begin";
/// Before the temporary file is written; an `error` here is a full disk.
pub const CHECKPOINT_WRITE: &str = "history.checkpoint.write";
/// The temporary file of a checkpoint is written.
pub const CHECKPOINT_WRITTEN: &str = "history.checkpoint.written";
/// The raw log for the next generation is ready, the checkpoint doesn't count yet.
pub const RAW_ROTATED: &str = "history.raw.rotated";
/// The checkpoint counts, older ones are still there.
pub const CHECKPOINT_RENAMED: &str = "history.checkpoint.renamed";
/// An older checkpoint is deleted.
pub const CHECKPOINT_DELETED: &str = "history.checkpoint.deleted";
/// Opening: files that don't count any more are deleted.
pub const OPEN_DISCARDED: &str = "history.open.discarded";
/// Opening: one segment that isn't covered is deleted.
pub const OPEN_SEGMENT_DELETED: &str = "history.open.segment_deleted";
/// Opening: the last segment is cut to what the checkpoint covers.
pub const OPEN_TRUNCATED: &str = "history.open.truncated";
/// Retention is about to delete a segment.
pub const RETENTION_DELETE: &str = "history.retention.delete";
/// Retention deleted a segment.
pub const RETENTION_DELETED: &str = "history.retention.deleted";
/// The checkpoint that says that everything before it is purged counts.
pub const PURGE_RECORDED: &str = "history.purge.recorded";
/// Purge deleted one file.
pub const PURGE_DELETED: &str = "history.purge.deleted";
/// A sync made the segments durable, nothing else.
pub const SYNC_SEGMENTS: &str = "history.sync.segments";
/// A sync made everything durable.
pub const SYNC_DONE: &str = "history.sync.done";

/// All of them.
pub const ALL: &[&str] = &[
    BLOCK_WRITE,
    BLOCK_WRITTEN,
    SEGMENT_SEAL,
    SEGMENT_SEALED,
    RAW_GROW,
    RAW_COMMIT,
    RAW_COMMITTED,
    CHECKPOINT_BEGIN,
    CHECKPOINT_WRITE,
    CHECKPOINT_WRITTEN,
    RAW_ROTATED,
    CHECKPOINT_RENAMED,
    CHECKPOINT_DELETED,
    OPEN_DISCARDED,
    OPEN_SEGMENT_DELETED,
    OPEN_TRUNCATED,
    RETENTION_DELETE,
    RETENTION_DELETED,
    PURGE_RECORDED,
    PURGE_DELETED,
    SYNC_SEGMENTS,
    SYNC_DONE,
];
