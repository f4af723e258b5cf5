//! Handing tasks to an executor of `concurrent.futures`: the same for threads, processes and
//! interpreters.

use super::blocking::{self, Host};
use super::helpers::Helper;
use super::program::Program;
use super::stages::{Schedule, schedule};
use super::text::integer;
use super::threads::predecessors;

/// Writes what `main` does with `pool`, up to the summary.
pub(super) fn hand_out(p: &mut Program<'_>, host: Host, chunk: u32) {
    match schedule(&p.scenario.kinds) {
        Schedule::Stages(stages) => {
            for (index, stage) in stages.iter().enumerate() {
                if index > 0 {
                    p.stage_comment(stage);
                }
                for &kind in stage {
                    submit(p, host, kind, chunk);
                }
                for &kind in stage {
                    count(p, kind);
                }
            }
        }
        Schedule::Overlapping { order, stuck } => {
            feeders(p, host, &order);
            p.stuck_kinds(&stuck);
        }
    }
    p.summary();
}

/// Whether [`hand_out`] submits from threads of its own.
pub(super) fn submits_from_threads(p: &Program<'_>) -> bool {
    matches!(schedule(&p.scenario.kinds), Schedule::Overlapping { .. })
}

fn submit(p: &mut Program<'_>, host: Host, kind: usize, chunk: u32) {
    let extra = blocking::task_arguments(p, host, kind);
    let over_time = p.offsets(kind).is_some();
    let numbers = p.numbers(kind);
    let names = &p.kinds[kind];
    let (function, tasks) = (names.function.clone(), names.tasks.clone());
    if over_time {
        if chunk > 1 {
            p.say_once("Tasks that come one by one cannot be sent in chunks.");
        }
        let mut args = vec![function, "number".to_owned()];
        args.extend(extra);
        let call = format!("pool.submit({})", args.join(", "));
        return p
            .py
            .comprehension(&tasks, &call, &format!("for number in {numbers}"));
    }
    let mut args = vec![function, numbers];
    if !extra.is_empty() {
        p.import_from("itertools", "repeat");
        args.extend(extra.iter().map(|arg| format!("repeat({arg})")));
    }
    if chunk > 1 {
        p.say_once("Chunks: one message to a worker carries many tasks.");
        args.push(format!("chunksize={}", integer(u64::from(chunk))));
    }
    p.py.call(&format!("{tasks} = pool.map"), &args, "");
}

fn count(p: &mut Program<'_>, kind: usize) {
    let over_time = p.offsets(kind).is_some();
    let names = &p.kinds[kind];
    let line = match over_time {
        true => format!(
            "{} = len([task.result() for task in {}])",
            names.done, names.tasks
        ),
        false => format!("{} = sum(1 for _ in {})", names.done, names.tasks),
    };
    p.py.line(line);
}

fn feeders(p: &mut Program<'_>, host: Host, order: &[usize]) {
    p.help(Helper::FeedPool);
    p.import_from("concurrent.futures", "ThreadPoolExecutor");
    p.py.comment("Each kind has a thread that waits for what it follows and submits its tasks.");
    p.py.open(format!(
        "with ThreadPoolExecutor(max_workers={}) as feeders:",
        order.len().max(1)
    ));
    for &kind in order {
        let after = predecessors(p, kind);
        let offsets = p.all_offsets(kind);
        let mut args = vec!["feed".to_owned(), "pool".to_owned()];
        args.push(format!("[{}]", after.join(", ")));
        args.push(p.kinds[kind].function.clone());
        args.push(offsets);
        args.extend(blocking::task_arguments(p, host, kind));
        p.py.call(
            &format!("{} = feeders.submit", p.kinds[kind].tasks),
            &args,
            "",
        );
    }
    p.py.close();
    for &kind in order {
        let names = &p.kinds[kind];
        p.py.line(format!("{} = {}.result()", names.done, names.tasks));
    }
}
