//! How a run is kept.

use std::time::Duration;

use mainstay_history::Floor;
use mainstay_protocol::spec::RunSpec;

/// How a run is kept.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// How the model is set up; the number of the first line is the keeper's to say.
    pub terminal: mainstay_terminal::Options,
    /// What the history may cost.
    pub history: mainstay_history::Settings,
}

impl Settings {
    /// What the specification of a run wants, all else as usual.
    #[must_use]
    pub fn of(spec: &RunSpec) -> Self {
        let wanted = &spec.retention;
        let mut settings = Self::default();
        settings.history.retention = mainstay_history::Retention {
            max_bytes: wanted.max_bytes,
            max_age: wanted.max_age_s.map(Duration::from_secs),
            min_free: Floor {
                percent: wanted.min_free_percent,
                bytes: wanted.min_free_bytes,
            },
        };
        settings
    }
}
