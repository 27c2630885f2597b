//! Changing what a session is called and what becomes of it.

use std::sync::Arc;

use mainstay_protocol::event::EventKind;
use mainstay_protocol::session::{Change, Session, Settings, Status};
use mainstay_protocol::{Problem, SessionId, Timestamp};
use mainstay_seams::failpoint;
use mainstay_store::SessionRow;

use crate::Engine;
use crate::failpoints;
use crate::lifecycle::Rules;
use crate::plan;
use crate::record::{Moment, Rows};
use crate::timers::Due;

impl Engine {
    /// Changes a session; what is not given stays.
    pub(crate) fn change(
        self: &Arc<Self>,
        id: &SessionId,
        change: Change,
    ) -> Result<Session, Problem> {
        let present = self.sessions.of(id);
        let _operation = present.operation.lock();
        let before = self.find(id)?.session;
        let book = self.read_rulebook();
        let settings = changed(&before.settings, change);
        // The same rules as for a new session.
        plan::check(&settings)?;
        if settings == before.settings {
            return self.show(id);
        }
        let stored = {
            let (id, now) = (id.clone(), self.now());
            self.write(move |write| {
                let mut rows = Rows::load(write, &id, None, &book)?;
                rows.session.session.name.clone_from(&settings.name);
                rows.session.session.settings = settings.clone();
                rows.rules = book.rules(&settings);
                plan_clean_up(&mut rows.session, &rows.rules);
                rows.save(write)?;
                rows.tell(write, EventKind::Updated, Moment::at(now))?;
                Ok(rows.session.session)
            })
        };
        let session = stored.map_err(|error| error.problem())?;
        failpoint::hit(failpoints::CHANGE_STORED);
        self.timers.clear(&Due::CleanUp(id.clone()));
        self.plan(id);
        present.notice.tell();
        if let Ok(folder) = self.folder(id)
            && let Err(error) = self.write_record(&folder, &session)
        {
            self.note(&format!("session {id}"), error);
        }
        if session.settings.private && present.followed().is_none() {
            self.clean_up_after_run(id);
        }
        self.show(id)
    }
}

fn changed(settings: &Settings, change: Change) -> Settings {
    let mut settings = settings.clone();
    if let Some(name) = change.name {
        let name = name.trim();
        settings.name = (!name.is_empty()).then(|| name.to_owned());
    }
    if let Some(private) = change.private {
        settings.private = private;
    }
    if let Some(clean_up) = change.clean_up {
        settings.clean_up = clean_up;
    }
    settings
}

/// When a session that has ended is deleted by itself, by its new settings. One that goes on, or that is to be run again, is
/// planned at its end.
fn plan_clean_up(row: &mut SessionRow, rules: &Rules) {
    let session = &row.session;
    let waits = session.status == Status::Interrupted || session.retrying.is_some();
    if session.status.is_live() {
        return;
    }
    let clean_up = rules.clean_up.filter(|clean_up| {
        !waits && (session.status == Status::Completed || !clean_up.only_completed)
    });
    let from = session.ended.unwrap_or(session.created);
    row.delete_at =
        clean_up.map(|clean_up| Timestamp(from.millis().saturating_add(clean_up.after_ms)));
}
