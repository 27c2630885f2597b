//! Every state against every input, as a table, which is the one in ARCHITECTURE.md.

use std::fmt::Write as _;

use mainstay_manager::lifecycle::{Ask, Input, Life, Record, Rules, Step, step};
use mainstay_protocol::event::EventKind;
use mainstay_protocol::journal::{Event, TimeoutKind};
use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use mainstay_protocol::session::{Retry, Status};
use mainstay_protocol::time::Timestamp;

const BEGIN: &str = "<!-- lifecycle -->";
const END: &str = "<!-- /lifecycle -->";

pub(crate) fn exited(exit: Exit, reason: EndReason) -> Input {
    Input::Journal(Event::Exited(Outcome {
        exit,
        reason,
        ended: Timestamp(1_795_188_960_000),
        ran_ms: 1,
    }))
}

pub(crate) fn code(code: i32) -> Exit {
    Exit::Code { code }
}

pub(crate) fn signal() -> Exit {
    Exit::Signal {
        signal: 11,
        name: "SIGSEGV".to_owned(),
        core: false,
    }
}

pub(crate) fn not_started() -> Exit {
    Exit::NotStarted {
        error: "no such program".to_owned(),
    }
}

/// All inputs by the names of the table.
pub(crate) fn inputs() -> Vec<(&'static str, Input)> {
    use EndReason::{
        HostDied, Natural, OutOfMemory, RunTimeout, StartFailed, StartTimeout, Stopped,
    };
    let timeout = |which| {
        Input::Journal(Event::Timeout {
            which,
            after_ms: 60_000,
        })
    };
    let journal = Input::Journal;
    vec![
        ("create", Input::Run(Ask::Create)),
        ("resume", Input::Run(Ask::Resume)),
        ("again", Input::Run(Ask::Again)),
        ("retry", Input::Run(Ask::Retry)),
        ("stop", Input::Stop),
        ("delete", Input::Delete),
        ("start failed", Input::StartFailed("no host".to_owned())),
        ("host lost", Input::HostLost("it is gone".to_owned())),
        ("`Spawned`", journal(Event::Spawned { pid: 7 })),
        ("`Ready`", journal(Event::Ready)),
        ("`Paused`", journal(Event::Paused)),
        ("`Unpaused`", journal(Event::Unpaused)),
        (
            "`StopRequested`",
            journal(Event::StopRequested { grace_ms: 5 }),
        ),
        ("`Timeout` start", timeout(TimeoutKind::Start)),
        ("`Timeout` run", timeout(TimeoutKind::Run)),
        ("`Exited` natural, success", exited(code(0), Natural)),
        ("`Exited` natural, none", exited(code(1), Natural)),
        ("`Exited` natural, signal", exited(signal(), Natural)),
        ("`Exited` stopped", exited(signal(), Stopped)),
        ("`Exited` start timeout", exited(signal(), StartTimeout)),
        ("`Exited` run timeout", exited(signal(), RunTimeout)),
        ("`Exited` out of memory", exited(signal(), OutOfMemory)),
        ("`Exited` start failed", exited(not_started(), StartFailed)),
        ("`Exited` host died", exited(Exit::Unknown, HostDied)),
        ("any other entry", journal(Event::Bell)),
    ]
}

pub(crate) fn rules() -> Rules {
    Rules {
        retry: Some(Retry {
            count: 1,
            ..Retry::default()
        }),
        ..Rules::default()
    }
}

fn kept(status: Status) -> Life {
    Life {
        record: Record::Kept,
        status,
        ..Life::unborn()
    }
}

pub(crate) fn spawned(status: Status, ready: bool) -> Life {
    Life {
        pid: Some(7),
        ready,
        ..kept(status)
    }
}

/// A column of the table: states in which the same happens.
struct Column {
    name: &'static str,
    states: Vec<Life>,
}

fn columns() -> Vec<Column> {
    let ended = [
        Status::Completed,
        Status::Failed,
        Status::Terminated,
        Status::Interrupted,
    ];
    let column = |name, states: Vec<Life>| Column { name, states };
    vec![
        column("no session", vec![Life::unborn()]),
        column("pending", vec![kept(Status::Pending)]),
        column("pending, spawned", vec![spawned(Status::Pending, false)]),
        column("running", vec![spawned(Status::Running, true)]),
        column("paused", vec![spawned(Status::Paused, true)]),
        column("ended", ended.map(|status| spawned(status, true)).to_vec()),
        column(
            "failed, retry due",
            vec![Life {
                retry_due: true,
                attempts: 1,
                ..spawned(Status::Failed, true)
            }],
        ),
        column(
            "deleted",
            Status::ALL
                .map(|status| Life {
                    record: Record::Deleted,
                    ..kept(status)
                })
                .to_vec(),
        ),
    ]
}

fn cell(before: &Life, found: &Step) -> String {
    if found.is_nothing(before) {
        return "–".to_owned();
    }
    let told: Vec<&str> = found.events.iter().map(name).collect();
    let (was, is) = (place(before), place(&found.life));
    match (was == is, told.as_slice()) {
        (true, []) => "noted".to_owned(),
        (true, told) => told.join(", "),
        (false, told) => format!("**{is}** {}", told.join(", ")).trim().to_owned(),
    }
}

fn place(life: &Life) -> &'static str {
    match life.record {
        Record::None => "none",
        Record::Kept => life.status.as_str(),
        Record::Deleted => "deleted",
    }
}

fn name(event: &EventKind) -> &str {
    let name = event.name();
    name.strip_prefix("session.").unwrap_or(name)
}

/// The table as Markdown.
fn table() -> String {
    let columns = columns();
    let mut table = String::from("| input |");
    for column in &columns {
        write!(table, " {} |", column.name).expect("a text");
    }
    table.push('\n');
    table.push_str(&"| --- ".repeat(columns.len() + 1));
    table.push_str("|\n");
    for (input_name, input) in inputs() {
        write!(table, "| {input_name} |").expect("a text");
        for column in &columns {
            let cells: Vec<String> = column
                .states
                .iter()
                .map(|life| cell(life, &step(life, &input, &rules())))
                .collect();
            let first = cells.first().expect("a column has states");
            assert!(
                cells.iter().all(|cell| cell == first),
                "{input_name} in {}: {cells:?}",
                column.name
            );
            write!(table, " {first} |").expect("a text");
        }
        table.push('\n');
    }
    table
}

#[test]
fn the_table_in_architecture_md_is_true() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ARCHITECTURE.md");
    let text = std::fs::read_to_string(path).expect("the file is there");
    let after = text.split_once(BEGIN).expect("it has the first marker").1;
    let written = after.split_once(END).expect("it has the last marker").0;
    let real = table();
    assert_eq!(
        written.trim(),
        real.trim(),
        "between the markers belongs\n\n{real}"
    );
}

#[test]
fn every_status_has_a_column() {
    let columns = columns();
    let states = || columns.iter().flat_map(|column| &column.states);
    for status in Status::ALL {
        assert!(
            states().any(|life| life.record == Record::Kept && life.status == status),
            "{status}"
        );
    }
}
