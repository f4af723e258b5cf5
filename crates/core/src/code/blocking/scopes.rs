//! What surrounds steps without an event loop: branches side by side, and time limits.

use crate::scenario::Step;

use super::leaves::can_be_cut;
use super::{Body, Branch, Host, write_steps};
use crate::code::helpers::Helper;
use crate::code::program::Program;
use crate::code::steps;

/// Writes a gather: side by side among threads, in a row elsewhere.
pub(super) fn write_gather<'a>(
    p: &mut Program<'_>,
    body: &mut Body<'a>,
    branches: &'a [Vec<Step>],
) {
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

/// Writes a time limit: a deadline for every wait under it.
pub(super) fn write_timeout<'a>(
    p: &mut Program<'_>,
    body: &mut Body<'a>,
    seconds: String,
    steps: &'a [Step],
) {
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

/// Opens the block that a missed deadline ends.
pub(super) fn open_suppress(p: &mut Program<'_>, body: &Body<'_>, steps: &[Step], note: &str) {
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
