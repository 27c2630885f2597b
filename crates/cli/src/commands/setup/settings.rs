//! `mainstay settings`

use mainstay_manager::Defaults;
use serde_json::{Map, Value};

use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manager::talk_or_begin;
use crate::output::{Output, plain};
use crate::table::{Cell, Look, details};

/// Show or change what holds for all sessions.
///
/// Without KEY it prints all settings, with KEY one. A VALUE is JSON: 5000, true, [\"fish\"], \"text\"; null brings the
/// usual value back. A part of a setting is named with a dot: retry.count.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: mainstay settings grace_ms 10000", after_long_help = Exit::help())]
pub(crate) struct Args {
    /// The setting
    #[arg(value_name = "KEY")]
    key: Option<String>,
    /// Its new value, as JSON
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Exit, Failure> {
    let value = args.value.as_deref().map(parse).transpose()?;
    let settings = talk_or_begin(context, async |client| {
        let settings = map(&client.settings().await?)?;
        let (Some(key), Some(value)) = (&args.key, value) else {
            return Ok(settings);
        };
        let change = change(&settings, key, value)?;
        map(&client.change_settings(&change).await?)
    })?;
    let mut output = Output::new(context.outside.env);
    match (&args.key, &args.value) {
        (Some(_), Some(_)) if !args.json => {}
        (Some(key), _) => {
            let value = find(&settings, key).ok_or_else(|| unknown(&settings, key))?;
            output.piece(&format!("{value}\n"))?;
        }
        (None, _) if args.json => output.json(&settings)?,
        (None, _) => output.piece(&table(&settings, output.look()))?,
    }
    Ok(Exit::Done)
}

fn map(settings: &Defaults) -> Result<Map<String, Value>, Failure> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(map)) => Ok(map),
        _ => Err(Failure::new(
            Exit::Failed,
            "the settings can't be understood",
        )),
    }
}

fn parse(text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|_| {
        Failure::new(
            Exit::Usage,
            format_args!(
                "{text:?} is no value: numbers, true, false and null stand alone, a text needs quotes ('\"text\"'), a list brackets ('[\"fish\"]')"
            ),
        )
    })
}

/// The value at a name with dots.
fn find<'a>(settings: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    let mut parts = key.split('.');
    let first = settings.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

/// What has to be sent: a setting is changed as a whole, so its other parts go along.
fn change(
    settings: &Map<String, Value>,
    key: &str,
    value: Value,
) -> Result<Map<String, Value>, Failure> {
    let mut parts = key.split('.');
    let first = parts.next().unwrap_or_default();
    let mut whole = settings.get(first).cloned().unwrap_or_default();
    let mut place = &mut whole;
    for part in parts {
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        let object = place
            .as_object_mut()
            .ok_or_else(|| unknown(settings, key))?;
        place = object.entry(part).or_insert(Value::Null);
    }
    *place = value;
    Ok(Map::from_iter([(first.to_owned(), whole)]))
}

fn unknown(settings: &Map<String, Value>, key: &str) -> Failure {
    let names: Vec<&str> = settings.keys().map(|key| &**key).collect();
    Failure::new(
        Exit::Usage,
        format_args!(
            "there is no setting {key:?}; there are {}",
            names.join(", ")
        ),
    )
}

fn table(settings: &Map<String, Value>, look: Look) -> String {
    let mut rows = Vec::new();
    for (key, value) in settings {
        match value {
            Value::Object(parts) => {
                let part = |(part, value)| (format!("{key}.{part}"), value);
                rows.extend(parts.iter().map(part));
            }
            value => rows.push((key.clone(), value)),
        }
    }
    let rows: Vec<(&str, Cell)> = rows
        .iter()
        .map(|(key, value)| (&**key, Cell::new(plain(&value.to_string()))))
        .collect();
    details(&rows, look)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{change, find, parse, table};
    use crate::table::Look;

    fn settings() -> Map<String, Value> {
        let value =
            json!({"grace_ms": 30000, "retry": {"count": 0, "delay_ms": 1000}, "clean_up": null});
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn parts_are_changed_within_their_setting() {
        let changed = |key: &str, value: Value| {
            change(&settings(), key, value)
                .map(Value::from)
                .map_err(|failure| failure.message)
        };
        assert_eq!(changed("grace_ms", json!(5)), Ok(json!({"grace_ms": 5})));
        assert_eq!(
            changed("retry.count", json!(3)),
            Ok(json!({"retry": {"count": 3, "delay_ms": 1000}}))
        );
        assert_eq!(
            changed("clean_up.after_ms", json!(9)),
            Ok(json!({"clean_up": {"after_ms": 9}}))
        );
        let error = changed("grace_ms.x", json!(1)).expect_err("no parts");
        assert!(error.contains("grace_ms, "), "names them: {error}");
    }

    #[test]
    fn parts_are_found() {
        assert_eq!(find(&settings(), "retry.delay_ms"), Some(&json!(1000)));
        assert_eq!(find(&settings(), "retry.x"), None);
        assert_eq!(find(&settings(), ""), None);
    }

    #[test]
    fn a_text_without_quotes_is_explained() {
        assert_eq!(parse("\"a\"").ok(), Some(json!("a")));
        let error = parse("fish").expect_err("no JSON").message;
        assert!(error.contains("needs quotes"), "{error}");
    }

    #[test]
    fn all_in_rows() {
        assert_eq!(
            table(&settings(), Look::default()),
            "clean_up        null\ngrace_ms        30000\nretry.count     0\nretry.delay_ms  1000\n"
        );
    }
}
