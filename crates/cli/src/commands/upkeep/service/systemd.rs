//! A user unit of systemd
//! (<https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html>).

use std::ffi::OsString;
use std::path::PathBuf;

use super::{Facts, Plan, Step, System, words};
use crate::exit::Exit;

const UNIT: &str = "mainstay.service";

const NEEDS: (&str, &str) = (
    "systemctl",
    "this system isn't run by systemd; have whatever starts programs at your login run `mainstay serve --background`",
);

pub(super) struct Systemd;

impl System for Systemd {
    fn install(&self, facts: &Facts) -> Plan {
        Plan {
            needs: NEEDS,
            steps: vec![
                Step::Write(path(facts), unit(facts).into_bytes()),
                Step::Run(words(&["systemctl", "--user", "daemon-reload"])),
                Step::Run(words(&["systemctl", "--user", "enable", UNIT])),
                Step::Run(words(&["systemctl", "--user", "restart", UNIT])),
            ],
            note: Some(
                "The manager runs at every login now. systemd ends it, and all sessions, when you log out for good,\n\
                 unless you tell it otherwise: loginctl enable-linger"
                    .to_owned(),
            ),
        }
    }

    fn uninstall(&self, facts: &Facts) -> Plan {
        Plan {
            needs: NEEDS,
            steps: vec![
                // It may not be installed, or only half.
                Step::Try(words(&["systemctl", "--user", "disable", "--now", UNIT])),
                Step::Remove(path(facts)),
                Step::Try(words(&["systemctl", "--user", "daemon-reload"])),
            ],
            note: None,
        }
    }

    fn file(&self, facts: &Facts) -> Option<PathBuf> {
        Some(path(facts))
    }

    fn status(&self, _: &Facts) -> Vec<OsString> {
        words(&["systemctl", "--user", "is-active", "--quiet", UNIT])
    }
}

fn path(facts: &Facts) -> PathBuf {
    let config = facts.config_home.clone();
    let config = config.unwrap_or_else(|| facts.home.join(".config"));
    config.join("systemd/user").join(UNIT)
}

/// The unit. Hosts are in its control group and have to survive it: only the manager itself is stopped
/// (`KillMode=process`), hosts may make groups of their own (`Delegate`), and one that runs out of memory stops nothing
/// else. That the app has the manager is no failure.
fn unit(facts: &Facts) -> String {
    let program = quoted(&facts.program.to_string_lossy()).replace('$', "$$");
    let data_dir = facts.data_dir.as_ref().map(|folder| {
        let variable = format!("MAINSTAY_DATA_DIR={}", folder.to_string_lossy());
        format!("Environment={}\n", quoted(&variable))
    });
    format!(
        "[Unit]\n\
         Description=Mainstay: keeps terminal sessions\n\
         \n\
         [Service]\n\
         Type=exec\n\
         ExecStart={program} serve --replace\n\
         {}\
         KillMode=process\n\
         Delegate=yes\n\
         OOMPolicy=continue\n\
         TasksMax=infinity\n\
         Restart=on-failure\n\
         SuccessExitStatus={}\n\
         \n\
         [Install]\n\
         WantedBy=default.target\n",
        data_dir.unwrap_or_default(),
        Exit::Ended.code()
    )
}

/// A text in quotes, with what systemd would take for something else
/// (<https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html#Quoting>).
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            // Specifiers.
            '%' => quoted.push_str("%%"),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::super::facts_for_tests;
    use super::*;

    #[test]
    fn the_unit_keeps_hosts_alive() {
        let text = unit(&facts_for_tests(None));
        for line in [
            "ExecStart=\"/opt/main stay/mainstay\" serve --replace",
            "KillMode=process",
            "Delegate=yes",
            "OOMPolicy=continue",
            "SuccessExitStatus=4",
            "WantedBy=default.target",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
        assert!(!text.contains("Environment"), "the usual place: {text}");
    }

    #[test]
    fn names_of_folders_mean_themselves() {
        let text = unit(&facts_for_tests(Some("/d/100% \"x\" $HOME")));
        let line = r#"Environment="MAINSTAY_DATA_DIR=/d/100%% \"x\" $HOME""#;
        assert!(text.contains(line), "{line} in\n{text}");
        let mut facts = facts_for_tests(None);
        facts.program = PathBuf::from("/a$b");
        assert!(unit(&facts).contains("ExecStart=\"/a$$b\" serve"));
    }

    #[test]
    fn it_is_written_where_systemd_looks() {
        let mut facts = facts_for_tests(None);
        let usual = PathBuf::from("/home/me/.config/systemd/user/mainstay.service");
        assert_eq!(path(&facts), usual);
        facts.config_home = Some(PathBuf::from("/c"));
        assert_eq!(
            path(&facts),
            PathBuf::from("/c/systemd/user/mainstay.service")
        );
    }
}
