//! What must come out: a terminal that is fed directly, with nothing between.

use mainstay_keep::{EndedView, SessionFolder, journal};
use mainstay_protocol::journal::{Entry, Event};
use mainstay_protocol::{Line, Size};
use mainstay_terminal::{Options, Sink, Terminal};
use std::ops::ControlFlow;

use super::script::Step;

/// A session of any number of runs.
pub(crate) struct Model {
    pub(crate) terminal: Terminal,
    pub(crate) taken: Taken,
}

/// What the model yielded.
#[derive(Default)]
pub(crate) struct Taken {
    /// All lines of history of the session; `None` stands for a line that isn't foreseen.
    pub(crate) lines: Vec<Option<Line>>,
    /// What the journal of the newest run must have of its output.
    pub(crate) events: Vec<(u64, Event)>,
}

impl Sink for Taken {
    fn line(&mut self, number: u64, line: &Line) {
        assert_eq!(
            number,
            self.lines.len() as u64,
            "the model's lines are in order"
        );
        self.lines.push(Some(line.clone()));
    }

    fn event(&mut self, at: u64, event: mainstay_terminal::Event) {
        use mainstay_terminal::Event as Meant;
        let event = match event {
            Meant::Bell => Event::Bell,
            Meant::Notification(notification) => Event::Notification(notification),
            Meant::Mark(mark) => Event::Mark(mark),
            Meant::Agent(report) => Event::Agent(report),
            Meant::Title(_) | Meant::Cwd(_) | Meant::Progress(_) | Meant::Clipboard { .. } => {
                return;
            }
        };
        self.events.push((at, event));
    }
}

impl Model {
    pub(crate) fn new(size: Size) -> Self {
        Self {
            terminal: Terminal::new(size, Options::default()),
            taken: Taken::default(),
        }
    }

    /// The next run: the screen becomes history, a line tells of the resume.
    pub(crate) fn resume(&mut self, size: Size) {
        self.terminal.finish(&mut self.taken);
        self.taken.lines.push(None);
        self.taken.events.clear();
        let options = Options {
            first_line: self.taken.lines.len() as u64,
            ..Options::default()
        };
        self.terminal = Terminal::new(size, options);
    }

    /// Does what a run had done when it had `position` bytes of output and the terminal `size`.
    pub(crate) fn run(&mut self, steps: &[Step], position: u64, size: Size) {
        for step in steps {
            match step {
                Step::Output(bytes) => {
                    if self.terminal.position() == position {
                        break;
                    }
                    self.terminal.feed(bytes, &mut self.taken);
                }
                Step::Resize(wanted) => {
                    let last = self.terminal.position() == position;
                    if *wanted == self.terminal.size() || (last && *wanted != size) {
                        continue;
                    }
                    self.terminal.resize(*wanted, &mut self.taken);
                    let resized = Event::Resized { size: *wanted };
                    self.taken.events.push((self.terminal.position(), resized));
                }
                Step::Tick => {}
            }
        }
        assert_eq!(
            self.terminal.position(),
            position,
            "output is kept in whole reads"
        );
        assert_eq!(self.terminal.size(), size, "the last resize counts");
    }

    /// All lines, those on the main screen included.
    fn all_lines(&self) -> Vec<Option<Line>> {
        let mut lines = self.taken.lines.clone();
        let mut add = |number: u64, line: &Line| {
            assert_eq!(number, lines.len() as u64, "the model's lines are in order");
            lines.push(Some(line.clone()));
        };
        self.terminal.tail(0, &mut add);
        self.terminal.screen_lines(&mut add);
        lines
    }

    /// Compares with what a folder shows.
    pub(crate) fn compare(&self, view: &EndedView, what: &str) {
        let expected = self.all_lines();
        let mut found = 0_u64;
        view.past()
            .each(0..u64::MAX, &mut |number, line| {
                assert_eq!(number, found, "{what}: each line is there once, in order");
                let place = usize::try_from(number).expect("small");
                match expected.get(place) {
                    Some(Some(expected)) => {
                        assert_eq!(line, expected, "{what}: line {number}");
                    }
                    Some(None) => assert!(
                        line.text.starts_with("── resumed "),
                        "{what}: {} stands between the runs",
                        line.text
                    ),
                    None => panic!("{what}: line {number} is too much: {line:?}"),
                }
                found += 1;
                ControlFlow::Continue(())
            })
            .map(|_| ())
            .expect("readable");
        assert_eq!(found, expected.len() as u64, "{what}: lines are missing");
        assert_eq!(
            view.past().end_line(),
            self.terminal.top_line(),
            "{what}: history ends where the screen begins"
        );
        assert_eq!(
            view.screen_text(0).expect("readable"),
            self.terminal.screen_text(),
            "{what}: the screen"
        );
        assert_eq!(&view.state(), self.terminal.state(), "{what}: the state");
        let (mut shown, mut direct) = (Vec::new(), Vec::new());
        view.snapshot(&mut shown);
        self.terminal.snapshot(&mut direct);
        assert_eq!(
            String::from_utf8_lossy(&shown),
            String::from_utf8_lossy(&direct),
            "{what}: the snapshot"
        );
        assert_eq!(
            view.notes(),
            [] as [String; 0],
            "{what}: nothing is damaged"
        );
    }

    /// Compares what output caused with the journal of a run.
    pub(crate) fn compare_journal(
        &self,
        folder: &SessionFolder,
        number: u32,
        what: &str,
    ) -> Vec<Entry> {
        let run = folder.run(&super::run_id(number));
        let entries: Vec<Entry> = journal::Reader::open(&run.journal_path(), 0)
            .expect("opened")
            .collect::<Result<_, _>>()
            .expect("readable");
        for (entry, seq) in entries.iter().zip(1..) {
            assert_eq!(entry.seq, seq, "{what}: numbered without gaps");
        }
        let caused: Vec<(u64, Event)> = entries
            .iter()
            .filter_map(|entry| Some((entry.at?, entry.event.clone())))
            .collect();
        for (place, (found, expected)) in caused.iter().zip(&self.taken.events).enumerate() {
            assert_eq!(found, expected, "{what}: entry {place} that output caused");
        }
        assert_eq!(
            caused.len(),
            self.taken.events.len(),
            "{what}: each event is there once"
        );
        entries
    }
}
