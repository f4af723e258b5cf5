//! The trace file: what goes in comes out, it is small, and no bytes make it panic.

use proptest::prelude::*;
use trilane_core::examples;
use trilane_core::model::{Setup, record};
use trilane_core::plan::default_plans;
use trilane_core::profile::{default_python, embedded};
use trilane_core::scenario::{self, Format};
use trilane_core::trace::codec::{CodecError, decode, encode};
use trilane_core::trace::{
    Flow, FlowKind, Lane, Origin, Outcome, SpanKind, SpanRecord, Spans, Stuck, TaskInfo,
    ThreadInfo, ThreadRole, Trace, view,
};
use trilane_core::units::Time;
use trilane_core::workload::draw;

/// Traces of an embedded example under the default plans.
fn recorded(example: &str) -> Vec<Trace> {
    let example = examples::find(example).expect("an embedded example");
    let scenario = scenario::parse(example.text(), Format::Toml).expect("it parses");
    let workload = draw(&scenario, scenario.seed);
    let mut traces = Vec::new();
    for spec in default_plans() {
        let python = spec.python.clone().unwrap_or(default_python().to_owned());
        let costs = embedded(&python).expect("an embedded profile").costs();
        if let Ok(plan) = spec.resolve(4, &costs) {
            traces.push(record(&Setup::new(&workload, plan, &costs, 4)));
        }
    }
    traces
}

#[track_caller]
fn check(trace: &Trace) -> usize {
    let bytes = encode(trace);
    let back = decode(&bytes).expect("what was written can be read");
    assert_eq!(format!("{back:?}"), format!("{trace:?}"));
    bytes.len()
}

#[test]
fn recorded_runs_come_back_and_are_small() {
    for example in [
        "fetch-and-parse",
        "convoy",
        "producer-consumer",
        "ten-thousand-sockets",
    ] {
        for trace in recorded(example) {
            let bytes = check(&trace);
            // Short traces are mostly their lists of tasks and threads.
            if trace.spans.len() > 5_000 {
                let a_span = bytes as f64 / trace.spans.len() as f64;
                assert!(
                    a_span <= 8.0,
                    "{example}, {}: {a_span:.2} bytes a span",
                    trace.plan
                );
            }
        }
    }
}

#[test]
fn strangers_bytes_are_refused_with_a_reason() {
    let bytes = encode(&recorded("convoy")[1]);
    assert_eq!(decode(b"").unwrap_err(), CodecError::NotATrace);
    assert_eq!(
        decode(b"PK\x03\x04 and so on").unwrap_err(),
        CodecError::NotATrace
    );
    let mut newer = bytes.clone();
    newer[4] = 9;
    assert_eq!(
        decode(&newer).unwrap_err(),
        CodecError::Version { found: 9 }
    );
    let mut damaged = bytes.clone();
    damaged[bytes.len() / 2] ^= 4;
    assert!(matches!(
        decode(&damaged).unwrap_err(),
        CodecError::Damaged { .. }
    ));
    assert!(decode(&bytes[..bytes.len() - 5]).is_err());
}

fn time() -> impl Strategy<Value = u64> {
    prop_oneof![
        0u64..50,
        0u64..10_000_000,
        Just(u64::MAX - 3),
        Just(u64::MAX)
    ]
}

