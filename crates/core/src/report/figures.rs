//! Working the figures out, span by span: while a simulation runs, or from a recorded trace. Both go
//! through [`Figures`], so they cannot differ.

use super::histogram::Histogram;
use super::{LoopLag, Percentiles, Report, TimeByState, Waiting};
use crate::trace::{Flow, Lane, Origin, Outcome, RunInfo, Sink, SpanKind, ThreadInfo, Trace};
use crate::units::Time;

const NOBODY: u32 = u32::MAX;

/// Set in a task's `since` while its last span was a wait on the event loop that has just ended:
/// what comes next tells how late the loop was.
const WAS_DUE: u64 = 1 << 63;

#[derive(Clone, Copy, Debug)]
struct ThreadState {
    since: u64,
    interpreter: u32,
    on_core: bool,
}

/// The figures of a run, as far as it has come. Sums over tasks stop at 584 years rather than wrap:
/// ten million tasks can wait longer than that together.
#[derive(Debug)]
pub struct Figures {
    /// Of each task: where its last span ended.
    tasks: Vec<u64>,
    /// Of each task of the workload: when it arrived.
    born: Vec<u64>,
    top: u32,
    threads: Vec<ThreadState>,
    by_kind: [u64; SpanKind::ALL.len()],
    start: u64,
    on_core: u64,
    switches: u64,
    /// Of each interpreter: the thread that last held its lock.
    holders: Vec<u32>,
    handoffs: u64,
    latencies: Vec<u64>,
    lag: Histogram,
    timed_out: u64,
    memory: i64,
    memory_peak: i64,
    last_task: u64,
    last: u64,
}

impl Figures {
    /// For a workload of so many tasks.
    pub fn new(tasks: u32) -> Figures {
        Figures {
            tasks: vec![0; tasks as usize],
            born: vec![0; tasks as usize],
            top: tasks,
            threads: Vec::new(),
            by_kind: [0; SpanKind::ALL.len()],
            start: 0,
            on_core: 0,
            switches: 0,
            holders: Vec::new(),
            handoffs: 0,
            latencies: Vec::new(),
            lag: Histogram::default(),
            timed_out: 0,
            memory: 0,
            memory_peak: 0,
            last_task: 0,
            last: 0,
        }
    }

    #[inline]
    fn on_thread(&mut self, thread: u32, end: u64, kind: SpanKind, length: u64) {
        let Some(state) = self.threads.get_mut(thread as usize) else {
            return;
        };
        state.since = end;
        let on_core = kind.on_core();
        self.switches += u64::from(on_core && !state.on_core);
        state.on_core = on_core;
        if on_core {
            self.on_core = self.on_core.saturating_add(length);
        }
        if kind.holds_gil()
            && let Some(holder) = self.holders.get_mut(state.interpreter as usize)
            && *holder != thread
        {
            self.handoffs += u64::from(*holder != NOBODY);
            *holder = thread;
        }
    }

    #[inline]
    fn task_span(&mut self, task: u32, end: u64, kind: SpanKind, thread: Option<u32>) {
        let Some(since) = self.tasks.get_mut(task as usize) else {
            return;
        };
        let length = end.saturating_sub(*since & !WAS_DUE);
        if *since & WAS_DUE != 0 {
            self.lag.add(if kind == SpanKind::LoopWait {
                length
            } else {
                0
            });
        }
        let was_due = kind == SpanKind::Io && thread.is_none();
        *since = end | if was_due { WAS_DUE } else { 0 };
        let sum = &mut self.by_kind[kind as usize];
        *sum = sum.saturating_add(length);
        self.last_task = self.last_task.max(end);
        if let Some(thread) = thread {
            self.on_thread(thread, end, kind, length);
        }
    }

    /// The report of the run that ended so.
    pub fn finish(
        mut self,
        info: &RunInfo,
        origin: Origin,
        outcome: &Outcome,
        events: u64,
    ) -> Report {
        let finished = self.latencies.len() as u64;
        let makespan = self.last_task;
        let seconds = makespan as f64 / 1e9;
        let per = |value: f64, by: f64| if by > 0.0 { value / by } else { 0.0 };
        let (name, waiting, reason) = outcome_parts(outcome);
        let in_flight: u64 = (0..self.top as usize)
            .map(|task| (self.tasks[task] & !WAS_DUE).saturating_sub(self.born[task]))
            .fold(0, u64::saturating_add);
        Report {
            plan: info.plan.clone(),
            python: info.python.clone(),
            origin: match origin {
                Origin::Simulated => "simulated",
                Origin::Measured => "measured",
            },
            makespan_ns: makespan,
            tasks: u64::from(self.top),
            finished,
            throughput_per_s: per(finished as f64, seconds),
            speedup: None,
            cores_busy: per(self.on_core as f64, self.last.max(makespan) as f64),
            tasks_in_flight: per(in_flight as f64, makespan as f64),
            time_ns: self.time(),
            gil_handoffs: if info.gil { self.handoffs } else { 0 },
            context_switches: self.switches,
            loop_lag_ns: LoopLag {
                p99: self.lag.percentile(99),
                max: self.lag.max(),
            },
            memory_peak_bytes: self.memory_peak.max(0) as u64,
            timed_out: self.timed_out,
            events,
            outcome: name,
            waiting,
            reason,
            latency_ns: percentiles(&mut self.latencies),
        }
    }

