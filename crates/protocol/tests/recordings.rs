//! Frames of earlier versions are read as they were meant, and what this version does not know is ignored.

use std::fs;
use std::path::PathBuf;

use mainstay_protocol::frame::{from_host, to_host, *};
use mainstay_protocol::journal::{Entry, Event, Mark, MarkKind, Notification, Urgency};
use mainstay_protocol::line::{Attrs, Color, Line, Style, StyleRun, Underline};
use mainstay_protocol::outcome::{EndReason, Exit, Outcome};
use mainstay_protocol::state::{Progress, RunState, Screen};
use mainstay_protocol::{Size, Timestamp};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/v1")
}

fn read(name: &str) -> Vec<u8> {
    let path = folder().join(format!("{name}.hex"));
    let text = fs::read_to_string(&path).expect(name);
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let pairs = digits.chunks(2).map(|pair| pair.iter().collect::<String>());
    pairs
        .map(|pair| u8::from_str_radix(&pair, 16).expect("hexadecimal"))
        .collect()
}

/// Kind and payload of a recorded frame.
fn frame(name: &str) -> (u8, Vec<u8>) {
    let mut frames = Frames::default();
    frames.push(&read(name));
    let (kind, payload) = frames
        .next_frame()
        .expect("a sound frame")
        .expect("a whole frame");
    let found = (kind, payload.to_vec());
    assert!(frames.is_empty(), "{name} is one frame");
    found
}

fn screen() -> Screen {
    Screen {
        title: "vim — notes.md".to_owned(),
        cwd: Some("/home/ada".to_owned()),
        progress: Progress::Percent(42),
        alternate: true,
        bracketed_paste: true,
        mouse: false,
        focus_events: true,
        cursor_visible: true,
        cursor: (7, 3),
    }
}

fn state() -> RunState {
    RunState {
        pid: Some(4242),
        ready: true,
        paused: false,
        stopping: false,
        ended: false,
        size: Size::clamped(120, 40),
        viewers: 2,
        started: Timestamp(1_795_188_960_000),
        last_active: Timestamp(1_795_188_961_500),
        position: 1 << 33,
        first_line: 5,
        top_line: 1_000_000,
        cwd: None,
        screen: screen(),
    }
}

fn state_in_a_folder() -> RunState {
    RunState {
        cwd: Some("/var/log".to_owned()),
        ..state()
    }
}

fn outcome() -> Outcome {
    Outcome {
        exit: Exit::Signal {
            signal: 15,
            name: "SIGTERM".to_owned(),
            core: false,
        },
        reason: EndReason::Stopped,
        ended: Timestamp(1_795_188_970_000),
        ran_ms: 10_000,
    }
}

fn line() -> Line {
    let style = Style {
        fg: Color::Indexed(1),
        bg: Color::Rgb(1, 2, 3),
        underline_color: Color::Default,
        underline: Underline::Curly,
        attrs: Attrs::BOLD | Attrs::STRIKE,
    };
    Line {
        text: "error: 漢字 🚀".to_owned(),
        runs: vec![StyleRun {
            start: 7,
            style,
            link: Some("https://example.org/".into()),
        }],
        cut: true,
    }
}

fn entry(seq: u64, at: Option<u64>, event: Event) -> Entry {
    Entry {
        seq,
        time: Timestamp(1_795_188_960_000 + seq),
        at,
        event,
    }
}

fn entries() -> Vec<Entry> {
    let mark = Mark {
        kind: MarkKind::End { exit_code: Some(1) },
        line: 17,
        column: 0,
    };
    let notification = Notification {
        title: "Build".to_owned(),
        body: "failed".to_owned(),
        id: Some("b1".to_owned()),
        urgency: Urgency::Critical,
    };
    vec![
        entry(1, None, Event::Spawned { pid: 4242 }),
        entry(2, None, Event::Ready),
        entry(3, Some(100), Event::Bell),
        entry(4, Some(200), Event::Notification(notification)),
        entry(5, Some(200), Event::Mark(mark)),
        entry(6, None, Event::Exited(outcome())),
    ]
}

