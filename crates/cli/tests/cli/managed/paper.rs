//! What people read: in small terminals and large ones, and the papers that come with the program.

use crate::support::house::House;
use crate::support::outer::Outer;

#[test]
fn lists_fit_their_terminal() {
    let house = House::new();
    house.get(&[
        "new",
        "--name",
        "テスト 👩\u{200d}💻 and a long name that goes on",
        "--",
        "true",
    ]);
    house.get(&["wait", "テスト 👩\u{200d}💻 and a long name that goes on"]);
    for cols in [40, 80, 200] {
        let mut outer = Outer::mainstay(&house.data(), (cols, 24), &["ls"]);
        assert_eq!(outer.wait(), 0);
        let screen = outer.screen();
        let rows: Vec<&str> = screen.lines().collect();
        assert_eq!(
            rows.len(),
            2,
            "no row is broken in {cols} columns:\n{screen}"
        );
        assert!(rows[1].contains("completed"), "{screen}");
    }
}

#[test]
fn help_fits_a_small_terminal() {
    let house = House::new();
    let mut outer = Outer::mainstay(&house.data(), (80, 24), &[]);
    assert_eq!(outer.wait(), 2, "a command is missing");
    let screen = outer.screen();
    for part in ["Sessions that outlive", "Usage", "doctor", "--help"] {
        assert!(
            screen.contains(part),
            "{part} is on the first screen:\n{screen}"
        );
    }
}

#[test]
fn papers() {
    let house = House::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = house.get(&["completions", shell]);
        assert!(
            script.contains("--data-dir") || script.contains("data-dir"),
            "{shell}"
        );
        assert!(script.contains("unpause"), "{shell}");
    }
    assert!(house.get(&["man"]).contains(".TH"));
    let folder = house.work().join("man");
    house.get(&["man", folder.to_str().expect("UTF-8")]);
    assert!(folder.join("mainstay-new.1").is_file());
    let told = house.get(&["service", "install", "--dry-run"]);
    assert!(told.contains("serve --replace"), "{told}");
    assert!(told.contains("MAINSTAY_DATA_DIR"), "{told}");
    assert!(house.manager().is_none(), "none of these starts a manager");
}

#[test]
fn a_system_without_systemd() {
    let house = House::new();
    let mut command = house.command();
    command
        .env("PATH", "/nonexistent")
        .args(["service", "install"]);
    let ran = command.output().expect("it runs");
    assert_eq!(ran.status.code(), Some(1));
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(
        said.contains("systemctl isn't there") || cfg!(target_os = "macos"),
        "{said}"
    );
}
