//! `mainstay completions`

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Cli;
use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// Print what a shell needs to complete this command's options.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
bash:  mainstay completions bash > ~/.local/share/bash-completion/completions/mainstay
zsh:   mainstay completions zsh > a folder of $fpath/_mainstay
fish:  mainstay completions fish > ~/.config/fish/completions/mainstay.fish")]
pub(crate) struct Args {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "mainstay", &mut script);
    Output::new(context.outside.env).piece(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
