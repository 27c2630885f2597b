//! Doing what a plan says.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Facts, Plan, Step, System};
use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, plain};

/// Does it, step by step.
pub(super) fn carry_out(plan: &Plan, context: &Context<'_>) -> Result<(), Failure> {
    // Nothing is begun that can't be ended.
    require(plan.needs, context)?;
    for step in &plan.steps {
        match step {
            Step::Write(path, content) => {
                write(path, content).map_err(|error| file(path, &error))?;
            }
            Step::Remove(path) => match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(file(path, &error));
                }
                _ => {}
            },
            Step::Run(command) => run(command)?,
            Step::Try(command) => drop(quiet(command)),
        }
    }
    Ok(())
}

/// What would be done, for a person to read.
pub(super) fn told(plan: &Plan) -> String {
    let mut text = String::new();
    for step in &plan.steps {
        match step {
            Step::Write(path, content) => {
                text.push_str(&format!("write {}:\n", path.display()));
                for line in readable(content).lines() {
                    text.push_str(&format!("    {line}\n"));
                }
            }
            Step::Remove(path) => text.push_str(&format!("remove {}\n", path.display())),
            Step::Run(command) | Step::Try(command) => {
                text.push_str(&format!("run {}\n", line(command)));
            }
        }
    }
    text
}

/// Says whether the service is installed and runs. Exit code 1 where it isn't.
pub(super) fn status(
    system: &dyn System,
    facts: &Facts,
    context: &Context<'_>,
) -> Result<Exit, Failure> {
    require(system.install(facts).needs, context)?;
    let is_installed = system.file(facts).is_none_or(|file| file.exists());
    let runs = is_installed && quiet(&system.status(facts)).is_ok_and(|runs| runs);
    let words = match (is_installed, runs) {
        (false, _) => "not installed; `mainstay service install` does that",
        (true, false) => "installed, but it does not run",
        (true, true) => "installed, and it runs",
    };
    Output::new(context.outside.env).piece(&format!("{words}\n"))?;
    Ok(if runs { Exit::Done } else { Exit::Failed })
}

fn require((program, remedy): (&str, &str), context: &Context<'_>) -> Result<(), Failure> {
    let path = (context.outside.env)("PATH").unwrap_or_default();
    let is_there = std::env::split_paths(&path).any(|folder| {
        let file = folder.join(program);
        file.is_file() || file.with_extension("exe").is_file()
    });
    if is_there {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Failed,
        format_args!("{program} isn't there: {remedy}"),
    ))
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create(path)?.write_all(content)
}

fn file(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    Failure::new(
        Exit::Failed,
        format_args!("{path} can't be changed: {error}"),
    )
}

fn run(command: &[OsString]) -> Result<(), Failure> {
    let said = output(command).map_err(|error| {
        Failure::new(
            Exit::Failed,
            format_args!("{} can't be run: {error}", line(command)),
        )
    })?;
    if said.status.success() {
        return Ok(());
    }
    let words = plain(String::from_utf8_lossy(&said.stderr).trim());
    Err(Failure::new(
        Exit::Failed,
        format_args!(
            "{} failed ({}): {words}; what was done until then stays, `mainstay service uninstall` takes it back",
            line(command),
            said.status
        ),
    ))
}

/// Whether it ended with 0.
fn quiet(command: &[OsString]) -> io::Result<bool> {
    Ok(output(command)?.status.success())
}

fn output(command: &[OsString]) -> io::Result<std::process::Output> {
    let (program, args) = command
        .split_first()
        .ok_or_else(|| io::Error::other("there is nothing to run"))?;
    Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .output()
}

fn line(command: &[OsString]) -> String {
    let words: Vec<_> = command.iter().map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

/// A file's text, whatever the system wants it written in.
fn readable(content: &[u8]) -> String {
    match content {
        [0xff, 0xfe, rest @ ..] => {
            let units = rest
                .as_chunks::<2>()
                .0
                .iter()
                .map(|&pair| u16::from_le_bytes(pair));
            char::decode_utf16(units)
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        _ => String::from_utf8_lossy(content).into_owned(),
    }
}
