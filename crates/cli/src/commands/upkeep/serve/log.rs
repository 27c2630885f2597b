//! What the manager tells of its work: on standard error, or in the background in `DATA/manager.log`, at most two files
//! of 1 MiB. `MAINSTAY_LOG` sets how much: `error`, `warn`, `info`, `debug`, `trace`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Mutex;

use tracing_subscriber::filter::LevelFilter;

use crate::commands::Context;

/// Size at which a file becomes `manager.log.1` and a new one is begun.
const MAX: u64 = 1024 * 1024;

/// How much is told; the same variable as for hosts.
const LEVEL: &str = "MAINSTAY_LOG";

/// Begins to log. A log that can't be written is none.
pub(super) fn begin(context: &Context<'_>, background: bool) {
    let wished = (context.outside.env)(LEVEL);
    let wished = wished.and_then(|level| level.to_str()?.parse::<LevelFilter>().ok());
    let usual = if background {
        LevelFilter::INFO
    } else {
        LevelFilter::WARN
    };
    let log = tracing_subscriber::fmt()
        .with_max_level(wished.unwrap_or(usual))
        .with_ansi(false);
    if !background {
        drop(tracing::subscriber::set_global_default(
            log.with_writer(io::stderr).finish(),
        ));
    } else if let Ok(file) = Rotating::open(context.places.data.join("manager.log")) {
        drop(tracing::subscriber::set_global_default(
            log.with_writer(Mutex::new(file)).finish(),
        ));
    }
}

/// A file that doesn't grow beyond [`MAX`].
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
}

impl Write for Rotating {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.length >= MAX {
            fs::rename(&self.path, self.path.with_extension("log.1"))?;
            *self = Self::open(self.path.clone())?;
        }
        self.file.write_all(line)?;
        self.length += line.len() as u64;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{MAX, Rotating};

    #[test]
    fn a_log_stays_small() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("manager.log");
        let mut log = Rotating::open(path.clone()).expect("a file");
        let line = vec![b'x'; 64 * 1024];
        for _ in 0..40 {
            log.write_all(&line).expect("written");
        }
        for file in [path, folder.path().join("manager.log.1")] {
            let length = file.metadata().expect("it is there").len();
            assert!(length <= MAX + 64 * 1024, "{length}");
        }
        let files = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(files, 2, "no more than two");
    }
}
