//! Runs whose length can be worked out by hand.

use trilane_core::model::{self, Setup};
use trilane_core::profile::{self, Costs};
use trilane_core::report::{self, Report};
use trilane_core::scenario::{self, Format};
use trilane_core::trace::laws;
use trilane_core::{plan, workload};

/// Simulates scenario text under a plan, and holds the laws on the way.
fn run(tasks: &str, plan: &str, costs: &Costs, cores: u32) -> Report {
    let text = format!("trilane = 1\ntitle = \"t\"\n{tasks}");
    let scenario = scenario::parse(&text, Format::Toml)
        .unwrap_or_else(|problems| panic!("{}", problems[0].render("test")));
    let work = workload::draw(&scenario, scenario.seed);
    let spec = plan::parse_plan(plan).expect("plan");
    let plan = spec.resolve(cores, costs).expect("resolves");
    let setup = Setup::new(&work, plan, costs, cores);
    let trace = model::record(&setup);
    assert_eq!(laws::check(&trace), Vec::<String>::new(), "{plan}");
    let report = report::report(&trace);
    assert_eq!(report, model::summarise(&setup), "{plan}");
    report
}

fn costs(python: &str) -> Costs {
    match python.strip_prefix("ideal") {
        Some(rest) => Costs::ideal(python, rest != "t"),
        None => profile::embedded(python).expect("embedded").costs(),
    }
}

/// The run takes `expect_ms`, within `percent`.
fn check(
    tasks: &str,
    plan: &str,
    python: &str,
    cores: u32,
    expect_ms: f64,
    percent: f64,
) -> Report {
    let report = run(tasks, plan, &costs(python), cores);
    assert_eq!(report.outcome, "completed", "{plan} {:?}", report.waiting);
    let ms = report.makespan_ns as f64 / 1e6;
    let off = (ms / expect_ms - 1.0) * 100.0;
    assert!(
        off.abs() <= percent,
        "{plan}@{python} on {cores}: {ms} ms, expected {expect_ms}"
    );
    report
}

const CPU: &str = "[tasks.job]\ncount = 8\nsteps = [{ cpu = \"50ms\" }]";
const IO: &str = "[tasks.page]\ncount = 200\nsteps = [{ io = \"100ms\" }]";

#[test]
fn cpu_work_gains_from_processes_and_from_no_gil_only() {
    for python in ["ideal", "3.11", "3.12", "3.13", "3.14"] {
        check(CPU, "sync", python, 4, 400.0, 1.0);
        check(CPU, "threads(8)", python, 4, 400.0, 3.0);
        check(CPU, "threads(each)", python, 4, 400.0, 3.0);
        check(CPU, "asyncio", python, 4, 400.0, 1.0);
        check(CPU, "asyncio+threads(4)", python, 4, 400.0, 1.0);
    }
    check(CPU, "processes(4, start=fork)", "ideal", 4, 100.0, 0.01);
    check(CPU, "interpreters(4)", "ideal", 4, 100.0, 0.01);
    check(CPU, "asyncio+processes(4)", "ideal", 4, 100.0, 1.0);
    check(CPU, "threads(8)", "idealt", 4, 100.0, 0.01);
    // 3.14t: about 5 to 8 % slower a thread, all four cores at work.
    check(CPU, "threads(8)", "3.14t", 4, 107.0, 4.0);
    let report = check(CPU, "processes(4, start=fork)", "3.13", 4, 103.0, 3.0);
    assert!(report.time_ns.start > 0);
}

/// The server starts on a core of its own while the parent waits, once; its children start after it.
#[test]
fn a_fork_server_starts_once_before_its_children() {
    for (python, cores) in [("3.13", 4), ("3.14", 4), ("3.14", 1)] {
        let costs = costs(python);
        let plan = "processes(2, start=forkserver)";
        let report = run(CPU, plan, &costs, cores);
        assert_eq!(report.outcome, "completed", "{:?}", report.waiting);
        let children = 2 * (costs.process_boot[2] + costs.process_parent[2]);
        let start = costs.forkserver_start + children;
        // Besides, two threads of the parent: its manager and feeder.
        let threads = 2 * (costs.thread_create + costs.thread_boot);
        let told = report.time_ns.start;
        assert_eq!(told, start + threads, "on {cores} cores");
        let work = 8 * 50_000_000 / u64::from(cores.min(2));
        let least = costs.forkserver_start + costs.process_boot[2] + work;
        assert!(report.makespan_ns >= least, "{}", report.makespan_ns);
    }
}

