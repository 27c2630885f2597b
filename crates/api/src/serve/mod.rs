//! Holding a manager: opened, listened for, closed in order.
//!
//! There is one manager per data directory; the lock `manager.lock` decides. Whoever starts one holds `start.lock` until it
//! listens. So who finds nobody waits for that lock, looks again, and only then starts one: of twenty that try at once one
//! does, and nobody asks again and again.
//!
//! * [`start`]: the steps to a manager that listens, and what happens where another one runs. [`Server::run`]: until its end.
//! * [`background()`]: what the process does that a command starts when it finds no manager.

mod background;
mod connections;
mod error;
mod signals;
mod stall;
mod takeover;

use std::sync::Arc;

use mainstay_keep::{Places, write_private};
use mainstay_manager::{Manager, OpenReport};
use mainstay_seams::failpoint;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

pub(crate) use background::Report;
pub use background::{Background, background};
pub use error::ServeError;

pub use crate::server::closing::Ended;
pub use crate::server::state::Limits;
pub use crate::wire::{Info, Kind};

use crate::failpoints;
use crate::local::Listener;
use crate::lock::Lock;
use crate::server::calls::{MAX_CALLS, MAX_INPUTS};
use crate::server::closing::Closing;
use crate::server::feed::Feed;
use crate::server::pump::pump;
use crate::server::router::router;
use crate::server::state::{Shared, State};
use crate::token::Token;
use signals::Signals;

/// What is served, and how.
#[derive(Debug)]
pub struct Config {
    /// The manager.
    pub manager: mainstay_manager::Config,
    /// Who holds it.
    pub kind: Kind,
    /// A manager that runs already is asked to make room. Otherwise it stays and this one doesn't start.
    pub replace: bool,
    /// How much is served at once.
    pub limits: Limits,
}

/// A manager that listens.
#[derive(Debug)]
pub struct Server {
    manager: Manager,
    report: OpenReport,
    info: Info,
    closing: Closing,
    /// Ends when nobody is served any more.
    serving: JoinHandle<()>,
    signals: Option<Signals>,
}

/// Ends a [`Server`] from elsewhere in the program.
#[derive(Debug, Clone)]
pub struct Closer(Closing);

impl Closer {
    /// Begins to close; [`Server::run`] returns when that is done.
    pub fn close(&self) {
        self.0.begin(Ended::Closed);
    }
}

/// Opens the manager, and returns when it listens. From then on signals are for [`Server::run`].
///
/// # Errors
/// [`ServeError::Running`] if there is one already that isn't to be replaced; else what kept this one from starting.
pub async fn start(config: Config) -> Result<Server, ServeError> {
    let places = config.manager.places.clone();
    places.prepare()?;
    let lock = takeover::start_lock(&places).await?;
    start_with(config, &places, Some(lock)).await
}

/// The same for who has the start lock, or whose parent has it.
async fn start_with(
    config: Config,
    places: &Places,
    lock: Option<Lock>,
) -> Result<Server, ServeError> {
    let (kind, limits) = (config.kind, config.limits);
    let (clock, replace) = (Arc::clone(&config.manager.clock), config.replace);
    let (manager, report) = takeover::open(config.manager, places, kind, replace).await?;
    failpoint::hit(failpoints::SERVE_OPENED);
    // Until here a signal ends the process, which harms nothing; who finds this manager listening may send one any time.
    let signals = Signals::listen().inspect_err(|error| {
        tracing::error!(%error, "signals can't be listened for: they end this at once");
    });
    let listening = listen(places, &manager, kind, limits, clock.now()).await;
    if listening.is_err() {
        close_manager(&manager).await;
    }
    let (info, closing, serving) = listening?;
    failpoint::hit(failpoints::SERVE_LISTENING);
    // Who waited for this finds it now.
    drop(lock);
    tracing::info!(pid = info.pid, socket = %info.socket.display(), "the manager listens");
    Ok(Server {
        manager,
        report,
        info,
        closing,
        serving,
        signals: signals.ok(),
    })
}

type Listening = (Info, Closing, JoinHandle<()>);

