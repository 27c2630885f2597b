//! What comes out besides the screen: answers, events, lines. Tables of input and output.

use mainstay_protocol::journal::{
    AgentReport, AgentReportState, Mark, MarkKind, Notification, Urgency,
};
use mainstay_protocol::state::Progress;
use mainstay_protocol::{Attrs, Color, Line, Size, Style, Underline};
use mainstay_terminal::{Event, Options, Sink, Terminal};

#[derive(Debug, Default)]
struct Heard {
    lines: Vec<(u64, Line)>,
    cleared: Vec<u64>,
    replies: String,
    events: Vec<(u64, Event)>,
}

impl Sink for Heard {
    fn line(&mut self, number: u64, line: &Line) {
        self.lines.push((number, line.clone()));
    }

    fn cleared(&mut self, line: u64) {
        self.cleared.push(line);
    }

    fn reply(&mut self, bytes: &[u8]) {
        self.replies.push_str(&String::from_utf8_lossy(bytes));
    }

    fn event(&mut self, at: u64, event: Event) {
        self.events.push((at, event));
    }
}

fn terminal(cols: u16, rows: u16, tail_rows: usize) -> Terminal {
    Terminal::new(
        Size::clamped(cols, rows),
        Options {
            tail_rows,
            ..Options::default()
        },
    )
}

fn heard(input: &str) -> Heard {
    let mut heard = Heard::default();
    terminal(20, 5, 10).feed(input.as_bytes(), &mut heard);
    heard
}

fn texts(heard: &Heard) -> Vec<&str> {
    heard
        .lines
        .iter()
        .map(|(_, line)| line.text.as_str())
        .collect()
}

#[test]
fn queries_are_answered_once_and_from_what_is_set() {
    for (input, answer) in [
        ("\x1b[c", "\x1b[?1;2c"),
        ("\x1b[0c", "\x1b[?1;2c"),
        ("\x1b[1c", ""),
        ("\x1b[>c", "\x1b[>0;276;0c"),
        ("\x1b[=c", ""),
        ("\x1b[5n", "\x1b[0n"),
        ("ab\x1b[6n", "\x1b[1;3R"),
        ("\x1b[3;4H\x1b[?6n", "\x1b[?3;4R"),
        ("\x1b[2;4r\x1b[?6h\x1b[2;2H\x1b[6n", "\x1b[2;2R"),
        ("12345678901234567890\x1b[6n", "\x1b[1;20R"),
        ("\x1b[?7$p\x1b[?7l\x1b[?7$p", "\x1b[?7;1$y\x1b[?7;2$y"),
        ("\x1b[?2004h\x1b[?2004$p", "\x1b[?2004;1$y"),
        (
            "\x1b[?1002h\x1b[?1000$p\x1b[?1002$p",
            "\x1b[?1000;2$y\x1b[?1002;1$y",
        ),
        ("\x1b[?1049h\x1b[?47$p", "\x1b[?47;1$y"),
        ("\x1b[?31337$p", "\x1b[?31337;0$y"),
        ("\x1b[4h\x1b[4$p\x1b[20$p", "\x1b[4;1$y\x1b[20;2$y"),
        (
            "\x1b[>q",
            concat!("\x1bP>|mainstay(", env!("CARGO_PKG_VERSION"), ")\x1b\\"),
        ),
        ("\x1bP$qm\x1b\\", "\x1bP1$r0m\x1b\\"),
        ("\x1b[1;31m\x1bP$qm\x1b\\", "\x1bP1$r0;1;31m\x1b\\"),
        ("\x1b[2;4r\x1bP$qr\x1b\\", "\x1bP1$r2;4r\x1b\\"),
        ("\x1b[5 q\x1bP$q q\x1b\\", "\x1bP1$r5 q\x1b\\"),
        ("\x1b[1\"q\x1bP$q\"q\x1b\\", "\x1bP1$r1\"q\x1b\\"),
        ("\x1bP$qrm -rf\x1b\\", "\x1bP0$r\x1b\\"),
        (
            "\x1bP+q544e;436f\x1b\\",
            "\x1bP1+r544E=787465726D2D323536636F6C6F72\x1b\\\x1bP1+r436F=323536\x1b\\",
        ),
        ("\x1bP+q414243\x1b\\", "\x1bP0+r\x1b\\"),
        ("\x1b]11;?\x07", "\x1b]11;rgb:1616/1818/1c1c\x07"),
        (
            "\x1b]10;#102030\x07\x1b]10;?\x1b\\",
            "\x1b]10;rgb:1010/2020/3030\x1b\\",
        ),
        (
            "\x1b]4;1;?;300;?;231;?\x07",
            "\x1b]4;1;rgb:cdcd/3131/3131\x07\x1b]4;231;rgb:ffff/ffff/ffff\x07",
        ),
        (
            "\x1b]4;1;#fff\x07\x1b]104;1\x07\x1b]4;1;?\x07",
            "\x1b]4;1;rgb:cdcd/3131/3131\x07",
        ),
        ("\x1b[18t", "\x1b[8;5;20t"),
    ] {
        assert_eq!(heard(input).replies, answer, "{}", input.escape_debug());
    }
}

