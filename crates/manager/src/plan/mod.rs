//! From what a person asked for to what a host is told.
//!
//! [`complete`] is done once, when a session is made: it settles what depends on that moment and checks every field.
//! [`spec()`] is done before every run: folders, programs and profiles may have changed. What a session doesn't say its
//! profile says, and where that is silent the [`Defaults`] do.

pub(crate) mod check;
mod folder;
mod program;
mod spec;
pub(crate) mod vars;

use mainstay_protocol::problem::{Code, Problem};
use mainstay_protocol::session::Settings;

use crate::defaults::Defaults;
use crate::environment::Person;
use crate::lifecycle::Rules;
use crate::profile::{COMMAND, Profile, Profiles};

pub(crate) use program::is_executable;
pub use spec::{Wanted, spec};

/// Settles and checks the settings of a new session: its profile gets its name, an empty folder becomes the person's home,
/// and the clean-up that holds for all new sessions becomes its own, so that it can be taken away again.
///
/// # Errors
/// The first field that is wrong, with its name. Whether folder and program are there is for [`spec()`] to say.
pub fn complete(
    settings: &mut Settings,
    profiles: &Profiles,
    defaults: &Defaults,
    person: &Person,
) -> Result<(), Problem> {
    let profile = profiles.choose(settings)?;
    if profile.name == COMMAND && settings.command.is_empty() && profile.command.is_empty() {
        let detail =
            "this profile runs a command and none is given; give one, or use the profile `shell`";
        return Err(Problem::new(Code::Invalid, detail).at("command"));
    }
    settings.profile.clone_from(&profile.name);
    settings.name = settings.name.take().filter(|name| !name.trim().is_empty());
    if settings.cwd.is_empty() {
        settings.cwd.clone_from(&person.home);
    }
    settings.clean_up = settings.clean_up.or(defaults.clean_up);
    check(settings)
}

/// Checks every field of a session's settings for itself.
///
/// # Errors
/// The first that is wrong, with its name.
pub fn check(settings: &Settings) -> Result<(), Problem> {
    if let Some(name) = &settings.name {
        check::words("name", name)?;
    }
    check::command(&settings.command)?;
    folder::check_path(&settings.cwd)?;
    check::env(&settings.env)?;
    check::timeouts(&settings.timeouts)?;
    settings.ready.as_ref().map_or(Ok(()), check::ready)?;
    settings.success.as_ref().map_or(Ok(()), check::success)?;
    settings.retry.as_ref().map_or(Ok(()), check::retry)?;
    settings.clean_up.as_ref().map_or(Ok(()), check::clean_up)?;
    let retention = settings.retention.as_ref();
    retention.map_or(Ok(()), check::retention)?;
    Ok(())
}

/// What a session's life goes by.
#[must_use]
pub fn rules(settings: &Settings, profile: &Profile, defaults: &Defaults) -> Rules {
    let success = settings.success.as_ref().unwrap_or(&profile.success);
    Rules {
        success: success.clone(),
        retry: settings.retry.or(profile.retry).or(Some(defaults.retry)),
        private: settings.private,
        clean_up: settings.clean_up,
    }
}
