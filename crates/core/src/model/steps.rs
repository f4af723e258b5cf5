//! Steps that need nothing but time, worked out beforehand.
//!
//! Most of what a task does is to compute and to wait, and what a plan makes of such a step depends
//! on nothing that happens: so a program is looked through once, and [`Sim::carry_on`] needs one
//! small look-up for these instead of the whole interpreter in [`task`](super::task).

use super::Sim;
use super::op::{Op, Then};
use super::task::{Task, Tasks, flag, scale};
use super::thread::Thread;
use super::ticks::{in_ticks, tick};
use crate::plan::Plan;
use crate::profile::Costs;
use crate::trace::{Sink, SpanKind};
use crate::workload::{Amount, Instr, Place, Program, Workload};

/// What a plan makes of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// Code, on the thread that has the task.
    Run,
    /// The thread waits, and nothing can cut that: the task may as well stand behind it already.
    Sleep,
    /// On the loop: the task waits for a timer, or the thread waits and the loop with it.
    Wait,
    /// The task is over.
    End,
    /// Anything else.
    Other,
}

/// An instruction in short.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    sort: Sort,
    /// What the lane shows meanwhile.
    kind: SpanKind,
    /// Code that needs the interpreter lock.
    lock: bool,
    /// The task waits for a timer of the loop, not its thread.
    timer: bool,
    /// What is to be paid before a wait, ns.
    overhead: u64,
    /// How long, or [`DRAWN`].
    ns: u64,
    /// What a draw is multiplied by, in parts per million.
    ppm: u64,
    /// What a wait takes whole multiples of; 0 if of nothing.
    tick: u64,
}

/// The task's next draw says how long.
const DRAWN: u64 = u64::MAX;
/// A million parts per million.
const UNSCALED: u64 = 1_000_000;

impl Step {
    const OTHER: Step = Step {
        sort: Sort::Other,
        kind: SpanKind::Overhead,
        lock: true,
        timer: false,
        overhead: 0,
        ns: 0,
        ppm: UNSCALED,
        tick: 0,
    };

    fn new(plan: &Plan, costs: &Costs, program: &Program, instr: &Instr) -> Step {
        if place(plan, instr) != Place::Loop {
            return Step::OTHER;
        }
        let on_loop = matches!(plan, Plan::Asyncio { .. });
        match *instr {
            Instr::Cpu { dur, .. } => Step::run(SpanKind::Python, true, dur, costs.cpu_ppm),
            Instr::Native { dur, .. } => Step::run(SpanKind::Native, false, dur, costs.native_ppm),
            Instr::Io { dur, blocking, .. } => match on_loop {
                true if blocking => Step::wait(Sort::Wait, false, costs.io_call, dur),
                true => Step::wait(Sort::Wait, true, costs.loop_timer, dur),
                false if program.slots > 0 => Step::OTHER,
                false => Step {
                    tick: tick(plan, costs),
                    ..Step::wait(Sort::Sleep, false, costs.io_call, Amount::Next)
                }
                .lasting(dur),
            },
            Instr::End => Step {
                sort: Sort::End,
                ..Step::OTHER
            },
            _ => Step::OTHER,
        }
    }

    #[inline]
    fn run(kind: SpanKind, lock: bool, dur: Amount, ppm: u64) -> Step {
        Step {
            sort: Sort::Run,
            kind,
            lock,
            ppm,
            ..Step::OTHER
        }
        .lasting(dur)
    }

    #[inline]
    fn wait(sort: Sort, timer: bool, overhead: u64, dur: Amount) -> Step {
        Step {
            sort,
            timer,
            overhead,
            ..Step::OTHER
        }
        .lasting(dur)
    }

    #[inline]
    fn lasting(self, dur: Amount) -> Step {
        let ns = match dur {
            Amount::Fixed(ns) => in_ticks(scale(ns, self.ppm), self.tick),
            Amount::Next => DRAWN,
        };
        Step { ns, ..self }
    }
}

/// What a task comes to as long as it needs nothing but time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Glide {
    /// Code to run, with or without the interpreter lock.
    Run { kind: SpanKind, lock: bool, ns: u64 },
    /// A wait for so long: its thread's, or for a timer of the loop.
    Wait { timer: bool, ns: u64 },
    /// The end of the task.
    End,
    /// An instruction that is more than that.
    Stop,
}

impl Glide {
    #[inline(always)]
    fn op(self) -> Op {
        match self {
            Glide::Run {
                kind,
                lock: true,
                ns,
            } => Op::run(kind, ns),
            Glide::Run { kind, ns, .. } => Op::run_free(kind, ns),
            Glide::Wait { timer: false, ns } => Op::sleep(SpanKind::Io, ns),
            Glide::Wait { ns, .. } => Op::new(Then::Timer, SpanKind::Io, ns),
            Glide::End => Op::TASK_ENDED,
            Glide::Stop => Op::GO_ON,
        }
    }
}

