//! The `processes` plan: a pool of worker processes.

use crate::plan::{ProcessPool, StartMethod};
use crate::scenario::ResourceKind;

use super::blocking::{self, Host};
use super::pools;
use super::program::Program;
use super::steps;
use super::text::integer;

/// Writes the program.
pub(super) fn write(p: &mut Program<'_>, pool: ProcessPool, chunk: u32) {
    let shared = p.used_resources();
    blocking::write_tasks(p, Host::Process);
    if !shared.is_empty() {
        attach(p, &shared);
    }
    p.open_main("def main");
    let mut args = executor_arguments(p, pool);
    if !shared.is_empty() {
        let made: Vec<String> = shared.iter().map(|&r| shared_object(p, r)).collect();
        p.py.comment("Workers inherit these when they start; they cannot be sent later.");
        match made.as_slice() {
            [only] => p.py.line(format!("shared = ({only},)")),
            many => p.py.call("shared = ", many, ""),
        }
        args.push("initializer=attach".to_owned());
        args.push("initargs=shared".to_owned());
    }
    p.py.open_call("with ProcessPoolExecutor", &args, " as pool:");
    if pool.start == StartMethod::Fork && pools::submits_from_threads(p) {
        fork_early(p, "pool");
    }
    pools::hand_out(p, Host::Process, chunk);
    p.py.close();
    p.py.close();
}

/// Writes the start method's context; returns the arguments of the executor.
pub(super) fn executor_arguments(p: &mut Program<'_>, pool: ProcessPool) -> Vec<String> {
    p.import("multiprocessing");
    p.import_from("concurrent.futures", "ProcessPoolExecutor");
    p.py.line(format!(
        "context = multiprocessing.get_context(\"{}\")",
        pool.start.name()
    ));
    vec![
        format!("max_workers={}", pool.workers),
        "mp_context=context".to_owned(),
    ]
}

/// Starts all workers of a pool that forks. `ProcessPoolExecutor.submit` forks them all at the
/// first item (`Lib/concurrent/futures/process.py`, `_start_executor_manager_thread`).
pub(super) fn fork_early(p: &mut Program<'_>, pool: &str) {
    p.py.comment("Fork now: a fork beside other threads may copy a lock that one of them holds.");
    p.py.line(format!("{pool}.submit(int).result()"));
}

/// Writes the initializer that gives a worker what all workers share.
fn attach(p: &mut Program<'_>, shared: &[usize]) {
    let scenario = p.scenario;
    let params = ["*shared: object".to_owned()];
    p.open_function(
        "def attach",
        &params,
        "None",
        "Keep what this worker shares with the others.",
    );
    let names: Vec<String> = shared.iter().map(|&r| p.resources[r].clone()).collect();
    p.py.line(format!("global {}", names.join(", ")));
    match names.as_slice() {
        [only] => p.py.line(format!("({only},) = shared")),
        many => p.py.line(format!("{} = shared", many.join(", "))),
    }
    for &r in shared {
        if steps::leaves_items(scenario, r as u32) {
            p.py.comment("Some items are never taken: do not wait at the end until they are.");
            p.py.line(format!("{}.cancel_join_thread()", p.resources[r]));
        }
    }
    p.py.close();
}

fn shared_object(p: &Program<'_>, resource: usize) -> String {
    match p.scenario.resources[resource].kind {
        ResourceKind::Lock { permits: 1 } => "context.Lock()".to_owned(),
        ResourceKind::Lock { permits } => {
            format!("context.Semaphore({})", integer(u64::from(permits)))
        }
        ResourceKind::Queue { capacity } => Program::queue_object("context.Queue", capacity),
    }
}
