//! Steps that wait for other tasks: locks, semaphores and queues; see `sync` for the rules.

use super::sync::Waiter;
use super::task::flag;
use super::thread::Program as ThreadProgram;
use super::{NEVER, NONE, Op, Sim};
use crate::trace::{Sink, SpanKind};
use crate::workload::Instr;

impl<S: Sink> Sim<'_, S> {
    pub(super) fn acquire_step(&mut self, thread: u32, id: u32, resource: u32) -> Op {
        let phase = self.tasks.hot[id as usize].at.phase();
        if phase == 0 {
            return self.overhead(id, self.sync_cost(thread, Some(resource)));
        }
        let granted = self.tasks.hot[id as usize].flags & flag::GRANTED != 0;
        self.tasks.hot[id as usize].flags &= !flag::GRANTED;
        if phase == 2 && self.was_cut(thread, id) {
            self.regain_patience(resource, thread);
            if granted {
                self.release(resource, id);
            }
            return self.cut(id);
        }
        if granted || self.try_acquire(resource, id, phase == 2) {
            if phase == 2 {
                self.regain_patience(resource, thread);
            }
            return self.next(id);
        }
        let program = self.threads[thread as usize].program;
        let between_threads =
            !matches!(program, ThreadProgram::Loop | ThreadProgram::ProcessWorker);
        if phase == 1 && between_threads {
            self.lose_patience(resource, thread);
        }
        self.wait_for(thread, id, resource, SpanKind::LockWait)
    }

    pub(super) fn queue_step(&mut self, thread: u32, id: u32, queue: u32, put: bool) -> Op {
        let phase = self.tasks.hot[id as usize].at.phase();
        if phase == 0 {
            return self.overhead(id, self.sync_cost(thread, None));
        }
        if phase == 2 && self.was_cut(thread, id) {
            self.pass_on_wakeup(queue, put);
            return self.cut(id);
        }
        let done = if put {
            self.try_put(queue, id)
        } else {
            self.try_get(queue, id)
        };
        match done {
            true => self.next(id),
            false => self.wait_for(thread, id, queue, SpanKind::QueueWait),
        }
    }

    /// Waits in the line of a resource: a lock's, or a queue's.
    pub(super) fn wait_for(&mut self, thread: u32, id: u32, resource: u32, kind: SpanKind) -> Op {
        self.phase(id, 2);
        let on_loop = self.on_loop(thread);
        let waiter = if on_loop {
            Waiter::Task(id)
        } else {
            Waiter::Thread(thread)
        };
        let until = if on_loop { NEVER } else { self.deadline(id).0 };
        if until <= self.clock.now {
            self.tasks.hot[id as usize].flags |= flag::CANCELLED;
            return Op::GO_ON;
        }
        let pc = self.tasks.hot[id as usize].at.pc() as usize;
        let puts = matches!(self.kind_of(id).program.code[pc], Instr::Put { .. });
        let state = &mut self.resources[resource as usize];
        let line = if puts {
            &mut state.putters
        } else {
            &mut state.takers
        };
        line.push_back(waiter);
        if on_loop {
            self.leave_loop(thread, kind);
            return Op::AWAY;
        }
        self.threads[thread as usize].in_line = true;
        Op::block(kind, until)
    }

    /// A waiter that was woken and then cut passes its turn on (`Lib/asyncio/queues.py:
    /// Queue.get`).
    pub(super) fn pass_on_wakeup(&mut self, queue: u32, put: bool) {
        let state = &mut self.resources[queue as usize];
        let next = match put {
            true if !state.full() => state.putters.pop_front(),
            false if !state.items.is_empty() => state.takers.pop_front(),
            _ => None,
        };
        self.wake_waiter(next);
    }

    pub(super) fn sync_cost(&self, thread: u32, lock: Option<u32>) -> u64 {
        let permits = lock.map(|lock| self.resources[lock as usize].permits);
        match (self.threads[thread as usize].program, permits) {
            (ThreadProgram::Loop, _) => self.costs.loop_sync,
            (ThreadProgram::ProcessWorker, _) => self.costs.process_sync,
            (_, None) => self.costs.queue,
            (_, Some(1)) => self.costs.lock,
            (_, Some(_)) => self.costs.semaphore,
        }
    }

    /// A blocked thread's wait runs out: it stands in no line any more.
    #[inline(never)]
    pub(crate) fn stop_waiting(&mut self, thread: u32) {
        let slot = &mut self.threads[thread as usize];
        slot.in_line = false;
        let task = slot.task;
        if task != NONE && self.tasks.hot[task as usize].at.phase() == 2 {
            self.leave_lines(task, Waiter::Thread(thread));
        }
    }

    pub(crate) fn leave_lines(&mut self, id: u32, waiter: Waiter) {
        let pc = self.tasks.hot[id as usize].at.pc() as usize;
        match self.kind_of(id).program.code[pc] {
            Instr::Acquire { resource, .. } => self.forget_waiter(resource, waiter),
            Instr::Put { queue } | Instr::Get { queue } => self.forget_waiter(queue, waiter),
            _ => {}
        }
    }
}
