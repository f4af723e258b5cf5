//! Functions for tasks that run without an event loop: in a plain loop, in threads, in worker
//! processes or interpreters. A step is a call that returns when it is done.
//!
//! A time limit is a deadline that every wait under it is handed, as socket and lock time-outs are;
//! nothing cuts Python or native code.

use std::collections::VecDeque;

use crate::scenario::Step;
use crate::units::Bytes;

use super::helpers::Helper;
use super::leaves::{self, can_be_cut};
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
pub(super) struct Body<'a> {
    pub(super) host: Host,
    /// The function's name, for its branches'.
    stem: String,
    /// The kind does nothing but wait.
    pub(super) only_waits: bool,
    /// The deadline in force.
    pub(super) deadline: Option<String>,
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
        let line = format!("workspace = bytearray({})", integer(memory.0));
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
        let used = steps::resources(scenario, &scenario.kinds[kind].steps);
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
        for r in steps::resources(scenario, &scenario.kinds[kind].steps) {
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
        open_suppress(p, body, branch.steps, "");
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
            Step::Gather { branches } => write_gather(p, body, branches),
            Step::Timeout { after, steps } => write_timeout(p, body, text::seconds(*after), steps),
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

fn write_gather<'a>(p: &mut Program<'_>, body: &mut Body<'a>, branches: &'a [Vec<Step>]) {
    if !matches!(body.host, Host::PoolThread | Host::OwnThread) {
        p.say_once("One branch after another: inside this task nothing runs side by side.");
        for (index, steps) in branches.iter().enumerate() {
            p.py.comment(&format!("Branch {}.", index + 1));
            write_steps(p, body, steps);
        }
        return;
    }
    let start = match body.host {
        Host::PoolThread => {
            p.say_once(
                "The branches go to this same pool. If every worker waits here, none is left to \
                 run a branch, and all wait for ever: pool starvation.",
            );
            "pool.submit"
        }
        _ => {
            p.help(Helper::StartThread);
            "start"
        }
    };
    let calls: Vec<Vec<String>> = branches
        .iter()
        .map(|steps| add_branch(p, body, steps))
        .collect();
    p.py.open("branches = [");
    for args in calls {
        p.py.call(start, &args, ",");
    }
    p.py.close_bracket("]");
    let cut = body
        .deadline
        .clone()
        .filter(|_| branches.iter().any(|b| can_be_cut(body.host, b)));
    if body.host == Host::PoolThread {
        if cut.is_some() {
            p.import_from("concurrent.futures", "wait");
            p.py.noted("wait(branches)", "all of them, before one may raise");
        }
        p.py.open("for branch in branches:");
        p.py.line("branch.result()");
        p.py.close();
    } else {
        p.py.open("for branch in branches:");
        p.py.line("branch.join()");
        p.py.close();
        if let Some(deadline) = cut {
            raise_if_late(p, &deadline);
        }
    }
}

/// Plans the function of a branch; returns what starts it: its name and its arguments.
fn add_branch<'a>(p: &mut Program<'_>, body: &mut Body<'a>, steps: &'a [Step]) -> Vec<String> {
    body.count += 1;
    let name = p
        .names
        .claim(&format!("{}_branch_{}", body.stem, body.count));
    let mut args = vec![name.clone()];
    let mut params = Vec::new();
    if steps::puts(steps) {
        args.push("number".to_owned());
        params.push("number: int".to_owned());
    }
    if steps::random(steps) {
        args.push("rng".to_owned());
        params.push("rng: random.Random".to_owned());
    }
    let deadline = body
        .deadline
        .clone()
        .filter(|_| can_be_cut(body.host, steps));
    let under_deadline = deadline.is_some();
    if let Some(deadline) = deadline {
        args.push(deadline);
        params.push("deadline: float".to_owned());
    }
    let doc = format!("Do a part of one {} task.", body.stem);
    body.branches.push_back(Branch {
        name,
        params,
        doc,
        steps,
        under_deadline,
    });
    args
}

fn write_timeout<'a>(p: &mut Program<'_>, body: &mut Body<'a>, seconds: String, steps: &'a [Step]) {
    if !can_be_cut(body.host, steps) {
        p.py.comment(&format!(
            "A time limit of {seconds} s cuts waits, and here is none."
        ));
        return write_steps(p, body, steps);
    }
    let outer = body.deadline.clone();
    body.deadlines += 1;
    let own = match body.deadlines {
        1 => "deadline".to_owned(),
        n => format!("deadline_{n}"),
    };
    open_suppress(p, body, steps, "a task that is late goes on behind this");
    p.import("time");
    match &outer {
        None => {
            p.py.line(format!("{own} = time.perf_counter() + {seconds}"))
        }
        Some(outer) => {
            let args = [outer.clone(), format!("time.perf_counter() + {seconds}")];
            p.py.call(&format!("{own} = min"), &args, "");
        }
    }
    body.deadline = Some(own);
    write_steps(p, body, steps);
    p.py.close();
    body.deadline = outer;
    if let Some(outer) = body.deadline.clone() {
        raise_if_late(p, &outer);
    }
}

/// The limit around this one may have passed as well: then that one is what was missed.
fn raise_if_late(p: &mut Program<'_>, deadline: &str) {
    p.import("time");
    p.py.open(format!("if time.perf_counter() >= {deadline}:"));
    p.py.noted("raise TimeoutError", "this limit has passed as well");
    p.py.close();
}

fn open_suppress(p: &mut Program<'_>, body: &Body<'_>, steps: &[Step], note: &str) {
    p.import_from("contextlib", "suppress");
    let mut errors = "TimeoutError".to_owned();
    let raised = [
        (steps::gets(steps), ", queue.Empty"),
        (steps::puts(steps), ", queue.Full"),
    ];
    for (_, error) in raised.iter().filter(|(raised, _)| *raised) {
        if body.host != Host::Interpreter {
            p.import("queue");
            errors.push_str(error);
        }
    }
    let head = format!("with suppress({errors}):");
    match note {
        "" => p.py.line(head),
        note => p.py.noted(head, note),
    }
    p.py.indent();
}
