//! Profiles from files, and which of them a session gets.

use std::fs;
use std::path::Path;

use mainstay_manager::profile::{Profiles, Resume};
use mainstay_protocol::problem::Code;
use mainstay_protocol::session::{Settings, Success};

use crate::support::write;

fn names(profiles: &Profiles) -> Vec<&str> {
    profiles
        .list()
        .map(|profile| profile.name.as_str())
        .collect()
}

fn settings(profile: &str, command: &[&str]) -> Settings {
    Settings {
        profile: profile.to_owned(),
        command: command.iter().map(|arg| (*arg).to_owned()).collect(),
        ..Settings::default()
    }
}

#[test]
fn two_are_built_in() {
    let profiles = Profiles::load(Path::new("/not/there"));
    assert_eq!(names(&profiles), ["command", "shell"]);
    assert_eq!(
        profiles.troubles(),
        [],
        "a folder that isn't there has none"
    );
    let shell = profiles.get("shell").expect("built in");
    assert_eq!(
        (&shell.success, shell.resume),
        (&Success::Any, Resume::LastDir)
    );
    assert_eq!(shell.title, "Shell", "its text can be read");
    let command = profiles.get("command").expect("built in");
    assert_eq!(
        (&command.success, command.resume),
        (&Success::Zero, Resume::Same)
    );
}

#[test]
fn who_names_no_profile_gets_one_by_the_command() {
    let profiles = Profiles::builtin();
    let chosen = |profile, command: &[&str]| {
        let chosen = profiles.choose(&settings(profile, command));
        chosen.expect("there").name.clone()
    };
    assert_eq!(chosen("", &[]), "shell");
    assert_eq!(chosen("", &["htop"]), "command");
    assert_eq!(
        chosen("shell", &["fish"]),
        "shell",
        "a shell of another kind"
    );
}

#[test]
fn a_broken_file_is_told_and_does_no_harm_to_others() {
    let folder = tempfile::tempdir().expect("a folder");
    write(&folder.path().join("web.toml"), "command = ['npm']\n");
    write(&folder.path().join("bad.toml"), "comand = ['npm']\n");
    write(&folder.path().join("shell.toml"), "command = ['zsh'\n");
    write(&folder.path().join("no name.toml"), "");
    write(&folder.path().join("notes.txt"), "nothing");
    write(&folder.path().join(".#web.toml"), "an editor's lock");
    fs::create_dir(folder.path().join("dir.toml")).expect("made");
    let profiles = Profiles::load(folder.path());
    assert_eq!(names(&profiles), ["command", "web"]);
    let problem = profiles.get("bad").expect_err("it can't be read");
    assert_eq!(problem.code, Code::UnknownProfile);
    assert!(
        problem.detail.contains("bad.toml, line 1, comand"),
        "{problem}"
    );
    profiles
        .get("shell")
        .expect_err("the person means another one than what is built in");
    let kept = profiles.of(&settings("shell", &[]));
    assert_eq!(kept.name, "shell", "sessions that are there go on");
    assert_eq!(profiles.troubles().len(), 4, "{:?}", profiles.troubles());
}

#[test]
fn an_unknown_name_is_answered_with_those_there_are() {
    let problem = Profiles::builtin().get("webb").expect_err("unknown");
    assert!(problem.detail.contains("command, shell"), "{problem}");
    assert_eq!(problem.field.as_deref(), Some("profile"));
}

#[test]
fn a_persons_own_profile_wins_over_what_is_built_in() {
    let folder = tempfile::tempdir().expect("a folder");
    write(
        &folder.path().join("shell.toml"),
        "command = ['fish']\nsuccess = 'any'\n",
    );
    let profiles = Profiles::load(folder.path());
    let shell = profiles.choose(&settings("", &[])).expect("there");
    assert_eq!(shell.command, ["fish"]);
    assert_eq!(
        shell.file.as_deref(),
        Some(folder.path().join("shell.toml").as_path())
    );
}

#[test]
fn a_session_outlives_the_file_of_its_profile() {
    let profiles = Profiles::builtin();
    assert_eq!(profiles.of(&settings("gone", &["htop"])).name, "command");
    assert_eq!(profiles.of(&settings("gone", &[])).name, "shell");
}
