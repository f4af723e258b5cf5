//! Plans as they are written, and how their gaps are filled.

use std::fmt;

use super::{Plan, PlanError, ProcessPool, StartMethod};
use crate::profile::Costs;

/// A plan as somebody wrote it: what was left out stays left out until a machine and a Python are
/// known. Prints as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlanSpec {
    /// How the work is run.
    pub shape: Shape,
    /// The Python after the `@`: a version such as `3.14t`, or an executable.
    pub python: Option<String>,
}

/// A plan's form, numbers optional.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// `sync`.
    Sync,
    /// `threads`, `threads(8)`.
    Threads {
        /// Workers.
        workers: Option<u32>,
    },
    /// `threads(each)`.
    ThreadEach,
    /// `processes`, `processes(4, start=spawn, chunk=8)`.
    Processes {
        /// The pool.
        pool: PoolSpec,
        /// Tasks a work item.
        chunk: Option<u32>,
    },
    /// `interpreters`, `interpreters(4)`.
    Interpreters {
        /// Workers.
        workers: Option<u32>,
    },
    /// `asyncio`, `asyncio(limit=100)+threads(8)+processes(2)`.
    Asyncio {
        /// A semaphore around each task.
        limit: Option<u32>,
        /// The thread pool under the loop, if there is one.
        threads: Option<WorkersSpec>,
        /// The process pool under the loop, if there is one.
        processes: Option<PoolSpec>,
    },
}

/// A thread pool under an event loop, as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WorkersSpec {
    /// Workers.
    pub workers: Option<u32>,
}

/// A process pool as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PoolSpec {
    /// Workers.
    pub workers: Option<u32>,
    /// How a worker starts.
    pub start: Option<StartMethod>,
}

/// Workers of a thread pool that says nothing: `min(32, cpus + 4)`.
///
/// CPython `Lib/concurrent/futures/thread.py`, `ThreadPoolExecutor.__init__`;
/// `InterpreterPoolExecutor` (3.14, `interpreter.py`) is a subclass that passes `max_workers` on,
/// and `loop.run_in_executor(None, ...)` makes a `ThreadPoolExecutor` without a number
/// (`Lib/asyncio/base_events.py`).
const fn default_threads(cpus: u32) -> u32 {
    let workers = cpus.saturating_add(4);
    if workers < 32 { workers } else { 32 }
}

impl PlanSpec {
    /// The plan of this form under the default Python.
    pub const fn new(shape: Shape) -> PlanSpec {
        PlanSpec {
            shape,
            python: None,
        }
    }

    /// Fills the gaps as the Python that `costs` stands for would on a machine with `cpus` cores.
    ///
    /// # Errors
    /// [`PlanError::NotInThisPython`] where that Python has no such executor.
    pub fn resolve(&self, cpus: u32, costs: &Costs) -> Result<Plan, PlanError> {
        let cpus = cpus.max(1);
        let threads = |workers: Option<u32>| workers.unwrap_or(default_threads(cpus));
        // CPython Lib/concurrent/futures/process.py, ProcessPoolExecutor.__init__: as many workers
        // as cores (61 at most, but on Windows only).
        let pool = |pool: PoolSpec| ProcessPool {
            workers: pool.workers.unwrap_or(cpus),
            start: pool.start.unwrap_or(costs.default_start),
        };
        Ok(match self.shape {
            Shape::Sync => Plan::Sync,
            Shape::Threads { workers } => Plan::Threads {
                workers: threads(workers),
            },
            Shape::ThreadEach => Plan::ThreadEach,
            Shape::Processes {
                pool: written,
                chunk,
            } => Plan::Processes {
                pool: pool(written),
                chunk: chunk.unwrap_or(1),
            },
            Shape::Interpreters { .. } if !costs.has_interpreters => {
                return Err(PlanError::NotInThisPython {
                    plan: self.to_string(),
                    python: costs.python.clone(),
                });
            }
            Shape::Interpreters { workers } => Plan::Interpreters {
                workers: threads(workers),
            },
            Shape::Asyncio {
                limit,
                threads: workers,
                processes,
            } => Plan::Asyncio {
                limit,
                threads: workers.map(|written| threads(written.workers)),
                processes: processes.map(pool),
            },
        })
    }
}

/// The plans that are raced when none is asked for.
pub fn default_plans() -> Vec<PlanSpec> {
    let threads = Shape::Threads { workers: None };
    let asyncio = |threads, processes| Shape::Asyncio {
        limit: None,
        threads,
        processes,
    };
    let workers = Some(WorkersSpec::default());
    let pool = PoolSpec::default();
    let mut plans: Vec<PlanSpec> = [
        Shape::Sync,
        threads,
        Shape::Processes { pool, chunk: None },
        asyncio(None, None),
        asyncio(workers, None),
        asyncio(workers, Some(pool)),
    ]
    .map(PlanSpec::new)
    .into();
    plans.push(PlanSpec {
        shape: threads,
        python: Some("3.14t".to_owned()),
    });
    plans
}

/// Writes `(a, b)`, or nothing where there are no arguments.
fn arguments(f: &mut fmt::Formatter<'_>, list: &[Option<String>]) -> fmt::Result {
    let list: Vec<&str> = list.iter().flatten().map(String::as_str).collect();
    match list.is_empty() {
        true => Ok(()),
        false => write!(f, "({})", list.join(", ")),
    }
}

impl fmt::Display for PlanSpec {
    /// As it is written, with one space after a comma and the parts of a mix in the usual order.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |n: Option<u32>| n.map(|n| n.to_string());
        let start = |pool: PoolSpec| pool.start.map(|start| format!("start={}", start.name()));
        match self.shape {
            Shape::Sync => f.write_str("sync")?,
            Shape::Threads { workers } => {
                f.write_str("threads")?;
                arguments(f, &[number(workers)])?;
            }
            Shape::ThreadEach => f.write_str("threads(each)")?,
            Shape::Processes { pool, chunk } => {
                f.write_str("processes")?;
                let chunk = chunk.map(|n| format!("chunk={n}"));
                arguments(f, &[number(pool.workers), start(pool), chunk])?;
            }
            Shape::Interpreters { workers } => {
                f.write_str("interpreters")?;
                arguments(f, &[number(workers)])?;
            }
            Shape::Asyncio {
                limit,
                threads,
                processes,
            } => {
                f.write_str("asyncio")?;
                arguments(f, &[limit.map(|n| format!("limit={n}"))])?;
                if let Some(pool) = threads {
                    f.write_str("+threads")?;
                    arguments(f, &[number(pool.workers)])?;
                }
                if let Some(pool) = processes {
                    f.write_str("+processes")?;
                    arguments(f, &[number(pool.workers), start(pool)])?;
                }
            }
        }
        match &self.python {
            Some(python) => write!(f, "@{python}"),
            None => Ok(()),
        }
    }
}
