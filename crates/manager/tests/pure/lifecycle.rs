//! What subscribers and people are told in the stories that matter most.

use mainstay_manager::lifecycle::{Ask, Effect, Input, Life, Rules, Step, step};
use mainstay_protocol::event::EventKind;
use mainstay_protocol::journal::{Event, TimeoutKind};
use mainstay_protocol::outcome::EndReason;
use mainstay_protocol::session::{CleanUp, Retry, Status};

use crate::table::{code, exited, inputs, not_started, rules, signal, spawned};

fn after(life: &Life, input: &Input) -> Step {
    step(life, input, &rules())
}

fn run(inputs: &[Input], rules: &Rules) -> (Life, Vec<EventKind>, Vec<Effect>) {
    let (mut life, mut events, mut effects) = (Life::unborn(), Vec::new(), Vec::new());
    for input in inputs {
        let next = step(&life, input, rules);
        life = next.life;
        events.extend(next.events);
        effects.extend(next.effects);
    }
    (life, events, effects)
}

#[test]
fn started_says_whether_it_was_resumed() {
    let ready = [
        Input::Journal(Event::Spawned { pid: 7 }),
        Input::Journal(Event::Ready),
    ];
    let mut inputs = vec![Input::Run(Ask::Create)];
    inputs.extend(ready.clone());
    inputs.push(exited(code(0), EndReason::Natural));
    inputs.push(Input::Run(Ask::Resume));
    inputs.extend(ready);
    let (_, events, _) = run(&inputs, &Rules::default());
    let started = |resumed| EventKind::Started { pid: 7, resumed };
    assert_eq!(
        events,
        [
            EventKind::Created,
            started(false),
            EventKind::Exited {
                exit_code: Some(0),
                signal: None,
                reason: EndReason::Natural
            },
            EventKind::Completed,
            EventKind::Resuming,
            started(true),
        ]
    );
}

#[test]
fn a_failed_start_is_one_error_with_the_hosts_words() {
    let failed = exited(not_started(), EndReason::StartFailed);
    let inputs = [
        Input::Run(Ask::Create),
        failed.clone(),
        failed,
        Input::StartFailed("the launcher says so too".to_owned()),
    ];
    let (life, events, _) = run(&inputs, &Rules::default());
    let words = "no such program".to_owned();
    assert_eq!(events.len(), 2, "created and one error: {events:?}");
    assert!(matches!(&events[1], EventKind::Error { error, pid: None, .. } if *error == words));
    assert_eq!((life.status, life.reason), (Status::Failed, Some(words)));
}

#[test]
fn the_reason_of_a_timeout_has_its_limit() {
    let inputs = [
        Input::Run(Ask::Create),
        Input::Journal(Event::Spawned { pid: 7 }),
        Input::Journal(Event::Timeout {
            which: TimeoutKind::Start,
            after_ms: 1500,
        }),
        Input::Journal(Event::Ready),
        exited(signal(), EndReason::StartTimeout),
    ];
    let (life, events, _) = run(&inputs, &Rules::default());
    assert_eq!(life.status, Status::Failed);
    let reason = life.reason.expect("a failure has one");
    assert!(reason.contains("1.5s"), "{reason}");
    let started = events
        .iter()
        .any(|e| matches!(e, EventKind::Started { .. }));
    assert!(!started, "too late to be ready: {events:?}");
}

#[test]
fn a_stop_is_told_once_and_no_retry_follows() {
    let failed = exited(code(1), EndReason::Natural);
    let stop = Input::Journal(Event::StopRequested { grace_ms: 5 });
    let live = spawned(Status::Running, true);
    let told = after(&live, &stop);
    assert_eq!(told.events, [EventKind::CancelInitiated]);
    let again = after(&told.life, &stop);
    assert_eq!(again.events, [], "asked for again, told once");
    let ended = after(&again.life, &failed);
    assert_eq!(ended.events.len(), 1, "no retry: {:?}", ended.events);
    // The stop was asked for, and the program was faster than the host's word of it.
    let asked = after(&live, &Input::Stop);
    let ended = after(&asked.life, &failed);
    assert_eq!(ended.events.len(), 1, "no retry: {:?}", ended.events);
    assert!(!ended.life.stopping, "nothing is being stopped any more");
}

