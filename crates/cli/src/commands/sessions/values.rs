//! Values as they are typed: a size, a variable.

use std::str::FromStr;

use mainstay_protocol::Size;

/// `100x30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TypedSize(pub(crate) Size);

impl FromStr for TypedSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            let (least, most) = (Size::MIN, Size::MAX);
            format!(
                "columns and rows like 100x30, from {}x{} to {}x{}",
                least.cols(),
                least.rows(),
                most.cols(),
                most.rows()
            )
        };
        let (cols, rows) = text.split_once('x').ok_or_else(wrong)?;
        let number = |text: &str| text.parse::<u16>().map_err(|_| wrong());
        let (cols, rows) = (number(cols)?, number(rows)?);
        let size = Size::clamped(cols, rows);
        if (size.cols(), size.rows()) != (cols, rows) {
            return Err(wrong());
        }
        Ok(Self(size))
    }
}

/// `NAME=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl FromStr for Variable {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok(Self {
                name: name.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err("write NAME=VALUE; NAME= sets it to nothing"),
        }
    }
}