#[test]
fn what_could_be_typed_into_a_shell_is_never_answered() {
    for input in [
        "\x1b]0;title\x07\x1b[20t\x1b[21t",
        "\x05",
        "\x1b]50;?\x07",
        "\x1b]52;c;?\x07",
        "\x1b[1;1;1;1;1;1*y",
        "\x1b[?u",
        "\x1b[14t\x1b[16t\x1b[11t\x1b[13t",
        "\x1b]99;i=x:p=?;\x07",
        "\x1bZ",
        "\x1b[>1u\x1b[>4;1m\x1b[?4m",
        "\x1b_Gi=1,a=q;AAAA\x1b\\",
    ] {
        assert_eq!(heard(input).replies, "", "{}", input.escape_debug());
    }
}

#[test]
fn events_say_what_and_where() {
    let note = |title: &str, body: &str| {
        Event::Notification(Notification {
            title: title.into(),
            body: body.into(),
            ..Notification::default()
        })
    };
    let mark = |kind, line, column| Event::Mark(Mark { kind, line, column });
    let clip = |selection: &str, text: &str| Event::Clipboard {
        selection: selection.into(),
        text: text.into(),
    };
    let agent = |state, app: Option<&str>, kind: Option<&str>| {
        Event::Agent(AgentReport {
            state,
            app: app.map(str::to_owned),
            kind: kind.map(str::to_owned),
        })
    };
    for (input, events) in [
        ("a\x07", vec![(2, Event::Bell)]),
        (
            "\x1b]0;ti\u{202e}tle\x07",
            vec![(13, Event::Title("title".into()))],
        ),
        ("\x1b]2;x\x1b\\", vec![(6, Event::Title("x".into()))]),
        ("\x1b]1;icon\x07", vec![]),
        (
            "\x1b]2;x\x07\x1b[22t\x1b]2;y\x07\x1b[23t",
            vec![
                (6, Event::Title("x".into())),
                (17, Event::Title("y".into())),
                (22, Event::Title("x".into())),
            ],
        ),
        (
            "\x1b]7;file://host/a%20b\x07",
            vec![(22, Event::Cwd("/a b".into()))],
        ),
        (
            "\x1b]7;file:///C:/x\x07",
            vec![(17, Event::Cwd("C:/x".into()))],
        ),
        (
            "\x1b]7;http://host/a\x07\x1b]7;file://h\x07\x1b]7;file:///a%0Ab\x07",
            vec![],
        ),
        ("\x1b]9;hello\x07", vec![(10, note("", "hello"))]),
        (
            "\x1b]9;4;1;50\x07",
            vec![(11, Event::Progress(Progress::Percent(50)))],
        ),
        (
            "\x1b]9;4;2;300\x07",
            vec![(12, Event::Progress(Progress::Error(0)))],
        ),
        (
            "\x1b]9;4;3\x07",
            vec![(8, Event::Progress(Progress::Indeterminate))],
        ),
        ("\x1b]9;4;0\x07", vec![]),
        ("\x1b]9;1;100\x07", vec![]),
        ("\x1b]777;notify;a;b;c\x07", vec![(19, note("a", "b;c"))]),
        ("\x1b]777;other;a;b\x07", vec![]),
        (
            "\x1b]99;i=7:d=0:u=2;ti\x07\x1b]99;i=7:d=0;tle\x07\x1b]99;i=7:p=body;text\x07",
            vec![(
                58,
                Event::Notification(Notification {
                    title: "title".into(),
                    body: "text".into(),
                    id: Some("7".into()),
                    urgency: Urgency::Critical,
                }),
            )],
        ),
        ("\x1b]99;e=1;aGk=\x07", vec![(14, note("hi", ""))]),
        ("\x1b]99;i=1:a=focus;\x07", vec![]),
        ("\x1b]52;c;aGk=\x07", vec![(12, clip("c", "hi"))]),
        ("\x1b]52;;aGk\x07", vec![(10, clip("c", "hi"))]),
        ("\x1b]52;pX;\x07", vec![(9, clip("p", ""))]),
        ("\x1b]52;c;not base64\x07", vec![]),
        ("\x1b]133;A\x07", vec![(8, mark(MarkKind::Prompt, 0, 0))]),
        (
            "one\r\n$ \x1b]133;B\x1b\\",
            vec![(15, mark(MarkKind::Input, 1, 2))],
        ),
        (
            "\x1b]133;C;cmdline_url=ls%20-l\x07",
            vec![(
                28,
                mark(
                    MarkKind::Output {
                        command: Some("ls -l".into()),
                    },
                    0,
                    0,
                ),
            )],
        ),
        (
            "\x1b]133;D;130\x07",
            vec![(
                12,
                mark(
                    MarkKind::End {
                        exit_code: Some(130),
                    },
                    0,
                    0,
                ),
            )],
        ),
        (
            "\x1b]133;D\x07",
            vec![(8, mark(MarkKind::End { exit_code: None }, 0, 0))],
        ),
        (
            "\x1b]7501;state=idle:app=codex\x07",
            vec![(28, agent(AgentReportState::Idle, Some("codex"), None))],
        ),
        (
            "\x1b]7501;state=blocked:app=x:kind=permission\x07",
            vec![(
                43,
                agent(AgentReportState::Blocked, Some("x"), Some("permission")),
            )],
        ),
        ("\x1b]7501;state=unheard\x07", vec![]),
        ("\x1b]0;cancelled\x18", vec![]),
    ] {
        assert_eq!(heard(input).events, events, "{}", input.escape_debug());
    }
}

