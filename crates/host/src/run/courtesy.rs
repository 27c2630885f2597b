//! A flood that nobody looks at leaves the processors to what people look at.
//!
//! Keeping a flood takes a processor of its own, and so does the program that prints it. Where several sessions flood, the
//! echo of a key in another one waits for its turn at every step of its way. So a host whose session floods while nobody
//! looks, and while others want the processors as well, steps back ([`crate::system::step_back`]); its program waits for
//! its output to be taken, and steps back with it. Nothing is lost by it, and nothing changes where processors are free.
//!
//! Looked at by a timer that is set while a flood lasts only.

use std::time::Duration;

use super::host::Host;
use super::timers::Timer;
use crate::hub::Flood;
use crate::system::{self, ThreadTimes};

/// Time between two looks.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
/// Others want the processors if the reading thread waits so many times as long for one as it has one. A single flood on a
/// machine that is busy with something else stays below.
const CROWDED: u32 = 2;
/// Output between two looks that is a flood: a tenth of what the measure of floods lets drain.
const LEAST: u64 = 64 * 1024;

/// Where the host stands.
#[derive(Debug, Default)]
pub(super) struct Courtesy {
    flood: Flood,
    /// The reading thread.
    pub(super) reader: Option<i32>,
    stepped_back: bool,
    last: Option<Look>,
}

/// What was seen of a flood at one moment.
#[derive(Debug, Clone, Copy)]
struct Look {
    position: u64,
    times: ThreadTimes,
}

impl Courtesy {
    /// So many bytes of output came. True if that is a flood.
    pub(super) fn floods(&mut self, bytes: usize, now: Duration) -> bool {
        self.reader.is_some() && !self.flood.admits(bytes, now)
    }

    /// Whether to step back from now on; nothing once the flood is over.
    fn look(&mut self, look: Look, watched: bool) -> Option<bool> {
        let Some(before) = self.last.replace(look) else {
            return Some(self.stepped_back && !watched);
        };
        if look.position.saturating_sub(before.position) < LEAST {
            self.last = None;
            return None;
        }
        let ran = look.times.ran.saturating_sub(before.times.ran);
        let waited = look.times.waited.saturating_sub(before.times.waited);
        let crowded = waited > ran * if self.stepped_back { 1 } else { CROWDED };
        Some(crowded && !watched)
    }
}

impl Host {
    /// Somebody looks from now on.
    pub fn is_watched(&self) {
        if self.core.lock().courtesy.stepped_back {
            self.timers.set(Timer::Courtesy, Duration::ZERO);
        }
    }

    /// A flood began: looks after it in a while.
    pub(super) fn look_after_flood(&self) {
        self.timers.set_unless_set(Timer::Courtesy, BETWEEN_LOOKS);
    }

    /// Steps back or forward, and looks again as long as there is reason to.
    pub(super) fn be_courteous(&self) {
        let mut core = self.core.lock();
        let watched = self.hub.count().1 > 0;
        let position = core.keeper.position();
        let courtesy = &mut core.courtesy;
        let Some(times) = courtesy.reader.and_then(system::thread_times) else {
            return;
        };
        let wanted = courtesy.look(Look { position, times }, watched);
        let step_back = wanted.unwrap_or(false);
        if step_back != courtesy.stepped_back {
            // The system lets it be done ten times a second, by all processes together: the next look tries again.
            if let Err(error) = system::step_back(step_back) {
                tracing::debug!(%error, step_back, "the host's weight can't be changed");
            } else {
                courtesy.stepped_back = step_back;
            }
        }
        if wanted.is_some() || courtesy.stepped_back {
            self.timers.set(Timer::Courtesy, BETWEEN_LOOKS);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at a flood whose reading thread ran and waited so long, in milliseconds, since it began.
    fn look(
        courtesy: &mut Courtesy,
        position: u64,
        ran: u64,
        waited: u64,
        watched: bool,
    ) -> Option<bool> {
        let times = ThreadTimes {
            ran: Duration::from_millis(ran),
            waited: Duration::from_millis(waited),
        };
        let wanted = courtesy.look(Look { position, times }, watched);
        courtesy.stepped_back = wanted.unwrap_or(false);
        wanted
    }

    #[test]
    fn it_steps_back_only_in_a_crowd_and_unseen() {
        let mut courtesy = Courtesy::default();
        let mb = 1_000_000;
        assert_eq!(
            look(&mut courtesy, 0, 0, 0, false),
            Some(false),
            "it begins"
        );
        assert_eq!(look(&mut courtesy, mb, 50, 50, false), Some(false), "busy");
        assert_eq!(
            look(&mut courtesy, 2 * mb, 60, 140, false),
            Some(true),
            "crowded"
        );
        assert_eq!(
            look(&mut courtesy, 3 * mb, 80, 170, false),
            Some(true),
            "still"
        );
        assert_eq!(
            look(&mut courtesy, 4 * mb, 90, 260, true),
            Some(false),
            "seen"
        );
        assert_eq!(
            look(&mut courtesy, 5 * mb, 100, 350, false),
            Some(true),
            "unseen"
        );
        assert_eq!(
            look(&mut courtesy, 6 * mb, 180, 360, false),
            Some(false),
            "alone"
        );
        assert_eq!(look(&mut courtesy, 6 * mb, 180, 360, false), None, "over");
    }
}