#[test]
fn io_overlaps_as_far_as_the_plan_lets_it() {
    for python in ["ideal", "3.13", "3.14", "3.14t"] {
        check(IO, "sync", python, 4, 20_000.0, 0.5);
        check(IO, "threads(20)", python, 4, 1_000.0, 2.0);
        check(IO, "asyncio", python, 4, 101.0, 3.0);
        check(IO, "asyncio(limit=50)", python, 4, 404.0, 3.0);
    }
    let blocking = "[tasks.page]\ncount = 200\nsteps = [{ io = \"100ms\", blocking = true }]";
    check(blocking, "asyncio", "3.13", 4, 20_000.0, 0.5);
    check(blocking, "asyncio+threads(20)", "3.13", 4, 1_010.0, 3.0);
}

#[test]
fn native_code_runs_beside_itself_in_threads() {
    let native = "[tasks.hash]\ncount = 8\nsteps = [{ native = \"50ms\" }]";
    check(native, "threads(8)", "3.13", 4, 101.0, 2.0);
    check(native, "asyncio+threads(4)", "3.13", 4, 101.0, 2.0);
    check(native, "asyncio", "3.13", 4, 400.0, 1.0);
}

#[test]
fn more_threads_than_cores_share_them_fairly() {
    let native = "[tasks.hash]\ncount = 6\nsteps = [{ native = \"40ms\" }]";
    let report = check(native, "threads(6)", "ideal", 4, 60.0, 6.0);
    assert!(report.time_ns.core_wait > 0);
}

#[test]
fn finished_io_queues_behind_cpu_threads() {
    let convoy = "[tasks.cpu]\ncount = 1\nsteps = [{ cpu = \"300ms\" }]\n[tasks.io]\ncount = 1\n\
                  steps = [{ repeat = 20, steps = [{ io = \"2ms\" }, { cpu = \"10us\" }] }]";
    let report = run(convoy, "threads(each)", &costs("3.13"), 4);
    let waits = report.time_ns.gil_wait as f64 / 20.0 / 1e6;
    // Each of 20 completions waits about one switch interval; the CPU thread waits a little too.
    assert!((4.9..6.5).contains(&waits), "{waits} ms a completion");
    let free = run(convoy, "threads(each)", &costs("3.14t"), 4);
    assert_eq!(free.time_ns.gil_wait, 0);
}

#[test]
fn locks_semaphores_and_queues_hold_tasks_up() {
    let lock = "[tasks.a]\ncount = 10\nsteps = [{ lock = \"db\", steps = [{ io = \"10ms\" }] }]\n\
                [resources]\ndb = { permits = 1 }";
    check(lock, "threads(10)", "ideal", 4, 100.0, 0.01);
    check(lock, "threads(10)", "3.13", 4, 102.0, 2.0);
    check(lock, "asyncio", "3.13", 4, 101.5, 1.5);
    let three = lock.replace("permits = 1", "permits = 5");
    check(&three, "threads(10)", "ideal", 4, 20.0, 0.01);
    let queue = "[tasks.put]\ncount = 1\nsteps = [{ repeat = 10, steps = [{ io = \"10ms\" }, { put = \"q\" }] }]\n\
                 [tasks.get]\ncount = 1\nsteps = [{ repeat = 10, steps = [{ get = \"q\" }, { io = \"5ms\" }] }]\n\
                 [resources]\nq = { capacity = 2 }";
    check(queue, "threads(2)", "ideal", 4, 105.0, 0.01);
    check(queue, "asyncio", "ideal", 4, 105.0, 1.0);
    check(queue, "processes(2, start=fork)", "ideal", 4, 105.0, 0.01);
    let stuck = run(queue, "threads(1)", &costs("ideal"), 4);
    // One worker: the producer fills the queue and waits for room for ever.
    assert_eq!(stuck.outcome, "deadlock");
}

#[test]
fn a_lock_goes_to_long_waiters_only_where_python_is_fair() {
    let hot = "[tasks.a]\ncount = 2\nsteps = [{ repeat = 400, steps = [{ lock = \"l\", steps = [{ native = \"20us\" }] }] }]\n\
               [resources]\nl = { permits = 1 }";
    // Unfair: whoever has the lock takes it back, so one task is done long before the other. Fair:
    // they take turns from the first millisecond on and end together.
    let first_by_last = |python: &str| {
        let report = run(hot, "threads(2)", &costs(python), 4);
        report.latency_ns.p50 as f64 / report.latency_ns.max as f64
    };
    assert!(first_by_last("3.13") < 0.7, "{}", first_by_last("3.13"));
    assert!(first_by_last("3.14") > 0.9, "{}", first_by_last("3.14"));
}