#[test]
fn the_host_of_a_folder_must_be_this_machine() {
    for (hostname, url, is_taken) in [
        ("here", "file://HERE/x", true),
        ("here", "file://localhost/x", true),
        ("here", "file:///x", true),
        ("here", "file://there/x", false),
        ("", "file://there/x", true),
    ] {
        let options = Options {
            hostname: hostname.into(),
            ..Options::default()
        };
        let mut terminal = Terminal::new(Size::DEFAULT, options);
        terminal.feed(format!("\x1b]7;{url}\x07").as_bytes(), &mut ());
        assert_eq!(
            terminal.state().cwd.is_some(),
            is_taken,
            "{url} on {hostname}"
        );
    }
}

#[test]
fn lines_come_once_whole_and_in_order() {
    let mut terminal = terminal(5, 2, 0);
    let mut heard = Heard::default();
    terminal.feed(b"one\r\na longer line\r\n\r\nend", &mut heard);
    assert_eq!(
        texts(&heard),
        ["one", "a longer line"],
        "a wrapped line is one line, whatever the width"
    );
    assert_eq!(
        (terminal.committed(), terminal.top_line()),
        (2, 2),
        "the empty line is on the screen"
    );
    terminal.finish(&mut heard);
    assert_eq!(
        texts(&heard),
        ["one", "a longer line", "", "end"],
        "the end of a run commits the rest"
    );
    assert!(
        heard.lines.iter().map(|(n, _)| *n).eq(0..4),
        "numbers count from 0"
    );
    terminal.feed(b"again\r\n", &mut heard);
    terminal.finish(&mut heard);
    assert_eq!(
        heard.lines.last().map(|(n, line)| (*n, line.text.as_str())),
        Some((4, "again")),
        "the next run goes on below"
    );
}

#[test]
fn plain_text_comes_out_as_it_went_in() {
    // A model of its own: what is printed between line feeds, spaces and all.
    let mut text = String::new();
    let mut expected = Vec::new();
    for number in 0..500_usize {
        let line = format!("{number} {}", "日本 text é ".repeat(number % 17));
        text.push_str(&line);
        text.push_str("\r\n");
        expected.push(line);
    }
    for (cols, rows, tail) in [(80, 24, 256), (7, 3, 4), (2, 1, 0), (3, 5, 1)] {
        let mut terminal = terminal(cols, rows, tail);
        let mut heard = Heard::default();
        for chunk in text.as_bytes().chunks(97) {
            terminal.feed(chunk, &mut heard);
        }
        terminal.finish(&mut heard);
        assert_eq!(
            texts(&heard),
            expected,
            "at {cols} by {rows} with a tail of {tail}"
        );
    }
}

