//! Functions for tasks that run without an event loop: in a plain loop, in threads, in worker
//! processes or interpreters. A step is a call that returns when it is done.
//!
//! A time limit is a deadline that every wait under it is handed, as socket and lock time-outs are;
//! nothing cuts Python or native code.

mod leaves;
mod scopes;

use std::collections::VecDeque;

use crate::scenario::Step;
use crate::units::Bytes;

use super::helpers::Helper;
use super::program::Program;
use super::steps;
use super::text::{self, integer};

/// Where a task's function runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// In the one thread there is.
    Alone,
    /// In a thread pool, named `pool`.
    PoolThread,
    /// In a thread of its own.
    OwnThread,
    /// In a worker process.
    Process,
    /// In a worker interpreter.
    Interpreter,
}

/// A branch of a gather, to be written behind the function that starts it.
struct Branch<'a> {
    name: String,
    params: Vec<String>,
    doc: String,
    steps: &'a [Step],
    under_deadline: bool,
}

/// What is known while a function is written.
struct Body<'a> {
    host: Host,
    /// The function's name, for its branches'.
    stem: String,
    /// The kind does nothing but wait.
    only_waits: bool,
    /// The deadline in force.
    deadline: Option<String>,
    /// How many deadlines the function has.
    deadlines: u32,
    /// Branches so far, to number them.
    count: usize,
    branches: VecDeque<Branch<'a>>,
}

/// Writes the function of each kind, and those of its branches.
pub(super) fn write_tasks(p: &mut Program<'_>, host: Host) {
    let scenario = p.scenario;
    for (index, kind) in scenario.kinds.iter().enumerate() {
        let function = p.kinds[index].function.clone();
        let params = task_params(p, host, index);
        let returns = returns(kind.output);
        let doc = task_doc(&kind.name);
        p.open_function(&format!("def {function}"), &params, returns, &doc);
        let mut body = Body {
            host,
            stem: function.clone(),
            only_waits: steps::only_waits(&kind.steps),
            deadline: None,
            deadlines: 0,
            count: 0,
            branches: VecDeque::new(),
        };
        opening(p, &function, &kind.steps, kind.memory);
        write_steps(p, &mut body, &kind.steps);
        closing(p, kind.output);
        while let Some(branch) = body.branches.pop_front() {
            write_branch(p, &mut body, branch);
        }
    }
}

/// The doc string of a task's function.
pub(super) fn task_doc(name: &str) -> String {
    format!("Do one {} task.", text::in_docstring(name))
}

/// What a task's function returns.
pub(super) fn returns(output: Bytes) -> &'static str {
    if output.0 > 0 { "bytes" } else { "None" }
}

/// The first lines of a task: its random numbers, its memory.
pub(super) fn opening(p: &mut Program<'_>, function: &str, steps: &[Step], memory: Bytes) {
    if steps::random(steps) {
        p.seed();
        p.say_once("Its own generator: the same draws, whoever runs it and when.");
        p.py.line(format!(
            "rng = random.Random(f\"{{SEED}} {function} {{number}}\")"
        ));
    }
    if memory.0 > 0 {
        let line = format!("_workspace = bytearray({})", integer(memory.0));
        p.py.noted(line, "held until the task ends");
    }
}

/// The last lines of a task: what it hands back.
pub(super) fn closing(p: &mut Program<'_>, output: Bytes) {
    if output.0 > 0 {
        p.py.noted(
            format!("return bytes({})", integer(output.0)),
            "replace with your result",
        );
    }
    p.py.close();
}

/// The arguments behind a task's number, as the code that starts it writes them.
pub(super) fn task_arguments(p: &Program<'_>, host: Host, kind: usize) -> Vec<String> {
    let scenario = p.scenario;
    let mut args = Vec::new();
    if scenario.kinds[kind].input.0 > 0 {
        args.push(format!("bytes({})", integer(scenario.kinds[kind].input.0)));
    }
    if host == Host::Interpreter {
        let used = steps::resources(&scenario.kinds[kind].steps);
        args.extend(used.into_iter().map(|r| p.resources[r].clone()));
    }
    args
}

fn task_params(p: &mut Program<'_>, host: Host, kind: usize) -> Vec<String> {
    let scenario = p.scenario;
    let mut params = vec!["number: int".to_owned()];
    if scenario.kinds[kind].input.0 > 0 {
        params.push("payload: bytes".to_owned());
    }
    if host == Host::Interpreter {
        for r in steps::resources(&scenario.kinds[kind].steps) {
            p.import_from("concurrent", "interpreters");
            params.push(format!("{}: interpreters.Queue", p.resources[r]));
        }
    }
    params
}

fn write_branch<'a>(p: &mut Program<'_>, body: &mut Body<'a>, branch: Branch<'a>) {
    p.open_function(
        &format!("def {}", branch.name),
        &branch.params,
        "None",
        &branch.doc,
    );
    body.deadline = branch.under_deadline.then(|| "deadline".to_owned());
    body.deadlines = u32::from(branch.under_deadline);
    // In a thread of its own nobody is there to catch what the deadline raises.
    let catches = branch.under_deadline && body.host == Host::OwnThread;
    if catches {
        scopes::open_suppress(p, body, branch.steps, "");
    }
    write_steps(p, body, branch.steps);
    if catches {
        p.py.close();
    }
    p.py.close();
}

fn write_steps<'a>(p: &mut Program<'_>, body: &mut Body<'a>, steps: &'a [Step]) {
    for step in steps {
        match step {
            Step::Io { dur, .. } => leaves::write_io(p, body, *dur),
            Step::Cpu { dur, .. } => leaves::write_cpu(p, body.host, *dur),
            Step::Native { dur, .. } => leaves::write_native(p, body.host, *dur),
            Step::Lock { resource, steps } => write_lock(p, body, *resource as usize, steps),
            Step::Put { queue } => leaves::write_put(p, body, *queue as usize),
            Step::Get { queue } => leaves::write_get(p, body, *queue as usize),
            Step::Repeat { times, steps } => {
                p.py.open(format!("for _ in range({}):", integer(u64::from(*times))));
                write_steps(p, body, steps);
                p.py.close();
            }
            Step::Gather { branches } => scopes::write_gather(p, body, branches),
            Step::Timeout { after, steps } => {
                scopes::write_timeout(p, body, text::seconds(*after), steps)
            }
        }
    }
}

fn write_lock<'a>(p: &mut Program<'_>, body: &mut Body<'a>, resource: usize, steps: &'a [Step]) {
    let name = p.resources[resource].clone();
    let head = match (body.host, &body.deadline) {
        (Host::Alone, _) => {
            p.py.comment(&format!(
                "Under {name}, which needs no lock: nobody else runs."
            ));
            return write_steps(p, body, steps);
        }
        (Host::Interpreter, None) => {
            p.help(Helper::Permit);
            format!("with permit({name}):")
        }
        (Host::Interpreter, Some(deadline)) => {
            p.help(Helper::PermitUntil);
            format!("with permit_until({name}, {deadline}):")
        }
        (_, None) => format!("with {name}:"),
        (_, Some(deadline)) => {
            p.help(Helper::HeldUntil);
            format!("with held_until({name}, {deadline}):")
        }
    };
    p.py.open(head);
    write_steps(p, body, steps);
    p.py.close();
}
