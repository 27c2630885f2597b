//! A steward's fixed plan: it passes everything that a manager does, once or more.

use mainstay_protocol::SessionId;

use crate::log::Op;
use crate::programs::Program;
use crate::steward::Steward;

/// Does all of it. Sessions are called by the number of the life.
///
/// # Panics
/// If an id can't be made.
pub fn run(steward: &Steward, life: u32) {
    let id = |name: &str| -> SessionId { format!("s{life}-{name}").parse().expect("an id") };
    let numbers = |count, code, retries, private| {
        Op::Create(Program::Numbers {
            count,
            code,
            retries,
            private,
        })
    };
    let (force, gently) = (Op::Stop { force: true }, Op::Stop { force: false });

    steward.ask(&id("sleeper"), &Op::Create(Program::Sleeper));
    steward.ask(&id("counter"), &numbers(200, 0, 0, false));
    steward.ask(&id("secret"), &numbers(50, 0, 0, true));
    steward.ask(&id("broken"), &Op::Create(Program::Broken));
    steward.ask(&id("missing"), &Op::Create(Program::Missing));
    steward.ask(&id("unready"), &Op::Create(Program::Unready));
    steward.ask(&id("overlong"), &Op::Create(Program::Overlong));
    steward.ask(&id("retried"), &numbers(5, 3, 2, false));
    steward.ask(&id("sleeper"), &Op::Rename("first name".to_owned()));
    steward.ask(&id("sleeper"), &Op::Pause);
    steward.ask(&id("sleeper"), &Op::Unpause);
    steward.ask(&id("sleeper"), &gently);
    steward.until_over(&id("counter"));
    steward.ask(&id("counter"), &Op::Resume);
    steward.until_over(&id("sleeper"));
    steward.ask(&id("sleeper"), &Op::Again);
    steward.ask(&id("sleeper"), &Op::Rename("second name".to_owned()));
    steward.ask(&id("sleeper"), &Op::Pause);
    steward.ask(&id("sleeper"), &force);
    steward.until_over(&id("counter"));
    steward.ask(&id("counter"), &Op::Purge);
    steward.ask(&id("counter"), &Op::Rename("third name".to_owned()));
    steward.until_over(&id("secret"));
    steward.ask(&id("secret"), &Op::Again);
    for name in ["retried", "unready", "overlong", "secret"] {
        steward.until_over(&id(name));
    }
    steward.ask(&id("secret"), &Op::Resume);
    steward.ask(&id("stubborn"), &Op::Create(Program::Stubborn));
    steward.ask(&id("stubborn"), &gently);
    steward.ask(&id("overlong"), &Op::Delete { force: false });
    steward.ask(&id("stays"), &Op::Create(Program::Stubborn));
    steward.ask(&id("goes"), &Op::Create(Program::Stubborn));
    steward.ask(&id("goes"), &Op::Delete { force: true });
    steward.ask(&id("sleeper"), &Op::Delete { force: false });
    steward.ask(&id("paused"), &Op::Create(Program::Sleeper));
    steward.ask(&id("paused"), &Op::Pause);
    steward.until_over(&id("secret"));
}
