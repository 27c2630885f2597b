//! The tables' way from one version to the next.
//!
//! `PRAGMA user_version` is the number of steps that a file has taken; a program refuses a file with more than it knows.
//! A step that was released never changes: a change of a table is a new step at the end, written beside the table.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use mainstay_seams::failpoint;

use crate::{StoreError, failpoints, tables};

const STEPS: &[M<'static>] = &[
    M::up(tables::meta::SCHEMA),
    M::up(tables::sessions::SCHEMA),
    M::up(tables::runs::SCHEMA),
    M::up(tables::events::SCHEMA),
    M::up(tables::settings::SCHEMA),
];

const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

/// The version that this program makes of a file.
pub(crate) fn newest() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}

/// Takes the steps that the file hasn't taken. Each is there whole or not at all. The caller sees to it that no other process
/// does the same: the number is read before the transaction begins.
pub(crate) fn run(connection: &mut Connection, from: u32) -> Result<(), StoreError> {
    for version in from..newest() {
        let next = usize::try_from(version)
            .unwrap_or(usize::MAX)
            .saturating_add(1);
        MIGRATIONS.to_version(connection, next).map_err(failed)?;
        failpoint::hit(failpoints::MIGRATED);
    }
    Ok(())
}

fn failed(error: rusqlite_migration::Error) -> StoreError {
    match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => match StoreError::from(err) {
            // A table of ours is there and shouldn't be, or the other way round.
            StoreError::Sql(reason) => StoreError::damaged(reason),
            other => other,
        },
        other => StoreError::damaged(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_good_sql() {
        MIGRATIONS.validate().expect("all steps can be taken");
    }
}
