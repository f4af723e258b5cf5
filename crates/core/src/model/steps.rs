//! Steps that need nothing but time, worked out beforehand.
//!
//! Most of what a task does is to compute and to wait, and what a plan makes of such a step depends
//! on nothing that happens: so a program is looked through once, and [`Sim::carry_on`] needs one
//! small look-up for these instead of the whole interpreter in [`task`](super::task).

use super::Sim;
use super::op::{Op, Then};
use super::task::{Task, Tasks, flag, place, scale};
use super::thread::Thread;
use crate::plan::Plan;
use crate::profile::Costs;
use crate::trace::{Sink, SpanKind};
use crate::workload::{Amount, Instr, Place, Program, Workload};

/// What a plan makes of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// Bytecode, on the thread that has the task.
    Cpu,
    /// Native code, on the thread that has the task.
    Native,
    /// The thread waits; no time limit can cut it.
    Sleep,
    /// The task waits for a timer of the loop.
    Timer,
    /// Anything else.
    Other,
}

/// An instruction in short.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    sort: Sort,
    /// How long, or [`DRAWN`].
    ns: u64,
}

/// The task's next draw says how long.
const DRAWN: u64 = u64::MAX;

impl Step {
    fn new(plan: &Plan, costs: &Costs, program: &Program, instr: &Instr) -> Step {
        let on_loop = matches!(plan, Plan::Asyncio { .. });
        let (sort, dur, ppm) = match *instr {
            _ if place(plan, instr) != Place::Loop => (Sort::Other, Amount::Next, 0),
            Instr::Cpu { dur, .. } => (Sort::Cpu, dur, costs.cpu_ppm),
            Instr::Native { dur, .. } => (Sort::Native, dur, costs.native_ppm),
            Instr::Io { dur, blocking, .. } => match on_loop {
                true if !blocking => (Sort::Timer, dur, 1_000_000),
                false if program.slots > 0 => (Sort::Other, dur, 0),
                _ => (Sort::Sleep, dur, 1_000_000),
            },
            _ => (Sort::Other, Amount::Next, 0),
        };
        let ns = match dur {
            Amount::Fixed(ns) => scale(ns, ppm),
            Amount::Next => DRAWN,
        };
        Step { sort, ns }
    }
}

/// The steps of every kind under a plan.
pub(super) fn steps(work: &Workload, plan: &Plan, costs: &Costs) -> Vec<Vec<Step>> {
    let of_kind = |program: &Program| {
        let step = |instr| Step::new(plan, costs, program, instr);
        program.code.iter().map(step).collect()
    };
    work.kinds
        .iter()
        .map(|kind| of_kind(&kind.program))
        .collect()
}

impl Tasks {
    /// Whether the task waits for something else than time, and so may stand in a line.
    #[inline]
    pub(super) fn waits_in_line(&self, task: u32) -> bool {
        let task = &self.hot[task as usize];
        let step = self.steps[usize::from(task.kind_index)][task.at.pc() as usize];
        step.sort != Sort::Sleep && task.at.phase() == 2
    }
}

impl Task {
    #[inline]
    fn time(&mut self, work: &Workload, step: Step, ppm: u64) -> u64 {
        match step.ns {
            DRAWN => scale(self.draw(work), ppm),
            ns => ns,
        }
    }

    /// Pays for a wait, or begins it.
    #[inline]
    fn wait(&mut self, work: &Workload, step: Step, overhead: u64, then: Then) -> Op {
        if self.at.phase() == 0 && overhead > 0 {
            self.at.set_phase(1);
            return Op::run(SpanKind::Overhead, overhead);
        }
        self.at.set_phase(2);
        Op::new(then, SpanKind::Io, self.time(work, step, 1_000_000))
    }
}

impl Tasks {
    /// Carries the thread's task on as long as that needs nothing but time: to its next operation, or
    /// to an instruction that is more than that ([`Then::GoOn`]).
    #[inline(always)]
    fn glide(&mut self, thread: &mut Thread, work: &Workload, costs: &Costs) -> Op {
        let task = &mut self.hot[thread.task as usize];
        let steps = self.steps[usize::from(task.kind_index)].as_slice();
        loop {
            let step = steps[task.at.pc() as usize];
            let op = match (step.sort, task.at.phase()) {
                (Sort::Cpu, _) => Op::run(SpanKind::Python, task.time(work, step, costs.cpu_ppm)),
                (Sort::Native, _) => {
                    Op::run_free(SpanKind::Native, task.time(work, step, costs.native_ppm))
                }
                (Sort::Sleep | Sort::Timer, 2) if task.flags & flag::CANCELLED == 0 => {
                    thread.timed_out = false;
                    Op::GO_ON
                }
                (Sort::Sleep, 0 | 1) => {
                    return task.wait(work, step, costs.io_call, Then::Sleep);
                }
                (Sort::Timer, 0 | 1) => {
                    return task.wait(work, step, costs.loop_timer, Then::Timer);
                }
                (Sort::Sleep | Sort::Timer | Sort::Other, _) => return Op::GO_ON,
            };
            task.next();
            if op.ns > 0 {
                return op;
            }
        }
    }
}

impl<S: Sink> Sim<'_, S> {
    /// Carries the thread's task on by one operation. Inlined like all on the way from the driver to
    /// here, whatever the compiler thinks: saving registers between them took a tenth of a run.
    #[inline(always)]
    pub(crate) fn carry_on(&mut self, thread: u32) -> Op {
        let slot = &mut self.threads[thread as usize];
        let op = self.tasks.glide(slot, self.work, self.costs);
        match op.then() {
            Then::GoOn => self.carry_on_by_instructions(thread),
            _ => op,
        }
    }

    #[inline(never)]
    fn carry_on_by_instructions(&mut self, thread: u32) -> Op {
        let id = self.threads[thread as usize].task;
        loop {
            let op = self.instruction(thread, id);
            let slot = &mut self.threads[thread as usize];
            // Code without length is nothing, unless it is on its way through an executor's door.
            if op.then() != Then::GoOn && (!op.is_nothing() || slot.submitting != 0) {
                return op;
            }
            let op = self.tasks.glide(slot, self.work, self.costs);
            if op.then() != Then::GoOn {
                return op;
            }
        }
    }
}
