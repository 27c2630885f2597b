//! Ways to cut a process loose on Windows.

use std::os::windows::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use windows_sys::Win32::System::Threading::{
    CREATE_BREAKAWAY_FROM_JOB, CREATE_NEW_PROCESS_GROUP, DETACHED_PROCESS,
};

/// The ways to try, best first: out of the job of whoever asked, which would end it with itself, where that job allows it.
pub(super) fn ways(program: &Path) -> Vec<Command> {
    let detached = DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP;
    [detached | CREATE_BREAKAWAY_FROM_JOB, detached]
        .into_iter()
        .map(|flags| {
            let mut command = Command::new(program);
            command.arg("run").creation_flags(flags);
            if let Some(folder) = program.parent() {
                command.current_dir(folder);
            }
            command
        })
        .collect()
}
