//! The protocol's document names every frame that its source has.

use super::Complaint;

/// Where the frames are.
pub(super) const SOURCE: &str = "crates/protocol/src/frame/";

/// What must name them.
pub(super) const DOCUMENT: &str = "docs/PROTOCOL.md";

/// A kind of frame: `pub const PING: u8 = 0x0c;`, and the variant that its doc comment links to.
#[derive(Debug, PartialEq, Eq)]
struct Frame<'a> {
    variant: &'a str,
    kind: &'a str,
}

pub(super) fn check(source: &str, document: &str) -> Vec<Complaint> {
    frames(source)
        .into_iter()
        .filter(|frame| !document.lines().any(|line| names(line, frame)))
        .map(|Frame { variant, kind }| {
            let text = format!("{DOCUMENT} has no row `| {kind} | {variant} |`");
            Complaint::Error(text)
        })
        .collect()
}

/// Whether the line is the frame's row: a table whose first two columns are kind and name.
fn names(line: &str, frame: &Frame<'_>) -> bool {
    let mut cells = line
        .split('|')
        .map(|cell| cell.trim().trim_matches('`'))
        .skip(1);
    cells.next() == Some(frame.kind) && cells.next() == Some(frame.variant)
}

fn frames(source: &str) -> Vec<Frame<'_>> {
    let mut frames = Vec::new();
    let mut variant = None;
    for line in source.lines().map(str::trim) {
        if let Some(link) = line.strip_prefix("/// [`super::") {
            variant = link
                .split_once("`]")
                .and_then(|(path, _)| path.rsplit("::").next());
        } else if let Some((_, kind)) = line.split_once(": u8 = ")
            && line.starts_with("pub const ")
            && kind.starts_with("0x")
        {
            let kind = kind.trim_end_matches(';');
            frames.extend(variant.take().map(|variant| Frame { variant, kind }));
        } else {
            variant = None;
        }
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "pub mod kind {\n    /// [`super::ToHost::Ping`].\n    pub const PING: \
                          u8 = 0x0c;\n    /// Bit of a flag.\n    pub const FIRST: u8 = 0x01;\n}\n";

    #[test]
    fn a_frame_is_a_constant_that_links_to_its_variant() {
        assert_eq!(
            frames(SOURCE),
            [Frame {
                variant: "Ping",
                kind: "0x0c"
            }]
        );
    }

    #[test]
    fn a_frame_has_a_row_that_begins_with_its_kind_and_name() {
        assert_eq!(
            check(
                SOURCE,
                "| `0x0c` | Ping | `u64` number | answered by Pong |\n"
            ),
            []
        );
        assert_eq!(
            check(SOURCE, "| `0x0d` | Ping | `u64` |\n").len(),
            1,
            "another kind"
        );
        assert_eq!(
            check(SOURCE, "| `0x0c` | Pong | answers Ping |\n").len(),
            1,
            "another name"
        );
    }
}
