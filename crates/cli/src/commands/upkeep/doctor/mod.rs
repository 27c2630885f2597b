//! `mainstay doctor`
//!
//! One file per thing that is looked at; each gives [`Finding`]s. Nothing is changed, made or started.

mod bundle;
mod disk;
mod finding;
mod folders;
mod hosts;
mod leftovers;
mod manager;
mod program;
mod sockets;

use std::path::PathBuf;

use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use finding::{Finding, Grade};

/// Look for what is wrong, and say what to do about it.
///
/// Exit code 1 if something is wrong. Nothing is changed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    /// Print a list of objects: area, grade, what, remedy
    #[arg(long)]
    json: bool,
    /// Also write a report for a bug into FILE, without anything that sessions printed, and without their names,
    /// commands and folders
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
}

pub(in crate::commands) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    let findings = examine(context);
    let mut output = Output::new(context.outside.env);
    if args.json {
        output.json(&findings)?;
    } else {
        output.piece(&finding::told(&findings, output.look()))?;
    }
    if let Some(file) = &args.bundle {
        bundle::write(file, &findings, context)?;
    }
    let is_wrong = findings.iter().any(|finding| finding.grade == Grade::Wrong);
    Ok(if is_wrong { Exit::Failed } else { Exit::Done })
}

fn examine(context: &Context<'_>) -> Vec<Finding> {
    let places = &context.places;
    let mut findings = program::examine(context);
    findings.extend(folders::examine(places));
    if places.data.is_dir() {
        findings.extend(disk::examine(places));
        findings.extend(leftovers::examine(places));
        findings.extend(hosts::examine(places));
        findings.extend(sockets::examine(places));
    }
    findings.extend(manager::examine(context));
    findings
}
