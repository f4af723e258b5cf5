//! The work itself: CPU time in Rust that holds the lock, where there is one, CPU time without it, waits.
//!
//! CPU work is a number of turns that was calibrated in thread CPU time. A spin until some time on the
//! clock would look the same and hide what is to be measured: a thread without the lock or a core would
//! end its work while it waits.

use std::hint::black_box;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use trilane_core::trace::measured::Code;

use crate::gil::Gil;
use crate::host::{self, COARSE, GAP, cpu_now, now};
use crate::records::{delay_within, forget_delays, put};
use crate::wire::Leaf;

/// Turns are counted in chunks of so much CPU time, ns, so that a gap is seen where it falls.
const CHUNK: u64 = 500_000;
/// Shorter steps do without the thread's clock, a system call. One without a gap was on the CPU all the
/// time; one with a gap took what it was asked to.
const SHORT: u64 = 100_000;
/// Before longer ones it pays to forget earlier waits in the run queue.
const LONG: u64 = 2_000_000;
/// Turns between two looks whether somebody asks for the lock: some hundred nanoseconds.
const CHECK: u64 = 256;
/// One of so many readings of CPU time is better than the one that counts.
const BEST_OF: usize = 4;
/// Words that a round of native code goes over.
const WORDS: usize = 64;

/// How fast this machine is just now: nanoseconds of CPU time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Speed {
    /// A turn of code that holds the lock.
    pub(crate) turn: f64,
    /// A round of code that does not.
    pub(crate) round: f64,
}

/// Does the leaf steps of one run.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    speed: Speed,
    pub(crate) gil: Gil,
    pub(crate) port: Option<u16>,
}

/// So many turns: a chain of dependent multiplications, which no optimisation shortens.
fn burn(mut turns: u64, gil: &Gil) {
    let mut x = black_box(turns);
    while turns > 0 {
        let part = turns.min(CHECK);
        for _ in 0..part {
            x = x.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        }
        turns -= part;
        gil.check();
    }
    black_box(x);
}

/// So many rounds over a buffer, as a hash function goes over one.
fn rounds(count: u64) {
    let mut buffer = [0x9e37_79b9_7f4a_7c15_u64; WORDS];
    let mut hash = black_box(count);
    for _ in 0..count {
        for word in &mut buffer {
            hash = (hash ^ *word)
                .wrapping_mul(0x0100_0000_01b3)
                .rotate_left(23);
            *word = word.wrapping_add(hash);
        }
    }
    black_box((hash, buffer));
}

impl Work {
    pub(crate) fn new(speed: Speed, gil: Gil, port: Option<u16>) -> Work {
        Work { speed, gil, port }
    }

    /// What was calibrated.
    pub(crate) fn speed(&self) -> Speed {
        self.speed
    }

    /// A step that takes its thread; no limit cuts it.
    pub(crate) fn leaf(&self, leaf: Leaf, task: u32, ns: u64) {
        match leaf {
            Leaf::Cpu => self.cpu(task, ns),
            Leaf::Native => self.native(task, ns),
            Leaf::Io => {
                self.io(task, ns, None);
            }
        }
    }

    /// So much CPU time, with the lock.
    pub(crate) fn cpu(&self, task: u32, ns: u64) {
        let mut turns = (ns as f64 / self.speed.turn) as u64;
        if ns <= SHORT {
            let a = now();
            burn(turns, &self.gil);
            let b = now();
            let gap = (b - a).saturating_sub(ns);
            return match gap > GAP {
                true => put(Code::Python, task, [a, b, ns, delay_within(gap)]),
                false => put(Code::Python, task, [a, b, b - a, 0]),
            };
        }
        let chunk = ((CHUNK as f64 / self.speed.turn) as u64).max(1);
        if ns >= LONG {
            forget_delays();
        }
        let (mut start, mut start_cpu) = (now(), cpu_now());
        let (mut last, mut last_cpu) = (start, start_cpu);
        while turns > 0 {
            let part = turns.min(chunk);
            turns -= part;
            burn(part, &self.gil);
            let (at, cpu) = (now(), cpu_now());
            let asked = (part as f64 * self.speed.turn) as u64;
            let stolen = host::stolen(asked, cpu - last_cpu);
            let own = cpu - last_cpu - stolen;
            let gap = (at - last).saturating_sub(own);
            if gap > GAP {
                // What ran without a gap is one row, the chunk with the gap another.
                if last > start {
                    put(Code::Python, task, [start, last, last_cpu - start_cpu, 0]);
                }
                let delay = stolen + delay_within(gap.saturating_sub(stolen));
                put(Code::Python, task, [last, at, own, delay]);
                (start, start_cpu) = (at, cpu);
            }
            (last, last_cpu) = (at, cpu);
        }
        if last > start {
            put(Code::Python, task, [start, last, last_cpu - start_cpu, 0]);
        }
    }

