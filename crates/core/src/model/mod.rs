//! The model: how CPython and the kernel under it run a workload, as a discrete-event simulation.
//!
//! The layers lie one on the other as in life, one file each: `kernel` puts threads on cores, `gil`
//! lets one of them run bytecode, `thread` drives what a thread does next, `task` carries out the
//! steps of a task, `sync` are locks and queues, `pool`, `process` and `eventloop` are what Python
//! programs are built from, and `main_program` hands out the work.
//!
//! A thread's program is a state machine: `Sim::step` says what it does next as an `Op`, always while
//! it is on a core and holds its interpreter's lock, because that is when Python code decides
//! anything. The driver turns that into time. Everything that might happen stands in one event
//! queue, so when the next event lies beyond the end of a run of code, the clock just moves there
//! and no event is needed: a lone thread or an event loop costs a few nanoseconds a step.

mod clock;
mod collect;
mod eventloop;
mod executor;
mod foresight;
mod gather;
mod gil;
mod kernel;
mod limits;
mod line;
mod main_program;
mod op;
mod outcome;
mod pool;
mod process;
mod process_parent;
mod process_worker;
mod steps;
mod sync;
mod task;
mod thread;
mod ticks;
mod waits;

use crate::plan::Plan;
use crate::profile::Costs;
use crate::report::{self, Report};
use crate::trace::{Outcome, Recorder, RunInfo, Sink, ThreadInfo, ThreadRole, Trace};
use crate::units::Time;
use crate::workload::{Kind, Workload};

use clock::{Clock, Event, EventKind};
use collect::Collector;
use eventloop::EventLoop;
use gil::Gil;
use kernel::Kernel;
use main_program::Submitter;
use op::Op;
use pool::Pool;
use process::ProcessPoolState;
use sync::ResourceState;
use task::Tasks;
use thread::{Program, State, Thread};

/// No thread, task or lock.
pub(crate) const NONE: u32 = u32::MAX;

/// What is simulated.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The drawn work.
    pub workload: &'a Workload,
    /// How it is run.
    pub plan: Plan,
    /// What running it costs.
    pub costs: &'a Costs,
    /// Cores of the machine; at least 1.
    pub cores: u32,
    /// Seed of the machine's own jitter: wake-ups and timers.
    pub jitter: u64,
    /// Where to stop a run that takes too many events; see [`Setup::new`].
    pub max_events: u64,
}

impl<'a> Setup<'a> {
    /// A run with jitter seed 0 and a limit on events that no workload of sane lengths comes near.
    /// What does (years of simulated time in 3 ms slices) is stopped and says so.
    pub fn new(workload: &'a Workload, plan: Plan, costs: &'a Costs, cores: u32) -> Setup<'a> {
        let steps = |kind: &Kind| {
            let program = &kind.program;
            u64::from(kind.count) * (program.steps_per_task + program.branches_per_task + 1)
        };
        let steps: u64 = workload.kinds.iter().map(steps).sum();
        let max_events = 50_000_000 + 40 * steps;
        Setup {
            workload,
            plan,
            costs,
            cores,
            jitter: 0,
            max_events,
        }
    }

    /// What a trace says of this run besides what happens in it.
    pub fn info(&self) -> RunInfo {
        RunInfo {
            plan: self.plan.to_string(),
            python: self.costs.python.clone(),
            gil: self.costs.gil,
            cores: self.cores,
            kinds: self
                .workload
                .kinds
                .iter()
                .map(|kind| kind.name.clone())
                .collect(),
            tasks: self.workload.tasks,
        }
    }
}

/// How a simulation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// How the run ended.
    pub outcome: Outcome,
    /// Step completions and dispatches: the engine's work.
    pub events: u64,
}

/// Simulates, telling `sink` everything that happens.
pub fn simulate<S: Sink>(setup: &Setup<'_>, sink: &mut S) -> End {
    let mut sim = Sim::new(setup, sink);
    sim.run()
}

/// Simulates and keeps the whole trace.
pub fn record(setup: &Setup<'_>) -> Trace {
    record_into(setup, Recorder::new(setup.workload.tasks))
}

/// The same, in the memory of a former trace; see [`Recorder::reusing`].
pub fn record_again(setup: &Setup<'_>, former: Trace) -> Trace {
    record_into(setup, Recorder::reusing(former, setup.workload.tasks))
}

fn record_into(setup: &Setup<'_>, mut recorder: Recorder) -> Trace {
    let end = simulate(setup, &mut recorder);
    recorder.finish(setup.info(), end.outcome, end.events)
}

/// Simulates and keeps only the figures: for runs whose trace would not fit into memory. The report
/// is the same as `report(&record(setup))`.
pub fn summarise(setup: &Setup<'_>) -> Report {
    let mut figures = report::Figures::new(setup.workload.tasks);
    let end = simulate(setup, &mut figures);
    figures.finish(
        &setup.info(),
        crate::trace::Origin::Simulated,
        &end.outcome,
        end.events,
    )
}

/// No instant: wait until woken.
pub(crate) const NEVER: u64 = u64::MAX;

/// The whole state of a simulation.
pub(crate) struct Sim<'a, S> {
    pub(crate) work: &'a Workload,
    pub(crate) plan: Plan,
    pub(crate) costs: &'a Costs,
    pub(crate) sink: &'a mut S,
    pub(crate) clock: Clock,
    pub(crate) kernel: Kernel,
    pub(crate) gils: Vec<Gil>,
    pub(crate) threads: Vec<Thread>,
    pub(crate) tasks: Tasks,
    pub(crate) resources: Vec<ResourceState>,
    pub(crate) submitter: Submitter,
    pub(crate) collector: Collector,
    pub(crate) pool: Pool,
    pub(crate) processes: ProcessPoolState,
    pub(crate) event_loop: EventLoop,
    /// Threads of each role so far, to number them.
    pub(crate) counts: [u32; 8],
    pub(crate) interpreters: u32,
    /// Executor work that goes on for nobody, after its task was cancelled.
    pub(crate) orphans: u32,
    max_events: u64,
}

