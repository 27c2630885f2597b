//! The specification of a run.

use std::collections::BTreeMap;
use std::path::Path;

use mainstay_protocol::problem::Problem;
use mainstay_protocol::session::Settings;
use mainstay_protocol::size::Size;
use mainstay_protocol::spec::{Origin, RunSpec, TimeLimits};
use mainstay_protocol::{RunId, SessionId};

use super::{folder, program, vars};
use crate::defaults::Defaults;
use crate::environment::Person;
use crate::profile::{Profile, Resume};

/// A run that is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The session.
    pub session: &'a SessionId,
    /// The new run.
    pub run: &'a RunId,
    /// The session's settings, completed.
    pub settings: &'a Settings,
    /// Its profile.
    pub profile: &'a Profile,
    /// The settings of the program.
    pub defaults: &'a Defaults,
    /// Whose session it is.
    pub person: &'a Person,
    /// The environment that the person's programs run in, as it was found: variables of another place are left out here.
    pub base: &'a BTreeMap<String, String>,
    /// The folder where the session was last, as its program told it (`OSC 7`).
    pub last_dir: Option<&'a str>,
    /// Size of the terminal; nothing means that of the settings.
    pub size: Option<Size>,
    /// Who asks.
    pub origin: Origin,
    /// It goes on where an earlier run ended.
    pub resumed: bool,
}

/// What the host is told. Folder and program are there and can be used.
///
/// # Errors
/// [`BadCwd`](mainstay_protocol::Code::BadCwd) or [`BadProgram`](mainstay_protocol::Code::BadProgram) with the field.
pub fn spec(wanted: &Wanted<'_>) -> Result<RunSpec, Problem> {
    let settings = wanted.settings;
    let cwd = start_folder(wanted)?;
    let base = base(wanted, &cwd);
    let path = vars::value(&settings.env, "PATH").or_else(|| vars::value(&base, "PATH"));
    let mut command = command(wanted, &base).into_iter();
    let name = command.next().unwrap_or_default();
    program::find(
        &name,
        Path::new(&cwd),
        path.map(String::as_str).unwrap_or_default(),
    )?;
    Ok(RunSpec {
        session: wanted.session.clone(),
        run: wanted.run.clone(),
        name: settings.name.clone(),
        program: name,
        args: command.collect(),
        cwd,
        env: settings.env.clone(),
        secrets: base,
        size: wanted.size.unwrap_or(settings.size),
        ready: settings
            .ready
            .as_ref()
            .unwrap_or(&wanted.profile.ready)
            .clone(),
        limits: limits(wanted),
        origin: wanted.origin,
        resumed: wanted.resumed,
        retention: settings.retention.unwrap_or(wanted.defaults.retention),
        private: settings.private,
    })
}

fn start_folder(wanted: &Wanted<'_>) -> Result<String, Problem> {
    let goes_on = wanted.resumed && wanted.profile.resume == Resume::LastDir;
    let last = wanted.last_dir.filter(|_| goes_on);
    // A folder that is gone is no reason not to go on.
    if let Some(last) = last.filter(|last| folder::check(last).is_ok()) {
        return Ok(last.to_owned());
    }
    folder::check(&wanted.settings.cwd)?;
    Ok(wanted.settings.cwd.clone())
}

/// The person's environment. It isn't written down, and what the session's settings say goes before it: the host lets
/// these win, so nothing of the settings may be in them.
fn base(wanted: &Wanted<'_>, cwd: &str) -> BTreeMap<String, String> {
    let mut base = vars::cleaned(wanted.base);
    vars::add_usual(&mut base, wanted.person);
    // Keeps the name by which the person knows a folder that is reached by a symbolic link.
    #[cfg(unix)]
    base.insert("PWD".to_owned(), cwd.to_owned());
    #[cfg(not(unix))]
    let _ = cwd;
    base.retain(|name, _| vars::value(&wanted.settings.env, name).is_none());
    base
}

fn command(wanted: &Wanted<'_>, base: &BTreeMap<String, String>) -> Vec<String> {
    let Wanted {
        settings,
        profile,
        defaults,
        ..
    } = wanted;
    let given = [&settings.command, &profile.command, &defaults.shell];
    match given.into_iter().find(|command| !command.is_empty()) {
        Some(command) => command.clone(),
        None => vec![login_shell(wanted, base)],
    }
}

/// The shell that the environment names, if it is there; else the one the system knows.
fn login_shell(wanted: &Wanted<'_>, base: &BTreeMap<String, String>) -> String {
    let variable = if cfg!(unix) { "SHELL" } else { "COMSPEC" };
    let named = vars::value(&wanted.settings.env, variable)
        .or_else(|| vars::value(base, variable))
        .filter(|shell| Path::new(shell).is_absolute() && program::is_executable(Path::new(shell)));
    named.unwrap_or(&wanted.person.shell).clone()
}

fn limits(wanted: &Wanted<'_>) -> TimeLimits {
    let defaults = wanted.defaults;
    let timeouts = wanted.settings.timeouts.or(wanted.profile.timeouts);
    let limit = |own: Option<u64>, usual: u64| Some(own.unwrap_or(usual)).filter(|&ms| ms > 0);
    TimeLimits {
        start_ms: limit(timeouts.start_ms, defaults.start_timeout_ms),
        run_ms: limit(timeouts.run_ms, defaults.run_timeout_ms),
        grace_ms: timeouts.grace_ms.unwrap_or(defaults.grace_ms),
    }
}
