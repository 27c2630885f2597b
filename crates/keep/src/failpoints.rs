//! The failpoints of this crate (see [`mainstay_seams::failpoint`]).

/// Before a small file is written; `error` makes the disk full.
pub const FILE_WRITE: &str = "keep.file.write";
/// A small file is written under its unfinished name.
pub const FILE_WRITTEN: &str = "keep.file.written";
/// A small file has its name.
pub const FILE_RENAMED: &str = "keep.file.renamed";
/// Before entries are appended to the journal; `error` makes the disk full.
pub const JOURNAL_WRITE: &str = "keep.journal.write";
/// Entries are appended to the journal.
pub const JOURNAL_WRITTEN: &str = "keep.journal.written";
/// What an earlier host left is replayed, nothing is written yet.
pub const REPLAYED: &str = "keep.replayed";
/// The earlier run is settled: journal and outcome are complete.
pub const SETTLED: &str = "keep.settled";
/// The folder of a new run is there, the session does not name it yet.
pub const RUN_MADE: &str = "keep.run.made";
/// The session names the new run, its first checkpoint is not written yet.
pub const RUN_CURRENT: &str = "keep.run.current";
/// The first checkpoint of the new run is there.
pub const RUN_BEGUN: &str = "keep.run.begun";
/// Output is logged, the model has not seen it.
pub const TOOK_LOGGED: &str = "keep.took.logged";
/// The model has seen it and the lines are appended; the journal has nothing of it.
pub const TOOK_FED: &str = "keep.took.fed";
/// The journal has everything, nobody was told.
pub const TOOK_DONE: &str = "keep.took.done";
/// A resize is logged, the model has not seen it.
pub const RESIZE_LOGGED: &str = "keep.resize.logged";
/// A checkpoint is about to be written.
pub const CHECKPOINT: &str = "keep.checkpoint";
/// A checkpoint is written.
pub const CHECKPOINTED: &str = "keep.checkpointed";
/// The run ended; nothing says so yet.
pub const END: &str = "keep.end";
/// The journal has the end.
pub const END_JOURNALLED: &str = "keep.end.journalled";
/// The outcome is written.
pub const END_OUTCOME: &str = "keep.end.outcome";
/// The history of a private run is gone; its journal still has texts.
pub const END_PURGED: &str = "keep.end.purged";
/// Nothing of a private run is left but that it was.
pub const END_FORGOTTEN: &str = "keep.end.forgotten";
/// The last checkpoint is written.
pub const END_DONE: &str = "keep.end.done";

/// All of them.
pub const ALL: &[&str] = &[
    FILE_WRITE,
    FILE_WRITTEN,
    FILE_RENAMED,
    JOURNAL_WRITE,
    JOURNAL_WRITTEN,
    REPLAYED,
    SETTLED,
    RUN_MADE,
    RUN_CURRENT,
    RUN_BEGUN,
    TOOK_LOGGED,
    TOOK_FED,
    TOOK_DONE,
    RESIZE_LOGGED,
    CHECKPOINT,
    CHECKPOINTED,
    END,
    END_JOURNALLED,
    END_OUTCOME,
    END_PURGED,
    END_FORGOTTEN,
    END_DONE,
];
