//! Profiles and the settings of the whole program, as they were last read.

use std::sync::Arc;

use mainstay_protocol::session::Settings;

use crate::Engine;
use crate::defaults::Defaults;
use crate::lifecycle::Rules;
use crate::plan;
use crate::profile::Profiles;

/// What decides about sessions beside their own settings.
#[derive(Debug)]
pub(crate) struct Rulebook {
    pub(crate) profiles: Profiles,
    pub(crate) defaults: Defaults,
}

impl Rulebook {
    /// What a session's life goes by.
    pub(crate) fn rules(&self, settings: &Settings) -> Rules {
        plan::rules(settings, self.profiles.of(settings), &self.defaults)
    }

    /// What stands for a session that has nothing else to show.
    pub(crate) fn fallback(&self, settings: &Settings) -> String {
        self.profiles.of(settings).title.clone()
    }
}

impl Engine {
    /// The rules as they were last read.
    pub(crate) fn rulebook(&self) -> Arc<Rulebook> {
        let kept = self.rulebook.lock().clone();
        kept.unwrap_or_else(|| self.read_rulebook())
    }

    /// The rules as they are now. A store that can't be read leaves the settings as they were.
    pub(crate) fn read_rulebook(&self) -> Arc<Rulebook> {
        let profiles = Profiles::load(&self.places.data.join("profiles"));
        self.note_troubles("profile", profiles.troubles().iter());
        let before = self.rulebook.lock().clone();
        let defaults = match self.read(|read| read.settings()) {
            Ok(settings) => {
                let (defaults, notes) = Defaults::read(&settings);
                self.note_troubles("settings", notes.iter());
                defaults
            }
            Err(_) => before.map_or_else(Defaults::default, |book| book.defaults.clone()),
        };
        let book = Arc::new(Rulebook { profiles, defaults });
        *self.rulebook.lock() = Some(Arc::clone(&book));
        book
    }
}
