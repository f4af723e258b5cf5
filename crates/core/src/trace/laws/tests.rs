//! Each law against a small trace that breaks it.

use super::*;
use crate::trace::{
    Flow, FlowKind, Origin, SpanRecord, Spans, Stuck, TaskInfo, ThreadInfo, ThreadRole,
};

fn thread(number: u32, interpreter: u32, born: u64) -> ThreadInfo {
    ThreadInfo {
        role: ThreadRole::Worker,
        number,
        process: 0,
        interpreter,
        born: Time::from_nanos(born),
    }
}

fn task(index: u32, born: u64) -> TaskInfo {
    TaskInfo {
        kind: 0,
        index,
        parent: None,
        born: Time::from_nanos(born),
        timed_out: false,
        finished: true,
    }
}

/// Two tasks, two threads of one interpreter, two cores.
fn trace(spans: &[(Lane, u64, SpanKind, Option<u32>)]) -> Trace {
    let mut recorded = Spans::default();
    for &(lane, end, kind, thread) in spans {
        recorded.push(SpanRecord::new(lane, end, kind, thread));
    }
    Trace {
        origin: Origin::Simulated,
        plan: "threads(2)".to_owned(),
        python: "3.14".to_owned(),
        gil: true,
        cores: 2,
        kinds: vec!["page".to_owned()],
        tasks: vec![task(0, 0), task(1, 0)],
        threads: vec![thread(0, 0, 0), thread(1, 0, 0)],
        spans: recorded,
        flows: Vec::new(),
        memory: Vec::new(),
        outcome: Outcome::Completed,
        events: 0,
    }
}

fn check_trace(trace: &Trace, expect: &[&str]) {
    let broken = check(trace);
    assert_eq!(broken.len(), expect.len(), "{broken:#?}");
    for (broken, expect) in broken.iter().zip(expect) {
        assert!(broken.contains(expect), "expected `{expect}`: {broken}");
    }
}

const A: Lane = Lane::task(0);
const B: Lane = Lane::task(1);
const X: Lane = Lane::thread(0);
const Y: Lane = Lane::thread(1);

#[test]
fn a_sound_trace_breaks_no_law() {
    let mut sound = trace(&[
        (A, 10, SpanKind::Python, Some(0)),
        (Y, 5, SpanKind::Idle, None),
        (B, 5, SpanKind::PoolWait, None),
        (B, 10, SpanKind::GilWait, Some(1)),
        (B, 20, SpanKind::Python, Some(1)),
        (A, 30, SpanKind::Native, Some(0)),
        (X, 40, SpanKind::Idle, None),
    ]);
    let at = Time::from_nanos;
    sound.flows.push(Flow {
        kind: FlowKind::Gil,
        from: X,
        start: at(10),
        to: Y,
        end: at(10),
    });
    sound.memory = vec![(at(0), 5), (at(30), -5)];
    check_trace(&sound, &[]);
}

#[test]
fn a_lock_held_twice_is_found() {
    let spans = [
        (A, 10, SpanKind::Python, Some(0)),
        (B, 12, SpanKind::Pickle, Some(1)),
    ];
    let mut both = trace(&spans);
    check_trace(&both, &["the lock of interpreter 0 is held twice"]);
    both.gil = false;
    check_trace(&both, &[]);
    let mut apart = trace(&spans);
    apart.threads[1].interpreter = 1;
    check_trace(&apart, &[]);
}

#[test]
fn more_threads_than_cores_are_found() {
    let mut crowded = trace(&[
        (A, 10, SpanKind::Native, Some(0)),
        (B, 12, SpanKind::Native, Some(1)),
    ]);
    crowded.cores = 1;
    check_trace(&crowded, &["2 threads run on 1 cores at 0 ns"]);
}

#[test]
fn holes_and_overlaps_are_found() {
    check_trace(
        &trace(&[
            (A, 10, SpanKind::Io, None),
            (A, 20, SpanKind::Native, Some(0)),
            (A, 20, SpanKind::Io, None),
        ]),
        &["`waits for I/O` ends at 20 ns, begun at 20 ns"],
    );
    check_trace(
        &trace(&[
            (A, 10, SpanKind::Io, None),
            (A, 20, SpanKind::Native, Some(0)),
        ]),
        &["worker-0: `native code` from 10 to 20 ns leaves a hole after its birth"],
    );
    check_trace(
        &trace(&[
            (A, 10, SpanKind::Native, Some(0)),
            (B, 12, SpanKind::Io, Some(0)),
        ]),
        &["worker-0: `waits for I/O` from 0 to 12 ns overlaps `native code`"],
    );
}

#[test]
fn work_without_a_thread_or_before_its_birth_is_found() {
    check_trace(
        &trace(&[(A, 10, SpanKind::Python, None)]),
        &["on no thread"],
    );
    let mut early = trace(&[(A, 10, SpanKind::Python, Some(0))]);
    early.threads[0].born = Time::from_nanos(3);
    check_trace(&early, &["which was not born", "overlaps its birth"]);
    check_trace(
        &trace(&[(Lane::task(7), 1, SpanKind::Io, None)]),
        &["task 7, which does not"],
    );
    check_trace(
        &trace(&[(A, 1, SpanKind::Io, Some(9))]),
        &["a thread that does not exist"],
    );
}

#[test]
fn flows_out_of_time_or_place_are_found() {
    let mut bad = trace(&[(A, 10, SpanKind::Io, None), (B, 10, SpanKind::Io, None)]);
    let at = Time::from_nanos;
    let flow = |start, end, to| Flow {
        kind: FlowKind::Item,
        from: A,
        start,
        to,
        end,
    };
    bad.flows = vec![
        flow(at(5), at(4), B),
        flow(at(5), at(11), B),
        flow(at(1), at(1), X),
    ];
    bad.flows.push(flow(at(1), at(1), Lane::task(9)));
    let expect = [
        "it ends before it begins",
        "page[1] lives from 0 to 10 ns",
        "worker-0 lives from 0 to 0 ns",
        "a lane that does not exist",
    ];
    check_trace(&bad, &expect);
}

#[test]
fn lost_tasks_are_found() {
    let mut lost = trace(&[]);
    lost.tasks[1].finished = false;
    check_trace(
        &lost,
        &["unfinished are [\"page[1]\"], and named as stuck []"],
    );
    let stuck = |task: &str| Stuck {
        task: task.to_owned(),
        on: String::new(),
        held_by: Vec::new(),
    };
    lost.outcome = Outcome::Deadlock(vec![stuck("page[1]")]);
    check_trace(&lost, &[]);
    lost.outcome = Outcome::Deadlock(Vec::new());
    check_trace(&lost, &["nobody is stuck"]);
    lost.outcome = Outcome::Stopped("limit".to_owned());
    check_trace(&lost, &[]);
}

#[test]
fn memory_given_back_twice_is_found() {
    let mut twice = trace(&[]);
    let at = Time::from_nanos;
    twice.memory = vec![(at(0), 5), (at(1), -5), (at(2), -5)];
    check_trace(&twice, &["-5 bytes of memory in use at 2 ns"]);
}
