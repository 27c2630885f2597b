//! `ticker COUNT`: prints the numbers from 1 to COUNT, one line per millisecond.

use std::io::{self, Write as _};
use std::time::Duration;

use mainstay_seams::{Alarm, Clock as _, SystemClock};

fn main() -> io::Result<()> {
    let count = std::env::args().nth(1).and_then(|count| count.parse().ok());
    let count: u64 = count.expect("usage: ticker COUNT");
    let start = SystemClock.monotonic();
    let mut stdout = io::stdout();
    for n in 1..=count {
        SystemClock.wait(&Alarm::default(), Some(start + Duration::from_millis(n)));
        stdout.write_all(format!("n {n}\n").as_bytes())?;
        stdout.flush()?;
    }
    Ok(())
}
