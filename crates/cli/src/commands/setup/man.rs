//! `mainstay man`

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap_mangen::Man;

use crate::args::Cli;
use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// Print the manual page, or write a page for each command into a folder.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Read it:    mainstay man | man -l -
Install it: mainstay man ~/.local/share/man/man1")]
pub(crate) struct Args {
    /// The folder; it is made where it is missing
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    let mut command = Cli::command();
    // Fills in the names of the commands' commands.
    command.build();
    match &args.folder {
        None => {
            let page = page(command).map_err(Failure::from)?;
            Output::new(context.outside.env).piece(&String::from_utf8_lossy(&page))?;
        }
        Some(folder) => {
            write_all(&command, "mainstay", folder).map_err(|error| {
                Failure::new(
                    Exit::Failed,
                    format_args!(
                        "the pages can't be written to {}: {error}",
                        folder.display()
                    ),
                )
            })?;
        }
    }
    Ok(Exit::Done)
}

/// The page of a command and of those below it.
fn write_all(command: &clap::Command, name: &str, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for inner in command.get_subcommands() {
        // `help` lists the others once more.
        if inner.get_name() != "help" {
            write_all(inner, &format!("{name}-{}", inner.get_name()), folder)?;
        }
    }
    write_page(command.clone(), name, folder)
}

fn write_page(command: clap::Command, name: &str, folder: &Path) -> io::Result<()> {
    let page = page(command.display_name(name.to_owned()))?;
    File::create(folder.join(format!("{name}.1")))?.write_all(&page)
}

fn page(command: clap::Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn every_command_has_a_page() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = crate::args::Cli::command();
        command.build();
        super::write_all(&command, "mainstay", folder.path()).expect("written");
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name));
        let main = read("mainstay.1").expect("the page of all");
        assert!(
            main.contains("mainstay\\-attach") || main.contains("attach"),
            "{main}"
        );
        let attach = read("mainstay-attach.1").expect("a page");
        assert!(attach.contains("read\\-only"), "its options: {attach}");
        assert!(attach.contains("ID"), "its arguments: {attach}");
        read("mainstay-service-install.1").expect("those below, too");
    }
}
