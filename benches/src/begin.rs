//! `mainstay new` and `mainstay ls` as commands: what a person waits for.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::ground::Ground;
use crate::lab::{Lab, Result};
use crate::report::{Report, Row, median};
use crate::rivals::Rival;
use crate::stopwatch::{Stopwatch, machine_millis};

/// What is started, and how long it took each time.
type Times = Vec<f64>;

pub(crate) fn run(lab: &Lab, rounds: usize) -> Result<Report> {
    let mut rows = to_first_output(lab, rounds)?;
    rows.extend(listing(lab, rounds)?);
    Ok(Report {
        name: "new",
        about: "from starting the command to the program's first output, by the program's own clock; ls: the whole command",
        rows,
    })
}

fn to_first_output(lab: &Lab, rounds: usize) -> Result<Vec<Row>> {
    let warm = Ground::new(lab)?;
    let cold = Ground::new(lab)?;
    run_to_end(&mut warm.command(&["new", "--cwd", "/", "--", "true"]))?;
    let tmux = Rival::installed().contains(&Rival::Tmux);
    let server = tmux
        .then(|| Rival::Tmux.start(lab, "sleep", &["1000000"]))
        .transpose()?;
    let (mut host, mut with, mut without): (Times, Times, Times) = Default::default();
    let (mut tmux_with, mut tmux_without): (Times, Times) = Default::default();
    for _ in 0..rounds {
        let report = lab.pipe()?;
        let before = machine_millis();
        let session = lab.start(&["child-hello", &report.to_string_lossy()])?;
        host.push(when(&report)? - before);
        drop(session);
        with.push(mainstay_new(lab, &warm)?);
        without.push(mainstay_new(lab, &cold)?);
        cold.end_manager()?;
        if let Some(server) = &server {
            tmux_with.push(tmux_new(lab, Path::new(server.name()))?);
            tmux_without.push(tmux_new(lab, &lab.path("tmux"))?);
        }
    }
    let host = median(&mut host);
    let row = |label: &str, times: &mut Times| {
        let time = median(times);
        Row::new(label, time, "ms").against("host alone", time / host)
    };
    let mut rows = vec![
        Row::new("mainstay-host start, alone", host, "ms"),
        row("mainstay new, a manager runs", &mut with),
        row("mainstay new, no manager runs", &mut without),
    ];
    if tmux {
        rows.push(row("tmux new-session -d, a server runs", &mut tmux_with));
        rows.push(row(
            "tmux new-session -d, no server runs",
            &mut tmux_without,
        ));
    }
    Ok(rows)
}

fn mainstay_new(lab: &Lab, ground: &Ground) -> Result<f64> {
    let report = lab.pipe()?;
    let report_word = report.to_string_lossy();
    let mut command = ground.command(&["new", "--cwd", "/", "--"]);
    command.args([&lab.myself, "child-hello", &report_word]);
    let before = machine_millis();
    run_to_end(&mut command)?;
    Ok(when(&report)? - before)
}

fn tmux_new(lab: &Lab, socket: &Path) -> Result<f64> {
    let report = lab.pipe()?;
    let mut command = Command::new("tmux");
    command
        .args(["-f", "/dev/null", "-S"])
        .arg(socket)
        .args(["new-session", "-d", "-x", "80", "-y", "24"])
        .args([&lab.myself, "child-hello"])
        .arg(&report)
        .env("TERM", "xterm-256color")
        .env_remove("TMUX");
    let before = machine_millis();
    run_to_end(&mut command)?;
    Ok(when(&report)? - before)
}

/// When the program printed; it waits for us to ask.
fn when(report: &Path) -> Result<f64> {
    let text = std::fs::read_to_string(report)?;
    std::fs::remove_file(report)?;
    Ok(text.parse()?)
}

fn listing(lab: &Lab, rounds: usize) -> Result<Vec<Row>> {
    let ground = Ground::new(lab)?;
    crate::records::fill(&ground, 100, crate::records::Folders::Without)?;
    run_to_end(&mut ground.command(&["ls"]))?;
    let (mut bare, mut ours) = (Times::new(), Times::new());
    for _ in 0..rounds {
        let watch = Stopwatch::start();
        run_to_end(&mut ground.command(&["--version"]))?;
        bare.push(watch.millis());
        let watch = Stopwatch::start();
        run_to_end(&mut ground.command(&["ls"]))?;
        ours.push(watch.millis());
    }
    let (bare, ours) = (median(&mut bare), median(&mut ours));
    Ok(vec![
        Row::new("mainstay --version", bare, "ms"),
        Row::new("mainstay ls, 100 sessions, a manager runs", ours, "ms")
            .against("--version", ours / bare),
    ])
}

fn run_to_end(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{command:?} failed: {status}").into())
    }
}
