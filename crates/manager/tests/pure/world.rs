//! A folder with programs, and everything that a plan needs.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use mainstay_manager::defaults::Defaults;
use mainstay_manager::environment::Person;
use mainstay_manager::plan::{self, Wanted};
use mainstay_manager::profile::Profiles;
use mainstay_protocol::problem::Problem;
use mainstay_protocol::session::Settings;
use mainstay_protocol::spec::{Origin, RunSpec};
use mainstay_protocol::{RunId, SessionId};

use crate::support::{vars, write, write_program};

/// A folder with programs, and everything a plan needs.
pub(crate) struct World {
    folder: tempfile::TempDir,
    session: SessionId,
    run: RunId,
    pub(crate) profiles: Profiles,
    pub(crate) defaults: Defaults,
    pub(crate) person: Person,
    pub(crate) base: BTreeMap<String, String>,
    pub(crate) last_dir: Option<String>,
    pub(crate) resumed: bool,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bin");
        fs::create_dir(&path).expect("made");
        write_program(&path.join("tool"), "#!/bin/sh\n");
        write(&path.join("text"), "no program\n");
        let path = path.to_string_lossy().into_owned();
        Self {
            session: "s".parse().expect("an id"),
            run: "r".parse().expect("an id"),
            profiles: Profiles::builtin(),
            defaults: Defaults::default(),
            person: Person {
                user: "ada".to_owned(),
                home: folder.path().to_string_lossy().into_owned(),
                shell: "/bin/sh".to_owned(),
            },
            base: vars(&[("PATH", &path), ("LANG", "ja_JP.UTF-8")]),
            folder,
            last_dir: None,
            resumed: false,
        }
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub(crate) fn text(&self, below: &str) -> String {
        self.path(below).to_string_lossy().into_owned()
    }

    pub(crate) fn completed(&self, mut settings: Settings) -> Result<Settings, Problem> {
        plan::complete(&mut settings, &self.profiles, &self.defaults, &self.person)?;
        Ok(settings)
    }

    pub(crate) fn spec(&self, settings: Settings) -> Result<RunSpec, Problem> {
        let settings = self.completed(settings)?;
        plan::spec(&Wanted {
            session: &self.session,
            run: &self.run,
            settings: &settings,
            profile: self.profiles.of(&settings),
            defaults: &self.defaults,
            person: &self.person,
            base: &self.base,
            last_dir: self.last_dir.as_deref(),
            size: None,
            origin: Origin::Cli,
            resumed: self.resumed,
        })
    }

    pub(crate) fn good(&self, settings: Settings) -> RunSpec {
        self.spec(settings).expect("it can be run")
    }

    pub(crate) fn problem(&self, settings: Settings) -> Problem {
        self.spec(settings).expect_err("it can't be run")
    }
}

pub(crate) fn command(command: &[&str]) -> Settings {
    Settings {
        command: command.iter().map(|arg| (*arg).to_owned()).collect(),
        ..Settings::default()
    }
}
