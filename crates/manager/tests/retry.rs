//! Runs that come by themselves after a failure.

#![cfg(unix)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mainstay_manager::Manager;
use mainstay_protocol::Timestamp;
use mainstay_protocol::session::{EventQuery, Retry, Status, Stop};
use mainstay_protocol::spec::Origin;
use mainstay_seams::{Clock, TestClock};
use support::ground::{Ground, sh};
use support::watch::{Watch, names};

fn retry(count: u32, delay_ms: u64) -> Option<Retry> {
    Some(Retry {
        count,
        delay_ms,
        ..Retry::default()
    })
}

#[test]
fn a_failure_is_retried_as_often_as_asked() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut new = sh("f", "exit 1");
    new.settings.retry = retry(2, 10);
    let id = manager.create(new).expect("starts").id;
    let mut watch = Watch::new(&manager);
    watch.named(&id, "session.exited", 3);
    let events = manager.events(&EventQuery::default()).expect("the log");
    let expected = [
        "created", "started", "exited", "retrying", "started", "exited", "retrying", "started",
        "exited",
    ];
    assert_eq!(names(&events, &id), expected);
    let runs = manager.runs(&id).expect("runs");
    let origins: Vec<Origin> = runs.iter().map(|run| run.origin).collect();
    assert_eq!(origins, [Origin::Api, Origin::Retry, Origin::Retry]);
    let session = manager.show(&id).expect("there");
    assert_eq!((session.status, session.retrying), (Status::Failed, None));
}

#[test]
fn a_stop_ends_the_waiting_for_a_retry() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut new = sh("w", "exit 1");
    new.settings.retry = retry(1, 3_600_000);
    let id = manager.create(new).expect("starts").id;
    let mut watch = Watch::new(&manager);
    watch.named(&id, "session.retrying", 1);
    assert!(manager.show(&id).expect("there").retrying.is_some());
    manager
        .stop(&id, Stop::default())
        .expect("it waits no more");
    let session = manager.show(&id).expect("there");
    assert_eq!((session.status, session.retrying), (Status::Failed, None));
    manager
        .stop(&id, Stop::default())
        .expect_err("nothing is left to stop");
}

#[test]
fn a_retry_comes_when_its_pause_is_over_also_after_a_restart() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut new = sh("a", "exit 1");
    new.settings.retry = retry(1, 300);
    let id = manager.create(new).expect("starts").id;
    Watch::new(&manager).named(&id, "session.retrying", 1);
    drop(manager);
    let manager = ground.manager();
    Watch::new(&manager).named(&id, "session.exited", 2);
    assert_eq!(manager.show(&id).expect("there").runs, 2);
}

/// Lets time pass on a clock, in small steps, so that what waits for moments goes on.
struct Ticking {
    on: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Ticking {
    fn begin(clock: &Arc<TestClock>) -> Self {
        let on = Arc::new(AtomicBool::new(true));
        let (clock, go_on) = (Arc::clone(clock), Arc::clone(&on));
        let thread = std::thread::spawn(move || {
            while go_on.load(Ordering::SeqCst) {
                clock.advance(Duration::from_millis(1));
                std::thread::yield_now();
                clock.until_waiting(1);
            }
        });
        Self {
            on,
            thread: Some(thread),
        }
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        self.on.store(false, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

#[test]
fn a_wall_clock_that_jumps_moves_no_retry() {
    let ground = Ground::new();
    let clock = Arc::new(TestClock::default());
    let config = ground.config(Arc::clone(&clock) as Arc<dyn Clock>);
    let manager: Manager = Manager::open(config).expect("begins").0;
    let mut new = sh("j", "exit 1");
    new.settings.retry = retry(1, 50_000);
    let id = manager.create(new).expect("starts").id;
    let mut watch = Watch::new(&manager);
    watch.named(&id, "session.retrying", 1);
    // No time has passed so far.
    clock.until_waiting_for(Duration::from_secs(50));
    // A year ahead, then far back: fifty seconds are fifty seconds.
    clock.set_wall(Timestamp(clock.now().millis() + 31_536_000_000));
    clock.advance(Duration::from_secs(49));
    clock.set_wall(Timestamp(1_000_000_000_000));
    assert!(
        manager.show(&id).expect("there").retrying.is_some(),
        "not yet"
    );
    clock.advance(Duration::from_secs(1));
    let _ticking = Ticking::begin(&clock);
    watch.named(&id, "session.exited", 2);
}
