//! Where hits come from: the host of a live session, the folder of one that has ended.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use mainstay_protocol::frame::{Answer, Hit, Operation, Query};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::{Live, Reached, Session, keep, unreachable};

/// Receives hits as they are found.
type Each<'a> = &'a mut dyn FnMut(Hit) -> ControlFlow<()>;

pub(super) fn search(
    session: &Session,
    query: &Query,
    cancel: &AtomicBool,
    each: Each<'_>,
) -> Result<(), Failure> {
    match session.reach()? {
        Reached::Live(live) => {
            let mut any = false;
            let asked = ask(*live, query.clone(), cancel, &mut |hit| {
                any = true;
                each(hit)
            });
            match asked {
                // Nothing was told yet, so nothing is told twice.
                Err(broken)
                    if broken.exit == Exit::Unreachable && !any && session.is_ending()? =>
                {
                    read(session, query, cancel, each)
                }
                asked => asked,
            }
        }
        Reached::Ended => read(session, query, cancel, each),
    }
}

/// The connection is closed afterwards, which also ends what the host may still be searching.
fn ask(live: Live, query: Query, cancel: &AtomicBool, each: Each<'_>) -> Result<(), Failure> {
    let mut connection = live.connection;
    let mut answers = connection
        .request(Operation::Search(query))
        .map_err(unreachable)?;
    while !cancel.load(Ordering::Relaxed) {
        match answers.next_answer().map_err(unreachable)? {
            Some(Answer::Hits { hits, .. }) => {
                if hits.into_iter().try_for_each(&mut *each).is_break() {
                    return Ok(());
                }
            }
            Some(Answer::Failed(failure)) => return Err(Failure::new(Exit::Failed, failure)),
            Some(_) => {
                return Err(Failure::new(
                    Exit::Unreachable,
                    "the host answered nonsense",
                ));
            }
            None => return Ok(()),
        }
    }
    Ok(())
}

fn read(
    session: &Session,
    query: &Query,
    cancel: &AtomicBool,
    each: Each<'_>,
) -> Result<(), Failure> {
    let view = session.ended_view()?;
    view.past().search(query, cancel, each).map_err(keep)
}
