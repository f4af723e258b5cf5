//! Programs run on real Pythons: they end well, say nothing on stderr, and do every task exactly once.
//!
//! Those for `interpreters` run on Python 3.14, those for all other plans on the machine's `python3`,
//! and once more on 3.14, which is what `trilane code` writes for by default.

use std::fmt::Write as _;
use std::fs;

use crate::python::{self, Python};
use crate::{PLANS, program, scenario};
use trilane_core::scenario::Scenario;

/// Leaves, draws, payloads, memory; blocking waits and places.
const LEAVES: &str = r#"
trilane = 1
title = "Leaves"
seed = 3
[tasks.mixed]
count = 7
input = "20kB"
output = "3kB"
memory = "1MB"
steps = [
  { io = "uniform(1ms, 2ms)" }, { io = "exp(500us)", blocking = true },
  { cpu = "normal(300us, 100us)" }, { native = "lognormal(300us, 0.5)" },
  { cpu = "50us", on = "threads" }, { native = "50us", on = "loop" },
  { io = "200us", on = "processes" }, { io = "200us", on = "threads", blocking = true },
]
[tasks.waits]
count = 5
steps = [ { repeat = 2, steps = [ { io = "pareto(300us, 3)" }, { repeat = 0, steps = [ { cpu = "1s" } ] } ] } ]
[tasks.nothing]
count = 3
steps = []
"#;

/// Locks, a semaphore, queues bounded and not, items left over.
const RESOURCES: &str = r#"
trilane = 1
title = "Resources"
[tasks.producer]
count = 2
steps = [ { repeat = 6, steps = [ { io = "200us" }, { put = "inbox" }, { put = "log" } ] } ]
[tasks.consumer]
count = 3
steps = [ { repeat = 4, steps = [ { get = "inbox" }, { lock = "db", steps = [ { cpu = "100us" }, { lock = "slots", steps = [ { io = "100us" } ] } ] } ] } ]
[resources]
inbox = { capacity = 0 }
log = { capacity = 100 }
db = { permits = 1 }
slots = { permits = 2 }
"#;

/// Stages: everything of one after everything of the one before, with arrivals.
const STAGES: &str = r#"
trilane = 1
title = "Stages"
[tasks.login]
count = 2
steps = [ { io = "1ms" } ]
[tasks.poll]
count = 4
arrive = "every(1ms)"
steps = [ { cpu = "100us" } ]
[tasks.fetch]
count = 6
after = ["login", "poll"]
arrive = "poisson(2000/s)"
input = "1kB"
steps = [ { io = "1ms" } ]
[tasks.report]
count = 1
after = ["fetch"]
steps = [ { cpu = "100us" } ]
"#;

/// Kinds that overlap freely.
const OVERLAPPING: &str = r#"
trilane = 1
title = "Overlapping"
[tasks.late]
count = 3
after = ["early"]
input = "1kB"
steps = [ { cpu = "100us" } ]
[tasks.early]
count = 2
arrive = "poisson(1000/s)"
steps = [ { io = "1ms" } ]
[tasks.beat]
count = 5
arrive = "every(2ms)"
steps = [ { io = "500us", blocking = true } ]
[tasks.last]
count = 1
after = ["late", "empty"]
steps = [ { native = "100us" } ]
[tasks.empty]
count = 1
steps = []
"#;

/// Branches and time limits, one in the other.
const BRANCHES: &str = r#"
trilane = 1
title = "Branches and limits"
[tasks.parent]
count = 2
steps = [
  { gather = [
      [ { io = "exp(1ms)" }, { put = "box" } ],
      [ { cpu = "100us" }, { gather = [ [ { io = "1ms" } ], [ { native = "100us" } ] ] } ],
      [],
  ] },
  { timeout = "2ms", steps = [
      { io = "1ms", blocking = true },
      { gather = [ [ { io = "500ms" } ], [ { cpu = "100us" } ] ] },
      { io = "1s" },
  ] },
  { get = "box" },
]
[tasks.limits]
count = 4
steps = [
  { timeout = "uniform(1ms, 2ms)", steps = [ { get = "never" } ] },
  { timeout = "20ms", steps = [ { lock = "db", steps = [ { timeout = "1ms", steps = [ { io = "1s" }, { io = "1s" } ] } ] }, { put = "box" }, { get = "box" } ] },
  { timeout = "1ms", steps = [ { timeout = "1s", steps = [ { lock = "db", steps = [ { io = "2s" } ] } ] }, { get = "never" } ] },
  { timeout = "1ms", steps = [ { cpu = "100us" } ] },
  { cpu = "100us" },
]
[resources]
box = { capacity = 10 }
never = { capacity = 1 }
db = { permits = 1 }
"#;

