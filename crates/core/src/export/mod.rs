//! Traces for other people's viewers: Chrome's trace events (JSON) and Perfetto's (protobuf).
//!
//! Both show the same: a process a process, a thread a thread, each task on a track of its own, the
//! flows between them, and counters. What a thread does for a task is on both tracks, as one looks
//! for it on either; on the thread's it lies within a slice with the task's name.

mod chrome;
mod perfetto;

pub use chrome::chrome;
pub use perfetto::perfetto;

use std::collections::BTreeSet;

use crate::trace::view::{self, Lanes, Span};
use crate::trace::{FlowKind, Lane, SpanKind, ThreadRole, Trace};

/// What both formats show of a trace.
struct Scene<'a> {
    trace: &'a Trace,
    /// Spans of each thread, then of each task.
    lanes: Vec<Vec<Span>>,
    /// For which task each thread works when, by thread.
    stretches: Vec<Vec<Stretch>>,
    /// The thread ids that a viewer shows.
    tids: Vec<u32>,
    counters: Vec<Counter>,
}

/// A number over time.
struct Counter {
    name: String,
    /// The process it belongs to.
    process: u32,
    unit: &'static str,
    /// From when on, ns, how much.
    steps: Vec<(u64, i64)>,
}

/// A process's first thread has the id of its process, which is how viewers know the main thread.
fn tids(trace: &Trace) -> Vec<u32> {
    let processes: BTreeSet<u32> = trace.threads.iter().map(|info| info.process).collect();
    let first_free = processes.last().map_or(0, |last| pid(*last) + 1);
    let mut seen = BTreeSet::new();
    let threads = (0u32..).zip(&trace.threads);
    threads
        .map(|(id, info)| match seen.insert(info.process) {
            true => pid(info.process),
            false => first_free + id,
        })
        .collect()
}

/// The process id that a viewer shows. 0 is the idle process of Linux, so they begin with 1.
fn pid(process: u32) -> u32 {
    process + 1
}

/// A stretch of time in which a thread works for one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    task: u32,
    start: u64,
    end: u64,
}

fn stretches(spans: &[Span]) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for span in spans {
        let Some(task) = span.task else { continue };
        let (start, end) = (span.start.as_nanos(), span.end.as_nanos());
        match stretches.last_mut() {
            Some(last) if (last.task, last.end) == (task, start) => last.end = end,
            _ => stretches.push(Stretch { task, start, end }),
        }
    }
    stretches
}

/// An end of a flow: an instant within a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Anchor {
    /// Index in [`Scene::lanes`].
    lane: usize,
    /// Index of the span on its lane.
    span: usize,
    /// When, ns: in the span, before its end.
    at: u64,
}

