//! Process pools, as `Lib/concurrent/futures/process.py` and `Lib/multiprocessing/queues.py` have
//! them.
//!
//! Three threads of the parent share its interpreter lock: the one that submits, the *manager*
//! (`_ExecutorManagerThread.run`), which moves work to the call queue and sets results, and that
//! queue's *feeder* (`Queue._feed`), which pickles each item and writes it into the pipe. The call
//! queue holds `max_workers + EXTRA_QUEUED_CALLS` (1) items that no worker has taken; a worker that
//! takes one does not tell the manager, which looks again only at a result or a new submission. A
//! worker unpickles, runs, pickles its result and writes it (`_sendback_result`); the manager reads
//! and unpickles it. So tiny tasks are bound by the parent.
//!
//! With `fork` every worker starts at the first submission (`_launch_processes`); the other methods
//! start one when none is idle (`_adjust_process_count`). The fork server starts with the first.

use std::collections::VecDeque;

use super::pool::Item;
use super::steps::place;
use super::thread::Program;
use super::{NEVER, NONE, Op, Sim};
use crate::plan::{Plan, ProcessPool, StartMethod};
use crate::profile::TransferRate;
use crate::trace::{Sink, SpanKind, ThreadRole};
use crate::workload::{Place, Workload};

/// `EXTRA_QUEUED_CALLS`: items in the call queue beyond one a worker.
pub(super) const EXTRA_QUEUED_CALLS: u32 = 1;

pub(crate) struct ProcessPoolState {
    pub(super) pool: Option<ProcessPool>,
    /// The workers are still to be forked before anything else; see [`forks_early`].
    pub(super) fork_early: bool,
    /// The thread that waits for the first of them.
    pub(super) starter: u32,
    /// `_work_ids`: submitted, not yet in the call queue.
    pub(super) pending: VecDeque<Item>,
    /// Items in the call queue that no worker has taken.
    pub(super) queued: u32,
    /// Put into the call queue, not yet pickled.
    pub(super) buffer: VecDeque<Item>,
    /// In the pipe to the workers.
    pub(super) pipe: VecDeque<Item>,
    /// Results on their way back, and the worker each comes from.
    pub(super) results: VecDeque<(Item, u32)>,
    /// Workers that wait for work, longest first.
    pub(super) waiting: VecDeque<u32>,
    pub(super) workers: u32,
    /// The idle semaphore's value.
    pub(super) idle: u32,
    pub(super) server_started: bool,
    pub(super) manager: u32,
    /// The manager's wake-up pipe has something in it.
    pub(super) woken: bool,
    pub(super) feeder: u32,
    /// Items under way, by the register `work` of the thread that has it.
    pub(super) current: Vec<Item>,
}

impl ProcessPoolState {
    pub(crate) fn new(plan: &Plan, work: &Workload) -> ProcessPoolState {
        let pool = match *plan {
            Plan::Processes { pool, .. } => Some(pool),
            Plan::Asyncio { processes, .. } => processes,
            _ => None,
        };
        ProcessPoolState {
            pool,
            fork_early: forks_early(plan, work),
            starter: NONE,
            pending: VecDeque::new(),
            queued: 0,
            buffer: VecDeque::new(),
            pipe: VecDeque::new(),
            results: VecDeque::new(),
            waiting: VecDeque::new(),
            workers: 0,
            idle: 0,
            server_started: false,
            manager: NONE,
            woken: false,
            feeder: NONE,
            current: Vec::new(),
        }
    }
}

/// The part of an operation on a pipe, small payload and all, that is the kernel's, in which the
/// thread lets go of the lock (`Modules/posixmodule.c: os_write_impl`): one in so many. A share, by
/// the look of it; what is measured is the whole.
pub(super) const SYSTEM: u64 = 4;

/// The other part of it, under the lock.
pub(super) fn own(ns: u64) -> u64 {
    ns - ns / SYSTEM
}

/// Whether the program forks its workers before it starts threads, as a fork beside other threads may
/// copy a lock that one of them holds: where a loop hands steps to both (Python warns of it from 3.12
/// on, `Modules/posixmodule.c: warn_about_fork_with_threads`).
fn forks_early(plan: &Plan, work: &Workload) -> bool {
    let Plan::Asyncio {
        processes: Some(pool),
        ..
    } = plan
    else {
        return false;
    };
    let uses = |wanted: Place| {
        let mut code = work.kinds.iter().flat_map(|kind| &kind.program.code);
        code.any(|instr| place(plan, instr) == wanted)
    };
    pool.start == StartMethod::Fork && uses(Place::Threads) && uses(Place::Processes)
}

