//! The plans with an event loop: alone, or with threads and processes under it.

use crate::plan::{ProcessPool, StartMethod};
use crate::scenario::{Place, ResourceKind};

use super::coroutine;
use super::helpers::Helper;
use super::processes;
use super::program::Program;
use super::stages::{Schedule, schedule};
use super::text::integer;
use super::threads::predecessors;

/// A loop and what is under it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loop {
    /// Tasks at a time.
    pub(super) limit: Option<u32>,
    /// Workers of the thread pool.
    pub(super) threads: Option<u32>,
    /// The process pool.
    pub(super) processes: Option<ProcessPool>,
}

/// Writes the program.
pub(super) fn write(p: &mut Program<'_>, plan: Loop) {
    p.enter_by_asyncio();
    let late = p.version.binds_locks_late();
    if late {
        shared(p, plan, late);
    }
    coroutine::write_tasks(p, plan);
    if plan.limit.is_some() {
        in_slot(p);
    }
    p.open_main("async def main");
    if !late {
        shared(p, plan, late);
    }
    executors(p, plan);
    p.summary();
    p.py.close();
    if uses(p, plan, Place::Processes) {
        p.py.close();
    }
}

fn uses(p: &Program<'_>, plan: Loop, place: Place) -> bool {
    p.scenario
        .kinds
        .iter()
        .any(|kind| coroutine::uses(&kind.steps, plan, place))
}

/// Locks and queues of asyncio; before Python 3.10 they are made where the loop runs.
fn shared(p: &mut Program<'_>, plan: Loop, global: bool) {
    let mut made: Vec<(String, &str, String)> = Vec::new();
    for index in p.used_resources() {
        let object = match p.scenario.resources[index].kind {
            ResourceKind::Lock { permits: 1 } => "asyncio.Lock()".to_owned(),
            ResourceKind::Lock { permits } => {
                format!("asyncio.Semaphore({})", integer(u64::from(permits)))
            }
            ResourceKind::Queue { capacity } => Program::queue_object("asyncio.Queue", capacity),
        };
        let queue = matches!(p.scenario.resources[index].kind, ResourceKind::Queue { .. });
        // A name that is declared global takes no annotation.
        let hint = if queue && global {
            ": asyncio.Queue[int]"
        } else {
            ""
        };
        made.push((p.resources[index].clone(), hint, object));
    }
    if let Some(limit) = plan.limit {
        made.push((
            "slots".to_owned(),
            "",
            format!("asyncio.Semaphore({limit})"),
        ));
    }
    if made.is_empty() {
        return;
    }
    let names: Vec<&str> = made.iter().map(|(name, ..)| name.as_str()).collect();
    if !global {
        p.py.line(format!("global {}", names.join(", ")));
        p.py.comment("Made here, because before Python 3.10 they belong to the running loop.");
    }
    for (name, hint, object) in &made {
        let line = format!("{name}{hint} = {object}");
        let out = if global { &mut p.globals } else { &mut p.py };
        match name.as_str() {
            "slots" => out.noted(line, "tasks at a time"),
            _ => out.line(line),
        }
    }
}

fn in_slot(p: &mut Program<'_>) {
    p.import_from("collections.abc", "Awaitable");
    let params = ["task: Awaitable[object]".to_owned()];
    p.open_function(
        "async def in_slot",
        &params,
        "None",
        "Run a task when a slot is free.",
    );
    p.py.open("async with slots:");
    p.py.line("await task");
    p.py.close();
    p.py.close();
}

