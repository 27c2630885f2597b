//! The committed inputs; `../corpus/README.md` says what they are.

use std::path::Path;

use mainstay_protocol::Size;

#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) size: Size,
    pub(crate) bytes: Vec<u8>,
}

fn size(text: &str) -> Size {
    let (cols, rows) = text.split_once('x').expect("a size is COLSxROWS");
    let number = |text: &str| text.parse().expect("a size is made of numbers");
    Size::clamped(number(cols), number(rows))
}

/// The inputs of `sequences.txt`.
pub(crate) fn sequences() -> Vec<Input> {
    include_str!("../corpus/sequences.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (name, rest) = line.split_once(' ').expect("a name");
            let (dimensions, bytes) = rest.trim_start().split_once(' ').expect("a size");
            Input {
                name: name.to_owned(),
                size: size(dimensions),
                bytes: unescape(bytes.trim_start()),
            }
        })
        .collect()
}

/// Output of real programs, agents among them.
pub(crate) fn programs() -> Vec<Input> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut found = Vec::new();
    for folder in ["corpus/programs", "recordings"] {
        for entry in std::fs::read_dir(tests.join(folder)).expect("the corpus is committed") {
            let path = entry.expect("the folder can be listed").path();
            if path.extension().is_none_or(|extension| extension != "raw") {
                continue;
            }
            let name = path
                .file_stem()
                .expect("it has an extension")
                .to_string_lossy()
                .into_owned();
            let size = match name.rsplit_once('-') {
                Some((_, text)) if text.starts_with(|c: char| c.is_ascii_digit()) => size(text),
                _ => Size::clamped(110, 40),
            };
            let bytes = std::fs::read(&path).expect("the corpus can be read");
            found.push(Input { name, size, bytes });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let (code, after) = after.split_at(1);
        rest = after;
        bytes.push(match code {
            "e" => 0x1b,
            "n" => b'\n',
            "r" => b'\r',
            "t" => b'\t',
            "\\" => b'\\',
            "x" => {
                let (hex, after) = after.split_at(2);
                rest = after;
                u8::from_str_radix(hex, 16).expect("two hexadecimal digits")
            }
            _ => 0,
        });
        assert!(
            bytes.last() != Some(&0) || code == "x",
            "\\{code} is no escape of this file"
        );
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}
