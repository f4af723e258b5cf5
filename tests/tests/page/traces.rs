//! Traces of real runs in a browser, of work for the processor alone: which worker did what, and what went on at
//! once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use trilane_core::trace::view::{Span, lanes};
use trilane_core::trace::{Origin, SpanKind, ThreadRole, Trace, codec};

/// So long may two threads seem to run Python at once where a lock keeps them from it, ns: where within half a
/// millisecond of work a wait fell is not noted down, and smaller ones than one millisecond are not told from work.
const BLUR: u64 = 2_000_000;

/// Holds the files of a folder, `PLAN@PYTHON.trilane`, to what each plan is.
pub(crate) fn hold(folder: &Path) {
    let read = |name: &str| {
        let bytes = std::fs::read(folder.join(format!("{name}.trilane")));
        let trace = codec::decode(&bytes.expect(name)).expect(name);
        assert_eq!(trace.origin, Origin::Measured, "{name}");
        trace
    };
    for (name, role) in [
        ("threads(2)@browser", ThreadRole::Worker),
        ("processes(2)@browser", ThreadRole::Process),
        ("asyncio+processes(2)@browser", ThreadRole::Process),
    ] {
        two_workers_share_the_tasks(name, &read(name), role);
    }
    let locked = "threads(2)@browser-gil";
    let trace = read(locked);
    two_workers_share_the_tasks(locked, &trace, ThreadRole::Worker);
    never_two_at_once(locked, &trace, BLUR);
    for (name, role) in [
        ("sync@browser", ThreadRole::Main),
        ("asyncio@browser", ThreadRole::Loop),
    ] {
        let trace = read(name);
        let roles: BTreeSet<_> = (python(&trace).iter())
            .map(|(thread, _)| format!("{:?}", trace.threads[*thread as usize].role))
            .collect();
        assert_eq!(roles, BTreeSet::from([format!("{role:?}")]), "{name}");
        never_two_at_once(name, &trace, 0);
    }
}

/// Spans of Python, each with its thread, by their beginnings.
fn python(trace: &Trace) -> Vec<(u32, Span)> {
    let lanes = lanes(trace);
    let of_tasks = lanes.tasks.iter().flatten();
    let mut spans: Vec<(u32, Span)> = of_tasks
        .filter(|span| span.kind == SpanKind::Python && span.end > span.start)
        .filter_map(|span| Some((span.thread?, *span)))
        .collect();
    spans.sort_by_key(|(_, span)| span.start);
    spans
}

/// Each of two workers has tasks of its own, and both are at theirs at once.
fn two_workers_share_the_tasks(name: &str, trace: &Trace, role: ThreadRole) {
    let mut of_worker: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    let mut at_work: BTreeMap<u32, [u64; 2]> = BTreeMap::new();
    for (thread, span) in python(trace) {
        let [start, end] = [span.start, span.end].map(|time| time.as_nanos());
        of_worker.entry(thread).or_default().extend(span.task);
        let times = at_work.entry(thread).or_insert([start, end]);
        *times = [times[0].min(start), times[1].max(end)];
    }
    assert_eq!(of_worker.len(), 2, "{name}: {of_worker:?}");
    for thread in of_worker.keys() {
        assert_eq!(trace.threads[*thread as usize].role, role, "{name}");
    }
    let tasks: Vec<&BTreeSet<u32>> = of_worker.values().collect();
    assert!(tasks[0].is_disjoint(tasks[1]), "{name}: {of_worker:?}");
    let all: BTreeSet<u32> = tasks.into_iter().flatten().copied().collect();
    assert_eq!(all.len(), trace.tasks.len(), "{name}: {of_worker:?}");
    let times: Vec<[u64; 2]> = at_work.into_values().collect();
    let both = times[0][1]
        .min(times[1][1])
        .saturating_sub(times[0][0].max(times[1][0]));
    assert!(both > 0, "{name}: one worker after the other, {times:?}");
}

/// No two spans of Python overlap by more than that, ns.
fn never_two_at_once(name: &str, trace: &Trace, most: u64) {
    let spans = python(trace);
    let mut last = 0;
    for (thread, span) in spans {
        let [start, end] = [span.start, span.end].map(|time| time.as_nanos());
        let both = end.min(last).saturating_sub(start);
        assert!(
            both <= most,
            "{name}: thread {thread} runs Python from {start} to {end} ns, and another until {last} ns"
        );
        last = last.max(end);
    }
}
