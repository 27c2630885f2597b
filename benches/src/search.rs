//! Searching a million lines, against ripgrep over the same text.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::lab::{Lab, Result};
use crate::report::{Report, Row, median};
use crate::snapshot::until_shown;
use crate::stopwatch::Stopwatch;

const LINES: usize = 1_000_000;
const ROUNDS: usize = 7;

pub(crate) fn run(lab: &Lab) -> Result<Report> {
    let text = lab.path("text");
    write_text(&text)?;
    let script = format!("cat '{}'; echo ALL-DONE; cat", text.display());
    let session = lab.start_program("/bin/sh", &["-c", &script])?;
    until_shown(&session, "ALL-DONE")?;
    let data = lab.data().to_string_lossy().into_owned();
    let mut rows = Vec::new();
    for (label, regex, pattern) in [
        ("a word that stands once", false, "needle-in-a-haystack"),
        (
            "a word that stands nowhere",
            false,
            "no such words anywhere",
        ),
        (
            "a regular expression",
            true,
            r"error\[E0\d+7\]: .* in module 99\d99",
        ),
        ("1,000 hits", false, "every-thousandth"),
    ] {
        let ours: Vec<&str> = [
            &lab.mainstay.to_string_lossy(),
            "--data-dir",
            &data,
            "search",
            "--limit",
            "2000",
            "--session",
            session.id.as_str(),
        ]
        .into_iter()
        .chain(regex.then_some("--regex"))
        .chain(["--", pattern])
        .map(|word| -> &str { Box::leak(word.to_owned().into_boxed_str()) })
        .collect();
        let path = text.to_string_lossy();
        let mut theirs = vec!["rg", "--no-config", "--line-number"];
        if !regex {
            theirs.push("--fixed-strings");
        }
        theirs.extend(["--", pattern, &path]);
        let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            our_times.push(millis(&ours)?);
            their_times.push(millis(&theirs)?);
        }
        let (our_time, their_time) = (median(&mut our_times), median(&mut their_times));
        rows.push(Row::new(format!("{label}: ripgrep"), their_time, "ms"));
        rows.push(
            Row::new(format!("{label}: mainstay search"), our_time, "ms")
                .against("ripgrep", our_time / their_time)
                .reach("within 3x", our_time <= 3.0 * their_time),
        );
    }
    let about = "whole commands over a million lines";
    Ok(Report {
        name: "search",
        about,
        rows,
    })
}

fn write_text(path: &Path) -> Result<()> {
    let mut out = BufWriter::new(fs::File::create(path)?);
    for line in 0..LINES {
        if line == LINES / 3 {
            writeln!(out, "here is the needle-in-a-haystack of line {line}")?;
        } else if line % 1000 == 0 {
            writeln!(out, "{line}: an every-thousandth line of a log")?;
        } else {
            writeln!(
                out,
                "error[E0{}]: something went wrong in module {line} of the build",
                line % 1000
            )?;
        }
    }
    Ok(out.flush()?)
}

fn millis(words: &[&str]) -> Result<f64> {
    let Some((program, args)) = words.split_first() else {
        return Err("no words".into());
    };
    let watch = Stopwatch::start();
    let output = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .output()?;
    let millis = watch.millis();
    // Both say 1 where nothing is found.
    if !matches!(output.status.code(), Some(0 | 1)) {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("{program} failed: {said}").into());
    }
    Ok(millis)
}
