//! The outer terminal on Windows: console modes with virtual terminal sequences in both directions
//! (<https://learn.microsoft.com/en-us/windows/console/setconsolemode>).
#![expect(
    unsafe_code,
    reason = "the console is only reachable through the Windows API"
)]

use std::io::{self, IsTerminal, Read, Write};
use std::os::windows::io::AsRawHandle;

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::Console::{
    CONSOLE_MODE, CONSOLE_SCREEN_BUFFER_INFO, DISABLE_NEWLINE_AUTO_RETURN, ENABLE_PROCESSED_OUTPUT,
    ENABLE_VIRTUAL_TERMINAL_INPUT, ENABLE_VIRTUAL_TERMINAL_PROCESSING, GetConsoleMode,
    GetConsoleOutputCP, GetConsoleScreenBufferInfo, SetConsoleMode, SetConsoleOutputCP,
};

use super::{Extent, OuterError};

/// Code page number of UTF-8.
const UTF_8: u32 = 65001;

/// Input and output of the console, and its settings before the attachment.
#[derive(Debug)]
pub(crate) struct Outer {
    input_mode: CONSOLE_MODE,
    output_mode: CONSOLE_MODE,
    code_page: u32,
}

fn input() -> HANDLE {
    io::stdin().as_raw_handle().cast()
}

fn output() -> HANDLE {
    io::stdout().as_raw_handle().cast()
}

fn mode(handle: HANDLE) -> io::Result<CONSOLE_MODE> {
    let mut mode = 0;
    // SAFETY: the handle is this process's own standard stream and the pointer is valid for the call.
    if unsafe { GetConsoleMode(handle, &raw mut mode) } == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(mode)
}

fn set_mode(handle: HANDLE, mode: CONSOLE_MODE) -> io::Result<()> {
    // SAFETY: the handle is this process's own standard stream.
    if unsafe { SetConsoleMode(handle, mode) } == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

fn set_code_page(page: u32) -> io::Result<()> {
    // SAFETY: takes a number only.
    if unsafe { SetConsoleOutputCP(page) } == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

impl Outer {
    /// Takes standard input and output, which must both be a console. Changes nothing yet.
    pub(crate) fn open() -> Result<Self, OuterError> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Err(OuterError::NoTerminal);
        }
        Ok(Self {
            input_mode: mode(input()).map_err(OuterError::Setup)?,
            output_mode: mode(output()).map_err(OuterError::Setup)?,
            // SAFETY: takes nothing.
            code_page: unsafe { GetConsoleOutputCP() },
        })
    }

    /// Every key comes as it is typed, as a terminal sends it.
    pub(crate) fn set_raw(&self) -> io::Result<()> {
        set_code_page(UTF_8)?;
        set_mode(input(), ENABLE_VIRTUAL_TERMINAL_INPUT)?;
        set_mode(
            output(),
            ENABLE_PROCESSED_OUTPUT
                | ENABLE_VIRTUAL_TERMINAL_PROCESSING
                | DISABLE_NEWLINE_AUTO_RETURN,
        )
    }

    /// As it was found.
    pub(crate) fn set_cooked(&self) -> io::Result<()> {
        set_mode(input(), self.input_mode)?;
        set_mode(output(), self.output_mode)?;
        set_code_page(self.code_page)
    }

    /// Its size; 80 by 24 where it does not say.
    pub(crate) fn extent(&self) -> Extent {
        let mut info = CONSOLE_SCREEN_BUFFER_INFO::default();
        // SAFETY: the handle is this process's own standard stream and the pointer is valid for the call.
        let known = unsafe { GetConsoleScreenBufferInfo(output(), &raw mut info) } != 0;
        let window = info.srWindow;
        let length = |from: i16, to: i16| u16::try_from(i32::from(to) - i32::from(from) + 1).ok();
        match (
            length(window.Left, window.Right),
            length(window.Top, window.Bottom),
        ) {
            (Some(cols), Some(rows)) if known => Extent { cols, rows },
            _ => Extent { cols: 80, rows: 24 },
        }
    }

    /// Waits for input. 0 bytes mean that the console is gone.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        io::stdin().lock().read(buffer)
    }

    /// Writes all of it, however long the console takes.
    pub(crate) fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes)?;
        stdout.flush()
    }
}
