//! What `mainstay` alone and `mainstay --help` say: all commands on a screen of 80 by 24.

/// The whole help; `{options}` and `{after-help}` are filled in.
pub(super) const TEMPLATE: &str = "\
{about-with-newline}
{usage-heading} {usage}

  new        start a session              stop       end its program
  ls         list sessions                resume     go on after its end
  show       all about one session        again      run it again
  attach     bring it into this terminal  duplicate  start another like it
  screen     print its screen             pause      hold its program
  search     find text in all output      unpause    let it go on
  wait       until it has a status        rename     give it a name
  events     what happened                rm         remove it
  input      type into it                 purge      remove what it printed
  focus      show it in the window

  profile    how programs are run         serve      run the manager
  settings   defaults for all sessions    service    run it at every login
  env        read your shell's variables  doctor     look for what is wrong
  completions, man  for your shell        export, import  everything

`mainstay COMMAND --help` says more.
{options}{after-help}";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::TEMPLATE;

    #[test]
    fn every_command_is_there() {
        let words: Vec<&str> = TEMPLATE.split([' ', '\n', ',']).collect();
        for command in crate::args::Cli::command().get_subcommands() {
            let name = command.get_name();
            assert!(words.contains(&name), "{name} is in the overview");
        }
    }

    #[test]
    fn it_fits_a_small_terminal() {
        let help = crate::args::Cli::command().render_help().to_string();
        let widest = help.lines().map(str::len).max();
        assert!(widest <= Some(79), "80 columns: {widest:?}\n{help}");
        let lines = help.lines().count();
        // A line is left for the prompt.
        assert!(lines <= 23, "24 rows: {lines}\n{help}");
    }
}
