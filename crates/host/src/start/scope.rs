//! A systemd scope for a host.
//!
//! logind may end all processes of a login session with it (`KillUserProcesses=`, logind.conf(5)), and a desktop's app may
//! be ended with all of its control group. A host in a scope of its own outlives both; whether it outlives the user's last
//! logout is up to `loginctl enable-linger`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// `systemd-run` around the host, where a user's systemd runs. In scope mode it makes the scope and then becomes the program
/// itself; if it fails it says nothing, and the next way is tried.
pub(super) fn in_scope(program: &Path) -> Option<Command> {
    let runtime = PathBuf::from(std::env::var_os("XDG_RUNTIME_DIR")?);
    // sd-bus talks to the user's manager here (systemd's own libraries do the same check).
    if !runtime.join("systemd/private").exists() {
        return None;
    }
    let systemd_run = ["/usr/bin/systemd-run", "/bin/systemd-run"]
        .into_iter()
        .find(|path| Path::new(path).exists())?;
    let mut command = Command::new(systemd_run);
    command
        .args(["--user", "--scope", "--quiet", "--collect"])
        .args(["--description", "Mainstay session host"])
        .args(["--property", "Delegate=yes"])
        .arg("--")
        .arg(program)
        .arg("run")
        .current_dir("/");
    Some(command)
}
