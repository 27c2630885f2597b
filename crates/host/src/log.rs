//! The host's own log: `log` in the run's folder, at most two files of 256 KiB.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use tracing_subscriber::filter::LevelFilter;

/// Size at which a file becomes `log.1` and a new one is begun.
const MAX: u64 = 256 * 1024;
/// The environment variable that sets how much is told: `error`, `warn`, `info` (usual), `debug`, `trace`.
pub const LEVEL: &str = "MAINSTAY_LOG";

/// Begins to log into this folder. A log that can't be written is none.
pub fn begin(folder: &Path) {
    let Ok(file) = Rotating::open(folder.join("log")) else {
        return;
    };
    let level = std::env::var(LEVEL)
        .ok()
        .and_then(|level| level.parse::<LevelFilter>().ok())
        .unwrap_or(LevelFilter::INFO);
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_ansi(false)
        .with_writer(Mutex2(Mutex::new(file)))
        .finish();
    // A second run in one process happens in tests only; they share the first one's log.
    tracing::subscriber::set_global_default(subscriber).ok();
}

/// A file that never grows beyond [`MAX`].
#[derive(Debug)]
struct Rotating {
    path: PathBuf,
    file: File,
    length: u64,
}

impl Rotating {
    fn open(path: PathBuf) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        let length = file.metadata()?.len();
        Ok(Self { path, file, length })
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.length >= MAX {
            fs::rename(&self.path, self.path.with_extension("1"))?;
            *self = Self::open(self.path.clone())?;
        }
        self.length += line.len() as u64;
        self.file.write_all(line)
    }
}

/// Lets the subscriber's writers share the file.
#[derive(Debug)]
struct Mutex2(Mutex<Rotating>);

/// Writes one line.
#[derive(Debug)]
struct Line<'a>(&'a Mutex<Rotating>);

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().write(line).map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> tracing_subscriber::fmt::MakeWriter<'a> for Mutex2 {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(&self.0)
    }
}
