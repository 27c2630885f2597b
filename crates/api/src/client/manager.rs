//! The manager itself, and what holds for all sessions. The errors of all of these are those of
//! [`ClientError`](super::ClientError).

use hyper::Method;
use mainstay_keep::Places;
use mainstay_manager::{Defaults, Health, Profile};
use serde_json::{Map, Value};

use super::call::Call;
use super::{Client, Result};
use crate::wire::{self, Info, Kind};

impl Client {
    /// The places whose manager this asks.
    #[must_use]
    pub fn places(&self) -> &Places {
        &self.0.places
    }

    /// The manager that runs now.
    ///
    /// # Errors
    /// See the module.
    pub async fn version(&self) -> Result<Info> {
        self.json(Call::get("/v1/version")).await
    }

    /// How it is.
    ///
    /// # Errors
    /// See the module.
    pub async fn health(&self) -> Result<Health> {
        self.json(Call::get("/v1/health")).await
    }

    /// Asks it to close, so that another one can take its place. Returns when it was asked.
    ///
    /// # Errors
    /// See the module.
    pub async fn yield_to(&self, whom: Kind) -> Result<Info> {
        self.ask_to_yield(whom).await
    }

    /// The session that the person looks at.
    ///
    /// # Errors
    /// See the module.
    pub async fn foreground(&self) -> Result<Option<String>> {
        let found: wire::Foreground = self.json(Call::get("/v1/foreground")).await?;
        Ok(found.session)
    }

    /// Shows the person a session.
    ///
    /// # Errors
    /// See the module; the problem `no_window` where no window is open.
    pub async fn set_foreground(&self, session: &str) -> Result<()> {
        let wanted = wire::Foreground {
            session: Some(session.to_owned()),
        };
        self.done(Call::new(Method::PUT, "/v1/foreground").with(&wanted)?)
            .await
    }

    /// The profiles there are.
    ///
    /// # Errors
    /// See the module.
    pub async fn profiles(&self) -> Result<Vec<Profile>> {
        let found: wire::Profiles<Profile> = self.json(Call::get("/v1/profiles")).await?;
        Ok(found.profiles)
    }

    /// The settings of the whole program.
    ///
    /// # Errors
    /// See the module.
    pub async fn settings(&self) -> Result<Defaults> {
        self.json(Call::get("/v1/settings")).await
    }

    /// Changes some of them; null takes one away.
    ///
    /// # Errors
    /// See the module.
    pub async fn change_settings(&self, patch: &Map<String, Value>) -> Result<Defaults> {
        self.json(Call::new(Method::PATCH, "/v1/settings").with(patch)?)
            .await
    }

    /// Reads the person's login-shell environment again; gives what is to be said of it.
    ///
    /// # Errors
    /// See the module.
    pub async fn refresh_environment(&self) -> Result<Vec<String>> {
        let told: wire::Notes = self.json(Call::post("/v1/environment/refresh")).await?;
        Ok(told.notes)
    }
}
