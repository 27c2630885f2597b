//! Of a private run nothing is left once its end is told.
#![cfg(unix)]

mod support;

use mainstay_keep::{EndedView, SessionFolder};
use mainstay_protocol::frame::{Answer, Operation, Query};
use mainstay_protocol::journal::Event;
use support::home::{Home, spec};

#[test]
fn whoever_is_told_of_the_end_finds_nothing() {
    let home = Home::new();
    let mut spec = spec(
        "for ((i = 0; i < 2000; i++)); do echo \"secret $i\"; done;
         printf '\\e]777;notify;secret;secret\\a\\e]133;C;cmdline=secret\\a'; read x; echo the secret end",
    );
    spec.private = true;
    let run = home.start(&spec);
    let mut viewer = run.client();
    viewer.view(80, 24);
    viewer.until_text("secret 1999");
    let mut asker = run.client();
    let query = Query {
        pattern: "secret".to_owned(),
        ..Query::default()
    };
    let hits = |answer| match answer {
        Answer::Hits { hits, .. } => hits.len(),
        other => panic!("unexpected answer {other:?}"),
    };
    let found = hits(asker.ask(Operation::Search(query.clone())));
    assert!(found > 0, "while it runs it is as any other");
    viewer.type_in("\r");
    let mut told = Vec::new();
    asker.open_journal(0);
    asker.until_entry(&mut told, |entry| matches!(entry.event, Event::Exited(_)));

    // The host is still there, for the viewer has not gone.
    assert_eq!(hits(asker.ask(Operation::Search(query))), 0);
    assert_eq!(asker.host_screen(), "");
    let entries = run.journal();
    assert_eq!(entries.len(), told.len(), "the numbers stay");
    let text = serde_json::to_string(&entries).expect("JSON");
    assert!(!text.contains("secret"), "{text}");
    let folder = SessionFolder::open(&home.places(), &spec.session).expect("there");
    let view = EndedView::open(&folder).expect("readable");
    assert_eq!(view.screen_text(u32::MAX).expect("readable"), "");
    assert!(view.outcome().is_some(), "that it ran is on record");
    viewer.until("the end", |viewer| viewer.ended.is_some());
    assert!(
        viewer.text().contains("the secret end"),
        "who looked saw it"
    );
}
