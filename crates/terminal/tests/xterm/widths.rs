//! The table of widths against the addon that xterm.js counts with.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use mainstay_terminal::width::{self, Kind};
use serde_json::json;

use crate::support::oracle::Oracle;

/// What the addon returns: its state, the width and whether the character joined, in one number.
fn decode(value: i64) -> (u8, u8, bool) {
    let bits =
        |shift: u32, mask: i64| u8::try_from(value >> shift & mask).expect("masked to a byte");
    (bits(3, 0x0F), bits(1, 3), value & 1 != 0)
}

fn ours() -> Vec<(u8, u8)> {
    let mut all = vec![(Kind::Other as u8, 1); 0x11_0000];
    for range in width::ranges() {
        let cells = all.get_mut(range.first as usize..=range.last as usize);
        cells
            .expect("ranges are of code points")
            .fill((range.kind as u8, range.width));
    }
    all
}

/// Every code point has the addon's width and role, or is listed with the reason in `width-deviations.txt`.
#[test]
fn every_code_point_is_as_wide_as_in_xterm() {
    let answer = Oracle::viewer().ask(&json!({ "widths": true }), b"");
    let addon: Vec<i64> = serde_json::from_slice(&answer).expect("a list of numbers");
    let ours = ours();
    assert_eq!(
        addon.len(),
        ours.len(),
        "the addon was asked for every code point"
    );

    let mut found: Vec<(u32, u32, String)> = Vec::new();
    for (c, (addon, ours)) in (0u32..).zip(addon.into_iter().zip(ours)) {
        let (kind, width, _) = decode(addon);
        if (kind, width) == ours || (0xD800..0xE000).contains(&c) {
            continue;
        }
        let change = format!("{kind}/{width} {}/{}", ours.0, ours.1);
        match found.last_mut() {
            Some((_, last, same)) if *last + 1 == c && *same == change => *last = c,
            _ => found.push((c, c, change)),
        }
    }
    let found: Vec<String> = found
        .into_iter()
        .map(|(first, last, change)| format!("{first:04X}..{last:04X} {change}"))
        .collect();
    let listed: Vec<&str> = include_str!("width-deviations.txt")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let mut report = String::new();
    for line in found.iter().filter(|line| !listed.contains(&line.as_str())) {
        writeln!(report, "not listed: {line}").expect("a String takes all");
    }
    for line in listed
        .iter()
        .filter(|line| !found.iter().any(|found| found == *line))
    {
        writeln!(report, "listed, but not so: {line}").expect("a String takes all");
    }
    assert!(
        report.is_empty(),
        "the table and the addon differ (code points, addon's kind/width, ours):\n{report}"
    );
}

/// One character of each role and width that the addon and the table agree on.
fn samples() -> Vec<u32> {
    let mut samples = BTreeMap::new();
    samples.insert((0, 1), u32::from('a'));
    for range in width::ranges() {
        // The first of its class is an old one: newer characters, which the addon does not know, come later.
        samples
            .entry((range.kind as u8, range.width))
            .or_insert(range.first);
    }
    let mut samples: Vec<u32> = samples.into_values().collect();
    samples.extend([0xFE0F, 0x1F3FB, 0x4E00]);
    samples
}

/// What follows what, three deep: the cluster's width and whether it joined are the addon's.
#[test]
fn clusters_are_joined_as_in_xterm() {
    let samples = samples();
    let mut sequences = Vec::new();
    for &a in &samples {
        for &b in &samples {
            sequences.push(vec![a, b]);
            for &c in &samples {
                sequences.push(vec![a, b, c]);
            }
        }
    }
    let answer = Oracle::viewer().ask(&json!({ "joins": sequences }), b"");
    let addon: Vec<i64> = serde_json::from_slice(&answer).expect("a list of numbers");
    assert_eq!(addon.len(), sequences.len(), "every sequence has an answer");
    for (sequence, value) in sequences.iter().zip(addon) {
        let (_, width, joined) = decode(value);
        let text: String = sequence.iter().filter_map(|&c| char::from_u32(c)).collect();
        let (cluster, columns) = width::clusters(&text)
            .last()
            .expect("a sequence is not empty");
        assert_eq!(
            (columns, cluster.chars().count() > 1),
            (width, joined),
            "width of the cluster {sequence:04X?} ends with, and whether its last character joined"
        );
    }
}
