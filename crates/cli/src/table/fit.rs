//! How wide the columns of a table are.

use super::Column;

/// The width of each column; 0 leaves one out. `natural` is what each would like, 0 if it has nothing to show; `gap` cells
/// stand between two. Without a `limit` all have what they like.
pub(super) fn fit(
    columns: &[Column],
    natural: &[usize],
    gap: usize,
    limit: Option<usize>,
) -> Vec<usize> {
    let mut wanted = natural.to_vec();
    let Some(limit) = limit else {
        return wanted;
    };
    while narrowest(columns, &wanted, gap, |column| column.good) > limit {
        let droppable = columns
            .iter()
            .zip(&mut wanted)
            .filter(|(column, wanted)| column.drop > 0 && **wanted > 0);
        match droppable.max_by_key(|(column, _)| column.drop) {
            Some((_, wanted)) => *wanted = 0,
            None => break,
        }
    }
    let good = |column: &Column| column.good;
    let least = |column: &Column| column.least;
    let is_roomy = narrowest(columns, &wanted, gap, good) <= limit;
    let begin: fn(&Column) -> usize = if is_roomy { good } else { least };
    let mut given: Vec<usize> = columns
        .iter()
        .zip(&wanted)
        .map(|(column, &wanted)| begin(column).min(wanted))
        .collect();
    let mut free = limit.saturating_sub(narrowest(columns, &wanted, gap, begin));
    // The narrowest that wants more has the next cell, so that one long text doesn't starve the others.
    while free > 0 {
        let hungry = given
            .iter_mut()
            .zip(&wanted)
            .filter(|(given, wanted)| **given < **wanted);
        let Some((given, _)) = hungry.min_by_key(|(given, _)| **given) else {
            break;
        };
        *given += 1;
        free -= 1;
    }
    given
}

/// The width of the table whose columns have no more than this.
fn narrowest(
    columns: &[Column],
    wanted: &[usize],
    gap: usize,
    most: impl Fn(&Column) -> usize,
) -> usize {
    let shown = columns
        .iter()
        .zip(wanted)
        .filter(|(_, wanted)| **wanted > 0);
    let widths: Vec<usize> = shown
        .map(|(column, &wanted)| most(column).min(wanted))
        .collect();
    widths.iter().sum::<usize>() + gap * widths.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::{Column, fit};

    const COLUMNS: &[Column] = &[
        Column::new("A", 5, 0),
        Column::new("B", 3, 2),
        Column::new("C", 4, 1),
    ];

    #[test]
    fn columns_shrink_before_they_go() {
        for (limit, widths) in [
            (None, [20, 10, 6]),
            (Some(40), [20, 10, 6]),
            (Some(30), [10, 10, 6]),
            (Some(16), [5, 3, 4]),
            (Some(15), [7, 0, 6]),
            (Some(11), [5, 0, 4]),
            (Some(10), [10, 0, 0]),
            (Some(3), [5, 0, 0]),
        ] {
            let found = fit(COLUMNS, &[20, 10, 6], 2, limit);
            assert_eq!(found, widths, "in {limit:?}");
        }
    }

    #[test]
    fn a_column_with_nothing_takes_no_place() {
        assert_eq!(fit(COLUMNS, &[20, 0, 6], 2, Some(28)), [20, 0, 6]);
    }

    #[test]
    fn the_important_column_is_readable_before_others_are_there() {
        let columns = [Column::new("A", 5, 0).good(12), Column::new("B", 3, 1)];
        assert_eq!(fit(&columns, &[20, 8], 2, Some(17)), [12, 3]);
        assert_eq!(fit(&columns, &[20, 8], 2, Some(16)), [16, 0]);
        assert_eq!(fit(&columns, &[20, 8], 2, Some(6)), [6, 0]);
    }
}
