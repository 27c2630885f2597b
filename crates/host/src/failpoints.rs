//! The failpoints of this crate (see [`mainstay_seams::failpoint`]): the borders between effects that others can see.

/// The spec is read, nothing is made yet.
pub const SPEC_READ: &str = "host.spec.read";
/// The session folder is prepared and the history open, no socket, no program.
pub const KEEPER_OPEN: &str = "host.keeper.open";
/// The socket is bound, the program does not run.
pub const BOUND: &str = "host.bound";
/// The program runs, the journal does not say so.
pub const SPAWNED: &str = "host.spawned";
/// The journal says that the program runs; whoever asked for it was not told.
pub const SPAWN_JOURNALLED: &str = "host.spawn.journalled";
/// Whoever asked for the run was told that it runs.
pub const REPORTED: &str = "host.reported";
/// A read of output returned; it is nowhere but in memory.
pub const READ: &str = "host.read";
/// Output is kept; replies to the program and viewers have nothing of it.
pub const KEPT: &str = "host.kept";
/// Replies are typed, viewers were not told.
pub const REPLIED: &str = "host.replied";
/// Viewers have the output.
pub const PUBLISHED: &str = "host.published";
/// A snapshot is taken and not yet sent.
pub const SNAPSHOT: &str = "host.snapshot";
/// The journal says that a stop was asked for, nothing was signalled.
pub const STOP_JOURNALLED: &str = "host.stop.journalled";
/// The tree was asked to end, the grace runs.
pub const STOP_ASKED: &str = "host.stop.asked";
/// The grace is over, nothing was killed.
pub const STOP_KILL: &str = "host.stop.kill";
/// The tree is stopped, the journal does not say so.
pub const PAUSED: &str = "host.paused";
/// The program was reaped, its last output is not read.
pub const REAPED: &str = "host.reaped";
/// The last output is read, the outcome is not written.
pub const DRAINED: &str = "host.drained";
/// Journal and outcome are written, nobody was told.
pub const OUTCOME: &str = "host.outcome";
/// Everybody was told, the socket is still there.
pub const TOLD: &str = "host.told";
/// The socket is removed, the process is about to end.
pub const GONE: &str = "host.gone";

/// All of them.
pub const ALL: &[&str] = &[
    SPEC_READ,
    KEEPER_OPEN,
    BOUND,
    SPAWNED,
    SPAWN_JOURNALLED,
    REPORTED,
    READ,
    KEPT,
    REPLIED,
    PUBLISHED,
    SNAPSHOT,
    STOP_JOURNALLED,
    STOP_ASKED,
    STOP_KILL,
    PAUSED,
    REAPED,
    DRAINED,
    OUTCOME,
    TOLD,
    GONE,
];
