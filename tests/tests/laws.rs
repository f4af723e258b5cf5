//! The laws of a run, over generated scenarios, plans, machines, cores and jitters.

use proptest::prelude::*;
use trilane_core::model::{Setup, record, summarise};
use trilane_core::plan::{Plan, parse_plan};
use trilane_core::profile::{Costs, embedded};
use trilane_core::report::report;
use trilane_core::scenario::{Format, Scenario, parse};
use trilane_core::trace::codec::encode;
use trilane_core::trace::view::{Span, interpreters, lanes};
use trilane_core::trace::{Outcome, SpanKind, Trace, laws};
use trilane_core::workload::{Workload, draw};
use trilane_tests::expected::{Work, has_branches, lower_bounds, work};
use trilane_tests::generate;

/// Far more than any generated run needs; a run that gets here goes round in circles.
const MAX_EVENTS: u64 = 2_000_000;

fn setup<'a>(
    workload: &'a Workload,
    plan: Plan,
    costs: &'a Costs,
    cores: u32,
    jitter: u64,
) -> Setup<'a> {
    let mut setup = Setup::new(workload, plan, costs, cores);
    setup.jitter = jitter;
    setup.max_events = MAX_EVENTS;
    setup
}

/// What the lanes of a task and its branches add up to.
#[derive(Clone, Copy, Debug, Default)]
struct Lived {
    python: u64,
    native: u64,
    io: u64,
    latency: u64,
    /// Whether all of the lanes ended, and no time limit cut one.
    whole: bool,
}

/// By task of the workload.
fn lived(trace: &Trace, tasks: u32) -> Vec<Lived> {
    let mut lived = vec![
        Lived {
            whole: true,
            ..Lived::default()
        };
        tasks as usize
    ];
    let root = |mut task: u32| {
        while let Some(parent) = trace.tasks[task as usize].parent {
            task = parent;
        }
        task as usize
    };
    let mut at: Vec<u64> = trace
        .tasks
        .iter()
        .map(|task| task.born.as_nanos())
        .collect();
    for span in trace.spans.iter() {
        let Some(task) = span.lane.as_task() else {
            continue;
        };
        let length = span.end - std::mem::replace(&mut at[task as usize], span.end);
        let lived = &mut lived[root(task)];
        match span.kind() {
            SpanKind::Python => lived.python += length,
            SpanKind::Native => lived.native += length,
            SpanKind::Io => lived.io += length,
            _ => {}
        }
    }
    for (id, info) in (0u32..).zip(&trace.tasks) {
        let lived = &mut lived[root(id)];
        lived.whole &= info.finished && !info.timed_out;
        if info.parent.is_none() {
            lived.latency = at[id as usize] - info.born.as_nanos();
        }
    }
    lived
}

/// Everything that must hold of one run; the broken laws, in words.
fn broken(setup: &Setup<'_>) -> Vec<String> {
    let trace = record(setup);
    let mut broken = laws::check(&trace);
    if let Outcome::Stopped(why) = &trace.outcome {
        broken.push(format!("it goes round in circles: {why}"));
    }
    let workload = setup.workload;
    let lived = lived(&trace, workload.tasks);
    let mut whole: Vec<Work> = Vec::new();
    for (task, lived) in (0u32..).zip(&lived) {
        let name = workload.task_name(task);
        let work = work(workload, task, setup.costs);
        if lived.python > work.python || lived.native > work.native || lived.io > work.io {
            broken.push(format!(
                "{name} did more than its work: {lived:?}, not {work:?}"
            ));
        }
        if !lived.whole {
            continue;
        }
        if (lived.python, lived.native, lived.io) != (work.python, work.native, work.io) {
            broken.push(format!(
                "{name} did not do its work: {lived:?}, not {work:?}"
            ));
        }
        let shortest = if has_branches(&setup.plan) {
            work.shortest
        } else {
            work.in_a_row()
        };
        if lived.latency < shortest {
            broken.push(format!(
                "{name} was quicker than it could be: {lived:?}, {work:?}"
            ));
        }
        whole.push(work);
    }
    let makespan = trace.makespan().as_nanos();
    for (name, bound) in lower_bounds(
        &setup.plan,
        setup.costs,
        setup.cores,
        &workload.resources,
        &whole,
    ) {
        if makespan < bound {
            broken.push(format!(
                "it took {makespan} ns, less than {name}: {bound} ns"
            ));
        }
    }
    broken.extend(figures(setup, &trace));
    if setup.costs.python == "ideal" {
        broken.extend(idle_while_wanted(&trace));
    }
    if encode(&trace) != encode(&record(setup)) {
        broken.push("the same inputs gave other bytes".to_owned());
    }
    broken
}

/// On a machine whose wake-ups take no time, nobody waits for a core while one is free, nor for a
/// lock while nobody holds it (a holder may have lost its core).
fn idle_while_wanted(trace: &Trace) -> Vec<String> {
    let lanes = lanes(trace);
    let all = || trace.threads.iter().zip(&lanes.threads);
    let mut broken = Vec::new();
    let everybody: Vec<&Span> = all().flat_map(|(_, spans)| spans).collect();
    let cores = [SpanKind::on_core, |kind| kind == SpanKind::CoreWait];
    for (at, [running, waiting]) in counts(&everybody, cores) {
        if waiting > 0 && running < trace.cores {
            broken.push(format!(
                "{waiting} wait for a core at {at} ns, and {running} run"
            ));
        }
    }
    for interpreter in interpreters(trace).into_iter().filter(|_| trace.gil) {
        let of = all().filter(|(info, _)| info.interpreter == interpreter);
        let threads: Vec<&Span> = of.flat_map(|(_, spans)| spans).collect();
        let holds = |kind: SpanKind| kind.holds_gil() || kind == SpanKind::CoreWait;
        let lock = [holds, |kind| kind == SpanKind::GilWait];
        for (at, [holding, waiting]) in counts(&threads, lock) {
            if waiting > 0 && holding == 0 {
                broken.push(format!(
                    "{waiting} wait at {at} ns for a lock that nobody holds"
                ));
            }
        }
    }
    broken.truncate(1);
    broken
}

