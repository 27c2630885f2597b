//! The environment of a run.

use std::collections::BTreeMap;

use super::check::is_variable;
use crate::environment::Person;

/// Where programs are searched if nobody says.
#[cfg(unix)]
const PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

/// Variables that describe where a process was started and not what its person wants: another terminal, another
/// multiplexer, another shell's place, the service that we may be.
const OF_ANOTHER_PLACE: &[&str] = &[
    // The host describes its own terminal.
    "TERM",
    "COLORTERM",
    "TERMCAP",
    "TERMINFO",
    "TERM_PROGRAM",
    "TERM_PROGRAM_VERSION",
    "TERM_SESSION_ID",
    "TERMINAL_EMULATOR",
    "LC_TERMINAL",
    "LC_TERMINAL_VERSION",
    "COLUMNS",
    "LINES",
    "VTE_VERSION",
    "WINDOWID",
    "WINDOW",
    "TMUX",
    "TMUX_PANE",
    "STY",
    "ZELLIJ",
    "INSIDE_EMACS",
    "WT_SESSION",
    "WT_PROFILE_ID",
    "ConEmuANSI",
    // Shells set these themselves.
    "_",
    "OLDPWD",
    "PWD",
    "SHLVL",
    // systemd's, for the service alone (systemd.exec(5), sd_notify(3)).
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "NOTIFY_SOCKET",
    "LISTEN_FDS",
    "LISTEN_FDNAMES",
    "LISTEN_PID",
    "MAINPID",
    "MANAGERPID",
    "SYSTEMD_EXEC_PID",
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
];

/// The same by how they begin.
const FAMILIES: &[&str] = &[
    "MAINSTAY_",
    "KITTY_",
    "ALACRITTY_",
    "WEZTERM_",
    "ITERM_",
    "KONSOLE_",
    "GNOME_TERMINAL_",
    "GHOSTTY_",
    "ZELLIJ_",
    "VSCODE_",
];

/// Whether both names are the same variable: Windows doesn't tell upper from lower case.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    one == other || (cfg!(windows) && one.eq_ignore_ascii_case(other))
}

/// The value of a variable.
pub(crate) fn value<'a>(env: &'a BTreeMap<String, String>, name: &str) -> Option<&'a String> {
    let mut found = env.iter().filter(|(there, _)| is_same(there, name));
    found.next().map(|(_, value)| value)
}

/// What of an environment is the person's.
pub(crate) fn cleaned(env: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    env.iter()
        .filter(|(name, value)| {
            is_variable(name, value)
                && !OF_ANOTHER_PLACE.contains(&name.as_str())
                && !FAMILIES.iter().any(|start| name.starts_with(start))
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Adds what every program may count on where it is missing or empty.
pub(crate) fn add_usual(env: &mut BTreeMap<String, String>, person: &Person) {
    for (name, value) in usual(person) {
        let there = env.entry(name.to_owned()).or_default();
        if there.is_empty() {
            value.clone_into(there);
        }
    }
}

#[cfg(unix)]
fn usual(person: &Person) -> impl Iterator<Item = (&'static str, &str)> {
    [
        ("HOME", person.home.as_str()),
        ("USER", &person.user),
        ("LOGNAME", &person.user),
        ("SHELL", &person.shell),
        ("PATH", PATH),
    ]
    .into_iter()
}

#[cfg(not(unix))]
fn usual(person: &Person) -> impl Iterator<Item = (&'static str, &str)> {
    [
        ("USERPROFILE", person.home.as_str()),
        ("USERNAME", &person.user),
    ]
    .into_iter()
}
