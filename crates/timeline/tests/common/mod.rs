//! Traces for tests: a small machine with a lock, enough to make pictures of.

use trilane_core::trace::{
    Flow, FlowKind, Lane, Origin, Outcome, SpanKind, SpanRecord, Spans, TaskInfo, ThreadInfo,
    ThreadRole, Trace,
};
use trilane_core::units::Time;

/// A trace with nothing in it.
pub(crate) fn empty(plan: &str, gil: bool, cores: u32) -> Trace {
    Trace {
        origin: Origin::Simulated,
        plan: plan.to_owned(),
        python: if gil { "3.13" } else { "3.14t" }.to_owned(),
        gil,
        cores,
        kinds: vec!["page".to_owned()],
        tasks: Vec::new(),
        threads: Vec::new(),
        spans: Spans::default(),
        flows: Vec::new(),
        memory: Vec::new(),
        outcome: Outcome::Completed,
        events: 0,
    }
}

/// A thread that is there from the beginning.
pub(crate) fn thread(role: ThreadRole, number: u32, process: u32) -> ThreadInfo {
    ThreadInfo {
        role,
        number,
        process,
        interpreter: process,
        born: Time::ZERO,
    }
}

/// `tasks` tasks on `workers` threads: each waits, then computes for `cpu_us` µs under one lock that
/// changes hands every 5 ms.
pub(crate) fn threads(workers: u32, tasks: u32, cpu_us: u64) -> Trace {
    let mut trace = empty(&format!("threads({workers})"), true, 4);
    trace.threads = (0..workers)
        .map(|n| thread(ThreadRole::Worker, n, 0))
        .collect();
    let mut told: Vec<(u64, Lane, SpanKind, Option<u32>)> = Vec::new();
    let mut free = vec![400_000u64; workers as usize];
    for (n, at) in (0u64..).zip(&free) {
        told.push((*at + n, Lane::thread(n as u32), SpanKind::Start, None));
    }
    let mut lock_free = 0u64;
    for id in 0..tasks {
        let worker = (0..workers)
            .min_by_key(|w| free[*w as usize])
            .expect("a worker");
        let begin = free[worker as usize] + u64::from(worker);
        let mut at = begin + 6_000_000 + u64::from(id * 37 % 17) * 900_000;
        let mut tell = |end, kind| told.push((end, Lane::task(id), kind, Some(worker)));
        tell(at, SpanKind::Io);
        let mut left = cpu_us * 1000;
        while left > 0 {
            let slice = left.min(5_000_000);
            if lock_free > at {
                tell(lock_free, SpanKind::GilWait);
                at = lock_free;
            }
            at += slice;
            tell(at, SpanKind::Python);
            lock_free = at;
            left -= slice;
        }
        told.push((begin, Lane::task(id), SpanKind::PoolWait, None));
        free[worker as usize] = at;
        trace.tasks.push(TaskInfo {
            kind: 0,
            index: id,
            parent: None,
            born: Time::ZERO,
            timed_out: false,
            finished: true,
        });
        if begin > 0 {
            trace.flows.push(Flow {
                kind: FlowKind::Submit,
                from: Lane::thread(0),
                start: Time::from_nanos(400_000),
                to: Lane::task(id),
                end: Time::from_nanos(begin),
            });
        }
    }
    told.sort_by_key(|(end, ..)| *end);
    for (end, lane, kind, thread) in told {
        trace.spans.push(SpanRecord::new(lane, end, kind, thread));
    }
    trace
}
