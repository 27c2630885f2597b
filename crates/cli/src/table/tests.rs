use super::{Cell, Column, Look, Style, details, render, width};

const COLUMNS: &[Column] = &[
    Column::new("ID", 4, 0),
    Column::new("NAME", 6, 0),
    Column::new("AGE", 5, 1).right(),
];

fn row(texts: [&str; 3]) -> Vec<Cell> {
    texts.into_iter().map(Cell::new).collect()
}

#[test]
fn columns_stand_below_each_other() {
    let rows = [row(["a1", "build", "3 min"]), row(["b22", "日本語", "now"])];
    let text = render(COLUMNS, &rows, Look::default());
    assert_eq!(
        text,
        "ID   NAME      AGE\n\
         a1   build   3 min\n\
         b22  日本語    now\n"
    );
}

#[test]
fn nothing_is_written_after_the_last_text() {
    let rows = [row(["a", "", "1 s"]), row(["b", "long name", ""])];
    let text = render(COLUMNS, &rows, Look::default());
    assert!(
        text.lines().all(|line| line.trim_end() == line),
        "no spaces at the ends: {text:?}"
    );
}

#[test]
fn an_empty_column_is_left_out() {
    let text = render(COLUMNS, &[row(["a", "", "1 s"])], Look::default());
    assert_eq!(text, "ID  AGE\na   1 s\n");
}

#[test]
fn every_width_is_kept() {
    let name = "日本語 👩\u{200d}💻 and a name that goes on and on";
    let rows = [row(["a1", name, "3 min"]), row(["b22", "x", "12 s"])];
    for limit in 10..70 {
        let look = Look {
            width: Some(limit),
            ..Look::default()
        };
        for line in render(COLUMNS, &rows, look).lines() {
            assert!(width(line) <= limit, "{line:?} fits {limit}");
        }
    }
}

#[test]
fn colour_takes_no_place() {
    let rows = [vec![
        Cell::styled("a1", Style::Green),
        Cell::new("x"),
        Cell::new(""),
    ]];
    let look = Look {
        colour: true,
        ..Look::default()
    };
    let text = render(COLUMNS, &rows, look);
    let second = text.lines().nth(1);
    assert_eq!(second, Some("\x1b[32ma1\x1b[0m  x"), "{text:?}");
}

#[test]
fn details_are_aligned() {
    let rows = [("id", Cell::new("a1")), ("folder", Cell::new("/a\n/b"))];
    assert_eq!(
        details(&rows, Look::default()),
        "id      a1\nfolder  /a\n        /b\n"
    );
}
