//! Random sequences of inputs, sense and nonsense, against what subscribers may rely on.

use mainstay_manager::lifecycle::{Ask, Effect, Input, Life, Record, Rules, step};
use mainstay_protocol::event::EventKind;
use mainstay_protocol::journal::Event;
use mainstay_protocol::outcome::EndReason;
use mainstay_protocol::session::{CleanUp, Retry, Status, Success};
use proptest::prelude::*;

use crate::table::inputs;

/// What a subscriber makes of the events, knowing nothing else but when a new run begins.
#[derive(Debug, Default)]
struct Subscriber {
    created: bool,
    deleted: bool,
    run: Run,
    status: Option<Status>,
    retries: u32,
    retry_due: bool,
}

#[derive(Debug, Default)]
struct Run {
    started: bool,
    paused: bool,
    cancelled: bool,
    timed_out: bool,
    ended: bool,
    exited_last: bool,
}

impl Run {
    fn status(&self) -> Status {
        match (self.paused, self.started) {
            (true, _) => Status::Paused,
            (false, true) => Status::Running,
            (false, false) => Status::Pending,
        }
    }
}

impl Subscriber {
    fn begins(&mut self) {
        assert!(self.run.ended || !self.created, "one run at a time");
        self.run = Run::default();
        self.status = Some(Status::Pending);
        self.retry_due = false;
    }

    fn sees(&mut self, event: &EventKind, input: &Input) {
        assert!(!self.deleted, "nothing comes after the deletion: {event:?}");
        assert_eq!(
            self.created,
            *event != EventKind::Created,
            "the creation comes first and once: {event:?}"
        );
        let exited_last = std::mem::take(&mut self.run.exited_last);
        match event {
            EventKind::Created => {
                self.begins();
                self.created = true;
            }
            EventKind::Resuming => {
                self.begins();
                self.retries = 0;
            }
            EventKind::Updated => match input {
                Input::Run(ask) => {
                    self.begins();
                    if *ask != Ask::Retry {
                        self.retries = 0;
                    }
                }
                _ => self.retry_due = false,
            },
            EventKind::Deleted => {
                self.deleted = true;
                self.retry_due = false;
            }
            EventKind::Started { .. } => {
                assert!(!self.run.started, "once in a run");
                assert!(
                    !self.run.cancelled && !self.run.timed_out,
                    "not while it is ended"
                );
                self.in_run(|run| run.started = true);
            }
            EventKind::Paused => {
                assert!(!self.run.paused && !self.run.cancelled, "only what goes on");
                self.in_run(|run| run.paused = true);
            }
            EventKind::Unpaused => {
                assert!(self.run.paused, "only what was paused");
                self.in_run(|run| run.paused = false);
            }
            EventKind::CancelInitiated => {
                assert!(
                    !self.run.cancelled && !self.run.paused,
                    "once, of what goes on"
                );
                self.in_run(|run| run.cancelled = true);
            }
            EventKind::Timeout { .. } => {
                assert!(
                    !self.run.timed_out && !self.run.paused,
                    "once, of what goes on"
                );
                self.in_run(|run| run.timed_out = true);
            }
            EventKind::Exited { reason, .. } => {
                self.ends(match reason {
                    EndReason::Natural | EndReason::StartTimeout => Status::Failed,
                    _ => Status::Terminated,
                });
                self.run.exited_last = *reason == EndReason::Natural;
            }
            EventKind::Completed => {
                assert!(exited_last, "only right after a natural exit");
                self.status = Some(Status::Completed);
                self.retries = 0;
            }
            EventKind::Error { .. } => self.ends(Status::Failed),
            EventKind::Interrupted { .. } => self.ends(Status::Interrupted),
            EventKind::Retrying { attempt, of, .. } => {
                assert_eq!(self.status, Some(Status::Failed), "only after a failure");
                self.retries += 1;
                assert_eq!(*attempt, self.retries, "counted without gaps");
                assert!(attempt <= of, "never more than allowed");
                self.retry_due = true;
            }
            EventKind::Foreground { .. } | EventKind::Background | EventKind::Unknown => {
                unreachable!("no matter of life: {event:?}")
            }
        }
    }

    fn in_run(&mut self, change: impl FnOnce(&mut Run)) {
        assert!(!self.run.ended, "nothing comes after the end of a run");
        change(&mut self.run);
        self.status = Some(self.run.status());
    }

