//! Private copies of the host program, and what can go wrong when one is started.
#![expect(
    clippy::disallowed_methods,
    reason = "a test may write its own files plainly"
)]
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use mainstay_link::launch::{LaunchError, beside, collect, install, start};
use mainstay_protocol::spec::RunSpec;

fn program(folder: &Path, content: &str) -> PathBuf {
    let path = beside(&folder.join("mainstay"));
    fs::write(&path, content).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("executable");
    path
}

fn spec() -> RunSpec {
    serde_json::from_str(r#"{"session":"s","run":"r","program":"true","cwd":"/"}"#).expect("a spec")
}

#[test]
fn a_copy_outlives_its_original_and_is_made_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let bin = folder.path().join("data/bin");
    let original = program(folder.path(), "#!/bin/sh\necho one\n");
    let first = install(&original, &bin).expect("installed");
    let made = fs::metadata(first.program())
        .expect("there")
        .modified()
        .expect("a time");
    let again = install(&original, &bin).expect("installed");
    assert_eq!(
        first.program(),
        again.program(),
        "the same content is the same copy"
    );
    let now = fs::metadata(again.program())
        .expect("there")
        .modified()
        .expect("a time");
    assert_eq!(made, now, "it was not written again");
    fs::remove_file(&original).expect("removed");
    assert_eq!(
        fs::read_to_string(first.program()).expect("readable"),
        "#!/bin/sh\necho one\n"
    );
    let gone = install(&original, &bin).expect_err("no program");
    assert!(matches!(gone, LaunchError::Program { .. }), "{gone}");
}

#[test]
fn copies_that_nobody_uses_are_collected() {
    let folder = tempfile::tempdir().expect("a folder");
    let bin = folder.path().join("bin");
    let copy = |content: &str| install(&program(folder.path(), content), &bin).expect("installed");
    let used = copy("#!/bin/sh\n# used\n");
    let unused = copy("#!/bin/sh\n# old\n").program().to_owned();
    let current = copy("#!/bin/sh\n# new\n");
    assert_eq!(collect(&bin, &current), 1, "one is unused");
    assert!(!unused.exists() && used.program().exists() && current.program().exists());
    let back = copy("#!/bin/sh\n# old\n");
    assert!(
        back.program().exists(),
        "a collected copy is made again when it is needed"
    );
}

#[test]
fn a_damaged_copy_is_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let bin = folder.path().join("bin");
    let original = program(folder.path(), "#!/bin/sh\necho whole\n");
    let copy = install(&original, &bin)
        .expect("installed")
        .program()
        .to_owned();
    fs::write(&copy, "#!/bin/sh").expect("cut off");
    let again = install(&original, &bin).expect("installed");
    assert_eq!(
        fs::read_to_string(again.program()).expect("readable"),
        "#!/bin/sh\necho whole\n"
    );
}

#[test]
fn a_start_gives_the_hosts_own_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let bin = folder.path().join("bin");
    let failing = r#"#!/bin/sh
cat >/dev/null; echo '{"error":{"code":"invalid","message":"no such program"}}'; exit 1
"#;
    let installed = install(&program(folder.path(), failing), &bin).expect("installed");
    let error = start(&installed, &spec(), None).expect_err("it said no");
    assert!(matches!(&error, LaunchError::Failed(failure) if failure.message == "no such program"));
    let mute = "#!/bin/sh\nexit 7\n";
    let installed = install(&program(folder.path(), mute), &bin).expect("installed");
    let error = start(&installed, &spec(), None).expect_err("it said nothing");
    assert!(error.to_string().contains("exit status: 7"), "{error}");
}
