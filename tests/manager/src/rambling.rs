//! A steward's random plan, in several threads, until it is killed. Each session belongs to one thread, also in later lives.

use mainstay_protocol::SessionId;
use mainstay_protocol::session::SessionQuery;

use crate::log::Op;
use crate::programs::Program;
use crate::random::Random;
use crate::steward::Steward;

/// Threads that ask for things.
pub const THREADS: u64 = 3;
/// Most sessions of one thread at a time.
const MOST: usize = 5;

/// Goes on until it is killed.
pub fn run(steward: &Steward, life: u32, seed: u64) {
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || Rambler::new(steward, life, seed, thread).run());
        }
    });
}

struct Rambler<'a> {
    steward: &'a Steward,
    name: String,
    made: u32,
    random: Random,
    sessions: Vec<SessionId>,
}

impl<'a> Rambler<'a> {
    fn new(steward: &'a Steward, life: u32, seed: u64, thread: u64) -> Self {
        let page = steward
            .manager
            .list(&SessionQuery::default())
            .expect("a list");
        let ours = |id: &SessionId| id.as_str().split('-').nth(1) == Some(&thread.to_string());
        let mut sessions: Vec<SessionId> = page
            .sessions
            .into_iter()
            .map(|session| session.id)
            .collect();
        sessions.retain(ours);
        sessions.sort();
        Self {
            steward,
            name: format!("r{life}-{thread}"),
            made: 0,
            random: Random::of(seed ^ (u64::from(life) << 32) ^ (thread << 16)),
            sessions,
        }
    }

    fn run(mut self) {
        loop {
            self.once();
        }
    }

    fn once(&mut self) {
        let full = self.sessions.len() >= MOST;
        if self.sessions.is_empty() || (!full && self.random.below(3) == 0) {
            return self.create();
        }
        let id = self.random.pick(&self.sessions).clone();
        let force = self.random.below(2) == 0;
        let op = match self.random.below(if full { 14 } else { 12 }) {
            0 | 1 => Op::Stop { force },
            2 | 3 => Op::Pause,
            4 => Op::Unpause,
            5 | 6 => Op::Resume,
            7 => Op::Again,
            8 => Op::Rename(format!("name {}", self.random.below(1_000))),
            9 => Op::Purge,
            _ => Op::Delete { force },
        };
        if self.steward.ask(&id, &op) && matches!(op, Op::Delete { .. }) {
            self.sessions.retain(|kept| *kept != id);
        }
    }

    fn create(&mut self) {
        self.made += 1;
        let id: SessionId = format!("{}-{}", self.name, self.made)
            .parse()
            .expect("an id");
        let random = &mut self.random;
        let program = match random.below(12) {
            0..=4 => Program::Numbers {
                count: u32::try_from(random.below(400)).unwrap_or(0),
                code: i32::from(random.below(3) == 0),
                retries: u32::try_from(random.below(2)).unwrap_or(0),
                private: random.below(5) == 0,
            },
            5..=7 => Program::Sleeper,
            8 => Program::Stubborn,
            9 => Program::Unready,
            10 => Program::Overlong,
            _ => Program::Broken,
        };
        self.steward.ask(&id, &Op::Create(program));
        self.sessions.push(id);
    }
}