#[test]
fn styles_and_links_are_part_of_a_line() {
    let mut heard = Heard::default();
    let mut terminal = terminal(40, 1, 0);
    terminal.feed(
        b"ab\x1b[1;31mcd\x1b[0m e\x1b]8;;https://x.y/\x07fg\x1b]8;;\x07\x1b[4:3mh\x1b[m\x1b[44m\x1b[K\x1b[m\r\n",
        &mut heard,
    );
    let (_, line) = heard.lines.first().expect("one line scrolled out");
    assert_eq!(
        line.text, "abcd efgh",
        "erased cells at the end are no text"
    );
    let runs: Vec<(u32, Style, Option<&str>)> = line
        .runs
        .iter()
        .map(|run| (run.start, run.style, run.link.as_deref()))
        .collect();
    let red = Style {
        fg: Color::Indexed(1),
        attrs: Attrs::BOLD,
        ..Style::default()
    };
    let curly = Style {
        underline: Underline::Curly,
        ..Style::default()
    };
    assert_eq!(
        runs,
        [
            (2, red, None),
            (4, Style::default(), None),
            (6, Style::default(), Some("https://x.y/")),
            (8, curly, None),
        ],
        "a run where the style or the link changes"
    );
}

#[test]
fn a_line_without_end_is_cut() {
    let mut heard = Heard::default();
    let mut terminal = terminal(100, 10, 20);
    let long = "0123456789".repeat(20_000);
    terminal.feed(long.as_bytes(), &mut heard);
    terminal.feed(b"\r\nnext", &mut heard);
    terminal.finish(&mut heard);
    let whole: String = heard
        .lines
        .iter()
        .take(heard.lines.len() - 1)
        .map(|(_, line)| line.text.as_str())
        .collect();
    assert_eq!(whole, long, "nothing is lost at the cuts");
    let cuts: Vec<bool> = heard.lines.iter().map(|(_, line)| line.cut).collect();
    assert_eq!(
        cuts,
        [true, true, true, false, false],
        "all but the last part say that they go on"
    );
    assert!(
        heard
            .lines
            .iter()
            .all(|(_, line)| line.text.len() <= Line::MAX_TEXT),
        "no part is longer than allowed"
    );
}

#[test]
fn clearing_the_scrollback_marks_and_keeps() {
    let mut heard = Heard::default();
    let mut terminal = terminal(10, 2, 10);
    terminal.feed(b"a\r\nb\r\nc\r\nd\x1b[3J", &mut heard);
    assert_eq!(
        texts(&heard),
        ["a", "b"],
        "what was above the screen is history"
    );
    assert_eq!(
        heard.cleared,
        [2],
        "views begin at the line at the top of the screen"
    );
    terminal.resize(Size::clamped(10, 4), &mut heard);
    assert_eq!(
        terminal.screen_text(),
        "c\nd",
        "what was cleared is not pulled back"
    );
}

#[test]
fn a_screen_that_grows_gets_its_lines_back() {
    let mut heard = Heard::default();
    let mut terminal = terminal(10, 3, 10);
    terminal.feed(b"a\r\nb\r\nc\r\nd\r\nlong long line", &mut heard);
    assert_eq!(
        terminal.screen_text(),
        "d\nlong long\nline",
        "the last rows are on the screen"
    );
    terminal.resize(Size::clamped(20, 5), &mut heard);
    assert_eq!(
        terminal.screen_text(),
        "a\nb\nc\nd\nlong long line",
        "lines are whole again where there is room"
    );
    assert_eq!(
        terminal.state().cursor,
        (14, 4),
        "the cursor stays after its text"
    );
    terminal.resize(Size::clamped(4, 2), &mut heard);
    assert_eq!(
        terminal.screen_text(),
        "g li\nne",
        "and are wrapped again where there is none"
    );
    assert_eq!(
        terminal.top_line(),
        4,
        "the line at the top is the one that was wrapped"
    );
    assert_eq!(
        texts(&heard),
        Vec::<&str>::new(),
        "nothing of that is a reason to commit lines"
    );
}

#[test]
fn erasing_pushes_nothing_and_scrolling_the_whole_screen_does() {
    for (input, lines) in [
        ("a\r\nb\x1b[2J", vec![]),
        ("a\r\nb\r\nc\x1b[2S", vec!["a", "b"]),
        ("a\r\nb\r\nc\x1b[H\x1b[2M", vec![]),
        ("a\r\nb\r\nc\x1b[2;3r\x1b[3;1H\n", vec![]),
        ("a\r\nb\r\nc\x1b[1;2r\x1b[2;1H\n", vec!["a"]),
        (
            "a\r\nb\x1b[?1049h1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\x1b[?1049l",
            vec![],
        ),
    ] {
        let mut heard = Heard::default();
        terminal(10, 3, 0).feed(input.as_bytes(), &mut heard);
        assert_eq!(texts(&heard), lines, "{}", input.escape_debug());
    }
}
