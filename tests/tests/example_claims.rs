//! Every embedded example says something; here each of those claims is checked by simulation.
//!
//! Bounds are as loose as the claim allows, so that a better-calibrated profile does not break
//! them, and as tight as it needs, so that a wrong rule does.

use std::collections::BTreeSet;

use trilane_core::examples::{Example, all, find};
use trilane_core::model::{Setup, record};
use trilane_core::plan::parse_plan;
use trilane_core::profile::{default_python, embedded};
use trilane_core::report::{Report, report};
use trilane_core::scenario::{Format, parse};
use trilane_core::trace::{SpanKind, Trace};
use trilane_core::workload::draw;

const MS: f64 = 1e6;

/// What is looked at in a run.
#[derive(Clone, Copy, Debug)]
enum Figure {
    /// When the last task ended, ns.
    Makespan,
    /// 95th percentile of latency over all tasks, ns.
    P95,
    /// 99th percentile of the same.
    P99,
    /// Longest latency of one kind, ns.
    Slowest(&'static str),
    /// Median latency of one kind, ns.
    Median(&'static str),
    /// Latest that the loop ran what was due, ns.
    LoopLag,
    /// Cores in use, mean.
    CoresBusy,
    /// Hand-offs of the interpreter lock.
    HandOffs,
    /// Times a thread was put on a core.
    Switches,
    /// Peak memory, bytes.
    Memory,
    /// Tasks that a time limit cut.
    TimedOut,
    /// Time in a state, ns.
    State(SpanKind),
    /// Most tasks of a kind at once between their first and their last bytecode.
    Midway(&'static str),
}
use Figure::*;

/// What is claimed of a figure of one plan.
#[derive(Clone, Copy, Debug)]
enum Claim {
    /// At least this many times the figure of another plan.
    AtLeastTimes(f64, &'static str),
    /// At most this many times the figure of another plan.
    AtMostTimes(f64, &'static str),
    /// At least and at most so much.
    Within(f64, f64),
}
use Claim::*;

#[rustfmt::skip]
const CLAIMS: &[(&str, Figure, &str, Claim)] = &[
    ("fetch-and-parse", Makespan, "asyncio+threads+processes", AtMostTimes(0.75, "asyncio")),
    ("fetch-and-parse", Makespan, "asyncio+threads+processes", AtMostTimes(0.75, "threads@3.14t")),
    ("fetch-and-parse", Makespan, "threads@3.14t", AtLeastTimes(0.75, "threads")),
    ("fetch-and-parse", Makespan, "asyncio", AtMostTimes(0.9, "threads")),
    ("fetch-and-parse", Makespan, "processes", AtLeastTimes(1.4, "threads")),
    ("fetch-and-parse", Makespan, "sync", AtLeastTimes(3.0, "processes")),
    ("one-blocking-call", Slowest("client"), "asyncio", AtLeastTimes(2.0, "asyncio+threads")),
    ("one-blocking-call", Median("client"), "asyncio", AtLeastTimes(2.0, "asyncio+threads")),
    ("one-blocking-call", LoopLag, "asyncio", Within(370.0 * MS, 410.0 * MS)),
    ("one-blocking-call", LoopLag, "asyncio+threads", Within(0.0, 15.0 * MS)),
    ("three-kitchens", Makespan, "sync", Within(800.0 * MS, 830.0 * MS)),
    ("three-kitchens", Makespan, "asyncio", Within(320.0 * MS, 380.0 * MS)),
    ("three-kitchens", Makespan, "threads", AtLeastTimes(0.9, "asyncio")),
    ("three-kitchens", Makespan, "processes", AtMostTimes(0.85, "asyncio")),
    ("concurrency-is-not-parallelism", Makespan, "asyncio", Within(200.0 * MS, 215.0 * MS)),
    ("concurrency-is-not-parallelism", CoresBusy, "asyncio", Within(0.0, 0.1)),
    ("concurrency-is-not-parallelism", Makespan, "threads(each)", Within(200.0 * MS, 230.0 * MS)),
    ("one-at-a-time", Makespan, "threads(4)", Within(320.0 * MS, 345.0 * MS)),
    ("one-at-a-time", Makespan, "threads(4)@3.14t", AtMostTimes(0.4, "threads(4)")),
    ("one-at-a-time", HandOffs, "threads(4)", Within(40.0, 90.0)),
    ("native-lets-go", Makespan, "threads(4)", AtMostTimes(0.35, "sync")),
    ("native-lets-go", Makespan, "processes(4)", AtLeastTimes(1.1, "threads(4)")),
    ("blocking-library", Makespan, "asyncio", AtLeastTimes(0.98, "sync")),
    ("blocking-library", Makespan, "threads", AtMostTimes(0.2, "sync")),
    ("blocking-library", Makespan, "threads(64)", AtMostTimes(0.3, "threads")),
    ("cpu-bound", Makespan, "threads", AtLeastTimes(0.98, "sync")),
    ("cpu-bound", Makespan, "asyncio", AtLeastTimes(0.98, "sync")),
    ("cpu-bound", Makespan, "processes", AtMostTimes(0.5, "sync")),
    ("cpu-bound", Makespan, "threads@3.14t", AtMostTimes(0.4, "sync")),
    ("simulations", Makespan, "processes(2)", AtMostTimes(0.7, "sync")),
    ("simulations", Makespan, "processes(4)", AtMostTimes(0.8, "processes(2)")),
    ("image-processing", Makespan, "processes", AtMostTimes(0.5, "sync")),
    ("image-processing", Makespan, "threads", AtLeastTimes(0.98, "sync")),
    ("image-processing", State(SpanKind::Pickle), "processes", Within(1.0 * MS, 400.0 * MS)),
    ("ml-preprocessing", Makespan, "threads(4)", AtMostTimes(0.4, "sync")),
    ("ml-preprocessing", Makespan, "processes", AtLeastTimes(1.5, "threads(4)")),
    ("interpreters", Makespan, "interpreters(4)", AtMostTimes(0.5, "threads(4)")),
    ("interpreters", Memory, "interpreters(4)", AtMostTimes(0.5, "processes(4)")),
    ("ten-thousand-sockets", Makespan, "asyncio", AtMostTimes(0.2, "threads")),
    ("ten-thousand-sockets", Makespan, "asyncio", AtMostTimes(0.5, "threads(1000)")),
    ("ten-thousand-sockets", Memory, "threads(each)", AtLeastTimes(1.5, "asyncio")),
    ("ten-thousand-sockets", Switches, "threads(each)", AtLeastTimes(3.0, "asyncio")),
    ("async-database", Makespan, "asyncio", Within(470.0 * MS, 620.0 * MS)),
    ("async-database", Makespan, "threads(64)", AtLeastTimes(0.9, "asyncio")),
    ("async-database", Makespan, "threads(64)", AtMostTimes(1.15, "asyncio")),
    ("web-scraping", Makespan, "asyncio", AtMostTimes(0.35, "threads")),
    ("web-scraping", Makespan, "asyncio(limit=50)", AtLeastTimes(0.9, "asyncio")),
    ("web-scraping", Memory, "threads(50)", AtLeastTimes(1.0, "asyncio")),
    ("file-reads", Makespan, "asyncio", AtLeastTimes(0.98, "sync")),
    ("file-reads", Makespan, "threads", AtMostTimes(0.25, "sync")),
    ("file-reads", Makespan, "asyncio+threads", AtMostTimes(0.25, "sync")),
    ("stay-synchronous", Makespan, "processes", AtLeastTimes(2.0, "sync")),
    ("stay-synchronous", Makespan, "asyncio", AtLeastTimes(0.95, "sync")),
    ("stay-synchronous", Makespan, "threads", AtLeastTimes(0.55, "sync")),
    ("process-start-up", Makespan, "processes(4, start=spawn)", AtLeastTimes(1.5, "processes(4, start=fork)")),
    ("process-start-up", Makespan, "processes(4, start=forkserver)", AtLeastTimes(1.02, "processes(4, start=fork)")),
    ("process-start-up", Makespan, "processes(4, start=spawn)", AtLeastTimes(1.05, "processes(4, start=forkserver)")),
    ("pickle-cost", Makespan, "processes(4)", AtLeastTimes(1.5, "sync")),
    ("pickle-cost", Makespan, "threads(4)@3.14t", AtMostTimes(0.5, "sync")),
    ("tiny-tasks", Makespan, "processes(4)", AtLeastTimes(1.05, "sync")),
    ("tiny-tasks", Makespan, "processes(4, chunk=100)", AtMostTimes(0.8, "sync")),
    ("memory-per-worker", Memory, "threads(64)", AtLeastTimes(1.05, "asyncio")),
    ("memory-per-worker", Memory, "processes(4)", AtLeastTimes(2.0, "threads(64)")),
    ("context-switches", Switches, "threads(20)", AtLeastTimes(5.0, "asyncio")),
    ("switching-is-not-free", Makespan, "threads(2)", AtLeastTimes(1.5, "asyncio")),
    ("switching-is-not-free", Switches, "threads(2)", Within(500.0, 3000.0)),
    ("preemptive-or-cooperative", Slowest("short"), "asyncio", Within(250.0 * MS, 400.0 * MS)),
    ("preemptive-or-cooperative", Median("short"), "threads(8)", AtMostTimes(0.2, "asyncio")),
    ("preemptive-or-cooperative", Median("short"), "threads(each)", AtLeastTimes(2.0, "threads(8)")),
    ("convoy", Median("call"), "threads(6)", AtLeastTimes(3.0, "threads(6)@3.14t")),
    ("convoy", Median("call"), "threads(6)", AtLeastTimes(2.0, "asyncio+processes(2)")),
    ("create-task-starts-later", Slowest("call"), "asyncio", Within(110.0 * MS, 120.0 * MS)),
    ("create-task-starts-later", Slowest("call"), "threads(each)@3.14t", AtMostTimes(0.6, "asyncio")),
    ("more-threads", Makespan, "threads(4)", AtMostTimes(0.4, "threads(1)")),
    ("more-threads", Makespan, "threads(64)", AtLeastTimes(0.9, "threads(8)")),
    ("more-threads", Makespan, "threads(64)", AtLeastTimes(0.9, "threads(4)")),
    ("more-threads", State(SpanKind::GilWait), "threads(64)", AtLeastTimes(3.0, "threads(4)")),
    ("gather-is-not-parallel", Makespan, "asyncio", Within(240.0 * MS, 250.0 * MS)),
    ("gather-is-not-parallel", Makespan, "asyncio", AtLeastTimes(0.98, "sync")),
    ("gather-is-not-parallel", Makespan, "threads(each)", AtLeastTimes(0.98, "sync")),
    ("gather-is-not-parallel", Makespan, "threads(each)@3.14t", AtMostTimes(0.45, "sync")),
    ("one-await-after-another", Slowest("in_a_row"), "asyncio", Within(500.0 * MS, 515.0 * MS)),
    ("one-await-after-another", Slowest("gathered"), "asyncio", Within(100.0 * MS, 110.0 * MS)),
    ("run-in-executor", Median("request"), "asyncio", AtLeastTimes(5.0, "asyncio+threads")),
    ("run-in-executor", Slowest("request"), "asyncio+threads", Within(55.0 * MS, 75.0 * MS)),
    ("executor-to-processes", P95, "asyncio+processes", AtMostTimes(0.5, "asyncio")),
    ("executor-to-processes", P95, "asyncio+threads", AtLeastTimes(0.95, "asyncio")),
    ("to-thread-is-not-parallel", Slowest("request"), "asyncio+threads(4)", AtLeastTimes(0.95, "asyncio")),
    ("to-thread-is-not-parallel", LoopLag, "asyncio+threads(4)", AtMostTimes(0.5, "asyncio")),
    ("to-thread-is-not-parallel", Slowest("request"), "asyncio+threads(4)@3.14t", AtMostTimes(0.5, "asyncio+threads(4)")),
    ("executor-has-limits", Makespan, "asyncio+threads", Within(500.0 * MS, 520.0 * MS)),
    ("executor-has-limits", Makespan, "asyncio+threads(40)", Within(100.0 * MS, 125.0 * MS)),
    ("cancel-leaves-the-thread", Slowest("lookup"), "asyncio+threads(4)", Within(50.0 * MS, 60.0 * MS)),
    ("cancel-leaves-the-thread", TimedOut, "asyncio+threads(4)", Within(4.0, 4.0)),
    ("cancel-leaves-the-thread", Slowest("save"), "asyncio+threads(4)", Within(515.0 * MS, 545.0 * MS)),
    ("cancel-leaves-the-thread", Slowest("save"), "asyncio+threads(8)", Within(80.0 * MS, 95.0 * MS)),
    ("mix-of-all", Makespan, "asyncio+threads+processes", AtMostTimes(0.6, "asyncio+threads")),
    ("mix-of-all", Makespan, "asyncio+threads+processes", AtMostTimes(0.85, "asyncio+processes")),
    ("mix-of-all", Makespan, "asyncio", AtLeastTimes(2.0, "asyncio+threads")),
    ("avoid-mixing", Makespan, "asyncio", AtMostTimes(1.02, "asyncio+threads")),
    ("avoid-mixing", Median("call"), "asyncio+threads+processes", AtLeastTimes(1.2, "asyncio")),
    ("gil-is-not-a-lock", Midway("unguarded"), "threads(4)", Within(2.0, 4.0)),
    ("gil-is-not-a-lock", Midway("guarded"), "threads(4)", Within(1.0, 1.0)),
    ("short-locks", Slowest("locked_all"), "threads(12)", AtLeastTimes(0.95, "asyncio")),
    ("short-locks", Slowest("locked_all"), "asyncio", Within(240.0 * MS, 270.0 * MS)),
    ("short-locks", Slowest("locked_little"), "asyncio", Within(20.0 * MS, 30.0 * MS)),
    ("short-locks", Slowest("locked_little"), "threads(12)", Within(20.0 * MS, 35.0 * MS)),
    ("deterministic-loop", Midway("update"), "asyncio", Within(1.0, 1.0)),
    ("deterministic-loop", Midway("update"), "threads(20)", Within(2.0, 20.0)),
    ("no-gil-is-not-free", Makespan, "sync@3.14t", AtLeastTimes(1.005, "sync@3.14")),
    ("no-gil-is-not-free", Makespan, "sync@3.13t", AtLeastTimes(1.2, "sync@3.13")),
    ("no-gil-is-not-free", Makespan, "threads(4)@3.14t", AtMostTimes(0.5, "sync@3.14")),
    ("no-gil-shared-object", Slowest("shared"), "threads(4)@3.14t", AtLeastTimes(0.95, "threads(4)")),
    ("no-gil-shared-object", Slowest("separate"), "threads(4)@3.14t", AtMostTimes(0.45, "threads(4)")),
    ("installing-3-14t", Makespan, "asyncio@3.14t", AtLeastTimes(1.0, "asyncio")),
    ("installing-3-14t", Makespan, "threads(8)@3.14t", AtMostTimes(0.45, "asyncio@3.14t")),
    ("producer-consumer", State(SpanKind::QueueWait), "asyncio", Within(10.0 * MS, 1000.0 * MS)),
    ("producer-consumer", Makespan, "asyncio", Within(240.0 * MS, 320.0 * MS)),
    ("three-stages", Makespan, "threads(4)", Within(400.0 * MS, 480.0 * MS)),
    ("three-stages", Makespan, "threads(4)@3.14t", AtMostTimes(0.7, "threads(4)")),
    ("semaphore-limit", Makespan, "asyncio", Within(360.0 * MS, 410.0 * MS)),
    ("semaphore-limit", Makespan, "threads(60)", AtMostTimes(1.1, "asyncio")),
    ("semaphore-limit", Makespan, "threads(5)", AtLeastTimes(1.4, "asyncio")),
    ("stages-with-after", Makespan, "asyncio", Within(203.0 * MS, 330.0 * MS)),
    ("stages-with-after", Slowest("report"), "asyncio", Within(80.0 * MS, 85.0 * MS)),
    ("open-loop", P95, "sync", AtLeastTimes(10.0, "asyncio")),
    ("open-loop", Median("request"), "asyncio", Within(22.0 * MS, 30.0 * MS)),
    ("open-loop", P99, "asyncio", Within(40.0 * MS, 70.0 * MS)),
    ("timeouts", Slowest("limited"), "asyncio", Within(90.0 * MS, 110.0 * MS)),
    ("timeouts", Slowest("patient"), "asyncio", Within(250.0 * MS, 5000.0 * MS)),
    ("timeouts", TimedOut, "asyncio", Within(1.0, 12.0)),
    ("retries", Makespan, "asyncio", AtMostTimes(0.5, "threads")),
    ("retries", State(SpanKind::PoolWait), "threads", Within(500.0 * MS, 1e12)),
    ("overload", Slowest("request"), "asyncio", AtLeastTimes(5.0, "processes(4)")),
    ("overload", Slowest("request"), "threads", AtLeastTimes(5.0, "processes(4)")),
];

/// Runs that end in a deadlock; every other plan that an example names completes.
const DEADLOCKS: &[(&str, &str)] = &[
    ("deadlock-lock-order", "threads(2)"),
    ("deadlock-lock-order", "asyncio"),
    ("deadlock-nested-pool", "threads(4)"),
    ("deadlock-consumers-first", "threads(4)"),
    ("deadlock-hungry-get", "threads(2)"),
    ("deadlock-hungry-get", "asyncio"),
    ("deadlock-hungry-get", "sync"),
    ("producer-consumer", "sync"),
    ("three-stages", "sync"),
];

fn run(example: &Example, plan: &str) -> (Trace, Report) {
    let scenario = parse(example.text(), Format::Toml).expect(example.name);
    let workload = draw(&scenario, scenario.seed);
    let spec = parse_plan(plan).expect(plan);
    let python = spec
        .python
        .clone()
        .unwrap_or_else(|| default_python().to_owned());
    let costs = embedded(&python).expect("an embedded profile").costs();
    let cores = scenario.cores.unwrap_or(4);
    let plan = spec.resolve(cores, &costs).expect("a plan that resolves");
    let trace = record(&Setup::new(&workload, plan, &costs, cores));
    let report = report(&trace);
    (trace, report)
}

fn figure(what: Figure, (trace, report): &(Trace, Report)) -> f64 {
    let slowest = |kind| *latencies(trace, kind).last().expect("tasks of this kind") as f64;
    match what {
        Makespan => report.makespan_ns as f64,
        P95 => report.latency_ns.p95 as f64,
        P99 => report.latency_ns.p99 as f64,
        Slowest(kind) => slowest(kind),
        Median(kind) => {
            let all = latencies(trace, kind);
            all[(all.len() - 1) / 2] as f64
        }
        LoopLag => report.loop_lag_ns.max.expect("a loop") as f64,
        CoresBusy => report.cores_busy,
        HandOffs => report.gil_handoffs as f64,
        Switches => report.context_switches as f64,
        Memory => report.memory_peak_bytes as f64,
        TimedOut => report.timed_out as f64,
        State(kind) => state(report, kind) as f64,
        Midway(kind) => midway(trace, kind) as f64,
    }
}

fn state(report: &Report, kind: SpanKind) -> u64 {
    let time = &report.time_ns;
    match kind {
        SpanKind::GilWait => time.gil_wait,
        SpanKind::QueueWait => time.queue_wait,
        SpanKind::PoolWait => time.pool_wait,
        SpanKind::Pickle => time.pickle,
        other => unreachable!("no claim is about {other:?}"),
    }
}

/// Arrival to end of the tasks of one kind, ascending.
fn latencies(trace: &Trace, kind: &str) -> Vec<u64> {
    let mut ends = vec![0; trace.tasks.len()];
    for span in trace.spans.iter() {
        if let Some(task) = span.lane.as_task() {
            ends[task as usize] = ends[task as usize].max(span.end);
        }
    }
    let mut all: Vec<u64> = (trace.tasks.iter().zip(ends))
        .filter(|(info, _)| trace.kinds[info.kind as usize] == kind && info.parent.is_none())
        .map(|(info, end)| end - info.born.as_nanos())
        .collect();
    all.sort_unstable();
    all
}

/// The most tasks of a kind that were, at one instant, past their first bytecode and not yet past
/// their last.
fn midway(trace: &Trace, kind: &str) -> usize {
    let mut last_end = vec![None; trace.tasks.len()];
    let mut stretch: Vec<Option<(u64, u64)>> = vec![None; trace.tasks.len()];
    for span in trace.spans.iter() {
        let Some(task) = span.lane.as_task() else {
            continue;
        };
        let task = task as usize;
        let begin = last_end[task].unwrap_or(trace.tasks[task].born.as_nanos());
        last_end[task] = Some(span.end);
        if span.kind() == SpanKind::Python {
            let first = stretch[task].map_or(begin, |(first, _)| first);
            stretch[task] = Some((first, span.end));
        }
    }
    let mut edges = Vec::new();
    for (info, stretch) in trace.tasks.iter().zip(stretch) {
        if let (Some((first, last)), true) = (stretch, trace.kinds[info.kind as usize] == kind) {
            edges.push((first, 1));
            edges.push((last, -1));
        }
    }
    // Ends sort before begins of the same instant: a hand-over there is not an overlap.
    edges.sort_unstable();
    let mut open = 0;
    edges.iter().fold(0, |most, &(_, change)| {
        open += change;
        most.max(open)
    }) as usize
}

/// What is wrong with one claim, if anything.
fn check(name: &str, what: Figure, plan: &str, claim: Claim) -> Option<String> {
    let example = find(name).expect(name);
    let value = figure(what, &run(example, plan));
    let other = |plan| figure(what, &run(example, plan));
    let (holds, seen) = match claim {
        AtLeastTimes(factor, plan) => {
            let other = other(plan);
            (
                value >= factor * other,
                format!("{:.3} times", value / other),
            )
        }
        AtMostTimes(factor, plan) => {
            let other = other(plan);
            (
                value <= factor * other,
                format!("{:.3} times", value / other),
            )
        }
        Within(least, most) => (least <= value && value <= most, String::new()),
    };
    (!holds).then(|| format!("{name}: {what:?} of {plan} is {value}, {seen}; claimed {claim:?}"))
}

#[test]
fn what_the_examples_claim_is_what_the_simulator_shows() {
    let wrong: Vec<String> = CLAIMS
        .iter()
        .filter_map(|&(name, what, plan, claim)| check(name, what, plan, claim))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn runs_end_as_their_notes_say() {
    for example in all() {
        for &plan in example.plans {
            if !DEADLOCKS.contains(&(example.name, plan)) {
                let (_, report) = run(example, plan);
                assert_eq!(report.outcome, "completed", "{} under {plan}", example.name);
            }
        }
    }
    for &(name, plan) in DEADLOCKS {
        let (_, report) = run(find(name).expect(name), plan);
        assert_eq!(report.outcome, "deadlock", "{name} under {plan}");
        assert!(
            report.waiting.is_some_and(|stuck| !stuck.is_empty()),
            "{name} under {plan}"
        );
    }
}

#[test]
fn every_example_has_a_claim_that_is_checked() {
    let checked: BTreeSet<&str> = CLAIMS
        .iter()
        .map(|claim| claim.0)
        .chain(DEADLOCKS.iter().map(|end| end.0))
        .collect();
    let named: BTreeSet<&str> = all().iter().map(|example| example.name).collect();
    assert_eq!(checked, named);
}