/// Puts lines into every task's function that note the call in a file; also gives those functions'
/// names, which stand in the order of the kinds.
fn with_notes(program: &str) -> (String, Vec<&str>) {
    let (mut out, mut functions) = (String::new(), Vec::new());
    let mut function = "";
    for line in program.lines() {
        if let Some(head) = line
            .strip_prefix("async def ")
            .or(line.strip_prefix("def "))
        {
            function = head.split('(').next().unwrap_or_default();
        }
        out.push_str(line);
        out.push('\n');
        if line.starts_with("    \"\"\"Do one ") {
            functions.push(function);
            // Opened for appending, so that calls from several processes do not overwrite.
            writeln!(out, "    with open(\"calls\", \"a\") as calls:").expect("a string takes it");
            writeln!(out, "        calls.write(f\"{function} {{number}}\\n\")").expect("as above");
        }
    }
    (out, functions)
}

/// Runs the program, and checks that it ends well and that every task ran once.
pub(crate) fn check(scenario: &Scenario, text: &str, python: &Python, label: &str) {
    let label = &format!("{label} on {}", python.version());
    let folder = tempfile::tempdir().expect("a folder for the program");
    let (noted, functions) = with_notes(text);
    fs::write(folder.path().join("program.py"), noted).expect("the program is written");
    let ran = python.run(&["program.py"], folder.path());
    assert!(
        ran.ok && ran.stderr.is_empty(),
        "{label}: {}\n{text}",
        ran.stderr
    );

    let parts: Vec<String> = scenario
        .kinds
        .iter()
        .map(|kind| format!("{}: {} of {}", kind.name, kind.count, kind.count))
        .collect();
    let summary = format!("{} done in ", parts.join(", "));
    assert!(
        ran.stdout.starts_with(&summary),
        "{label}: {} is not {summary}",
        ran.stdout
    );
    assert_eq!(ran.stdout.lines().count(), 1, "{label}: {}", ran.stdout);

    let calls = fs::read_to_string(folder.path().join("calls")).unwrap_or_default();
    let mut calls: Vec<&str> = calls.lines().collect();
    let mut expected: Vec<String> = scenario
        .kinds
        .iter()
        .zip(functions)
        .flat_map(|(kind, name)| (0..kind.count).map(move |number| format!("{name} {number}")))
        .collect();
    calls.sort_unstable();
    expected.sort_unstable();
    assert_eq!(calls, expected, "{label}");
}

fn check_all(text: &str) {
    let scenario = scenario(text);
    for plan in PLANS {
        let python = python::for_plan(plan);
        let text = program(&scenario, plan, &python.version());
        check(&scenario, &text, python, plan);
    }
}

#[test]
fn leaves_run_under_every_plan() {
    check_all(LEAVES);
}

#[test]
fn locks_and_queues_run_under_every_plan() {
    check_all(RESOURCES);
}

#[test]
fn stages_run_under_every_plan() {
    check_all(STAGES);
}

#[test]
fn overlapping_kinds_run_under_every_plan() {
    check_all(OVERLAPPING);
}

#[test]
fn branches_and_limits_run_under_every_plan() {
    check_all(BRANCHES);
}

/// `forkserver` as the default start method, annotations that are not evaluated, new warnings: what
/// runs on an older Python need not run on this one.
#[test]
fn every_plan_runs_on_a_python_with_interpreter_pools() {
    let scenario = scenario(RESOURCES);
    let python = python::newest();
    for plan in PLANS {
        let text = program(&scenario, plan, &python.version());
        check(&scenario, &text, python, plan);
    }
}
