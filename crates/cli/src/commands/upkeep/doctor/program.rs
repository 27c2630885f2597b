//! The programs that belong together.

use mainstay_link::launch::beside;

use super::finding::Finding;
use crate::commands::Context;

const AREA: &str = "program";

pub(super) fn examine(context: &Context<'_>) -> Vec<Finding> {
    let Ok(program) = (context.outside.program)() else {
        return vec![Finding::wrong(
            AREA,
            "this program doesn't find itself",
            "start it by its whole path",
        )];
    };
    let host = beside(&program);
    if host.is_file() {
        let version = env!("CARGO_PKG_VERSION");
        return vec![Finding::fine(
            AREA,
            format!("mainstay {version}, {}", program.display()),
        )];
    }
    vec![Finding::wrong(
        AREA,
        format!("the host program {} isn't there", host.display()),
        "install Mainstay again: no session can start without it",
    )]
}
