//! The `sync` plan: a plain loop.

use crate::scenario::ResourceKind;

use super::blocking::{self, Host};
use super::helpers::Helper;
use super::program::Program;
use super::stages::{Schedule, schedule};

/// Writes the program.
pub(super) fn write(p: &mut Program<'_>) {
    queues(p);
    blocking::write_tasks(p, Host::Alone);
    p.open_main("def main");
    match schedule(&p.scenario.kinds) {
        Schedule::Stages(stages) => {
            for (index, stage) in stages.iter().enumerate() {
                if index > 0 {
                    p.stage_comment(stage);
                }
                for &kind in stage {
                    one_kind(p, kind);
                }
            }
        }
        Schedule::Overlapping { order, stuck } => {
            in_order(p, &order);
            p.stuck_kinds(&stuck);
        }
    }
    p.summary();
    p.py.close();
}

fn queues(p: &mut Program<'_>) {
    for index in p.used_resources() {
        // Locks are not needed: nobody else runs.
        if let ResourceKind::Queue { capacity } = p.scenario.resources[index].kind {
            p.import("queue");
            let name = &p.resources[index];
            let object = Program::queue_object("queue.Queue", capacity);
            p.globals
                .line(format!("{name}: queue.Queue[int] = {object}"));
        }
    }
}

fn one_kind(p: &mut Program<'_>, kind: usize) {
    let numbers = p.numbers(kind);
    let call = call(p, kind);
    let done = p.kinds[kind].done.clone();
    p.py.line(format!("{done} = 0"));
    p.py.open(format!("for number in {numbers}:"));
    p.py.line(call);
    p.py.line(format!("{done} += 1"));
    p.py.close();
}

fn call(p: &Program<'_>, kind: usize) -> String {
    let mut args = vec!["number".to_owned()];
    args.extend(blocking::task_arguments(p, Host::Alone, kind));
    format!("{}({})", p.kinds[kind].function, args.join(", "))
}

/// Kinds whose arrivals mix, or that follow some of the others.
fn in_order(p: &mut Program<'_>, order: &[usize]) {
    p.help(Helper::RunInOrder);
    p.py.open("done = run_in_order(");
    p.py.open("{");
    for &kind in order {
        let offsets = p.all_offsets(kind);
        let after = &p.scenario.kinds[kind].after;
        let after: Vec<String> = after
            .iter()
            .map(|&k| format!("\"{}\"", p.kinds[k as usize].function))
            .collect();
        let function = p.kinds[kind].function.clone();
        let mut args = vec![function.clone(), offsets, format!("[{}]", after.join(", "))];
        let extra = blocking::task_arguments(p, Host::Alone, kind);
        if !extra.is_empty() {
            args.push(format!("({},)", extra.join(", ")));
        }
        p.py.call(&format!("\"{function}\": Kind"), &args, ",");
    }
    p.py.close_bracket("}");
    p.py.close_bracket(")");
    for &kind in order {
        let names = &p.kinds[kind];
        p.py.line(format!("{} = done[\"{}\"]", names.done, names.function));
    }
}
