//! Reading query strings. What isn't known is refused, so that a misspelt condition doesn't go unnoticed.

use std::fmt::Display;
use std::str::FromStr;

use mainstay_protocol::problem::{Code, Problem};
use serde::de::DeserializeOwned;

/// The parameters of a query string that were not taken yet.
#[derive(Debug)]
pub(crate) struct Parameters {
    given: Vec<(String, String)>,
    known: Vec<&'static str>,
}

impl Parameters {
    /// Takes a query string apart.
    pub(crate) fn of(query: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        Self {
            given: pairs.into_owned().collect(),
            known: Vec::new(),
        }
    }

    /// A text; given at most once. An empty one counts as not given.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, Problem> {
        let mut values = self.all(name);
        let last = values.pop();
        if values.is_empty() {
            Ok(last.filter(|text| !text.is_empty()))
        } else {
            Err(wrong(name, "it is given more than once; give it once"))
        }
    }

    /// A value of a type that says itself what is wrong with it.
    pub(crate) fn value<T: FromStr<Err: Display>>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, Problem> {
        let text = self.text(name)?;
        text.map(|text| {
            text.parse()
                .map_err(|error| wrong(name, &format!("{text:?}: {error}")))
        })
        .transpose()
    }

    /// One of the words of an enumeration.
    pub(crate) fn word<T: DeserializeOwned>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, Problem> {
        let text = self.text(name)?;
        let read = |text| serde_json::from_value(serde_json::Value::String(text));
        text.map(|text| read(text).map_err(|error| wrong(name, &error.to_string())))
            .transpose()
    }

    /// `true` or `false`; not given is false.
    pub(crate) fn flag(&mut self, name: &'static str) -> Result<bool, Problem> {
        match self.text(name)?.as_deref() {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(other) => Err(wrong(name, &format!("{other:?} is neither true nor false"))),
        }
    }

    /// Values, repeated or with commas between them.
    pub(crate) fn list<T: FromStr<Err: Display>>(
        &mut self,
        name: &'static str,
    ) -> Result<Vec<T>, Problem> {
        let values = self.all(name);
        let texts = values.iter().flat_map(|value| value.split(','));
        texts
            .filter(|text| !text.is_empty())
            .map(|text| {
                text.parse()
                    .map_err(|error: T::Err| wrong(name, &error.to_string()))
            })
            .collect()
    }

    /// Refuses what was given and nobody took.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        let Some((name, _)) = self.given.into_iter().next() else {
            return Ok(());
        };
        let detail = if self.known.is_empty() {
            format!("there is no parameter {name:?} here; leave it out")
        } else {
            format!(
                "there is no parameter {name:?} here; there are {}",
                self.known.join(", ")
            )
        };
        Err(Problem::new(Code::Invalid, detail).at(name))
    }

    fn all(&mut self, name: &'static str) -> Vec<String> {
        self.known.push(name);
        let wanted = self.given.extract_if(.., |(given, _)| given == name);
        wanted.map(|(_, value)| value).collect()
    }
}

fn wrong(name: &str, what: &str) -> Problem {
    Problem::new(
        Code::Invalid,
        format!("the parameter {name} can't be used: {what}"),
    )
    .at(name)
}

#[cfg(test)]
mod tests {
    use mainstay_protocol::session::{Order, Status};

    use super::*;

    #[test]
    fn lists_are_repeated_or_have_commas() {
        let mut query = Parameters::of(Some("status=running,paused&status=failed&text=a%2Cb+c"));
        let status: Vec<Status> = query.list("status").expect("known words");
        assert_eq!(status, [Status::Running, Status::Paused, Status::Failed]);
        assert_eq!(query.text("text").expect("once").as_deref(), Some("a,b c"));
        query.finish().expect("nothing is left");
    }

    #[test]
    fn what_cannot_be_used_is_told() {
        let mut query = Parameters::of(Some("limit=many&order=up&deleted=perhaps&a=1&a=2&b="));
        for (error, part) in [
            (
                query.value::<u32>("limit").expect_err("no number"),
                "\"many\"",
            ),
            (
                query.word::<Order>("order").expect_err("no order"),
                "ascending",
            ),
            (
                query.flag("deleted").expect_err("no flag"),
                "neither true nor false",
            ),
            (query.text("a").expect_err("twice"), "more than once"),
        ] {
            assert!(error.detail.contains(part), "{error}");
            assert!(error.field.is_some(), "{error}");
        }
        let error = query.finish().expect_err("b is left");
        assert!(error.detail.contains("there are limit, order"), "{error}");
    }
}
