//! A client that waits for what a test expects.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use mainstay_link::{Connection, LinkError, Sender};
use mainstay_protocol::Size;
use mainstay_protocol::frame::{
    Answer, Failure, FromHost, Note, OpenView, Operation, ToHost, Welcome,
};
use mainstay_protocol::journal::{Entry, Event};
use mainstay_protocol::outcome::Outcome;
use mainstay_terminal::{Options, Sink, Terminal};

/// Longest wait of a test for anything. On an idle machine nothing takes a tenth of it.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// A connection to a host, and the screen a viewer on it sees.
pub(crate) struct Client {
    connection: Connection,
    pub(crate) welcome: Welcome,
    pub(crate) screen: Terminal,
    pub(crate) position: u64,
    pub(crate) snapshots: u32,
    pub(crate) output: u64,
    pub(crate) notes: Vec<Note>,
    pub(crate) ended: Option<Outcome>,
    pub(crate) acks: bool,
    in_snapshot: bool,
    _watchdog: mpsc::SyncSender<()>,
}

/// Takes nothing.
struct Nothing;
impl Sink for Nothing {}

impl Client {
    pub(crate) fn try_connect(socket: &Path, token: &str) -> Result<Self, LinkError> {
        let (connection, welcome) = Connection::dial(socket, token, "test 1")?;
        let size = welcome.state.size;
        let watchdog = watch(connection.sender());
        Ok(Self {
            connection,
            welcome,
            screen: Terminal::new(size, Options::default()),
            position: 0,
            snapshots: 0,
            output: 0,
            notes: Vec::new(),
            ended: None,
            acks: true,
            in_snapshot: false,
            _watchdog: watchdog,
        })
    }

    pub(crate) fn connect(socket: &Path, token: &str) -> Self {
        Self::try_connect(socket, token).expect("the host lets us in")
    }

    pub(crate) fn send(&self, frame: &ToHost) {
        self.connection.send(frame).expect("the host takes it");
    }

    /// Sends a frame to a host that may be gone.
    pub(crate) fn send_if_there(&self, frame: &ToHost) {
        self.connection.send(frame).ok();
    }

    pub(crate) fn sender(&self) -> Sender {
        self.connection.sender()
    }

    pub(crate) fn type_in(&self, text: &str) {
        self.send(&ToHost::Input(text.as_bytes().to_vec()));
    }

    pub(crate) fn open(&self, view: OpenView) {
        self.send(&ToHost::OpenView(view));
    }

    /// Becomes a viewer that wishes this size.
    pub(crate) fn view(&self, cols: u16, rows: u16) {
        self.open(OpenView {
            size: Some(Size::clamped(cols, rows)),
            focused: true,
            ..OpenView::default()
        });
    }

    pub(crate) fn open_journal(&self, after: u64) {
        self.send(&ToHost::OpenJournal(after));
    }

    pub(crate) fn ask(&mut self, operation: Operation) -> Answer {
        self.connection.ask(operation).expect("the host answers")
    }

    pub(crate) fn try_ask(&mut self, operation: Operation) {
        self.connection.ask(operation).ok();
    }

    /// Asks for something that is only done or refused.
    pub(crate) fn order(&mut self, operation: Operation) -> Result<(), Failure> {
        match self.ask(operation) {
            Answer::Done => Ok(()),
            Answer::Failed(failure) => Err(failure),
            other => panic!("unexpected answer {other:?}"),
        }
    }

    pub(crate) fn state(&mut self) -> mainstay_protocol::state::RunState {
        match self.ask(Operation::State) {
            Answer::State(state) => *state,
            other => panic!("unexpected answer {other:?}"),
        }
    }

    /// The screen as the host has it.
    pub(crate) fn host_screen(&mut self) -> String {
        match self.ask(Operation::Screen { history: 0 }) {
            Answer::Text { text } => text,
            other => panic!("unexpected answer {other:?}"),
        }
    }

    pub(crate) fn text(&self) -> String {
        self.screen.screen_text()
    }

    /// Takes the next frame and does with it what a viewer does.
    pub(crate) fn step(&mut self) -> Result<FromHost, LinkError> {
        let frame = self.connection.recv()?;
        match &frame {
            FromHost::Snapshot(snapshot) => {
                if snapshot.first {
                    assert!(!self.in_snapshot, "snapshots do not overlap");
                    self.screen = Terminal::new(snapshot.size, Options::default());
                    self.snapshots += 1;
                }
                self.in_snapshot = !snapshot.last;
                self.screen.feed(&snapshot.bytes, &mut Nothing);
                if snapshot.last {
                    self.position = snapshot.position;
                    self.ack();
                }
            }
            FromHost::Output(position, bytes) => {
                assert_eq!(*position, self.position, "the stream has no holes");
                self.position += bytes.len() as u64;
                self.output += bytes.len() as u64;
                self.screen.feed(bytes, &mut Nothing);
                self.ack();
            }
            FromHost::Note(note) => self.notes.push(note.clone()),
            FromHost::Ended(outcome) => self.ended = Some(outcome.clone()),
            _ => {}
        }
        Ok(frame)
    }

    fn ack(&self) {
        if self.acks {
            self.connection.send(&ToHost::AckView(self.position)).ok();
        }
    }

    /// Takes frames until the condition holds.
    pub(crate) fn until(&mut self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        while !holds(self) {
            if let Err(error) = self.step() {
                panic!(
                    "waiting for {what}: {error}; the screen is:\n{}\nnotes: {:?}, ended: {:?}",
                    self.text(),
                    self.notes,
                    self.ended
                );
            }
        }
    }

    /// Waits for a text on the screen.
    pub(crate) fn until_text(&mut self, text: &str) {
        self.until(&format!("{text:?} on the screen"), |client| {
            client.text().contains(text)
        });
    }

    /// Collects journal entries up to one.
    pub(crate) fn until_entry(
        &mut self,
        entries: &mut Vec<Entry>,
        wanted: impl Fn(&Entry) -> bool,
    ) {
        loop {
            match self.step() {
                Ok(FromHost::Journal(new)) => {
                    for entry in new {
                        let last = entries.last().map_or(0, |last| last.seq);
                        if last > 0 {
                            assert_eq!(entry.seq, last + 1, "the journal has no gaps");
                        }
                        let found = wanted(&entry);
                        entries.push(entry);
                        if found {
                            return;
                        }
                    }
                }
                Ok(_) => {}
                Err(error) => panic!("waiting for a journal entry: {error}; so far: {entries:#?}"),
            }
        }
    }

    /// Waits until the host says that the run has ended, or is gone.
    pub(crate) fn wait_for_end(&mut self) {
        self.connection.send(&ToHost::OpenJournal(0)).ok();
        while let Ok(frame) = self.connection.recv() {
            if let FromHost::Journal(entries) = frame
                && entries
                    .iter()
                    .any(|entry| matches!(entry.event, Event::Exited(_)))
            {
                return;
            }
        }
    }

    /// Waits until the host closes the connection.
    pub(crate) fn until_closed(&mut self) {
        while self.step().is_ok() {}
    }
}

/// Ends the connection unless the returned half is dropped in time.
fn watch(sender: Sender) -> mpsc::SyncSender<()> {
    let (alive, gone) = mpsc::sync_channel(0);
    std::thread::spawn(move || {
        if gone.recv_timeout(LIMIT) == Err(mpsc::RecvTimeoutError::Timeout) {
            sender.shutdown();
        }
    });
    alive
}
