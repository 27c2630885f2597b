//! Lengths of time in words.

use std::time::Duration;

use mainstay_protocol::Timestamp;

/// A length of time with the precision a person wants: `80 ms`, `12 s`, `3 min 5 s`, `4 h 2 min`, `3 d 4 h`.
#[must_use]
pub(crate) fn duration(length: Duration) -> String {
    let (millis, s) = (length.as_millis(), length.as_secs());
    match s {
        0 => format!("{millis} ms"),
        1..60 => format!("{s} s"),
        60..3_600 => format!("{} min {} s", s / 60, s % 60),
        3_600..86_400 => format!("{} h {} min", s / 3_600, s / 60 % 60),
        _ => format!("{} d {} h", s / 86_400, s / 3_600 % 24),
    }
}

/// The same with one unit alone, for tables: `3 min`. What is younger than a second is `now`.
#[must_use]
pub(crate) fn age(length: Duration) -> String {
    let s = length.as_secs();
    match s {
        0 => String::from("now"),
        1..60 => format!("{s} s"),
        60..3_600 => format!("{} min", s / 60),
        3_600..86_400 => format!("{} h", s / 3_600),
        _ => format!("{} d", s / 86_400),
    }
}

/// A point in time, with its distance: `2026-11-20T15:36:00Z (3 min ago)`.
#[must_use]
pub(crate) fn ago(time: Timestamp, now: Timestamp) -> String {
    let whole = Timestamp(time.millis() / 1000 * 1000).to_string();
    let whole = whole.replace(".000Z", "Z");
    match now.since(time).as_secs() {
        0 => format!("{whole} (now)"),
        _ => format!("{whole} ({} ago)", age(now.since(time))),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use mainstay_protocol::Timestamp;

    #[test]
    fn durations_read_well() {
        for (seconds, text) in [
            (0, "0 ms"),
            (59, "59 s"),
            (185, "3 min 5 s"),
            (14_520, "4 h 2 min"),
            (273_600, "3 d 4 h"),
        ] {
            assert_eq!(
                super::duration(Duration::from_secs(seconds)),
                text,
                "{seconds} s"
            );
        }
    }

    #[test]
    fn ages_have_one_unit() {
        for (seconds, text) in [
            (0, "now"),
            (59, "59 s"),
            (3_599, "59 min"),
            (86_399, "23 h"),
            (172_800, "2 d"),
        ] {
            assert_eq!(super::age(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn times_say_how_long_ago() {
        let time = Timestamp(1_795_188_960_001);
        let now = Timestamp(time.millis() + 185_000);
        assert_eq!(super::ago(time, now), "2026-11-20T15:36:00Z (3 min ago)");
        assert_eq!(
            super::ago(now, time),
            "2026-11-20T15:39:05Z (now)",
            "a clock that went back"
        );
    }
}
