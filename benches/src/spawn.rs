//! From the request to the first output, against a fork and exec on a bare terminal.

use std::io::Read;

use mainstay_protocol::frame::{FromHost, OpenView, ToHost};

use crate::bare::Bare;
use crate::lab::{Lab, Result};
use crate::report::{Report, Row, median};
use crate::stopwatch::Stopwatch;

const ROUNDS: usize = 30;

pub(crate) fn run(lab: &Lab) -> Result<Report> {
    let words = ["-c", "printf FIRST-OUTPUT; exec cat"];
    let (mut bare_times, mut our_times) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let watch = Stopwatch::start();
        let mut bare = Bare::start("/bin/sh", &words)?;
        let mut first = [0; 16];
        let read = bare.master.read(&mut first)?;
        assert!(read > 0, "a shell that printed nothing can't be measured");
        bare_times.push(watch.millis());
        bare.child.kill()?;
        bare.child.wait()?;

        let watch = Stopwatch::start();
        let session = lab.start_program("/bin/sh", &words)?;
        let mut connection = session.connect()?;
        connection.send(&ToHost::OpenView(OpenView::default()))?;
        loop {
            let bytes = match connection.recv()? {
                FromHost::Snapshot(piece) => piece.bytes,
                FromHost::Output(_, bytes) => bytes,
                _ => continue,
            };
            if bytes.windows(5).any(|window| window == b"FIRST") {
                break;
            }
        }
        our_times.push(watch.millis());
    }
    let (bare, ours) = (median(&mut bare_times), median(&mut our_times));
    let rows = vec![
        Row::new("fork and exec on a terminal", bare, "ms"),
        Row::new("a session", ours, "ms").against("bare", ours / bare),
    ];
    Ok(Report {
        name: "spawn",
        about: "request to first output seen by the asker",
        rows,
    })
}
