//! What was armed: the text form and the counting of hits.

use std::sync::atomic::{AtomicU64, Ordering};

/// Why a text arms nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{part:?} is no failpoint: {wrong}; write name=kill, name=error or name=pause:GATE, each with @n or @n+ if wanted, separated by ';'"
)]
pub struct ArmError {
    part: String,
    wrong: &'static str,
}

/// What happens at a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    Kill,
    Pause(String),
    Error,
}

/// Points with their actions.
#[derive(Debug, Default)]
pub(super) struct Plan {
    points: Vec<Point>,
}

#[derive(Debug)]
struct Point {
    name: String,
    action: Action,
    first: u64,
    last: u64,
    hits: AtomicU64,
}

impl Plan {
    pub(super) fn parse(text: &str) -> Result<Self, ArmError> {
        let parts = text
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let points = parts.map(|part| {
            Point::parse(part).map_err(|wrong| ArmError {
                part: part.to_owned(),
                wrong,
            })
        });
        Ok(Self {
            points: points.collect::<Result<_, _>>()?,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Counts a hit; the actions whose turn it is, each with the number of the hit.
    pub(super) fn due(&self, name: &str) -> impl Iterator<Item = (&Action, u64)> {
        self.points
            .iter()
            .filter(move |point| point.name == name)
            .filter_map(|point| {
                let hit = point.hits.fetch_add(1, Ordering::Relaxed) + 1;
                (point.first..=point.last)
                    .contains(&hit)
                    .then_some((&point.action, hit))
            })
    }
}

impl Point {
    fn parse(part: &str) -> Result<Self, &'static str> {
        let (name, action) = part.split_once('=').ok_or("it has no '='")?;
        if name.is_empty() {
            return Err("its name is empty");
        }
        // A gate's path may hold an '@': only what looks like a count is one.
        let counted = action
            .rsplit_once('@')
            .and_then(|(action, count)| Some((action, range(count)?)));
        let (action, range) = match counted {
            Some((action, range)) => (action, Some(range)),
            None => (action, None),
        };
        let (action, usual) = match action {
            "kill" => (Action::Kill, (1, 1)),
            "error" => (Action::Error, (1, u64::MAX)),
            _ => match action.strip_prefix("pause:") {
                Some(gate) if !gate.is_empty() => (Action::Pause(gate.to_owned()), (1, u64::MAX)),
                _ => return Err("its action is not known"),
            },
        };
        let (first, last) = range.unwrap_or(usual);
        Ok(Self {
            name: name.to_owned(),
            action,
            first,
            last,
            hits: AtomicU64::new(0),
        })
    }
}

fn range(count: &str) -> Option<(u64, u64)> {
    match count.strip_suffix('+') {
        Some(first) => Some((first.parse().ok()?, u64::MAX)),
        None => count.parse().ok().map(|only| (only, only)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(plan: &Plan, name: &str) -> Vec<(Action, u64)> {
        plan.due(name)
            .map(|(action, hit)| (action.clone(), hit))
            .collect()
    }

    #[test]
    fn a_plan_counts_hits() {
        let plan = Plan::parse(" a=kill@2 ; b=pause:/t/g@home;c=error@3+; ").expect("a good text");
        assert_eq!(due(&plan, "a"), [], "the first hit passes");
        assert_eq!(due(&plan, "a"), [(Action::Kill, 2)]);
        assert_eq!(
            due(&plan, "b"),
            [(Action::Pause("/t/g@home".to_owned()), 1)],
            "an '@' in a path is no count"
        );
        assert_eq!((due(&plan, "c"), due(&plan, "c")), (vec![], vec![]));
        assert_eq!(due(&plan, "c"), [(Action::Error, 3)]);
        assert_eq!(due(&plan, "c"), [(Action::Error, 4)], "from the third on");
    }

    #[test]
    fn a_wrong_text_is_refused_with_its_part() {
        for wrong in ["a", "=kill", "a=explode", "a=pause:", "ok=kill;b=kill@x"] {
            let error = Plan::parse(wrong).expect_err("it is wrong").to_string();
            let part = wrong.rsplit(';').next().expect("one part");
            assert!(error.contains(part), "{error} names {part}");
        }
        assert!(Plan::parse("").expect("nothing is fine").is_empty());
    }
}
