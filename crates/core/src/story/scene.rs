//! A run at one instant: what every thread is doing, and who is counted where.

use super::index::{Index, Mark};
use super::rules::Law;
use crate::trace::view::Span;
use crate::trace::{Lane, Origin, SpanKind, ThreadRole, Trace};

/// A trace at an instant.
pub(super) struct Scene<'a> {
    pub(super) trace: &'a Trace,
    pub(super) index: &'a Index,
    /// ns.
    pub(super) at: u64,
    /// What each thread is doing; nothing before its birth and after its end.
    pub(super) threads: Vec<Option<Span>>,
}

/// What changes on a lane at an instant.
#[derive(Clone, Copy)]
pub(super) struct Change {
    pub(super) lane: Lane,
    pub(super) before: Option<Span>,
    pub(super) after: Option<Span>,
    /// The index of `after` among the lane's spans.
    pub(super) span: usize,
}

/// The span of a lane that covers an instant, and its index.
pub(super) fn current(spans: &[Span], at: u64) -> Option<(usize, Span)> {
    let index = spans.partition_point(|span| span.end.as_nanos() <= at);
    let span = spans.get(index).copied()?;
    (span.start.as_nanos() <= at).then_some((index, span))
}

impl<'a> Scene<'a> {
    pub(super) fn new(trace: &'a Trace, index: &'a Index, at: u64) -> Scene<'a> {
        let lanes = index.lanes.threads.iter();
        let threads = lanes.map(|spans| current(spans, at).map(|(_, span)| span));
        Scene {
            trace,
            index,
            at,
            threads: threads.collect(),
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.at >= self.index.makespan
    }

    /// Whether the trace says for certain who has a lock.
    pub(super) fn is_certain(&self) -> bool {
        self.trace.origin == Origin::Simulated
    }

    /// What changes right now, in the order of the lanes.
    pub(super) fn changes(&self) -> impl Iterator<Item = Change> + '_ {
        let marks = &self.index.marks;
        let first = marks.partition_point(|mark| mark.at < self.at);
        let here = marks[first..].iter().take_while(|mark| mark.at == self.at);
        here.map(|mark| self.change(mark))
    }

    fn change(&self, mark: &Mark) -> Change {
        let spans = self.spans(mark.lane);
        let span = mark.span as usize;
        Change {
            lane: mark.lane,
            before: span.checked_sub(1).and_then(|i| spans.get(i)).copied(),
            after: spans.get(span).copied(),
            span,
        }
    }

    pub(super) fn spans(&self, lane: Lane) -> &'a [Span] {
        let lanes = &self.index.lanes;
        match (lane.as_task(), lane.as_thread()) {
            (Some(task), _) => lanes.tasks.get(task as usize),
            (None, Some(thread)) => lanes.threads.get(thread as usize),
            (None, None) => None,
        }
        .map_or(&[], Vec::as_slice)
    }

    /// The threads that are doing something of these kinds, ascending.
    pub(super) fn doing(&self, wanted: impl Fn(SpanKind) -> bool) -> Vec<u32> {
        let all = (0_u32..).zip(&self.threads);
        all.filter(|(_, span)| span.is_some_and(|span| wanted(span.kind)))
            .map(|(id, _)| id)
            .collect()
    }

    pub(super) fn role(&self, thread: u32) -> ThreadRole {
        self.trace.threads[thread as usize].role
    }

    /// The thread that runs the event loop.
    pub(super) fn event_loop(&self) -> Option<u32> {
        let all = (0_u32..).zip(&self.trace.threads);
        let mut found = all.filter(|(_, info)| info.role == ThreadRole::Loop);
        found.next().map(|(id, _)| id)
    }

    /// How many cores are at work.
    pub(super) fn cores_in_use(&self) -> usize {
        self.doing(SpanKind::on_core).len()
    }

    pub(super) fn finished(&self) -> usize {
        self.index.ends.partition_point(|end| *end <= self.at)
    }

    /// How long a thread goes on with a task without a break, from now.
    pub(super) fn busy_for(&self, thread: u32, task: u32) -> u64 {
        let spans = self.spans(Lane::thread(thread));
        let Some((index, _)) = current(spans, self.at) else {
            return 0;
        };
        let mut end = self.at;
        for span in &spans[index..] {
            if span.task != Some(task) || span.start.as_nanos() > end {
                break;
            }
            end = span.end.as_nanos();
        }
        end - self.at
    }

    /// What is behind a worker that is not there yet.
    pub(super) fn start_law(&self) -> Law {
        match self.has_processes() {
            true => Law::Boot,
            false => Law::Workers,
        }
    }

    /// What is behind a task that waits in a pool's queue.
    pub(super) fn queue_law(&self) -> Law {
        match self.has_processes() {
            true => Law::ProcessQueue,
            false => Law::Queue,
        }
    }

    fn has_processes(&self) -> bool {
        let mut threads = self.trace.threads.iter();
        threads.any(|info| info.role == ThreadRole::Process)
    }
}
