//! The laws that every trace obeys, as far as a trace alone can tell.
//!
//! A simulated trace that breaks one of these is a bug in the model, whatever the scenario: tests
//! hold them over generated scenarios and plans. A measured trace may break those about the lock and
//! the cores by what its clock cannot see.

use super::view::{Lanes, Span, lanes};
use super::{Lane, Outcome, SpanKind, Trace};
use crate::units::Time;

/// Every broken law, in words; nothing for a sound trace.
pub fn check(trace: &Trace) -> Vec<String> {
    let mut broken = records(trace);
    // Lanes are put together by index, so only where every record has a lane.
    if broken.is_empty() {
        let lanes = lanes(trace);
        broken.extend(places(trace, &lanes));
        broken.extend(thread_lanes(trace, &lanes));
        broken.extend(lock(trace, &lanes));
        broken.extend(cores(trace, &lanes));
        broken.extend(flows(trace, &lanes));
    }
    broken.extend(tasks(trace));
    broken.extend(memory(trace));
    broken
}

/// Spans belong to lanes that exist, and on its lane each ends later than the one before it: so a
/// task's lane has neither overlap nor hole.
fn records(trace: &Trace) -> Vec<String> {
    let mut broken = Vec::new();
    let mut task_at: Vec<u64> = trace
        .tasks
        .iter()
        .map(|task| task.born.as_nanos())
        .collect();
    let mut thread_at: Vec<u64> = trace
        .threads
        .iter()
        .map(|thread| thread.born.as_nanos())
        .collect();
    for record in trace.spans.iter() {
        let at = match (record.lane.as_task(), record.lane.as_thread()) {
            (Some(task), _) => task_at.get_mut(task as usize),
            (_, Some(thread)) => thread_at.get_mut(thread as usize),
            (None, None) => None,
        };
        let Some(at) = at else {
            broken.push(format!(
                "a span of {}, which does not exist",
                name(trace, record.lane)
            ));
            continue;
        };
        if record.end <= *at {
            let lane = name(trace, record.lane);
            let kind = record.kind().label();
            broken.push(format!(
                "{lane}: `{kind}` ends at {} ns, begun at {at} ns",
                record.end
            ));
        }
        *at = record.end;
        if record
            .thread()
            .is_some_and(|thread| thread as usize >= trace.threads.len())
        {
            let lane = name(trace, record.lane);
            broken.push(format!("{lane}: a span on a thread that does not exist"));
        }
    }
    broken
}

/// What needs a thread has one, and that thread was there by then.
fn places(trace: &Trace, lanes: &Lanes) -> Vec<String> {
    let mut broken = Vec::new();
    for (task, spans) in (0u32..).zip(&lanes.tasks) {
        for span in spans {
            let needs =
                span.kind.on_core() || matches!(span.kind, SpanKind::GilWait | SpanKind::CoreWait);
            let told = || format!("{}: {}", trace.task_name(task), shown(span));
            match span.thread {
                None if needs => broken.push(format!("{}, on no thread", told())),
                Some(thread) if trace.threads[thread as usize].born > span.start => {
                    let thread = trace.threads[thread as usize].name();
                    broken.push(format!("{}, on {thread}, which was not born", told()));
                }
                Some(_) if span.kind == SpanKind::Idle => {
                    broken.push(format!("{}: a task is never idle", told()));
                }
                _ => {}
            }
        }
    }
    broken
}

/// A thread does one thing at a time, and something all the time, from its birth to its end.
fn thread_lanes(trace: &Trace, lanes: &Lanes) -> Vec<String> {
    let mut broken = Vec::new();
    for (info, spans) in trace.threads.iter().zip(&lanes.threads) {
        let mut at = info.born;
        let mut before = "its birth".to_owned();
        for span in spans {
            if span.start != at {
                let what = if span.start < at {
                    "overlaps"
                } else {
                    "leaves a hole after"
                };
                broken.push(format!("{}: {} {what} {before}", info.name(), shown(span)));
            }
            at = span.end;
            before = shown(span);
        }
    }
    broken
}

/// One thread at most holds the lock of an interpreter that has one.
fn lock(trace: &Trace, lanes: &Lanes) -> Vec<String> {
    if !trace.gil {
        return Vec::new();
    }
    let mut holds: Vec<(u32, Span)> = Vec::new();
    for (info, spans) in trace.threads.iter().zip(&lanes.threads) {
        let holding = spans.iter().filter(|span| span.kind.holds_gil());
        holds.extend(holding.map(|span| (info.interpreter, *span)));
    }
    holds.sort_by_key(|(interpreter, span)| (*interpreter, span.start, span.end));
    let mut broken = Vec::new();
    let mut last: Option<(u32, Span)> = None;
    for (interpreter, span) in holds {
        if let Some((_, before)) =
            last.filter(|(of, before)| *of == interpreter && before.end > span.start)
        {
            broken.push(format!(
                "the lock of interpreter {interpreter} is held twice: {} and {}",
                on_thread(trace, &before),
                on_thread(trace, &span)
            ));
        }
        // Of two that overlap, the one that ends later is the one to compare the next with.
        if last.is_none_or(|(of, before)| of != interpreter || before.end < span.end) {
            last = Some((interpreter, span));
        }
    }
    broken
}

