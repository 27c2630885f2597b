//! Where two screens differ, in words.

use serde_json::Value;

/// The first differences of two screens, one per line; empty when they are equal.
///
/// `forgiven` says of a path (`main.rows.0.wrapped`) and the two values there whether that does not count.
pub(crate) fn differences(
    left: &str,
    right: &str,
    forgiven: &dyn Fn(&str, &Value, &Value) -> bool,
) -> String {
    if left == right {
        return String::new();
    }
    let parse = |text| serde_json::from_str::<Value>(text).expect("a screen is JSON");
    let mut found = Vec::new();
    walk("", &parse(left), &parse(right), forgiven, &mut found);
    found.truncate(12);
    found.join("\n")
}

fn walk(
    path: &str,
    left: &Value,
    right: &Value,
    forgiven: &dyn Fn(&str, &Value, &Value) -> bool,
    found: &mut Vec<String>,
) {
    if left == right || forgiven(path, left, right) {
        return;
    }
    match (left, right) {
        (Value::Object(l), Value::Object(r)) => {
            let mut keys: Vec<&String> = l.keys().chain(r.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let get = |map: &serde_json::Map<String, Value>| {
                    map.get(key).cloned().unwrap_or_default()
                };
                walk(&format!("{path}.{key}"), &get(l), &get(r), forgiven, found);
            }
        }
        // A cell is reported whole, with its text.
        (Value::Array(l), Value::Array(r)) if !is_cell(l) && !is_cell(r) => {
            for i in 0..l.len().max(r.len()) {
                let get = |list: &[Value]| list.get(i).cloned().unwrap_or_default();
                walk(&format!("{path}.{i}"), &get(l), &get(r), forgiven, found);
            }
        }
        _ => found.push(format!("{path}: {left} | {right}")),
    }
}

fn is_cell(list: &[Value]) -> bool {
    matches!(list, [Value::String(_), Value::Number(_), Value::String(_)])
}
