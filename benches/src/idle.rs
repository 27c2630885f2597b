//! What a manager costs while nothing happens.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::ground::Ground;
use crate::lab::{Lab, Result};
use crate::process::{Used, megabytes};
use crate::report::{Report, Row};
use crate::rivals::{Rival, Running};

/// What a beginning leaves behind is over then: threads that end, what is done a little later.
const SETTLING: Duration = Duration::from_secs(15);

/// What one process used.
struct Cost {
    used: Used,
    private: f64,
    shared_out: f64,
}

pub(crate) fn run(lab: &Lab, hosts: usize, seconds: u64) -> Result<Report> {
    let ground = Ground::new(lab)?;
    let (manager, _) = ground.open()?;
    ground.sleepers(&manager, hosts)?;
    manager.close();
    drop(manager);
    let mut serve = serve(&ground)?;
    let tmux = tmux(lab, hosts)?;
    thread::sleep(SETTLING);
    let pids: Vec<u32> = std::iter::once(serve.id())
        .chain(tmux.as_ref().map(|(_, pid)| *pid))
        .collect();
    let costs = watch(&pids, Duration::from_secs(seconds))?;
    let mut rows = vec![
        Row::new("sessions", f64::from(u32::try_from(hosts)?), ""),
        Row::new("time", f64::from(u32::try_from(seconds)?), "s"),
    ];
    let mut costs = costs.iter();
    let ours = costs.next().ok_or("nothing was watched")?;
    let theirs = costs.next();
    if let Some(theirs) = theirs {
        rows.extend(rows_of("tmux server", theirs, None));
    }
    rows.extend(rows_of("mainstay serve", ours, theirs));
    ground.end_manager()?;
    serve.wait()?;
    Ok(Report {
        name: "idle",
        about: "a manager whose sessions sleep, against a tmux server with as many",
        rows,
    })
}

/// Begins `mainstay serve`; returns when it says that it listens.
fn serve(ground: &Ground) -> Result<Child> {
    let mut child = ground
        .command(&["serve"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut said = BufReader::new(child.stderr.take().ok_or("it has no standard error")?);
    let mut line = String::new();
    while !line.contains("the manager runs") {
        line.clear();
        if said.read_line(&mut line)? == 0 {
            return Err(format!("mainstay serve ended: {}", child.wait()?).into());
        }
    }
    // Whatever else it says must not end it.
    thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
    Ok(child)
}

/// A tmux server with as many sessions, and its process id; nothing where there is no tmux.
fn tmux(lab: &Lab, sessions: usize) -> Result<Option<(Running, u32)>> {
    if !Rival::installed().contains(&Rival::Tmux) {
        return Ok(None);
    }
    let server = Rival::Tmux.start(lab, "sleep", &["1000000"])?;
    let tmux = |args: &[&str]| {
        Command::new("tmux")
            .args(["-S", server.name()])
            .args(args)
            .env("TERM", "xterm-256color")
            .env_remove("TMUX")
            .stdin(Stdio::null())
            .output()
    };
    for _ in 1..sessions {
        let made = tmux(&["new-session", "-d", "sleep", "1000000"])?;
        if !made.status.success() {
            return Err(format!("tmux: {}", String::from_utf8_lossy(&made.stderr)).into());
        }
    }
    let pid = tmux(&["display-message", "-p", "#{pid}"])?.stdout;
    let pid = String::from_utf8(pid)?.trim().parse()?;
    Ok(Some((server, pid)))
}

fn watch(pids: &[u32], time: Duration) -> Result<Vec<Cost>> {
    let look = || -> Result<Vec<Used>> { pids.iter().map(|&pid| Used::of(pid)).collect() };
    let before = look()?;
    thread::sleep(time);
    let after = look()?;
    pids.iter()
        .zip(before.into_iter().zip(after))
        .map(|(&pid, (before, after))| {
            Ok(Cost {
                used: after.since(before),
                private: megabytes(pid, "Private_")?,
                shared_out: megabytes(pid, "Pss:")?,
            })
        })
        .collect()
}

/// What is told of a cost: its name, its unit, where it is.
type Figure = (&'static str, &'static str, fn(&Cost) -> f64);

fn rows_of(name: &str, cost: &Cost, against: Option<&Cost>) -> Vec<Row> {
    let figures: [Figure; 5] = [
        ("processor time", "ms", |cost| cost.used.cpu_ms),
        ("wake-ups of all threads", "", |cost| cost.used.wakeups),
        ("threads", "", |cost| cost.used.threads),
        ("private memory", "MB", |cost| cost.private),
        ("proportional memory (Pss)", "MB", |cost| cost.shared_out),
    ];
    figures
        .into_iter()
        .map(|(what, unit, figure)| {
            let value = figure(cost);
            let row = Row::new(format!("{name}: {what}"), value, unit);
            match against.map(figure) {
                // Nothing divided by nothing says nothing.
                Some(theirs) if theirs > 0.0 => row.against("tmux server", value / theirs),
                _ => row,
            }
        })
        .collect()
}
