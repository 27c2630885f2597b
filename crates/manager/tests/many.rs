//! Much at once.

#![cfg(unix)]

mod support;

use std::sync::Arc;

use mainstay_protocol::SessionId;
use mainstay_protocol::session::{Change, Delete, Status};
use support::ground::{Ground, sh};
use support::watch::Watch;

#[test]
fn fifty_sessions_at_once() {
    let ground = Ground::new();
    let manager = ground.manager();
    let starters: Vec<_> = (0..50)
        .map(|n| {
            let manager = manager.clone();
            std::thread::spawn(move || manager.create(sh(&format!("m{n:02}"), "sleep 1000")))
        })
        .collect();
    let ids: Vec<SessionId> = starters
        .into_iter()
        .map(|starter| starter.join().expect("no panic").expect("starts").id)
        .collect();
    let mut watch = Watch::new(&manager);
    for id in &ids {
        watch.named(id, "session.started", 1);
        let session = manager.show(id).expect("there");
        assert_eq!(session.status, Status::Running, "{id}");
        assert!(session.connected, "{id}");
    }
    assert_eq!(manager.health().connected, 50);
    drop((watch, manager));
    let (manager, report) = ground.open();
    assert_eq!(report.following, 50, "{report:?}");
    let enders: Vec<_> = ids
        .into_iter()
        .map(|id| {
            let manager = manager.clone();
            let force = Delete {
                force: true,
                ..Delete::default()
            };
            std::thread::spawn(move || manager.delete(&id, force))
        })
        .collect();
    for ender in enders {
        ender.join().expect("no panic").expect("deleted");
    }
    let left = |path| std::fs::read_dir(path).expect("a folder").count();
    assert_eq!(left(ground.places().sessions_dir()), 0, "no folder is left");
    assert_eq!(left(ground.places().runtime), 0, "no socket is left");
}

#[test]
fn subscribers_miss_nothing_and_get_nothing_twice() {
    let ground = Ground::new();
    let manager = ground.manager();
    let ids: Vec<SessionId> = ["a", "b", "c"]
        .iter()
        .map(|id| manager.create(sh(id, "true")).expect("starts").id)
        .collect();
    let writers: Vec<_> = ids
        .iter()
        .map(|id| {
            let (manager, id) = (manager.clone(), id.clone());
            std::thread::spawn(move || {
                for n in 0..100 {
                    let change = Change {
                        name: Some(format!("{id} {n}")),
                        ..Change::default()
                    };
                    manager.change(&id, change).expect("changed");
                }
            })
        })
        .collect();
    // Some come early, some late, one never reads.
    let _lazy = manager.subscribe(0);
    let readers: Vec<_> = (0..8)
        .map(|_| {
            let mut watch = Watch::new(&manager);
            let ids = ids.clone();
            std::thread::spawn(move || {
                for id in &ids {
                    watch.named(id, "session.completed", 1);
                    let last = format!("{id} 99");
                    watch.until(|event| {
                        let metadata = event.metadata.as_ref();
                        metadata.is_some_and(|metadata| metadata.summary == last)
                    });
                }
                watch.seen
            })
        })
        .collect();
    for writer in writers {
        writer.join().expect("no panic");
    }
    let logs: Vec<Vec<Arc<_>>> = readers
        .into_iter()
        .map(|reader| reader.join().expect("no panic"))
        .collect();
    let all = manager.events(&mainstay_protocol::session::EventQuery {
        limit: Some(10_000),
        ..Default::default()
    });
    let all = all.expect("the log");
    for log in logs {
        let same = log.iter().zip(&all).all(|(read, stored)| **read == *stored);
        assert!(same, "every event once, in order");
        assert!(log.len() > 300, "to the end: {}", log.len());
    }
}
