//! Refusing a run that never began.

use mainstay_protocol::RunId;
use mainstay_protocol::outcome::Outcome;

use super::{SessionFolder, lock_for_recovery};
use crate::atomic;
use crate::error::KeepError;
use crate::places::make_folder;

impl SessionFolder {
    /// Makes sure that a run never begins: gives it a folder that says how it ended. A host that still comes for it finds
    /// the folder and gives up. False if the run has a folder already: it began, or was refused before.
    ///
    /// # Errors
    /// [`KeepError::Busy`] if a host holds the session; otherwise if something can't be written.
    pub fn refuse(&self, run: &RunId, outcome: &Outcome) -> Result<bool, KeepError> {
        let _lock = lock_for_recovery(self)?;
        let folder = self.run(run);
        if folder.path().exists() {
            return Ok(false);
        }
        make_folder(folder.path())?;
        folder.write_outcome(outcome)?;
        let runs = self.runs_dir();
        atomic::sync_folder(&runs).map_err(|error| KeepError::io(&runs, "synced", error))?;
        Ok(true)
    }
}
