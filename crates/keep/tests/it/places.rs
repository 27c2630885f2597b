//! Every fault of a place has a message of its own that says what to do, for an unprivileged user and for root.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use mainstay_keep::folder::SessionRecord;
use mainstay_keep::{KeepError, PlaceError, Places, ResolveError, SessionFolder};
use mainstay_protocol::{SessionId, Timestamp};

/// The user `nobody` of most systems; any other than root will do.
const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("own folder");
}

fn message(result: Result<(), PlaceError>, wanted: &[&str]) {
    let message = result.expect_err("there is a fault").to_string();
    for part in wanted {
        assert!(message.contains(part), "{part:?} is missing in: {message}");
    }
}

/// Root may do anything, so the test runs itself again as somebody else.
#[test]
fn as_an_unprivileged_user() {
    if !is_root() {
        every_fault();
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    mode(folder.path(), 0o755);
    let program = folder.path().join("test");
    // By another process: one that a test forks just now would have a file of ours that is being written.
    let copied = Command::new("cp")
        .arg(std::env::current_exe().expect("own path"))
        .arg(&program)
        .status();
    assert!(copied.expect("it runs").success(), "copied");
    mode(&program, 0o755);
    let output = Command::new(&program)
        .args(["--exact", "places::as_an_unprivileged_user", "--nocapture"])
        .uid(NOBODY)
        .gid(NOBODY)
        .current_dir("/")
        .output()
        .expect("it runs");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "as user {NOBODY}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn every_fault() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let places = Places::below(&data);

    let path = data.display().to_string();
    message(
        places.check_existing(),
        &[&path, "does not exist", "MAINSTAY_DATA_DIR"],
    );

    places.prepare().expect("made");
    places.check_existing().expect("good");
    for made in [&data, &places.sessions_dir(), &places.runtime] {
        let mode = fs::metadata(made).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{} is private", made.display());
    }

    mode(&data, 0o500);
    message(
        places.prepare(),
        &[
            &path,
            "not writable",
            "Permission denied",
            "make it writable",
        ],
    );
    fs::remove_dir(&places.runtime).expect_err("really not writable");
    mode(&data, 0o700);

    for wrong in [0o720, 0o702, 0o777, 0o1777] {
        mode(&data, wrong);
        message(
            places.prepare(),
            &[
                &path,
                "writable by others",
                &format!("{wrong:04o}"),
                "chmod",
            ],
        );
        message(places.check_existing(), &["writable by others"]);
    }
    mode(&data, 0o755);
    places
        .prepare()
        .expect("a person's folder may be readable: nothing in it is");
    mode(&places.sessions_dir(), 0o755);
    message(places.prepare(), &["open to others", "chmod 700"]);
    mode(&places.sessions_dir(), 0o700);

    let link = folder.path().join("link");
    symlink(&data, &link).expect("linked");
    message(
        Places::below(&link).prepare(),
        &["symbolic link", &path, "MAINSTAY_DATA_DIR"],
    );

    let file = folder.path().join("file");
    fs::File::create(&file).expect("made");
    message(Places::below(&file).prepare(), &["not a folder"]);
    message(
        Places::below(&file.join("data")).prepare(),
        &["can't be made"],
    );

    message(
        Places::below(Path::new("/usr")).prepare(),
        &["/usr", "belongs to user 0", "run this as its owner"],
    );
    message(
        Places::below(Path::new("/usr/no-such-folder")).prepare(),
        &["can't be made", "Permission denied", "MAINSTAY_DATA_DIR"],
    );

    mode(folder.path(), 0o000);
    message(
        places.check_existing(),
        &["permission denied", "folders above"],
    );
    mode(folder.path(), 0o700);

    session_faults(&places);
}

fn session_faults(places: &Places) {
    let id: SessionId = "build".parse().expect("an id");
    let missing = SessionFolder::open(places, &id).expect_err("not there");
    assert!(
        matches!(missing, KeepError::NoSession { .. }) && missing.to_string().contains("deleted"),
        "{missing}"
    );
    let session = SessionFolder::create(places, &id).expect("made");
    mode(session.path(), 0o777);
    let error = SessionFolder::open(places, &id).expect_err("open to all");
    assert!(error.to_string().contains("writable by others"), "{error}");
    mode(session.path(), 0o500);
    let error = session.lock().expect_err("nothing can be made there");
    assert!(error.to_string().contains("permission denied"), "{error}");
    mode(session.path(), 0o700);
    drop(session.lock().expect("free"));
}

#[test]
fn root_uses_no_folder_of_another_user_either() {
    if !is_root() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let places = Places::below(&data);
    places.prepare().expect("made");
    chown(&data, Some(NOBODY), None).expect("given away");
    message(
        places.prepare(),
        &[
            "belongs to user 65534",
            "not to you (user 0)",
            "run this as its owner",
        ],
    );
    message(places.check_existing(), &["belongs to user 65534"]);
}

#[test]
fn a_session_is_found_by_id_name_or_beginning() {
    let folder = tempfile::tempdir().expect("a folder");
    let places = Places::below(folder.path().join("data").as_path());
    places.prepare().expect("made");
    for (id, name) in [
        ("b7", None),
        ("b7x", Some("web server")),
        ("bq", Some("b7x")),
        ("c1", Some("twin")),
        ("d1", Some("twin")),
    ] {
        let session: SessionId = id.parse().expect("an id");
        let folder = SessionFolder::create(&places, &session).expect("made");
        let record = SessionRecord {
            session,
            name: name.map(str::to_owned),
            created: Timestamp(0),
            more: serde_json::Map::default(),
        };
        folder.write_record(&record).expect("written");
        assert_eq!(folder.record().expect("read"), Some(record));
    }
    fs::create_dir(places.sessions_dir().join(".trash")).expect("made");
    for (text, found) in [
        ("b7", "b7"),
        ("b7x", "b7x"),
        ("web server", "b7x"),
        ("bq", "bq"),
        ("c", "c1"),
    ] {
        let id = places.resolve(text).expect("found");
        assert_eq!(id.as_str(), found, "{text:?}");
    }
    for (text, candidates) in [("b", 3), ("twin", 2)] {
        match places.resolve(text) {
            Err(ResolveError::Ambiguous {
                candidates: all, ..
            }) => {
                assert_eq!(all.len(), candidates, "{text:?}");
            }
            other => panic!("{text:?}: {other:?}"),
        }
    }
    let error = places.resolve("twin").expect_err("two").to_string();
    assert!(error.contains("c1, d1"), "{error}");
    for unknown in ["", "zz", "web"] {
        let error = places.resolve(unknown).expect_err("none");
        assert!(matches!(error, ResolveError::Unknown { .. }), "{error}");
    }
}