/// One example of every frame that goes to a host.
fn to_host() -> Vec<(&'static str, ToHost)> {
    let query = Query {
        pattern: "err(or)?".to_owned(),
        regex: true,
        ignore_case: true,
        from: Some(10),
        to: Some(20),
        backward: true,
        limit: Some(5),
        context: 2,
    };
    vec![
        (
            "hello",
            ToHost::Hello(Hello {
                token: "secret".to_owned(),
                client: "mainstay 0.1.0".to_owned(),
            }),
        ),
        (
            "open_view",
            ToHost::OpenView(OpenView {
                size: Some(Size::clamped(120, 40)),
                focused: true,
                window: 65_536,
            }),
        ),
        ("ack_view", ToHost::AckView(1 << 40)),
        ("close_view", ToHost::CloseView),
        ("input", ToHost::Input(b"ls\r\x1b[A".to_vec())),
        ("wish", ToHost::Wish(Size::clamped(100, 30))),
        ("focus", ToHost::Focus(true)),
        (
            "request",
            ToHost::Request(Request {
                id: 7,
                operation: Operation::Search(query),
            }),
        ),
        (
            "request_stop",
            ToHost::Request(Request {
                id: 8,
                operation: Operation::Stop {
                    grace_ms: Some(500),
                },
            }),
        ),
        (
            "request_resize",
            ToHost::Request(Request {
                id: 9,
                operation: Operation::Resize {
                    size: Size::clamped(132, 43),
                },
            }),
        ),
        ("cancel", ToHost::Cancel(7)),
        ("open_journal", ToHost::OpenJournal(3)),
        ("ack_journal", ToHost::AckJournal(6)),
        ("ping", ToHost::Ping(99)),
        ("follow", ToHost::Follow(2_000)),
    ]
}

fn reply(answer: Answer) -> FromHost {
    FromHost::Reply(Box::new(Reply { id: 7, answer }))
}

/// One example of every frame that comes from a host.
fn from_host() -> Vec<(&'static str, FromHost)> {
    let welcome = Welcome {
        session: "calm-otter".parse().expect("an id"),
        run: "run-1".parse().expect("an id"),
        version: "0.1.0".to_owned(),
        host_pid: 4200,
        journal: 6,
        state: state(),
    };
    let hit = Hit {
        line: 12,
        start: 0,
        end: 5,
        text: "error: 漢字".to_owned(),
        before: vec!["make".to_owned()],
        after: vec![],
    };
    let failure = Failure {
        code: ErrorCode::Busy,
        message: "four searches run already".to_owned(),
    };
    let lines = Lines {
        first: 12,
        lines: vec![line(), Line::default()],
        end: 14,
    };
    let snapshot = Snapshot {
        position: 1 << 33,
        size: Size::clamped(120, 40),
        top_line: 1_000_000,
        first: true,
        last: false,
        bytes: b"\x1b[2J\x1b[H$ ".to_vec(),
    };
    let control = Note::Control {
        mine: true,
        size: Size::clamped(120, 40),
    };
    let clipboard = Note::Clipboard {
        selection: "c".to_owned(),
        text: "copied\n".to_owned(),
    };
    let refusal = Refusal {
        code: ErrorCode::Denied,
        message: "the token is not one of this session".to_owned(),
    };
    let hits = Answer::Hits {
        hits: vec![hit],
        last: true,
    };
    let text = Answer::Text {
        text: "$ ls\nnotes.md".to_owned(),
    };
    vec![
        ("welcome", FromHost::Welcome(Box::new(welcome))),
        ("refused", FromHost::Refused(refusal)),
        ("snapshot", FromHost::Snapshot(snapshot)),
        (
            "output",
            FromHost::Output(1 << 33, b"notes.md\r\n".to_vec()),
        ),
        ("screen", FromHost::Screen(screen())),
        ("note", FromHost::Note(control)),
        ("note_clipboard", FromHost::Note(clipboard)),
        ("note_bell", FromHost::Note(Note::Bell)),
        ("reply", reply(Answer::Done)),
        ("reply_state", reply(Answer::State(Box::new(state())))),
        ("reply_text", reply(text)),
        ("reply_lines", reply(Answer::Lines(lines))),
        ("reply_hits", reply(hits)),
        ("reply_failed", reply(Answer::Failed(failure))),
        ("journal", FromHost::Journal(entries())),
        ("ended", FromHost::Ended(outcome())),
        ("pong", FromHost::Pong(99)),
        ("state", FromHost::State(Box::new(state()))),
        ("state_cwd", FromHost::State(Box::new(state_in_a_folder()))),
    ]
}

