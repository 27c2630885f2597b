//! xterm.js in a process of its own; see `../xterm/screen.mjs` for what is said to it.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

use mainstay_protocol::Size;
use serde_json::json;

/// Longer than any honest answer takes, even on a busy machine; some bytes keep xterm.js busy for minutes.
const LIMIT: Duration = Duration::from_secs(20);

/// One step of what a terminal goes through.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Bytes arrive.
    Write(Vec<u8>),
    /// The window gets another size.
    Resize(Size),
}

#[derive(Debug)]
pub(crate) struct Oracle {
    child: Child,
    stdin: ChildStdin,
    answers: Receiver<Vec<u8>>,
}

impl Oracle {
    /// A viewer: xterm.js as it is.
    pub(crate) fn viewer() -> Self {
        Self::start(&[])
    }

    /// What a terminal should do: xterm.js without the mistakes that `corrections.mjs` lists. It takes its
    /// input in one step only.
    pub(crate) fn corrected() -> Self {
        Self::start(&["--corrected"])
    }

    /// Starts the process; installs its packages first if they are missing.
    fn start(arguments: &[&str]) -> Self {
        let folder = installed();
        let mut child = Command::new("node")
            .arg("screen.mjs")
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let stdin = child.stdin.take().expect("stdin is piped");
        let mut stdout = child.stdout.take().expect("stdout is piped");
        let (send, answers) = sync_channel(1);
        thread::spawn(move || {
            loop {
                let mut length = [0; 4];
                if stdout.read_exact(&mut length).is_err() {
                    return;
                }
                let mut answer = vec![0; u32::from_le_bytes(length) as usize];
                if stdout.read_exact(&mut answer).is_err() || send.send(answer).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            stdin,
            answers,
        }
    }

    /// What a fresh terminal shows after the steps, as JSON.
    pub(crate) fn screen(&mut self, size: Size, steps: &[Step]) -> String {
        let mut bytes = Vec::new();
        let ops: Vec<_> = steps
            .iter()
            .map(|step| match step {
                Step::Write(written) => {
                    bytes.extend_from_slice(written);
                    json!(["write", written.len()])
                }
                Step::Resize(size) => json!(["resize", size.cols(), size.rows()]),
            })
            .collect();
        let request = json!({ "cols": size.cols(), "rows": size.rows(), "ops": ops });
        let answer = self.ask(&request, &bytes);
        String::from_utf8(answer).expect("JSON is UTF-8")
    }

    /// The answer to any request.
    pub(crate) fn ask(&mut self, request: &serde_json::Value, bytes: &[u8]) -> Vec<u8> {
        let mut frame = request.to_string().into_bytes();
        frame.push(b'\n');
        frame.extend_from_slice(bytes);
        let length = u32::try_from(frame.len()).expect("test input is small");
        self.stdin
            .write_all(&length.to_le_bytes())
            .expect("node reads");
        self.stdin.write_all(&frame).expect("node reads");
        self.stdin.flush().expect("node reads");
        let answer = self.answers.recv_timeout(LIMIT);
        assert!(
            answer.is_ok(),
            "xterm.js gave no answer within {LIMIT:?} to {request} with the bytes {}",
            bytes.escape_ascii()
        );
        answer.unwrap_or_default()
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // It may be busy for minutes with what it was given; the test is over either way.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The folder with the script, its packages installed.
fn installed() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/xterm");
        let node = Command::new("node").arg("--version").stdout(Stdio::null()).status();
        assert!(
            node.is_ok_and(|status| status.success()),
            "node is missing: the tests that compare the model with xterm.js need Node.js 20 or newer \
             and npm; install them, or leave these tests out with `--skip xterm`"
        );
        if !folder.join("node_modules/@xterm/headless/package.json").exists() {
            let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
            let installed = Command::new(npm).args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder).output();
            let output = installed.expect("npm is missing: it comes with Node.js");
            assert!(
                output.status.success(),
                "`npm ci` failed in {}: {}",
                folder.display(),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        folder
    })
}
