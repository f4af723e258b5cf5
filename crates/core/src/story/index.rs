//! What is prepared once: every lane sorted, who held each lock, and how many there were of what.

use crate::trace::view::{Hold, Lanes, Span, gil_held, interpreters, lanes};
use crate::trace::{FlowKind, Lane, SpanKind, ThreadRole, Trace};
use crate::units::Dur;

/// A lane's boundary: the span with this index begins there, or the lane ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    pub(super) at: u64,
    pub(super) lane: Lane,
    pub(super) span: u32,
}

/// How many there are of something, from each instant on.
#[derive(Clone, Debug, Default)]
pub(super) struct Steps(Vec<(u64, u32)>);

impl Steps {
    fn new(mut changes: Vec<(u64, bool)>) -> Steps {
        changes.sort_unstable_by_key(|(at, _)| *at);
        let (mut count, mut steps) = (0_u32, Vec::new());
        for group in changes.chunk_by(|a, b| a.0 == b.0) {
            let more = group.iter().filter(|(_, begins)| *begins).count() as u32;
            count = (count + more).saturating_sub(group.len() as u32 - more);
            steps.push((group[0].0, count));
        }
        Steps(steps)
    }

    /// How many at an instant.
    pub(super) fn at(&self, ns: u64) -> u32 {
        let past = self.0.partition_point(|(at, _)| *at <= ns);
        past.checked_sub(1).map_or(0, |last| self.0[last].1)
    }
}

/// Everything that telling needs, by its place in time.
#[derive(Clone, Debug)]
pub(super) struct Index {
    pub(super) lanes: Lanes,
    /// In the order of time.
    pub(super) marks: Vec<Mark>,
    /// Who held the lock of each interpreter; interpreters ascend.
    pub(super) holds: Vec<(u32, Vec<Hold>)>,
    /// When each task that ends has ended, ascending; branches are not counted.
    pub(super) ends: Vec<u64>,
    /// Tasks without branches.
    pub(super) tasks: usize,
    pub(super) io: Steps,
    /// Ready for the loop.
    pub(super) ready: Steps,
    /// Handed over, and no worker has it yet.
    pub(super) queued: Steps,
    /// Branches by their parent.
    pub(super) branches: Vec<(u32, u32)>,
    /// Whom each wait for a lock got it from: the waiter, the end of its wait, and who let go.
    pub(super) given: Vec<(Lane, u64, Lane)>,
    /// The switch interval, ns.
    pub(super) interval: u64,
    /// When the last task ends, ns.
    pub(super) makespan: u64,
    pub(super) has_loop: bool,
    pub(super) has_pool: bool,
}

impl Index {
    pub(super) fn new(trace: &Trace, switch_interval: Dur) -> Index {
        let lanes = lanes(trace);
        let is_root = |task: usize| trace.tasks[task].parent.is_none();
        let mut ends: Vec<u64> = (trace.tasks.iter().zip(&lanes.tasks))
            .filter(|(task, _)| task.finished && task.parent.is_none())
            .map(|(task, spans)| spans.last().map_or(task.born, |last| last.end).as_nanos())
            .collect();
        ends.sort_unstable();
        let count = |wanted: &dyn Fn(&[Span], usize) -> bool| {
            let mut changes = Vec::new();
            for spans in &lanes.tasks {
                for (at, span) in spans.iter().enumerate() {
                    if wanted(spans, at) {
                        changes.push((span.start.as_nanos(), true));
                        changes.push((span.end.as_nanos(), false));
                    }
                }
            }
            Steps::new(changes)
        };
        let kind = |kind: SpanKind| count(&|spans, at| spans[at].kind == kind);
        let mut branches: Vec<(u32, u32)> = (0_u32..)
            .zip(&trace.tasks)
            .filter_map(|(id, task)| Some((task.parent?, id)))
            .collect();
        branches.sort_unstable();
        let mut given: Vec<(Lane, u64, Lane)> = (trace.flows.iter())
            .filter(|flow| flow.kind == FlowKind::Lock)
            .map(|flow| (flow.to, flow.end.as_nanos(), flow.from))
            .collect();
        given.sort_unstable();
        let has = |wanted: &[ThreadRole]| {
            let mut roles = trace.threads.iter().map(|info| info.role);
            roles.any(|role| wanted.contains(&role))
        };
        let each = interpreters(trace);
        let holds = each.into_iter().map(|id| (id, gil_held(trace, &lanes, id)));
        Index {
            holds: holds.collect(),
            tasks: (0..trace.tasks.len()).filter(|id| is_root(*id)).count(),
            io: kind(SpanKind::Io),
            ready: kind(SpanKind::LoopWait),
            queued: count(&|spans, at| {
                spans[at].kind == SpanKind::PoolWait && !is_result(trace, spans, at)
            }),
            marks: marks(trace, &lanes),
            ends,
            branches,
            given,
            interval: switch_interval.as_nanos().max(1),
            makespan: trace.makespan().as_nanos(),
            has_loop: has(&[ThreadRole::Loop]),
            has_pool: has(&[
                ThreadRole::Worker,
                ThreadRole::Process,
                ThreadRole::Interpreter,
            ]),
            lanes,
        }
    }
}

/// Whether a wait is one of a result that nobody has fetched: behind the work, not in front of it.
pub(super) fn is_result(trace: &Trace, spans: &[Span], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| spans[before].thread);
    let role = before.map(|thread| trace.threads[thread as usize].role);
    spans[at].kind == SpanKind::PoolWait
        && matches!(role, Some(ThreadRole::Process | ThreadRole::Interpreter))
}

/// Every boundary: of tasks, and of what threads do for no task.
fn marks(trace: &Trace, lanes: &Lanes) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut add = |lane: Lane, at: u64, span: usize| {
        let span = span as u32;
        marks.push(Mark { at, lane, span });
    };
    for ((id, task), spans) in (0_u32..).zip(&trace.tasks).zip(&lanes.tasks) {
        let lane = Lane::task(id);
        for (i, span) in spans.iter().enumerate() {
            add(lane, span.start.as_nanos(), i);
        }
        match spans.last() {
            Some(last) => add(lane, last.end.as_nanos(), spans.len()),
            None if task.finished => add(lane, task.born.as_nanos(), 0),
            None => {}
        }
    }
    for (id, spans) in (0_u32..).zip(&lanes.threads) {
        let lane = Lane::thread(id);
        for (i, span) in spans.iter().enumerate() {
            let own = span.task.is_none() || i > 0 && spans[i - 1].task.is_none();
            if own {
                add(lane, span.start.as_nanos(), i);
            }
        }
        if let Some(last) = spans.last().filter(|last| last.task.is_none()) {
            add(lane, last.end.as_nanos(), spans.len());
        }
    }
    marks.sort_unstable();
    marks
}
