//! A profile as its file has it.

use std::path::Path;

use mainstay_protocol::session::{Retry, Success, Timeouts};
use mainstay_protocol::spec::Readiness;
use serde::Deserialize;

use super::{Profile, Resume, Trouble};
use crate::plan::check;

/// Its own types: a file is written by hand, so a key that isn't known is a mistake and not a later version's.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Text {
    title: Option<String>,
    command: Vec<String>,
    ready: Ready,
    success: Success,
    timeouts: Clocks,
    retry: Option<Again>,
    resume: Resume,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ready {
    #[default]
    Process,
    FirstOutput,
    Reported,
    Pattern(String),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Clocks {
    start_ms: Option<u64>,
    run_ms: Option<u64>,
    grace_ms: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Again {
    count: u32,
    delay_ms: Option<u64>,
    growth_percent: Option<u32>,
    max_delay_ms: Option<u64>,
}

/// Reads a profile; `file` is nothing for what is built in.
pub(super) fn read(name: &str, text: &str, file: Option<&Path>) -> Result<Profile, Trouble> {
    let shown = file.unwrap_or(Path::new(name));
    let read: Text = toml::from_str(text).map_err(|error| Trouble::toml(shown, text, &error))?;
    let profile = read.into_profile(name, file);
    check_values(&profile).map_err(|wrong| Trouble::value(shown, text, wrong))?;
    Ok(profile)
}

fn check_values(profile: &Profile) -> Result<(), check::Wrong> {
    check::words("title", &profile.title)?;
    check::command(&profile.command)?;
    check::ready(&profile.ready)?;
    check::success(&profile.success)?;
    check::timeouts(&profile.timeouts)?;
    profile.retry.as_ref().map_or(Ok(()), check::retry)
}

impl Text {
    fn into_profile(self, name: &str, file: Option<&Path>) -> Profile {
        let Clocks {
            start_ms,
            run_ms,
            grace_ms,
        } = self.timeouts;
        Profile {
            name: name.to_owned(),
            title: self.title.unwrap_or_else(|| name.to_owned()),
            command: self.command,
            ready: self.ready.into(),
            success: self.success,
            timeouts: Timeouts {
                start_ms,
                run_ms,
                grace_ms,
            },
            retry: self.retry.map(Again::into_retry),
            resume: self.resume,
            file: file.map(Path::to_path_buf),
        }
    }
}

impl From<Ready> for Readiness {
    fn from(ready: Ready) -> Self {
        match ready {
            Ready::Process => Self::Process,
            Ready::FirstOutput => Self::FirstOutput,
            Ready::Reported => Self::Reported,
            Ready::Pattern(pattern) => Self::Pattern { pattern },
        }
    }
}

impl Again {
    fn into_retry(self) -> Retry {
        let usual = Retry::default();
        Retry {
            count: self.count,
            delay_ms: self.delay_ms.unwrap_or(usual.delay_ms),
            growth_percent: self.growth_percent.unwrap_or(usual.growth_percent),
            max_delay_ms: self.max_delay_ms.unwrap_or(usual.max_delay_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        let file = Path::new("/p/web.toml");
        read("web", text, Some(file))
            .expect_err("it is wrong")
            .to_string()
    }

    #[test]
    fn a_file_says_how_a_program_runs() {
        let text = r#"
            title = "Web server"
            command = ["npm", "run", "dev"]
            ready = { pattern = "listening on" }
            success = { codes = [0, 130] }
            resume = "last_dir"
            [timeouts]
            start_ms = 5000
            [retry]
            count = 3
        "#;
        let profile = read("web", text, None).expect("it is right");
        assert_eq!(profile.command, ["npm", "run", "dev"]);
        assert_eq!(
            profile.ready,
            Readiness::Pattern {
                pattern: "listening on".to_owned()
            }
        );
        assert_eq!(profile.success, Success::Codes(vec![0, 130]));
        assert_eq!(profile.timeouts.start_ms, Some(5000));
        assert_eq!(profile.timeouts.run_ms, None, "comes from elsewhere");
        let retry = profile.retry.expect("given");
        assert_eq!(
            (retry.count, retry.delay_ms),
            (3, 1000),
            "with the usual pause"
        );
        assert_eq!(profile.resume, Resume::LastDir);
    }

    #[test]
    fn an_empty_file_is_a_plain_profile() {
        let profile = read("plain", "", None).expect("nothing is needed");
        assert_eq!(profile.title, "plain", "its name will do");
        assert_eq!(profile.ready, Readiness::Process);
        assert_eq!(profile.success, Success::Zero);
    }

    #[test]
    fn an_error_names_file_line_and_field() {
        let cases = [
            ("title = 'a'\ncomand = ['b']\n", 2, "comand"),
            (
                "title = 'a'\n\n[timeouts]\nstart_ms = '60s'\n",
                4,
                "timeouts.start_ms",
            ),
            ("[timeouts]\nstart = 5\n", 2, "timeouts.start"),
            ("success = 'yes'\n", 1, "success"),
            ("ready = { pattern = '(' }\n", 1, "ready.pattern"),
            ("command = ['a', 5]\n", 1, "command"),
            ("\n[retry]\ncount = 1000000\n", 3, "retry.count"),
            ("\ntitle = \"open\n", 2, "title"),
            ("[timeouts]\nrun_ms = -1\n", 2, "timeouts.run_ms"),
            ("[retry]\ndelay_ms = 5\n", 1, "retry"),
        ];
        for (text, line, field) in cases {
            let words = wrong(text);
            let start = format!("/p/web.toml, line {line}, {field}: ");
            assert!(words.starts_with(&start), "{words:?} names {start:?}");
        }
    }
}
