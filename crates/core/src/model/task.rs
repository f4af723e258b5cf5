//! Tasks: where each stands in its program, and what its next instruction asks of the thread that
//! works for it.
//!
//! One interpreter serves threads and the event loop. At a wait, a thread blocks and keeps its task;
//! on the loop the task goes [`Then::Away`] and comes back through the ready queue. The phase of
//! an instruction says how far it is: 0 not begun, 1 its overhead is paid, 2 waiting or done waiting.

use super::op::{Op, Then};
use super::steps::{Step, place, steps};
use super::thread::Program as ThreadProgram;
use super::ticks::{in_ticks, tick};
use super::{NEVER, NONE, Sim};
use crate::plan::Plan;
use crate::profile::Costs;
use crate::trace::{Sink, SpanKind};
use crate::units::Time;
use crate::workload::{Amount, Instr, Kind, Place, Workload};

/// The flags of a task.
pub(crate) mod flag {
    /// Its memory is counted.
    pub(crate) const STARTED: u8 = 1;
    /// On the loop: cancelled, takes effect when it next runs.
    pub(crate) const CANCELLED: u8 = 2;
    /// The sink knows that a time limit cut it.
    pub(crate) const TOLD: u8 = 4;
    pub(crate) const ENDED: u8 = 8;
    /// A branch of its was cut by a limit that it shares.
    pub(crate) const BRANCH_CUT: u8 = 16;
    /// It has arrived.
    pub(crate) const BORN: u8 = 32;
    /// On the loop: holds the permit it waited for.
    pub(crate) const GRANTED: u8 = 64;
    /// On the loop: stands in the ready queue.
    pub(crate) const READY: u8 = 128;
}

/// What changes of a task while it runs, in 32 bytes: there may be ten million.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task {
    /// When its present span began; while a thread works for it, that thread knows.
    pub(crate) since: u64,
    /// Index of its next draw.
    pub(crate) cursor: u32,
    pub(crate) at: At,
    /// Tells the present wait from earlier ones.
    pub(crate) ticket: u32,
    /// The thread that works for it elsewhere or waits for its branches; on the loop at a gather,
    /// its first branch.
    pub(crate) place: u32,
    /// Branches that have not ended.
    pub(crate) pending: u32,
    pub(crate) kind_index: u16,
    pub(crate) kind: SpanKind,
    pub(crate) flags: u8,
}

/// Where a task stands: its instruction (30 bits), and how far that is, its phase (2 bits).
#[derive(Clone, Copy, Debug)]
pub(crate) struct At(u32);

impl At {
    /// Before an instruction.
    #[inline]
    pub(crate) const fn before(pc: u32) -> At {
        At(pc << 2)
    }

    /// The index of the instruction.
    #[inline]
    pub(crate) const fn pc(self) -> u32 {
        self.0 >> 2
    }

    /// How far it is.
    #[inline]
    pub(crate) const fn phase(self) -> u8 {
        (self.0 & 3) as u8
    }

    #[inline]
    pub(crate) const fn set_phase(&mut self, phase: u8) {
        self.0 = self.0 & !3 | phase as u32;
    }
}

/// What only branches of a gather have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Branch {
    pub(crate) parent: u32,
    pub(crate) index: u32,
    pub(crate) slots: u32,
}

pub(crate) struct Tasks {
    pub(crate) hot: Vec<Task>,
    /// The programs in short, by kind.
    pub(super) steps: Vec<Vec<Step>>,
    pub(crate) branches: Vec<Branch>,
    /// Loop counters and time limits.
    pub(crate) slots: Vec<u64>,
    /// First slot of each kind.
    pub(super) slot_base: Vec<u32>,
    /// Slots that ended branches gave back, by kind.
    pub(super) spare_slots: Vec<Vec<u32>>,
    /// Tasks of each kind that have not ended.
    pub(crate) kind_left: Vec<u32>,
    /// Tasks that have not ended, branches aside.
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) gather: GatherMode,
    /// What one task on the loop weighs.
    pub(super) task_memory: u64,
}

/// What a plan makes of `gather`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GatherMode {
    /// Branches one after another.
    InRow,
    /// Each branch goes to the pool that runs its parent.
    Pool,
    /// A thread a branch.
    Threads,
    /// Tasks on the loop.
    Loop,
}

