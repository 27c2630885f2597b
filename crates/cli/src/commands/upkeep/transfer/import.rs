//! `mainstay import`

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use mainstay_api::client::Client;
use mainstay_api::serve::Kind;
use mainstay_keep::Places;
use mainstay_protocol::SessionId;
use serde_json::{Map, Value};
use tar::{Archive, Entry};

use super::names::{Place, is_passing, place};
use super::{ABOUT, About, FORMAT, SETTINGS};
use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::{ensure, talk_or_begin};

/// Longest of the small files that are read into memory.
const MAX_SMALL: u64 = 16 * 1024 * 1024;

/// Bring in what `mainstay export` wrote.
///
/// Sessions come with their history and can be resumed; one whose id is taken here is left out, and told of. Settings
/// are taken over only with --settings, profiles only where there is none of that name.
#[derive(Debug, clap::Args)]
#[command(after_long_help = Exit::help())]
pub(crate) struct Args {
    /// The file; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Take over its settings, too
    #[arg(long)]
    settings: bool,
}

pub(in crate::commands::upkeep) fn run(
    args: &Args,
    context: &Context<'_>,
) -> Result<Exit, Failure> {
    let unreadable = |error: io::Error| {
        Failure::new(
            Exit::Failed,
            format_args!("{} can't be imported: {error}", args.file.display()),
        )
    };
    // Makes the folders where this is the first there is, and knows which ids are taken.
    let taken = talk_or_begin(context, async |client| taken(&client).await)?;
    let from: Box<dyn Read> = if args.file.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(&args.file).map_err(unreadable)?)
    };
    let staging = Staging::new(&context.places).map_err(unreadable)?;
    let mut import = Import {
        staging,
        taken,
        sessions: BTreeMap::new(),
        profiles: BTreeMap::new(),
        settings: Map::new(),
        known: false,
    };
    import.read(from).map_err(unreadable)?;
    let (brought, left_out) = import.move_in(&context.places).map_err(unreadable)?;
    let settings = args.settings.then_some(import.settings);
    talk_or_begin(context, async |client| {
        finish(client, settings, context).await
    })?;
    crate::say(format_args!("{brought} sessions imported"));
    for what in &left_out {
        crate::say(format_args!("mainstay: {what}"));
    }
    Ok(if left_out.is_empty() {
        Exit::Done
    } else {
        Exit::Taken
    })
}

/// The ids that are in use, those of deleted sessions included.
async fn taken(client: &Client) -> Result<BTreeSet<SessionId>, Failure> {
    let query = mainstay_protocol::session::SessionQuery {
        deleted: true,
        ..Default::default()
    };
    let sessions = client.all_sessions(&query).await?;
    Ok(sessions.into_iter().map(|session| session.id).collect())
}

/// Settings, and a manager that looks at the folders anew.
async fn finish(
    client: Client,
    settings: Option<Map<String, Value>>,
    context: &Context<'_>,
) -> Result<(), Failure> {
    if let Some(settings) = settings {
        client.change_settings(&settings).await?;
    }
    if client.info().kind == Kind::App {
        crate::say("the Mainstay app shows them when it is started again");
        return Ok(());
    }
    client.yield_to(Kind::Serve).await?;
    drop(ensure(context).await?);
    Ok(())
}

/// A folder beside the sessions for what isn't whole yet; its name is no session's.
struct Staging(PathBuf);

impl Staging {
    fn new(places: &Places) -> io::Result<Self> {
        let path = places
            .sessions_dir()
            .join(format!(".import-{}", std::process::id()));
        make_folder(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What stays is passed over by everybody.
        fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

struct Import {
    staging: Staging,
    taken: BTreeSet<SessionId>,
    /// Whether each session of the file is to be brought in.
    sessions: BTreeMap<SessionId, bool>,
    profiles: BTreeMap<String, Vec<u8>>,
    settings: Map<String, Value>,
    /// The first file said what it is.
    known: bool,
}

impl Import {
    fn read(&mut self, from: impl Read) -> io::Result<()> {
        let mut archive = Archive::new(from);
        for entry in archive.entries()? {
            let mut entry = entry?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let path = entry.path()?.into_owned();
            let Some(place) = place(&path) else {
                let path = path.display();
                return Err(wrong(format_args!(
                    "it has a file {path}, which is no place in an export"
                )));
            };
            self.take(place, &mut entry)?;
        }
        if self.known {
            return Ok(());
        }
        Err(wrong("it is no export of Mainstay"))
    }

    fn take(&mut self, place: Place, entry: &mut Entry<'_, impl Read>) -> io::Result<()> {
        if !self.known && place != Place::Top(ABOUT.to_owned()) {
            return Err(wrong("it is no export of Mainstay"));
        }
        match place {
            Place::Top(name) if name == ABOUT => {
                let about: About = serde_json::from_slice(&small(entry)?)?;
                if about.format > FORMAT {
                    let version = &about.mainstay;
                    return Err(wrong(format_args!(
                        "version {version} wrote it, which is newer than this one; install that"
                    )));
                }
                self.known = true;
            }
            Place::Top(name) if name == SETTINGS => {
                self.settings = serde_json::from_slice(&small(entry)?)?;
            }
            Place::Top(_) => {}
            Place::Profile(name) => {
                let content = small(entry)?;
                self.profiles.insert(name, content);
            }
            Place::Session(id, inside) => self.session_file(id, &inside, entry)?,
        }
        Ok(())
    }

    fn session_file(
        &mut self,
        id: SessionId,
        inside: &Path,
        entry: &mut impl Read,
    ) -> io::Result<()> {
        let path = self.staging.0.join(id.as_str()).join(inside);
        let wanted = *self
            .sessions
            .entry(id)
            .or_insert_with_key(|id| !self.taken.contains(id));
        if !wanted || is_passing(inside) {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        let mut file = new_file(&path)?;
        io::copy(entry, &mut file)?;
        file.sync_all()
    }

    /// Moves everything to its place, each session at once; gives the number of sessions and what was left out.
    fn move_in(&self, places: &Places) -> io::Result<(usize, Vec<String>)> {
        let mut left_out = Vec::new();
        let mut brought = 0;
        for (id, wanted) in &self.sessions {
            let to = places.session_dir(id);
            if !wanted || to.symlink_metadata().is_ok() {
                left_out.push(format!("session {id} was left out: its id is taken here"));
                continue;
            }
            fs::rename(self.staging.0.join(id.as_str()), to)?;
            brought += 1;
        }
        let folder = places.data.join("profiles");
        for (name, content) in &self.profiles {
            make_folder(&folder)?;
            match new_file(&folder.join(name)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    left_out.push(format!("profile {name} was left out: there is one already"));
                }
                file => io::Write::write_all(&mut file?, content)?,
            }
        }
        Ok((brought, left_out))
    }
}

fn small(entry: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    entry.take(MAX_SMALL + 1).read_to_end(&mut content)?;
    if content.len() as u64 > MAX_SMALL {
        return Err(wrong("a file in it is far too long"));
    }
    Ok(content)
}

fn wrong(what: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_string())
}

fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
