//! The `processes` plan: a pool of worker processes.

use crate::plan::{ProcessPool, StartMethod};
use crate::scenario::ResourceKind;

use super::blocking::{self, Host};
use super::pools;
use super::program::Program;
use super::steps;
use super::text::{self, integer};

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
            many => p.py.tuple("shared", many),
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
    p.import_from("typing", "Any");
    p.globals
        .comment("What workers share: attach() sets it in each of them.");
    for &r in shared {
        let class = match p.scenario.resources[r].kind {
            ResourceKind::Lock { permits: 1 } => {
                p.import_from("multiprocessing.synchronize", "Lock");
                "Lock"
            }
            ResourceKind::Lock { .. } => {
                p.import_from("multiprocessing.synchronize", "Semaphore");
                "Semaphore"
            }
            ResourceKind::Queue { .. } => {
                p.import_from("multiprocessing.queues", "Queue");
                "Queue"
            }
        };
        p.globals.line(format!("{}: {class}", p.resources[r]));
    }
    let params = ["*shared: Any".to_owned()];
    p.open_function(
        "def attach",
        &params,
        "None",
        "Keep what this worker shares with the others.",
    );
    let names: Vec<String> = shared.iter().map(|&r| p.resources[r].clone()).collect();
    let list = names.join(", ");
    if let [only] = names.as_slice() {
        p.py.line(format!("global {only}"));
        p.py.line(format!("({only},) = shared"));
    } else if text::columns(&list) <= 60 {
        p.py.line(format!("global {list}"));
        p.py.line(format!("{list} = shared"));
    } else {
        for name in &names {
            p.py.line(format!("global {name}"));
        }
        p.py.call("", &names, " = shared");
    }
    let left_over = steps::left_over(p.scenario);
    for &r in shared {
        if left_over[r] {
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