    fn ends(&mut self, status: Status) {
        assert!(!self.run.ended, "a run ends once");
        self.run.ended = true;
        self.status = Some(status);
    }
}

/// The timers as the effects set and cancel them.
#[derive(Debug, Default)]
struct Timers {
    retry: bool,
    clean_up: bool,
}

impl Timers {
    fn apply(&mut self, effect: Effect) {
        match effect {
            Effect::ScheduleRetry { .. } => {
                assert!(!self.retry, "one at a time");
                self.retry = true;
            }
            Effect::CancelRetry => assert!(std::mem::take(&mut self.retry), "there was one"),
            Effect::ScheduleCleanUp { .. } => {
                assert!(
                    !self.clean_up && !self.retry,
                    "once, and after the last retry"
                );
                self.clean_up = true;
            }
            Effect::CancelCleanUp => {
                assert!(std::mem::take(&mut self.clean_up), "there was one");
            }
            Effect::Purge => {}
        }
    }
}

fn any_rules() -> impl Strategy<Value = Rules> {
    let retry = prop::option::of((0..4_u32).prop_map(|count| Retry {
        count,
        ..Retry::default()
    }));
    let clean_up = prop::option::of((0..10_u64, any::<bool>()).prop_map(
        |(after_ms, only_completed)| CleanUp {
            after_ms,
            only_completed,
        },
    ));
    let success = prop_oneof![
        Just(Success::Zero),
        Just(Success::Any),
        Just(Success::Codes(vec![1]))
    ];
    (success, retry, any::<bool>(), clean_up).prop_map(|(success, retry, private, clean_up)| {
        Rules {
            success,
            retry,
            private,
            clean_up,
        }
    })
}

fn any_inputs() -> impl Strategy<Value = Vec<Input>> {
    // A deletion ends the story, so it is rare.
    let all = inputs().into_iter().map(|(_, input)| input);
    let all: Vec<Input> = all.filter(|input| *input != Input::Delete).collect();
    let usual = vec![
        Input::Journal(Event::Spawned { pid: 7 }),
        Input::Journal(Event::Ready),
        Input::Run(Ask::Resume),
        Input::Run(Ask::Again),
        Input::Run(Ask::Retry),
    ];
    let one = prop_oneof![
        20 => prop::sample::select(all),
        15 => prop::sample::select(usual),
        1 => Just(Input::Delete),
    ];
    prop::collection::vec(one, 0..60).prop_map(|mut inputs| {
        inputs.insert(0, Input::Run(Ask::Create));
        inputs
    })
}

fn is_end(event: &EventKind) -> bool {
    matches!(
        event,
        EventKind::Exited { .. } | EventKind::Error { .. } | EventKind::Interrupted { .. }
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn subscribers_can_rely_on_the_order(inputs in any_inputs(), rules in any_rules()) {
        let (mut life, mut subscriber, mut timers) =
            (Life::unborn(), Subscriber::default(), Timers::default());
        for input in &inputs {
            let before = life.clone();
            let next = step(&life, input, &rules);
            for event in &next.events {
                subscriber.sees(event, input);
            }
            if before.retry_due && *input == Input::Run(Ask::Retry) {
                // It fired: that is where the input came from.
                timers.retry = false;
            }
            for effect in &next.effects {
                timers.apply(*effect);
            }
            life = next.life;
            prop_assert_eq!(Some(life.status), subscriber.status, "after {:?}", input);
            prop_assert_eq!(life.record == Record::Deleted, subscriber.deleted);
            prop_assert_eq!(life.retry_due, subscriber.retry_due);
            prop_assert_eq!(life.retry_due, timers.retry, "the timer is as it is stored");
            prop_assert_eq!(life.clean_up_due, timers.clean_up, "the timer is as it is stored");
            let purged = next.effects.contains(&Effect::Purge);
            let ended = next.events.iter().any(is_end);
            prop_assert_eq!(purged, ended && rules.private);
            prop_assert!(!(life.is_live() && (life.retry_due || life.clean_up_due)));
            prop_assert!(life.is_live() || !life.stopping);
            let twice = step(&life, input, &rules);
            let again_is_new = matches!(input, Input::Run(Ask::Retry));
            prop_assert!(
                again_is_new || twice.events.is_empty(),
                "{:?} twice in a row tells nothing new: {:?}", input, twice.events
            );
        }
    }
}