    /// So much CPU time, without the lock.
    pub(crate) fn native(&self, task: u32, ns: u64) {
        let count = ((ns as f64 / self.speed.round) as u64).max(1);
        let work = || self.gil.without(|| rounds(count));
        let (a, b, cpu, gap);
        if ns <= SHORT {
            a = now();
            work();
            b = now();
            gap = (b - a).saturating_sub(ns);
            cpu = if gap > GAP { ns } else { b - a };
        } else {
            if ns >= LONG {
                forget_delays();
            }
            a = now();
            let before = cpu_now();
            work();
            b = now();
            let took = cpu_now() - before;
            cpu = took - host::stolen(ns, took);
            gap = (b - a).saturating_sub(cpu);
        }
        let delay = if gap > GAP { delay_within(gap) } else { 0 };
        put(Code::Native, task, [a, b, cpu, delay]);
    }

    /// Waits so long, or until the deadline; whether it was cut.
    pub(crate) fn io(&self, task: u32, ns: u64, deadline: Option<u64>) -> bool {
        let a = now();
        let left = deadline.map(|deadline| deadline.saturating_sub(a));
        let asked = left.map_or(ns, |left| left.min(ns));
        let cut = self.gil.without(|| match self.port {
            Some(port) => host::ask(port, ns, left),
            None => {
                host::block(Duration::from_nanos(asked));
                Ok(asked < ns)
            }
        });
        put(Code::Io, task, [a, now(), asked, 0]);
        cut.unwrap_or_else(|error| host::give_up(&error, "asking the delay server"))
    }
}

/// CPU nanoseconds of some work: a low quantile, as a disturbance only ever adds. Not the lowest: the very best
/// readings tell of moments that do not last, and steps counted by them take some percent too long.
fn low(times: usize, work: impl Fn()) -> f64 {
    let mut took: Vec<u64> = (0..times)
        .map(|_| {
            let start = cpu_now();
            work();
            cpu_now() - start
        })
        .collect();
    took.sort_unstable();
    took[times / BEST_OF] as f64
}

/// Measures the speed of this moment, in about 10 ms of CPU time.
pub(crate) fn calibrate(native: bool) -> Speed {
    const TURNS: u64 = 200_000 * COARSE;
    const ROUNDS: u64 = 3_000 * COARSE;
    let gil = Gil::default();
    burn(TURNS, &gil);
    let empty = low(9, || burn(0, &gil));
    let turn = (low(17, || burn(TURNS, &gil)) - empty) / TURNS as f64;
    let round = match native {
        true => (low(15, || rounds(ROUNDS)) - low(9, || rounds(0))) / ROUNDS as f64,
        // Nobody asks for it.
        false => 100.0,
    };
    Speed {
        turn: turn.max(0.01),
        round: round.max(0.01),
    }
}

/// Nanoseconds that a step of no length takes: dispatch, clock, record. Measured.
pub(crate) fn step_cost(work: &Work) -> f64 {
    const TIMES: u64 = 500;
    let best = (0..5).map(|_| {
        let start = now();
        for _ in 0..TIMES {
            work.cpu(1, 0);
        }
        now() - start
    });
    best.min().unwrap_or(0) as f64 / TIMES as f64
}
