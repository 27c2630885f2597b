//! Input, and output that means harm.
#![expect(
    clippy::disallowed_methods,
    reason = "a test may write its own files plainly"
)]
#![cfg(unix)]

mod support;

use mainstay_protocol::Size;
use mainstay_protocol::frame::{Answer, OpenView, Operation, ToHost};
use mainstay_terminal::{Options, Sink, Terminal};
use support::home::{Home, spec};

#[test]
fn a_large_paste_arrives_whole() {
    let home = Home::new();
    // A program that reads its terminal raw, at its own pace, and tells what it got.
    let run =
        home.script("stty raw -echo; echo up; head -c 1048576 | sha256sum; stty sane; read x");
    let mut client = run.client();
    client.view(80, 24);
    client.until_text("up");
    let mut paste = Vec::with_capacity(1 << 20);
    let mut number = 0u32;
    while paste.len() < 1 << 20 {
        paste.extend(format!("{number} ä漢🚀 \u{1b}[200~x\u{1b}[201~\n").bytes());
        number += 1;
    }
    paste.truncate(1 << 20);
    let expected = sha256(&paste);
    for piece in paste.chunks(100_000) {
        client.send(&ToHost::Input(piece.to_vec()));
    }
    client.until_text(&expected);
}

fn sha256(bytes: &[u8]) -> String {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let mut child = Command::new("sha256sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sha256sum runs");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(bytes).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let text = String::from_utf8(output.stdout).expect("text");
    text.split(' ').next().expect("a sum").to_owned()
}

#[test]
fn cat_gives_back_every_line_of_a_paste() {
    let home = Home::new();
    // Without echo: the kernel drops echoes, not input, when it has no room for them (n_tty).
    let run = home.script("stty -echo; echo up; exec cat");
    let mut client = run.client();
    client.view(80, 24);
    client.until_text("up");
    let line = |number: usize| format!("pasted line number {number} ä漢🚀");
    let lines: Vec<String> = (0..20_000).map(|number| line(number) + "\r").collect();
    for piece in lines.concat().as_bytes().chunks(64 * 1024) {
        client.send(&ToHost::Input(piece.to_vec()));
    }
    client.type_in("THE-END\r");
    client.until_text("THE-END");
    let (mut next, mut found) = (1, 0);
    while found < 19_900 {
        let Answer::Lines(lines) = client.ask(Operation::Lines {
            from: next,
            count: 10_000,
        }) else {
            panic!("lines");
        };
        assert!(!lines.lines.is_empty(), "there are more lines than {found}");
        for text in lines.lines.iter().map(|line| line.text.as_str()) {
            assert_eq!(text, line(found), "each line once, in order");
            found += 1;
        }
        next += lines.lines.len() as u64;
    }
}

#[test]
fn input_that_nobody_reads_does_not_hold_output_up() {
    let home = Home::new();
    let run = home.script(
        "stty raw -echo; echo up; i=0; while :; do echo \"tick $((i++));\"; sleep 0.02; done",
    );
    let mut typist = run.client();
    typist.view(80, 24);
    typist.until_text("up");
    let sender = typist.sender();
    let flood = std::thread::spawn(move || {
        // Far more than the terminal and the host's queue hold: it ends with the connection.
        for _ in 0..64 {
            if sender.send(&ToHost::Input(vec![b'x'; 512 * 1024])).is_err() {
                return;
            }
        }
    });
    let mut viewer = run.client();
    viewer.open(OpenView::default());
    viewer.until_text("tick 40;");
    viewer
        .order(Operation::Stop { grace_ms: Some(0) })
        .expect("stopped");
    viewer.until("the end", |client| client.ended.is_some());
    drop(typist);
    flood.join().expect("it ends");
}

