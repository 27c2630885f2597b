//! What must hold of the model for any input, told with xterm.js as the one that shows it.

use mainstay_protocol::Size;
use mainstay_terminal::{Options, Sink, Terminal};
use serde_json::Value;

use super::difference::differences;
use super::oracle::{Oracle, Step};

/// Which statement about the model an input refutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Property {
    /// xterm.js, corrected, shows after the input itself what it shows after the model's snapshot.
    Raw,
    /// xterm.js shows after the view of the input what it shows after the snapshot.
    View,
    /// The same, when the view's first part is replaced by the snapshot taken there.
    Resume,
    /// The same, when the terminal that gets the snapshot has shown something else before.
    Dirty,
    /// The same, when the size changes there: viewers change theirs and get a snapshot.
    Resize,
}

#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) property: Property,
    /// Where the input was cut in two; 0 for what is about the whole.
    pub(crate) cut: usize,
    pub(crate) difference: String,
}

/// Keeps the view.
#[derive(Debug, Default)]
pub(crate) struct View(pub(crate) Vec<u8>);

impl Sink for View {
    fn wants_view(&self) -> bool {
        true
    }

    fn view(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

/// An input and what is to be checked with it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) size: Size,
    pub(crate) input: Vec<u8>,
    /// Positions of the input at which a viewer attaches.
    pub(crate) cuts: Vec<usize>,
    /// Whether xterm.js may see the input itself.
    pub(crate) raw: bool,
}

/// Both sides of the comparison.
#[derive(Debug)]
pub(crate) struct Oracles {
    viewer: Oracle,
    corrected: Oracle,
}

impl Oracles {
    pub(crate) fn start() -> Self {
        Self {
            viewer: Oracle::viewer(),
            corrected: Oracle::corrected(),
        }
    }
}

/// The first property that the input refutes.
pub(crate) fn check(oracles: &mut Oracles, case: &Case) -> Option<Failure> {
    let Oracles {
        viewer: oracle,
        corrected,
    } = oracles;
    let shown = snapshot(&fed(case.size, &case.input, &mut ()));
    let expected = oracle.screen(case.size, &[Step::Write(shown.clone())]);
    let mut compare = |property, cut, steps: &[Step]| {
        let who = if property == Property::Raw {
            &mut *corrected
        } else {
            &mut *oracle
        };
        let found = who.screen(case.size, steps);
        let difference = differences(&found, &expected, &|path, left, right| {
            forgiven(property, path, left, right)
        });
        (!difference.is_empty()).then_some(Failure {
            property,
            cut,
            difference,
        })
    };
    if case.raw
        && let Some(failure) = compare(Property::Raw, 0, &[Step::Write(case.input.clone())])
    {
        return Some(failure);
    }
    let mut view = View::default();
    fed(case.size, &case.input, &mut view);
    if let Some(failure) = compare(Property::View, 0, &[Step::Write(view.0.clone())]) {
        return Some(failure);
    }
    if let Some(failure) = case.cuts.iter().find_map(|&cut| {
        let (before, after) = case.input.split_at(cut.min(case.input.len()));
        let mut model = fed(case.size, before, &mut ());
        let attached = Step::Write(snapshot(&model));
        let mut view = View::default();
        model.feed(after, &mut view);
        compare(Property::Resume, cut, &[attached, Step::Write(view.0)])
    }) {
        return Some(failure);
    }
    let dirt = Step::Write([&view.0, DIRT].concat());
    if let Some(failure) = compare(Property::Dirty, 0, &[dirt, Step::Write(shown)]) {
        return Some(failure);
    }
    case.cuts.iter().find_map(|&cut| resized(oracle, case, cut))
}

/// What a terminal may have been left in: every mode, margins, tabs, pen, charset and saved cursor altered.
const DIRT: &[u8] = b"\x1b[?1049h\x1b[2;2H\x1b7alt\x1b[?1049l\x1b[?6h\x1b[2;3r\x1b[4h\x1b[20h\x1b[?7l\x1b[?1h\x1b=\
    \x1b)0\x0e\x1b*0\x1b+A\x1b[1;2;3;4:3;5;7;8;9;53;31;44;58;5;9m\x1b[1\"q\x1b]8;;http://dirt/\x1b\\\x1b[3g\x1b7\
    \x1b[?1003h\x1b[?1006h\x1b[?1004h\x1b[?2004h\x1b[?25l\x1b[?45h\x1b[5 qdirt\x1b[?12h";

/// Another size from `cut` on.
fn resized(oracle: &mut Oracle, case: &Case, cut: usize) -> Option<Failure> {
    let (before, after) = case.input.split_at(cut.min(case.input.len()));
    let less = |limit: usize| u16::try_from(cut % limit).unwrap_or_default();
    let cols = case.size.cols() * 2 / 3 + less(7);
    // Never one row: when a character that grows wraps there, xterm.js has already reused the row it moves from.
    let size = Size::clamped(cols, (case.size.rows() + 2 - less(4)).max(2));
    let mut model = fed(case.size, before, &mut ());
    let attached = Step::Write(snapshot(&model));
    model.resize(size, &mut ());
    let again = Step::Write(snapshot(&model));
    let mut view = View::default();
    model.feed(after, &mut view);
    let steps = [attached, Step::Resize(size), again, Step::Write(view.0)];
    let found = oracle.screen(case.size, &steps);
    let expected = oracle.screen(size, &[Step::Write(snapshot(&model))]);
    let difference = differences(&found, &expected, &|path, left, right| {
        forgiven(Property::Resize, path, left, right)
    });
    (!difference.is_empty()).then_some(Failure {
        property: Property::Resize,
        cut,
        difference,
    })
}

pub(crate) fn fed(size: Size, input: &[u8], sink: &mut impl Sink) -> Terminal {
    let mut model = Terminal::new(size, Options::default());
    model.feed(input, sink);
    model
}

pub(crate) fn snapshot(model: &Terminal) -> Vec<u8> {
    let mut out = Vec::new();
    model.snapshot(&mut out);
    out
}

/// Differences that are meant; `left` is what was shown, `right` what the snapshot of the whole shows.
fn forgiven(property: Property, path: &str, left: &Value, right: &Value) -> bool {
    if path.ends_with(".rows.0.wrapped") {
        // Whether the top row continues one that has scrolled away can be told only to a terminal that
        // shows that one.
        return true;
    }
    if path.starts_with(".tabs") && property != Property::Raw {
        // A viewer's stops may be those of one screen only; once a program sets stops, the view says columns.
        return true;
    }
    // xterm.js leaves the mark on a row when another comes between it and the one it continues; the model does
    // not. It shows nowhere but in what a selection copies.
    path.ends_with(".wrapped") && *left == Value::Bool(true) && *right == Value::Bool(false)
}
