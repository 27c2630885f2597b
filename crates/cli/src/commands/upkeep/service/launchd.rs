//! An agent of launchd, `man launchd.plist`.

use std::ffi::OsString;
use std::path::PathBuf;

use super::{Facts, Plan, Step, System, words};

const LABEL: &str = "dev.mainstay.serve";

const NEEDS: (&str, &str) = (
    "launchctl",
    "it belongs to macOS; look whether /bin is in PATH",
);

pub(super) struct Launchd;

impl System for Launchd {
    fn install(&self, facts: &Facts) -> Plan {
        let file = path(facts);
        Plan {
            needs: NEEDS,
            steps: vec![
                // An earlier one has to go first; there may be none.
                Step::Try(words(&["launchctl", "bootout", &target(facts)])),
                Step::Write(file.clone(), plist(facts).into_bytes()),
                Step::Run(vec![
                    "launchctl".into(),
                    "bootstrap".into(),
                    format!("gui/{}", facts.user).into(),
                    file.into_os_string(),
                ]),
            ],
            note: Some("The manager runs at every login now.".to_owned()),
        }
    }

    fn uninstall(&self, facts: &Facts) -> Plan {
        Plan {
            needs: NEEDS,
            steps: vec![
                Step::Try(words(&["launchctl", "bootout", &target(facts)])),
                Step::Remove(path(facts)),
            ],
            note: None,
        }
    }

    fn file(&self, facts: &Facts) -> Option<PathBuf> {
        Some(path(facts))
    }

    fn status(&self, facts: &Facts) -> Vec<OsString> {
        words(&["launchctl", "print", &target(facts)])
    }
}

fn path(facts: &Facts) -> PathBuf {
    let file = format!("Library/LaunchAgents/{LABEL}.plist");
    facts.home.join(file)
}

fn target(facts: &Facts) -> String {
    format!("gui/{}/{LABEL}", facts.user)
}

/// The agent. `AbandonProcessGroup` keeps launchd from ending what the manager started; it is started again only where it
/// failed, for one that yields to the app ends well.
fn plist(facts: &Facts) -> String {
    let program = escaped(&facts.program.to_string_lossy());
    let environment = facts.data_dir.as_ref().map(|folder| {
        let folder = escaped(&folder.to_string_lossy());
        format!(
            "  <key>EnvironmentVariables</key>\n  <dict>\n    <key>MAINSTAY_DATA_DIR</key>\n    \
             <string>{folder}</string>\n  </dict>\n"
        )
    });
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>{LABEL}</string>
  <key>ProgramArguments</key>
  <array>
    <string>{program}</string>
    <string>serve</string>
    <string>--replace</string>
  </array>
{}  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>AbandonProcessGroup</key>
  <true/>
  <key>ProcessType</key>
  <string>Interactive</string>
</dict>
</plist>
"#,
        environment.unwrap_or_default()
    )
}

/// A text within XML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::facts_for_tests;
    use super::*;

    #[test]
    fn the_agent_leaves_hosts_alone() {
        let text = plist(&facts_for_tests(Some("/d & <e>")));
        for part in [
            "<key>AbandonProcessGroup</key>\n  <true/>",
            "<string>/opt/main stay/mainstay</string>\n    <string>serve</string>",
            "<string>/d &amp; &lt;e&gt;</string>",
        ] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        let plain = plist(&facts_for_tests(None));
        assert!(!plain.contains("EnvironmentVariables"), "the usual place");
    }

    #[test]
    fn it_is_the_persons_own() {
        let plan = Launchd.install(&facts_for_tests(None));
        let file = "/home/me/Library/LaunchAgents/dev.mainstay.serve.plist";
        let run = words(&["launchctl", "bootstrap", "gui/1000", file]);
        assert_eq!(plan.steps.last(), Some(&Step::Run(run)));
    }
}
