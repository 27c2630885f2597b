//! Checks of values that people write: in requests, in profiles, in the settings of the program.

use std::collections::BTreeMap;

use mainstay_protocol::problem::{Code, Problem};
use mainstay_protocol::session::{CleanUp, Retry, Success, Timeouts};
use mainstay_protocol::spec::{Readiness, Retention};
use regex::Regex;

/// Longest time that can be set, ten years: far from where sums overflow, and longer is a mistake.
const MAX_MS: u64 = 10 * 365 * 24 * 3_600_000;
/// Most automatic new runs in a row.
const MAX_RETRIES: u32 = 1_000;
/// Most percent by which a pause may grow.
const MAX_GROWTH: u32 = 10_000;
/// Longest name or title, in characters.
const MAX_WORDS: usize = 200;
/// Longest pattern in bytes.
const MAX_PATTERN: usize = 4 * 1024;
/// Longest argument or variable in bytes: `MAX_ARG_STRLEN` of Linux, less its zero byte (execve(2)).
const MAX_ARG: usize = 128 * 1024 - 1;
/// Most bytes of all arguments, or of all variables together. Linux gives both 2 MiB at most.
const MAX_ARGS: usize = 1024 * 1024;
/// What the host sets itself.
const OURS: [&str; 4] = [
    "MAINSTAY_SESSION_ID",
    "MAINSTAY_RUN_ID",
    "MAINSTAY_SOCKET",
    "MAINSTAY_TOKEN",
];

/// A value that can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The field in dotted form.
    pub(crate) field: String,
    /// What is wrong, and what would be right.
    pub(crate) what: String,
}

impl Wrong {
    pub(crate) fn new(field: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            what: what.into(),
        }
    }
}

impl From<Wrong> for Problem {
    fn from(wrong: Wrong) -> Self {
        Self::new(Code::Invalid, format!("{}: {}", wrong.field, wrong.what)).at(wrong.field)
    }
}

type Checked = Result<(), Wrong>;

fn require(holds: bool, field: &str, what: impl FnOnce() -> String) -> Checked {
    if holds {
        Ok(())
    } else {
        Err(Wrong::new(field, what()))
    }
}

/// A name or a title.
pub(crate) fn words(field: &str, text: &str) -> Checked {
    let length = text.chars().count();
    require(length <= MAX_WORDS, field, || {
        format!("it has {length} characters; at most {MAX_WORDS} are possible")
    })?;
    let is_clean = mainstay_protocol::text::cleaned(text, MAX_WORDS) == text;
    require(is_clean, field, || {
        "it has line breaks, control characters or invisible ones; leave them out".to_owned()
    })
}

/// A command; empty is fine.
pub(crate) fn command(command: &[String]) -> Checked {
    let field = "command";
    if let Some(program) = command.first() {
        require(!program.is_empty(), field, || {
            "the program's name is empty".to_owned()
        })?;
    }
    for arg in command {
        require(!arg.contains('\0'), field, || {
            format!(
                "{:?} has a zero byte, which no argument can have",
                start(arg)
            )
        })?;
        require(arg.len() <= MAX_ARG, field, || {
            format!(
                "the argument {:?}… has {} bytes; the system takes {MAX_ARG} at most, so put that into a file",
                start(arg),
                arg.len()
            )
        })?;
    }
    let total: usize = command.iter().map(|arg| arg.len() + 1).sum();
    require(total <= MAX_ARGS, field, || {
        format!("all arguments together have {total} bytes; at most {MAX_ARGS} are possible")
    })
}

/// Variables that a person set.
pub(crate) fn env(env: &BTreeMap<String, String>) -> Checked {
    for (name, value) in env {
        require(is_variable(name, value), &format!("env.{name}"), || {
            format!(
                "{name:?} can't be set: a variable's name is not empty and has no '=', neither name nor value has a zero byte, and both together have at most {MAX_ARG} bytes"
            )
        })?;
        require(
            !OURS.contains(&name.as_str()),
            &format!("env.{name}"),
            || "Mainstay sets this variable itself; use another name".to_owned(),
        )?;
    }
    let total: usize = env
        .iter()
        .map(|(name, value)| name.len() + value.len() + 2)
        .sum();
    require(total <= MAX_ARGS, "env", || {
        format!("all variables together have {total} bytes; at most {MAX_ARGS} are possible")
    })
}

/// Whether the system takes it as a variable.
pub(crate) fn is_variable(name: &str, value: &str) -> bool {
    !name.is_empty()
        && !name.contains(['=', '\0'])
        && !value.contains('\0')
        && name.len() + value.len() < MAX_ARG
}

/// Readiness: a pattern must be a regular expression.
pub(crate) fn ready(ready: &Readiness) -> Checked {
    let Readiness::Pattern { pattern } = ready else {
        return Ok(());
    };
    let field = "ready.pattern";
    require(!pattern.is_empty(), field, || {
        "an empty pattern matches always; use `process` for that".to_owned()
    })?;
    require(pattern.len() <= MAX_PATTERN, field, || {
        format!("the pattern has more than {MAX_PATTERN} bytes")
    })?;
    match Regex::new(pattern) {
        Ok(_) => Ok(()),
        Err(error) => Err(Wrong::new(
            field,
            format!("{pattern:?} is no regular expression: {error}"),
        )),
    }
}

/// A success rule.
pub(crate) fn success(success: &Success) -> Checked {
    let is_empty = matches!(success, Success::Codes(codes) if codes.is_empty());
    require(!is_empty, "success", || {
        "the list of codes is empty, so nothing could succeed; give codes, `zero` or `any`"
            .to_owned()
    })
}

/// Clocks.
pub(crate) fn timeouts(timeouts: &Timeouts) -> Checked {
    for (name, ms) in [
        ("start_ms", timeouts.start_ms),
        ("run_ms", timeouts.run_ms),
        ("grace_ms", timeouts.grace_ms),
    ] {
        millis(&format!("timeouts.{name}"), ms.unwrap_or(0))?;
    }
    Ok(())
}

/// A time that somebody sets.
pub(crate) fn millis(field: &str, ms: u64) -> Checked {
    require(ms <= MAX_MS, field, || {
        format!("{ms} ms is more than ten years; at most {MAX_MS} is possible")
    })
}

/// Retrying.
pub(crate) fn retry(retry: &Retry) -> Checked {
    require(retry.count <= MAX_RETRIES, "retry.count", || {
        format!("at most {MAX_RETRIES} new runs are possible")
    })?;
    require(
        retry.growth_percent <= MAX_GROWTH,
        "retry.growth_percent",
        || format!("at most {MAX_GROWTH} percent are possible"),
    )?;
    millis("retry.delay_ms", retry.delay_ms)?;
    millis("retry.max_delay_ms", retry.max_delay_ms)
}

/// Clean-up.
pub(crate) fn clean_up(clean_up: &CleanUp) -> Checked {
    millis("clean_up.after_ms", clean_up.after_ms)
}

/// Retention.
pub(crate) fn retention(retention: &Retention) -> Checked {
    require(
        retention.min_free_percent <= 100,
        "retention.min_free_percent",
        || "it is a share of the disk, 0 to 100".to_owned(),
    )
}

/// The beginning of a long text.
fn start(text: &str) -> String {
    text.chars().take(40).collect()
}