/// Where a submission to the process pool stands; above those of thread pools.
mod at {
    pub(super) const SUBMITTED: u8 = 10;
    pub(super) const FORKED: u8 = 11;
    pub(super) const SERVER: u8 = 12;
    pub(super) const STARTED_ONE: u8 = 13;
    pub(super) const MANAGER: u8 = 14;
    pub(super) const MANAGER_CREATED: u8 = 15;
    pub(super) const DONE: u8 = 16;
    pub(super) const SERVER_UP: u8 = 17;
    pub(super) const WOKE: u8 = 18;
}

/// Where the manager's program stands.
pub(super) mod manager {
    pub(in crate::model) const BOOT: u8 = 0;
    pub(in crate::model) const BOOTED: u8 = 1;
    pub(in crate::model) const FILL: u8 = 2;
    pub(in crate::model) const PUT: u8 = 3;
    pub(in crate::model) const FEEDER_CREATED: u8 = 4;
    pub(in crate::model) const WAIT: u8 = 5;
    pub(in crate::model) const READ: u8 = 6;
    pub(in crate::model) const UNPICKLED: u8 = 7;
    pub(in crate::model) const RESULT: u8 = 8;
}

impl<S: Sink> Sim<'_, S> {
    /// `ProcessPoolExecutor.submit`.
    pub(crate) fn begin_process_submit(&mut self, thread: u32) -> Op {
        self.threads[thread as usize].submitting = at::SUBMITTED;
        Op::run(SpanKind::Overhead, own(self.costs.process_submit))
    }

    /// Forks all workers, for a first item that does nothing.
    pub(crate) fn begin_early_fork(&mut self, thread: u32) -> Op {
        self.processes.fork_early = false;
        self.threads[thread as usize].submitting = at::FORKED;
        let ns = self.processes.pool.map_or(0, |pool| self.parent_cost(pool));
        self.start_op(thread, ns)
    }

    /// Waits until a worker is there, and for the item's way to it and back.
    pub(crate) fn early_fork_step(&mut self, thread: u32) -> Op {
        if self.processes.waiting.is_empty() {
            self.processes.starter = thread;
            return Op::block(self.idle_kind(thread), NEVER);
        }
        let costs = self.costs;
        let feeder = costs.thread_create + costs.thread_boot + costs.feeder;
        let ns = feeder + costs.process_get + costs.process_put + costs.manager_result;
        Op::run(SpanKind::Start, ns)
    }

    pub(crate) fn process_submit_step(&mut self, thread: u32) -> Option<Op> {
        let pool = self.processes.pool?;
        loop {
            match self.threads[thread as usize].submitting {
                at::SUBMITTED => {
                    let count = match self.plan {
                        Plan::Processes { .. } => self.threads[thread as usize].b.max(1),
                        _ => 1,
                    };
                    let item = self.item(thread, count);
                    self.processes.pending.push_back(item);
                    self.wake_manager();
                    self.threads[thread as usize].submitting = at::WOKE;
                    let ns = self.costs.process_submit / SYSTEM;
                    if ns > 0 {
                        // `_ThreadWakeup.wakeup` writes into a pipe.
                        return Some(Op::run_free(SpanKind::Transfer, ns));
                    }
                }
                at::WOKE => {
                    let next = self.needs_worker(pool);
                    self.threads[thread as usize].submitting = next;
                    let ns = match next {
                        at::FORKED | at::STARTED_ONE => self.parent_cost(pool),
                        _ => 0,
                    };
                    if ns > 0 {
                        return Some(self.start_op(thread, ns));
                    }
                }
                at::SERVER => {
                    // `Lib/multiprocessing/forkserver.py: ensure_running` does not wait for the
                    // new server, but `popen_forkserver.py: Popen._launch` does: it reads its
                    // child's number, which the server writes.
                    self.processes.server_started = true;
                    self.threads[thread as usize].submitting = at::SERVER_UP;
                    self.spawn_fork_server(thread, pool);
                    return Some(Op::block(self.idle_kind(thread), NEVER));
                }
                at::SERVER_UP => {
                    self.threads[thread as usize].submitting = at::STARTED_ONE;
                    return Some(self.start_op(thread, self.parent_cost(pool)));
                }
                at::FORKED => {
                    self.spawn_process();
                    if self.processes.workers < pool.workers {
                        let ns = self.parent_cost(pool);
                        if ns > 0 {
                            return Some(self.start_op(thread, ns));
                        }
                    } else {
                        self.threads[thread as usize].submitting = at::MANAGER;
                    }
                }
                at::STARTED_ONE => {
                    self.spawn_process();
                    self.threads[thread as usize].submitting = at::MANAGER;
                }
                at::MANAGER => {
                    if self.processes.manager != NONE {
                        self.threads[thread as usize].submitting = at::DONE;
                        continue;
                    }
                    self.threads[thread as usize].submitting = at::MANAGER_CREATED;
                    let ns = self.costs.thread_create;
                    if ns > 0 {
                        return Some(self.start_op(thread, ns));
                    }
                }
                at::MANAGER_CREATED => {
                    self.threads[thread as usize].submitting = at::DONE;
                    let gil = self.threads[thread as usize].gil;
                    let manager = self.new_thread(ThreadRole::Manager, Program::Manager, gil, 0, 0);
                    self.processes.manager = manager;
                    return Some(self.wait_for_start(thread, manager, NONE));
                }
                _ => {
                    self.threads[thread as usize].submitting = 0;
                    return None;
                }
            }
        }
    }

    /// Whether this submission starts workers, and how.
    pub(super) fn needs_worker(&mut self, pool: ProcessPool) -> u8 {
        if pool.start == StartMethod::Fork {
            return if self.processes.workers == 0 {
                at::FORKED
            } else {
                at::MANAGER
            };
        }
        if self.processes.idle > 0 {
            self.processes.idle -= 1;
            return at::MANAGER;
        }
        if self.processes.workers >= pool.workers {
            return at::MANAGER;
        }
        match pool.start == StartMethod::ForkServer && !self.processes.server_started {
            true => at::SERVER,
            false => at::STARTED_ONE,
        }
    }

    pub(super) fn parent_cost(&self, pool: ProcessPool) -> u64 {
        self.costs.process_parent[pool.start as usize]
    }

    pub(super) fn start_op(&self, thread: u32, ns: u64) -> Op {
        Op::run(self.start_kind(thread), ns)
    }

    pub(super) fn spawn_process(&mut self) {
        self.processes.workers += 1;
        self.memory(self.costs.memory.process as i64);
        let interpreter = self.new_interpreter();
        let number = self.processes.workers;
        // A worker process runs one thread, so nothing ever waits for its lock.
        let worker = self.new_thread(
            ThreadRole::Process,
            Program::ProcessWorker,
            NONE,
            number,
            interpreter,
        );
        self.wake(worker, 0, SpanKind::CoreWait);
    }

    /// A process of its own: importing is work for a core, and `parent` waits for it.
    fn spawn_fork_server(&mut self, parent: u32, pool: ProcessPool) {
        self.memory(self.costs.memory.process as i64);
        let interpreter = self.new_interpreter();
        let number = pool.workers + 1;
        let role = ThreadRole::ForkServer;
        let server = self.new_thread(role, Program::ForkServer, NONE, number, interpreter);
        self.threads[server as usize].b = parent;
        self.wake(server, 0, SpanKind::CoreWait);
    }

    pub(super) fn wake_manager(&mut self) {
        self.processes.woken = true;
        let manager = self.processes.manager;
        if manager != NONE && self.threads[manager as usize].pc == manager::WAIT {
            self.wake_blocked(manager);
        }
    }

    pub(super) fn keep(&mut self, thread: u32, item: Item) {
        let place = self.threads[thread as usize].work;
        if place == NONE {
            self.threads[thread as usize].work = self.processes.current.len() as u32;
            self.processes.current.push(item);
        } else {
            self.processes.current[place as usize] = item;
        }
    }

    pub(super) fn kept(&self, thread: u32) -> Item {
        self.processes.current[self.threads[thread as usize].work as usize]
    }

    /// Payload of an item on its way in or out, and what moving it costs.
    pub(super) fn payload(&self, item: &Item, input: bool) -> TransferRate {
        let kind = self.kind_of(item.task);
        let bytes = if input { kind.input.0 } else { kind.output.0 };
        self.costs
            .transfer_at(bytes.saturating_mul(u64::from(item.count)))
    }

    /// The thread handles an item for its task, if that still waits for it.
    pub(super) fn hold(&mut self, thread: u32, item: &Item) {
        if self.live(item) {
            self.attach(thread, item.task);
            self.tasks.hot[item.task as usize].place = thread;
        }
    }

    pub(super) fn let_go_of_task(&mut self, thread: u32) {
        if self.threads[thread as usize].task != NONE {
            let task = self.detach(thread, SpanKind::PoolWait);
            self.tasks.hot[task as usize].place = NONE;
        }
        self.end_orphan(thread);
    }
}
