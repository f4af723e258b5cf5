//! The plans of threads: a pool, or a thread for each task.

use crate::scenario::ResourceKind;

use super::blocking::{self, Host};
use super::helpers::Helper;
use super::pools;
use super::program::Program;
use super::stages::{Schedule, schedule};
use super::steps;
use super::text::integer;

/// Writes the program for `threads(N)`.
pub(super) fn write_pool(p: &mut Program<'_>, workers: u32) {
    shared(p);
    blocking::write_tasks(p, Host::PoolThread);
    p.import_from("concurrent.futures", "ThreadPoolExecutor");
    let pool = format!("ThreadPoolExecutor(max_workers={workers})");
    p.open_main("def main");
    if p.scenario
        .kinds
        .iter()
        .any(|kind| steps::gathers(&kind.steps))
    {
        p.globals
            .comment("A global, because tasks send their branches to the pool they run in.");
        p.globals.line(format!("pool = {pool}"));
        p.py.open("with pool:");
    } else {
        p.py.open(format!("with {pool} as pool:"));
    }
    pools::hand_out(p, Host::PoolThread, 1);
    p.py.close();
    p.py.close();
}

/// Writes the program for `threads(each)`.
pub(super) fn write_each(p: &mut Program<'_>) {
    shared(p);
    blocking::write_tasks(p, Host::OwnThread);
    p.help(Helper::StartThread);
    p.open_main("def main");
    match schedule(&p.scenario.kinds) {
        Schedule::Stages(stages) => {
            for (index, stage) in stages.iter().enumerate() {
                if index > 0 {
                    p.stage_comment(stage);
                }
                for &kind in stage {
                    let numbers = p.numbers(kind);
                    let call = format!("start({})", call_arguments(p, kind).join(", "));
                    let tasks = p.kinds[kind].tasks.clone();
                    p.py.comprehension(&tasks, &call, &format!("for number in {numbers}"));
                }
                for &kind in stage {
                    p.py.open(format!("for thread in {}:", p.kinds[kind].tasks));
                    p.py.line("thread.join()");
                    p.py.close();
                }
            }
            count_ended(p, &stages.concat());
        }
        Schedule::Overlapping { order, stuck } => {
            p.help(Helper::FeedThreads);
            p.py.comment(
                "Each kind has a thread that waits for what it follows and starts its tasks.",
            );
            for &kind in &order {
                let after: Vec<String> = predecessors(p, kind);
                let offsets = p.all_offsets(kind);
                let mut args = vec!["feed".to_owned(), format!("[{}]", after.join(", "))];
                args.push(p.kinds[kind].function.clone());
                args.push(offsets);
                args.extend(blocking::task_arguments(p, Host::OwnThread, kind));
                p.py.call(&format!("{} = start", p.kinds[kind].tasks), &args, "");
            }
            for &kind in &order {
                p.py.line(format!("{}.join()", p.kinds[kind].tasks));
            }
            count_ended(p, &order);
            p.stuck_kinds(&stuck);
        }
    }
    p.summary();
    p.py.close();
}

/// The variables that stand for the kinds that this one follows.
pub(super) fn predecessors(p: &Program<'_>, kind: usize) -> Vec<String> {
    let after = &p.scenario.kinds[kind].after;
    after
        .iter()
        .map(|&k| p.kinds[k as usize].tasks.clone())
        .collect()
}

fn call_arguments(p: &Program<'_>, kind: usize) -> Vec<String> {
    let mut args = vec![p.kinds[kind].function.clone(), "number".to_owned()];
    args.extend(blocking::task_arguments(p, Host::OwnThread, kind));
    args
}

fn count_ended(p: &mut Program<'_>, kinds: &[usize]) {
    for &kind in kinds {
        let names = &p.kinds[kind];
        p.py.line(format!(
            "{} = ended.count(\"{}\")",
            names.done, names.function
        ));
    }
}

/// Locks and queues that threads share.
fn shared(p: &mut Program<'_>) {
    for index in p.used_resources() {
        let name = p.resources[index].clone();
        let line = match p.scenario.resources[index].kind {
            ResourceKind::Lock { permits: 1 } => {
                p.import("threading");
                format!("{name} = threading.Lock()")
            }
            ResourceKind::Lock { permits } => {
                p.import("threading");
                format!(
                    "{name} = threading.Semaphore({})",
                    integer(u64::from(permits))
                )
            }
            ResourceKind::Queue { capacity } => {
                p.import("queue");
                let object = Program::queue_object("queue.Queue", capacity);
                format!("{name}: queue.Queue[int] = {object}")
            }
        };
        p.globals.line(line);
    }
}
