//! Reports: figures worked out from a trace alone, so that they mean the same for simulated and
//! measured runs. The field names are the JSON contract of `simulate --json`.

mod figures;
mod histogram;

pub use figures::{Figures, report};

use serde::Serialize;

/// The figures of one run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The plan, resolved: `threads(8)`.
    pub plan: String,
    /// The Python: `3.13`.
    pub python: String,
    /// `simulated` or `measured`.
    pub origin: &'static str,
    /// When the last task ended.
    pub makespan_ns: u64,
    /// Tasks of the workload.
    pub tasks: u64,
    /// How many of them ended.
    pub finished: u64,
    /// Finished tasks by makespan; 0 for an empty run.
    pub throughput_per_s: f64,
    /// Run time of `sync` by this run's; known only where `sync` was run as well and both completed.
    pub speedup: Option<f64>,
    /// Arrival to end, over finished tasks, by nearest rank.
    pub latency_ns: Percentiles,
    /// Mean number of cores in use.
    pub cores_busy: f64,
    /// Mean number of tasks between arrival and end.
    pub tasks_in_flight: f64,
    /// Time in each state, summed over tasks and branches.
    pub time_ns: TimeByState,
    /// How often an interpreter's lock was taken by another thread than the last.
    pub gil_handoffs: u64,
    /// How often a thread was put on a core.
    pub context_switches: u64,
    /// How late the event loop ran what was due.
    pub loop_lag_ns: LoopLag,
    /// The most memory in use at once.
    pub memory_peak_bytes: u64,
    /// Tasks that a time limit cut at least once.
    pub timed_out: u64,
    /// Events that the engine took (0 for a measured run).
    pub events: u64,
    /// `completed`, `deadlock` or `stopped`.
    pub outcome: &'static str,
    /// With `deadlock`: every stuck task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Vec<Waiting>>,
    /// With `stopped`: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A latency distribution in nanoseconds, by nearest rank; all 0 where nothing finished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Percentiles {
    /// The median.
    pub p50: u64,
    /// 95 % are at most this.
    pub p95: u64,
    /// 99 % are at most this.
    pub p99: u64,
    /// The longest.
    pub max: u64,
}

/// Nanoseconds in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TimeByState {
    /// Bytecode.
    pub python: u64,
    /// Native code.
    pub native: u64,
    /// Waits outside Python.
    pub io: u64,
    /// Waits for the interpreter lock.
    pub gil_wait: u64,
    /// Waits for a core.
    pub core_wait: u64,
    /// Waits for a lock or semaphore.
    pub lock_wait: u64,
    /// Waits at a queue.
    pub queue_wait: u64,
    /// Waits for a worker.
    pub pool_wait: u64,
    /// Waits for the event loop.
    pub loop_wait: u64,
    /// Waits for the branches of a gather.
    pub join_wait: u64,
    /// Pickling, unpickling and moving bytes.
    pub pickle: u64,
    /// What the model itself costs on the tasks' way.
    pub overhead: u64,
    /// Start-up of threads, processes and interpreters: the lanes' own, in no task's latency.
    pub start: u64,
}

/// How late the event loop was; `null` where there is none, or nothing was due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LoopLag {
    /// 99 % of what was due ran within this.
    pub p99: Option<u64>,
    /// The latest.
    pub max: Option<u64>,
}

/// A stuck task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Its name.
    pub task: String,
    /// What it waits for.
    pub on: String,
    /// Who holds that.
    pub held_by: Vec<String>,
}
