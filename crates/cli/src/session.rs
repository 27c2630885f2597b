//! From what the person typed to a session, and to its host if that lives.

use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use mainstay_keep::{EndedView, KeepError, PlaceError, Places, ResolveError, SessionFolder};
use mainstay_link::{Connection, LinkError};
use mainstay_protocol::SessionId;
use mainstay_protocol::frame::Welcome;
use mainstay_protocol::outcome::Outcome;

use crate::exit::Exit;
use crate::failure::Failure;

/// How long a host that doesn't answer may take to end. It ends within a second after its program, unless the disk is
/// slow.
const ENDING: Duration = Duration::from_secs(2);

/// A session that is there.
#[derive(Debug)]
pub(crate) struct Session {
    folder: SessionFolder,
    typed: String,
}

/// How a session can be looked at.
#[derive(Debug)]
pub(crate) enum Reached {
    /// By asking its host.
    Live(Box<Live>),
    /// By reading its folder: no host has it.
    Ended,
}

/// A host that answered.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) connection: Connection,
    pub(crate) welcome: Box<Welcome>,
}

impl Session {
    /// The session that the text means: an id, the beginning of one, or a name.
    pub(crate) fn find(places: &Places, text: &str) -> Result<Self, Failure> {
        let id = places.resolve(text).map_err(|error| match error {
            ResolveError::Place(error) => storage(error),
            other => Failure::new(Exit::NoSession, other),
        })?;
        Self::open(places, &id, text)
    }

    /// The session with this id.
    pub(crate) fn open(places: &Places, id: &SessionId, typed: &str) -> Result<Self, Failure> {
        let folder = SessionFolder::open(places, id).map_err(keep)?;
        Ok(Self {
            folder,
            typed: typed.to_owned(),
        })
    }

    /// Its id.
    pub(crate) fn id(&self) -> &SessionId {
        self.folder.session()
    }

    /// What the person called it on the command line.
    pub(crate) fn typed(&self) -> &str {
        &self.typed
    }

    /// The name it was given.
    pub(crate) fn name(&self) -> Option<String> {
        self.folder.name()
    }

    /// When its newest run began, in milliseconds; 0 if nobody knows.
    pub(crate) fn started(&self) -> u64 {
        let host = || self.folder.run(&self.folder.current().ok()??).host().ok()?;
        host().map_or(0, |host| host.started.millis())
    }

    /// How its newest run ended, as far as that was written down.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        self.folder
            .run(&self.folder.current().ok()??)
            .outcome()
            .ok()?
    }

    /// Its folder, to be read without a host. What is damaged in it is told on standard error: what can still be read
    /// must not pass for all there was.
    pub(crate) fn ended_view(&self) -> Result<EndedView, Failure> {
        let view = EndedView::open(&self.folder).map_err(keep)?;
        for note in view.notes() {
            drop(writeln!(io::stderr(), "mainstay: {}: {note}", self.typed));
        }
        Ok(view)
    }

    /// Connects to its host. One that is just ending is waited for: its program has ended, but what it wrote down isn't
    /// settled yet.
    pub(crate) fn reach(&self) -> Result<Reached, Failure> {
        match self.try_reach() {
            Err(failure) if failure.exit == Exit::Unreachable => {
                if self.is_ending()? {
                    return Ok(Reached::Ended);
                }
                // It may be another one by now.
                self.try_reach()
            }
            reached => reached,
        }
    }

    /// Whether its host, which broke off, did so because it ends; waits for that a little.
    pub(crate) fn is_ending(&self) -> Result<bool, Failure> {
        self.folder.await_end(ENDING).map_err(keep)
    }

    fn try_reach(&self) -> Result<Reached, Failure> {
        let run = self.folder.current().map_err(keep)?;
        let host = match &run {
            Some(run) => self.folder.run(run).host().map_err(keep)?,
            None => None,
        };
        let Some(host) = host else {
            return self.without_host("its host is just starting; try again in a moment");
        };
        let client = concat!("mainstay ", env!("CARGO_PKG_VERSION"));
        match Connection::dial(Path::new(&host.socket), &host.token, client) {
            Ok((connection, welcome)) => {
                let welcome = Box::new(welcome);
                Ok(Reached::Live(Box::new(Live {
                    connection,
                    welcome,
                })))
            }
            Err(gone) if gone.is_gone() => self.without_host(gone),
            Err(error) => Err(unreachable(error)),
        }
    }

    /// Nobody answered: that is right only if nobody has the session.
    fn without_host(&self, why: impl std::fmt::Display) -> Result<Reached, Failure> {
        if self.folder.is_live().map_err(keep)? {
            let typed = &self.typed;
            return Err(Failure::new(
                Exit::Unreachable,
                format_args!("session {typed} can't be reached: {why}"),
            ));
        }
        Ok(Reached::Ended)
    }
}

/// The failure for a connection that can't be made or broke.
pub(crate) fn unreachable(error: LinkError) -> Failure {
    Failure::new(Exit::Unreachable, error)
}

/// The failure for a place that can't be used.
pub(crate) fn storage(error: PlaceError) -> Failure {
    Failure::new(Exit::Storage, error)
}

/// The failure for a session's folder that can't be used.
pub(crate) fn keep(error: KeepError) -> Failure {
    let exit = match error {
        KeepError::NoSession { .. } => Exit::NoSession,
        KeepError::NoRun { .. } => Exit::Ended,
        _ => Exit::Storage,
    };
    Failure::new(exit, error)
}
