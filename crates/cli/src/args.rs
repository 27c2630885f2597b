//! The command line as a whole.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::{attach, screen, search};
use crate::exit::Exit;

/// Sessions that outlive whatever looks at them.
#[derive(Debug, Parser)]
#[command(name = "mainstay", version, after_long_help = Exit::help())]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, clap::Args)]
pub(crate) struct Global {
    /// Folder with all sessions [env: MAINSTAY_DATA_DIR]
    ///
    /// Everything Mainstay keeps is below this folder, its sockets included. Without it sessions are where the
    /// system keeps a user's data (~/.local/share/mainstay on Linux).
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

/// The commands; what each says of itself stands at its `Args`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Attach(attach::Args),
    Screen(screen::Args),
    Search(search::Args),
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::{Cli, Command};

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_options_stand_anywhere() {
        for line in [
            ["mainstay", "--data-dir", "/d", "screen", "a"],
            ["mainstay", "screen", "a", "--data-dir", "/d"],
        ] {
            let cli = Cli::try_parse_from(line).expect("both places are right");
            assert_eq!(
                cli.global.data_dir.as_deref(),
                Some("/d".as_ref()),
                "{line:?}"
            );
        }
    }

    #[test]
    fn options_reach_their_command() {
        let line = "mainstay search -i --regex --session a --session b -C 3 --limit 7 --json x+";
        let cli = Cli::try_parse_from(line.split(' ')).expect("a good line");
        let Command::Search(search) = cli.command else {
            panic!("search was asked for, found {:?}", cli.command);
        };
        assert_eq!(search.text, "x+", "the pattern");
        assert_eq!(search.session, ["a", "b"], "both sessions");
        assert_eq!((search.context, search.limit), (3, Some(7)), "the numbers");
        assert!(
            search.regex && search.ignore_case && search.json,
            "the switches"
        );
        assert!(!search.oldest_first, "not asked for");
    }

    #[test]
    fn nonsense_is_refused() {
        for line in [
            "mainstay",
            "mainstay screen",
            "mainstay screen a --history minus",
            "mainstay attach a --detach-key ctrl-é",
            "mainstay search a -C 21",
            "mainstay search a --limit 0",
            "mainstay nonsense",
        ] {
            let error = Cli::try_parse_from(line.split(' ')).expect_err(line);
            assert_eq!(error.exit_code(), 2, "{line} is wrong usage");
        }
    }
}
