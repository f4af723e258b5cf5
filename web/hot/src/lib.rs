//! The simulator, as the page runs it.
//!
//! Cargo's profiles say for a package how it is compiled, and the page's say of all but this one that it is
//! to be small (`[profile.wasm]`). The simulator is generic over its sink, so whoever calls it compiles it:
//! here, for speed. For that each function that is not generic, of the model and of what draws its work and
//! folds its figures, is marked as `#[inline]`.
//!
//! Generic functions that are `inline(never)` are shared by all packages: Core has simulators for its own sinks,
//! compiled as core is, and their functions would be linked. So the sinks here are [`Here`]'s. Each of the two sinks
//! has a simulator, since one for both would ask of every span which it is: this one, which keeps traces, comes with
//! the page; the one for figures alone (trilane-figures) when something first asks for it.

use trilane_core::model::{Setup, simulate};
use trilane_core::scenario::Scenario;
use trilane_core::trace::{Flow, Lane, Recorder, Sink, SpanKind, ThreadInfo, Trace};
use trilane_core::units::Time;
use trilane_core::workload::Workload;

/// Draws every number of a scenario, as `trilane_core::workload::draw` does.
pub fn draw(scenario: &Scenario, seed: u64) -> Workload {
    trilane_core::workload::draw(scenario, seed)
}

/// Simulates and keeps the whole trace, as `trilane_core::model::record` does.
pub fn record(setup: &Setup<'_>) -> Trace {
    let mut sink = Here(Recorder::new(setup.workload.tasks));
    let end = simulate(setup, &mut sink);
    sink.0.finish(setup.info(), end.outcome, end.events)
}

/// A sink whose simulator is compiled here.
#[derive(Debug)]
pub struct Here<S>(pub S);

impl<S: Sink> Sink for Here<S> {
    #[inline]
    fn task(&mut self, id: u32, kind: u32, index: u32, parent: Option<u32>, born: Time) {
        self.0.task(id, kind, index, parent, born);
    }

    fn thread(&mut self, info: ThreadInfo) {
        self.0.thread(info);
    }

    #[inline]
    fn span(&mut self, lane: Lane, end: Time, kind: SpanKind, thread: Option<u32>) {
        self.0.span(lane, end, kind, thread);
    }

    #[inline]
    fn flow(&mut self, flow: Flow) {
        self.0.flow(flow);
    }

    fn timed_out(&mut self, task: u32) {
        self.0.timed_out(task);
    }

    fn task_end(&mut self, task: u32, end: Time) {
        self.0.task_end(task, end);
    }

    fn memory(&mut self, at: Time, change: i64) {
        self.0.memory(at, change);
    }
}
