//! `mainstay doctor`.

use serde_json::Value;

use crate::support::house::House;

fn grades(findings: &Value, area: &str) -> Vec<String> {
    let findings = findings.as_array().expect("a list").iter();
    findings
        .filter(|finding| finding["area"] == area)
        .map(|finding| finding["grade"].as_str().expect("a word").to_owned())
        .collect()
}

#[test]
fn nothing_is_wrong_before_and_after_the_first_session() {
    let house = House::new();
    let ran = house.run(&["doctor"]);
    assert_eq!(ran.code(), 0, "{}", ran.stdout());
    assert!(house.manager().is_none(), "it starts nothing");
    house.start("s1", &["cat"]);
    let findings = house.json(&["doctor", "--json"]);
    for area in [
        "program",
        "folders",
        "disk",
        "hosts",
        "sockets",
        "manager",
        "leftovers",
    ] {
        assert_eq!(grades(&findings, area), ["fine"], "{area}: {findings:#}");
    }
}

#[test]
fn what_is_wrong_is_found() {
    use std::os::unix::fs::PermissionsExt;

    let house = House::new();
    house.start("s1", &["cat"]);
    let sessions = house.data().join("sessions");
    std::fs::set_permissions(&sessions, PermissionsExt::from_mode(0o755)).expect("open");
    drop(std::os::unix::net::UnixListener::bind(
        house.data().join("run/00.sock"),
    ));
    house.write("d/mainstay.db.damaged-1", "");
    let ran = house.run(&["doctor"]);
    assert_eq!(ran.code(), 1, "{}", ran.stdout());
    for words in ["chmod 700", "00.sock", "damaged-1"] {
        assert!(ran.stdout().contains(words), "{words} in {}", ran.stdout());
    }
}

#[test]
fn a_bundle_holds_nothing_private() {
    let house = House::new();
    house.get(&[
        "new",
        "--id",
        "s1",
        "--name",
        "PRIVATE",
        "--",
        "sh",
        "-c",
        "echo PRIVATE",
    ]);
    house.get(&["wait", "s1"]);
    let file = house.work().join("report.json");
    let path = file.to_str().expect("UTF-8");
    house.get(&["doctor", "--bundle", path]);
    let text = std::fs::read_to_string(&file).expect("a report");
    assert!(!text.contains("PRIVATE"), "{text}");
    let report: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(report["told"]["sessions"][0]["id"], "s1", "{report:#}");
    let again = house.run(&["doctor", "--bundle", path]);
    assert_eq!(again.code(), 1, "nothing is overwritten");
}
