//! Viewers: each sees the program's screen, none disturbs anybody.
#![cfg(unix)]

mod support;

use std::io::{Read as _, Write as _};

use mainstay_link::Stream;
use mainstay_protocol::Size;
use mainstay_protocol::frame::{
    Answer, FromHost, Hello, Note, OpenView, Operation, Preface, Query, ToHost,
};
use mainstay_terminal::{Options, Sink, Terminal};
use support::client::Client;
use support::home::{Home, Run};

struct Nothing;
impl Sink for Nothing {}

/// A program that prints this many numbered, coloured lines when it is told to, and then a mark.
fn flood(lines: u32) -> String {
    format!(
        "read x; for ((i = 0; i < {lines}; i++)); do
           printf '\\e[3%dmline %d \\e[1mof the flood\\e[0m\\n' $((i % 8)) $i; done; printf THE-END; read x"
    )
}

fn screens_agree(run: &Run<'_>, client: &Client) {
    let mut asker = run.client();
    assert_eq!(
        client.text(),
        asker.host_screen(),
        "a viewer that has caught up sees what the host sees"
    );
}

#[test]
fn a_snapshot_is_what_a_terminal_that_was_always_there_shows() {
    let home = Home::new();
    let script = "printf '\\e[2J\\e[5;10H\\e[31mred\\e[0m 漢字 \\e[7mreverse\\e[0m\\r\\n'; \
                  printf '\\e[?2004h\\e[3;20r\\e[18;1Hat the bottom'; read x";
    let run = home.script(script);
    let mut first = run.client();
    first.view(80, 24);
    first.until_text("at the bottom");
    let mut second = run.client();
    second.open(OpenView::default());
    second.until_text("at the bottom");
    assert_eq!(
        second.text(),
        first.text(),
        "one that came late sees the same"
    );
    let mut direct = Terminal::new(Size::clamped(80, 24), Options::default());
    let printed = std::process::Command::new("bash")
        .args(["-c", &script.replace("read x", "")])
        .output()
        .expect("bash runs");
    direct.feed(&printed.stdout, &mut Nothing);
    assert_eq!(
        second.text(),
        direct.screen_text(),
        "and the same as the model fed directly"
    );
}

#[test]
fn the_viewer_with_the_last_input_or_focus_decides_the_size() {
    let home = Home::new();
    let run = home.script("stty -echo; echo up; while read x; do echo \"size $(stty size)\"; done");
    let mut one = run.client();
    one.view(90, 30);
    one.until_text("up");
    one.until("its size", |client| {
        client.screen.size() == Size::clamped(90, 30)
    });
    let mut two = run.client();
    two.open(OpenView {
        size: Some(Size::clamped(70, 20)),
        ..OpenView::default()
    });
    two.until("told who decides", |client| !client.notes.is_empty());
    let others = |size: Size| Note::Control { mine: false, size };
    assert_eq!(
        two.notes.last(),
        Some(&others(Size::clamped(90, 30))),
        "the first has control"
    );
    two.type_in("\r");
    two.until("its own size", |client| {
        client.screen.size() == Size::clamped(70, 20)
    });
    two.until_text("size 20 70");
    one.until("told who decides", |client| {
        client.notes.last() == Some(&others(Size::clamped(70, 20)))
    });
    one.until("a snapshot of that size", |client| {
        client.screen.size() == Size::clamped(70, 20)
    });
    one.send(&ToHost::Focus(true));
    one.until("control again", |client| {
        client.notes.last()
            == Some(&Note::Control {
                mine: true,
                size: Size::clamped(90, 30),
            })
    });
    drop(one);
    two.until("what is left decides", |client| {
        client.screen.size() == Size::clamped(70, 20)
    });
    two.send(&ToHost::Wish(Size::clamped(60, 10)));
    two.until("its wish", |client| {
        client.screen.size() == Size::clamped(60, 10)
    });
    two.type_in("\r");
    two.until_text("size 10 60");
    screens_agree(&run, &two);
}