#[test]
fn deadlocks_are_named() {
    let order = "[tasks.ab]\nsteps = [{ lock = \"a\", steps = [{ io = \"5ms\" }, { lock = \"b\", steps = [{ io = \"1ms\" }] }] }]\ncount = 1\n\
                 [tasks.ba]\nsteps = [{ lock = \"b\", steps = [{ io = \"5ms\" }, { lock = \"a\", steps = [{ io = \"1ms\" }] }] }]\ncount = 1\n\
                 [resources]\na = { permits = 1 }\nb = { permits = 1 }";
    for plan in [
        "threads(2)",
        "threads(each)",
        "processes(2)",
        "asyncio",
        "interpreters(2)",
    ] {
        let report = run(order, plan, &costs("3.14"), 4);
        assert_eq!(report.outcome, "deadlock", "{plan}");
        let waiting = report.waiting.expect("named");
        assert_eq!(waiting.len(), 2, "{waiting:?}");
        assert_eq!(
            (waiting[0].task.as_str(), waiting[0].on.as_str()),
            ("ab[0]", "lock `b`")
        );
        assert_eq!(waiting[0].held_by, ["ba[0]"]);
    }
    assert_eq!(run(order, "sync", &costs("3.14"), 4).outcome, "completed");
    let cycle = "[tasks.a]\ncount = 2\nafter = [\"b\"]\nsteps = [{ io = \"1ms\" }]\n\
                 [tasks.b]\ncount = 1\nafter = [\"a\"]\nsteps = [{ io = \"1ms\" }]";
    for plan in ["sync", "threads(2)", "asyncio", "processes(2)"] {
        let waiting = run(cycle, plan, &costs("3.14"), 4).waiting.expect("named");
        assert_eq!(waiting.len(), 3);
        assert_eq!(
            (waiting[0].on.as_str(), waiting[0].held_by[0].as_str()),
            ("the end of every `b`", "b")
        );
    }
}

#[test]
fn a_gather_overlaps_where_the_plan_can() {
    let gather = "[tasks.a]\ncount = 2\nsteps = [{ gather = [[{ io = \"20ms\" }], [{ io = \"30ms\" }, { cpu = \"1ms\" }]] }]";
    check(gather, "sync", "ideal", 4, 102.0, 0.01);
    check(gather, "asyncio", "ideal", 4, 32.0, 0.01);
    check(gather, "threads(6)", "ideal", 4, 32.0, 0.01);
    check(gather, "threads(each)", "ideal", 4, 32.0, 0.01);
    check(gather, "processes(2)", "ideal", 4, 51.0, 0.01);
    // Both workers wait for branches that nobody is free to run.
    let starved = run(gather, "threads(2)", &costs("ideal"), 4);
    assert_eq!(starved.outcome, "deadlock");
    let waiting = starved.waiting.expect("named");
    assert!(
        waiting
            .iter()
            .any(|stuck| stuck.on == "a free worker of the pool"
                && stuck.held_by == ["a[0]", "a[1]"]),
        "{waiting:?}"
    );
}

#[test]
fn time_limits_cut_waits_and_executor_work_runs_on() {
    let limit = "[tasks.a]\ncount = 3\nsteps = [{ timeout = \"20ms\", steps = [{ io = \"100ms\" }, { cpu = \"1s\" }] }, { cpu = \"1ms\" }]";
    for (plan, ms) in [
        ("sync", 63.0),
        ("threads(3)", 23.0),
        ("asyncio", 23.0),
        ("processes(3)", 21.0),
    ] {
        let report = check(limit, plan, "ideal", 4, ms, 1.0);
        assert_eq!(report.timed_out, 3, "{plan}");
    }
    let blocking = limit.replace("\"100ms\" }", "\"100ms\", blocking = true }");
    let report = check(&blocking, "asyncio+threads(3)", "ideal", 4, 23.0, 1.0);
    assert_eq!(report.timed_out, 3);
    assert!(
        report.cores_busy < 0.1,
        "the threads slept on to 100 ms: {}",
        report.cores_busy
    );
    // A limit that cuts a wait gives back the locks taken inside it.
    let locked = "[tasks.a]\ncount = 2\nsteps = [{ timeout = \"20ms\", steps = [{ lock = \"l\", steps = [{ io = \"100ms\" }] }] }, { lock = \"l\", steps = [{ io = \"1ms\" }] }]\n\
                  [resources]\nl = { permits = 1 }";
    for plan in ["threads(2)", "asyncio", "sync"] {
        let report = run(locked, plan, &costs("ideal"), 4);
        assert_eq!(
            (report.outcome, report.timed_out),
            ("completed", 2),
            "{plan}"
        );
    }
}

