//! What is refused before it hurts the machine.

use anyhow::Result;
use trilane_core::plan::Plan;
use trilane_core::workload::Workload;

use crate::failure::bad_input;

/// More threads than this are refused: each takes kernel memory and a place in the process table.
const MOST_THREADS: u32 = 10_000;
/// More processes than this are refused: each is an interpreter of its own.
const MOST_PROCESSES: u32 = 255;
/// More of what a run starts than this is worth a word.
const MANY_THREADS: u32 = 2_000;
const MANY_PROCESSES: u32 = 32;
/// More records than this do not fit into memory twice.
const MOST_STEPS: u64 = 20_000_000;

/// Refuses a run that would hurt; a warning for one that may.
pub(crate) fn check(plan: &Plan, work: &Workload) -> Result<Option<String>> {
    let (threads, processes) = starts(plan, work);
    if threads > MOST_THREADS {
        return Err(bad_input(format!(
            "`{plan}` would start {threads} threads; at most {MOST_THREADS} are started for real: give \
             threads(N) with a smaller N, or fewer tasks, or `trilane simulate` it"
        )));
    }
    if processes > MOST_PROCESSES {
        return Err(bad_input(format!(
            "`{plan}` would start {processes} processes; at most {MOST_PROCESSES} are started for real: \
             give processes(N) with a smaller N, or `trilane simulate` it"
        )));
    }
    let steps: u64 = work
        .kinds
        .iter()
        .map(|kind| u64::from(kind.count).saturating_mul(kind.program.steps_per_task))
        .fold(0, u64::saturating_add);
    if steps > MOST_STEPS {
        return Err(bad_input(format!(
            "the scenario has {steps} steps; at most {MOST_STEPS} are run for real: lower `count` or \
             `repeat`, or `trilane simulate` it"
        )));
    }
    Ok(match (threads > MANY_THREADS, processes > MANY_PROCESSES) {
        (true, _) => Some(format!("`{plan}` starts up to {threads} threads")),
        (_, true) => Some(format!("`{plan}` starts up to {processes} processes")),
        _ => None,
    })
}

/// Most threads and processes that the plan starts for this work.
fn starts(plan: &Plan, work: &Workload) -> (u32, u32) {
    match *plan {
        Plan::Sync => (0, 0),
        Plan::Threads { workers } => (workers.min(everything(work)), 0),
        Plan::ThreadEach => (everything(work), 0),
        // A fork pool starts all its workers, however few the tasks.
        Plan::Processes { pool, .. } => (0, pool.workers),
        Plan::Interpreters { workers } => (workers.min(work.tasks), 0),
        Plan::Asyncio {
            threads, processes, ..
        } => (
            threads.unwrap_or(0).min(everything(work)),
            processes.map_or(0, |pool| pool.workers),
        ),
    }
}

/// Tasks and branches.
fn everything(work: &Workload) -> u32 {
    let all: u64 = work
        .kinds
        .iter()
        .map(|kind| u64::from(kind.count).saturating_mul(1 + kind.program.branches_per_task))
        .fold(0, u64::saturating_add);
    u32::try_from(all).unwrap_or(u32::MAX)
}