    fn time(&self) -> TimeByState {
        let time = |kind: SpanKind| self.by_kind[kind as usize];
        TimeByState {
            python: time(SpanKind::Python),
            native: time(SpanKind::Native),
            io: time(SpanKind::Io),
            gil_wait: time(SpanKind::GilWait),
            core_wait: time(SpanKind::CoreWait),
            lock_wait: time(SpanKind::LockWait),
            queue_wait: time(SpanKind::QueueWait),
            pool_wait: time(SpanKind::PoolWait),
            loop_wait: time(SpanKind::LoopWait),
            join_wait: time(SpanKind::JoinWait),
            pickle: time(SpanKind::Pickle).saturating_add(time(SpanKind::Transfer)),
            overhead: time(SpanKind::Overhead),
            start: self.start,
        }
    }
}

impl Sink for Figures {
    #[inline]
    fn task(&mut self, id: u32, _: u32, _: u32, _: Option<u32>, born: Time) {
        let id = id as usize;
        if id >= self.tasks.len() {
            self.tasks.resize(id + 1, 0);
        }
        self.tasks[id] = born.as_nanos();
        if let Some(slot) = self.born.get_mut(id) {
            *slot = born.as_nanos();
        }
    }

    fn thread(&mut self, info: ThreadInfo) {
        let interpreter = info.interpreter;
        if interpreter as usize >= self.holders.len() {
            self.holders.resize(interpreter as usize + 1, NOBODY);
        }
        let since = info.born.as_nanos();
        self.threads.push(ThreadState {
            since,
            interpreter,
            on_core: false,
        });
    }

    #[inline]
    fn span(&mut self, lane: Lane, end: Time, kind: SpanKind, thread: Option<u32>) {
        let end = end.as_nanos();
        self.last = self.last.max(end);
        if let Some(task) = lane.as_task() {
            return self.task_span(task, end, kind, thread);
        }
        if let Some(thread) = lane.as_thread() {
            let since = self
                .threads
                .get(thread as usize)
                .map_or(end, |state| state.since);
            let length = end.saturating_sub(since);
            if kind == SpanKind::Start {
                self.start = self.start.saturating_add(length);
            }
            self.on_thread(thread, end, kind, length);
        }
    }

    fn flow(&mut self, _: Flow) {}

    fn timed_out(&mut self, _: u32) {
        self.timed_out += 1;
    }

    #[inline]
    fn task_end(&mut self, task: u32, _: Time) {
        let Some(since) = self.tasks.get_mut(task as usize) else {
            return;
        };
        if *since & WAS_DUE != 0 {
            // It ended with a wait, and the loop ran it when it was due.
            self.lag.add(0);
            *since &= !WAS_DUE;
        }
        let end = *since;
        self.last_task = self.last_task.max(end);
        if let Some(born) = self.born.get(task as usize) {
            self.latencies.push(end.saturating_sub(*born));
        }
    }

    #[inline]
    fn memory(&mut self, _: Time, change: i64) {
        self.memory += change;
        self.memory_peak = self.memory_peak.max(self.memory);
    }
}

/// The figures of a recorded run.
pub fn report(trace: &Trace) -> Report {
    let top = trace
        .tasks
        .iter()
        .filter(|task| task.parent.is_none())
        .count() as u32;
    let mut figures = Figures::new(top);
    for (id, task) in (0u32..).zip(&trace.tasks) {
        figures.task(id, task.kind, task.index, task.parent, task.born);
        if task.timed_out {
            figures.timed_out(id);
        }
    }
    for thread in &trace.threads {
        figures.thread(thread.clone());
    }
    for span in trace.spans.iter() {
        figures.span(
            span.lane,
            Time::from_nanos(span.end),
            span.kind(),
            span.thread(),
        );
    }
    for (id, task) in (0u32..).zip(&trace.tasks) {
        if task.finished {
            figures.task_end(id, Time::ZERO);
        }
    }
    for &(at, change) in &trace.memory {
        figures.memory(at, change);
    }
    let info = RunInfo {
        plan: trace.plan.clone(),
        python: trace.python.clone(),
        gil: trace.gil,
        cores: trace.cores,
        kinds: Vec::new(),
        tasks: top,
    };
    figures.finish(&info, trace.origin, &trace.outcome, trace.events)
}

fn outcome_parts(outcome: &Outcome) -> (&'static str, Option<Vec<Waiting>>, Option<String>) {
    match outcome {
        Outcome::Completed => ("completed", None, None),
        Outcome::Stopped(reason) => ("stopped", None, Some(reason.clone())),
        Outcome::Deadlock(stuck) => {
            let waiting = stuck.iter().map(|stuck| Waiting {
                task: stuck.task.clone(),
                on: stuck.on.clone(),
                held_by: stuck.held_by.clone(),
            });
            ("deadlock", Some(waiting.collect()), None)
        }
    }
}

fn percentiles(values: &mut [u64]) -> Percentiles {
    // Tasks that arrive together end in order: most often there is nothing to sort.
    if !values.is_sorted() {
        values.sort_unstable();
    }
    let at = |percent: usize| match values.len() {
        0 => 0,
        // Nearest rank: the smallest value with at least that share at or below it.
        n => values[(n * percent).div_ceil(100).max(1) - 1],
    };
    Percentiles {
        p50: at(50),
        p95: at(95),
        p99: at(99),
        max: at(100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_go_by_nearest_rank() {
        let mut values: Vec<u64> = (1..=200).rev().collect();
        let expect = Percentiles {
            p50: 100,
            p95: 190,
            p99: 198,
            max: 200,
        };
        assert_eq!(percentiles(&mut values), expect);
        assert_eq!(percentiles(&mut []), Percentiles::default());
        assert_eq!(percentiles(&mut [7]).p50, 7);
    }
}
