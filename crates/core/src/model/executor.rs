//! Executors under the event loop, and cancellation: a step that leaves the loop, comes back through
//! `call_soon_threadsafe`, or is not waited for any more and runs on.

use super::sync::Waiter;
use super::task::flag;
use super::{NONE, Op, Sim};
use crate::trace::{Sink, SpanKind};
use crate::workload::Instr;
use crate::workload::Place;

impl<S: Sink> Sim<'_, S> {
    /// `loop.run_in_executor`.
    pub(crate) fn offload(&mut self, thread: u32, task: u32, place: Place, phase: u8) -> Op {
        let slot = &mut self.tasks.hot[task as usize];
        if phase == 0 {
            slot.at.set_phase(1);
            let ns = self.costs.executor_call;
            return Op::run(SpanKind::Overhead, ns);
        }
        slot.at.set_phase(2);
        slot.place = NONE;
        self.threads[thread as usize].a = task;
        match place {
            Place::Processes => self.begin_process_submit(thread),
            Place::Threads | Place::Loop => self.begin_pool_submit(thread),
        }
    }

    /// A worker sets the result of a step: `call_soon_threadsafe`.
    pub(crate) fn back_to_loop(&mut self, thread: u32) {
        let task = self.detach(thread, SpanKind::LoopWait);
        let slot = &mut self.tasks.hot[task as usize];
        slot.flags |= flag::READY;
        self.event_loop.ready.push_back(task);
        self.wake_loop();
    }

    /// Whether the task waits at a step of work: on the loop, one that an executor does.
    pub(super) fn offloaded(&self, task: u32) -> bool {
        let pc = self.tasks.hot[task as usize].at.pc() as usize;
        let instr = self.kind_of(task).program.code[pc];
        matches!(
            instr,
            Instr::Cpu { .. } | Instr::Native { .. } | Instr::Io { .. }
        )
    }

    /// `Lib/asyncio/timeouts.py: Timeout._on_timeout` cancels the task.
    pub(super) fn fire_limit(&mut self, task: u32, at: u32, time: u64) {
        if self.tasks.hot[task as usize].flags & flag::ENDED != 0 {
            return;
        }
        if self.expire(task, at, time) {
            self.cancel(task, time);
        }
    }

    /// `Task.cancel`: its wait ends at the limit, from which on it waits for the loop; what it waits
    /// for in an executor runs on.
    pub(super) fn cancel(&mut self, task: u32, limit: u64) {
        let slot = &mut self.tasks.hot[task as usize];
        if slot.flags & flag::ENDED != 0 {
            return;
        }
        slot.flags |= flag::CANCELLED;
        if slot.flags & flag::READY != 0 || slot.at.phase() != 2 {
            return;
        }
        let pc = slot.at.pc() as usize;
        let (place, branches) = (slot.place, slot.pending);
        match self.kind_of(task).program.code[pc] {
            Instr::Gather { branches: all, .. } if branches > 0 => {
                // A `TaskGroup` that is cancelled cancels its tasks and waits for them.
                for branch in place..place + all {
                    self.cancel(branch, limit);
                }
                return;
            }
            Instr::Acquire { .. } | Instr::Put { .. } | Instr::Get { .. } => {
                self.leave_lines(task, Waiter::Task(task));
            }
            _ if place != NONE => self.orphan(place, task),
            _ => {}
        }
        let slot = &mut self.tasks.hot[task as usize];
        slot.ticket = slot.ticket.wrapping_add(1);
        slot.place = NONE;
        self.line_up(task, limit);
    }

    /// The executor work of a cancelled task goes on, on its thread's own lane.
    pub(super) fn orphan(&mut self, thread: u32, task: u32) {
        if self.threads[thread as usize].task != task {
            return;
        }
        let kind = self.threads[thread as usize].kind;
        self.detach(thread, kind);
        let slot = &mut self.threads[thread as usize];
        slot.kind = kind;
        slot.orphan = true;
        self.orphans += 1;
    }

    /// The thread is done with work that nobody waits for any more.
    pub(crate) fn end_orphan(&mut self, thread: u32) -> bool {
        let orphan = std::mem::take(&mut self.threads[thread as usize].orphan);
        self.orphans -= u32::from(orphan);
        orphan
    }
}
