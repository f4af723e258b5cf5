//! The rule of thumb that every Python developer learns, walked on a scenario's own numbers:
//!
//! ```text
//! Is it CPU-bound?
//!   yes -> multiprocessing
//!   no  -> Is it I/O-bound?
//!            yes, async-friendly library -> asyncio
//!            yes, blocking library only  -> threads
//!            no, minimal concurrency     -> keep it synchronous
//! ```
//!
//! It is kept as coarse as it is taught, so that the simulation can be held against it.

use serde::{Deserialize, Serialize};

use super::work::Work;
use super::{Family, counted, percent, rounded, some};
use crate::units::Dur;

/// A question of the flowchart, and what the scenario answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The question, as the flowchart asks it.
    pub question: String,
    /// The answer, and the numbers behind it.
    pub answer: String,
}

/// The way through the flowchart.
#[derive(Clone, Debug, PartialEq)]
pub struct Walk {
    /// The questions met, in order, with those that only confirm an answer.
    pub path: Vec<Step>,
    /// The questions that decide, in order: what [`path`](Walk::path) says, as data.
    pub decisions: Vec<Decision>,
    /// Where it ends.
    pub answer: Family,
}

/// A question that the flowchart forks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Question {
    /// Is it CPU-bound?
    Cpu,
    /// Is it I/O-bound, with waits that could overlap?
    Io,
    /// Is an async-friendly library at hand?
    Library,
}

/// A fork, taken.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The question.
    pub question: Question,
    /// Which way.
    pub yes: bool,
    /// Why.
    pub reason: Reason,
}

/// The numbers behind an answer. Times are a task's means, ns; shares are percents.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reason {
    /// It computes more than it waits.
    Computes {
        /// Of a task's time.
        share: f64,
        /// Python bytecode.
        python_ns: f64,
        /// Native code.
        native_ns: f64,
        /// I/O.
        waits_ns: f64,
    },
    /// It waits at least as long as it computes.
    Waits {
        /// Of a task's time.
        share: f64,
        /// I/O.
        waits_ns: f64,
        /// Python and native code.
        computes_ns: f64,
    },
    /// It neither computes nor waits.
    Nothing,
    /// Nothing waits for I/O.
    NoWaits,
    /// It waits, with hardly ever anything else to do meanwhile.
    NothingMeanwhile,
    /// So many tasks wait at once, on average.
    Together(f64),
    /// So many tasks can all wait at once.
    AllAtOnce(u64),
    /// No I/O blocks.
    NothingBlocks,
    /// The lesser part of the I/O blocks.
    SomeBlocks(f64),
    /// Most or all of the I/O blocks.
    MostBlocks(f64),
}

/// Walks the flowchart.
pub fn walk(work: &Work) -> Walk {
    let decisions = decisions(work);
    let mut path: Vec<Step> = decisions.iter().map(|one| one.told()).collect();
    let mut confirm = |question: &str, answer: String| {
        path.push(Step {
            question: question.to_owned(),
            answer,
        });
    };
    let answer = match decisions.last().map(|last| (last.question, last.yes)) {
        Some((Question::Cpu, _)) => Family::Processes,
        Some((Question::Library, true)) => Family::Asyncio,
        Some((Question::Library, false)) => {
            let answer = match work.io_async > 0.0 {
                true => format!(
                    "mostly: {} can be awaited",
                    percent(work.io_async, work.io())
                ),
                false => "yes".to_owned(),
            };
            confirm("Blocking libraries only?", answer);
            Family::Threads
        }
        Some((Question::Io, _)) | None => {
            let answer = format!("yes: {}, nothing to overlap", counted(work.tasks, "task"));
            confirm("Minimal concurrency needs?", answer);
            Family::Sync
        }
    };
    Walk {
        path,
        decisions,
        answer,
    }
}

/// The forks that are met.
fn decisions(work: &Work) -> Vec<Decision> {
    let total = work.busy() + work.io();
    let mean = |sum: f64| sum / work.tasks.max(1) as f64;
    let cpu_bound = work.busy() > work.io();
    let mut met = vec![Decision {
        question: Question::Cpu,
        yes: cpu_bound,
        reason: match () {
            () if cpu_bound => Reason::Computes {
                share: 100.0 * work.busy() / total,
                python_ns: mean(work.cpu),
                native_ns: mean(work.native),
                waits_ns: mean(work.io()),
            },
            () if total > 0.0 => Reason::Waits {
                share: 100.0 * work.io() / total,
                waits_ns: mean(work.io()),
                computes_ns: mean(work.busy()),
            },
            () => Reason::Nothing,
        },
    }];
    if cpu_bound {
        return met;
    }
    let io_bound = work.io() > 0.0 && work.concurrent;
    met.push(Decision {
        question: Question::Io,
        yes: io_bound,
        reason: match () {
            () if work.io() <= 0.0 => Reason::NoWaits,
            () if !io_bound => Reason::NothingMeanwhile,
            () if work.pressure.is_finite() => Reason::Together(work.pressure),
            () => Reason::AllAtOnce(work.tasks),
        },
    });
    if io_bound {
        let blocks = 100.0 * work.io_blocking / work.io();
        met.push(Decision {
            question: Question::Library,
            yes: work.io_blocking <= 0.0 || work.io_async > work.io_blocking,
            reason: match () {
                () if work.io_blocking <= 0.0 => Reason::NothingBlocks,
                () if work.io_async > work.io_blocking => Reason::SomeBlocks(blocks),
                () => Reason::MostBlocks(blocks),
            },
        });
    }
    met
}

