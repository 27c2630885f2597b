use clap::{CommandFactory, Parser};

use super::{Cli, Command};
use crate::commands::{Alone, look, sessions};

fn parse(line: &str) -> Command {
    Cli::try_parse_from(line.split(' '))
        .unwrap_or_else(|error| panic!("{line}: {error}"))
        .command
}

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
    let Command::Alone(Alone::Search(search)) = parse(line) else {
        panic!("search was asked for");
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
fn what_comes_after_two_dashes_is_the_command() {
    let line = "mainstay new --name n --var A=b=c --var D= --size 100x30 --retry 2 -- ls -l --json";
    let Command::Sessions(sessions::Command::New(new)) = parse(line) else {
        panic!("new was asked for");
    };
    assert_eq!(new.command, ["ls", "-l", "--json"]);
    assert!(!new.json, "that is for ls");
    assert_eq!(new.retry, Some(2));
    let vars: Vec<_> = new.var.iter().map(|v| (&*v.name, &*v.value)).collect();
    assert_eq!(vars, [("A", "b=c"), ("D", "")]);
    let size = new.size.map(|size| (size.0.cols(), size.0.rows()));
    assert_eq!(size, Some((100, 30)));
}

#[test]
fn statuses_come_in_lists() {
    let line = "mainstay wait a --for completed,failed --timeout 5m";
    let Command::Look(look::Command::Wait(wait)) = parse(line) else {
        panic!("wait was asked for");
    };
    let wanted: Vec<_> = wait.wanted.iter().map(ToString::to_string).collect();
    assert_eq!(wanted, ["completed", "failed"]);
    assert_eq!(wait.timeout.map(|length| length.0.as_secs()), Some(300));
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
        "mainstay new --size 80",
        "mainstay new --size 0x0",
        "mainstay new --size 80x24x3",
        "mainstay new --var A",
        "mainstay new --var =b",
        "mainstay new --run-timeout 90",
        "mainstay new --id -a",
        "mainstay new --id a/b",
        "mainstay ls --status done",
        "mainstay ls --sort size",
        "mainstay ls --limit 0",
        "mainstay ls --live --status failed",
        "mainstay wait a --for",
        "mainstay wait a --for running,",
        "mainstay stop",
        "mainstay stop a --force --grace 3s",
        "mainstay rename a",
        "mainstay rm",
        "mainstay events --since x",
        "mainstay settings a b c",
        "mainstay completions tcsh",
    ] {
        let error = Cli::try_parse_from(line.split(' ')).expect_err(line);
        assert_eq!(error.exit_code(), 2, "{line} is wrong usage");
    }
}

/// On a terminal of 80 by 24 a person sees each command's short help whole.
#[test]
fn short_help_fits_a_small_terminal() {
    let mut cli = Cli::command().term_width(80);
    cli.build();
    for command in cli.get_subcommands_mut() {
        let name = command.get_name().to_owned();
        let help = command.render_help().to_string();
        let lines = help.lines().count();
        assert!(lines <= 24, "{name} has {lines} lines\n{help}");
        let widest = help.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(80), "{name} is {widest:?} wide\n{help}");
    }
}
