//! Opening the window on a display in memory and looking at it.

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::desktop::display::Display;
use crate::desktop::picture::{self, Part};
use crate::process::Running;
use crate::report;
use crate::steps::now;
use crate::workspace::Workspace;

/// How long a debug build may take on a busy machine until its page is drawn.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often to look. The X server tells nobody when a web view has drawn its page.
const LOOK: Duration = Duration::from_millis(200);

/// Smoothed text alone has more colours than this, an empty page has one or two.
const DRAWN: u32 = 12;

/// The lower right corner with the version. It is drawn only when the page has asked the program
/// and was answered; what the page says otherwise is longer and reaches into [`BESIDE`].
const VERSION: Part = Part {
    width: 150,
    height: 34,
    right: 0,
    bottom: 0,
};

/// The place to the left of the version, which stays empty.
const BESIDE: Part = Part {
    width: 150,
    height: 34,
    right: 150,
    bottom: 0,
};

/// Opens the app's window, waits until its page is drawn, and keeps a picture of it.
///
/// # Errors
///
/// Fails where the app ends, no window appears, its page stays empty, or the page can't reach the
/// program behind it; the last picture is kept for a look.
pub(crate) fn open_and_check(workspace: &Workspace, app: &Path, picture: &Path) -> Result<()> {
    if let Some(folder) = picture.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let home = workspace.scratch()?.join("home");
    std::fs::create_dir_all(&home)?;
    let display = Display::start(workspace)?;
    let mut app = display
        .program(app, &workspace.root)
        .env("HOME", &home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .start()?;
    let window = wait("no window named Mainstay appeared", &mut app, || {
        find(workspace, &display)
    })?;
    let failure = format!(
        "the window's page stayed empty or the program did not answer it (see {})",
        picture.display()
    );
    wait(&failure, &mut app, || {
        display
            .program("import", &workspace.root)
            .args(["-window", &window])
            .arg(picture)
            .run()
            .and_then(|()| Ok(shows_page(workspace, picture)?.then_some(())))
    })?;
    report::line(&format!("the window opened: {}", picture.display()));
    Ok(())
}

/// The id of the app's visible window.
fn find(workspace: &Workspace, display: &Display) -> Result<Option<String>> {
    let search = display.program("xdotool", &workspace.root).args([
        "search",
        "--onlyvisible",
        "--name",
        "^Mainstay$",
    ]);
    // It fails where it finds nothing.
    let found = search.read_quietly();
    Ok(found.and_then(|ids| ids.lines().next().map(str::to_owned)))
}

fn shows_page(workspace: &Workspace, picture: &Path) -> Result<bool> {
    Ok(picture::colours(workspace, picture, None)? >= DRAWN
        && picture::colours(workspace, picture, Some(VERSION))? >= DRAWN
        && picture::colours(workspace, picture, Some(BESIDE))? == 1)
}

/// Looks until there is something to see.
fn wait<T>(
    failure: &str,
    app: &mut Running,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let start = now();
    loop {
        app.check()?;
        if let Some(seen) = look()? {
            return Ok(seen);
        }
        if start.elapsed() > PATIENCE {
            bail!("{failure} within {}", report::seconds(PATIENCE));
        }
        sleep(LOOK);
    }
}
