//! `mainstay export` and `mainstay import`.

use crate::support::house::House;

#[test]
fn everything_comes_along() {
    let old = House::new();
    old.start("done", &["sh", "-c", "echo the first house"]);
    old.get(&["wait", "done"]);
    old.get(&["rename", "done", "moved"]);
    old.start("live", &["sh", "-c", "echo still running; exec cat"]);
    old.get(&["settings", "grace_ms", "1234"]);
    let file = old.work().join("all.tar");
    let path = file.to_str().expect("UTF-8");
    old.get(&["export", path]);
    assert_eq!(
        old.run(&["export", path]).code(),
        1,
        "nothing is overwritten"
    );

    let new = House::new();
    new.get(&["import", path, "--settings"]);
    let done = new.json(&["show", "moved", "--json"]);
    assert_eq!(
        (&done["id"], &done["status"]),
        (&"done".into(), &"completed".into())
    );
    assert_eq!(done["settings"]["command"][0], "sh", "{done}");
    assert!(new.get(&["screen", "done"]).contains("the first house"));
    assert_eq!(
        new.json(&["show", "live", "--json"])["status"],
        "interrupted"
    );
    assert!(new.get(&["screen", "live"]).contains("still running"));
    assert_eq!(new.get(&["settings", "grace_ms"]), "1234\n");
    new.get(&["resume", "live"]);
    new.get(&["wait", "live", "--for", "running"]);

    let again = new.run(&["import", path]);
    assert_eq!(again.code(), 7, "{}", again.stderr());
    assert!(
        again.stderr().contains("session done was left out"),
        "{}",
        again.stderr()
    );
    assert_eq!(
        new.json(&["show", "live", "--json"])["status"],
        "running",
        "untouched"
    );
}

#[test]
fn other_files_are_refused() {
    let house = House::new();
    for content in [&b""[..], b"no tar", &[0; 2048]] {
        let ran = house.run_with(&["import", "-"], content);
        assert_eq!(ran.code(), 1, "{}", ran.stderr());
    }
    let sessions = std::fs::read_dir(house.data().join("sessions")).expect("a folder");
    assert_eq!(sessions.count(), 0, "nothing is left behind");
}
