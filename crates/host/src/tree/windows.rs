//! The processes of a run on Windows: a job object.
//!
//! The program is put into the job right after it was started; what it starts from then on is in it too and can't leave.
#![expect(unsafe_code, reason = "job objects have no safe wrapper")]

use std::io;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::time::Duration;

use mainstay_protocol::outcome::Exit;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOBOBJECT_BASIC_ACCOUNTING_INFORMATION,
    JobObjectBasicAccountingInformation, QueryInformationJobObject, TerminateJobObject,
};
use windows_sys::Win32::System::Threading::{
    GetExitCodeProcess, INFINITE, OpenProcess, PROCESS_QUERY_LIMITED_INFORMATION,
    PROCESS_SET_QUOTA, PROCESS_SYNCHRONIZE, PROCESS_TERMINATE, WaitForSingleObject,
};

/// Time between two looks whether the job is empty; it has no handle to wait for.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// The end of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// Whose.
    pub pid: u32,
    /// How.
    pub exit: Exit,
}

/// Jobs hold all descendants by themselves.
///
/// # Errors
/// None here.
pub fn adopt_orphans() -> io::Result<()> {
    Ok(())
}

/// The processes of one run.
#[derive(Debug)]
pub struct Tree {
    pid: u32,
    program: Option<OwnedHandle>,
    job: Option<OwnedHandle>,
}

fn raw(handle: &OwnedHandle) -> HANDLE {
    handle.as_raw_handle()
}

/// Owns a handle that a call just returned; nothing for a failed call.
fn owned(handle: HANDLE) -> Option<OwnedHandle> {
    // SAFETY: the handle was just returned to us and nobody else has it; null is no handle.
    (!handle.is_null()).then(|| unsafe { OwnedHandle::from_raw_handle(handle) })
}

impl Tree {
    /// The tree of this program, which was just started.
    #[must_use]
    pub fn of(pid: u32) -> Self {
        let rights = PROCESS_QUERY_LIMITED_INFORMATION
            | PROCESS_SET_QUOTA
            | PROCESS_SYNCHRONIZE
            | PROCESS_TERMINATE;
        // SAFETY: plain calls; null means no name and the usual security.
        let (program, job) = unsafe {
            (
                owned(OpenProcess(rights, 0, pid)),
                owned(CreateJobObjectW(std::ptr::null(), std::ptr::null())),
            )
        };
        if let (Some(program), Some(job)) = (&program, &job) {
            // SAFETY: both handles are open.
            if unsafe { AssignProcessToJobObject(raw(job), raw(program)) } == 0 {
                tracing::error!(error = %io::Error::last_os_error(), "no job for the program");
            }
        }
        Self { pid, program, job }
    }

    /// Whether nothing of it lives any more.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Some(job) = &self.job else { return true };
        let mut found = JOBOBJECT_BASIC_ACCOUNTING_INFORMATION::default();
        let length = u32::try_from(size_of_val(&found)).unwrap_or(0);
        // SAFETY: the buffer is of the type that this kind of information has, and its length is given.
        let known = unsafe {
            QueryInformationJobObject(
                raw(job),
                JobObjectBasicAccountingInformation,
                std::ptr::from_mut(&mut found).cast(),
                length,
                std::ptr::null_mut(),
            )
        };
        known == 0 || found.ActiveProcesses == 0
    }

    /// There are no signals: closing the console asks, see [`crate::pty::Pty::hang_up`].
    pub fn ask_to_end(&self) {}

    /// Ends every process of the job.
    pub fn kill(&self) {
        if let Some(job) = &self.job {
            // SAFETY: the handle is open.
            unsafe { TerminateJobObject(raw(job), 1) };
        }
    }

    /// Windows has no documented way to stop processes.
    ///
    /// # Errors
    /// Always.
    pub fn pause(&self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Nothing is ever paused.
    pub fn unpause(&self) {}

    /// Waits for the end of the program, then for that of all others. Blocks.
    pub fn reap_all(&self, mut ended: impl FnMut(Ending)) {
        ended(Ending {
            pid: self.pid,
            exit: self.wait(),
        });
        while !self.is_empty() {
            std::thread::sleep(BETWEEN_LOOKS);
        }
    }

    fn wait(&self) -> Exit {
        let Some(program) = &self.program else {
            return Exit::Unknown;
        };
        let mut code = 0;
        // SAFETY: the handle is open and has the rights for both calls.
        let known = unsafe {
            WaitForSingleObject(raw(program), INFINITE);
            GetExitCodeProcess(raw(program), &mut code)
        };
        if known == 0 {
            return Exit::Unknown;
        }
        Exit::Code {
            code: code.cast_signed(),
        }
    }
}
