//! Ways to cut a process loose on Unix.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

/// The ways to try, best first.
pub(super) fn ways(program: &Path) -> Vec<Command> {
    let mut ways = Vec::new();
    #[cfg(target_os = "linux")]
    ways.extend(super::scope::in_scope(program));
    let mut plain = Command::new(program);
    plain.arg("run").current_dir("/");
    ways.push(plain);
    for way in &mut ways {
        in_own_session(way);
    }
    ways
}

#[expect(
    unsafe_code,
    reason = "there is no other way to act between fork and exec"
)]
fn in_own_session(command: &mut Command) {
    // SAFETY: one system call, no allocation; it may run between fork and exec.
    unsafe {
        command.pre_exec(|| {
            rustix::process::setsid()?;
            Ok(())
        });
    }
}
