//! Reports made by hand, for the tests of what is shown.

use trilane_core::advice::why::Setting;
use trilane_core::compare::Race;
use trilane_core::plan::{Plan, ProcessPool, StartMethod};
use trilane_core::report::{LoopLag, Percentiles, Report, TimeByState, Waiting};

use super::race::Runner;

/// A completed run of 40 tasks that takes so many milliseconds.
pub(crate) fn report(plan: &str, python: &str, ms: u64, time_ms: TimeByState) -> Report {
    let ns = |ms: u64| ms * 1_000_000;
    let t = time_ms;
    Report {
        plan: plan.to_owned(),
        python: python.to_owned(),
        origin: "simulated",
        makespan_ns: ns(ms),
        tasks: 40,
        finished: 40,
        throughput_per_s: 40.0 * 1000.0 / ms as f64,
        speedup: None,
        latency_ns: Percentiles {
            p50: ns(ms / 2),
            p95: ns(ms),
            p99: ns(ms),
            max: ns(ms),
        },
        cores_busy: (t.python + t.native) as f64 / ms as f64,
        tasks_in_flight: 7.9,
        time_ns: TimeByState {
            python: ns(t.python),
            native: ns(t.native),
            io: ns(t.io),
            gil_wait: ns(t.gil_wait),
            core_wait: ns(t.core_wait),
            lock_wait: ns(t.lock_wait),
            queue_wait: ns(t.queue_wait),
            pool_wait: ns(t.pool_wait),
            loop_wait: ns(t.loop_wait),
            join_wait: ns(t.join_wait),
            pickle: ns(t.pickle),
            overhead: ns(t.overhead),
            start: ns(t.start),
        },
        gil_handoffs: 40,
        context_switches: 80,
        loop_lag_ns: LoopLag::default(),
        memory_peak_bytes: 31_000_000,
        timed_out: 0,
        events: 1234,
        outcome: "completed",
        waiting: None,
        reason: None,
    }
}

/// Forty pages, 80 ms of network and 6 ms of Python each, under seven plans.
pub(crate) fn race() -> (Race, Vec<Runner>) {
    let none = TimeByState::default();
    let io = 40 * 80;
    let python = 40 * 6;
    let pool = ProcessPool {
        workers: 4,
        start: StartMethod::ForkServer,
    };
    let asyncio = |threads, processes| Plan::Asyncio {
        limit: None,
        threads,
        processes,
    };
    let rows: Vec<(&str, Plan, &str, u64, TimeByState)> = vec![
        (
            "sync",
            Plan::Sync,
            "3.14",
            3440,
            TimeByState {
                io,
                python,
                pool_wait: 65_000,
                ..none
            },
        ),
        (
            "threads(8)",
            Plan::Threads { workers: 8 },
            "3.14",
            461,
            TimeByState {
                io,
                python,
                gil_wait: 230,
                pool_wait: 9_000,
                ..none
            },
        ),
        (
            "processes(4)",
            Plan::Processes { pool, chunk: 1 },
            "3.14",
            934,
            TimeByState {
                io,
                python,
                pickle: 30,
                pool_wait: 18_000,
                start: 160,
                ..none
            },
        ),
        (
            "asyncio",
            asyncio(None, None),
            "3.14",
            327,
            TimeByState {
                io,
                python,
                loop_wait: 4_700,
                overhead: 8,
                ..none
            },
        ),
        (
            "asyncio+threads(8)",
            asyncio(Some(8), None),
            "3.14",
            329,
            TimeByState {
                io,
                python,
                loop_wait: 4_720,
                overhead: 9,
                ..none
            },
        ),
        (
            "asyncio+threads(8)+processes(4)",
            asyncio(Some(8), Some(pool)),
            "3.14",
            330,
            TimeByState {
                io,
                python,
                overhead: 30,
                start: 130,
                pool_wait: 1400,
                pickle: 20,
                ..none
            },
        ),
        (
            "threads(8)",
            Plan::Threads { workers: 8 },
            "3.14t",
            433,
            TimeByState {
                io,
                python,
                core_wait: 20,
                pool_wait: 9_000,
                ..none
            },
        ),
    ];
    let mut runs = vec![];
    let mut runners = vec![];
    for (name, plan, python, ms, time) in rows {
        runs.push(report(&plan.to_string(), python, ms, time));
        let setting = Setting {
            plan,
            gil: !python.ends_with('t'),
            cores: 4,
        };
        runners.push(Runner {
            name: name.to_owned(),
            setting,
        });
    }
    let sync = runs[0].clone();
    (
        Race::new("Fetch 40 pages, parse each", 7, 4, runs, Some(&sync)),
        runners,
    )
}

/// The same, and one plan that never ends.
pub(crate) fn race_with_deadlock() -> (Race, Vec<Runner>) {
    let (mut race, runners) = race();
    let run = &mut race.runs[1];
    run.outcome = "deadlock";
    run.speedup = None;
    run.finished = 38;
    let stuck = |task: &str, holder: &str| Waiting {
        task: task.to_owned(),
        on: "lock `db`".to_owned(),
        held_by: vec![holder.to_owned()],
    };
    run.waiting = Some(vec![
        stuck("page[3]", "page[1]"),
        stuck("page[1]", "page[3]"),
    ]);
    (race, runners)
}
