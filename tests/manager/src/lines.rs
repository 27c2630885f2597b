//! The numbered lines that programs printed.

use mainstay_keep::{EndedView, SessionFolder};

/// The numbers in what is left of an ended session's output, the screen included, in order. All else is passed over.
///
/// # Errors
/// If the folder can't be read, or something in it is damaged.
pub fn numbers(folder: &SessionFolder) -> Result<Vec<u64>, String> {
    let view = EndedView::open(folder).map_err(|error| error.to_string())?;
    if !view.notes().is_empty() {
        return Err(format!("something is damaged: {:?}", view.notes()));
    }
    let text = view
        .screen_text(u32::MAX)
        .map_err(|error| error.to_string())?;
    let lines = text.lines();
    Ok(lines
        .filter_map(|line| line.strip_prefix("n ")?.trim_end().parse().ok())
        .collect())
}

/// Whether the numbers are those of programs that count from 1, one after the other; the first one may have lost its
/// beginning (`forgets`).
///
/// # Errors
/// Where it isn't so.
pub fn check(numbers: &[u64], forgets: bool) -> Result<(), String> {
    let mut expected = if forgets {
        numbers.first().copied().unwrap_or(1)
    } else {
        1
    };
    for (at, &number) in numbers.iter().enumerate() {
        if number != expected && number != 1 {
            return Err(format!("number {at} is {number}, not {expected}"));
        }
        expected = number + 1;
    }
    Ok(())
}
