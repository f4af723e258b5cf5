//! The simulator, as the page runs it.
//!
//! Cargo's profiles say for a package how it is compiled, and the page's say of all but this one that it is
//! to be small (`[profile.wasm]`). The simulator is generic over its sink, so whoever calls it compiles it:
//! here, for speed. For that each function that is not generic, of the model and of what draws its work and
//! folds its figures, is marked as `#[inline]`.
//!
//! There is one sink, for runs that keep their trace and for those that keep only figures: another would be
//! another whole simulator to download, and asking which of the two it is costs a branch a span that is
//! never guessed wrong.

use trilane_core::model::{Setup, simulate};
use trilane_core::report::{Figures, Report};
use trilane_core::scenario::Scenario;
use trilane_core::trace::{Flow, Lane, Origin, Recorder, Sink, SpanKind, ThreadInfo, Trace};
use trilane_core::units::Time;
use trilane_core::workload::Workload;

/// Draws every number of a scenario, as `trilane_core::workload::draw` does.
pub fn draw(scenario: &Scenario, seed: u64) -> Workload {
    trilane_core::workload::draw(scenario, seed)
}

/// Simulates and keeps the whole trace, as `trilane_core::model::record` does.
pub fn record(setup: &Setup<'_>) -> Trace {
    let mut sink = Kept::Trace(Recorder::new(setup.workload.tasks));
    let end = simulate(setup, &mut sink);
    match sink {
        Kept::Trace(recorder) => recorder.finish(setup.info(), end.outcome, end.events),
        Kept::Figures(_) => unreachable!("a sink stays what it is"),
    }
}

/// Simulates and keeps only the figures, as `trilane_core::model::summarise` does.
pub fn summarise(setup: &Setup<'_>) -> Report {
    let mut sink = Kept::Figures(Box::new(Figures::new(setup.workload.tasks)));
    let end = simulate(setup, &mut sink);
    match sink {
        Kept::Figures(figures) => {
            let origin = Origin::Simulated;
            figures.finish(&setup.info(), origin, &end.outcome, end.events)
        }
        Kept::Trace(_) => unreachable!("a sink stays what it is"),
    }
}

/// What is kept of a run.
enum Kept {
    Trace(Recorder),
    Figures(Box<Figures>),
}

impl Sink for Kept {
    fn task(&mut self, id: u32, kind: u32, index: u32, parent: Option<u32>, born: Time) {
        match self {
            Kept::Trace(sink) => sink.task(id, kind, index, parent, born),
            Kept::Figures(sink) => sink.task(id, kind, index, parent, born),
        }
    }

    fn thread(&mut self, info: ThreadInfo) {
        match self {
            Kept::Trace(sink) => sink.thread(info),
            Kept::Figures(sink) => sink.thread(info),
        }
    }

    #[inline]
    fn span(&mut self, lane: Lane, end: Time, kind: SpanKind, thread: Option<u32>) {
        match self {
            Kept::Trace(sink) => sink.span(lane, end, kind, thread),
            Kept::Figures(sink) => figured(sink, lane, end, kind, thread),
        }
    }

    #[inline]
    fn flow(&mut self, flow: Flow) {
        match self {
            Kept::Trace(sink) => sink.flow(flow),
            Kept::Figures(sink) => sink.flow(flow),
        }
    }

    fn timed_out(&mut self, task: u32) {
        match self {
            Kept::Trace(sink) => sink.timed_out(task),
            Kept::Figures(sink) => sink.timed_out(task),
        }
    }

    fn task_end(&mut self, task: u32, end: Time) {
        match self {
            Kept::Trace(sink) => sink.task_end(task, end),
            Kept::Figures(sink) => sink.task_end(task, end),
        }
    }

    fn memory(&mut self, at: Time, change: i64) {
        match self {
            Kept::Trace(sink) => sink.memory(at, change),
            Kept::Figures(sink) => sink.memory(at, change),
        }
    }
}

/// Folding a span takes much more code than keeping it, which is to stand there once and not wherever a
/// span ends.
#[inline(never)]
fn figured(sink: &mut Figures, lane: Lane, end: Time, kind: SpanKind, thread: Option<u32>) {
    sink.span(lane, end, kind, thread);
}

#[cfg(test)]
mod tests {
    use super::*;
    use trilane_core::{examples, model, race};

    #[test]
    fn it_gives_what_the_model_gives() {
        for example in examples::all() {
            let scenario = race::read(example.text()).expect("examples are right");
            let workload = trilane_core::workload::draw(&scenario, scenario.seed);
            let cores = scenario.cores.unwrap_or(race::CORES);
            let python = trilane_core::profile::default_python();
            let mut machine = race::Machine::new(cores, python, None).expect("it is there");
            let plans: Vec<String> = example.plans.iter().map(|&plan| plan.to_owned()).collect();
            for entry in machine.entries(&plans).expect("examples are right") {
                let setup = race::setup(&workload, &machine, &entry, 0);
                assert_eq!(
                    summarise(&setup),
                    model::summarise(&setup),
                    "{}",
                    example.name
                );
                let (hot, plain) = (record(&setup), model::record(&setup));
                assert_eq!(format!("{hot:?}"), format!("{plain:?}"), "{}", example.name);
            }
        }
    }
}
