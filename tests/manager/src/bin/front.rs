//! What the programs of the product are to a manager, without the rest of them.
//!
//! * `front serve --background`: a manager that whoever needs one starts;
//! * `front app`: a manager that takes over from another one, as the window does; prints a line when it is there;
//! * `front new NAME`: has a session made by the manager that there is, else by one that it starts; prints its process id.
//!
//! The home is in the variable `FRONT_HOME`. Failpoints are armed from the environment.
#![expect(
    clippy::panic,
    reason = "all of this is for tests, where a panic is the verdict"
)]

use std::path::Path;
use std::sync::Arc;

use mainstay_api::client::{Client, Starter};
use mainstay_api::serve::{self, Config, Kind, Limits};
use mainstay_manager_tests::home::{self, Home};
use mainstay_manager_tests::programs::Program;
use mainstay_protocol::session::NewSession;
use mainstay_seams::{SystemClock, failpoint};

fn main() {
    let failpoints = std::env::var(failpoint::ENV).unwrap_or_default();
    failpoint::arm_from(&failpoints).expect("failpoints in their form");
    let home = std::env::var_os("FRONT_HOME").expect("a home");
    let home = Home::of(Path::new(&home));
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().worker_threads(2).build();
    let runtime = runtime.expect("a runtime");
    match words.as_slice() {
        ["serve", "--background"] => {
            drop(runtime.block_on(serve::background(config(&home, Kind::Serve))));
        }
        ["app"] => runtime.block_on(app(&home)),
        ["new", name] => runtime.block_on(new(&home, name)),
        _ => panic!("usage: front serve --background | app | new NAME"),
    }
    runtime.shutdown_background();
}

fn config(home: &Home, kind: Kind) -> Config {
    Config {
        manager: home.config(Arc::new(SystemClock)),
        kind,
        replace: kind == Kind::App,
        limits: Limits::default(),
    }
}

#[expect(clippy::print_stdout, reason = "the test waits for this line")]
async fn app(home: &Home) {
    let server = serve::start(config(home, Kind::App)).await;
    let server = server.unwrap_or_else(|error| panic!("the app does not come: {error}"));
    println!("{}", server.info().pid);
    server.run().await;
}

#[expect(clippy::print_stdout, reason = "the test reads this line")]
async fn new(home: &Home, name: &str) {
    // What starts it knows its home already; failpoints are this process's own.
    let starter = Starter {
        program: home::program("front"),
        env: Vec::new(),
    };
    let client = Client::ensure(&home.places(), starter).await;
    let client = client.unwrap_or_else(|error| panic!("{name}: no manager: {error}"));
    let session = NewSession {
        id: Some(name.parse().expect("an id")),
        settings: Program::Sleeper.settings(home.path()),
        ..NewSession::default()
    };
    let made = client.create(&session).await;
    assert!(made.is_ok(), "{name}: {:?}", made.err());
    println!("{}", client.info().pid);
}
