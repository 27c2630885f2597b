//! What is known of a session's life.

use mainstay_protocol::journal::TimeoutKind;
use mainstay_protocol::session::Status;

/// Whether there is a record of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Record {
    /// Not yet.
    None,
    /// Yes.
    Kept,
    /// It is hidden: the session was deleted.
    Deleted,
}

/// Everything that decides what happens next. It is stored: in the session's row and in that of its newest run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Life {
    /// Whether there is a record.
    pub record: Record,
    /// Where it is.
    pub status: Status,
    /// Why, in words: the error of a failed start, the reason of an end or an interruption. Nothing where the status says
    /// it all.
    pub reason: Option<String>,
    /// Process id of the newest run's program, once it was spawned; stays after its end.
    pub pid: Option<u32>,
    /// The newest run was ready: `started` was told.
    pub ready: bool,
    /// The newest run goes on where an earlier one ended.
    pub resumed: bool,
    /// Somebody asked for the end of the newest run: no automatic new one follows.
    pub stopping: bool,
    /// `cancel_initiated` was told of the newest run.
    pub stop_told: bool,
    /// The clock that ran out for the newest run: `timeout` was told.
    pub timed_out: Option<TimeoutKind>,
    /// Automatic new runs since a person last started one or a run completed, the announced one included.
    pub attempts: u32,
    /// A new run was announced and hasn't begun.
    pub retry_due: bool,
    /// The session will be deleted by itself.
    pub clean_up_due: bool,
}

impl Life {
    /// That of a session that isn't there yet.
    #[must_use]
    pub fn unborn() -> Self {
        Self {
            record: Record::None,
            status: Status::Pending,
            reason: None,
            pid: None,
            ready: false,
            resumed: false,
            stopping: false,
            stop_told: false,
            timed_out: None,
            attempts: 0,
            retry_due: false,
            clean_up_due: false,
        }
    }

    /// Whether a run is under way.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.record == Record::Kept && self.status.is_live()
    }
}
