//! Running the host program's `start`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use mainstay_protocol::frame::{ErrorCode, Failure};
use mainstay_protocol::spec::RunSpec;

use super::{Installed, LaunchError, Report, Started};

/// Longest line that `start` may print.
const MAX_REPORT: u64 = 64 * 1024;

/// Starts a run and waits until its host listens, or says why not.
///
/// The host process inherits our environment; `data_dir` puts everything it keeps below one folder instead of where that
/// environment says. The program inside gets only what the spec says. `start` itself gives up after 30 s.
///
/// # Errors
/// [`LaunchError::Failed`] with the host's own words, or what kept it from running at all.
pub fn start(
    installed: &Installed,
    spec: &RunSpec,
    data_dir: Option<&Path>,
) -> Result<Started, LaunchError> {
    let path = installed.program();
    let run_error = |source| LaunchError::Run {
        path: path.to_owned(),
        source,
    };
    let json = serde_json::to_vec(spec).map_err(|error| {
        LaunchError::Failed(Failure {
            code: ErrorCode::Invalid,
            message: format!("the spec can't be written as JSON: {error}"),
        })
    })?;
    // The folder it starts in must not keep a disk busy for weeks; the host changes it again for itself.
    let mut child = Command::new(path)
        .arg("start")
        .envs(data_dir.map(|folder| ("MAINSTAY_DATA_DIR", folder)))
        .current_dir(path.parent().unwrap_or(path))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(run_error)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A host that ends early says why on its standard output.
        stdin.write_all(&json).ok();
    }
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        let mut stdout = BufReader::new(stdout.take(MAX_REPORT));
        stdout.read_line(&mut line).map_err(run_error)?;
    }
    let status = child.wait().map_err(run_error)?;
    match serde_json::from_str(&line) {
        Ok(Report::Ok(started)) => Ok(started),
        Ok(Report::Error(failure)) => Err(LaunchError::Failed(failure)),
        Err(_) => Err(LaunchError::Mute {
            path: path.to_owned(),
            status: status.to_string(),
        }),
    }
}
