//! The parent's side of a process pool: its manager and feeder threads; see `process` for the rules.

use super::pool::Item;
use super::process::{EXTRA_QUEUED_CALLS, SYSTEM, manager, own};
use super::thread::Program;
use super::{NEVER, NONE, Op, Sim};
use crate::trace::{FlowKind, Lane, Sink, SpanKind, ThreadRole};

/// Where the feeder's program stands.
mod feeder_pc {
    pub(super) const BOOT: u8 = 0;
    pub(super) const BOOTED: u8 = 1;
    pub(super) const LOOK: u8 = 2;
    pub(super) const WAITS: u8 = 3;
    pub(super) const PICKLED: u8 = 4;
    pub(super) const SENT: u8 = 5;
}

impl<S: Sink> Sim<'_, S> {
    /// `_ExecutorManagerThread.run`.
    pub(crate) fn manager_step(&mut self, thread: u32) -> Op {
        loop {
            let slot = &mut self.threads[thread as usize];
            match slot.pc {
                manager::BOOT => {
                    slot.pc = manager::BOOTED;
                    let ns = self.costs.thread_boot;
                    return Op::run(SpanKind::Start, ns);
                }
                manager::BOOTED => {
                    let parent = slot.b;
                    slot.pc = manager::FILL;
                    self.wake_blocked(parent);
                }
                manager::FILL => {
                    let workers = self.processes.pool.map_or(1, |pool| pool.workers);
                    let full = self.processes.queued >= workers + EXTRA_QUEUED_CALLS;
                    let next = match full {
                        true => None,
                        false => self.processes.pending.pop_front(),
                    };
                    let Some(item) = next else {
                        self.threads[thread as usize].pc = manager::WAIT;
                        continue;
                    };
                    if !self.live(&item) {
                        continue;
                    }
                    self.processes.queued += 1;
                    self.processes.buffer.push_back(item);
                    self.threads[thread as usize].pc = manager::PUT;
                    let ns = self.costs.manager_put;
                    return Op::run(SpanKind::Overhead, ns);
                }
                manager::PUT => {
                    let feeder = self.processes.feeder;
                    if feeder == NONE {
                        slot.pc = manager::FEEDER_CREATED;
                        let ns = self.costs.thread_create;
                        return Op::run(SpanKind::Start, ns);
                    }
                    slot.pc = manager::FILL;
                    if self.threads[feeder as usize].pc == feeder_pc::WAITS {
                        self.wake_blocked(feeder);
                    }
                }
                manager::FEEDER_CREATED => {
                    slot.pc = manager::FILL;
                    let gil = slot.gil;
                    let feeder = self.new_thread(ThreadRole::Feeder, Program::Feeder, gil, 0, 0);
                    self.processes.feeder = feeder;
                    return self.wait_for_start(thread, feeder, NONE);
                }
                manager::WAIT => {
                    let woken = std::mem::take(&mut self.processes.woken);
                    if let Some((item, from)) = self.processes.results.pop_front() {
                        return self.read_result(thread, item, from);
                    }
                    if !woken {
                        return Op::block(SpanKind::Idle, NEVER);
                    }
                    self.threads[thread as usize].pc = manager::FILL;
                }
                manager::READ => {
                    slot.pc = manager::UNPICKLED;
                    let ns = self.payload(&self.kept(thread), false).loads;
                    return Op::run(SpanKind::Pickle, ns);
                }
                manager::UNPICKLED => {
                    slot.pc = manager::RESULT;
                    let item = self.kept(thread);
                    let back = item.step.map_or(0, |_| self.costs.executor_return);
                    let ns = own(self.costs.manager_result) + back;
                    return Op::run(SpanKind::Overhead, ns);
                }
                _ => {
                    slot.pc = manager::FILL;
                    self.set_result(thread);
                }
            }
        }
    }

    pub(super) fn read_result(&mut self, thread: u32, item: Item, from: u32) -> Op {
        let now = self.clock.now;
        self.keep(thread, item);
        self.hold(thread, &item);
        let (from, to) = (Lane::thread(from), Lane::thread(thread));
        self.flow_between(FlowKind::Result, from, item.at, to, now);
        self.threads[thread as usize].pc = manager::READ;
        let ns = self.payload(&item, false).pipe + self.costs.manager_result / SYSTEM;
        Op::run_free(SpanKind::Transfer, ns)
    }

    /// The futures of an item get their results.
    pub(super) fn set_result(&mut self, thread: u32) {
        let item = self.kept(thread);
        self.processes.idle += 1;
        if item.step.is_some() {
            if !self.end_orphan(thread) && self.threads[thread as usize].task != NONE {
                self.back_to_loop(thread);
            }
            return;
        }
        for task in item.task..item.task + item.count {
            if self.threads[thread as usize].task == NONE {
                self.attach(thread, task);
            }
            self.end_task(thread);
        }
    }

    /// `multiprocessing.queues.Queue._feed`.
    pub(crate) fn feeder_step(&mut self, thread: u32) -> Op {
        loop {
            let slot = &mut self.threads[thread as usize];
            match slot.pc {
                feeder_pc::BOOT => {
                    slot.pc = feeder_pc::BOOTED;
                    let ns = self.costs.thread_boot;
                    return Op::run(SpanKind::Start, ns);
                }
                feeder_pc::BOOTED => {
                    let parent = slot.b;
                    slot.pc = feeder_pc::LOOK;
                    self.wake_blocked(parent);
                }
                feeder_pc::LOOK | feeder_pc::WAITS => {
                    let Some(item) = self.processes.buffer.pop_front() else {
                        slot.pc = feeder_pc::WAITS;
                        return Op::block(SpanKind::Idle, NEVER);
                    };
                    slot.pc = feeder_pc::PICKLED;
                    self.keep(thread, item);
                    self.hold(thread, &item);
                    let ns = own(self.costs.feeder) + self.payload(&item, true).dumps;
                    return Op::run(SpanKind::Pickle, ns);
                }
                feeder_pc::PICKLED => {
                    slot.pc = feeder_pc::SENT;
                    let pipe = self.payload(&self.kept(thread), true).pipe;
                    let ns = pipe + self.costs.feeder / SYSTEM;
                    return Op::run_free(SpanKind::Transfer, ns);
                }
                _ => {
                    slot.pc = feeder_pc::LOOK;
                    let item = self.kept(thread);
                    self.let_go_of_task(thread);
                    self.processes.pipe.push_back(item);
                    if let Some(worker) = self.processes.waiting.pop_front() {
                        self.wake_blocked(worker);
                    }
                }
            }
        }
    }
}
