//! A scheduled task of Windows, at the person's login
//! (<https://learn.microsoft.com/en-us/windows/win32/taskschd/task-scheduler-schema>).

use std::ffi::OsString;
use std::path::PathBuf;

use super::launchd::escaped;
use super::{Facts, Plan, Step, System, words};

const TASK: &str = "Mainstay";

const NEEDS: (&str, &str) = (
    "schtasks",
    "it belongs to Windows; look whether C:\\Windows\\System32 is in PATH",
);

pub(super) struct Windows;

impl System for Windows {
    fn install(&self, facts: &Facts) -> Plan {
        let file = path(facts);
        let mut create = words(&["schtasks", "/Create", "/F", "/TN", TASK, "/XML"]);
        create.push(file.clone().into_os_string());
        Plan {
            needs: NEEDS,
            steps: vec![
                Step::Write(file, utf16(&task(facts))),
                Step::Run(create),
                Step::Run(words(&["schtasks", "/Run", "/TN", TASK])),
            ],
            note: Some("The manager runs at every login now.".to_owned()),
        }
    }

    fn uninstall(&self, facts: &Facts) -> Plan {
        Plan {
            needs: NEEDS,
            steps: vec![
                Step::Try(words(&["schtasks", "/End", "/TN", TASK])),
                Step::Try(words(&["schtasks", "/Delete", "/F", "/TN", TASK])),
                Step::Remove(path(facts)),
            ],
            note: None,
        }
    }

    fn file(&self, facts: &Facts) -> Option<PathBuf> {
        Some(path(facts))
    }

    fn status(&self, _: &Facts) -> Vec<OsString> {
        words(&["schtasks", "/Query", "/TN", TASK])
    }
}

fn path(facts: &Facts) -> PathBuf {
    let file = "AppData/Local/mainstay-service.xml";
    facts.home.join(file)
}

/// The task. Without `ExecutionTimeLimit` it would be ended after three days. Hosts have left its job when it is ended.
fn task(facts: &Facts) -> String {
    let program = escaped(&facts.program.to_string_lossy());
    // The command line is read as Windows programs read theirs; a folder's name holds no quotes.
    let folder = facts.data_dir.as_ref().map(|folder| {
        let folder = escaped(&folder.to_string_lossy());
        format!(" --data-dir &quot;{folder}&quot;")
    });
    format!(
        r#"<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Hidden>true</Hidden>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{program}</Command>
      <Arguments>serve --replace{}</Arguments>
    </Exec>
  </Actions>
</Task>
"#,
        folder.unwrap_or_default()
    )
}

/// The encoding that schtasks reads, with its mark.
fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::facts_for_tests;
    use super::*;

    #[test]
    fn the_task_has_no_end() {
        let text = task(&facts_for_tests(Some("C:\\d & e")));
        for part in [
            "<ExecutionTimeLimit>PT0S</ExecutionTimeLimit>",
            "<Arguments>serve --replace --data-dir &quot;C:\\d &amp; e&quot;</Arguments>",
            "<StopIfGoingOnBatteries>false<",
        ] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        assert_eq!(utf16("a"), [0xff, 0xfe, b'a', 0], "little end first");
    }
}
