//! Who may ask.

use mainstay_protocol::Code;

use crate::support::{World, raw};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_without_the_token() {
    let world = World::new().await;
    let good = world.token();
    let (shorter, longer) = (good.replacen(|_| true, "", 1), format!("{good}0"));
    for (what, header, wanted) in [
        ("none", String::new(), 401),
        ("an empty one", "Authorization: Bearer \r\n".to_owned(), 401),
        (
            "another",
            format!("Authorization: Bearer {}\r\n", "0".repeat(64)),
            401,
        ),
        (
            "a part",
            format!("Authorization: Bearer {shorter}\r\n"),
            401,
        ),
        (
            "more than it",
            format!("Authorization: Bearer {longer}\r\n"),
            401,
        ),
        (
            "another scheme",
            format!("Authorization: Basic {good}\r\n"),
            401,
        ),
        ("no scheme", format!("Authorization: {good}\r\n"), 401),
        ("in the address only", String::new(), 401),
        (
            "the good one",
            format!("Authorization: Bearer {good}\r\n"),
            200,
        ),
    ] {
        for target in ["/v1/version", "/v1/health", "/v1/sessions"] {
            let line = format!("GET {target}?token={good}");
            let line = if what == "in the address only" {
                line
            } else {
                format!("GET {target}")
            };
            let reply = raw(&world.socket(), &line, &header, b"").await;
            assert_eq!(reply.status, wanted, "{what}: {target}: {reply:?}");
            if wanted == 401 {
                let problem = reply.problem();
                assert_eq!(problem.code, Code::Denied, "{what}");
                assert!(
                    problem.detail.contains("api-token"),
                    "the remedy: {problem}"
                );
                assert_eq!(reply.header("www-authenticate"), Some("Bearer"), "{what}");
                assert!(!reply.body.contains(&good), "{what}");
            }
        }
    }
    for line in [
        "POST /v1/sessions",
        "GET /v1/events/stream",
        "GET /nothing",
        "PUT /v1/version",
    ] {
        let reply = raw(&world.socket(), line, "", b"{}").await;
        assert_eq!(
            reply.status, 401,
            "{line}: who has no token learns nothing: {reply:?}"
        );
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_start_has_a_token_of_its_own() {
    let world = World::new().await;
    let (places, before) = (world.places.clone(), world.token());
    world.closer.close();
    world.running.await.expect("closed");
    assert!(!places.api_token().exists(), "it is gone with its manager");
    let again = mainstay_api::serve::start(crate::support::config(
        &places,
        mainstay_api::serve::Kind::Serve,
    ));
    let again = again.await.expect("it starts again");
    let after = std::fs::read_to_string(places.api_token()).expect("a new one");
    assert_ne!(before, after, "the old one counts no more");
    again.closer().close();
    again.run().await;
}

/// Root lets another user at the socket, which the modes of socket and folder keep from it otherwise.
#[tokio::test(flavor = "multi_thread")]
async fn another_user_is_turned_away() {
    use std::os::unix::fs::PermissionsExt as _;

    if !rustix::process::geteuid().is_root() {
        return;
    }
    let world = World::new().await;
    let socket = world.socket();
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("own file");
    };
    mode(&world.places.data, 0o755);
    mode(&world.places.runtime, 0o755);
    mode(&socket, 0o666);
    let program = world.places.data.join("test");
    std::fs::copy(std::env::current_exe().expect("own path"), &program).expect("copied");
    mode(&program, 0o755);
    let output = tokio::process::Command::new(&program)
        .args([
            "--exact",
            "auth::as_another_user",
            "--ignored",
            "--nocapture",
        ])
        .env("MAINSTAY_TEST_SOCKET", &socket)
        .env("MAINSTAY_TEST_TOKEN", world.token())
        .uid(65_534)
        .gid(65_534)
        .current_dir("/")
        .output()
        .await
        .expect("it runs");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{told}"
    );
    let reply = world.send("GET /v1/version", "", b"").await;
    assert_eq!(reply.status, 200, "its own user is served: {reply:?}");
    world.close().await;
}

#[tokio::test]
#[ignore = "run as another user by the test above"]
async fn as_another_user() {
    let socket = std::env::var_os("MAINSTAY_TEST_SOCKET").expect("given");
    let token = std::env::var("MAINSTAY_TEST_TOKEN").expect("given");
    let header = format!("Authorization: Bearer {token}\r\n");
    let reply = raw(socket.as_ref(), "GET /v1/version", &header, b"").await;
    assert_eq!(reply.status, 0, "not a word: {reply:?}");
}
