//! Failpoints in a process of their own: it is killed, held, and let fail as its environment says.
//!
//! The program runs itself again as the child; so it has no test harness.

#![expect(
    clippy::print_stdout,
    reason = "what the child reached is told on its standard output"
)]

use std::process::{Child, Command, ExitStatus, Stdio};

use mainstay_seams::failpoint::{self, Gate};

const CHILD: &str = "SEAMS_CHILD";

fn main() {
    if std::env::var_os(CHILD).is_some() {
        child();
        return;
    }
    killed_at_the_third_hit();
    held_until_released();
    an_operation_fails();
    unarmed_passes();
    println!("4 tests passed");
}

fn child() {
    let plan = std::env::var(failpoint::ENV).unwrap_or_default();
    failpoint::arm_from(&plan).expect("the test armed it well");
    for step in 1..=4 {
        failpoint::hit("seams.step");
        if failpoint::fails("seams.write") {
            println!("failed {step}");
            continue;
        }
        println!("did {step}");
    }
}

fn start(plan: &str) -> Child {
    Command::new(std::env::current_exe().expect("own path"))
        .env(CHILD, "1")
        .env(failpoint::ENV, plan)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the child starts")
}

fn run(plan: &str) -> (ExitStatus, String) {
    end(start(plan))
}

fn end(child: Child) -> (ExitStatus, String) {
    let output = child.wait_with_output().expect("the child ends");
    (
        output.status,
        String::from_utf8_lossy(&output.stdout).replace('\n', ","),
    )
}

fn killed_at_the_third_hit() {
    let (status, output) = run("seams.step=kill@3");
    assert_eq!(output, "did 1,did 2,", "it got as far as the point");
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(9),
        "SIGKILL, which nothing can catch"
    );
    assert!(!status.success(), "it did not end by itself");
}

fn held_until_released() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = Gate::open(folder.path()).expect("a gate");
    let mut child = start(&format!("seams.step={}@2", gate.action()));
    let held = gate.held().expect("it reaches the point");
    assert_eq!((held.name.as_str(), held.hit), ("seams.step", 2));
    assert_eq!(held.pid, child.id(), "it says who it is");
    assert!(
        child.try_wait().expect("its state").is_none(),
        "it stands there"
    );
    held.release().expect("it is there to be let go");
    let (status, output) = end(child);
    assert!(status.success(), "it went on to its end");
    assert_eq!(output, "did 1,did 2,did 3,did 4,");
}

fn an_operation_fails() {
    let (status, output) = run("seams.write=error@2+");
    assert!(status.success(), "an error is not a crash");
    assert_eq!(output, "did 1,failed 2,failed 3,failed 4,");
}

fn unarmed_passes() {
    let (status, output) = run("");
    assert!(status.success() && output == "did 1,did 2,did 3,did 4,");
}
