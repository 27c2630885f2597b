//! Events stored and delivered per second, with one subscriber and with many.

use std::time::Duration;

use mainstay_manager::{Manager, Subscription};
use mainstay_protocol::SessionId;
use mainstay_protocol::session::Change;
use tokio::runtime::{Builder, Runtime};

use super::disk::Disk;
use crate::ground::Ground;
use crate::lab::Result;
use crate::records::{Folders, fill};
use crate::report::{Row, median};
use crate::stopwatch::Stopwatch;

/// Writers at once; the last of them is what is measured with many subscribers.
const WRITERS: [usize; 3] = [1, 16, 64];
/// Events of one measurement.
const EVENTS: usize = 1_280;
const ROUNDS: usize = 5;
/// Of a thousand subscribers so many never read.
const LAZY_PERCENT: usize = 1;
/// Longest wait for a measurement: only a lost event takes so long.
const LIMIT: Duration = Duration::from_secs(120);

/// A manager with sessions that are renamed, and those who hear of it.
struct Scene {
    manager: Manager,
    ids: Vec<SessionId>,
    runtime: Runtime,
    names: u32,
}

pub(super) fn run(ground: &Ground, subscribers: usize) -> Result<Vec<Row>> {
    let most = WRITERS.into_iter().max().unwrap_or(1);
    let ids = fill(ground, most, Folders::Without)?;
    let mut scene = Scene {
        manager: ground.open()?.0,
        ids,
        runtime: Builder::new_multi_thread()
            .worker_threads(2)
            .enable_time()
            .build()?,
        names: 0,
    };
    let mut disk = Disk::new(&ground.path("bare"))?;
    let lazy = subscribers * LAZY_PERCENT / 100;
    let mut commits = Vec::new();
    let mut alone = WRITERS.map(|_| Vec::new());
    let mut crowded = Vec::new();
    for _ in 0..ROUNDS {
        commits.push(commits_a_second(&mut disk)?);
        for (writers, rates) in WRITERS.into_iter().zip(&mut alone) {
            rates.push(scene.events_a_second(writers, 1, 0)?);
        }
        crowded.push(scene.events_a_second(most, subscribers - lazy, lazy)?);
    }
    scene.manager.close();
    let bare = median(&mut commits);
    let mut rows = vec![Row::new("bare SQLite commits", bare, "/s")];
    let mut last = f64::NAN;
    for (writers, rates) in WRITERS.into_iter().zip(&mut alone) {
        last = median(rates);
        let label = format!("renames by {writers} at once, stored and delivered to 1 subscriber");
        rows.push(Row::new(label, last, "/s").against("bare commits", last / bare));
    }
    let crowd = median(&mut crowded);
    let label = format!(
        "renames by {most} at once, delivered to {subscribers} subscribers of which {lazy} never read"
    );
    rows.push(Row::new(label, crowd, "/s").against("1 subscriber", crowd / last));
    Ok(rows)
}

fn commits_a_second(disk: &mut Disk) -> Result<f64> {
    let count = 200_u32;
    let watch = Stopwatch::start();
    for _ in 0..count {
        disk.commit()?;
    }
    Ok(f64::from(count) / watch.seconds())
}

impl Scene {
    /// From the first rename to the moment when everybody who reads has the last event.
    fn events_a_second(&mut self, writers: usize, readers: usize, lazy: usize) -> Result<f64> {
        self.names += 1;
        let since = self.manager.last_seq()?;
        let idle: Vec<Subscription> = (0..lazy).map(|_| self.manager.subscribe(since)).collect();
        let reading: Vec<_> = (0..readers)
            .map(|_| {
                let subscription = self.manager.subscribe(since);
                self.runtime.spawn(read(subscription, EVENTS))
            })
            .collect();
        let watch = Stopwatch::start();
        self.rename(writers)?;
        self.runtime.block_on(async {
            let all = async {
                for reader in reading {
                    reader.await??;
                }
                Ok::<_, Box<dyn std::error::Error>>(())
            };
            tokio::time::timeout(LIMIT, all).await
        })??;
        let seconds = watch.seconds();
        drop(idle);
        Ok(f64::from(u32::try_from(EVENTS)?) / seconds)
    }

    fn rename(&self, writers: usize) -> Result<()> {
        let each = EVENTS / writers;
        let results: Vec<std::result::Result<(), String>> = std::thread::scope(|scope| {
            let threads: Vec<_> = self
                .ids
                .iter()
                .take(writers)
                .map(|id| scope.spawn(move || self.rename_one(id, each)))
                .collect();
            let joined = threads.into_iter().map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err("a writer panicked".to_owned()))
            });
            joined.collect()
        });
        let whole: std::result::Result<(), String> = results.into_iter().collect();
        Ok(whole?)
    }

    fn rename_one(&self, id: &SessionId, times: usize) -> std::result::Result<(), String> {
        for n in 0..times {
            let change = Change {
                name: Some(format!("name {} {n}", self.names)),
                ..Change::default()
            };
            let changed = self.manager.change(id, change);
            changed.map_err(|problem| problem.to_string())?;
        }
        Ok(())
    }
}

async fn read(
    mut subscription: Subscription,
    count: usize,
) -> std::result::Result<(), mainstay_protocol::Problem> {
    let mut seen = 0;
    while seen < count {
        seen += subscription.next_batch().await?.len();
    }
    Ok(())
}