/// How many of the spans are of each of two sorts, whenever that changes.
fn counts(spans: &[&Span], sorts: [fn(SpanKind) -> bool; 2]) -> Vec<(u64, [u32; 2])> {
    let mut changes: Vec<(u64, [i32; 2])> = Vec::new();
    for span in spans {
        let sort = sorts.map(|of| i32::from(of(span.kind)));
        changes.push((span.start.as_nanos(), sort));
        changes.push((span.end.as_nanos(), sort.map(|one| -one)));
    }
    changes.sort_unstable();
    let mut now = [0i32; 2];
    let mut counts = Vec::new();
    for at in changes.chunk_by(|a, b| a.0 == b.0) {
        for (_, change) in at {
            now = [now[0] + change[0], now[1] + change[1]];
        }
        counts.push((at[0].0, now.map(|count| count.max(0) as u32)));
    }
    counts
}

/// The laws of the report.
fn figures(setup: &Setup<'_>, trace: &Trace) -> Vec<String> {
    let mut broken = Vec::new();
    let report = report(trace);
    let streamed = summarise(setup);
    if report != streamed {
        broken.push(format!(
            "two reports of one run: {report:?}, and streamed {streamed:?}"
        ));
    }
    let mut last: Vec<u64> = trace
        .tasks
        .iter()
        .map(|task| task.born.as_nanos())
        .collect();
    for span in trace.spans.iter() {
        if let Some(task) = span.lane.as_task() {
            last[task as usize] = span.end;
        }
    }
    let lives = last
        .iter()
        .zip(&trace.tasks)
        .map(|(end, task)| end - task.born.as_nanos());
    let lives: u64 = lives.sum();
    let time = report.time_ns;
    let sum = time.python + time.native + time.io + time.gil_wait + time.core_wait;
    let sum = sum + time.lock_wait + time.queue_wait + time.pool_wait + time.loop_wait;
    let sum = sum + time.join_wait + time.pickle + time.overhead;
    if sum != lives {
        broken.push(format!(
            "the times of the states sum to {sum}, the lives of tasks to {lives}"
        ));
    }
    let ended = trace
        .tasks
        .iter()
        .filter(|task| task.parent.is_none() && task.finished);
    if report.finished != ended.count() as u64 {
        broken.push(format!(
            "{} tasks are reported as finished",
            report.finished
        ));
    }
    let cores = f64::from(setup.cores);
    if !(0.0..=cores).contains(&report.cores_busy) {
        broken.push(format!("{} cores are busy of {cores}", report.cores_busy));
    }
    broken
}

fn check(
    scenario: &Scenario,
    plan: Plan,
    costs: &Costs,
    cores: u32,
    jitter: u64,
) -> Result<(), TestCaseError> {
    let workload = draw(scenario, scenario.seed);
    let broken = broken(&setup(&workload, plan, costs, cores, jitter));
    prop_assert!(
        broken.is_empty(),
        "{plan} under {}:\n{}",
        costs.python,
        broken.join("\n")
    );
    Ok(())
}

/// Cases that once broke a law, as small as they get.
fn check_text(text: &str, plan: &str, python: &str, cores: u32) {
    let scenario = parse(text, Format::Toml).expect("a good scenario");
    let costs = match python {
        "ideal" => Costs::ideal("ideal", true),
        name => embedded(name).expect("an embedded profile").costs(),
    };
    let spec = parse_plan(plan).expect("a good plan");
    let plan = spec
        .resolve(cores, &costs)
        .expect("a plan that this Python has");
    check(&scenario, plan, &costs, cores, 0).unwrap_or_else(|error| panic!("{error}"));
}

/// The loop is late for the limit; the wait was over at the limit all the same.
#[test]
fn a_wait_that_is_cut_lasts_no_longer_than_its_limit() {
    let text = "trilane = 1\ntitle = \"t\"\n[tasks.k]\ncount = 1\n\
                steps = [{ repeat = 3, steps = [{ timeout = \"0ns\", steps = [{ io = \"0ns\" }] }] }]\n";
    check_text(text, "asyncio", "3.11", 1);
}

/// A loop's count stands where the limit's deadline stood, and is the same number.
#[test]
fn a_limit_that_is_over_cuts_nothing() {
    let text = "trilane = 1\ntitle = \"t\"\n[tasks.k]\ncount = 2\nsteps = [{ timeout = \"0ns\", \
                steps = [{ native = \"0ns\" }] }, { repeat = 1, steps = [{ native = \"0ns\" }] }, { io = \"1ns\" }]\n";
    check_text(text, "asyncio", "ideal", 1);
}

proptest! {
    #![proptest_config(generate::config(2_000))]

    #[test]
    fn every_run_obeys_the_laws(
        scenario in generate::scenario(),
        plan in generate::plan(),
        machine in generate::machine(),
        cores in 1u32..9,
        jitter in any::<u64>(),
    ) {
        check(&scenario, plan, machine.0, cores, jitter)?;
    }
}
