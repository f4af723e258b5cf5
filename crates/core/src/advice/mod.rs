//! Advice: which plan suits a scenario, why, and where the answer flips.
//!
//! Nothing here runs a simulation. The caller does, and hands over reports, or a closure that gives
//! them; so the same advice serves the command line (which spreads runs over threads), the page
//! (which runs them in a worker) and measured runs.
//!
//! - [`work`] adds up what the scenario asks for;
//! - [`flowchart`] walks the rule of thumb on those sums;
//! - [`why`] says in words what held one run back, [`verdict`] who won a race and why;
//! - [`knobs`] names everything in a scenario that can be turned, and turns it;
//! - [`flips`] turns a knob until another plan wins, and finds where;
//! - [`document`] puts all of it together.

pub mod document;
mod figures;
pub mod flips;
pub mod flowchart;
pub mod knobs;
pub mod verdict;
pub mod why;
pub mod work;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::plan::Plan;

/// Plans that differ only in their numbers are one family: the answer "flips" when the family does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Family {
    /// A plain loop.
    Sync,
    /// A thread pool, or a thread a task.
    Threads,
    /// One event loop.
    Asyncio,
    /// A process pool.
    Processes,
    /// An interpreter pool.
    Interpreters,
    /// An event loop with a thread pool under it.
    AsyncioThreads,
    /// An event loop with a process pool under it.
    AsyncioProcesses,
    /// An event loop with both.
    AsyncioBoth,
}

impl Family {
    /// The family of a plan.
    pub fn of(plan: Plan) -> Family {
        match plan {
            Plan::Sync => Family::Sync,
            Plan::Threads { .. } | Plan::ThreadEach => Family::Threads,
            Plan::Processes { .. } => Family::Processes,
            Plan::Interpreters { .. } => Family::Interpreters,
            Plan::Asyncio {
                threads: None,
                processes: None,
                ..
            } => Family::Asyncio,
            Plan::Asyncio {
                threads: Some(_),
                processes: None,
                ..
            } => Family::AsyncioThreads,
            Plan::Asyncio {
                threads: None,
                processes: Some(_),
                ..
            } => Family::AsyncioProcesses,
            Plan::Asyncio {
                threads: Some(_),
                processes: Some(_),
                ..
            } => Family::AsyncioBoth,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Family::Sync => "sync",
            Family::Threads => "threads",
            Family::Asyncio => "asyncio",
            Family::Processes => "processes",
            Family::Interpreters => "interpreters",
            Family::AsyncioThreads => "asyncio+threads",
            Family::AsyncioProcesses => "asyncio+processes",
            Family::AsyncioBoth => "asyncio+threads+processes",
        })
    }
}

/// How complex a program a plan makes, and how many workers it takes: of plans that are equally
/// fast, the least is to be taken.
pub fn simplicity(plan: Plan) -> (u32, u32) {
    match plan {
        Plan::Sync => (0, 0),
        Plan::Threads { workers } => (1, workers),
        Plan::Asyncio {
            limit: None,
            threads: None,
            processes: None,
        } => (2, 0),
        Plan::Asyncio {
            limit: Some(_),
            threads: None,
            processes: None,
        } => (3, 0),
        Plan::ThreadEach => (4, 0),
        Plan::Processes { pool, chunk } => (5, pool.workers.saturating_add(chunk.min(2))),
        Plan::Interpreters { workers } => (6, workers),
        Plan::Asyncio {
            threads: Some(workers),
            processes: None,
            ..
        } => (7, workers),
        Plan::Asyncio {
            threads: None,
            processes: Some(pool),
            ..
        } => (8, pool.workers),
        Plan::Asyncio {
            threads: Some(workers),
            processes: Some(pool),
            ..
        } => (9, workers.saturating_add(pool.workers)),
    }
}

/// A share of a whole as people write it: `97 %`, and never a rounded-up `100 %` or a rounded-down
/// `0 %`.
pub(crate) fn percent(part: f64, whole: f64) -> String {
    rounded(if whole > 0.0 {
        100.0 * part / whole
    } else {
        0.0
    })
}

/// A share in percent, told as [`percent`] does.
pub(crate) fn rounded(share: f64) -> String {
    match share {
        s if s >= 100.0 => "100 %".to_owned(),
        s if s > 99.0 => "over 99 %".to_owned(),
        s if s <= 0.0 => "0 %".to_owned(),
        s if s < 1.0 => "under 1 %".to_owned(),
        s => format!("{s:.0} %"),
    }
}

/// An average of countable things: one decimal where it tells something.
pub(crate) fn some(average: f64) -> String {
    match average < 9.95 {
        true => format!("{average:.1}"),
        false => format!("{average:.0}"),
    }
}

/// `1 task`, `1 234 tasks`.
pub fn counted(n: u64, noun: &str) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) && digits.len() > 4 {
            text.push(' ');
        }
        text.push(digit);
    }
    match n {
        1 => format!("{text} {noun}"),
        _ if noun.ends_with("ss") => format!("{text} {noun}es"),
        _ => format!("{text} {noun}s"),
    }
}

/// Scenarios for tests, without their text.
#[cfg(test)]
pub(crate) mod testing {
    use crate::scenario::{Arrive, Draw, Scenario, Step, TaskKind};
    use crate::units::{Bytes, Dur};

    pub(crate) fn io(ms: u64) -> Step {
        Step::Io {
            dur: Draw::Fixed(Dur::from_millis(ms)),
            blocking: false,
            on: None,
        }
    }

    pub(crate) fn cpu(ms: u64) -> Step {
        Step::Cpu {
            dur: Draw::Fixed(Dur::from_millis(ms)),
            on: None,
        }
    }

    pub(crate) fn kind(name: &str, count: u32, steps: Vec<Step>) -> TaskKind {
        TaskKind {
            name: name.to_owned(),
            count,
            arrive: Arrive::AtOnce,
            after: vec![],
            input: Bytes(0),
            output: Bytes(0),
            memory: Bytes(0),
            steps,
        }
    }

    pub(crate) fn scenario(kinds: Vec<TaskKind>) -> Scenario {
        Scenario {
            title: "test".to_owned(),
            notes: None,
            seed: 0,
            cores: None,
            kinds,
            resources: vec![],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_never_round_to_all_or_nothing() {
        let check = |part, expect: &str| assert_eq!(percent(part, 100.0), expect);
        check(0.0, "0 %");
        check(0.2, "under 1 %");
        check(97.3, "97 %");
        check(99.7, "over 99 %");
        check(100.0, "100 %");
    }

    #[test]
    fn counts_agree_with_their_nouns() {
        assert_eq!(counted(1, "process"), "1 process");
        assert_eq!(counted(4, "process"), "4 processes");
        assert_eq!(counted(1000, "task"), "1000 tasks");
        assert_eq!(counted(1234567, "task"), "1 234 567 tasks");
    }
}
