//! One viewer and its flow of output, on a clock that stands still.

use std::sync::Arc;
use std::time::Duration;

use mainstay_protocol::Size;
use mainstay_protocol::frame::OpenView;
use mainstay_protocol::state::Screen;
use mainstay_seams::TestClock;

use super::flood::{AT_ONCE, PER_MICROSECOND, SLACK};
use super::view::BETWEEN_SNAPSHOTS;
use super::{Hub, PeerId, Work};

/// What the kernel gives in one read.
const READ: usize = 4096;

struct Viewer {
    clock: Arc<TestClock>,
    hub: Hub,
    id: PeerId,
    /// Whether it takes and acknowledges what it is sent at once.
    keeps_up: bool,
    snapshots: u64,
    streamed: u64,
}

impl Viewer {
    fn attached() -> Self {
        let clock = Arc::new(TestClock::default());
        let hub = Hub::new(
            Size::DEFAULT,
            Screen::default(),
            0,
            Arc::clone(&clock) as Arc<_>,
        );
        let id = hub.join(None);
        hub.open_view(id, &OpenView::default());
        let mut viewer = Self {
            clock,
            hub,
            id,
            keeps_up: true,
            snapshots: 0,
            streamed: 0,
        };
        viewer.take();
        assert_eq!(viewer.snapshots, 1, "a viewer begins with a snapshot");
        viewer
    }

    /// Prints so much, and lets the viewer take what it gets.
    fn print(&mut self, bytes: usize) {
        let view = vec![b'x'; if self.hub.wants_view(bytes) { bytes } else { 0 }];
        self.hub.publish(&view, &[]);
        if self.keeps_up {
            self.take();
        }
    }

    /// Takes everything that is due now.
    fn take(&mut self) {
        use mainstay_seams::Clock as _;
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let now = self.clock.monotonic();
            let (work, _) = self.hub.state.lock().next_work(self.id, &mut buffer, now);
            match work {
                Some(Work::Write) => self.streamed += buffer.len() as u64,
                Some(Work::Snapshot) => {
                    self.hub
                        .picture(self.id, |_| 0)
                        .expect("the viewer is there");
                    self.snapshots += 1;
                }
                Some(other) => panic!("unexpected work {other:?}"),
                None => return,
            }
            self.hub.ack_view(self.id, u64::MAX);
        }
    }

    fn pass(&mut self, time: Duration) {
        self.clock.advance(time);
        self.take();
    }

    /// Prints 100 MB in a second.
    fn flood(&mut self, seconds: u32) {
        for _ in 0..seconds * 25_000 {
            self.print(READ);
            self.clock.advance(Duration::from_micros(40));
        }
    }
}

#[test]
fn a_viewer_that_keeps_up_gets_a_flood_as_snapshots_at_a_pace() {
    let mut viewer = Viewer::attached();
    viewer.flood(2);
    let most = 2 * 1000 / 33 + 2;
    assert!(viewer.snapshots <= most, "{} snapshots", viewer.snapshots);
    assert!(
        viewer.snapshots >= most - 10,
        "and not much fewer: {}",
        viewer.snapshots
    );
    let most = AT_ONCE * 11 / 10 + viewer.snapshots * 2 * SLACK;
    assert!(
        viewer.streamed < most,
        "of 200 MB it was streamed {} bytes",
        viewer.streamed
    );
}

#[test]
fn the_final_screen_comes_at_once_and_then_the_stream() {
    let mut viewer = Viewer::attached();
    viewer.flood(1);
    let before = viewer.snapshots;
    viewer.pass(BETWEEN_SNAPSHOTS);
    assert_eq!(viewer.snapshots, before + 1, "the final screen");
    viewer.pass(Duration::from_secs(10));
    assert_eq!(viewer.snapshots, before + 1, "nothing changed since");
    let streamed = viewer.streamed;
    for _ in 0..100 {
        viewer.print(3);
        viewer.pass(Duration::from_millis(1));
    }
    assert!(
        viewer.streamed >= streamed + 300,
        "what is typed then is streamed"
    );
    assert_eq!(viewer.snapshots, before + 1, "without another snapshot");
}

#[test]
fn a_burst_is_streamed_whole() {
    let mut viewer = Viewer::attached();
    for _ in 0..20 {
        let before = viewer.streamed;
        for _ in 0..16 {
            viewer.print(READ);
        }
        assert!(
            viewer.streamed >= before + 16 * READ as u64,
            "64 KiB at once"
        );
        viewer.pass(Duration::from_millis(10));
    }
    assert_eq!(viewer.snapshots, 1, "nothing was left out");
}

#[test]
fn what_can_be_followed_is_streamed_for_ever() {
    let mut viewer = Viewer::attached();
    let pause = Duration::from_micros(READ as u64 / PER_MICROSECOND + 1);
    for _ in 0..20_000 {
        viewer.print(READ);
        viewer.pass(pause);
    }
    assert_eq!(viewer.snapshots, 1, "80 MB in ten seconds");
}

#[test]
fn a_snapshot_is_not_acknowledged_by_an_ack_of_what_was_before() {
    let mut viewer = Viewer::attached();
    viewer.print(100);
    let shown = viewer.hub.state.lock().ring.end();
    viewer.keeps_up = false;
    viewer.flood(1);
    // The snapshot is on its way when the viewer says that it has shown what was before it.
    viewer
        .hub
        .picture(viewer.id, |_| 0)
        .expect("the viewer is there");
    viewer.flood(1);
    viewer.hub.ack_view(viewer.id, shown);
    viewer.take();
    assert_eq!(viewer.snapshots, 1, "one at a time");
    viewer.hub.ack_view(viewer.id, u64::MAX);
    viewer.take();
    assert_eq!(viewer.snapshots, 2, "once it is shown");
}

#[test]
fn who_types_on_wakes_nobody() {
    let viewer = Viewer::attached();
    viewer.hub.touch(viewer.id);
    let waits = |waits: bool| {
        let mut state = viewer.hub.state.lock();
        let slot = state.slots.get_mut(&viewer.id).expect("the viewer");
        std::mem::replace(&mut slot.waiting, waits)
    };
    waits(true);
    viewer.hub.touch(viewer.id);
    assert!(waits(false), "its writing thread has nothing to do");
}
