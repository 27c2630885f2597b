//! Waiting for what must come true, by what happens: events of the manager, changes in the folders, ends of processes.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use mainstay_manager::{Manager, Subscription};
use mainstay_seams::{Clock as _, SystemClock};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use tokio::sync::oneshot;

use crate::home::Home;
use crate::processes;

/// What isn't true by then never will be.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Looks again whenever something happened, until the look finds what it must.
///
/// # Panics
/// If it doesn't within [`DEADLINE`], with what it found last.
pub fn until<T>(
    home: &Home,
    manager: &Manager,
    context: &str,
    mut look: impl FnMut() -> Result<T, String>,
) -> T {
    let (mut told, tell) = UnixStream::pair().expect("a pair of sockets");
    told.set_nonblocking(true).expect("our own socket");
    let events = manager.subscribe(manager.last_seq().unwrap_or(0));
    let folders = folders(home);
    let deadline = SystemClock.monotonic() + DEADLINE;
    std::thread::scope(|scope| {
        // Dropped in any case, so that the thread ends.
        let (_end, ended) = oneshot::channel();
        scope.spawn(|| pass_on(events, tell, ended));
        loop {
            drain(&mut told, &folders);
            watch_sessions(home, &folders);
            let ends = processes::watches(home);
            let missing = match look() {
                Ok(found) => return found,
                Err(missing) => missing,
            };
            let mut fds = vec![
                PollFd::new(&told, PollFlags::IN),
                PollFd::new(&folders, PollFlags::IN),
            ];
            fds.extend(ends.iter().map(|end| PollFd::new(end, PollFlags::IN)));
            let left = deadline.saturating_sub(SystemClock.monotonic());
            let left = Timespec::try_from(left).expect("a short time");
            let ready = poll(&mut fds, Some(&left)).expect("poll works");
            assert!(ready > 0 && !manager.is_closing(), "{context}: {missing}");
        }
    })
}

/// Writes a byte for every wake of the subscription.
fn pass_on(mut events: Subscription, mut tell: UnixStream, mut ended: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(async {
        loop {
            tokio::select! {
                open = events.woken() => if !open { return },
                _ = &mut ended => return,
            }
            while events.read().is_ok_and(|events| !events.is_empty()) {}
            if tell.write_all(&[0]).is_err() {
                return;
            }
        }
    });
}

/// Changes in the folders of a home.
fn folders(home: &Home) -> OwnedFd {
    let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).expect("inotify");
    let what = WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MOVE;
    let places = home.places();
    for folder in [places.sessions_dir(), places.runtime] {
        inotify::add_watch(&inotify, &folder, what).expect("a folder to watch");
    }
    inotify
}

/// Whatever is removed inside the folders of the sessions. What is watched already stays so.
fn watch_sessions(home: &Home, inotify: &OwnedFd) {
    for id in home.places().sessions().unwrap_or_default() {
        let Some(folder) = home.folder(&id) else {
            continue;
        };
        let runs = folder.runs().unwrap_or_default().into_iter();
        let runs = runs.map(|run| folder.run(&run).path().to_path_buf());
        for path in runs.chain([folder.history_dir()]) {
            // What is gone meanwhile was told by the folder around it.
            inotify::add_watch(inotify, &path, WatchFlags::DELETE).ok();
        }
    }
}

fn drain(told: &mut UnixStream, folders: &OwnedFd) {
    let mut buffer = [0; 4096];
    while told.read(&mut buffer).is_ok_and(|read| read > 0) {}
    while rustix::io::read(folders, &mut buffer).is_ok_and(|read| read > 0) {}
}