impl Task {
    /// A duration of its program, taking the next draw if it is one.
    #[inline]
    fn amount(&mut self, work: &Workload, amount: Amount) -> u64 {
        match amount {
            Amount::Fixed(ns) => ns,
            Amount::Next => self.draw(work),
        }
    }

    /// Its next draw.
    #[inline]
    pub(super) fn draw(&mut self, work: &Workload) -> u64 {
        self.cursor += 1;
        work.draws[self.cursor as usize - 1]
    }

    /// Goes to the next instruction.
    #[inline]
    pub(super) fn next(&mut self) {
        self.at = At::before(self.at.pc() + 1);
    }
}

impl Tasks {
    pub(crate) fn new(work: &Workload, plan: &Plan, costs: &Costs) -> Tasks {
        let mut hot = Vec::with_capacity(work.tasks as usize);
        let mut slot_base = Vec::with_capacity(work.kinds.len());
        let mut slots = 0u32;
        for (number, kind) in work.kinds.iter().enumerate() {
            slot_base.push(slots);
            slots = slots.saturating_add(kind.count.saturating_mul(kind.program.slots));
            for task in 0..kind.count {
                hot.push(Task {
                    since: 0,
                    cursor: kind.first_draw as u32 + task * kind.program.draws_per_task,
                    at: At::before(0),
                    ticket: 0,
                    place: NONE,
                    pending: 0,
                    kind_index: number as u16,
                    kind: SpanKind::PoolWait,
                    flags: 0,
                });
            }
        }
        let on_loop = matches!(plan, Plan::Asyncio { .. });
        Tasks {
            top: hot.len() as u32,
            left: hot.len() as u32,
            hot,
            branches: Vec::new(),
            slots: vec![NEVER; slots as usize],
            slot_base,
            steps: steps(work, plan, costs),
            spare_slots: vec![Vec::new(); work.kinds.len()],
            kind_left: work.kinds.iter().map(|kind| kind.count).collect(),
            gather: match plan {
                Plan::Threads { .. } => GatherMode::Pool,
                Plan::ThreadEach => GatherMode::Threads,
                Plan::Asyncio { .. } => GatherMode::Loop,
                Plan::Sync | Plan::Processes { .. } | Plan::Interpreters { .. } => {
                    GatherMode::InRow
                }
            },
            task_memory: if on_loop { costs.memory.task } else { 0 },
        }
    }

    #[inline]
    pub(crate) fn branch(&self, task: u32) -> Option<&Branch> {
        self.branches.get(task.checked_sub(self.top)? as usize)
    }

    #[inline]
    pub(super) fn slot(&mut self, work: &Workload, task: u32, slot: u32) -> &mut u64 {
        let base = self.first_slot(work, task);
        &mut self.slots[(base + slot) as usize]
    }

    #[inline]
    pub(super) fn first_slot(&self, work: &Workload, task: u32) -> u32 {
        match self.branch(task) {
            Some(branch) => branch.slots,
            None => {
                let number = self.hot[task as usize].kind_index as usize;
                let kind = &work.kinds[number];
                self.slot_base[number] + (task - kind.first_task) * kind.program.slots
            }
        }
    }

    /// The task of the workload that a branch belongs to.
    #[inline]
    pub(crate) fn root(&self, mut task: u32) -> u32 {
        while let Some(branch) = self.branch(task) {
            task = branch.parent;
        }
        task
    }
}

