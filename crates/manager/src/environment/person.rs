//! Who the sessions belong to.

use std::collections::BTreeMap;
use std::path::Path;

use crate::plan::{is_executable, vars};

/// Who the sessions belong to, as far as their programs want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The login name.
    pub user: String,
    /// The home folder; absolute.
    pub home: String,
    /// The login shell: an executable file.
    pub shell: String,
}

/// What the system's list of users says; any of it may be missing.
#[derive(Debug, Default)]
struct Known {
    user: Option<String>,
    home: Option<String>,
    shell: Option<String>,
}

impl Person {
    /// The person whose environment this is; what it doesn't say, or says wrong, the system does.
    #[must_use]
    pub fn of(env: &BTreeMap<String, String>) -> Self {
        let known = system::known();
        let said = |name: &str| {
            let said = vars::value(env, name);
            said.filter(|value| !value.is_empty()).cloned()
        };
        let home = said(HOME).filter(|home| Path::new(home).is_absolute());
        let shells = [said(SHELL), known.shell];
        Self {
            user: said(USER)
                .or(known.user)
                .unwrap_or_else(|| "unknown".to_owned()),
            home: home.or(known.home).unwrap_or_else(|| ROOT.to_owned()),
            shell: shells
                .into_iter()
                .flatten()
                .find(|shell| is_shell(shell))
                .unwrap_or_else(|| LAST_RESORT.to_owned()),
        }
    }
}

fn is_shell(shell: &str) -> bool {
    // Accounts that may not log in have a shell that only says so.
    let refuses = ["nologin", "false"].iter().any(|end| shell.ends_with(end));
    let path = Path::new(shell);
    path.is_absolute() && !refuses && is_executable(path)
}

#[cfg(unix)]
const HOME: &str = "HOME";
#[cfg(unix)]
const USER: &str = "USER";
#[cfg(unix)]
const SHELL: &str = "SHELL";
#[cfg(unix)]
const ROOT: &str = "/";
#[cfg(unix)]
const LAST_RESORT: &str = "/bin/sh";

#[cfg(not(unix))]
const HOME: &str = "USERPROFILE";
#[cfg(not(unix))]
const USER: &str = "USERNAME";
#[cfg(not(unix))]
const SHELL: &str = "COMSPEC";
#[cfg(not(unix))]
const ROOT: &str = "C:\\";
#[cfg(not(unix))]
const LAST_RESORT: &str = "powershell.exe";

#[cfg(unix)]
mod system {
    //! The list of users.

    use std::ffi::CStr;
    use std::mem::MaybeUninit;
    use std::os::raw::c_char;

    use super::Known;

    /// Room for one entry's texts; more than any real one has.
    const ROOM: usize = 64 * 1024;

    #[expect(unsafe_code, reason = "the list of users can only be asked this way")]
    pub(super) fn known() -> Known {
        let user = rustix::process::getuid().as_raw();
        let mut entry = MaybeUninit::<libc::passwd>::uninit();
        let mut texts: Vec<c_char> = vec![0; ROOM];
        let mut found = std::ptr::null_mut();
        // SAFETY: entry and texts are ours, as long as said, and outlive what is read from them below.
        let failed = unsafe {
            libc::getpwuid_r(
                user,
                entry.as_mut_ptr(),
                texts.as_mut_ptr(),
                texts.len(),
                &raw mut found,
            )
        };
        if failed != 0 || found.is_null() {
            return Known::default();
        }
        // SAFETY: a result that isn't null points to the entry, which is filled then.
        let entry = unsafe { entry.assume_init() };
        Known {
            user: text(entry.pw_name),
            home: text(entry.pw_dir),
            shell: text(entry.pw_shell),
        }
    }

    #[expect(unsafe_code, reason = "the list of users can only be asked this way")]
    fn text(start: *const c_char) -> Option<String> {
        if start.is_null() {
            return None;
        }
        // SAFETY: the texts of an entry are in the caller's buffer and end with a zero byte.
        let text = unsafe { CStr::from_ptr(start) };
        let text = text.to_str().ok().filter(|text| !text.is_empty());
        text.map(str::to_owned)
    }
}

#[cfg(not(unix))]
mod system {
    //! No list of users is needed: the environment is always complete.

    use super::Known;

    pub(super) fn known() -> Known {
        Known::default()
    }
}
