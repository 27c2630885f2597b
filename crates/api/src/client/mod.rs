//! Asking the manager.
//!
//! * [`Client`]: finds the manager, or starts one ([`Client::ensure`]), and asks it; one file per domain of the API.
//! * [`EventStream`]: the event log as it grows, through a change of managers.
//!
//! Each request has a connection of its own: on a local socket that costs little, and none breaks because it lay idle. A
//! manager that is closing refuses requests without doing anything; then the next one is asked.

mod call;
mod error;
mod events;
mod exchange;
mod manager;
mod sessions;
mod sse;
mod start;

use std::sync::Arc;
use std::time::Duration;

use mainstay_keep::Places;
use tokio::time::timeout;

pub use error::ClientError;
pub use events::{EventFilter, EventStream};
pub use start::Starter;

use crate::lock::{self, LockError, Share};
use crate::serve::last_known;
use crate::wire::{Info, Kind, Yield};
use call::Call;

/// A manager that says nothing for so long is not asked any further.
const SILENCE: Duration = Duration::from_secs(20);
/// How long somebody who starts a manager is waited for.
const START: Duration = Duration::from_secs(60);
/// How many other managers are asked when one is closing.
const OTHERS: usize = 3;

/// Asks the manager of some places; clones are the same client.
#[derive(Debug, Clone)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    places: Places,
    starter: Option<Starter>,
    info: Info,
}

type Result<T> = std::result::Result<T, ClientError>;

impl Client {
    /// Finds the manager. Where somebody is just starting one, waits for it.
    ///
    /// # Errors
    /// [`ClientError::NotRunning`] if there is none; else what keeps it from being asked.
    pub async fn connect(places: &Places) -> Result<Self> {
        match Self::meet(places).await {
            Err(error) if error.is_absence() => {
                until_started(places).await?;
                Self::meet(places).await
            }
            met => met,
        }
    }

    /// Finds the manager, or starts one in the background.
    ///
    /// # Errors
    /// [`ClientError::NotStarted`] if none could be started; else what keeps it from being asked.
    pub async fn ensure(places: &Places, starter: Starter) -> Result<Self> {
        let info = match Self::meet(places).await {
            Ok(met) => met.0.info.clone(),
            Err(error) if error.is_absence() => start::ensure(places, &starter).await?,
            Err(error) => return Err(error),
        };
        Ok(Self::new(places, info, Some(starter)))
    }

    /// Finds the manager that runs at this moment, whatever is being started.
    pub(crate) async fn meet(places: &Places) -> Result<Self> {
        let call = Call::get("/v1/version");
        let asked = timeout(SILENCE, async {
            exchange::json(exchange::attempt(places, &call).await?).await
        });
        let info = asked.await.unwrap_or_else(|_| {
            Err(ClientError::Silent {
                pid: last_known(places).map(|info| info.pid),
                after: SILENCE,
            })
        })?;
        Ok(Self::new(places, info, None))
    }

    fn new(places: &Places, info: Info, starter: Option<Starter>) -> Self {
        Self(Arc::new(Inner {
            places: places.clone(),
            starter,
            info,
        }))
    }

    /// The manager that was met first. Another one may have taken over since: [`Client::version`].
    #[must_use]
    pub fn info(&self) -> &Info {
        &self.0.info
    }

    /// Asks this one manager and no other to make room.
    pub(crate) async fn ask_to_yield(&self, whom: Kind) -> Result<Info> {
        let call = Call::post("/v1/manager/yield").with(&Yield { whom })?;
        exchange::json(exchange::attempt(&self.0.places, &call).await?).await
    }

    /// Sends a request. Where the manager is closing or gone before it did anything, the next one is asked.
    async fn send(&self, call: &Call) -> Result<exchange::Answer> {
        for _ in 0..OTHERS {
            match exchange::attempt(&self.0.places, call).await {
                Err(error) if error.is_absence() || (call.only_looks() && error.is_broken()) => {
                    self.find_another().await?;
                }
                answered => return answered,
            }
        }
        exchange::attempt(&self.0.places, call).await
    }

    async fn find_another(&self) -> Result<()> {
        match &self.0.starter {
            Some(starter) => start::ensure(&self.0.places, starter).await.map(drop),
            None => until_started(&self.0.places).await,
        }
    }

    async fn json<T: serde::de::DeserializeOwned>(&self, call: Call) -> Result<T> {
        exchange::json(self.send(&call).await?).await
    }

    async fn done(&self, call: Call) -> Result<()> {
        exchange::whole(self.send(&call).await?).await.map(drop)
    }
}

/// Waits until nobody is starting a manager.
async fn until_started(places: &Places) -> Result<()> {
    let path = places.start_lock();
    if !path.exists() {
        return Ok(());
    }
    match lock::wait(&path, Share::Shared, START).await {
        Ok(nobody) => {
            drop(nobody);
            Ok(())
        }
        Err(late @ LockError::Late { .. }) => Err(ClientError::not_started(&late)),
        // Who can't use the lock can't start one either; whether one runs is another question.
        Err(LockError::Io { .. }) => Ok(()),
    }
}