#[test]
fn what_version_1_sent_is_read() {
    let preface: [u8; Preface::LEN] = read("preface").try_into().expect("its length");
    let theirs = Preface::decode(&preface).expect("the magic");
    assert_eq!(
        Preface::OURS.settle(theirs),
        Ok(1),
        "version 1 is still spoken"
    );
    for (name, expected) in to_host() {
        let (kind, payload) = frame(name);
        assert_eq!(
            ToHost::decode(kind, &payload).expect(name),
            expected,
            "{name}"
        );
    }
    for (name, expected) in from_host() {
        let (kind, payload) = frame(name);
        assert_eq!(
            FromHost::decode(kind, &payload).expect(name),
            expected,
            "{name}"
        );
    }
}

#[test]
fn every_kind_is_recorded_and_described() {
    use from_host::kind as from;
    use to_host::kind as to;
    let kinds = [
        (to::HELLO, "Hello"),
        (to::OPEN_VIEW, "OpenView"),
        (to::ACK_VIEW, "AckView"),
        (to::CLOSE_VIEW, "CloseView"),
        (to::INPUT, "Input"),
        (to::WISH, "Wish"),
        (to::FOCUS, "Focus"),
        (to::REQUEST, "Request"),
        (to::CANCEL, "Cancel"),
        (to::OPEN_JOURNAL, "OpenJournal"),
        (to::ACK_JOURNAL, "AckJournal"),
        (to::PING, "Ping"),
        (to::FOLLOW, "Follow"),
        (from::WELCOME, "Welcome"),
        (from::REFUSED, "Refused"),
        (from::SNAPSHOT, "Snapshot"),
        (from::OUTPUT, "Output"),
        (from::SCREEN, "Screen"),
        (from::NOTE, "Note"),
        (from::REPLY, "Reply"),
        (from::JOURNAL, "Journal"),
        (from::ENDED, "Ended"),
        (from::PONG, "Pong"),
        (from::STATE, "State"),
    ];
    let document = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/PROTOCOL.md");
    let document = fs::read_to_string(document).expect("docs/PROTOCOL.md");
    let names = to_host().into_iter().map(|(name, _)| name);
    let names = names.chain(from_host().into_iter().map(|(name, _)| name));
    let recorded: Vec<u8> = names.map(|name| frame(name).0).collect();
    for (kind, name) in kinds {
        assert!(recorded.contains(&kind), "{name} is recorded");
        let row = format!("| `{kind:#04x}` | {name} |");
        assert!(document.contains(&row), "docs/PROTOCOL.md has {row}");
    }
    // A kind that is new must be added above: the ones after the last are not known.
    assert_eq!(
        ToHost::decode(to::FOLLOW + 1, b"").expect("ignored"),
        ToHost::Unknown(to::FOLLOW + 1)
    );
    assert_eq!(
        FromHost::decode(from::STATE + 1, b"").expect("ignored"),
        FromHost::Unknown(from::STATE + 1)
    );
}

