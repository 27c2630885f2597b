//! What the tests of a kept run share: generated output, and a model that is fed it directly.

pub(crate) mod model;
pub(crate) mod script;

use std::path::Path;
use std::sync::Arc;

use mainstay_keep::{Effects, Keeper, Places, SessionFolder, Settings};
use mainstay_protocol::spec::RunSpec;
use mainstay_protocol::{RunId, SessionId, Size};
use mainstay_seams::{Clock, TestClock};

/// A folder for files that a killed process leaves: in memory where there is such a disk, for what is killed is the
/// process, not the machine, and making hundreds of runs durable takes its time.
pub(crate) fn scratch() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .expect("a folder")
}

pub(crate) fn session_id() -> SessionId {
    "s1".parse().expect("an id")
}

pub(crate) fn run_id(number: u32) -> RunId {
    format!("r{number}").parse().expect("an id")
}

/// The specification of the n-th run of the session.
pub(crate) fn spec(number: u32, size: Size) -> RunSpec {
    let json = serde_json::json!({
        "session": session_id(),
        "run": run_id(number),
        "program": "sh",
        "cwd": "/",
        "size": size,
        "resumed": number > 1,
        "secrets": { "KEY": "value" },
    });
    serde_json::from_value(json).expect("a specification")
}

/// Small files, so that every border comes often.
pub(crate) fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.history.raw_bytes = 32 * 1024;
    settings.history.segment_bytes = 64 * 1024;
    settings.history.retention.min_free = mainstay_history::Floor::NONE;
    settings
}

pub(crate) fn places(data: &Path) -> Places {
    let places = Places::below(data);
    places.prepare().expect("a place for data");
    places
}

pub(crate) fn folder(data: &Path) -> SessionFolder {
    SessionFolder::create(&places(data), &session_id()).expect("a session")
}

/// A run that begins now.
pub(crate) fn begin(
    data: &Path,
    number: u32,
    clock: &Arc<TestClock>,
    settings: &Settings,
) -> Keeper {
    let spec = spec(number, Size::clamped(60, 12));
    begin_spec(data, &spec, clock, settings)
}

/// The same with a specification of its own.
pub(crate) fn begin_spec(
    data: &Path,
    spec: &RunSpec,
    clock: &Arc<TestClock>,
    settings: &Settings,
) -> Keeper {
    let folder = folder(data);
    let lock = folder.lock().expect("free");
    let clock: Arc<dyn Clock> = Arc::clone(clock) as _;
    let (keeper, _) = Keeper::open(folder, lock, spec, settings, clock).expect("begun");
    keeper
}

/// Lets the keeper take output, in pieces as large as it wants them.
pub(crate) fn take(keeper: &mut Keeper, mut bytes: &[u8], effects: &mut Effects) {
    while !bytes.is_empty() {
        let space = keeper.space();
        let length = space.len().min(bytes.len());
        let (piece, rest) = bytes.split_at(length);
        space[..length].copy_from_slice(piece);
        keeper.took(length, effects).expect("kept");
        bytes = rest;
    }
}
