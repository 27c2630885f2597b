//! The folder the session is in, so that its next run can begin there.
//!
//! Two know of it: the system, which is asked where the program is ([`cwd`]), and the program itself, if its shell is set up
//! to (`OSC 7`). What was new last counts; where both are new at once it is what the program says, for it knows the name by
//! which the person came there.
//!
//! The system is asked right before a line is typed in, since that may be the one that ends the program; in the first bursts
//! of output after it, for the command may have gone elsewhere; now and then while there is output; and before a stop. What
//! is found is kept in the run's folder, where it outlasts the host, and then told to those who follow the run; of a private
//! run it is told only.

use std::time::Duration;

use mainstay_protocol::text::cleaned;
use parking_lot::Mutex;

use super::host::Host;
use super::timers::Timer;
use crate::cwd;

/// Bursts of output after a typed line in which the system is asked: echo, output of a quick command, prompt.
const BURSTS: u8 = 16;
/// Time from such a burst until the system is asked once more.
const AFTER_BURST: Duration = Duration::from_millis(200);
/// Longest path that is told, as on Linux.
const PATH: usize = 4096;

/// Where the session is.
#[derive(Debug)]
pub(super) struct Folder {
    facts: Mutex<Facts>,
    /// Locked while it is written down, by one after the other.
    keeping: Mutex<()>,
}

/// What is known.
#[derive(Debug)]
struct Facts {
    /// The program, as long as it lives.
    pid: Option<u32>,
    /// The folder that counts.
    now: String,
    /// The one that is written down and told.
    told: String,
    /// The folder the run began in, as it was named and as the system names it.
    first: (String, String),
    /// What the system said last.
    seen: String,
    /// What the program said last, and whether that was after the system was asked.
    heard: Option<String>,
    heard_since: bool,
    /// Bursts of output that are still looked at.
    bursts: u8,
}

impl Folder {
    /// A program begins in this folder.
    pub(super) fn new(pid: u32, named: &str) -> Self {
        let real = std::fs::canonicalize(named).ok();
        let real = real.and_then(|real| real.into_os_string().into_string().ok());
        let real = real.unwrap_or_else(|| named.to_owned());
        Self {
            facts: Mutex::new(Facts {
                pid: Some(pid),
                now: named.to_owned(),
                told: named.to_owned(),
                first: (named.to_owned(), real.clone()),
                seen: real,
                heard: None,
                heard_since: false,
                bursts: 0,
            }),
            keeping: Mutex::default(),
        }
    }

    /// The folder that is told.
    pub(super) fn told(&self) -> String {
        self.facts.lock().told.clone()
    }

    /// The program is gone: its id may be another's.
    pub(super) fn program_ended(&self) {
        self.facts.lock().pid = None;
    }
}

impl Facts {
    /// The system says where the program is.
    fn sees(&mut self, folder: &str) {
        let heard_since = std::mem::take(&mut self.heard_since);
        if self.seen == folder || cleaned(folder, PATH) != folder {
            return;
        }
        folder.clone_into(&mut self.seen);
        let (named, real) = &self.first;
        if !heard_since {
            let folder = if folder == real { named } else { folder };
            folder.clone_into(&mut self.now);
        }
    }

    /// The program says where it is, perhaps the same as before.
    fn hears(&mut self, folder: &str) {
        if self.heard.as_deref() != Some(folder) {
            self.heard = Some(folder.to_owned());
            self.heard_since = true;
            folder.clone_into(&mut self.now);
        }
    }
}

/// Whether what is typed may end a line of input, or the input.
fn ends_line(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .any(|byte| matches!(byte, b'\r' | b'\n' | 0x04))
}

impl Host {
    /// Asks the system where the program is. Cheap, and never waits.
    pub(super) fn look_for_folder(&self) {
        let mut facts = self.folder.facts.lock();
        if let Some(seen) = facts.pid.and_then(cwd::of) {
            facts.sees(&seen);
        }
    }

    /// This is about to be typed in.
    pub(super) fn look_before_line(&self, bytes: &[u8]) {
        if ends_line(bytes) {
            self.look_for_folder();
            self.folder.facts.lock().bursts = BURSTS;
        }
    }

    /// A burst of output is over, and the program said this of its folder.
    pub(super) fn look_after_burst(&self, says: Option<&str>) {
        let mut facts = self.folder.facts.lock();
        if let Some(folder) = says {
            facts.hears(folder);
        }
        let looks = facts.bursts > 0;
        facts.bursts = facts.bursts.saturating_sub(1);
        drop(facts);
        if looks {
            self.look_for_folder();
            self.timers.set_unless_set(Timer::Folder, AFTER_BURST);
        }
    }

    /// Asks the system, and keeps and tells what is known.
    pub(super) fn note_folder(&self) {
        self.look_for_folder();
        self.keep_folder();
    }

    /// Writes down where the session is, if it moved, and tells it.
    pub(super) fn keep_folder(&self) {
        let _keeping = self.folder.keeping.lock();
        let now = {
            let facts = self.folder.facts.lock();
            if facts.told == facts.now {
                return;
            }
            facts.now.clone()
        };
        if !self.spec.private
            && let Err(error) = self.run.write_cwd(&now)
        {
            tracing::warn!(%error, "where the session is can't be written down");
            return;
        }
        self.folder.facts.lock().told = now;
        self.hub.moved();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        let named = "/home/me/link".to_owned();
        let real = "/data/real".to_owned();
        Facts {
            pid: None,
            now: named.clone(),
            told: named.clone(),
            first: (named, real.clone()),
            seen: real,
            heard: None,
            heard_since: false,
            bursts: 0,
        }
    }

    #[test]
    fn a_shell_that_says_nothing_is_followed() {
        let mut facts = facts();
        facts.sees("/data/real");
        assert_eq!(facts.now, "/home/me/link", "where it began");
        facts.sees("/var/log");
        assert_eq!(facts.now, "/var/log");
        facts.sees("/a\u{1b}b");
        assert_eq!(facts.now, "/var/log", "the other is no name for people");
        facts.sees("/data/real");
        assert_eq!(facts.now, "/home/me/link", "by the name it had");
    }

    #[test]
    fn what_was_new_last_counts() {
        let mut facts = facts();
        // A prompt that says it.
        facts.hears("/srv/by-link");
        facts.sees("/srv/real");
        assert_eq!(facts.now, "/srv/by-link", "the program knows the name");
        facts.hears("/srv/by-link");
        // A shell that says nothing, in place of the one that did.
        facts.sees("/var");
        facts.hears("/srv/by-link");
        assert_eq!(facts.now, "/var");
        // The system is asked before the prompt comes.
        facts.sees("/srv/real/deep");
        facts.hears("/srv/by-link/deep");
        assert_eq!(facts.now, "/srv/by-link/deep");
    }

    #[test]
    fn lines_end_in_three_ways() {
        assert!(ends_line(b"ls\r") && ends_line(b"a\nb") && ends_line(b"\x04"));
        assert!(!ends_line(b"ls -l") && !ends_line(b""));
    }
}