/// Traces that no machine would run, but that hold together.
fn trace() -> impl Strategy<Value = Trace> {
    let tasks = prop::collection::vec(
        (0u32..3, any::<u32>(), any::<bool>(), any::<bool>(), time()),
        0..8,
    );
    let threads = prop::collection::vec((0usize..7, 0u32..9, 0u32..3, time()), 0..5);
    let spans = prop::collection::vec(
        (
            any::<bool>(),
            any::<u32>(),
            0usize..15,
            prop::option::of(any::<u32>()),
            0u64..1_000_000,
        ),
        0..200,
    );
    let flows = prop::collection::vec(
        (0usize..7, any::<u32>(), any::<u32>(), time(), time()),
        0..20,
    );
    let memory = prop::collection::vec((time(), any::<i64>()), 0..10);
    let outcome = prop_oneof![
        Just(Outcome::Completed),
        Just(Outcome::Stopped(
            "the limit: 2 Mrd. Ereignisse ⏱".to_owned()
        )),
        Just(Outcome::Deadlock(vec![Stuck {
            task: "a[0]".into(),
            on: "lock `b`".into(),
            held_by: vec!["a[1]".into()]
        }])),
    ];
    (
        tasks,
        threads,
        spans,
        flows,
        memory,
        outcome,
        any::<[bool; 3]>(),
        time(),
    )
        .prop_map(
            |(tasks, threads, spans, flows, memory, outcome, [gil, measured, sort], events)| {
                const ROLES: [ThreadRole; 8] = [
                    ThreadRole::Main,
                    ThreadRole::Loop,
                    ThreadRole::Worker,
                    ThreadRole::Process,
                    ThreadRole::Interpreter,
                    ThreadRole::Manager,
                    ThreadRole::Feeder,
                    ThreadRole::ForkServer,
                ];
                const FLOWS: [FlowKind; 7] = [
                    FlowKind::Submit,
                    FlowKind::Result,
                    FlowKind::Item,
                    FlowKind::Lock,
                    FlowKind::Gil,
                    FlowKind::Branch,
                    FlowKind::Join,
                ];
                let tasks: Vec<TaskInfo> = tasks
                    .into_iter()
                    .map(|(kind, index, finished, branch, born)| TaskInfo {
                        kind,
                        index,
                        parent: branch.then_some(0),
                        born: Time::from_nanos(born),
                        timed_out: !finished,
                        finished,
                    })
                    .collect();
                let threads: Vec<ThreadInfo> = threads
                    .into_iter()
                    .map(|(role, number, process, born)| ThreadInfo {
                        role: ROLES[role],
                        number,
                        process,
                        interpreter: process,
                        born: Time::from_nanos(born),
                    })
                    .collect();
                let lane =
                    |task: bool, id: u32| match (task, tasks.len() as u32, threads.len() as u32) {
                        (true, count @ 1.., _) | (false, count @ 1.., 0) => {
                            Some(Lane::task(id % count))
                        }
                        (_, _, count @ 1..) => Some(Lane::thread(id % count)),
                        _ => None,
                    };
                let mut task_at: Vec<u64> = tasks.iter().map(|t| t.born.as_nanos()).collect();
                let mut thread_at: Vec<u64> = threads.iter().map(|t| t.born.as_nanos()).collect();
                let mut records = Vec::new();
                for (task, id, kind, place, length) in spans {
                    let Some(lane) = lane(task, id) else { continue };
                    let at = match (lane.as_task(), lane.as_thread()) {
                        (Some(id), _) => &mut task_at[id as usize],
                        (_, Some(id)) => &mut thread_at[id as usize],
                        _ => unreachable!("a lane is one of the two"),
                    };
                    *at = at.saturating_add(length);
                    let place = place
                        .filter(|_| !threads.is_empty())
                        .map(|place| place % threads.len() as u32);
                    records.push(SpanRecord::new(lane, *at, SpanKind::ALL[kind], place));
                }
                if sort {
                    records.sort_by_key(|span| span.end);
                }
                let mut spans = Spans::default();
                records.into_iter().for_each(|span| spans.push(span));
                let flows = flows
                    .into_iter()
                    .filter_map(|(kind, from, to, a, b)| {
                        Some(Flow {
                            kind: FLOWS[kind],
                            from: lane(from % 2 == 0, from)?,
                            start: Time::from_nanos(a.min(b)),
                            to: lane(to % 2 == 0, to)?,
                            end: Time::from_nanos(a.max(b)),
                        })
                    })
                    .collect();
                Trace {
                    origin: if measured {
                        Origin::Measured
                    } else {
                        Origin::Simulated
                    },
                    plan: "threads(8)".into(),
                    python: "3.13".into(),
                    gil,
                    cores: 4,
                    kinds: vec!["a".into(), "страница".into(), String::new()],
                    tasks: tasks.clone(),
                    threads: threads.clone(),
                    spans,
                    flows,
                    memory: memory
                        .into_iter()
                        .map(|(at, change)| (Time::from_nanos(at), change))
                        .collect(),
                    outcome,
                    events,
                }
            },
        )
}

/// The same bytes with a right check sum, so that what lies behind it is reached.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let body = bytes.len().saturating_sub(4);
    bytes.truncate(body);
    let sum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_trace_comes_back(trace in trace()) {
        check(&trace);
    }

    #[test]
    fn no_bytes_make_it_panic(trace in trace(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..4), 1..6), cut in prop::option::of(any::<prop::sample::Index>())) {
        let mut bytes = encode(&trace);
        for (at, byte, how) in changes {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes[at] ^= 1 << (byte & 7),
                2 => bytes.insert(at, byte),
                _ => _ = bytes.remove(at),
            }
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()) + 1);
        }
        let _ = decode(&bytes);
        if let Ok(read) = decode(&sealed(bytes)) {
            // What is let in must be fit to be drawn and written again.
            let lanes = view::lanes(&read);
            view::cores(&read, &lanes);
            for interpreter in view::interpreters(&read) {
                view::gil_held(&read, &lanes, interpreter);
            }
            check(&read);
        }
    }
}
