//! Functions for tasks on an event loop. What waits is awaited; what would hold the loop goes to
//! the threads or processes that the plan has under it, and otherwise freezes the loop, as in life.

mod leaves;

use std::collections::VecDeque;

use crate::scenario::{Place, Step};

use super::asyncio::Loop;
use super::blocking::{closing, opening, returns, task_doc};
use super::helpers::Helper;
use super::program::Program;
use super::steps;
use super::text::{self, integer};

/// A part of a task that is a coroutine of its own: a branch, or what a time limit surrounds where
/// Python has no `asyncio.timeout`.
struct Part<'a> {
    name: String,
    params: Vec<String>,
    steps: &'a [Step],
}

/// What is sent along with a step that goes to another process.
#[derive(Clone, Copy)]
struct Cargo {
    payload: &'static str,
    output: u64,
}

/// What is known while a function is written.
struct Body<'a> {
    plan: Loop,
    /// The function's name, for its parts'.
    stem: String,
    /// What a step in another process is sent and sends back, where the kind has that.
    cargo: Option<Cargo>,
    /// Parts so far, to number them.
    count: usize,
    parts: VecDeque<Part<'a>>,
}

/// Writes the function of each kind, and those of its parts.
pub(super) fn write_tasks(p: &mut Program<'_>, plan: Loop) {
    let scenario = p.scenario;
    for (index, kind) in scenario.kinds.iter().enumerate() {
        let function = p.kinds[index].function.clone();
        let mut params = vec!["number: int".to_owned()];
        if kind.input.0 > 0 {
            params.push("payload: bytes".to_owned());
        }
        if uses(&kind.steps, plan, Place::Processes) {
            params.push("processes: ProcessPoolExecutor".to_owned());
        }
        let doc = task_doc(&kind.name);
        let head = format!("async def {function}");
        p.open_function(&head, &params, returns(kind.output), &doc);
        let cargo = (kind.input.0 > 0 || kind.output.0 > 0).then_some(Cargo {
            payload: if kind.input.0 > 0 { "payload" } else { "b\"\"" },
            output: kind.output.0,
        });
        let mut body = Body {
            plan,
            stem: function.clone(),
            cargo,
            count: 0,
            parts: VecDeque::new(),
        };
        opening(p, &function, &kind.steps, kind.memory);
        running_loop(p, plan, &kind.steps);
        write_steps(p, &mut body, &kind.steps);
        closing(p, kind.output);
        while let Some(part) = body.parts.pop_front() {
            write_part(p, &mut body, part);
        }
    }
}

/// The arguments behind a task's number, as the code that starts it writes them.
pub(super) fn task_arguments(p: &Program<'_>, plan: Loop, kind: usize) -> Vec<String> {
    let kind = &p.scenario.kinds[kind];
    let mut args = Vec::new();
    if kind.input.0 > 0 {
        args.push(format!("bytes({})", integer(kind.input.0)));
    }
    if uses(&kind.steps, plan, Place::Processes) {
        args.push("processes".to_owned());
    }
    args
}

/// Whether any of the steps is put there.
pub(super) fn uses(steps: &[Step], plan: Loop, place: Place) -> bool {
    steps::any(steps, &|step| place_of(step, plan) == Some(place))
}

/// Where a step is put: where it asks to be, if the plan has that; else off the loop where it would
/// hold it, `cpu` and `native` rather to processes, blocking `io` rather to threads.
fn place_of(step: &Step, plan: Loop) -> Option<Place> {
    let (on, wanted) = match *step {
        Step::Cpu { on, .. } => (on, [Place::Processes, Place::Loop]),
        Step::Native { on, .. } => (on, [Place::Processes, Place::Threads]),
        Step::Io {
            on, blocking: true, ..
        } => (on, [Place::Threads, Place::Processes]),
        Step::Io {
            on,
            blocking: false,
            ..
        } => (on, [Place::Loop, Place::Loop]),
        _ => return None,
    };
    let has = |place: &Place| match place {
        Place::Loop => true,
        Place::Threads => plan.threads.is_some(),
        Place::Processes => plan.processes.is_some(),
    };
    on.into_iter().chain(wanted).find(has).or(Some(Place::Loop))
}

fn running_loop(p: &mut Program<'_>, plan: Loop, steps: &[Step]) {
    if outside_parts(p, steps, plan) {
        p.py.line("loop = asyncio.get_running_loop()");
    }
}

