//! The folder of one run.
//!
//! ```text
//! runs/<run id>/spec.json        RunSpec without secrets
//! runs/<run id>/host.json        HostRecord
//! runs/<run id>/journal          see `crate::journal`
//! runs/<run id>/outcome.json     Outcome, written before anyone is told
//! runs/<run id>/cwd              the folder the run was in last, if it left the one it began in
//! runs/<run id>/forgotten        the run was private, and nothing that it printed is left; empty
//! ```

use std::path::{Path, PathBuf};

use mainstay_protocol::RunId;
use mainstay_protocol::outcome::Outcome;
use mainstay_protocol::spec::RunSpec;

use super::record::{HostRecord, read, read_json, write_json};
use crate::atomic;
use crate::error::KeepError;

/// Says that nothing is left of a private run.
const FORGOTTEN: &str = "forgotten";

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

    /// The folder the run was in last, absolute; nothing if it stayed where it began, or that isn't known.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn cwd(&self) -> Result<Option<String>, KeepError> {
        let text = read(&self.cwd_path())?;
        // After a power loss it may be empty.
        let text = text.and_then(|text| String::from_utf8(text).ok());
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// Nothing that the run printed is left: it was private and has ended.
    #[must_use]
    pub fn is_forgotten(&self) -> bool {
        self.path.join(FORGOTTEN).exists()
    }

    pub(crate) fn mark_forgotten(&self) -> Result<(), KeepError> {
        let path = self.path.join(FORGOTTEN);
        atomic::write(&path, b"").map_err(|source| KeepError::io(&path, "written", source))
    }

    pub(crate) fn cwd_path(&self) -> PathBuf {
        self.path.join("cwd")
    }

    /// Writes the folder the run is in. Survives the end of the host, but maybe not a power loss: nobody waits for the disk
    /// for this.
    ///
    /// # Errors
    /// If the file can't be written.
    pub fn write_cwd(&self, folder: &str) -> Result<(), KeepError> {
        let path = self.cwd_path();
        atomic::write_unsynced(&path, folder.as_bytes())
            .map_err(|source| KeepError::io(&path, "written", source))
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
