//! What performance is claimed on: ratios, measured side by side in one run.
//!
//! `cargo xtask bench [NAME…] [--json FILE]` builds the release programs and calls this one. Absolute figures of a busy
//! machine mean nothing; each row is compared with something that was measured in the same run.
#![forbid(unsafe_code)]

mod bare;
mod begin;
mod child;
mod echo;
mod events;
mod ground;
mod idle;
mod ingest;
mod lab;
mod list;
mod memory;
mod payload;
mod process;
mod records;
mod report;
mod rivals;
mod search;
mod snapshot;
mod spawn;
mod start;
mod stopwatch;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::lab::{Lab, Result};
use crate::report::Report;

#[derive(Debug, Parser)]
#[command(about = "Measures Mainstay", args_conflicts_with_subcommands = true)]
struct Args {
    /// What to measure; nothing measures all.
    #[arg(value_parser = NAMES)]
    names: Vec<String>,
    /// Writes the results as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Size of each payload of the ingest benchmark.
    #[arg(long, default_value_t = 200)]
    megabytes: usize,
    /// Folder for payloads, kept between runs.
    #[arg(long, default_value = "target/bench-payloads")]
    payloads: PathBuf,
    /// The host program.
    #[arg(long, default_value = "target/release/mainstay-host")]
    host: PathBuf,
    /// The `mainstay` command.
    #[arg(long, default_value = "target/release/mainstay")]
    mainstay: PathBuf,
    /// Records of ended sessions of the start and list benchmarks.
    #[arg(long, default_value_t = 10_000)]
    records: usize,
    /// Live hosts of the start and idle benchmarks.
    #[arg(long, default_value_t = 200)]
    hosts: usize,
    /// Subscribers of the events benchmark.
    #[arg(long, default_value_t = 1_000)]
    subscribers: usize,
    /// Ends of programs that the events benchmark times.
    #[arg(long, default_value_t = 300)]
    exits: usize,
    /// Commands of each kind that the new benchmark times.
    #[arg(long, default_value_t = 30)]
    commands: usize,
    /// How long the idle benchmark looks.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    #[command(subcommand)]
    child: Option<Child>,
}

const NAMES: [&str; 11] = [
    "ingest", "echo", "snapshot", "memory", "search", "spawn", "start", "list", "events", "new",
    "idle",
];

/// What this program does inside a measured terminal.
#[derive(Debug, Subcommand)]
enum Child {
    #[command(hide = true, name = "child-write")]
    Write { file: PathBuf, report: PathBuf },
    #[command(hide = true, name = "child-flood")]
    Flood { file: PathBuf },
    #[command(hide = true, name = "child-echo")]
    Echo,
    #[command(hide = true, name = "child-hello")]
    Hello { report: PathBuf },
    #[command(hide = true, name = "child-exit")]
    Exit { gate: PathBuf, report: PathBuf },
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(std::io::stderr(), "{error}").ok();
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<()> {
    match &args.child {
        Some(Child::Write { file, report }) => Ok(child::write(file, report)?),
        Some(Child::Flood { file }) => Ok(child::flood(file)?),
        Some(Child::Echo) => Ok(child::echo()?),
        Some(Child::Hello { report }) => Ok(child::hello(report)?),
        Some(Child::Exit { gate, report }) => Ok(child::exit(gate, report)?),
        None => measure(args),
    }
}

fn measure(args: &Args) -> Result<()> {
    let lab = Lab::new(&args.payloads, &args.host, &args.mainstay)?;
    let mut reports: Vec<Report> = Vec::new();
    for name in NAMES {
        if !args.names.is_empty() && !args.names.iter().any(|wanted| wanted == name) {
            continue;
        }
        let report = match name {
            "ingest" => ingest::run(&lab, args.megabytes)?,
            "echo" => echo::run(&lab, args.megabytes)?,
            "snapshot" => snapshot::run(&lab)?,
            "memory" => memory::run(&lab)?,
            "search" => search::run(&lab)?,
            "spawn" => spawn::run(&lab)?,
            "start" => start::run(&lab, args.records, args.hosts)?,
            "list" => list::run(&lab, args.records)?,
            "events" => events::run(&lab, args.subscribers, args.exits)?,
            "new" => begin::run(&lab, args.commands)?,
            _ => idle::run(&lab, args.hosts, args.seconds)?,
        };
        report.print(&mut std::io::stdout().lock())?;
        reports.push(report);
    }
    if let Some(path) = &args.json {
        let json = serde_json::to_vec_pretty(&reports)?;
        std::fs::File::create(path)?.write_all(&json)?;
    }
    Ok(())
}