impl Decision {
    /// As the document says it.
    fn told(&self) -> Step {
        let question = match self.question {
            Question::Cpu => "Is it CPU-bound?",
            Question::Io => "Is it I/O-bound, with waits that could overlap?",
            Question::Library => "Is an async-friendly library at hand?",
        };
        Step {
            question: question.to_owned(),
            answer: self.reason.told(),
        }
    }
}

impl Reason {
    fn told(self) -> String {
        let dur = |ns: f64| Dur::from_nanos(ns as u64);
        match self {
            Reason::Computes {
                share,
                python_ns,
                native_ns,
                waits_ns,
            } => format!(
                "yes: {} of a task is computing ({}){}",
                rounded(share),
                match (python_ns > 0.0, native_ns > 0.0) {
                    (true, true) => format!(
                        "{} of Python, {} of native code",
                        dur(python_ns),
                        dur(native_ns)
                    ),
                    (true, false) => format!("{} of Python", dur(python_ns)),
                    (false, _) => format!("{} of native code", dur(native_ns)),
                },
                match waits_ns > 0.0 {
                    true => format!(", {} waiting", dur(waits_ns)),
                    false => String::new(),
                },
            ),
            Reason::Waits {
                share,
                waits_ns,
                computes_ns,
            } => format!(
                "no: {} of a task is waiting ({}) and {} computing",
                rounded(share),
                dur(waits_ns),
                dur(computes_ns),
            ),
            Reason::Nothing => "no: it neither computes nor waits for I/O".to_owned(),
            Reason::NoWaits => "no: nothing waits for I/O".to_owned(),
            Reason::NothingMeanwhile => {
                "no: there is waiting, but hardly ever anything else to do meanwhile".to_owned()
            }
            Reason::Together(tasks) => {
                format!("yes: {} tasks wait at once on average", some(tasks))
            }
            Reason::AllAtOnce(tasks) => {
                format!("yes: {} can wait at once", counted(tasks, "task"))
            }
            Reason::NothingBlocks => "yes: no I/O step blocks".to_owned(),
            Reason::SomeBlocks(share) => format!(
                "mostly: {} of the I/O blocks, the rest can be awaited",
                rounded(share)
            ),
            Reason::MostBlocks(share) => {
                format!("no: {} of the I/O blocks", rounded(share))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(work: Work, expect: Family, steps: usize) {
        let walk = walk(&work);
        // What is told of the forks is what was decided at them.
        for (step, decision) in walk.path.iter().zip(&walk.decisions) {
            assert_eq!(*step, decision.told());
            let answer = step.answer.split(':').next().expect("an answer");
            assert_eq!(answer != "no", decision.yes, "{step:?}");
        }
        let confirmed = usize::from(matches!(expect, Family::Threads | Family::Sync));
        assert_eq!(walk.decisions.len() + confirmed, walk.path.len());
        assert_eq!(
            (walk.answer, walk.path.len()),
            (expect, steps),
            "{:?}",
            walk.path
        );
    }

    #[test]
    fn the_flowchart_reaches_all_its_ends() {
        let many = Work {
            tasks: 10,
            concurrent: true,
            pressure: f64::INFINITY,
            ..Work::default()
        };
        check(
            Work {
                cpu: 5e6,
                io_async: 1e6,
                ..many
            },
            Family::Processes,
            1,
        );
        check(
            Work {
                cpu: 1e6,
                io_async: 5e6,
                ..many
            },
            Family::Asyncio,
            3,
        );
        check(
            Work {
                cpu: 1e6,
                io_blocking: 5e6,
                ..many
            },
            Family::Threads,
            4,
        );
        check(
            Work {
                io_blocking: 5e6,
                io_async: 6e6,
                ..many
            },
            Family::Asyncio,
            3,
        );
        check(
            Work {
                tasks: 1,
                io_async: 5e6,
                ..Work::default()
            },
            Family::Sync,
            3,
        );
        check(Work::default(), Family::Sync, 3);
    }
}