/// Writes the executors and, inside them, the tasks.
fn executors(p: &mut Program<'_>, plan: Loop) {
    let to_processes = uses(p, plan, Place::Processes);
    let to_threads = uses(p, plan, Place::Threads);
    if let Some(pool) = plan.processes {
        if to_processes {
            let args = processes::executor_arguments(p, pool);
            p.py.open_call("with ProcessPoolExecutor", &args, " as processes:");
            if to_threads && pool.start == StartMethod::Fork {
                processes::fork_early(p, "processes");
            }
        } else {
            p.py.comment("Nothing in this work goes to the plan's processes.");
        }
    }
    if let Some(workers) = plan.threads {
        if to_threads {
            p.import_from("concurrent.futures", "ThreadPoolExecutor");
            p.py.comment("The threads behind asyncio.to_thread.");
            p.py.call(
                "asyncio.get_running_loop().set_default_executor",
                &[format!("ThreadPoolExecutor(max_workers={workers})")],
                "",
            );
        } else {
            p.py.comment("Nothing in this work goes to the plan's threads.");
        }
    }
    match schedule(&p.scenario.kinds) {
        Schedule::Stages(stages) => {
            for (index, stage) in stages.iter().enumerate() {
                if index > 0 {
                    p.stage_comment(stage);
                }
                write_stage(p, plan, stage);
            }
        }
        Schedule::Overlapping { order, stuck } => {
            overlapping(p, plan, &order);
            p.stuck_kinds(&stuck);
        }
    }
}

fn write_stage(p: &mut Program<'_>, plan: Loop, stage: &[usize]) {
    let groups = p.version.has_task_group();
    if groups {
        p.py.open("async with asyncio.TaskGroup() as group:");
    }
    let start = if groups {
        "group.create_task"
    } else {
        "asyncio.create_task"
    };
    for &kind in stage {
        let over_time = p.offsets(kind).is_some();
        let numbers = p.async_numbers(kind);
        let mut args = vec!["number".to_owned()];
        args.extend(coroutine::task_arguments(p, plan, kind));
        let names = &p.kinds[kind];
        let call = wrap_limit(plan, format!("{}({})", names.function, args.join(", ")));
        let tasks = names.tasks.clone();
        let word = if over_time { "async for" } else { "for" };
        let clause = format!("{word} number in {numbers}");
        p.py.comprehension(&tasks, &format!("{start}({call})"), &clause);
    }
    if groups {
        p.py.close();
    } else {
        let all: Vec<String> = stage
            .iter()
            .map(|&k| format!("*{}", p.kinds[k].tasks))
            .collect();
        p.py.call("await asyncio.gather", &all, "");
    }
    for &kind in stage {
        let names = &p.kinds[kind];
        p.py.line(format!(
            "{} = sum(task.done() for task in {})",
            names.done, names.tasks
        ));
    }
}

fn wrap_limit(plan: Loop, call: String) -> String {
    match plan.limit {
        Some(_) => format!("in_slot({call})"),
        None => call,
    }
}

fn overlapping(p: &mut Program<'_>, plan: Loop, order: &[usize]) {
    let groups = p.version.has_task_group();
    p.help(match (groups, plan.limit.is_some()) {
        (true, false) => Helper::RunAll,
        (true, true) => Helper::RunAllLimited,
        (false, false) => Helper::RunAllBefore311,
        (false, true) => Helper::RunAllLimitedBefore311,
    });
    p.py.comment("Each kind has a task that waits for what it follows and starts its tasks.");
    if groups {
        p.py.open("async with asyncio.TaskGroup() as group:");
    }
    let start = if groups {
        "group.create_task"
    } else {
        "asyncio.create_task"
    };
    for &kind in order {
        let after = predecessors(p, kind);
        let offsets = p.all_offsets(kind);
        let mut args = vec![format!("[{}]", after.join(", "))];
        args.push(p.kinds[kind].function.clone());
        args.push(offsets);
        args.extend(coroutine::task_arguments(p, plan, kind));
        p.py.nested_call(
            &format!("{} = {start}", p.kinds[kind].tasks),
            "run_all",
            &args,
        );
    }
    if groups {
        p.py.close();
    } else {
        let all: Vec<String> = order.iter().map(|&k| p.kinds[k].tasks.clone()).collect();
        p.py.call("await asyncio.gather", &all, "");
    }
    for &kind in order {
        let names = &p.kinds[kind];
        p.py.line(format!("{} = {}.result()", names.done, names.tasks));
    }
}
