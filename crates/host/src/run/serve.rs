//! The process `mainstay-host run`.

use std::io::Write as _;
use std::sync::Arc;
use std::thread::Builder;

use mainstay_keep::Places;
use mainstay_link::launch::{Installed, Report};
use mainstay_protocol::frame::{ErrorCode, Failure};
use mainstay_protocol::journal::TimeoutKind;
use mainstay_protocol::spec::RunSpec;
use mainstay_seams::{Clock, failpoint};

use super::begin::{Begun, begin};
use super::host::Host;
use super::reading::TICK;
use super::timers::Timer;
use crate::{failpoints, peers, system};

/// Stack of the host's own threads. Address space only: pages count once they are used.
const STACK: usize = 512 * 1024;
/// Stack of the reading thread, where the model works.
const READING_STACK: usize = 2 * 1024 * 1024;

/// Begins a run, reports how that went on standard output as one line of JSON, closes the standard streams, and serves until
/// the run has ended and everybody was told. The result is the process's exit code.
pub fn run(spec: &RunSpec, places: &Places, clock: &Arc<dyn Clock>) -> u8 {
    system::spare_memory();
    // Its own copy stays as long as it runs.
    let _in_use = std::env::current_exe()
        .ok()
        .and_then(|exe| Installed::hold(&exe));
    let begun = match begin(spec, places, Arc::clone(clock)) {
        Ok(begun) => begun,
        Err(failure) => {
            report(&Report::Error(failure));
            return 1;
        }
    };
    let Begun {
        host,
        listener,
        syncer,
        started,
    } = begun;
    // Before the report, so that a peer that was told finds all at work; the listener queues those who are faster.
    let threads = [
        spawn("reading", READING_STACK, &host, |host| host.read_output()),
        spawn("input", STACK, &host, |host| host.input.serve(&host.pty)),
        spawn("reaper", STACK, &host, |host| host.reap()),
        spawn("sync", STACK, &host, {
            let clock = Arc::clone(clock);
            move |host| host.sync.serve(&clock, &syncer)
        }),
    ];
    let failed = threads.into_iter().find_map(Result::err);
    if let Some(error) = failed {
        host.tree.kill();
        listener.remove();
        report(&Report::Error(Failure {
            code: ErrorCode::System,
            message: format!("the host can't start its threads: {error}"),
        }));
        return 1;
    }
    report(&Report::Ok(started));
    system::close_standard_streams();
    failpoint::hit(failpoints::REPORTED);
    let socket = listener.path().to_owned();
    let listener = Arc::new(listener);
    let accepting = spawn("accept", STACK, &host, {
        let listener = Arc::clone(&listener);
        move |host| peers::serve(&host, &listener)
    });
    if let Err(error) = accepting {
        tracing::error!(%error, "no peer can be let in");
    }
    host.serve_timers();
    listener.remove();
    tracing::info!(socket = %socket.display(), "the host ends");
    failpoint::hit(failpoints::GONE);
    0
}

fn spawn(
    name: &str,
    stack: usize,
    host: &Arc<Host>,
    body: impl FnOnce(Arc<Host>) + Send + 'static,
) -> std::io::Result<()> {
    let host = Arc::clone(host);
    let builder = Builder::new().name(name.to_owned()).stack_size(stack);
    builder.spawn(move || body(host)).map(drop)
}

fn report(report: &Report) {
    let mut out = std::io::stdout().lock();
    // Nobody may be there to hear it; the run goes on all the same.
    if let Ok(json) = serde_json::to_string(report) {
        writeln!(out, "{json}").and_then(|()| out.flush()).ok();
    }
}

impl Host {
    /// Does what the clock says until the host may go.
    fn serve_timers(&self) {
        let mut kills = 0;
        let mut ticked = u64::MAX;
        while !self.may_go() {
            match self.timers.next() {
                None | Some(Timer::Linger) => {}
                Some(Timer::Start) => {
                    let limit = self.spec.limits.start_ms.unwrap_or(0);
                    self.time_is_up(TimeoutKind::Start, limit);
                }
                Some(Timer::Run) => {
                    let limit = self.spec.limits.run_ms.unwrap_or(0);
                    self.time_is_up(TimeoutKind::Run, limit);
                }
                Some(Timer::Kill) => self.kill_rest(&mut kills),
                Some(Timer::Screen) => self.tell_screen(&mut self.core.lock()),
                Some(Timer::Pattern) => self.match_pattern(),
                Some(Timer::Tick) => {
                    self.note_folder();
                    self.tick(&mut ticked);
                }
                Some(Timer::Folder) => self.note_folder(),
                Some(Timer::Courtesy) => self.be_courteous(),
            }
        }
    }

    /// Lets the keeper look after itself, until a whole while passed without output.
    fn tick(&self, ticked: &mut u64) {
        let mut core = self.core.lock();
        let core = &mut *core;
        if core.outcome.is_some() {
            return;
        }
        let result = core.keeper.tick(&mut core.effects);
        self.deliver(core);
        self.hub.was_active();
        let position = core.keeper.position();
        let quiet = *ticked == position && result.is_ok();
        *ticked = position;
        if let Err(error) = result {
            tracing::error!(%error, "the disk refuses something");
        }
        if quiet {
            system::return_memory();
        } else {
            self.timers.set_unless_set(Timer::Tick, TICK);
        }
        self.sync.ask();
    }
}