impl<'a, S: Sink> Sim<'a, S> {
    fn new(setup: &Setup<'a>, sink: &'a mut S) -> Sim<'a, S> {
        let work = setup.workload;
        let on_loop = matches!(setup.plan, Plan::Asyncio { .. });
        let submitter = Submitter::new(work, &setup.plan);
        let mut sim = Sim {
            work,
            plan: setup.plan,
            costs: setup.costs,
            sink,
            clock: Clock::new(setup.jitter),
            kernel: Kernel::new(setup.cores, setup.costs),
            gils: Vec::new(),
            threads: Vec::new(),
            tasks: Tasks::new(work, &setup.plan, setup.costs),
            resources: work.resources.iter().map(ResourceState::new).collect(),
            collector: Collector::new(submitter.chunk()),
            submitter,
            pool: Pool::new(&setup.plan),
            processes: ProcessPoolState::new(&setup.plan, work),
            event_loop: EventLoop::new(&setup.plan),
            counts: [0; 8],
            interpreters: 0,
            orphans: 0,
            max_events: setup.max_events,
        };
        if matches!(setup.plan, Plan::ThreadEach) {
            sim.threads.reserve_exact(work.tasks as usize + 1);
        }
        let gil = sim.new_gil();
        let interpreter = sim.new_interpreter();
        let (role, program) = match on_loop {
            true => (ThreadRole::Loop, Program::Loop),
            false => (ThreadRole::Main, Program::Main),
        };
        let main = sim.new_thread(role, program, gil, 0, interpreter);
        sim.wake_now(main);
        sim
    }

    /// The main loop: threads that can go on at this instant first, then the next event.
    fn run(&mut self) -> End {
        loop {
            let next = match self.kernel.pop_ready() {
                Some(thread) => Some(thread),
                None => {
                    if self.finished() {
                        return self.end(Outcome::Completed);
                    }
                    let event = self.clock.next(|soon| {
                        // Where the id is a lock's, some thread's task is looked at in vain.
                        let threads =
                            soon.filter_map(|event| self.threads.get(event.id() as usize));
                        (self.tasks).foresee(self.work, threads.map(|thread| thread.task));
                    });
                    let Some(event) = event else {
                        let stuck = self.stuck();
                        return self.end(Outcome::Deadlock(stuck));
                    };
                    if let Some(reason) = self.clock.over_limit(self.max_events) {
                        return self.end(Outcome::Stopped(reason));
                    }
                    self.handle(event)
                }
            };
            if let Some(thread) = next
                && self.proceed(thread)
            {
                self.decide(thread);
            }
        }
    }

    /// Something happens. Gives the thread that goes on at this very instant, if it is only one.
    #[inline(always)]
    fn handle(&mut self, event: Event) -> Option<u32> {
        let id = event.id();
        if !event.is_of_thread() {
            match event.is(EventKind::GilRequest) {
                true => self.gil_request(id, event.generation()),
                false => self.tick(),
            }
            return None;
        }
        let thread = &mut self.threads[id as usize];
        if thread.generation != event.generation() {
            return None;
        }
        // In the order in which they are frequent: a jump by table is guessed worse.
        if event.is(EventKind::WaitEnd) {
            return self.wait_ended(id);
        } else if event.is(EventKind::RunEnd) {
            thread.run_left = 0;
            return Some(id);
        } else if event.is(EventKind::OnCore) {
            self.on_core(id);
        } else {
            self.preempt_for(id);
        }
        None
    }

    /// Lets a thread that is on a core go on with what it has to run. Whether that is done.
    #[inline(always)]
    fn proceed(&mut self, id: u32) -> bool {
        let thread = &mut self.threads[id as usize];
        thread.state = State::Deciding;
        // Else it has code that was broken off, or that is known from before a wait.
        thread.run_left == 0 || self.resume(id)
    }

    fn finished(&self) -> bool {
        self.tasks.left == 0 && self.orphans == 0
    }

    fn end(&mut self, outcome: Outcome) -> End {
        self.close_lanes();
        End {
            outcome,
            events: self.clock.events(),
        }
    }

    /// A new interpreter lock, or none in a build without.
    pub(crate) fn new_gil(&mut self) -> u32 {
        match self.costs.gil {
            false => NONE,
            true => {
                self.gils.push(Gil::default());
                (self.gils.len() - 1) as u32
            }
        }
    }

    pub(crate) fn new_interpreter(&mut self) -> u32 {
        self.interpreters += 1;
        self.interpreters - 1
    }

    /// A new thread, which nobody has put on a core yet.
    pub(crate) fn new_thread(
        &mut self,
        role: ThreadRole,
        program: Program,
        gil: u32,
        process: u32,
        interpreter: u32,
    ) -> u32 {
        let id = self.threads.len() as u32;
        let number = self.counts[role as usize];
        self.counts[role as usize] += 1;
        let born = Time::from_nanos(self.clock.now);
        self.sink.thread(ThreadInfo {
            role,
            number,
            process,
            interpreter,
            born,
        });
        self.threads.push(Thread::new(program, gil, self.clock.now));
        id
    }

    /// Tells the sink that memory in use changed.
    pub(crate) fn memory(&mut self, change: i64) {
        if change != 0 {
            self.sink.memory(Time::from_nanos(self.clock.now), change);
        }
    }
}
