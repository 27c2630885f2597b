//! `mainstay-host`: one process per run of a session. See the library's documentation.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use mainstay_host::{run, start, system};
use mainstay_keep::Places;
use mainstay_link::launch::Report;
use mainstay_protocol::frame::{ErrorCode, Failure};
use mainstay_seams::{Clock, SystemClock, failpoint};

const HELP: &str = "\
mainstay-host holds one run of a Mainstay session: its terminal, its processes, its history.

usage:
  mainstay-host start      reads a run's specification (JSON) from standard input, starts a host
                           for it in the background, and prints one line of JSON:
                           {\"ok\":{…}} or {\"error\":{\"code\":…,\"message\":…}}
  mainstay-host run        the same in the foreground; `start` calls it
  mainstay-host --version
  mainstay-host --help

environment:
  MAINSTAY_DATA_DIR        keeps everything below this folder
  MAINSTAY_LOG             error, warn, info, debug or trace: what the log in the run's folder tells

exit codes: 0 done, 1 the run could not be started, 2 wrong usage
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    match (args.next().as_deref(), args.next()) {
        (Some("start"), None) => start_command(),
        (Some("run"), None) => run_command(),
        (Some("--version" | "-V"), None) => {
            say(concat!("mainstay-host ", env!("CARGO_PKG_VERSION"), "\n"));
            ExitCode::SUCCESS
        }
        (Some("--help" | "-h" | "help"), None) => {
            say(HELP);
            ExitCode::SUCCESS
        }
        _ => {
            std::io::stderr().write_all(HELP.as_bytes()).ok();
            ExitCode::from(2)
        }
    }
}

fn start_command() -> ExitCode {
    let report = match start::read_spec(std::io::stdin().lock()) {
        Ok((_, json)) => start::start(&json),
        Err(failure) => Report::Error(failure),
    };
    tell(&report)
}

fn run_command() -> ExitCode {
    system::close_inherited();
    let armed = std::env::var(failpoint::ENV).unwrap_or_default();
    if let Err(error) = failpoint::arm_from(&armed) {
        return tell(&invalid(error.to_string()));
    }
    let (spec, _) = match start::read_spec(std::io::stdin().lock()) {
        Ok(read) => read,
        Err(failure) => return tell(&Report::Error(failure)),
    };
    failpoint::hit(mainstay_host::failpoints::SPEC_READ);
    let places = match Places::from_env(&|name| std::env::var_os(name)) {
        Ok(places) => places,
        Err(error) => return tell(&invalid(error.to_string())),
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    ExitCode::from(run::run(&spec, &places, &clock))
}

fn invalid(message: String) -> Report {
    Report::Error(Failure {
        code: ErrorCode::Invalid,
        message,
    })
}

fn tell(report: &Report) -> ExitCode {
    if let Ok(json) = serde_json::to_string(report) {
        say(&format!("{json}\n"));
    }
    match report {
        Report::Ok(_) => ExitCode::SUCCESS,
        Report::Error(_) => ExitCode::FAILURE,
    }
}

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody may be there to hear it.
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .ok();
}
