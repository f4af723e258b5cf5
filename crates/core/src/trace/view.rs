//! What a viewer asks of a trace: the spans of one lane with their beginnings, thread lanes put
//! together, cores, and who holds or wants a GIL. Everything here is derived from [`Trace`].

use super::{Lane, SpanKind, SpanRecord, Trace};
use crate::units::Time;

/// A span with both its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When it begins.
    pub start: Time,
    /// When it ends.
    pub end: Time,
    /// What it shows.
    pub kind: SpanKind,
    /// The task, where it is one's.
    pub task: Option<u32>,
    /// The thread, where one is involved.
    pub thread: Option<u32>,
}

/// A trace sorted by lane.
#[derive(Clone, Debug, Default)]
pub struct Lanes {
    /// Spans of each task lane, by task id, in order.
    pub tasks: Vec<Vec<Span>>,
    /// Everything each thread did, by thread id, in order: its own spans and its tasks'.
    pub threads: Vec<Vec<Span>>,
}

/// Sorts a trace by lane.
pub fn lanes(trace: &Trace) -> Lanes {
    let mut lanes = Lanes {
        tasks: vec![Vec::new(); trace.tasks.len()],
        threads: vec![Vec::new(); trace.threads.len()],
    };
    let mut task_at: Vec<Time> = trace.tasks.iter().map(|task| task.born).collect();
    let mut thread_at: Vec<Time> = trace.threads.iter().map(|thread| thread.born).collect();
    for record in trace.spans.iter() {
        let end = Time::from_nanos(record.end);
        let kind = record.kind();
        match (record.lane.as_task(), record.lane.as_thread()) {
            (Some(task), _) => {
                let start = std::mem::replace(&mut task_at[task as usize], end);
                let thread = record.thread();
                let span = Span { start, end, kind, task: Some(task), thread };
                lanes.tasks[task as usize].push(span);
                if let Some(thread) = thread {
                    thread_at[thread as usize] = end;
                    lanes.threads[thread as usize].push(span);
                }
            }
            (None, Some(thread)) => {
                let start = std::mem::replace(&mut thread_at[thread as usize], end);
                let span = Span { start, end, kind, task: None, thread: Some(thread) };
                lanes.threads[thread as usize].push(span);
            }
            (None, None) => {}
        }
    }
    lanes
}

/// A span of `lane` as recorded; exposed for codecs.
pub fn record(lane: Lane, span: &Span) -> SpanRecord {
    let thread = match lane.as_task() {
        Some(_) => span.thread,
        None => None,
    };
    SpanRecord::new(lane, span.end.as_nanos(), span.kind, thread)
}
