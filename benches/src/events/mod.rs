//! Events: how many are stored and delivered, and how soon one is told.

mod disk;
mod exit;
mod rate;

use crate::ground::Ground;
use crate::lab::{Lab, Result};
use crate::report::Report;

pub(crate) fn run(lab: &Lab, subscribers: usize, exits: usize) -> Result<Report> {
    let ground = Ground::new(lab)?;
    let mut rows = rate::run(&ground, subscribers)?;
    drop(ground);
    rows.extend(exit::run(lab, exits)?);
    Ok(Report {
        name: "events",
        about: "each event is on disk before anybody is told; bare writes are of the same run, on the same disk, one after the other",
        rows,
    })
}
