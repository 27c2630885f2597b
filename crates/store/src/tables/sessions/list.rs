//! Lists of sessions, page by page.
//!
//! A page says where the next one begins by what its last session is ordered by and its id; sessions that come and go in between
//! move nothing. `next` is `ORDER:ID:KEY`.

use mainstay_protocol::session::query::MAX_PAGE;
use mainstay_protocol::session::{Order, Session, SessionPage, SessionQuery, SortBy};
use rusqlite::params_from_iter;
use rusqlite::types::Value;

use super::{SessionRow, select};
use crate::columns::{Columns, time};
use crate::{Read, StoreError};

impl Read<'_> {
    /// The sessions that fit, in the order asked for. A limit outside its bounds is moved to the nearest one. No session says
    /// that it is connected: the store doesn't know.
    ///
    /// # Errors
    /// [`StoreError::BadPage`] if `after` isn't the `next` of a page of this list; those of the database.
    pub fn sessions(&self, query: &SessionQuery) -> Result<SessionPage, StoreError> {
        let fits = Conditions::of(query);
        let total = self.count(&fits)?;
        let limit = query.limit.clamp(1, MAX_PAGE);
        let page = page(query, fits, limit)?;
        let mut rows = self.all(&page.sql, params_from_iter(page.values), |row| {
            SessionRow::read(row).map(|row| row.session)
        })?;
        let whole = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > whole;
        rows.truncate(whole);
        let next = rows
            .last()
            .filter(|_| more)
            .map(|last| next(query.sort, last));
        Ok(SessionPage {
            sessions: rows,
            total,
            next,
        })
    }

    fn count(&self, fits: &Conditions) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) FROM sessions WHERE {}", fits.sql);
        let total = self.one(&sql, params_from_iter(&fits.values), |row| {
            Columns::of(row).number()
        });
        Ok(total?.unwrap_or(0))
    }
}

/// The statement for one session more than the page holds, if there is one.
fn page(query: &SessionQuery, mut fits: Conditions, limit: u32) -> Result<Conditions, StoreError> {
    let key = key_sql(query.sort);
    let (beyond, direction) = match query.order {
        Order::Ascending => (">", "ASC"),
        Order::Descending => ("<", "DESC"),
    };
    if let Some(after) = &query.after {
        let (key_value, id) = parse_after(query.sort, after)?;
        fits.add(&format!("({key}, id) {beyond} (?, ?)"), [key_value, id]);
    }
    fits.values.push((i64::from(limit) + 1).into());
    fits.sql = format!(
        "{} {} ORDER BY {key} {direction}, id {direction} LIMIT ?",
        select!("WHERE"),
        fits.sql
    );
    Ok(fits)
}

/// What must hold, as SQL, and the values in it.
struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    fn of(query: &SessionQuery) -> Self {
        let mut conditions = Self {
            // The indexes are of what is not deleted: SQLite takes them where this stands as it is.
            sql: if query.deleted {
                "TRUE"
            } else {
                "deleted IS NULL"
            }
            .to_owned(),
            values: Vec::new(),
        };
        if !query.status.is_empty() {
            let mut states = query.status.clone();
            states.sort_unstable();
            states.dedup();
            let places = vec!["?"; states.len()].join(", ");
            let words = states
                .iter()
                .map(|status| Value::from(status.as_str().to_owned()));
            conditions.add(&format!("status IN ({places})"), words);
        }
        let columns = [
            ("project = ?", &query.project),
            ("profile = ?", &query.profile),
            ("environment = ?", &query.environment),
        ];
        for (sql, wanted) in columns {
            if let Some(wanted) = wanted {
                conditions.add(sql, [wanted.clone().into()]);
            }
        }
        if let Some(text) = query.text.as_ref().filter(|text| !text.is_empty()) {
            conditions.add("instr(search, ?) > 0", [text.to_lowercase().into()]);
        }
        conditions
    }

    fn add(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.values.extend(values);
    }
}

/// What the list is ordered by; a session that never started stands before all others. As in the indexes.
fn key_sql(sort: SortBy) -> &'static str {
    match sort {
        SortBy::Created => "created",
        SortBy::Updated => "updated",
        SortBy::Started => "ifnull(started, 0)",
        SortBy::Name => "sort_name",
    }
}

fn sort_word(sort: SortBy) -> &'static str {
    match sort {
        SortBy::Created => "created",
        SortBy::Updated => "updated",
        SortBy::Started => "started",
        SortBy::Name => "name",
    }
}

fn next(sort: SortBy, last: &Session) -> String {
    let key = match sort {
        SortBy::Created => time(last.created).to_string(),
        SortBy::Updated => time(last.updated).to_string(),
        SortBy::Started => last.started.map_or(0, time).to_string(),
        SortBy::Name => super::row::sort_name(last),
    };
    format!("{}:{}:{key}", sort_word(sort), last.id)
}

/// The key and the id.
fn parse_after(sort: SortBy, after: &str) -> Result<(Value, Value), StoreError> {
    let wrong = || StoreError::BadPage {
        after: after.to_owned(),
    };
    let mut parts = after.splitn(3, ':');
    let (Some(word), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(wrong());
    };
    if word != sort_word(sort) {
        return Err(wrong());
    }
    let key = match sort {
        SortBy::Name => Value::from(key.to_owned()),
        _ => Value::from(key.parse::<i64>().map_err(|_| wrong())?),
    };
    Ok((key, id.to_owned().into()))
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn every_order_has_its_index() {
        let mut connection = Connection::open_in_memory().expect("a database");
        crate::migrations::run(&mut connection, 0).expect("its tables");
        for sort in [
            SortBy::Created,
            SortBy::Updated,
            SortBy::Started,
            SortBy::Name,
        ] {
            for order in [Order::Ascending, Order::Descending] {
                let key = if sort == SortBy::Name { "a" } else { "1" };
                for after in [None, Some(format!("{}:a:{key}", sort_word(sort)))] {
                    let query = SessionQuery {
                        sort,
                        order,
                        after,
                        ..SessionQuery::default()
                    };
                    let page = page(&query, Conditions::of(&query), 10).expect("a statement");
                    let plan = plan(&connection, &page);
                    assert!(plan.contains("USING INDEX sessions_"), "{query:?}: {plan}");
                    assert!(!plan.contains("TEMP B-TREE"), "nothing is sorted: {plan}");
                }
            }
        }
    }

    fn plan(connection: &Connection, of: &Conditions) -> String {
        let sql = format!("EXPLAIN QUERY PLAN {}", of.sql);
        let mut statement = connection.prepare(&sql).expect("good SQL");
        let steps = statement.query_map(params_from_iter(&of.values), |row| row.get(3));
        let steps: Result<Vec<String>, _> = steps.expect("a plan").collect();
        steps.expect("texts").join("; ")
    }
}
