//! A worker process of a pool (`_process_worker`), and the server that forks them; see `process` for
//! the rules.

use super::op::Then;
use super::process::manager;
use super::{NEVER, NONE, Op, Sim};
use crate::trace::{Sink, SpanKind};

/// Where a worker's program stands.
mod worker {
    pub(super) const BOOT: u8 = 0;
    pub(super) const LOOK: u8 = 1;
    pub(super) const UNPICKLE: u8 = 2;
    pub(super) const OVERHEAD: u8 = 3;
    pub(super) const BEGIN: u8 = 4;
    pub(super) const TASK: u8 = 5;
    pub(super) const PICKLED: u8 = 6;
    pub(super) const WRITE: u8 = 7;
    pub(super) const SENT: u8 = 8;
}

/// Where the fork server's program stands.
mod server {
    pub(super) const BOOT: u8 = 0;
    pub(super) const BOOTED: u8 = 1;
    pub(super) const SERVES: u8 = 2;
}

impl<S: Sink> Sim<'_, S> {
    /// `Lib/multiprocessing/forkserver.py: main`. What it takes to fork a child is in the child's
    /// own start.
    pub(crate) fn fork_server_step(&mut self, thread: u32) -> Op {
        let slot = &mut self.threads[thread as usize];
        match slot.pc {
            server::BOOT => {
                slot.pc = server::BOOTED;
                return Op::run(SpanKind::Start, self.costs.forkserver_start);
            }
            server::BOOTED => {
                slot.pc = server::SERVES;
                let parent = slot.b;
                self.wake_blocked(parent);
            }
            _ => {}
        }
        Op::block(SpanKind::Idle, NEVER)
    }

    /// `_process_worker`.
    pub(crate) fn process_worker_step(&mut self, thread: u32) -> Op {
        loop {
            let start = self.processes.pool.map_or(0, |pool| pool.start as usize);
            let slot = &mut self.threads[thread as usize];
            match slot.pc {
                worker::BOOT => {
                    slot.pc = worker::LOOK;
                    let ns = self.costs.process_boot[start];
                    return Op::run(SpanKind::Start, ns);
                }
                worker::LOOK => {
                    let Some(item) = self.processes.pipe.pop_front() else {
                        self.processes.waiting.push_back(thread);
                        let starter = std::mem::replace(&mut self.processes.starter, NONE);
                        if starter != NONE {
                            self.wake_blocked(starter);
                        }
                        return Op::block(SpanKind::Idle, NEVER);
                    };
                    slot.pc = worker::UNPICKLE;
                    self.processes.queued -= 1;
                    self.keep(thread, item);
                    if self.live(&item) {
                        self.take_item(thread, &item);
                    }
                    let ns = self.payload(&item, true).pipe;
                    return Op::run_free(SpanKind::Transfer, ns);
                }
                worker::UNPICKLE => {
                    slot.pc = worker::OVERHEAD;
                    let ns = self.payload(&self.kept(thread), true).loads;
                    return Op::run(SpanKind::Pickle, ns);
                }
                worker::OVERHEAD => {
                    slot.pc = worker::BEGIN;
                    slot.a = 0;
                    let ns = self.costs.process_get;
                    return Op::run(SpanKind::Overhead, ns);
                }
                worker::BEGIN => return self.begin_in_process(thread),
                worker::TASK => {
                    let op = self.carry_on(thread);
                    if !matches!(op.then(), Then::TaskEnded | Then::Away) {
                        return op;
                    }
                    self.let_go_of_task(thread);
                    let slot = &mut self.threads[thread as usize];
                    slot.a += 1;
                    slot.pc = worker::BEGIN;
                }
                worker::PICKLED => {
                    slot.pc = worker::WRITE;
                    let ns = self.costs.process_put;
                    return Op::run(SpanKind::Overhead, ns);
                }
                worker::WRITE => {
                    slot.pc = worker::SENT;
                    let ns = self.payload(&self.kept(thread), false).pipe;
                    return Op::run_free(SpanKind::Transfer, ns);
                }
                _ => {
                    slot.pc = worker::LOOK;
                    let mut item = self.kept(thread);
                    self.let_go_of_task(thread);
                    item.at = self.clock.now;
                    self.processes.results.push_back((item, thread));
                    let parent = self.processes.manager;
                    if parent != NONE && self.threads[parent as usize].pc == manager::WAIT {
                        self.wake_blocked(parent);
                    }
                }
            }
        }
    }

    /// The next task of the item (register `a` counts them), or its result.
    pub(super) fn begin_in_process(&mut self, thread: u32) -> Op {
        let item = self.kept(thread);
        let done = self.threads[thread as usize].a;
        if item.step.is_some() && done == 0 {
            self.threads[thread as usize].a = 1;
            if self.live(&item) {
                self.tasks.hot[item.task as usize].place = thread;
            }
            let (kind, ns) = (item.step.unwrap_or(SpanKind::Overhead), item.ns);
            return match kind {
                SpanKind::Io => Op::sleep(kind, ns),
                SpanKind::Native => Op::run_free(kind, ns),
                _ => Op::run(kind, ns),
            };
        }
        if done < item.count && item.step.is_none() {
            let task = item.task + done;
            if self.threads[thread as usize].task != task {
                self.let_go_of_task(thread);
                self.attach(thread, task);
                self.start_task(task);
            }
            let slot = &mut self.threads[thread as usize];
            slot.pc = worker::TASK;
            slot.at_task = true;
            return Op::run(SpanKind::Overhead, self.costs.call);
        }
        self.threads[thread as usize].pc = worker::PICKLED;
        if self.threads[thread as usize].task == NONE {
            self.hold(thread, &item);
        }
        let ns = self.payload(&item, false).dumps;
        Op::run(SpanKind::Pickle, ns)
    }
}