impl<'a, S: Sink> Sim<'a, S> {
    pub(crate) fn kind_of(&self, task: u32) -> &'a Kind {
        let work: &'a Workload = self.work;
        &work.kinds[self.tasks.hot[task as usize].kind_index as usize]
    }

    pub(super) fn amount(&mut self, task: u32, amount: Amount) -> u64 {
        self.tasks.hot[task as usize].amount(self.work, amount)
    }

    /// Counts the task's memory from its first moment of work.
    pub(crate) fn start_task(&mut self, task: u32) {
        let slot = &mut self.tasks.hot[task as usize];
        if slot.flags & flag::STARTED == 0 {
            slot.flags |= flag::STARTED;
            if task < self.tasks.top {
                let bytes = self.kind_of(task).memory.0;
                self.memory(bytes as i64);
            }
        }
    }

    /// Carries out the instruction at which the task stands, or the next part of it.
    #[inline(never)]
    pub(super) fn instruction(&mut self, thread: u32, id: u32) -> Op {
        let at = self.tasks.hot[id as usize].at;
        let (pc, phase) = (at.pc(), at.phase());
        match self.kind_of(id).program.code[pc as usize] {
            instr @ (Instr::Cpu { .. } | Instr::Native { .. } | Instr::Io { .. }) => {
                self.work_step(thread, id, instr, phase)
            }
            Instr::End => Op::TASK_ENDED,
            Instr::Acquire { resource, .. } => self.acquire_step(thread, id, resource),
            Instr::Release { resource } => {
                self.release(resource, id);
                self.next(id)
            }
            Instr::Put { queue } => self.queue_step(thread, id, queue, true),
            Instr::Get { queue } => self.queue_step(thread, id, queue, false),
            Instr::LoopBegin { slot, times } => {
                *self.tasks.slot(self.work, id, slot) = u64::from(times);
                self.next(id)
            }
            Instr::LoopEnd { slot, begin } => {
                let left = self.tasks.slot(self.work, id, slot);
                *left -= 1;
                match *left {
                    0 => self.next(id),
                    _ => self.jump(id, begin + 1),
                }
            }
            Instr::TimeoutBegin {
                slot, dur, draws, ..
            } => self.begin_timeout(thread, id, pc, phase, (slot, dur, draws)),
            Instr::TimeoutEnd { slot } => {
                *self.tasks.slot(self.work, id, slot) = NEVER;
                self.next(id)
            }
            Instr::Gather { branches, end, .. } => match self.tasks.gather {
                GatherMode::InRow => self.next(id),
                _ => self.gather_step(thread, id, branches, end),
            },
            Instr::BranchBegin { .. } | Instr::GatherEnd => self.next(id),
            Instr::BranchEnd => match self.tasks.gather {
                GatherMode::InRow => self.next(id),
                _ => Op::TASK_ENDED,
            },
        }
    }

    pub(super) fn next(&mut self, task: u32) -> Op {
        self.tasks.hot[task as usize].next();
        Op::GO_ON
    }

    pub(super) fn jump(&mut self, task: u32, pc: u32) -> Op {
        self.tasks.hot[task as usize].at = At::before(pc);
        Op::GO_ON
    }

    pub(super) fn phase(&mut self, task: u32, phase: u8) {
        self.tasks.hot[task as usize].at.set_phase(phase);
    }

    pub(super) fn overhead(&mut self, task: u32, ns: u64) -> Op {
        self.phase(task, 1);
        Op::run(SpanKind::Overhead, ns)
    }

    #[inline]
    pub(super) fn on_loop(&self, thread: u32) -> bool {
        self.threads[thread as usize].program == ThreadProgram::Loop
    }

    /// `cpu`, `native` and `io`: here, or handed to an executor.
    #[inline]
    fn work_step(&mut self, thread: u32, id: u32, instr: Instr, phase: u8) -> Op {
        if phase == 2 {
            return self.after_wait(thread, id);
        }
        let on_loop = self.on_loop(thread);
        if on_loop {
            match place(&self.plan, &instr) {
                Place::Loop => {}
                place => return self.offload(thread, id, place, phase),
            }
            if let Instr::Io {
                dur,
                blocking: false,
                ..
            } = instr
            {
                if phase == 0 && self.costs.loop_timer > 0 {
                    return self.overhead(id, self.costs.loop_timer);
                }
                let ns = self.tasks.hot[id as usize].amount(self.work, dur);
                self.sleep_on_loop(thread, ns);
                return Op::AWAY;
            }
        }
        if phase == 0 && self.costs.io_call > 0 && matches!(instr, Instr::Io { .. }) {
            return self.overhead(id, self.costs.io_call);
        }
        let op = self.op_of(id, instr, tick(&self.plan, self.costs));
        let task = &mut self.tasks.hot[id as usize];
        if op.then() != Then::Sleep {
            task.next();
            return op;
        }
        task.at.set_phase(2);
        let deadline = if on_loop { NEVER } else { self.deadline(id).0 };
        if deadline < self.clock.now.saturating_add(op.ns) {
            // A socket time-out: the wait ends at the limit.
            self.tasks.hot[id as usize].flags |= flag::CANCELLED;
            return Op::block(op.kind(), deadline.max(self.clock.now));
        }
        op
    }

    /// What the instruction at which the task stands does in an executor.
    pub(crate) fn work_op(&mut self, id: u32) -> Op {
        let pc = self.tasks.hot[id as usize].at.pc();
        let instr = self.kind_of(id).program.code[pc as usize];
        self.op_of(id, instr, self.costs.timer_tick)
    }

    #[inline]
    fn op_of(&mut self, id: u32, instr: Instr, tick: u64) -> Op {
        let task = &mut self.tasks.hot[id as usize];
        match instr {
            Instr::Cpu { dur, .. } => {
                let ns = scale(task.amount(self.work, dur), self.costs.cpu_ppm);
                Op::run(SpanKind::Python, ns)
            }
            Instr::Native { dur, .. } => {
                let ns = scale(task.amount(self.work, dur), self.costs.native_ppm);
                Op::run_free(SpanKind::Native, ns)
            }
            Instr::Io { dur, .. } => {
                let ns = in_ticks(task.amount(self.work, dur), tick);
                Op::sleep(SpanKind::Io, ns)
            }
            _ => Op::run(SpanKind::Overhead, 0),
        }
    }

    /// After a wait of a step: cut, or done.
    pub(super) fn after_wait(&mut self, thread: u32, id: u32) -> Op {
        if self.was_cut(thread, id) {
            return self.cut(id);
        }
        self.next(id)
    }

    /// Whether the wait that just ended was ended by a time limit.
    pub(super) fn was_cut(&mut self, thread: u32, id: u32) -> bool {
        let cancelled = self.tasks.hot[id as usize].flags & flag::CANCELLED != 0;
        self.tasks.hot[id as usize].flags &= !flag::CANCELLED;
        let timed_out = std::mem::take(&mut self.threads[thread as usize].timed_out);
        cancelled
            || (timed_out
                && !self.on_loop(thread)
                && !self.at_io(id)
                && self.deadline(id).0 <= self.clock.now)
    }

    pub(super) fn at_io(&self, id: u32) -> bool {
        let pc = self.tasks.hot[id as usize].at.pc() as usize;
        matches!(self.kind_of(id).program.code[pc], Instr::Io { .. })
    }

    /// The thread's task is over: its lane ends, and whoever waits for it hears of it.
    pub(crate) fn end_task(&mut self, thread: u32) {
        let id = self.detach(thread, SpanKind::Overhead);
        let now = self.clock.now;
        self.tasks.hot[id as usize].flags |= flag::ENDED;
        self.sink.task_end(id, Time::from_nanos(now));
        if let Some(&Branch { parent, slots, .. }) = self.tasks.branch(id) {
            let kind_index = usize::from(self.tasks.hot[id as usize].kind_index);
            self.tasks.spare_slots[kind_index].push(slots);
            return self.branch_ended(id, parent);
        }
        if self.plan != Plan::ThreadEach {
            self.tell_collector(id);
        }
        self.memory(-(self.kind_of(id).memory.0 as i64));
        self.memory(-(self.tasks.task_memory as i64));
        self.tasks.left -= 1;
        let kind_index = self.tasks.hot[id as usize].kind_index;
        self.tasks.kind_left[usize::from(kind_index)] -= 1;
        if self.tasks.kind_left[usize::from(kind_index)] == 0 {
            self.kind_ended(u32::from(kind_index));
        }
    }

    /// A task arrives: its lane begins.
    pub(crate) fn bear(&mut self, task: u32, arrival: u64) {
        let on_loop = self.on_loop(0);
        let slot = &mut self.tasks.hot[task as usize];
        slot.since = arrival;
        slot.flags |= flag::BORN;
        slot.kind = if on_loop {
            SpanKind::LoopWait
        } else {
            SpanKind::PoolWait
        };
        let kind_index = u32::from(slot.kind_index);
        let index = task - self.work.kinds[kind_index as usize].first_task;
        self.sink
            .task(task, kind_index, index, None, Time::from_nanos(arrival));
        self.memory(self.tasks.task_memory as i64);
    }
}

/// CPU time times the profile's factor, in parts per million, rounded down.
#[inline]
pub(crate) fn scale(ns: u64, ppm: u64) -> u64 {
    match ppm {
        1_000_000 => ns,
        _ if (ns | ppm) >> 32 == 0 => ns * ppm / 1_000_000,
        _ => scale_far(ns, ppm),
    }
}

/// Apart, because WebAssembly has no division of 128 bits.
#[inline(never)]
fn scale_far(ns: u64, ppm: u64) -> u64 {
    (u128::from(ns) * u128::from(ppm) / 1_000_000) as u64
}
