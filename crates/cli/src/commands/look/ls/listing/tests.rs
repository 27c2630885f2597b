use std::path::Path;

use mainstay_protocol::Timestamp;
use mainstay_protocol::session::Session;
use serde_json::json;

use super::View;
use crate::table::{Look, width};

const NOW: Timestamp = Timestamp(1_795_188_960_000);

fn session(id: &str, status: &str, name: &str) -> Session {
    serde_json::from_value(json!({
        "id": id,
        "name": name,
        "status": status,
        "summary": "cargo build",
        "environment": "host",
        "settings": {"cwd": "/home/me/projects/mainstay", "profile": "command"},
        "created": "2026-11-20T15:30:00.000Z",
        "updated": "2026-11-20T15:35:00.000Z",
        "last_active": "2026-11-20T15:35:50.000Z",
    }))
    .expect("a session")
}

fn sessions() -> Vec<Session> {
    let mut failed = session(
        "7h2kq9vxm3tz0b",
        "failed",
        "テスト実行 👩\u{200d}💻 長い名前のセッション",
    );
    failed.reason = Some("exit code 101".to_owned());
    let mut unnamed = session("bbbbbbbbbbbbbb", "interrupted", "");
    unnamed.name = None;
    vec![
        session("3fk2wz8x0qpm1d", "running", "build"),
        failed,
        unnamed,
    ]
}

fn table(columns: Option<usize>) -> String {
    let view = View {
        look: Look {
            width: columns,
            symbols: true,
            colour: false,
        },
        now: NOW,
        home: Some(Path::new("/home/me")),
    };
    view.table(&sessions())
}

#[test]
fn every_width_is_kept() {
    for columns in [40, 80, 200] {
        for line in table(Some(columns)).lines() {
            assert!(
                width(line) <= columns,
                "{line:?} fits {columns}: {}",
                width(line)
            );
        }
    }
}

#[test]
fn a_narrow_terminal_has_id_status_and_name() {
    assert_eq!(
        table(Some(40)),
        "ID              STATUS         NAME\n\
         3fk2wz8x0qpm1d  ● running      build\n\
         7h2kq9vxm3tz0b  ✗ failed       テスト実…\n\
         bbbbbbbbbbbbbb  ! interrupted  cargo bu…\n"
    );
}

#[test]
fn eighty_columns_tell_when_and_why() {
    let text = table(Some(80));
    for part in [
        "AGE",
        "ACTIVE",
        "6 min",
        "10 s",
        "exit code 101",
        "テスト実行",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

#[test]
fn a_wide_one_has_everything() {
    let text = table(Some(200));
    for part in [
        "PROFILE",
        "~/projects/mainstay",
        "長い名前のセッション",
        "command",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

#[test]
fn a_pipe_gets_whole_texts() {
    let text = table(None);
    assert!(!text.contains('…'), "nothing is cut: {text}");
}
