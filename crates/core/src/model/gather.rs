//! Gathers: branches as tasks of their own, and the wait for all of them.
//!
//! Under asyncio they are the tasks of a `TaskGroup`, in a thread pool items of the same pool, with
//! a thread a task threads of their own; plans without concurrency inside a task never come here.

use super::eventloop::Ready;
use super::task::{At, Branch, GatherMode, Task, flag};
use super::{NEVER, NONE, Op, Sim};
use crate::trace::{FlowKind, Lane, Sink, SpanKind};
use crate::units::Time;
use crate::workload::Instr;

impl<S: Sink> Sim<'_, S> {
    /// Starts the branches of a gather and waits for them.
    pub(super) fn gather_step(&mut self, thread: u32, id: u32, branches: u32, end: u32) -> Op {
        let at = self.tasks.hot[id as usize].at;
        let (pc, phase) = (at.pc(), at.phase());
        match (phase, self.tasks.gather) {
            (0, GatherMode::Loop) => {
                self.overhead(id, self.costs.task_create * u64::from(branches))
            }
            (1, GatherMode::Loop) => {
                let first = self.tasks.hot.len() as u32;
                let mut at = pc + 1;
                for _ in 0..branches {
                    let branch;
                    (branch, at) = self.new_branch(thread, id, at);
                    self.make_ready(Ready::Go(branch));
                }
                let task = &mut self.tasks.hot[id as usize];
                (task.pending, task.place) = (branches, first);
                task.at.set_phase(2);
                self.leave_loop(thread, SpanKind::JoinWait);
                Op::AWAY
            }
            (0, _) => {
                let task = &mut self.tasks.hot[id as usize];
                (task.pending, task.place) = (branches, thread);
                task.at.set_phase(1);
                self.threads[thread as usize].b = pc + 1;
                Op::GO_ON
            }
            (1, _) => {
                let at = self.threads[thread as usize].b;
                if at == end {
                    self.phase(id, 2);
                    return Op::GO_ON;
                }
                let (branch, next) = self.new_branch(thread, id, at);
                let slot = &mut self.threads[thread as usize];
                (slot.a, slot.b) = (branch, next);
                self.begin_submit(thread)
            }
            _ => {
                let flags = self.tasks.hot[id as usize].flags;
                if self.tasks.hot[id as usize].pending > 0 {
                    return Op::block(SpanKind::JoinWait, NEVER);
                }
                let cancelled = flags & flag::CANCELLED != 0;
                let branch_cut = flags & flag::BRANCH_CUT != 0 && !self.on_loop(thread);
                self.tasks.hot[id as usize].flags &= !(flag::CANCELLED | flag::BRANCH_CUT);
                if cancelled || (branch_cut && self.deadline(id).0 <= self.clock.now) {
                    return self.cut(id);
                }
                self.jump(id, end + 1)
            }
        }
    }

    /// A task for the branch that begins at instruction `at`; also where the next one begins.
    pub(super) fn new_branch(&mut self, thread: u32, parent: u32, at: u32) -> (u32, u32) {
        let kind = self.kind_of(parent);
        let Instr::BranchBegin { next, draws } = kind.program.code[at as usize] else {
            return (NONE, at + 1);
        };
        let id = self.tasks.hot.len() as u32;
        let up = self.tasks.hot[parent as usize];
        let slots = self.copy_slots(parent, up.kind_index);
        let index = match self.tasks.branch(parent) {
            Some(branch) => branch.index,
            None => parent - kind.first_task,
        };
        self.tasks.hot[parent as usize].cursor += draws;
        self.tasks.branches.push(Branch {
            parent,
            index,
            slots,
        });
        let on_loop = self.tasks.gather == GatherMode::Loop;
        self.tasks.hot.push(Task {
            since: self.clock.now,
            cursor: up.cursor,
            at: At::before(at + 1),
            ticket: 0,
            place: NONE,
            pending: 0,
            kind_index: up.kind_index,
            kind: if on_loop {
                SpanKind::LoopWait
            } else {
                SpanKind::PoolWait
            },
            flags: flag::BORN,
        });
        let now = self.clock.now;
        let born = Time::from_nanos(now);
        self.sink
            .task(id, u32::from(up.kind_index), index, Some(parent), born);
        self.flow_between(
            FlowKind::Branch,
            Lane::thread(thread),
            now,
            Lane::task(id),
            now,
        );
        (id, next)
    }

    pub(super) fn copy_slots(&mut self, parent: u32, kind_index: u16) -> u32 {
        let count = self.work.kinds[usize::from(kind_index)].program.slots;
        let from = self.tasks.first_slot(self.work, parent);
        let to = match self.tasks.spare_slots[usize::from(kind_index)].pop() {
            Some(spare) => spare,
            None => {
                let end = self.tasks.slots.len() as u32;
                self.tasks.slots.resize((end + count) as usize, NEVER);
                end
            }
        };
        let from = from as usize..(from + count) as usize;
        self.tasks.slots.copy_within(from, to as usize);
        to
    }

    pub(super) fn branch_ended(&mut self, id: u32, parent: u32) {
        let now = self.clock.now;
        let up = &mut self.tasks.hot[parent as usize];
        up.pending -= 1;
        if up.pending > 0 {
            return;
        }
        self.flow_between(FlowKind::Join, Lane::task(id), now, Lane::task(parent), now);
        if self.tasks.gather == GatherMode::Loop {
            return self.make_ready(Ready::Go(parent));
        }
        // A parent that is still handing out branches looks for itself when it is done.
        let Task { at, place, .. } = self.tasks.hot[parent as usize];
        if at.phase() == 2 {
            self.wake_blocked(place);
        }
    }
}
