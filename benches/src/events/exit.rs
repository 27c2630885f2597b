//! From the end of a session's program to the subscriber's event, against the writes that must be durable before.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use mainstay_manager::{Manager, Subscription};
use mainstay_protocol::{EventKind, SessionEvent, SessionId};
use tokio::runtime::Builder;

use super::disk::{Disk, End};
use crate::ground::{Ground, ids, runs};
use crate::lab::{Lab, Result};
use crate::report::{Row, percentile};
use crate::stopwatch::machine_millis;

/// Longest wait for one event: only a lost one takes so long.
const LIMIT: Duration = Duration::from_secs(60);
/// The first ones don't count.
const WARMING: usize = 3;

/// What an end must have on disk before anybody may be told …
const LEAST: &str = "sync of the journal, outcome (file and folder), SQLite commit";
/// … and what the host writes before it tells.
const CHECKPOINT: &str = "the last checkpoint (file, log and folder)";

/// An event, and when the subscriber had it.
type Heard = (SessionEvent, f64);

pub(super) fn run(lab: &Lab, count: usize) -> Result<Vec<Row>> {
    let ground = Ground::new(lab)?;
    let mut disk = Disk::new(&ground.path("bare"))?;
    let (manager, _) = ground.open()?;
    let heard = listen(manager.subscribe(manager.last_seq()?))?;
    let (mut least, mut all, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    for (n, id) in ids("exit", count + WARMING).iter().enumerate() {
        let (end, millis) = exit_to_event(lab, &manager, &heard, &mut disk, id)?;
        if n >= WARMING {
            ours.push(millis);
            least.push(end.least);
            all.push(end.all);
        }
    }
    manager.close();
    let mut rows = Vec::new();
    for (name, percent) in [("median", 50), ("99th", 99)] {
        let [least, all, ours] =
            [&mut least, &mut all, &mut ours].map(|times| percentile(times, percent));
        rows.extend([
            Row::new(format!("bare: {LEAST}, {name}"), least, "ms"),
            Row::new(
                format!("bare: the same and {CHECKPOINT}, {name}"),
                all,
                "ms",
            ),
        ]);
        let told = |what: &str| format!("program's end to session.exited at a subscriber, {what}");
        let row = Row::new(told(name), ours, "ms").against("bare", ours / least);
        rows.push(if percent == 99 {
            row.reach("2x at the 99th percentile", ours <= 2.0 * least)
        } else {
            row
        });
        let label = told(&format!("{name}, against all of them"));
        rows.push(Row::new(label, ours, "ms").against("bare with the checkpoint", ours / all));
    }
    Ok(rows)
}

/// Hears everything in a thread of its own, until the manager closes.
fn listen(mut subscription: Subscription) -> Result<Receiver<Heard>> {
    let runtime = Builder::new_current_thread().build()?;
    let (tell, heard) = sync_channel(1024);
    std::thread::Builder::new()
        .name("subscriber".to_owned())
        .spawn(move || {
            while let Ok(events) = runtime.block_on(subscription.next_batch()) {
                let now = machine_millis();
                for event in events {
                    if tell.send((SessionEvent::clone(&event), now)).is_err() {
                        return;
                    }
                }
            }
        })?;
    Ok(heard)
}

/// Runs a session to its end. The program says when it ends by the clock that we read too. The bare writes are done while it
/// waits for its end: nothing else happens then.
fn exit_to_event(
    lab: &Lab,
    manager: &Manager,
    heard: &Receiver<Heard>,
    disk: &mut Disk,
    id: &SessionId,
) -> Result<(End, f64)> {
    let (gate_path, report_path) = (lab.pipe()?, lab.pipe()?);
    let words = [gate_path.to_string_lossy(), report_path.to_string_lossy()];
    let [gate_word, report_word] = &words;
    manager.create(runs(
        id,
        &[&lab.myself, "child-exit", gate_word, report_word],
    ))?;
    // Both open when the program opens them.
    let mut gate = OpenOptions::new().write(true).open(&gate_path)?;
    let report = fs::File::open(&report_path)?;
    until(heard, id, |kind| matches!(kind, EventKind::Started { .. }))?;
    let end = disk.end()?;
    gate.write_all(b"x")?;
    let told = until(heard, id, |kind| matches!(kind, EventKind::Exited { .. }))?;
    let ended: f64 = std::io::read_to_string(report)?.parse()?;
    fs::remove_file(gate_path)?;
    fs::remove_file(report_path)?;
    Ok((end, told - ended))
}

/// When the subscriber had an event of a session.
fn until(
    heard: &Receiver<Heard>,
    id: &SessionId,
    wanted: impl Fn(&EventKind) -> bool,
) -> Result<f64> {
    loop {
        let (event, when) = heard.recv_timeout(LIMIT)?;
        if event.session_id == *id && wanted(&event.kind) {
            return Ok(when);
        }
    }
}