/// Token, then socket, then the file that tells of both: in this order nobody comes too early.
async fn listen(
    places: &Places,
    manager: &Manager,
    kind: Kind,
    limits: Limits,
    now: mainstay_protocol::Timestamp,
) -> Result<Listening, ServeError> {
    let token = Token::new().map_err(|e| ServeError::file(&places.api_token(), e))?;
    token
        .write(places)
        .map_err(|e| ServeError::file(&places.api_token(), e))?;
    let socket = places.manager_socket()?;
    let info = Info {
        pid: std::process::id(),
        kind,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started: now,
        socket: socket.clone(),
        log_id: manager.log_id(),
    };
    let listener = Listener::bind(&socket).map_err(|source| ServeError::Bind {
        path: socket,
        source,
    })?;
    let (shared, subscription) = share(manager, &info, token, limits).await?;
    let json = serde_json::to_vec_pretty(&info).unwrap_or_default();
    let path = places.manager_info();
    write_private(&path, &json).map_err(|e| ServeError::file(&path, e))?;
    let closing = shared.closing.clone();
    tokio::spawn(pump(shared.clone(), subscription));
    let (limit, until) = (limits.connections, closing.clone());
    let serving = tokio::spawn(connections::serve(listener, router(shared), limit, until));
    Ok((info, closing, serving))
}

async fn share(
    manager: &Manager,
    info: &Info,
    token: Token,
    limits: Limits,
) -> Result<(Shared, mainstay_manager::Subscription), ServeError> {
    let asked = manager.clone();
    let newest = takeover::blocking(move || asked.last_seq()).await?;
    let newest = newest.map_err(ServeError::Manager)?;
    let shared = Shared::new(State {
        manager: manager.clone(),
        info: info.clone(),
        token,
        closing: Closing::new(),
        feed: Feed::after(newest),
        calls: Arc::new(Semaphore::new(MAX_CALLS)),
        inputs: Arc::new(Semaphore::new(MAX_INPUTS)),
        streams: Arc::new(Semaphore::new(limits.streams)),
    });
    Ok((shared, manager.subscribe(newest)))
}

impl Server {
    /// The manager, for the program that holds it.
    #[must_use]
    pub fn manager(&self) -> &Manager {
        &self.manager
    }

    /// What was found when the manager was opened.
    #[must_use]
    pub fn report(&self) -> &OpenReport {
        &self.report
    }

    /// Who this is and where it listens.
    #[must_use]
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// A handle that ends this.
    #[must_use]
    pub fn closer(&self) -> Closer {
        Closer(self.closing.clone())
    }

    /// Serves until a signal, a request to make room, or [`Closer::close`]; then lets what is under way end, for at most
    /// 10 s, and closes the manager. Sessions go on. A second signal waits for nobody.
    pub async fn run(mut self) -> Ended {
        tokio::select! {
            _ = self.closing.begun() => {}
            () = next(&mut self.signals) => self.closing.begin(Ended::Signal),
        }
        let why = self.closing.begun().await;
        tracing::info!(?why, "the manager closes");
        tokio::select! {
            _ = &mut self.serving => {}
            () = next(&mut self.signals) => self.serving.abort(),
        }
        failpoint::hit(failpoints::SERVE_CLOSING);
        // While the lock is held: these are still ours.
        let places = self.manager.places();
        for path in [places.manager_info(), places.api_token()] {
            std::fs::remove_file(path).ok();
        }
        close_manager(&self.manager).await;
        why
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Where it was never run, nobody serves for a manager that nobody has.
        self.closing.begin(Ended::Closed);
    }
}

async fn next(signals: &mut Option<Signals>) {
    match signals {
        Some(signals) => signals.next().await,
        None => std::future::pending().await,
    }
}

async fn close_manager(manager: &Manager) {
    let manager = manager.clone();
    takeover::blocking(move || manager.close()).await.ok();
}

/// Who said last that it holds the manager of these places. It may be gone: only a connection shows whether it runs.
#[must_use]
pub fn last_known(places: &Places) -> Option<Info> {
    let json = std::fs::read(places.manager_info()).ok()?;
    serde_json::from_slice(&json).ok()
}
