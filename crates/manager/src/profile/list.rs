//! All profiles there are.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use mainstay_protocol::problem::{Code, Problem};
use mainstay_protocol::session::Settings;

use super::{COMMAND, Profile, Resume, SHELL, Trouble, text};

/// Longest file that is read; a longer one is no profile.
const MAX_BYTES: u64 = 256 * 1024;
/// Most files that are looked at.
const MAX_FILES: usize = 1_000;
/// What is built in: name and text.
const BUILTIN: [(&str, &str); 2] = [
    (SHELL, include_str!("builtin/shell.toml")),
    (COMMAND, include_str!("builtin/command.toml")),
];

/// The profiles there are: those built in and the person's own.
#[derive(Debug, Clone)]
pub struct Profiles {
    by_name: BTreeMap<String, Profile>,
    shell: Profile,
    command: Profile,
    troubles: Vec<Trouble>,
}

impl Profiles {
    /// Those that are built in.
    #[must_use]
    pub fn builtin() -> Self {
        let [shell, command] = BUILTIN.map(|(name, text)| {
            // A test holds that they can be read.
            text::read(name, text, None).unwrap_or_else(|_| plain(name))
        });
        let both = [&shell, &command].map(|profile| (profile.name.clone(), profile.clone()));
        Self {
            by_name: BTreeMap::from(both),
            shell,
            command,
            troubles: Vec::new(),
        }
    }

    /// Those that are built in, and those in a folder, which win. A file that can't be used doesn't keep the others from
    /// it: see [`Self::troubles`]. A folder that isn't there has none.
    #[must_use]
    pub fn load(folder: &Path) -> Self {
        let mut profiles = Self::builtin();
        match files(folder) {
            Ok(files) => {
                for file in files {
                    profiles.add(&folder.join(file));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => profiles.troubles.push(Trouble::file(
                folder,
                format!("the folder of the profiles can't be read: {error}"),
            )),
        }
        profiles
    }

    fn add(&mut self, file: &Path) {
        match load(file) {
            Ok(profile) => {
                self.by_name.insert(profile.name.clone(), profile);
            }
            Err(trouble) => {
                // What was built in under this name isn't what the person means by it.
                self.by_name.remove(trouble.name().unwrap_or_default());
                self.troubles.push(trouble);
            }
        }
    }

    /// All that can be used, ordered by name.
    pub fn list(&self) -> impl Iterator<Item = &Profile> {
        self.by_name.values()
    }

    /// The files that can't be used.
    #[must_use]
    pub fn troubles(&self) -> &[Trouble] {
        &self.troubles
    }

    /// The profile of this name.
    ///
    /// # Errors
    /// [`Code::UnknownProfile`] with what is wrong with its file, or with the names there are.
    pub fn get(&self, name: &str) -> Result<&Profile, Problem> {
        let known = self.by_name.get(name);
        known.ok_or_else(|| match self.trouble(name) {
            Some(trouble) => trouble.to_problem(),
            None => {
                let names: Vec<&str> = self.by_name.keys().map(String::as_str).collect();
                let detail = format!(
                    "there is no profile {name:?}; there are {}",
                    names.join(", ")
                );
                Problem::new(Code::UnknownProfile, detail).at("profile")
            }
        })
    }

    /// The profile that a new session runs with: the one it names, else `command` if it has a command, else `shell`.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn choose(&self, settings: &Settings) -> Result<&Profile, Problem> {
        self.get(chosen(settings))
    }

    /// The profile of a session that is there already. If its own is gone meanwhile it is the one that comes nearest.
    #[must_use]
    pub fn of(&self, settings: &Settings) -> &Profile {
        let named = self.by_name.get(chosen(settings));
        named.unwrap_or(if settings.command.is_empty() {
            &self.shell
        } else {
            &self.command
        })
    }

    fn trouble(&self, name: &str) -> Option<&Trouble> {
        self.troubles
            .iter()
            .find(|trouble| trouble.name() == Some(name))
    }
}

fn chosen(settings: &Settings) -> &str {
    match (settings.profile.as_str(), settings.command.as_slice()) {
        ("", []) => SHELL,
        ("", _) => COMMAND,
        (named, _) => named,
    }
}

/// Names of the profiles' files, in order.
fn files(folder: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        // An editor's own files begin with a dot.
        let is_profile = Path::new(&name)
            .extension()
            .is_some_and(|end| end == "toml")
            && !name.as_encoded_bytes().starts_with(b".");
        if is_profile && names.len() < MAX_FILES {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn load(file: &Path) -> Result<Profile, Trouble> {
    let name = file.file_stem().and_then(|name| name.to_str());
    let Some(name) = name.filter(|name| is_name(name)) else {
        let what =
            "the file's name is the profile's: letters, digits, '-', '_' and '.', at most 64";
        return Err(Trouble::file(file, what));
    };
    let text = read(file)
        .map_err(|error| Trouble::file(file, format!("the file can't be read: {error}")))?;
    text::read(name, &text, Some(file))
}

fn read(file: &Path) -> io::Result<String> {
    // Opening a pipe would wait for its writer.
    if !fs::metadata(file)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut text = String::new();
    let length = File::open(file)?
        .take(MAX_BYTES + 1)
        .read_to_string(&mut text)?;
    if length as u64 > MAX_BYTES {
        return Err(io::Error::other(format!(
            "it has more than {MAX_BYTES} bytes"
        )));
    }
    Ok(text)
}

fn is_name(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=64).contains(&name.len()) && name.chars().all(is_part)
}

fn plain(name: &str) -> Profile {
    Profile {
        name: name.to_owned(),
        title: name.to_owned(),
        command: Vec::new(),
        ready: mainstay_protocol::spec::Readiness::default(),
        success: mainstay_protocol::session::Success::default(),
        timeouts: mainstay_protocol::session::Timeouts::default(),
        retry: None,
        resume: Resume::default(),
        file: None,
    }
}