#[test]
fn twenty_viewers_under_a_flood_see_the_same_in_the_end() {
    let home = Home::new();
    let run = home.script(&flood(60_000));
    let threads: Vec<_> = (0..20)
        .map(|number| {
            let mut client = run.client();
            client.open(OpenView {
                size: (number == 0).then(|| Size::clamped(80, 24)),
                window: 1 << (12 + number % 10),
                ..OpenView::default()
            });
            client.until("its snapshot", |client| client.snapshots > 0);
            std::thread::spawn(move || {
                client.until_text("THE-END");
                client
            })
        })
        .collect();
    run.client().type_in("\r");
    for thread in threads {
        let client = thread.join().expect("no viewer fails");
        screens_agree(&run, &client);
    }
}

#[test]
fn a_viewer_that_never_reads_and_one_that_reads_byte_by_byte_disturb_nobody() {
    let home = Home::new();
    let run = home.script(&flood(60_000));
    let token = run.record().token;
    let raw = || {
        let mut stream = Stream::connect(&run.started.socket).expect("connected");
        let mut bytes = Preface::OURS.encode().to_vec();
        let hello = Hello {
            token: token.clone(),
            client: "raw".to_owned(),
        };
        ToHost::Hello(hello).encode(&mut bytes).expect("short");
        let view = OpenView {
            window: 4 << 20,
            ..OpenView::default()
        };
        ToHost::OpenView(view).encode(&mut bytes).expect("short");
        stream.write_all(&bytes).expect("sent");
        stream
    };
    let _never_reads = raw();
    let mut slow = raw();
    let mut good = run.client();
    good.view(80, 24);
    good.type_in("\r");
    let mut bytes = Vec::new();
    good.until("the end of the flood", |client| {
        let mut byte = [0];
        if bytes.len() < 4096 {
            slow.read_exact(&mut byte).expect("the host is still there");
            bytes.extend(byte);
        }
        client.text().contains("THE-END")
    });
    screens_agree(&run, &good);
    let mut late = run.client();
    late.open(OpenView::default());
    late.until_text("THE-END");
}

#[test]
fn a_stuck_viewer_gets_nothing_more_and_then_one_snapshot() {
    let home = Home::new();
    let run = home.script(&flood(60_000));
    let mut stuck = run.client();
    stuck.acks = false;
    stuck.open(OpenView {
        window: 8192,
        ..OpenView::default()
    });
    stuck.until("its snapshot", |client| client.snapshots == 1);
    stuck.send(&ToHost::AckView(stuck.position));
    let mut good = run.client();
    good.view(80, 24);
    good.type_in("\r");
    good.until_text("THE-END");
    // What was sent to the stuck one before the flood ended is waiting for it: a ping comes after it.
    stuck.send(&ToHost::Ping(7));
    while stuck.step().expect("connected") != FromHost::Pong(7) {}
    // Views of size 80x24 come with the other viewer's size: at most one snapshot for that, and one window of output.
    assert!(
        stuck.output <= 8192,
        "no more than its window: {}",
        stuck.output
    );
    assert!(
        stuck.snapshots <= 2,
        "no snapshot that it did not ask for: {}",
        stuck.snapshots
    );
    stuck.acks = true;
    stuck.send(&ToHost::AckView(stuck.position));
    stuck.until_text("THE-END");
    screens_agree(&run, &stuck);
}

#[test]
fn a_clipboard_goes_to_the_viewer_in_control_only() {
    let home = Home::new();
    let run = home.script("read x; printf '\\e]52;c;aGVsbG8=\\a\\a'; echo; echo set; read x");
    let mut one = run.client();
    one.view(80, 24);
    let mut two = run.client();
    two.open(OpenView::default());
    two.until("its snapshot", |client| client.snapshots == 1);
    one.type_in("\r");
    for client in [&mut one, &mut two] {
        client.until("the bell", |client| client.notes.contains(&Note::Bell));
        client.until_text("set");
    }
    let clipboard = Note::Clipboard {
        selection: "c".to_owned(),
        text: "hello".to_owned(),
    };
    assert!(one.notes.contains(&clipboard), "{:?}", one.notes);
    assert!(!two.notes.contains(&clipboard), "{:?}", two.notes);
}