/// No more threads run than there are cores.
fn cores(trace: &Trace, lanes: &Lanes) -> Vec<String> {
    let mut changes: Vec<(Time, i32)> = Vec::new();
    for span in lanes
        .threads
        .iter()
        .flatten()
        .filter(|span| span.kind.on_core())
    {
        changes.push((span.start, 1));
        changes.push((span.end, -1));
    }
    // At one instant, who stops makes room before who starts.
    changes.sort_unstable();
    let mut running = 0i64;
    for (at, change) in changes {
        running += i64::from(change);
        if running > i64::from(trace.cores) {
            let at = at.as_nanos();
            return vec![format!(
                "{running} threads run on {} cores at {at} ns",
                trace.cores
            )];
        }
    }
    Vec::new()
}

/// Flows end when they begin or later, between lanes that are there at those times.
fn flows(trace: &Trace, lanes: &Lanes) -> Vec<String> {
    let mut broken = Vec::new();
    for flow in &trace.flows {
        let told = || {
            format!(
                "{:?} from {} at {} ns to {} at {} ns",
                flow.kind,
                name(trace, flow.from),
                flow.start.as_nanos(),
                name(trace, flow.to),
                flow.end.as_nanos()
            )
        };
        if flow.end < flow.start {
            broken.push(format!("{}: it ends before it begins", told()));
        }
        for (lane, at) in [(flow.from, flow.start), (flow.to, flow.end)] {
            match life(trace, lanes, lane) {
                Some((born, end)) if (born..=end).contains(&at) => {}
                Some((born, end)) => broken.push(format!(
                    "{}: {} lives from {} to {} ns",
                    told(),
                    name(trace, lane),
                    born.as_nanos(),
                    end.as_nanos()
                )),
                None => broken.push(format!("{}: a lane that does not exist", told())),
            }
        }
    }
    broken
}

/// Nothing is lost: tasks ended, or are named as stuck, each once.
fn tasks(trace: &Trace) -> Vec<String> {
    let unfinished = (0u32..)
        .zip(&trace.tasks)
        .filter(|(_, task)| !task.finished);
    let mut open: Vec<String> = unfinished.map(|(id, _)| trace.task_name(id)).collect();
    let mut stuck: Vec<String> = match &trace.outcome {
        Outcome::Completed => Vec::new(),
        Outcome::Deadlock(stuck) => stuck.iter().map(|stuck| stuck.task.clone()).collect(),
        Outcome::Stopped(_) => return Vec::new(),
    };
    if matches!(trace.outcome, Outcome::Deadlock(_)) && stuck.is_empty() {
        return vec!["a deadlock in which nobody is stuck".to_owned()];
    }
    open.sort_unstable();
    stuck.sort_unstable();
    if open == stuck {
        return Vec::new();
    }
    vec![format!(
        "unfinished are {open:?}, and named as stuck {stuck:?}"
    )]
}

/// Memory is never given back before it was taken.
fn memory(trace: &Trace) -> Vec<String> {
    let mut changes = trace.memory.clone();
    // At one instant, what is taken comes before what is given back: their order says nothing.
    changes.sort_by_key(|&(at, change)| (at, -change));
    let mut in_use = 0i64;
    for (at, change) in changes {
        in_use += change;
        if in_use < 0 {
            return vec![format!(
                "{in_use} bytes of memory in use at {} ns",
                at.as_nanos()
            )];
        }
    }
    Vec::new()
}

/// From when to when a lane is there.
fn life(trace: &Trace, lanes: &Lanes, lane: Lane) -> Option<(Time, Time)> {
    let (born, spans) = match (lane.as_task(), lane.as_thread()) {
        (Some(task), _) => (
            trace.tasks.get(task as usize)?.born,
            lanes.tasks.get(task as usize)?,
        ),
        (_, Some(thread)) => (
            trace.threads.get(thread as usize)?.born,
            lanes.threads.get(thread as usize)?,
        ),
        (None, None) => return None,
    };
    Some((born, spans.last().map_or(born, |span| span.end)))
}

fn name(trace: &Trace, lane: Lane) -> String {
    match (lane.as_task(), lane.as_thread()) {
        (Some(task), _) if (task as usize) < trace.tasks.len() => trace.task_name(task),
        (_, Some(thread)) => match trace.threads.get(thread as usize) {
            Some(info) => info.name(),
            None => format!("thread {thread}"),
        },
        (task, _) => format!("task {}", task.unwrap_or_default()),
    }
}

fn shown(span: &Span) -> String {
    let (start, end) = (span.start.as_nanos(), span.end.as_nanos());
    format!("`{}` from {start} to {end} ns", span.kind.label())
}

fn on_thread(trace: &Trace, span: &Span) -> String {
    let thread = span
        .thread
        .and_then(|thread| trace.threads.get(thread as usize));
    format!(
        "{} on {}",
        shown(span),
        thread.map_or("no thread".to_owned(), |info| info.name())
    )
}

#[cfg(test)]
mod tests;
