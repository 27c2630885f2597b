//! `mainstay export`

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use mainstay_api::client::{Client, EventFilter};
use mainstay_keep::{Places, SessionFolder};
use mainstay_protocol::Timestamp;
use mainstay_protocol::session::SessionQuery;
use mainstay_protocol::session::query::MAX_PAGE;
use mainstay_seams::{Clock, SystemClock};
use serde::Serialize;
use tar::{Builder, Header};

use super::names::is_passing;
use super::{ABOUT, About, EVENTS, FORMAT, RECORDS, SETTINGS};
use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk;

/// Write everything into one file: sessions, what they printed, events, settings.
///
/// The file is a tar that only you can read; `-` writes it to standard output. Of a session that runs it has what was
/// written until now.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: mainstay export - | gzip > mainstay.tar.gz", after_long_help = Exit::help())]
pub(crate) struct Args {
    /// The file; it must not be there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// What the manager tells.
struct Told {
    records: Vec<u8>,
    events: Vec<u8>,
    settings: Vec<u8>,
}

pub(in crate::commands::upkeep) fn run(
    args: &Args,
    context: &Context<'_>,
) -> Result<Exit, Failure> {
    let told = talk(context, async |client| ask(&client).await)?;
    let now = SystemClock.now();
    let written = if args.file.as_os_str() == "-" {
        archive(io::stdout().lock(), &told, &context.places, now)
    } else {
        create(&args.file).and_then(|file| archive(file, &told, &context.places, now))
    };
    let live = written.map_err(|error| {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Failure::from(error);
        }
        Failure::new(
            Exit::Failed,
            format_args!("{} can't be written: {error}", args.file.display()),
        )
    })?;
    for id in live {
        crate::say(format_args!(
            "session {id} runs; the file has what it had printed until now"
        ));
    }
    Ok(Exit::Done)
}

async fn ask(client: &Client) -> Result<Told, Failure> {
    let query = SessionQuery {
        deleted: true,
        limit: MAX_PAGE,
        ..SessionQuery::default()
    };
    let records = lines(&client.all_sessions(&query).await?)?;
    let mut events = Vec::new();
    let filter = EventFilter::default();
    let mut since = 0;
    loop {
        let page = client.events(since, &filter, None).await?;
        let Some(last) = page.last() else {
            break;
        };
        since = last.seq;
        events.extend(lines(&page)?);
    }
    let settings = serde_json::to_vec_pretty(&client.settings().await?).map_err(io::Error::from)?;
    Ok(Told {
        records,
        events,
        settings,
    })
}

fn lines(values: &[impl Serialize]) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    for value in values {
        serde_json::to_writer(&mut text, value).map_err(io::Error::from)?;
        text.push(b'\n');
    }
    Ok(text)
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Writes the archive, and gives the sessions that run.
fn archive(
    to: impl Write,
    told: &Told,
    places: &Places,
    now: Timestamp,
) -> io::Result<Vec<String>> {
    let mut archive = Archive {
        tar: Builder::new(BufWriter::new(to)),
        now,
    };
    let about = About {
        format: FORMAT,
        mainstay: env!("CARGO_PKG_VERSION").to_owned(),
        made: now.to_string(),
    };
    archive.add(Path::new(ABOUT), &serde_json::to_vec_pretty(&about)?)?;
    archive.add(Path::new(RECORDS), &told.records)?;
    archive.add(Path::new(EVENTS), &told.events)?;
    archive.add(Path::new(SETTINGS), &told.settings)?;
    archive.folder(&places.data.join("profiles"), Path::new("profiles"))?;
    let mut live = Vec::new();
    for id in places.sessions().map_err(io::Error::other)? {
        let is_live = SessionFolder::open(places, &id).and_then(|folder| folder.is_live());
        if is_live.unwrap_or(false) {
            live.push(id.to_string());
        }
        let name = Path::new("sessions").join(id.as_str());
        archive.folder(&places.session_dir(&id), &name)?;
    }
    archive.tar.into_inner()?.flush()?;
    Ok(live)
}

struct Archive<W: Write> {
    tar: Builder<W>,
    now: Timestamp,
}

impl<W: Write> Archive<W> {
    fn add(&mut self, name: &Path, content: &[u8]) -> io::Result<()> {
        let mut header = Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(self.now.millis() / 1000);
        self.tar.append_data(&mut header, name, content)
    }

    /// Adds the files in a folder and below it. Each is read whole first, for it may grow or go meanwhile; none has more
    /// than some megabytes.
    fn folder(&mut self, folder: &Path, name: &Path) -> io::Result<()> {
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        let mut paths: Vec<_> = entries.collect::<io::Result<Vec<_>>>()?;
        paths.sort_by_key(fs::DirEntry::file_name);
        for entry in paths {
            let (path, name) = (entry.path(), name.join(entry.file_name()));
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.folder(&path, &name)?;
            } else if kind.is_file() && !is_passing(&path) {
                match fs::read(&path) {
                    Ok(content) => self.add(&name, &content)?,
                    // A segment that was just dropped.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }
}
