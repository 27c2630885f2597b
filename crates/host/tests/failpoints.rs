//! A host that is killed at any of its borders between effects leaves a session that the next reader settles.
#![cfg(target_os = "linux")]

mod support;

use std::ops::ControlFlow;
use std::sync::Arc;

use mainstay_keep::{EndedView, SessionFolder, recover};
use mainstay_protocol::Size;
use mainstay_protocol::frame::{OpenView, Operation, ToHost};
use mainstay_protocol::journal::Event;
use mainstay_seams::{Clock, SystemClock};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use support::client::Client;
use support::home::{Home, Run, spec};

const LINES: usize = 3000;
/// Points that only a private run passes.
const PRIVATE: [&str; 2] = [
    mainstay_keep::failpoints::END_PURGED,
    mainstay_keep::failpoints::END_FORGOTTEN,
];

fn script() -> String {
    format!(
        "trap '' TERM HUP; for ((i = 0; i < {LINES}; i++)); do echo \"line $i\"; done; printf '\\a\\e[c'; read -t 600 x"
    )
}

/// Does with a run what a person may, as far as its host lives.
fn use_it(run: &Run<'_>) -> Option<()> {
    let token = run.folder().host().ok()??.token;
    let mut client = Client::try_connect(&run.started.socket, &token).ok()?;
    client.send_if_there(&ToHost::OpenView(OpenView {
        size: Some(Size::clamped(100, 30)),
        ..OpenView::default()
    }));
    client.send_if_there(&ToHost::OpenJournal(0));
    while !client.text().contains(&format!("line {}\n", LINES - 1)) {
        client.step().ok()?;
    }
    client.try_ask(Operation::Pause);
    client.try_ask(Operation::Unpause);
    client.try_ask(Operation::Stop { grace_ms: Some(20) });
    while client.ended.is_none() {
        client.step().ok()?;
    }
    client.send_if_there(&ToHost::AckJournal(u64::MAX));
    client.until_closed();
    Some(())
}

fn until_gone(pid: u32) {
    let pid = i32::try_from(pid)
        .ok()
        .and_then(Pid::from_raw)
        .expect("a pid");
    if let Ok(descriptor) = pidfd_open(pid, PidfdFlags::empty()) {
        let mut fds = [PollFd::new(&descriptor, PollFlags::IN)];
        poll(&mut fds, None).expect("waited");
    }
}

/// Kills a host at this point; whether it was killed, after checking what it left.
fn killed_at(point: &str) -> bool {
    let home = Home::new().env("MAINSTAY_FAILPOINTS", &format!("{point}=kill"));
    let mut spec = spec(&script());
    spec.private = PRIVATE.contains(&point);
    let mut killed = true;
    let started = match home.try_start(&spec) {
        Ok(run) => {
            killed = use_it(&run).is_none();
            until_gone(run.started.host_pid);
            // Killed after everybody was told: it could not tidy up.
            killed |= !home.sockets().is_empty();
            true
        }
        Err(failure) => {
            assert!(
                failure.message.contains("without a word"),
                "{point}: {failure}"
            );
            false
        }
    };
    let places = home.places();
    let Ok(folder) = SessionFolder::open(&places, &spec.session) else {
        return killed;
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let recovered = recover(&folder, &clock).expect(point);
    if recovered.ended.is_none() {
        assert!(!started, "{point}: a run that was reported is not lost");
        return killed;
    }
    let run = folder.run(&spec.run);
    assert!(
        run.outcome().expect("readable").is_some(),
        "{point}: the outcome is written"
    );
    let journal = mainstay_keep::journal::Reader::open(&run.journal_path(), 0).expect("a journal");
    let entries: Vec<_> = journal.map(|entry| entry.expect("a good entry")).collect();
    for (entry, number) in entries.iter().zip(1..) {
        assert_eq!(entry.seq, number, "{point}: no gap in the journal");
    }
    let ends = entries
        .iter()
        .filter(|entry| matches!(entry.event, Event::Exited(_)))
        .count();
    assert_eq!(ends, 1, "{point}: one end: {entries:#?}");
    let view = EndedView::open(&folder).expect(point);
    let mut found = 0;
    let all = view
        .past()
        .each(0..u64::MAX, &mut |_, line| {
            if line.text.starts_with("line ") {
                let whole = line.text == format!("line {found}");
                let torn = format!("line {found}").starts_with(&line.text);
                assert!(
                    whole || torn,
                    "{point}: {found} lines, then {:?}",
                    line.text
                );
                found += 1;
            }
            ControlFlow::Continue(())
        })
        .expect(point);
    assert!(all.is_continue(), "{point}: all lines were looked at");
    if spec.private {
        assert_eq!(found, 0, "{point}: nothing of a private run is left");
    } else if !killed {
        assert_eq!(found, LINES, "{point}: an undisturbed run keeps every line");
    }
    killed
}

#[test]
fn a_host_killed_at_any_point_leaves_a_whole_session() {
    let points = [
        mainstay_host::failpoints::ALL,
        mainstay_keep::failpoints::ALL,
    ]
    .concat();
    let missed: Vec<_> = points
        .into_iter()
        .filter(|point| !killed_at(point))
        .collect();
    // A fresh session has nothing to recover; after the last point nothing is left that could tell.
    let expected = ["keep.replayed", "keep.settled", "host.gone"];
    let missed: Vec<_> = missed
        .into_iter()
        .filter(|point| !expected.contains(point))
        .collect();
    assert!(
        missed.is_empty(),
        "these points were never reached: {missed:?}"
    );
}