impl<'a> Scene<'a> {
    fn new(trace: &'a Trace) -> Scene<'a> {
        let all = view::lanes(trace);
        let counters = counters(trace, &all);
        let mut lanes = all.threads;
        lanes.extend(all.tasks);
        for lane in &mut lanes {
            lane.retain(|span| span.end > span.start);
        }
        let stretches = lanes[..trace.threads.len()]
            .iter()
            .map(|spans| stretches(spans))
            .collect();
        Scene {
            trace,
            lanes,
            stretches,
            tids: tids(trace),
            counters,
        }
    }

    fn threads(&self) -> usize {
        self.trace.threads.len()
    }

    /// The lane's place in [`Scene::lanes`].
    fn index(&self, lane: Lane) -> usize {
        match (lane.as_task(), lane.as_thread()) {
            (Some(task), _) => self.threads() + task as usize,
            (None, thread) => thread.unwrap_or(0) as usize,
        }
    }

    /// Whether a lane is a thread's.
    fn is_thread(&self, lane: usize) -> bool {
        lane < self.threads()
    }

    /// The process of a lane that is a thread's, and the parent's for tasks.
    fn process(&self, lane: usize) -> u32 {
        self.trace
            .threads
            .get(lane)
            .map_or(0, |thread| thread.process)
    }

    /// The processes, ascending.
    fn processes(&self) -> Vec<u32> {
        let mut all: Vec<u32> = self.trace.threads.iter().map(|info| info.process).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn process_name(&self, process: u32) -> String {
        let trace = self.trace;
        let worker = trace.threads.iter().find(|info| {
            let own = matches!(info.role, ThreadRole::Process | ThreadRole::ForkServer);
            info.process == process && process > 0 && own
        });
        match worker {
            Some(worker) => worker.name(),
            None => format!("{} (CPython {})", trace.plan, trace.python),
        }
    }

    /// The span that a flow leaves: the one on the lane at that time, or the last before it.
    fn leaves(&self, lane: Lane, ns: u64) -> Option<Anchor> {
        let lane = self.index(lane);
        let spans = &self.lanes[lane];
        let span = spans
            .partition_point(|span| span.start.as_nanos() < ns)
            .max(1)
            - 1;
        anchor(lane, span, spans.get(span)?, ns)
    }

    /// The span that a flow reaches: the one on the lane at that time, or the first after it.
    fn reaches(&self, lane: Lane, ns: u64) -> Option<Anchor> {
        let lane = self.index(lane);
        let spans = &self.lanes[lane];
        let span = spans.partition_point(|span| span.end.as_nanos() <= ns);
        let span = span.min(spans.len().checked_sub(1)?);
        anchor(lane, span, &spans[span], ns)
    }

    /// The flows whose ends have a span to hang on, and do not lead back in time.
    fn flows(&self) -> impl Iterator<Item = (FlowKind, Anchor, Anchor)> + '_ {
        self.trace.flows.iter().filter_map(|flow| {
            let from = self.leaves(flow.from, flow.start.as_nanos())?;
            let to = self.reaches(flow.to, flow.end.as_nanos())?;
            (from.at <= to.at).then_some((flow.kind, from, to))
        })
    }
}

fn anchor(lane: usize, index: usize, span: &Span, ns: u64) -> Option<Anchor> {
    let at = ns.clamp(span.start.as_nanos(), span.end.as_nanos() - 1);
    Some(Anchor {
        lane,
        span: index,
        at,
    })
}

/// A flow's name for people.
fn flow_name(kind: FlowKind) -> &'static str {
    match kind {
        FlowKind::Submit => "submit",
        FlowKind::Result => "result",
        FlowKind::Item => "item",
        FlowKind::Lock => "lock",
        FlowKind::Gil => "GIL",
        FlowKind::Branch => "branch",
        FlowKind::Join => "join",
    }
}

/// How many wait for each lock, for the loop and for a worker, and how much memory is in use.
fn counters(trace: &Trace, lanes: &Lanes) -> Vec<Counter> {
    let mut counters = Vec::new();
    let mut add = |name: String, process, unit, steps: Vec<(u64, i64)>| {
        if !steps.is_empty() {
            counters.push(Counter {
                name,
                process,
                unit,
                steps,
            });
        }
    };
    let steps = |spans: Vec<&Span>, kind| {
        let steps = view::depth(spans.into_iter(), kind).into_iter();
        steps
            .map(|(at, depth)| (at.as_nanos(), i64::from(depth)))
            .collect::<Vec<_>>()
    };
    for interpreter in view::interpreters(trace) {
        let threads = view::threads_of(trace, interpreter);
        let spans = threads.flat_map(|id| &lanes.threads[id as usize]).collect();
        let process = view::threads_of(trace, interpreter)
            .next()
            .map_or(0, |id| trace.threads[id as usize].process);
        let name = match interpreter == process {
            true => "threads that wait for the GIL".to_owned(),
            false => format!("threads that wait for the GIL of interpreter {interpreter}"),
        };
        add(name, process, "threads", steps(spans, SpanKind::GilWait));
    }
    for (name, kind) in [
        ("tasks ready on the loop", SpanKind::LoopWait),
        ("tasks without a worker", SpanKind::PoolWait),
    ] {
        let spans = lanes.tasks.iter().flatten().collect();
        add(name.to_owned(), 0, "tasks", steps(spans, kind));
    }
    let mut changes = trace.memory.clone();
    changes.sort_by_key(|(at, _)| *at);
    let mut used = 0i64;
    let mut memory: Vec<(u64, i64)> = Vec::new();
    for (at, change) in changes {
        used = used.saturating_add(change);
        match memory.last_mut() {
            Some(last) if last.0 == at.as_nanos() => last.1 = used,
            _ => memory.push((at.as_nanos(), used)),
        }
    }
    add("memory".to_owned(), 0, "bytes", memory);
    counters
}