#[test]
fn retries_are_counted_until_a_person_starts_it_or_it_completes() {
    let rules = Rules {
        retry: Some(Retry {
            count: 2,
            ..Retry::default()
        }),
        ..Rules::default()
    };
    let failed = || exited(code(1), EndReason::Natural);
    let retry = || Input::Run(Ask::Retry);
    let mut inputs = vec![
        Input::Run(Ask::Create),
        failed(),
        retry(),
        failed(),
        retry(),
        failed(),
    ];
    let (life, _, effects) = run(&inputs, &rules);
    let scheduled = |attempt, delay_ms| Effect::ScheduleRetry { attempt, delay_ms };
    assert_eq!(effects, [scheduled(1, 1000), scheduled(2, 2000)]);
    assert!(!life.retry_due, "two were all");
    inputs.extend([Input::Run(Ask::Again), failed()]);
    let (life, _, effects) = run(&inputs, &rules);
    assert_eq!(
        effects.last(),
        Some(&scheduled(1, 1000)),
        "a person began anew"
    );
    assert_eq!(life.attempts, 1);
    inputs.extend([retry(), exited(code(0), EndReason::Natural)]);
    assert_eq!(run(&inputs, &rules).0.attempts, 0, "it completed");
}

#[test]
fn a_retry_repeats_the_run_that_failed() {
    let inputs = [
        Input::Run(Ask::Create),
        exited(code(0), EndReason::Natural),
        Input::Run(Ask::Resume),
        exited(code(1), EndReason::Natural),
        Input::Run(Ask::Retry),
    ];
    let (life, events, _) = run(&inputs, &rules());
    assert!(life.resumed, "the failed one was a resume");
    assert_eq!(events.last(), Some(&EventKind::Updated));
}

#[test]
fn clean_up_waits_for_the_real_end() {
    let clean_up = |only_completed| Rules {
        clean_up: Some(CleanUp {
            after_ms: 9,
            only_completed,
        }),
        ..rules()
    };
    let scheduled = Effect::ScheduleCleanUp { after_ms: 9 };
    let failed = [Input::Run(Ask::Create), exited(code(1), EndReason::Natural)];
    let (_, _, effects) = run(&failed, &clean_up(false));
    assert!(
        !effects.contains(&scheduled),
        "a retry is to come: {effects:?}"
    );
    let mut stopped = failed.to_vec();
    stopped.push(Input::Stop);
    let (life, _, effects) = run(&stopped, &clean_up(false));
    assert_eq!(
        effects.last(),
        Some(&scheduled),
        "no retry, so this was the end"
    );
    let begun = step(&life, &Input::Run(Ask::Again), &clean_up(false));
    assert_eq!(begun.effects, [Effect::CancelCleanUp], "it lives again");
    let (_, _, effects) = run(&stopped, &clean_up(true));
    assert!(
        !effects.contains(&scheduled),
        "only if completed: {effects:?}"
    );
    let lost = [Input::Run(Ask::Create), Input::HostLost("gone".to_owned())];
    let (_, _, effects) = run(&lost, &clean_up(false));
    assert_eq!(effects, [], "what was interrupted waits for its person");
}

#[test]
fn what_a_private_session_printed_goes_with_every_end() {
    let private = Rules {
        private: true,
        ..Rules::default()
    };
    let ends = inputs()
        .into_iter()
        .filter(|(name, _)| name.contains("Exited") || name.contains("lost"));
    for (name, end) in ends {
        let (_, _, effects) = run(&[Input::Run(Ask::Create), end], &private);
        assert_eq!(effects, [Effect::Purge], "{name}");
    }
}