#[test]
fn arrivals_and_after_shift_the_work() {
    let spaced = "[tasks.a]\ncount = 5\narrive = \"every(20ms)\"\nsteps = [{ io = \"10ms\" }]";
    for plan in [
        "sync",
        "threads(4)",
        "asyncio",
        "processes(2)",
        "threads(each)",
    ] {
        let report = check(spaced, plan, "ideal", 4, 90.0, 1.2);
        assert!(
            report.latency_ns.p50 <= 11_000_000,
            "{plan}: {:?}",
            report.latency_ns
        );
    }
    let chain = "[tasks.login]\ncount = 2\nsteps = [{ io = \"10ms\" }]\n\
                 [tasks.page]\ncount = 4\nafter = [\"login\"]\nsteps = [{ io = \"10ms\" }]";
    check(chain, "threads(4)", "ideal", 4, 20.0, 0.01);
    check(chain, "asyncio", "ideal", 4, 20.0, 0.01);
    check(chain, "sync", "ideal", 4, 60.0, 0.01);
}

#[test]
fn busy_cores_slow_each_other_down_while_both_are_busy() {
    let slow = |gil| {
        let mut costs = Costs::ideal("ideal", gil);
        costs.core_share = [(1, 1_000_000), (2, 1_500_000)]
            .map(|(cores, ppm)| profile::CoreShare { cores, ppm })
            .to_vec();
        costs
    };
    let check = |tasks, plan, gil, expect_ms: f64| {
        let ms = run(tasks, plan, &slow(gil), 2).makespan_ns as f64 / 1e6;
        assert!((ms / expect_ms - 1.0).abs() < 0.001, "{plan}: {ms} ms");
    };
    let two = "[tasks.long]\ncount = 1\nsteps = [{ cpu = \"100ms\" }]\n\
               [tasks.short]\ncount = 1\nsteps = [{ cpu = \"50ms\" }]";
    // Side by side until the short one ends at 75 ms; the long one has half left, and the machine.
    check(two, "threads(2)", false, 125.0);
    // Under the lock only one of them is ever on a core.
    check(two, "threads(2)", true, 150.0);
    check(two, "sync", true, 150.0);
    // Both cores busy all the time, whatever shares them.
    let eight = "[tasks.job]\ncount = 8\nsteps = [{ cpu = \"50ms\" }]";
    check(eight, "threads(8)", false, 300.0);
    check(eight, "processes(2)", true, 300.0);
    // A talker that hardly uses its core costs the other hardly anything.
    let talker = "[tasks.long]\ncount = 1\nsteps = [{ native = \"100ms\" }]\n\
                  [tasks.talker]\ncount = 1\nsteps = [{ repeat = 10, steps = [{ io = \"9ms\" }, { native = \"1ms\" }] }]";
    // Ten times both for 1.5 ms, of which 0.5 ms is lost.
    check(talker, "threads(2)", true, 105.0);
}

#[test]
fn timers_that_stand_in_for_threads_count_in_ticks() {
    const WAITS: &str = "[tasks.a]\ncount = 4\nsteps = [{ io = \"3.2ms\", blocking = true }, \
                         { io = \"uniform(2.1ms, 2.9ms)\", blocking = true }]";
    let ms = |plan: &str, tick: u64| {
        let mut costs = Costs::ideal("idealt", false);
        costs.timer_tick = tick;
        run(WAITS, plan, &costs, 4).makespan_ns as f64 / 1e6
    };
    let whole = 4.0 + 3.0;
    let check = |plan: &str, expect: f64| assert_eq!(ms(plan, 1_000_000), expect, "{plan}");
    check("sync", 4.0 * whole);
    check("processes(2)", 2.0 * whole);
    check("asyncio+threads(2)", 2.0 * whole);
    check("asyncio+processes(2)", 2.0 * whole);
    // Threads sleep exactly, as does what blocks the loop.
    for plan in ["threads(4)", "threads(each)", "asyncio"] {
        assert_eq!(ms(plan, 1_000_000), ms(plan, 0), "{plan}");
    }
    assert!(ms("sync", 0) < 4.0 * (3.2 + 2.9));
}
