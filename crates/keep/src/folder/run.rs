//! The folder of one run.
//!
//! ```text
//! runs/<run id>/spec.json        RunSpec without secrets
//! runs/<run id>/host.json        HostRecord
//! runs/<run id>/journal          see `crate::journal`
//! runs/<run id>/outcome.json     Outcome, written before anyone is told
//! ```

use std::path::{Path, PathBuf};

use mainstay_protocol::RunId;
use mainstay_protocol::outcome::Outcome;
use mainstay_protocol::spec::RunSpec;

use super::record::{HostRecord, read_json, write_json};
use crate::error::KeepError;

/// The folder of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFolder {
    path: PathBuf,
    run: RunId,
}

impl RunFolder {
    pub(super) fn new(path: PathBuf, run: RunId) -> Self {
        Self { path, run }
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The run.
    #[must_use]
    pub fn run(&self) -> &RunId {
        &self.run
    }

    /// Where its journal is.
    #[must_use]
    pub fn journal_path(&self) -> PathBuf {
        self.path.join("journal")
    }

    /// What was to be run, without secrets; nothing if it isn't there.
    ///
    /// # Errors
    /// If the file can't be read or understood.
    pub fn spec(&self) -> Result<Option<RunSpec>, KeepError> {
        read_json(&self.path.join("spec.json"))
    }

    pub(crate) fn write_spec(&self, spec: &RunSpec) -> Result<(), KeepError> {
        write_json(&self.path.join("spec.json"), &spec.without_secrets())
    }

    /// How to reach the run's host, if one was there.
    ///
    /// # Errors
    /// If the file can't be read or understood.
    pub fn host(&self) -> Result<Option<HostRecord>, KeepError> {
        read_json(&self.path.join("host.json"))
    }

    /// Writes how to reach the run's host.
    ///
    /// # Errors
    /// If the file can't be written.
    pub fn write_host(&self, host: &HostRecord) -> Result<(), KeepError> {
        write_json(&self.path.join("host.json"), host)
    }

    /// How the run ended; nothing before its end.
    ///
    /// # Errors
    /// If the file can't be read or understood.
    pub fn outcome(&self) -> Result<Option<Outcome>, KeepError> {
        read_json(&self.path.join("outcome.json"))
    }

    pub(crate) fn write_outcome(&self, outcome: &Outcome) -> Result<(), KeepError> {
        write_json(&self.path.join("outcome.json"), outcome)
    }
}