/// Where the plan puts a step of a task on the loop; see the table of plans in the scenario
/// format. A place that the plan does not have is not followed.
#[inline]
pub(super) fn place(plan: &Plan, instr: &Instr) -> Place {
    let Plan::Asyncio {
        threads, processes, ..
    } = *plan
    else {
        return Place::Loop;
    };
    let (on, wanted) = match *instr {
        Instr::Cpu { on, .. } => (on, [Place::Processes, Place::Loop]),
        Instr::Native { on, .. } => (on, [Place::Processes, Place::Threads]),
        Instr::Io {
            on, blocking: true, ..
        } => (on, [Place::Threads, Place::Processes]),
        Instr::Io {
            on,
            blocking: false,
            ..
        } => (on, [Place::Loop, Place::Loop]),
        _ => return Place::Loop,
    };
    let has = |place: &Place| match place {
        Place::Loop => true,
        Place::Threads => threads.is_some(),
        Place::Processes => processes.is_some(),
    };
    on.into_iter()
        .chain(wanted)
        .find(has)
        .unwrap_or(Place::Loop)
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

impl Task {
    /// How long the step takes.
    #[inline(always)]
    fn time(&mut self, work: &Workload, step: &Step) -> u64 {
        match step.ns {
            DRAWN => in_ticks(scale(self.draw(work), step.ppm), step.tick),
            ns => ns,
        }
    }

    /// Bytecode that comes after a wait which nothing can cut is known when the wait begins, while the
    /// task and its draws are at hand: the thread wakes up with it, and need not ask.
    #[inline(always)]
    fn look_ahead(&mut self, thread: &mut Thread, work: &Workload, steps: &[Step]) {
        let step = &steps[self.at.pc() as usize];
        if step.sort == Sort::Run && step.lock {
            thread.run_left = self.time(work, step);
            thread.run_kind = step.kind;
            self.next();
        }
    }

    /// The overhead of a wait comes first.
    #[inline(always)]
    fn pay(&mut self, ns: u64) -> Glide {
        self.at.set_phase(1);
        Glide::Run {
            kind: SpanKind::Overhead,
            lock: true,
            ns,
        }
    }
}

impl Tasks {
    /// Carries the thread's task on as long as that needs nothing but time.
    #[inline(always)]
    pub(super) fn glide(&mut self, thread: &mut Thread, work: &Workload) -> Glide {
        let task = &mut self.hot[thread.task as usize];
        let steps = self.steps[usize::from(task.kind_index)].as_slice();
        loop {
            let step = &steps[task.at.pc() as usize];
            // One after the other, because a jump by table is guessed worse; most of what a thread comes to
            // is asked first.
            if step.sort == Sort::Sleep {
                if step.overhead > 0 && task.at.phase() == 0 {
                    return task.pay(step.overhead);
                }
                let ns = task.time(work, step);
                task.next();
                task.look_ahead(thread, work, steps);
                return Glide::Wait { timer: false, ns };
            }
            if step.sort == Sort::Run {
                let ns = task.time(work, step);
                task.next();
                if ns > 0 {
                    let (kind, lock) = (step.kind, step.lock);
                    return Glide::Run { kind, lock, ns };
                }
            } else if step.sort == Sort::Wait {
                match task.at.phase() {
                    2 if task.flags & flag::CANCELLED == 0 => {
                        thread.timed_out = false;
                        task.next();
                    }
                    2.. => return Glide::Stop,
                    0 if step.overhead > 0 => return task.pay(step.overhead),
                    _ => {
                        task.at.set_phase(2);
                        let ns = task.time(work, step);
                        return Glide::Wait {
                            timer: step.timer,
                            ns,
                        };
                    }
                }
            } else if step.sort == Sort::End {
                return Glide::End;
            } else {
                return Glide::Stop;
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
        match self.tasks.glide(slot, self.work) {
            Glide::Stop => self.carry_on_by_instructions(thread),
            glide => glide.op(),
        }
    }

    /// The same on the loop: past what can be run at once, and to the timer that a task waits for.
    #[inline(always)]
    pub(crate) fn carry_on_loop(&mut self, thread: u32) -> Op {
        loop {
            let slot = &mut self.threads[thread as usize];
            match self.tasks.glide(slot, self.work) {
                Glide::Run { kind, lock, ns } if lock && self.runs_through(thread, kind, ns) => {}
                Glide::Wait { timer: true, ns } => {
                    self.sleep_on_loop(thread, ns);
                    return Op::AWAY;
                }
                Glide::Stop => return self.carry_on_by_instructions(thread),
                glide => return glide.op(),
            }
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
            match self.tasks.glide(slot, self.work) {
                Glide::Stop => {}
                glide => return glide.op(),
            }
        }
    }
}
