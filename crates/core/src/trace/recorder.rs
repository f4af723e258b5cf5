//! Recording: a [`Sink`] that keeps everything.

use super::{
    Flow, Lane, Origin, Outcome, Sink, SpanKind, SpanRecord, Spans, TaskInfo, ThreadInfo, Trace,
};
use crate::units::Time;

/// What a trace says of its run besides what happened in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunInfo {
    /// The plan, as written.
    pub plan: String,
    /// The Python: `3.13`.
    pub python: String,
    /// Whether it has a GIL.
    pub gil: bool,
    /// Cores of the machine.
    pub cores: u32,
    /// Names of the kinds of task.
    pub kinds: Vec<String>,
    /// Tasks of the workload.
    pub tasks: u32,
}

/// Keeps a whole run.
#[derive(Debug)]
pub struct Recorder {
    tasks: Vec<TaskInfo>,
    /// Which tasks have ended: tasks end in any order, and a byte each stays in the cache.
    finished: Vec<bool>,
    threads: Vec<ThreadInfo>,
    spans: Spans,
    flows: Vec<Flow>,
    memory: Vec<(Time, i64)>,
}

/// A task that has not arrived yet, and may never.
const UNBORN: TaskInfo = TaskInfo {
    kind: 0,
    index: 0,
    parent: None,
    born: Time::FAR,
    timed_out: false,
    finished: false,
};

impl Recorder {
    /// A recorder for a workload of so many tasks.
    pub fn new(tasks: u32) -> Recorder {
        Recorder {
            tasks: vec![UNBORN; tasks as usize],
            finished: vec![false; tasks as usize],
            threads: Vec::new(),
            spans: Spans::default(),
            flows: Vec::new(),
            memory: Vec::new(),
        }
    }

    /// The same, in the memory of a trace that is not needed any more: where one run follows another,
    /// as when somebody turns a knob, most of what recording costs is memory never touched before.
    pub fn reusing(mut trace: Trace, tasks: u32) -> Recorder {
        trace.tasks.clear();
        trace.tasks.resize(tasks as usize, UNBORN);
        trace.threads.clear();
        trace.spans.clear();
        trace.flows.clear();
        trace.memory.clear();
        Recorder {
            tasks: trace.tasks,
            finished: vec![false; tasks as usize],
            threads: trace.threads,
            spans: trace.spans,
            flows: trace.flows,
            memory: trace.memory,
        }
    }

    /// The trace of a simulated run that ended so.
    pub fn finish(self, info: RunInfo, outcome: Outcome, events: u64) -> Trace {
        self.trace(Origin::Simulated, info, outcome, events)
    }

    /// The trace of a run of any origin.
    pub fn trace(mut self, origin: Origin, info: RunInfo, outcome: Outcome, events: u64) -> Trace {
        for (task, finished) in self.tasks.iter_mut().zip(self.finished) {
            task.finished = finished;
        }
        Trace {
            origin,
            plan: info.plan,
            python: info.python,
            gil: info.gil,
            cores: info.cores,
            kinds: info.kinds,
            tasks: self.tasks,
            threads: self.threads,
            spans: self.spans,
            flows: self.flows,
            memory: self.memory,
            outcome,
            events,
        }
    }
}

impl Sink for Recorder {
    #[inline]
    fn task(&mut self, id: u32, kind: u32, index: u32, parent: Option<u32>, born: Time) {
        let info = TaskInfo {
            kind,
            index,
            parent,
            born,
            ..UNBORN
        };
        match self.tasks.get_mut(id as usize) {
            Some(task) => *task = info,
            None => {
                self.tasks.push(info);
                self.finished.push(false);
            }
        }
    }

    fn thread(&mut self, info: ThreadInfo) {
        self.threads.push(info);
    }

    #[inline]
    fn span(&mut self, lane: Lane, end: Time, kind: SpanKind, thread: Option<u32>) {
        self.spans
            .push(SpanRecord::new(lane, end.as_nanos(), kind, thread));
    }

    #[inline]
    fn flow(&mut self, flow: Flow) {
        self.flows.push(flow);
    }

    fn timed_out(&mut self, task: u32) {
        self.tasks[task as usize].timed_out = true;
    }

    #[inline]
    fn task_end(&mut self, task: u32, _end: Time) {
        self.finished[task as usize] = true;
    }

    fn memory(&mut self, at: Time, change: i64) {
        self.memory.push((at, change));
    }
}

/// Keeps nothing: for measuring the simulator alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSink;

impl Sink for NoSink {
    fn task(&mut self, _: u32, _: u32, _: u32, _: Option<u32>, _: Time) {}
    fn thread(&mut self, _: ThreadInfo) {}
    #[inline]
    fn span(&mut self, _: Lane, _: Time, _: SpanKind, _: Option<u32>) {}
    fn flow(&mut self, _: Flow) {}
    fn timed_out(&mut self, _: u32) {}
    fn task_end(&mut self, _: u32, _: Time) {}
    fn memory(&mut self, _: Time, _: i64) {}
}
