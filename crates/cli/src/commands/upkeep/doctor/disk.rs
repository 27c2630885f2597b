//! Room on the disk, and what kind of disk it is.

use std::path::Path;

use mainstay_history::{Disk, Floor, SystemDisk};
use mainstay_keep::Places;
use mainstay_protocol::spec::Retention;

use super::finding::Finding;
use super::leftovers::bytes;

const AREA: &str = "disk";

pub(super) fn examine(places: &Places) -> Vec<Finding> {
    let mut findings = vec![room(&places.data)];
    let folders = [&places.data, &places.runtime];
    findings.extend(folders.into_iter().filter_map(|folder| kind(folder)));
    findings
}

fn kind(folder: &Path) -> Option<Finding> {
    let place = folder.display();
    let remedy = "locks and sockets aren't reliable on those: set MAINSTAY_DATA_DIR to a folder on a disk of this machine";
    match far(folder)? {
        Far::Surely(kind) => {
            let what = format!("{place} is on a network file system ({kind})");
            Some(Finding::wrong(AREA, what, remedy))
        }
        Far::Perhaps(kind) => {
            let what = format!("{place} may be on a network file system ({kind})");
            Some(Finding::note(AREA, what, remedy))
        }
    }
}

fn room(data: &Path) -> Finding {
    let Ok(space) = SystemDisk.space(data) else {
        return Finding::fine(AREA, "the system doesn't say how much is free");
    };
    let usual = Retention::default();
    let floor = Floor {
        percent: usual.min_free_percent,
        bytes: usual.min_free_bytes,
    };
    let (free, floor) = (space.free, floor.of(space.total));
    if free < floor {
        return Finding::wrong(
            AREA,
            format!(
                "{} free; below {} no history is kept, programs go on",
                bytes(free),
                bytes(floor)
            ),
            "make room; `mainstay rm` removes sessions with their history",
        );
    }
    Finding::fine(AREA, format!("{} free", bytes(free)))
}

/// A file system that another machine may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "only Linux tells its kind")
)]
enum Far {
    Surely(&'static str),
    /// Its program decides, or the machine below this one.
    Perhaps(&'static str),
}

/// Numbers of network file systems (`/usr/include/linux/magic.h`, statfs(2)).
#[cfg(target_os = "linux")]
const FAR: &[(u32, Far)] = &[
    (0x6969, Far::Surely("NFS")),
    (0x517b, Far::Surely("SMB")),
    (0xff53_4d42, Far::Surely("CIFS")),
    (0xfe53_4d42, Far::Surely("SMB 2")),
    (0x0102_1997, Far::Perhaps("9p")),
    (0x5346_414f, Far::Surely("AFS")),
    (0x00c3_6400, Far::Surely("Ceph")),
    (0x0bd0_0bd0, Far::Surely("Lustre")),
    (0x6573_5546, Far::Perhaps("FUSE")),
    (0x786f_4256, Far::Perhaps("VirtualBox")),
];

#[cfg(target_os = "linux")]
fn far(folder: &Path) -> Option<Far> {
    let found = rustix::fs::statfs(folder).ok()?;
    // The number has 32 bits, its field more on some machines, with or without sign.
    let bytes = found.f_type.to_le_bytes();
    let kind = u32::from_le_bytes(*bytes.first_chunk()?);
    let found = FAR.iter().find(|(number, _)| *number == kind);
    found.map(|(_, far)| *far)
}

#[cfg(not(target_os = "linux"))]
fn far(_: &Path) -> Option<Far> {
    None
}
