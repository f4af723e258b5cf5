//! Trilane itself, under a profile in which nothing costs anything, so that only the rules remain
//! that the peers have too.

use std::cell::Cell;
use std::time::Duration;

use anyhow::{Result, ensure};
use cpu_time::ProcessTime;
use trilane_core::model::{self, Setup};
use trilane_core::plan::{Plan, parse_plan};
use trilane_core::profile::Costs;
use trilane_core::trace::{Flow, Lane, Outcome, Sink, SpanKind, ThreadInfo, Trace};
use trilane_core::units::Time;
use trilane_core::workload::Workload;

use crate::engines::Finish;
use crate::work::{CORES, Shape, Work};

/// A workload, a plan and costs, ready to be simulated again and again.
pub struct Simulation {
    workload: Workload,
    costs: Costs,
    plan: Plan,
    former: Cell<Option<Trace>>,
}

impl Simulation {
    /// Draws the work anew and checks that it is what the peers were given.
    pub fn new(work: &Work) -> Result<Simulation> {
        let workload = Work::draw(work.shape, work.n)?;
        ensure!(
            workload.draws == work.draws,
            "the peers were given other numbers"
        );
        let costs = Costs::ideal("ideal", true);
        let plan = match work.shape {
            Shape::Thr => "threads(each)",
            Shape::Aio => "asyncio",
        };
        let plan = parse_plan(plan)?.resolve(CORES, &costs)?;
        Ok(Simulation {
            workload,
            costs,
            plan,
            former: Cell::new(None),
        })
    }

    fn setup(&self) -> Setup<'_> {
        Setup::new(&self.workload, self.plan, &self.costs, CORES)
    }

    /// Runs it without recording.
    pub fn simulate(&self) -> Result<Finish> {
        let mut last = LastEnd(Time::ZERO);
        let start = ProcessTime::now();
        let end = model::simulate(&self.setup(), &mut last);
        let spent = start.elapsed();
        ensure!(end.outcome == Outcome::Completed, "{:?}", end.outcome);
        Ok(Finish {
            spent,
            makespan_ns: last.0.as_nanos(),
        })
    }

    /// Runs it and keeps the trace, in memory that no trace has been in.
    pub fn record_first(&self) -> Result<Finish> {
        let start = ProcessTime::now();
        let trace = model::record(&self.setup());
        let spent = start.elapsed();
        self.recorded(spent, trace)
    }

    /// Runs it and keeps the trace, in the memory of a former one.
    pub fn record_again(&self) -> Result<Finish> {
        let first = || model::record(&self.setup());
        let former = self.former.take().unwrap_or_else(first);
        let start = ProcessTime::now();
        let trace = model::record_again(&self.setup(), former);
        let spent = start.elapsed();
        self.recorded(spent, trace)
    }

    /// Gives the former trace's memory back.
    pub fn forget(&self) {
        self.former.set(None);
    }

    fn recorded(&self, spent: Duration, trace: Trace) -> Result<Finish> {
        ensure!(trace.outcome == Outcome::Completed, "{:?}", trace.outcome);
        let makespan_ns = trace.makespan().as_nanos();
        self.former.set(Some(trace));
        Ok(Finish { spent, makespan_ns })
    }
}

/// Keeps nothing but when the last task ended.
struct LastEnd(Time);

impl Sink for LastEnd {
    fn task_end(&mut self, _: u32, end: Time) {
        self.0 = self.0.max(end);
    }
    fn task(&mut self, _: u32, _: u32, _: u32, _: Option<u32>, _: Time) {}
    fn thread(&mut self, _: ThreadInfo) {}
    fn span(&mut self, _: Lane, _: Time, _: SpanKind, _: Option<u32>) {}
    fn flow(&mut self, _: Flow) {}
    fn timed_out(&mut self, _: u32) {}
    fn memory(&mut self, _: Time, _: i64) {}
}
