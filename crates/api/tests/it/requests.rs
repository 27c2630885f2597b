//! What is wrong with a request is told, in words and for programs.

use mainstay_protocol::Code;

use crate::support::World;

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_are_none() {
    let world = World::new().await;
    for line in [
        "GET /",
        "GET /v2/sessions",
        "GET /v1/sessions/",
        "GET /v1/sessions/a/b",
        "GET /v1/events/x",
    ] {
        let reply = world.send(line, "", b"").await;
        let problem = reply.problem();
        assert_eq!(
            (reply.status, problem.code),
            (404, Code::UnknownRoute),
            "{line}: {reply:?}"
        );
    }
    for (line, allowed) in [
        ("DELETE /v1/version", "GET,HEAD"),
        ("GET /v1/sessions/a/stop", "POST"),
        ("PUT /v1/sessions", "GET,HEAD,POST"),
        ("POST /v1/sessions/a", "GET,HEAD,PATCH,DELETE"),
    ] {
        let reply = world.send(line, "", b"").await;
        assert_eq!(
            (reply.status, reply.problem().code),
            (405, Code::UnknownRoute),
            "{line}"
        );
        assert_eq!(reply.header("allow"), Some(allowed), "{line}: {reply:?}");
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_none() {
    let world = World::new().await;
    for (body, part, field) in [
        ("{\"name\": \n oops}", "line 2 column", None),
        ("", "", None),
        ("[]", "must be a JSON object", None),
        ("\"stop\"", "must be a JSON object", None),
        ("{\"command\": \"htop\"}", "command", Some("command")),
        (
            "{\"timeouts\": {\"run_ms\": \"long\"}}",
            "timeouts.run_ms",
            Some("timeouts.run_ms"),
        ),
        ("{\"id\": \"../x\"}", "letters", Some("id")),
        ("{\"name\": \"a\"} trailing", "trailing", None),
    ] {
        let reply = world.json("POST /v1/sessions", body).await;
        if body.is_empty() {
            // No body at all is an empty object: a shell at home.
            assert_eq!(reply.status, 201, "{reply:?}");
            continue;
        }
        let problem = reply.problem();
        assert_eq!(
            (reply.status, problem.code),
            (400, Code::BadJson),
            "{body}: {reply:?}"
        );
        assert!(problem.detail.contains(part), "{body}: {problem}");
        assert_eq!(problem.field.as_deref(), field, "{body}: {problem}");
    }
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    for (more, part) in [
        ("", "no type"),
        (form, "urlencoded"),
        ("Content-Type: text/plain\r\n", "text/plain"),
    ] {
        let reply = world.send("POST /v1/sessions", more, b"{}").await;
        let problem = reply.problem();
        assert_eq!((reply.status, problem.code), (415, Code::BadJson), "{more}");
        assert!(
            problem.detail.contains(part) && problem.detail.contains("application/json"),
            "{problem}"
        );
    }
    let charset = "Content-Type: application/json; charset=utf-8\r\n";
    let reply = world.send("PATCH /v1/settings", charset, b"{}").await;
    assert_eq!(
        reply.status, 200,
        "a parameter of the type is fine: {reply:?}"
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_too_large() {
    let world = World::new().await;
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(1024 * 1024));
    let reply = world.json("POST /v1/sessions", &large).await;
    let problem = reply.problem();
    assert_eq!(
        (reply.status, problem.code),
        (413, Code::Invalid),
        "{reply:?}"
    );
    assert!(problem.detail.contains("1048576 bytes"), "{problem}");
    let bytes = "Content-Type: application/octet-stream\r\n";
    let input = vec![b'x'; 4 * 1024 * 1024 + 1];
    let reply = world.send("POST /v1/sessions/a/input", bytes, &input).await;
    assert_eq!(reply.status, 413, "{reply:?}");
    // Nobody has to send the body of a request that is refused for its head.
    let reply = world.send("POST /v1/nothing", bytes, &input).await;
    assert_eq!(reply.status, 404, "{reply:?}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_that_are_none() {
    let world = World::new().await;
    for (query, field) in [
        ("limit=many", "limit"),
        ("status=done", "status"),
        ("order=up", "order"),
        ("colour=red", "colour"),
        ("limit=1&limit=2", "limit"),
    ] {
        let reply = world
            .send(&format!("GET /v1/sessions?{query}"), "", b"")
            .await;
        let problem = reply.problem();
        assert_eq!(
            (reply.status, problem.code),
            (422, Code::Invalid),
            "{query}: {reply:?}"
        );
        assert_eq!(problem.field.as_deref(), Some(field), "{query}");
    }
    let reply = world
        .send("GET /v1/events/stream?since=99999", "", b"")
        .await;
    assert_eq!(reply.problem().field.as_deref(), Some("since"), "{reply:?}");
    let reply = world
        .send("GET /v1/events/stream", "Last-Event-ID: x\r\n", b"")
        .await;
    assert_eq!(reply.problem().code, Code::Invalid, "{reply:?}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_are_not_there() {
    let world = World::new().await;
    let nobody = "/v1/sessions/nobody";
    for line in [
        format!("GET {nobody}"),
        format!("PATCH {nobody}"),
        format!("GET {nobody}/runs"),
        format!("POST {nobody}/stop"),
        format!("POST {nobody}/resume"),
        format!("POST {nobody}/purge"),
        "GET /v1/events?session=nobody".to_owned(),
        "GET /v1/events/stream?session=nobody".to_owned(),
    ] {
        let reply = world.send(&line, "", b"").await;
        let problem = reply.problem();
        assert_eq!(
            (reply.status, problem.code),
            (404, Code::UnknownSession),
            "{line}: {reply:?}"
        );
    }
    for _ in 0..2 {
        let reply = world
            .send(&format!("DELETE {nobody}?force=true"), "", b"")
            .await;
        assert_eq!(
            (reply.status, reply.body.as_str()),
            (200, "{\"id\":null}"),
            "gone already"
        );
    }
    let reply = world.json("PUT /v1/foreground", "{}").await;
    assert_eq!(
        reply.problem().field.as_deref(),
        Some("session"),
        "{reply:?}"
    );
    world.close().await;
}
