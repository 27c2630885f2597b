//! What a manager is given at its edge.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use mainstay_keep::Places;
use mainstay_seams::Clock;

use crate::environment::{Source, source_of_system};

/// What a manager is given: where it works, the time, the environment.
#[derive(Debug)]
pub struct Config {
    /// Where everything is.
    pub places: Places,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The host program, as [`mainstay_link::launch::beside`] finds it; a private copy of it is run.
    pub host_program: PathBuf,
    /// The manager's own environment.
    pub env: BTreeMap<String, String>,
    /// Where the environment of sessions comes from.
    pub login_env: Box<dyn Source>,
    /// Where `MAINSTAY_DATA_DIR` puts everything: hosts are told the same.
    pub data_dir_override: Option<PathBuf>,
}

impl Config {
    /// The usual: sessions get the environment of the person's login shell.
    #[must_use]
    pub fn new(
        places: Places,
        clock: Arc<dyn Clock>,
        host_program: PathBuf,
        env: BTreeMap<String, String>,
    ) -> Self {
        let login_env = source_of_system(env.clone(), Arc::clone(&clock));
        let data_dir = env.get("MAINSTAY_DATA_DIR").filter(|dir| !dir.is_empty());
        Self {
            data_dir_override: data_dir.map(PathBuf::from),
            places,
            clock,
            host_program,
            env,
            login_env,
        }
    }
}