/// Whether a function with these steps sends any to processes itself, not in one of its parts.
fn outside_parts(p: &Program<'_>, steps: &[Step], plan: Loop) -> bool {
    steps.iter().any(|step| match step {
        Step::Gather { .. } => false,
        Step::Timeout { .. } if !p.version.has_task_group() => false,
        Step::Lock { steps, .. } | Step::Repeat { steps, .. } | Step::Timeout { steps, .. } => {
            outside_parts(p, steps, plan)
        }
        step => place_of(step, plan) == Some(Place::Processes),
    })
}

fn write_part<'a>(p: &mut Program<'_>, body: &mut Body<'a>, part: Part<'a>) {
    let doc = format!("Do a part of one {} task.", body.stem);
    p.open_function(
        &format!("async def {}", part.name),
        &part.params,
        "None",
        &doc,
    );
    running_loop(p, body.plan, part.steps);
    write_steps(p, body, part.steps);
    p.py.close();
}

fn write_steps<'a>(p: &mut Program<'_>, body: &mut Body<'a>, steps: &'a [Step]) {
    for step in steps {
        match step {
            Step::Io { dur, .. } => leaves::write_io(p, body, step, text::seconds(*dur)),
            Step::Cpu { dur, .. } => {
                p.help(Helper::PythonWork);
                leaves::write_work(p, body, step, "python_work", text::seconds(*dur));
            }
            Step::Native { dur, .. } => {
                p.help(Helper::NativeWork);
                leaves::write_work(p, body, step, "native_work", text::seconds(*dur));
            }
            Step::Lock { resource, steps } => {
                p.py.open(format!("async with {}:", p.resources[*resource as usize]));
                write_steps(p, body, steps);
                p.py.close();
            }
            Step::Put { queue } => {
                p.py.line(format!(
                    "await {}.put(number)",
                    p.resources[*queue as usize]
                ));
            }
            Step::Get { queue } => {
                p.py.line(format!("await {}.get()", p.resources[*queue as usize]));
            }
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

fn write_gather<'a>(p: &mut Program<'_>, body: &mut Body<'a>, branches: &'a [Vec<Step>]) {
    let calls: Vec<String> = branches
        .iter()
        .map(|steps| add_part(p, body, "branch", steps))
        .collect();
    if p.version.has_task_group() {
        p.py.open("async with asyncio.TaskGroup() as branches:");
        for call in calls {
            p.py.call("branches.create_task", &[call], "");
        }
        p.py.close();
    } else {
        p.py.call("await asyncio.gather", &calls, "");
    }
}

/// Plans a coroutine for some of the steps; returns its call.
fn add_part<'a>(p: &mut Program<'_>, body: &mut Body<'a>, word: &str, steps: &'a [Step]) -> String {
    body.count += 1;
    let name = p
        .names
        .claim(&format!("{}_{word}_{}", body.stem, body.count));
    let mut args = Vec::new();
    let mut params = Vec::new();
    if steps::puts(steps) {
        args.push("number");
        params.push("number: int".to_owned());
    }
    if steps::random(steps) {
        args.push("rng");
        params.push("rng: random.Random".to_owned());
    }
    if uses(steps, body.plan, Place::Processes) {
        args.push("processes");
        params.push("processes: ProcessPoolExecutor".to_owned());
        if body.cargo.is_some_and(|cargo| cargo.payload == "payload") {
            args.push("payload");
            params.push("payload: bytes".to_owned());
        }
    }
    let call = format!("{name}({})", args.join(", "));
    body.parts.push_back(Part {
        name,
        params,
        steps,
    });
    call
}

fn write_timeout<'a>(p: &mut Program<'_>, body: &mut Body<'a>, seconds: String, steps: &'a [Step]) {
    p.import_from("contextlib", "suppress");
    if steps::any(steps, &|step| {
        place_of(step, body.plan).is_some_and(|at| at != Place::Loop)
    }) {
        p.say_once("The limit ends the wait; what an executor has begun runs on to its end.");
    }
    let note = "a task that is late goes on behind this";
    if p.version.has_task_group() {
        p.py.noted("with suppress(TimeoutError):", note);
        p.py.indent();
        p.py.open(format!("async with asyncio.timeout({seconds}):"));
        write_steps(p, body, steps);
        p.py.close();
    } else {
        p.py.noted("with suppress(asyncio.TimeoutError):", note);
        p.py.indent();
        let call = add_part(p, body, "within", steps);
        p.py.call("await asyncio.wait_for", &[call, seconds], "");
    }
    p.py.close();
}
