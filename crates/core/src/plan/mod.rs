//! Plans: how the work is run, written as people say it: `threads(8)`, `asyncio+threads(4)@3.13`.
//!
//! A plan has two forms. A [`PlanSpec`] keeps what somebody wrote, with its gaps; once the machine
//! and the Python are known, [`PlanSpec::resolve`] fills them as that Python would and gives a
//! [`Plan`], in which nothing is left open.

mod parse;
mod spec;

pub use parse::{PlanError, parse_plan};
pub use spec::{PlanSpec, PoolSpec, Shape, WorkersSpec, default_plans};

use std::fmt;

use serde::{Deserialize, Serialize};

/// Most threads of a pool.
pub const MAX_THREADS: u32 = 100_000;
/// Most worker processes or interpreters of a pool.
pub const MAX_PROCESSES: u32 = 10_000;
/// Most tasks that a limit lets run, or that a chunk holds: as many as a scenario may have.
pub const MAX_LIMIT: u32 = crate::scenario::MAX_TASKS as u32;

/// How a workload is run, with every default resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Plan {
    /// A plain loop, one task after another.
    Sync,
    /// `ThreadPoolExecutor(max_workers=N)`.
    Threads {
        /// Workers; at least 1.
        workers: u32,
    },
    /// One `threading.Thread` a task.
    ThreadEach,
    /// `ProcessPoolExecutor`.
    Processes {
        /// The pool.
        pool: ProcessPool,
        /// Tasks a work item; at least 1.
        chunk: u32,
    },
    /// `InterpreterPoolExecutor`, a GIL each.
    Interpreters {
        /// Workers; at least 1.
        workers: u32,
    },
    /// One event loop, `TaskGroup`, and executors under it.
    Asyncio {
        /// A semaphore around each task.
        limit: Option<u32>,
        /// Workers of the thread pool under the loop.
        threads: Option<u32>,
        /// The process pool under the loop.
        processes: Option<ProcessPool>,
    },
}

/// A pool of processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProcessPool {
    /// Workers; at least 1.
    pub workers: u32,
    /// How a worker starts.
    pub start: StartMethod,
}

/// `multiprocessing`'s start methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StartMethod {
    /// A copy of the parent.
    Fork,
    /// A new interpreter that imports `__main__` again.
    Spawn,
    /// A fork of a small server process.
    ForkServer,
}

impl StartMethod {
    /// The name Python gives it.
    pub const fn name(self) -> &'static str {
        match self {
            StartMethod::Fork => "fork",
            StartMethod::Spawn => "spawn",
            StartMethod::ForkServer => "forkserver",
        }
    }
}

impl fmt::Display for Plan {
    /// The plan as one writes it, numbers resolved; the start method of processes always shows,
    /// a chunk only where it is not 1.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Plan::Sync => f.write_str("sync"),
            Plan::Threads { workers } => write!(f, "threads({workers})"),
            Plan::ThreadEach => f.write_str("threads(each)"),
            Plan::Processes { pool, chunk } => {
                write!(f, "processes({}, start={}", pool.workers, pool.start.name())?;
                match chunk {
                    1 => f.write_str(")"),
                    n => write!(f, ", chunk={n})"),
                }
            }
            Plan::Interpreters { workers } => write!(f, "interpreters({workers})"),
            Plan::Asyncio {
                limit,
                threads,
                processes,
            } => {
                f.write_str("asyncio")?;
                if let Some(limit) = limit {
                    write!(f, "(limit={limit})")?;
                }
                if let Some(workers) = threads {
                    write!(f, "+threads({workers})")?;
                }
                if let Some(pool) = processes {
                    write!(
                        f,
                        "+processes({}, start={})",
                        pool.workers,
                        pool.start.name()
                    )?;
                }
                Ok(())
            }
        }
    }
}