#[test]
fn history_can_be_read_and_searched_while_it_grows() {
    let home = Home::new();
    let run = home.script(&flood(5000));
    let mut client = run.client();
    client.view(80, 24);
    client.type_in("\r");
    client.until_text("THE-END");
    let (mut next, mut lines) = (0, Vec::new());
    loop {
        let Answer::Lines(found) = client.ask(Operation::Lines {
            from: next,
            count: 100_000,
        }) else {
            panic!("lines");
        };
        if found.lines.is_empty() {
            break;
        }
        assert_eq!(found.first, next, "no holes");
        next += found.lines.len() as u64;
        lines.extend(found.lines);
    }
    let wanted = |number: usize| format!("line {number} of the flood");
    let first = lines
        .iter()
        .position(|line| line.text == wanted(0))
        .expect("the first line");
    for (number, line) in lines.iter().skip(first).enumerate() {
        assert_eq!(line.text, wanted(number), "each line once, in order");
    }
    assert!(
        lines.len() > 4900,
        "nearly all have left the screen: {}",
        lines.len()
    );

    let Answer::Hits { hits, last: true } = client.ask(Operation::Search(Query {
        pattern: "line 4[0-9]{3} ".to_owned(),
        regex: true,
        limit: Some(5),
        context: 1,
        ..Query::default()
    })) else {
        panic!("hits");
    };
    let texts: Vec<&str> = hits.iter().map(|hit| hit.text.as_str()).collect();
    let expected: Vec<String> = (4000..4005).map(wanted).collect();
    assert_eq!(texts, expected, "the first five");
    assert_eq!(hits[0].before, [wanted(3999)], "with their context");
    let Answer::Failed(failure) = client.ask(Operation::Search(Query {
        pattern: "(".to_owned(),
        regex: true,
        ..Query::default()
    })) else {
        panic!("a failure");
    };
    assert_eq!(
        failure.code,
        mainstay_protocol::frame::ErrorCode::Invalid,
        "{failure}"
    );
    let Answer::Text { text } = client.ask(Operation::Screen { history: 3 }) else {
        panic!("a text");
    };
    assert!(
        text.ends_with("THE-END"),
        "the screen after three lines of history: {text}"
    );
}

#[test]
fn a_size_that_was_given_stays_until_a_viewer_decides() {
    let home = Home::new();
    let run = home.script("while read x; do stty size; done");
    let mut owner = run.client();
    let given = Size::clamped(132, 43);
    let resize = Operation::Resize { size: given };
    owner.order(resize.clone()).expect("nobody looks");
    assert_eq!(owner.state().size, given);
    let mut viewer = run.client();
    viewer.view(80, 24);
    viewer.type_in("\r");
    viewer.until_text("24 80");
    let held = |viewer: &Client| {
        let last = viewer.notes.last();
        let control = Note::Control {
            mine: true,
            size: given,
        };
        last == Some(&control) && viewer.screen.size() == given
    };
    owner.order(resize.clone()).expect("somebody looks");
    viewer.until("the size", held);
    let mut other = run.client();
    other.open(OpenView::default());
    other.until_text("24 80");
    other.send(&ToHost::CloseView);
    assert_eq!(other.state().size, given, "who only looks changes nothing");
    // Typing takes it back, before what is typed is read.
    viewer.type_in("\r");
    viewer.until("the answer", |viewer| {
        viewer.text().matches("24 80").count() == 2
    });
    owner.order(resize).expect("again");
    viewer.until("the size", held);
    viewer.send(&ToHost::Wish(Size::clamped(90, 30)));
    viewer.until("what it wished", |viewer| {
        viewer.screen.size() == Size::clamped(90, 30)
    });
}