#[test]
fn a_viewer_whose_input_nobody_reads_goes_on_seeing() {
    let home = Home::new();
    let run = home.script(
        "stty raw -echo; printf up; i=0; while :; do printf '%0200d tick %d;' 0 $((i++)); sleep 0.01; done",
    );
    let mut viewer = run.client();
    viewer.open(OpenView {
        focused: true,
        window: 4096,
        ..OpenView::default()
    });
    viewer.until_text("up");
    // Acks wait behind the input: they are sent where nobody waits for them.
    viewer.acks = false;
    let (sender, acker) = (viewer.sender(), viewer.sender());
    let flood =
        std::thread::spawn(
            move || {
                while sender.send(&ToHost::Input(vec![b'x'; 512 * 1024])).is_ok() {}
            },
        );
    let (shown, positions) = std::sync::mpsc::sync_channel(1);
    let acks = std::thread::spawn(move || {
        for position in positions {
            if acker.send(&ToHost::AckView(position)).is_err() {
                return;
            }
        }
    });
    let begun = viewer.output;
    viewer.until("far more than its window", |client| {
        // Full: the one before is on its way, and the next is as good.
        shown.try_send(client.position).ok();
        client.output > begun + 40_000
    });
    run.client()
        .order(Operation::Stop { grace_ms: Some(0) })
        .expect("stopped");
    viewer.until("the end", |client| client.ended.is_some());
    viewer.sender().shutdown();
    drop((viewer, shown));
    flood.join().expect("it ends");
    acks.join().expect("it ends");
}

#[test]
fn an_endless_string_sequence_is_swallowed_with_viewers_attached() {
    let home = Home::new();
    let run = home.script(
        "echo before; printf '\\e]52;c;'; head -c 100000000 /dev/zero | tr '\\0' A; printf '\\a'; echo after; read x",
    );
    let mut one = run.client();
    one.view(80, 24);
    one.until_text("after");
    assert!(
        one.text().contains("before"),
        "nothing else changed: {}",
        one.text()
    );
    assert!(
        one.output < 1_000_000,
        "it is not passed on: {}",
        one.output
    );
    let memory = resident(run.started.host_pid);
    assert!(memory < 40_000, "and not kept: {memory} KiB");
}

/// Resident memory in KiB.
fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// Bytes that look like escape sequences more often than chance would have it.
fn hostile_bytes(mut seed: u64, count: usize) -> Vec<u8> {
    const LIKELY: &[u8] = b"\x1b\x1b\x1b[[]P_^?>=;:0123456789cnqtRtx$\"'|\x07\x05\x9b\x9d\\";
    let mut bytes = Vec::with_capacity(count);
    while bytes.len() < count {
        // xorshift64 (Marsaglia, 2003)
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let [kind, value, ..] = seed.to_le_bytes();
        bytes.push(match kind % 3 {
            0 => value,
            _ => LIKELY
                .get(usize::from(value) % LIKELY.len())
                .copied()
                .unwrap_or(value),
        });
    }
    bytes
}

#[derive(Default)]
struct Replies(Vec<u8>);

impl Sink for Replies {
    fn reply(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

#[test]
fn only_the_models_own_replies_are_typed() {
    const SEED: u64 = 0x5eed_2026;
    println!("seed {SEED:#x}");
    let home = Home::new();
    let file = |name: &str| home.path().join(name).to_string_lossy().into_owned();
    // Leaves whatever sequence it is in, then asks for the status: the answer to that is the last one.
    let bytes = [hostile_bytes(SEED, 300_000), b"\x18\x1b\\\x1b[5n".to_vec()].concat();
    std::fs::write(file("bytes"), &bytes).expect("written");
    let mut spec = spec(
        "stty raw -echo; cat \"$IN\"; LC_ALL=C; got=
         while IFS= read -r -d '' -N1 c; do got+=$c; [[ $got == *$'\\e[0n' ]] && break; done
         printf %s \"$got\" >\"$OUT\"",
    );
    spec.env.insert("IN".to_owned(), file("bytes"));
    spec.env.insert("OUT".to_owned(), file("got"));
    let run = home.start(&spec);
    let mut client = run.client();
    client.view(80, 24);
    client.until("the end", |client| client.ended.is_some());
    let got = std::fs::read(file("got")).expect("the replies");
    let mut model = Terminal::new(Size::clamped(80, 24), Options::default());
    let mut replies = Replies::default();
    model.feed(&bytes, &mut replies);
    let status = b"\x1b[0n";
    let first = replies
        .0
        .windows(status.len())
        .position(|window| window == status);
    let expected = &replies.0[..first.expect("the model answers") + status.len()];
    assert_eq!(
        String::from_utf8_lossy(&got),
        String::from_utf8_lossy(expected),
        "nothing else is typed (seed {SEED:#x})"
    );
}
