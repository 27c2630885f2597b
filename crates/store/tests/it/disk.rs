//! Disks that are full or read-only.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use mainstay_protocol::EventKind;
use mainstay_store::{Store, StoreError};

use crate::child::{Running, command, start, tell, try_open};
use crate::support::{Ground, append, insert, session};

/// The user `nobody` of most systems; any other than root will do.
const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("own file");
}

fn large(id: &str) -> mainstay_store::SessionRow {
    let mut row = session(id);
    row.session.summary = "x".repeat(20_000);
    row
}

fn write_large(store: &Store, id: &str) -> Result<(), StoreError> {
    let row = large(id);
    store.write(move |write| write.insert_session(&row))
}

/// What the child does on a small disk of its own: fills it, looks, makes room, goes on.
pub(crate) fn fill(folder: &Path) {
    let ballast = folder.join("ballast");
    fs::File::create(&ballast)
        .and_then(|file| std::io::Write::write_all(&mut &file, &vec![1; 3_000_000]))
        .expect("there is room");
    let store = try_open(folder).expect("a store").store;
    insert(&store, [session("a")]);
    let full = (0..1000).find_map(|n| {
        write_large(&store, &format!("s{n}"))
            .err()
            .map(|error| (n, error))
    });
    let (stored, error) = full.expect("the disk is small");
    assert!(
        matches!(error, StoreError::Full { .. }) && error.is_transient(),
        "{error}"
    );
    assert!(error.to_string().contains("the disk is full"), "{error}");
    let again = write_large(&store, "again").expect_err("still full");
    assert!(matches!(again, StoreError::Full { .. }), "{again}");
    let seen = store
        .read(|read| read.session_ids())
        .expect("looking goes on");
    assert_eq!(
        seen.len(),
        stored + 1,
        "what was answered is there, the rest isn't"
    );
    fs::remove_file(&ballast).expect("room is made");
    write_large(&store, "after").expect("it goes on");
    append(&store, "after", EventKind::Created).expect("it goes on");
    store.close();
    let store = try_open(folder).expect("a store").store;
    let seen = store.read(|read| read.session_ids()).expect("read");
    assert_eq!(seen.len(), stored + 2);
    tell("survived");
}

/// A disk of 4 MiB in a mount namespace of the child's own: nothing is left of it.
#[test]
fn a_full_disk_is_told_and_passes() {
    let folder = tempfile::tempdir().expect("a folder");
    let mount =
        "mount -t tmpfs -o size=4m none \"$STORE_TEST_FOLDER\" || exit 77; exec \"$0\" \"$@\"";
    let program = std::env::current_exe().expect("own path");
    let act = command(&program, "full", folder.path(), "");
    let mut own = Command::new("unshare");
    own.args(["--mount", "sh", "-c", mount])
        .arg(&program)
        .args(act.get_args());
    own.envs(
        act.get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    own.current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    if !is_root() || !can_mount() {
        println!("not allowed to mount a small disk; the failpoint's test has to do");
        return;
    }
    let (lines, well) = Running::start(own).end();
    assert!(well && lines == ["survived"], "{lines:?}");
}

fn can_mount() -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let tried = Command::new("unshare")
        .args(["--mount", "mount", "-t", "tmpfs", "none"])
        .arg(folder.path())
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}

/// What the child does whose second commit meets a full disk.
pub(crate) fn meet_a_full_disk(folder: &Path) {
    let store = try_open(folder).expect("a store").store;
    insert(&store, [session("a")]);
    let watch = store.watch();
    let error = append(&store, "a", EventKind::Created).expect_err("the disk is full");
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert!(!watch.has_changed().expect("open"), "nobody is told");
    assert_eq!(
        append(&store, "a", EventKind::Created),
        Ok(1),
        "it was stored nowhere"
    );
    tell("survived");
}

#[test]
fn a_commit_that_fails_stores_nothing_and_tells_nobody() {
    let ground = Ground::in_memory();
    let (lines, well) = start("failing", ground.folder(), "store.commit=error@2").end();
    assert!(well && lines == ["survived"], "{lines:?}");
}

/// What the unprivileged child does: each folder below holds a database or none and may not be written.
pub(crate) fn try_read_only(folder: &Path) {
    for name in ["empty", "full", "both"] {
        let error = try_open(&folder.join(name)).expect_err("it may not be written");
        assert!(
            matches!(error, StoreError::ReadOnly { .. }),
            "{name}: {error:?}"
        );
        let words = error.to_string();
        assert!(
            words.contains("can't be written") && words.contains(name),
            "{words}"
        );
    }
    tell("told");
}

/// Root may write everything, so the child is somebody else.
#[test]
fn what_may_not_be_written_is_told() {
    let ground = Ground::new();
    mode(ground.folder(), 0o755);
    let program = ground.folder().join("test");
    fs::copy(std::env::current_exe().expect("own path"), &program).expect("copied");
    mode(&program, 0o755);
    for name in ["empty", "full", "both"] {
        let folder = ground.folder().join(name);
        fs::create_dir(&folder).expect("a folder");
        if name != "empty" {
            let store = try_open(&folder).expect("a store").store;
            insert(&store, [session("a")]);
            store.close();
        }
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            // In "full" the folder alone is closed, in "both" the files are, too.
            mode(&path, if name == "both" { 0o400 } else { 0o600 });
            if is_root() {
                chown(&path, Some(NOBODY), Some(NOBODY)).expect("root may");
            }
        }
        if is_root() {
            chown(&folder, Some(NOBODY), Some(NOBODY)).expect("root may");
        }
        mode(&folder, 0o500);
    }
    let mut somebody = command(&program, "read_only", ground.folder(), "");
    if is_root() {
        somebody.uid(NOBODY).gid(NOBODY);
    }
    let (lines, well) = Running::start(somebody).end();
    for name in ["empty", "full", "both"] {
        mode(&ground.folder().join(name), 0o700);
    }
    assert!(well && lines == ["told"], "{lines:?}");
}
