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

use serde::Serialize;

use super::work::Work;
use super::{Family, counted, percent, some};
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// The questions met, in order.
    pub path: Vec<Step>,
    /// Where it ends.
    pub answer: Family,
}

/// Walks the flowchart.
pub fn walk(work: &Work) -> Walk {
    let mut path = Vec::new();
    let mut ask = |question: &str, answer: String| {
        path.push(Step {
            question: question.to_owned(),
            answer,
        });
    };
    let total = work.busy() + work.io();
    let mean = |sum: f64| Dur::from_nanos((sum / work.tasks.max(1) as f64) as u64);

    if work.busy() > work.io() {
        ask(
            "Is it CPU-bound?",
            format!(
                "yes: {} of a task is computing ({}){}",
                percent(work.busy(), total),
                match (work.cpu > 0.0, work.native > 0.0) {
                    (true, true) => {
                        format!(
                            "{} of Python, {} of native code",
                            mean(work.cpu),
                            mean(work.native)
                        )
                    }
                    (true, false) => format!("{} of Python", mean(work.cpu)),
                    (false, _) => format!("{} of native code", mean(work.native)),
                },
                match work.io() > 0.0 {
                    true => format!(", {} waiting", mean(work.io())),
                    false => String::new(),
                },
            ),
        );
        return Walk {
            path,
            answer: Family::Processes,
        };
    }
    ask(
        "Is it CPU-bound?",
        match total > 0.0 {
            true => format!(
                "no: {} of a task is waiting ({}) and {} computing",
                percent(work.io(), total),
                mean(work.io()),
                mean(work.busy()),
            ),
            false => "no: it neither computes nor waits for I/O".to_owned(),
        },
    );

    if work.io() <= 0.0 || !work.concurrent {
        let answer = match work.io() > 0.0 {
            true => "no: there is waiting, but hardly ever anything else to do meanwhile",
            false => "no: nothing waits for I/O",
        };
        ask(
            "Is it I/O-bound, with waits that could overlap?",
            answer.to_owned(),
        );
        let answer = format!("yes: {}, nothing to overlap", counted(work.tasks, "task"));
        ask("Minimal concurrency needs?", answer);
        return Walk {
            path,
            answer: Family::Sync,
        };
    }
    ask(
        "Is it I/O-bound, with waits that could overlap?",
        match work.pressure.is_finite() {
            true => format!("yes: {} tasks wait at once on average", some(work.pressure)),
            false => format!("yes: {} can wait at once", counted(work.tasks, "task")),
        },
    );

    if work.io_blocking <= 0.0 {
        ask(
            "Is an async-friendly library at hand?",
            "yes: no I/O step blocks".to_owned(),
        );
        return Walk {
            path,
            answer: Family::Asyncio,
        };
    }
    let share = percent(work.io_blocking, work.io());
    if work.io_async > work.io_blocking {
        let answer = format!("mostly: {share} of the I/O blocks, the rest can be awaited");
        ask("Is an async-friendly library at hand?", answer);
        return Walk {
            path,
            answer: Family::Asyncio,
        };
    }
    ask(
        "Is an async-friendly library at hand?",
        format!("no: {share} of the I/O blocks"),
    );
    let answer = match work.io_async > 0.0 {
        true => format!(
            "mostly: {} can be awaited",
            percent(work.io_async, work.io())
        ),
        false => "yes".to_owned(),
    };
    ask("Blocking libraries only?", answer);
    Walk {
        path,
        answer: Family::Threads,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(work: Work, expect: Family, steps: usize) {
        let walk = walk(&work);
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
