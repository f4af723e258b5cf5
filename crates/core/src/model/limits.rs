//! Time limits: `asyncio.timeout` on the loop, time-outs of sockets, locks and queues elsewhere.
//!
//! A limit's deadline stands in the task's slots while it is in force. In a thread every wait looks
//! for the earliest deadline around it and ends there; code is never cut. On the loop the deadline is
//! a timer that cancels the task at its wait (`Lib/asyncio/timeouts.py`).

use super::eventloop::FIRED;
use super::op::Op;
use super::task::{GatherMode, flag};
use super::{NEVER, Sim};
use crate::trace::Sink;
use crate::workload::{Amount, Instr, NO_SCOPE};

impl<S: Sink> Sim<'_, S> {
    pub(super) fn begin_timeout(
        &mut self,
        thread: u32,
        id: u32,
        pc: u32,
        phase: u8,
        (slot, dur, draws): (u32, Amount, u32),
    ) -> Op {
        if phase == 0 && self.on_loop(thread) {
            return self.overhead(id, self.costs.loop_timer);
        }
        let limit = self.amount(id, dur);
        let deadline = self.clock.now.saturating_add(limit);
        let cursor = u64::from(self.tasks.hot[id as usize].cursor + draws);
        *self.tasks.slot(self.work, id, slot) = deadline;
        *self.tasks.slot(self.work, id, slot + 1) = cursor;
        if self.on_loop(thread) {
            self.event_loop.limit_at(deadline, id, pc);
        }
        self.next(id)
    }

    /// The earliest time limit around the task's instruction, and the instruction that set it;
    /// among equal ones the innermost, which fires first.
    #[inline]
    pub(super) fn deadline(&self, id: u32) -> (u64, u32) {
        match self.kind_of(id).program.slots {
            0 => (NEVER, NO_SCOPE),
            _ => self.earliest_limit(id),
        }
    }

    fn earliest_limit(&self, id: u32) -> (u64, u32) {
        let program = &self.kind_of(id).program;
        let base = self.tasks.first_slot(self.work, id);
        let mut earliest = (NEVER, NO_SCOPE);
        let mut scope = program.enclosing[self.tasks.hot[id as usize].at.pc() as usize];
        while scope != NO_SCOPE {
            if let Instr::TimeoutBegin { slot, .. } = program.code[scope as usize] {
                let deadline = self.tasks.slots[(base + slot) as usize];
                if deadline < earliest.0 {
                    earliest = (deadline, scope);
                }
            }
            scope = program.enclosing[scope as usize];
        }
        earliest
    }

    /// A limit's timer fires; false if the task has left that limit, or set it anew.
    pub(crate) fn expire(&mut self, task: u32, at: u32, deadline: u64) -> bool {
        let Instr::TimeoutBegin { slot, end, .. } = self.kind_of(task).program.code[at as usize]
        else {
            return false;
        };
        // Outside the limit's steps its slot may be another's: a count that happens to be the same.
        let inside = (at..=end).contains(&self.tasks.hot[task as usize].at.pc());
        let place = self.tasks.slot(self.work, task, slot);
        let live = inside && *place == deadline;
        if live {
            *place = FIRED;
        }
        live
    }

    /// The limit that a cancelled task on the loop is to go back to: the outermost that fired.
    pub(super) fn fired(&self, id: u32) -> u32 {
        let program = &self.kind_of(id).program;
        let base = self.tasks.first_slot(self.work, id);
        let mut found = NO_SCOPE;
        let mut scope = program.enclosing[self.tasks.hot[id as usize].at.pc() as usize];
        while scope != NO_SCOPE {
            match program.code[scope as usize] {
                Instr::TimeoutBegin { slot, .. }
                    if self.tasks.slots[(base + slot) as usize] == FIRED =>
                {
                    found = scope;
                }
                // Limits around a branch are its parent's to go back to.
                Instr::BranchBegin { .. } => break,
                _ => {}
            }
            scope = program.enclosing[scope as usize];
        }
        found
    }

    /// Goes from a wait that was cut to the end of the limit that cut it, giving back what it holds
    /// on the way. A branch whose parent's limit it was is over.
    pub(crate) fn cut(&mut self, id: u32) -> Op {
        let target = match self.tasks.gather {
            GatherMode::Loop => self.fired(id),
            _ => self.deadline(id).1,
        };
        let program = &self.kind_of(id).program;
        let mut scope = program.enclosing[self.tasks.hot[id as usize].at.pc() as usize];
        while scope != target && scope != NO_SCOPE {
            match program.code[scope as usize] {
                Instr::Acquire { resource, .. } => self.release(resource, id),
                Instr::TimeoutBegin { slot, .. } => {
                    *self.tasks.slot(self.work, id, slot) = NEVER;
                }
                Instr::BranchBegin { .. } if self.tasks.gather != GatherMode::InRow => {
                    if let Some(parent) = self.tasks.branch(id).map(|branch| branch.parent) {
                        self.tasks.hot[parent as usize].flags |= flag::BRANCH_CUT;
                    }
                    return Op::TASK_ENDED;
                }
                _ => {}
            }
            scope = program.enclosing[scope as usize];
        }
        if scope == NO_SCOPE {
            // A branch that its parent cancelled, or a limit that is gone: nothing to go back to.
            return match self.tasks.branch(id) {
                Some(_) => Op::TASK_ENDED,
                None => self.next(id),
            };
        }
        let root = self.tasks.root(id);
        let told = &mut self.tasks.hot[root as usize].flags;
        if *told & flag::TOLD == 0 {
            *told |= flag::TOLD;
            self.sink.timed_out(root);
        }
        if let Instr::TimeoutBegin { slot, end, .. } = program.code[scope as usize] {
            let cursor = *self.tasks.slot(self.work, id, slot + 1);
            self.tasks.hot[id as usize].cursor = cursor as u32;
            return self.jump(id, end);
        }
        Op::GO_ON
    }
}
