//! The failpoints of this crate (see [`mainstay_seams::failpoint`]): the steps of a manager's start and end.

/// The manager is open; nobody can reach it yet.
pub const SERVE_OPENED: &str = "api.serve.opened";
/// It listens; whoever waits for that doesn't know yet.
pub const SERVE_LISTENING: &str = "api.serve.listening";
/// Nobody can reach it any more; the manager is still open.
pub const SERVE_CLOSING: &str = "api.serve.closing";

/// All of them.
pub const ALL: &[&str] = &[SERVE_OPENED, SERVE_LISTENING, SERVE_CLOSING];
