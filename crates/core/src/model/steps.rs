//! Steps that need nothing but time, worked out beforehand.
//!
//! Most of what a task does is to compute and to wait, and what a plan makes of such a step depends
//! on nothing that happens: so a program is looked through once, and [`Sim::carry_on`] needs one
//! small look-up for these instead of the whole interpreter in [`task`](super::task).

use super::Sim;
use super::op::Op;
use super::task::{Task, Tasks, flag, place, scale};
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
}

impl<S: Sink> Sim<'_, S> {
    /// Carries the thread's task on by one operation.
    pub(crate) fn carry_on(&mut self, thread: u32) -> Op {
        let id = self.threads[thread as usize].task;
        loop {
            let task = &mut self.tasks.hot[id as usize];
            let step = self.tasks.steps[usize::from(task.kind_index)][task.at.pc() as usize];
            let op = match step.sort {
                Sort::Cpu => {
                    let ns = task.time(self.work, step, self.costs.cpu_ppm);
                    task.next();
                    Op::run(SpanKind::Python, ns)
                }
                Sort::Native => {
                    let ns = task.time(self.work, step, self.costs.native_ppm);
                    task.next();
                    Op::run_free(SpanKind::Native, ns)
                }
                Sort::Sleep | Sort::Timer if task.at.phase() < 2 => {
                    let on_loop = step.sort == Sort::Timer;
                    let overhead = match on_loop {
                        true => self.costs.loop_timer,
                        false => self.costs.io_call,
                    };
                    if task.at.phase() == 0 && overhead > 0 {
                        task.at.set_phase(1);
                        return Op::run(SpanKind::Overhead, overhead);
                    }
                    let ns = task.time(self.work, step, 1_000_000);
                    task.at.set_phase(2);
                    if on_loop {
                        self.sleep_on_loop(thread, id, ns);
                        return Op::AWAY;
                    }
                    return Op::sleep(SpanKind::Io, ns);
                }
                Sort::Sleep | Sort::Timer if task.flags & flag::CANCELLED == 0 => {
                    task.next();
                    self.threads[thread as usize].timed_out = false;
                    continue;
                }
                Sort::Sleep | Sort::Timer | Sort::Other => match self.instruction(thread, id) {
                    Op::GO_ON => continue,
                    // Code without length, unless it is on its way through an executor's door.
                    op if op.is_nothing() && self.threads[thread as usize].submitting == 0 => {
                        continue;
                    }
                    op => return op,
                },
            };
            if op.ns > 0 {
                return op;
            }
        }
    }
}