/// The payload with a field that no version has, in every object of it.
fn from_the_future(payload: &[u8]) -> Option<Vec<u8>> {
    fn add(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(fields) => {
                fields.values_mut().for_each(add);
                // Not where the one field names a variant (`{"rgb": …}`).
                let is_variant = fields.len() == 1
                    && fields
                        .keys()
                        .all(|key| ["rgb", "indexed"].contains(&key.as_str()));
                if !is_variant {
                    fields.insert(
                        "from_the_future".to_owned(),
                        serde_json::json!([1, {"a": 2}]),
                    );
                }
            }
            serde_json::Value::Array(values) => values.iter_mut().for_each(add),
            _ => {}
        }
    }
    let mut value: serde_json::Value = serde_json::from_slice(payload).ok()?;
    if !value.is_object() && !value.is_array() {
        return None;
    }
    add(&mut value);
    serde_json::to_vec(&value).ok()
}

#[test]
fn fields_that_are_not_known_are_ignored() {
    let mut changed = 0;
    for (name, expected) in to_host() {
        let (kind, payload) = frame(name);
        if let Some(payload) = from_the_future(&payload) {
            assert_eq!(
                ToHost::decode(kind, &payload).expect(name),
                expected,
                "{name}"
            );
            changed += 1;
        }
    }
    for (name, expected) in from_host() {
        let (kind, payload) = frame(name);
        if let Some(payload) = from_the_future(&payload) {
            assert_eq!(
                FromHost::decode(kind, &payload).expect(name),
                expected,
                "{name}"
            );
            changed += 1;
        }
    }
    assert!(changed > 15, "most payloads are JSON: {changed}");
}

#[test]
fn variants_that_are_not_known_are_told_as_such() {
    let read = |kind, json: &str| FromHost::decode(kind, json.as_bytes()).expect(json);
    let note = read(from_host::kind::NOTE, r#"{"note":"hologram","depth":3}"#);
    assert_eq!(note, FromHost::Note(Note::Unknown));
    let answer = read(
        from_host::kind::REPLY,
        r#"{"id":1,"answer":"smell","of":"toast"}"#,
    );
    assert_eq!(
        answer,
        FromHost::Reply(Box::new(Reply {
            id: 1,
            answer: Answer::Unknown
        }))
    );
    let journal = read(
        from_host::kind::JOURNAL,
        r#"[{"seq":9,"time":1,"event":"teleported","to":"mars"},{"seq":10,"time":2,"event":"ready"}]"#,
    );
    let FromHost::Journal(entries) = journal else {
        panic!("a journal");
    };
    let events: Vec<&Event> = entries.iter().map(|entry| &entry.event).collect();
    assert_eq!(
        events,
        [&Event::Unknown, &Event::Ready],
        "what follows is read"
    );
    let request = ToHost::decode(
        to_host::kind::REQUEST,
        br#"{"id":3,"op":"dance","style":"tango"}"#,
    );
    let unknown = Request {
        id: 3,
        operation: Operation::Unknown,
    };
    assert_eq!(request.expect("read"), ToHost::Request(unknown));
}

/// Writes the recordings that are missing. Not part of a test run: recordings are made once and kept.
#[test]
#[ignore = "writes recordings"]
fn record() {
    let to_host = to_host().into_iter().map(|(name, frame)| {
        let mut bytes = Vec::new();
        frame.encode(&mut bytes).expect(name);
        (name, bytes)
    });
    let from_host = from_host().into_iter().map(|(name, frame)| {
        let mut bytes = Vec::new();
        frame.encode(&mut bytes).expect(name);
        (name, bytes)
    });
    let preface = [("preface", Preface::OURS.encode().to_vec())];
    for (name, bytes) in to_host.chain(from_host).chain(preface) {
        let path = folder().join(format!("{name}.hex"));
        if !path.exists() {
            write_hex(&path, &bytes);
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a new file of a test, read by nobody yet"
)]
fn write_hex(path: &std::path::Path, bytes: &[u8]) {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let lines: Vec<String> = digits.chunks(48).map(|line| line.concat()).collect();
    fs::write(path, lines.join("\n") + "\n").expect("written");
}
