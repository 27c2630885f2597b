//! Viewers while output comes fast, and after it.
#![cfg(unix)]

mod support;

use mainstay_protocol::Line;
use mainstay_protocol::frame::{Answer, FromHost, Operation};
use mainstay_seams::{Clock as _, SystemClock};
use mainstay_terminal::{Options, Sink, Terminal};
use support::client::Client;
use support::home::{Home, Run};

/// Bytes of the flood: a quarter of a second for the fastest machine.
const FLOOD: u64 = 20_000_000;

#[derive(Default)]
struct Lines(Vec<String>);

impl Sink for Lines {
    fn line(&mut self, _: u64, line: &Line) {
        self.0.push(line.text.clone());
    }
}

fn attached(run: &Run<'_>) -> Client {
    let mut client = run.client();
    client.view(80, 24);
    client.until_text("up");
    client
}

#[test]
fn a_flood_is_paced_and_its_end_is_exact() {
    let home = Home::new();
    let run = home.script(&format!(
        "stty -echo; printf up; read x; yes 'a line of the flood' | head -c {FLOOD}; printf THE-END
         read x; printf GOT-IT; read x"
    ));
    let mut client = attached(&run);
    let (before, begin) = (client.snapshots, SystemClock.monotonic());
    client.type_in("\r");
    client.until_text("THE-END");
    let took = SystemClock.monotonic().saturating_sub(begin);
    let snapshots = u64::from(client.snapshots - before);
    let paced = took.as_millis() / 33 + 2;
    assert!(
        u128::from(snapshots) <= paced,
        "{snapshots} snapshots in {took:?}"
    );
    // The bucket: what comes at once, what drains meanwhile, the room after each snapshot.
    let bucket = (1 << 20) + took.as_micros() * 8 + u128::from(snapshots + 1) * 16 * 1024;
    assert!(
        u128::from(client.output) <= bucket,
        "{} bytes in {took:?}",
        client.output
    );
    assert_eq!(
        client.text(),
        run.client().host_screen(),
        "what is shown in the end is what the host has"
    );

    let (before, streamed) = (client.snapshots, client.output);
    client.type_in("\r");
    client.until_text("GOT-IT");
    assert_eq!(
        client.snapshots, before,
        "after the flood nothing is left out"
    );
    assert!(client.output > streamed, "what comes is a stream again");
}

#[test]
fn what_went_by_is_read_from_the_history_by_number() {
    let home = Home::new();
    let run = home.script(&format!(
        "stty -echo; printf up; read x; seq -f 'line %.0f' 1 {}; printf THE-END; read x",
        FLOOD / 16
    ));
    let mut client = attached(&run);
    client.type_in("\r");
    let mut top_line = 0;
    while !client.text().contains("THE-END") {
        if let FromHost::Snapshot(snapshot) = client.step().expect("the host is there") {
            top_line = snapshot.top_line;
        }
    }
    let first = run.client().state().top_line;
    assert!(
        top_line <= first,
        "{top_line}, and the stream from there on"
    );
    let Answer::Lines(lines) = client.ask(Operation::Lines {
        from: first - 2000,
        count: 2000,
    }) else {
        panic!("lines");
    };
    let next = client.text();
    let next = next.lines().next().expect("a line").trim_end();
    let number = |text: &str| -> u64 {
        let (_, number) = text.rsplit_once(' ').expect("a number");
        number.parse().expect("a number")
    };
    assert_eq!(lines.lines.len(), 2000, "as many as a viewer keeps");
    for (at, line) in (1..).zip(lines.lines.iter().rev()) {
        assert_eq!(
            number(&line.text) + at,
            number(next),
            "each line once, up to the top of the screen"
        );
    }
}

#[test]
fn a_burst_comes_as_a_stream_with_every_line_once() {
    let home = Home::new();
    let run = home.script(
        "stty -echo; printf up
         for round in 1 2 3; do
           read x; seq -f 'a line of the burst, number %05.0f' 1 1700; printf END-$round
         done; read x",
    );
    let mut client = attached(&run);
    let before = client.snapshots;
    for round in 1..=3 {
        let mut lines = Lines::default();
        let mut shown = Terminal::new(client.screen.size(), Options::default());
        client.type_in("\r");
        while !client.text().contains(&format!("END-{round}")) {
            if let FromHost::Output(_, bytes) = client.step().expect("the host is there") {
                shown.feed(&bytes, &mut lines);
            }
        }
        shown.flush_tail(&mut lines);
        let numbers = lines.0.iter().filter_map(|line| line.rsplit_once(' '));
        let numbers: Vec<u32> = numbers.filter_map(|(_, n)| n.parse().ok()).collect();
        let expected: Vec<u32> = (1..).take(numbers.len()).collect();
        assert_eq!(numbers, expected, "each line once, in order");
        assert!(numbers.len() > 1650, "all but the last screen");
    }
    assert_eq!(client.snapshots, before, "no snapshot takes their place");
}
