//! What a viewer asks of a trace: the spans of one lane with their beginnings, thread lanes put
//! together, cores, who holds or wants a GIL, and how deep a queue is.
//!
//! A [`Trace`] says nothing of cores or locks: a span tells what a thread does, and from that both
//! follow. So there is one truth, and a picture cannot disagree with the figures.

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
///
/// Only the order within a lane matters: a measured trace may tell lane after lane.
pub fn lanes(trace: &Trace) -> Lanes {
    let mut lanes = Lanes {
        tasks: vec![Vec::new(); trace.tasks.len()],
        threads: vec![Vec::new(); trace.threads.len()],
    };
    let mut task_at: Vec<Time> = trace.tasks.iter().map(|task| task.born).collect();
    for record in trace.spans.iter() {
        let end = Time::from_nanos(record.end);
        let kind = record.kind();
        match (record.lane.as_task(), record.lane.as_thread()) {
            (Some(task), _) => {
                let start = std::mem::replace(&mut task_at[task as usize], end);
                let thread = record.thread();
                let span = Span {
                    start,
                    end,
                    kind,
                    task: Some(task),
                    thread,
                };
                lanes.tasks[task as usize].push(span);
                if let Some(thread) = thread {
                    lanes.threads[thread as usize].push(span);
                }
            }
            (None, Some(thread)) => {
                // Its beginning is known once everything on the thread is.
                let span = Span {
                    start: end,
                    end,
                    kind,
                    task: None,
                    thread: Some(thread),
                };
                lanes.threads[thread as usize].push(span);
            }
            (None, None) => {}
        }
    }
    for (info, spans) in trace.threads.iter().zip(&mut lanes.threads) {
        if !spans.is_sorted_by_key(|span| span.end) {
            spans.sort_by_key(|span| span.end);
        }
        let mut at = info.born;
        for span in spans.iter_mut() {
            if span.task.is_none() {
                span.start = at.min(span.end);
            }
            at = span.end;
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

/// Which core ran what: by core, the spans during which a thread occupied it, in order.
///
/// A trace does not say which core a thread was on, only that it ran, so threads are put where a
/// kernel would put them: back on their last core if it is free, else on the one that has been
/// idle longest (`select_task_rq_fair` looks at the previous CPU first, then for an idle one).
/// Threads never change cores while they go on running. There are `trace.cores` cores, or more
/// where more threads ran at once than the machine has cores, as a measured trace may say.
pub fn cores(trace: &Trace, lanes: &Lanes) -> Vec<Vec<Span>> {
    struct Run {
        start: Time,
        thread: u32,
        first: usize,
        past: usize,
    }
    let mut runs = Vec::new();
    for (thread, spans) in (0u32..).zip(&lanes.threads) {
        let mut first = 0;
        while first < spans.len() {
            if !spans[first].kind.on_core() {
                first += 1;
                continue;
            }
            let mut past = first + 1;
            while past < spans.len()
                && spans[past].kind.on_core()
                && spans[past].start == spans[past - 1].end
            {
                past += 1;
            }
            runs.push(Run {
                start: spans[first].start,
                thread,
                first,
                past,
            });
            first = past;
        }
    }
    runs.sort_by_key(|run| (run.start, run.thread));
    let mut cores: Vec<Vec<Span>> = vec![Vec::new(); trace.cores as usize];
    let mut free_at: Vec<Time> = vec![Time::ZERO; cores.len()];
    let mut last_core: Vec<Option<usize>> = vec![None; lanes.threads.len()];
    for run in runs {
        let spans = &lanes.threads[run.thread as usize][run.first..run.past];
        let idle = |core: &usize| free_at[*core] <= run.start;
        let home = last_core[run.thread as usize].filter(idle);
        let core = home
            .or_else(|| {
                (0..cores.len())
                    .filter(idle)
                    .min_by_key(|&core| free_at[core])
            })
            .unwrap_or_else(|| {
                cores.push(Vec::new());
                free_at.push(Time::ZERO);
                cores.len() - 1
            });
        cores[core].extend_from_slice(spans);
        free_at[core] = spans[spans.len() - 1].end;
        last_core[run.thread as usize] = Some(core);
    }
    cores
}

/// A stretch of time in which one thread held an interpreter's lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// When it took the lock.
    pub start: Time,
    /// When it let go.
    pub end: Time,
    /// Who.
    pub thread: u32,
}

/// Who held the lock of `interpreter`, in order, without overlap. Empty where there is no GIL.
///
/// A thread that loses its core keeps the lock (`ceval_gil.c` lets go at a check, not when the
/// kernel preempts), so a wait for a core between two holding spans counts as held, unless another
/// thread held the lock meanwhile.
pub fn gil_held(trace: &Trace, lanes: &Lanes, interpreter: u32) -> Vec<Hold> {
    if !trace.gil {
        return Vec::new();
    }
    let mut holds: Vec<Hold> = Vec::new();
    // Waits for a core inside what may be one hold, by thread.
    let mut gaps: Vec<Hold> = Vec::new();
    for thread in threads_of(trace, interpreter) {
        let spans = &lanes.threads[thread as usize];
        for (at, span) in spans.iter().enumerate() {
            if span.kind.holds_gil() {
                holds.push(Hold {
                    start: span.start,
                    end: span.end,
                    thread,
                });
                let waits = spans[..at]
                    .iter()
                    .rev()
                    .take_while(|s| s.kind == SpanKind::CoreWait);
                let waits = waits.count();
                if waits > 0 && at > waits && spans[at - waits - 1].kind.holds_gil() {
                    let before = spans[at - waits - 1];
                    gaps.push(Hold {
                        start: before.end,
                        end: span.start,
                        thread,
                    });
                }
            }
        }
    }
    holds.sort_by_key(|hold| (hold.start, hold.thread));
    for gap in &mut gaps {
        let next = holds.partition_point(|hold| hold.start < gap.end);
        if holds[..next]
            .last()
            .is_some_and(|hold| hold.end > gap.start)
        {
            gap.end = gap.start;
        }
    }
    holds.extend(gaps.into_iter().filter(|gap| gap.end > gap.start));
    holds.sort_by_key(|hold| (hold.start, hold.thread));
    let mut merged: Vec<Hold> = Vec::with_capacity(holds.len());
    for mut hold in holds {
        if let Some(last) = merged.last_mut() {
            // A measured trace cannot see the lock itself: the first who runs is taken to hold it.
            hold.start = hold.start.max(last.end);
            if hold.start >= hold.end {
                continue;
            }
            if last.thread == hold.thread && last.end == hold.start {
                last.end = hold.end;
                continue;
            }
        }
        merged.push(hold);
    }
    merged
}

/// The interpreters that a trace has threads in, ascending.
pub fn interpreters(trace: &Trace) -> Vec<u32> {
    let mut all: Vec<u32> = trace
        .threads
        .iter()
        .map(|thread| thread.interpreter)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The threads of an interpreter, ascending.
pub fn threads_of(trace: &Trace, interpreter: u32) -> impl Iterator<Item = u32> + '_ {
    (0u32..)
        .zip(&trace.threads)
        .filter(move |(_, info)| info.interpreter == interpreter)
        .map(|(id, _)| id)
}

/// How many of `spans` are of `kind`, over time: each step says from when on, ascending, how many.
/// Nothing before the first step; the last is 0.
pub fn depth<'a>(spans: impl Iterator<Item = &'a Span>, kind: SpanKind) -> Vec<(Time, u32)> {
    let mut changes: Vec<(Time, i32)> = Vec::new();
    for span in spans {
        if span.kind == kind && span.end > span.start {
            changes.push((span.start, 1));
            changes.push((span.end, -1));
        }
    }
    changes.sort_unstable();
    let mut steps: Vec<(Time, u32)> = Vec::new();
    let mut depth = 0i64;
    for group in changes.chunk_by(|a, b| a.0 == b.0) {
        let change: i64 = group.iter().map(|(_, by)| i64::from(*by)).sum();
        if change != 0 {
            depth += change;
            steps.push((group[0].0, depth as u32));
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Origin, Outcome, Spans, TaskInfo, ThreadInfo, ThreadRole};

    /// A trace of one task a thread; a word is a kind's letter and its end: `p5` runs Python to 5.
    fn trace(gil: bool, cores: u32, threads: &[&str]) -> Trace {
        let mut spans = Spans::default();
        let mut tasks = Vec::new();
        for (id, words) in (0u32..).zip(threads) {
            for word in words.split_whitespace() {
                let (letter, end) = word.split_at(1);
                let kind = match letter {
                    "p" => SpanKind::Python,
                    "n" => SpanKind::Native,
                    "i" => SpanKind::Io,
                    "g" => SpanKind::GilWait,
                    "c" => SpanKind::CoreWait,
                    other => panic!("no kind {other}"),
                };
                let end = end.parse().expect("a time");
                spans.push(SpanRecord::new(Lane::task(id), end, kind, Some(id)));
            }
            tasks.push(TaskInfo {
                kind: 0,
                index: id,
                parent: None,
                born: Time::ZERO,
                timed_out: false,
                finished: true,
            });
        }
        let thread = |number| ThreadInfo {
            role: ThreadRole::Worker,
            number,
            process: 0,
            interpreter: 0,
            born: Time::ZERO,
        };
        Trace {
            origin: Origin::Simulated,
            plan: "threads(2)".to_owned(),
            python: "3.13".to_owned(),
            gil,
            cores,
            kinds: vec!["page".to_owned()],
            threads: (0..tasks.len() as u32).map(thread).collect(),
            tasks,
            spans,
            flows: Vec::new(),
            memory: Vec::new(),
            outcome: Outcome::Completed,
            events: 0,
        }
    }

    fn check_held(threads: &[&str], expect: &[(u64, u64, u32)]) {
        let trace = trace(true, 2, threads);
        let held = gil_held(&trace, &lanes(&trace), 0);
        let held: Vec<_> = held
            .iter()
            .map(|h| (h.start.as_nanos(), h.end.as_nanos(), h.thread))
            .collect();
        assert_eq!(held, expect, "{threads:?}");
    }

    #[test]
    fn the_lock_goes_from_thread_to_thread() {
        check_held(
            &["p5 g10 p15", "i2 g5 p10"],
            &[(0, 5, 0), (5, 10, 1), (10, 15, 0)],
        );
        check_held(&["p5 n9 p12"], &[(0, 5, 0), (9, 12, 0)]);
    }

    #[test]
    fn a_preempted_holder_keeps_the_lock_unless_somebody_else_has_it() {
        check_held(&["p5 c8 p10"], &[(0, 10, 0)]);
        check_held(&["p5 c8 p10", "g5 p8"], &[(0, 5, 0), (5, 8, 1), (8, 10, 0)]);
        check_held(&["n5 c8 p10"], &[(8, 10, 0)]);
    }

    #[test]
    fn a_measured_overlap_is_drawn_once() {
        check_held(&["p5", "p8"], &[(0, 5, 0), (5, 8, 1)]);
        check_held(&["p9", "p8"], &[(0, 9, 0)]);
    }

    #[test]
    fn without_a_gil_nobody_holds_it() {
        let trace = trace(false, 2, &["p5", "p5"]);
        assert!(gil_held(&trace, &lanes(&trace), 0).is_empty());
    }

    fn check_cores(cores_there: u32, threads: &[&str], expect: &[&[(u64, u64, u32)]]) {
        let trace = trace(true, cores_there, threads);
        let cores = cores(&trace, &lanes(&trace));
        let shown: Vec<Vec<_>> = cores
            .iter()
            .map(|core| {
                core.iter()
                    .map(|s| {
                        (
                            s.start.as_nanos(),
                            s.end.as_nanos(),
                            s.thread.expect("a thread"),
                        )
                    })
                    .collect()
            })
            .collect();
        assert_eq!(shown, expect, "{threads:?}");
    }

    #[test]
    fn a_thread_returns_to_its_core() {
        check_cores(
            2,
            &["p5 i10 p15", "i2 n12"],
            &[&[(0, 5, 0), (10, 15, 0)], &[(2, 12, 1)]],
        );
    }

    #[test]
    fn a_thread_keeps_its_core_while_it_runs_on() {
        check_cores(1, &["p5 n8 i9 p12"], &[&[(0, 5, 0), (5, 8, 0), (9, 12, 0)]]);
    }

    #[test]
    fn more_running_than_cores_is_shown_and_not_dropped() {
        check_cores(1, &["n5", "n5"], &[&[(0, 5, 0)], &[(0, 5, 1)]]);
    }

    #[test]
    fn depth_counts_who_waits() {
        let trace = trace(true, 2, &["g5 p8", "i2 g6", "i6 g9"]);
        let lanes = lanes(&trace);
        let steps = depth(lanes.threads.iter().flatten(), SpanKind::GilWait);
        let steps: Vec<_> = steps.iter().map(|(at, n)| (at.as_nanos(), *n)).collect();
        assert_eq!(steps, [(0, 1), (2, 2), (5, 1), (9, 0)]);
    }

    #[test]
    fn own_spans_of_a_thread_fill_what_its_tasks_leave() {
        let mut trace = trace(true, 2, &["p5"]);
        trace.spans = Spans::default();
        // Told lane by lane, as a measured trace may be.
        trace
            .spans
            .push(SpanRecord::new(Lane::thread(0), 2, SpanKind::Start, None));
        trace
            .spans
            .push(SpanRecord::new(Lane::thread(0), 9, SpanKind::Idle, None));
        trace
            .spans
            .push(SpanRecord::new(Lane::task(0), 2, SpanKind::PoolWait, None));
        trace
            .spans
            .push(SpanRecord::new(Lane::task(0), 5, SpanKind::Python, Some(0)));
        let thread: Vec<_> = lanes(&trace).threads[0]
            .iter()
            .map(|s| (s.start.as_nanos(), s.end.as_nanos(), s.kind))
            .collect();
        assert_eq!(
            thread,
            [
                (0, 2, SpanKind::Start),
                (2, 5, SpanKind::Python),
                (5, 9, SpanKind::Idle)
            ]
        );
    }
}
