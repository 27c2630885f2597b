//! What the system says of a process.

use std::fs;
use std::path::PathBuf;

use crate::lab::Result;

/// Megabytes of a process by the lines of `/proc/PID/smaps_rollup` that begin so: `Private_`, `Pss:`, `Rss:`.
pub(crate) fn megabytes(pid: u32, lines: &str) -> Result<f64> {
    let maps = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let kilobytes = maps
        .lines()
        .filter(|line| line.starts_with(lines))
        .filter_map(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    Ok(kilobytes.sum::<f64>() / 1024.0)
}

/// What a process has used since it began, all its threads together.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Used {
    /// Milliseconds on a processor.
    pub(crate) cpu_ms: f64,
    /// How often a thread waited for something and was woken.
    pub(crate) wakeups: f64,
    /// Threads there are.
    pub(crate) threads: f64,
}

impl Used {
    /// Of threads that end while it is looked nothing is known.
    pub(crate) fn of(pid: u32) -> Result<Self> {
        let mut used = Self::default();
        for task in fs::read_dir(format!("/proc/{pid}/task"))? {
            let task = task?.path();
            if let Some((nanos, wakeups)) = task_used(&task) {
                used.cpu_ms += nanos / 1e6;
                used.wakeups += wakeups;
                used.threads += 1.0;
            }
        }
        Ok(used)
    }

    /// What came since an earlier look.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            cpu_ms: self.cpu_ms - before.cpu_ms,
            wakeups: self.wakeups - before.wakeups,
            threads: self.threads,
        }
    }
}

/// The first number of `schedstat` is nanoseconds on a processor.
fn task_used(task: &std::path::Path) -> Option<(f64, f64)> {
    let read = |name: &str| fs::read_to_string(PathBuf::from(task).join(name)).ok();
    let schedstat = read("schedstat")?;
    let nanos = schedstat.split_whitespace().next()?.parse().ok()?;
    let status = read("status")?;
    let wakeups = status
        .lines()
        .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
    Some((nanos, wakeups.trim().parse().ok()?))
}
