//! kill -9 of the host at random moments under full output: everything it had read is there, once, in order.
#![cfg(unix)]
#![expect(
    clippy::panic,
    reason = "all of this is for tests, where a panic is the verdict"
)]

use std::fs;
use std::path::Path;

use mainstay_crash_tests::host::Ground;

/// What the kernel holds between a program and the reader of its terminal: the tty buffer's limit of 64 KiB
/// (`TTYB_DEFAULT_MEM_LIMIT`) and the line discipline's 4 KiB, doubled for what is being handed over. Plus the scribe's own
/// last piece.
const KERNEL_HOLDS: u64 = 2 * (64 + 4) * 1024 + 4096;

fn moments() -> u64 {
    std::env::var("MAINSTAY_CRASHES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(200)
}

fn seed() -> u64 {
    let given = std::env::var("MAINSTAY_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| {
        let random = fs::read("/proc/sys/kernel/random/uuid").unwrap_or_default();
        random.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    })
}

#[test]
fn nothing_that_was_read_is_lost_at_random_moments() {
    let seed = seed();
    println!("seed {seed}: repeat with MAINSTAY_SEED={seed}");
    let mut random = seed | 1;
    for moment in 0..moments() {
        random ^= random >> 12;
        random ^= random << 25;
        random ^= random >> 27;
        // Most moments come within the first checkpoint of the log, some after several.
        let span = if moment % 8 == 0 { 20_000_000 } else { 400_000 };
        let kill_at = 1 + random % span;
        crash(
            kill_at,
            &format!("seed {seed}, moment {moment}, kill at byte {kill_at}"),
        );
    }
}

fn crash(kill_at: u64, context: &str) {
    let ground = Ground::new();
    let tally = ground.path("tally");
    let args = [
        "1",
        "1000000000",
        &kill_at.to_string(),
        &tally.to_string_lossy(),
    ]
    .map(str::to_owned);
    let spec = ground.spec("r1", Path::new(env!("CARGO_BIN_EXE_scribe")), &args);
    let live = ground
        .start(&spec, "")
        .unwrap_or_else(|| panic!("{context}: the host did not start"));
    assert!(live.was_killed(), "{context}: the scribe killed its host");
    let left = ground.check(false, context);
    let written = until_told(&tally);
    assert!(
        left.bytes + KERNEL_HOLDS >= written,
        "{context}: {} bytes are left of {written} that the kernel took",
        left.bytes
    );
}

/// Waits for the scribe's tally: it ends by itself once its terminal is gone.
fn until_told(tally: &Path) -> u64 {
    let folder = tally.parent().expect("a folder");
    let inotify =
        rustix::fs::inotify::init(rustix::fs::inotify::CreateFlags::CLOEXEC).expect("inotify");
    rustix::fs::inotify::add_watch(&inotify, folder, rustix::fs::inotify::WatchFlags::MOVED_TO)
        .expect("a watch");
    loop {
        if let Ok(text) = fs::read_to_string(tally) {
            return text.parse().expect("a number");
        }
        let mut buffer = [std::mem::MaybeUninit::uninit(); 512];
        let mut events = rustix::fs::inotify::Reader::new(&inotify, &mut buffer);
        events.next().expect("an event");
    }
}
