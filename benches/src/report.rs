//! How results are shown: ratios as a table, everything as JSON.

use std::io::{self, Write};

use serde::Serialize;

/// The result of one benchmark.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) name: &'static str,
    /// What the ratios mean.
    pub(crate) about: &'static str,
    pub(crate) rows: Vec<Row>,
}

/// One measured thing. Only the ratio is a claim: absolute figures say how busy the machine was.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) label: String,
    /// The figure itself.
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    /// Against what the row is measured, in the same run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) against: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ratio: Option<f64>,
    /// What we want to reach, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reach: Option<&'static str>,
    /// Whether it is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reached: Option<bool>,
}

impl Row {
    pub(crate) fn new(label: impl Into<String>, value: f64, unit: &'static str) -> Self {
        let label = label.into();
        Self {
            label,
            value,
            unit,
            against: None,
            ratio: None,
            reach: None,
            reached: None,
        }
    }

    pub(crate) fn against(mut self, other: impl Into<String>, ratio: f64) -> Self {
        self.against = Some(other.into());
        self.ratio = Some(ratio);
        self
    }

    pub(crate) fn reach(mut self, words: &'static str, reached: bool) -> Self {
        self.reach = Some(words);
        self.reached = Some(reached);
        self
    }
}

impl Report {
    /// Prints the report as a table.
    pub(crate) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "\n{} · {}", self.name, self.about)?;
        let width = self
            .rows
            .iter()
            .map(|row| row.label.chars().count())
            .max()
            .unwrap_or(0);
        for row in &self.rows {
            let pad = width - row.label.chars().count();
            write!(
                out,
                "  {}{:pad$}  {:>11.3} {:<6}",
                row.label, "", row.value, row.unit
            )?;
            if let (Some(ratio), Some(against)) = (row.ratio, &row.against) {
                write!(out, " {ratio:>7.3} of {against}")?;
            }
            if let (Some(reach), Some(reached)) = (row.reach, row.reached) {
                write!(
                    out,
                    "   {} {reach}",
                    if reached { "reached:" } else { "MISSED:" }
                )?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

/// The middle value; of two the lower.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    percentile(values, 50)
}

/// The value that so many percent of all do not exceed.
pub(crate) fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values
        .get(last * percent / 100)
        .copied()
        .unwrap_or(f64::NAN)
}
