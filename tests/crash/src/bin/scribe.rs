//! Prints numbered lines as fast as the terminal takes them, and kills its host in the middle if told to.
//!
//! `scribe FIRST COUNT KILL_AT TALLY`: lines FIRST to FIRST+COUNT-1; when KILL_AT bytes are printed (0: never) another
//! thread kills the host with SIGKILL while the printing goes on. The number of bytes that the terminal took ends up in
//! the file TALLY. Whoever starts it has hang-ups ignored, so that the tally is written after the host's death too.
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::sync::mpsc::sync_channel;
use std::{env, fs, thread};

use mainstay_crash_tests::text::printed;
use rustix::process::{Signal, getppid, kill_process};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

#[expect(
    clippy::disallowed_methods,
    reason = "the tally is read after this process has ended"
)]
fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let number = |at: usize| -> u64 {
        words
            .get(at)
            .and_then(|word| word.parse().ok())
            .unwrap_or(0)
    };
    let (first, count, kill_at) = (number(0), number(1), number(2));
    let tally = words.get(3).cloned().unwrap_or_default();

    let host = getppid();
    let (passed, wait) = sync_channel::<()>(1);
    let killer = thread::spawn(move || {
        if wait.recv().is_ok()
            && let Some(host) = host
        {
            kill_process(host, Signal::KILL).ok();
        }
    });
    let stdout = io::stdout();
    // Bytes must reach the other side as they are: no line break becomes two.
    let mut raw = tcgetattr(&stdout)?;
    raw.make_raw();
    tcsetattr(&stdout, OptionalActions::Now, &raw)?;

    let mut taken = 0u64;
    let mut passed = Some(passed);
    let mut pending = String::new();
    for n in first..first.saturating_add(count) {
        pending.push_str(&printed(n));
        let last = n + 1 == first.saturating_add(count);
        if pending.len() < 4096 && !last {
            continue;
        }
        let mut rest = pending.as_bytes();
        while !rest.is_empty() {
            match rustix::io::write(stdout.as_fd(), rest) {
                Ok(written) => {
                    taken += written as u64;
                    rest = rest.get(written..).unwrap_or_default();
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => return finish(&tally, taken),
            }
            if kill_at > 0
                && taken >= kill_at
                && let Some(passed) = passed.take()
            {
                passed.send(()).ok();
            }
        }
        pending.clear();
    }
    io::stdout().flush()?;
    drop(passed);
    killer.join().ok();
    return finish(&tally, taken);

    fn finish(tally: &str, taken: u64) -> io::Result<()> {
        fs::write(format!("{tally}.new"), taken.to_string())?;
        fs::rename(format!("{tally}.new"), tally)
    }
}
