//! A display in memory: an X server, a window manager and a session bus, for this run alone.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::process::{Program, Running};
use crate::workspace::Workspace;

/// What a window finds there: pixels, and enough room for the default window and its frame.
const SCREEN: &str = "1320x860x24";

/// Whether this task was started where a window can open.
pub(crate) fn present() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("WAYLAND_DISPLAY") || set("DISPLAY")
}

/// A running display. It ends with the value, the parts in this order.
pub(crate) struct Display {
    _manager: Running,
    _bus: Running,
    _server: Running,
    number: String,
    bus_address: String,
}

impl Display {
    /// Starts one with a number of its own, so that several can run at once.
    pub(crate) fn start(workspace: &Workspace) -> Result<Self> {
        let (server, number) = workspace
            .program("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                SCREEN,
                "-nolisten",
                "tcp",
            ])
            .start_and_read_line()
            .context("no display in memory")?;
        let number = format!(":{number}");
        let (bus, bus_address) = workspace
            .program("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
            .start_and_read_line()
            .context("no session bus")?;
        let manager = workspace
            .program("openbox")
            .args(["--sm-disable"])
            .env("DISPLAY", &number)
            .start()
            .context("no window manager")?;
        Ok(Self {
            _manager: manager,
            _bus: bus,
            _server: server,
            number,
            bus_address,
        })
    }

    /// A program that runs on this display and nowhere else.
    pub(crate) fn program(&self, name: impl AsRef<Path>, dir: &Path) -> Program {
        Program::new(name.as_ref(), dir)
            .env("DISPLAY", &self.number)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)
            // The accessibility bus would outlive this run.
            .env("NO_AT_BRIDGE", "1")
            .env("GTK_A11Y", "none")
            .env("LC_ALL", "C.UTF-8")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("GTK_THEME")
    }
}
