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

// Over 500 lines: the pool's four kinds of thread only make sense side by side.

use std::collections::VecDeque;

use super::pool::Item;
use super::task::Progress;
use super::thread::Program;
use super::{NEVER, NONE, Op, Sim};
use crate::plan::{Plan, ProcessPool, StartMethod};
use crate::profile::TransferRate;
use crate::trace::{FlowKind, Lane, Sink, SpanKind, ThreadRole};

/// `EXTRA_QUEUED_CALLS`: items in the call queue beyond one a worker.
const EXTRA_QUEUED_CALLS: u32 = 1;

pub(crate) struct ProcessPoolState {
    pool: Option<ProcessPool>,
    /// `_work_ids`: submitted, not yet in the call queue.
    pending: VecDeque<Item>,
    /// Items in the call queue that no worker has taken.
    queued: u32,
    /// Put into the call queue, not yet pickled.
    buffer: VecDeque<Item>,
    /// In the pipe to the workers.
    pipe: VecDeque<Item>,
    /// Results on their way back, and the worker each comes from.
    results: VecDeque<(Item, u32)>,
    /// Workers that wait for work, longest first.
    waiting: VecDeque<u32>,
    workers: u32,
    /// The idle semaphore's value.
    idle: u32,
    server_started: bool,
    manager: u32,
    /// The manager's wake-up pipe has something in it.
    woken: bool,
    feeder: u32,
    /// Items under way, by the register `work` of the thread that has it.
    current: Vec<Item>,
}

impl ProcessPoolState {
    pub(crate) fn new(plan: &Plan) -> ProcessPoolState {
        let pool = match *plan {
            Plan::Processes { pool, .. } => Some(pool),
            Plan::Asyncio { processes, .. } => processes,
            _ => None,
        };
        ProcessPoolState {
            pool,
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
}

/// Where the manager's program stands.
mod manager {
    pub(super) const BOOT: u8 = 0;
    pub(super) const BOOTED: u8 = 1;
    pub(super) const FILL: u8 = 2;
    pub(super) const PUT: u8 = 3;
    pub(super) const FEEDER_CREATED: u8 = 4;
    pub(super) const WAIT: u8 = 5;
    pub(super) const READ: u8 = 6;
    pub(super) const UNPICKLED: u8 = 7;
    pub(super) const RESULT: u8 = 8;
}

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

impl<S: Sink> Sim<'_, S> {
    /// `ProcessPoolExecutor.submit`.
    pub(crate) fn begin_process_submit(&mut self, thread: u32) -> Op {
        self.threads[thread as usize].submitting = at::SUBMITTED;
        Op::Run {
            kind: SpanKind::Overhead,
            ns: self.costs.process_submit,
            gil: true,
        }
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
                    // `Lib/multiprocessing/forkserver.py: connect_to_new_process` waits until the
                    // new server answers.
                    self.processes.server_started = true;
                    self.threads[thread as usize].submitting = at::SERVER_UP;
                    let kind = self.idle_kind(thread);
                    return Some(Op::Sleep {
                        kind,
                        ns: self.costs.forkserver_start,
                    });
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
    fn needs_worker(&mut self, pool: ProcessPool) -> u8 {
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

    fn parent_cost(&self, pool: ProcessPool) -> u64 {
        self.costs.process_parent[pool.start as usize]
    }

    fn start_op(&self, thread: u32, ns: u64) -> Op {
        Op::Run {
            kind: self.start_kind(thread),
            ns,
            gil: true,
        }
    }

    fn spawn_process(&mut self) {
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

    fn wake_manager(&mut self) {
        self.processes.woken = true;
        let manager = self.processes.manager;
        if manager != NONE && self.threads[manager as usize].pc == manager::WAIT {
            self.wake_blocked(manager);
        }
    }

    fn keep(&mut self, thread: u32, item: Item) {
        let place = self.threads[thread as usize].work;
        if place == NONE {
            self.threads[thread as usize].work = self.processes.current.len() as u32;
            self.processes.current.push(item);
        } else {
            self.processes.current[place as usize] = item;
        }
    }

    fn kept(&self, thread: u32) -> Item {
        self.processes.current[self.threads[thread as usize].work as usize]
    }

    /// Payload of an item on its way in or out, and what moving it costs.
    fn payload(&self, item: &Item, input: bool) -> TransferRate {
        let kind = self.kind_of(item.task);
        let bytes = if input { kind.input.0 } else { kind.output.0 };
        self.costs
            .transfer_at(bytes.saturating_mul(u64::from(item.count)))
    }

    /// The thread handles an item for its task, if that still waits for it.
    fn hold(&mut self, thread: u32, item: &Item) {
        if self.live(item) {
            self.attach(thread, item.task);
            self.tasks.hot[item.task as usize].place = thread;
        }
    }

    fn let_go_of_task(&mut self, thread: u32) {
        if self.threads[thread as usize].task != NONE {
            let task = self.detach(thread, SpanKind::PoolWait);
            self.tasks.hot[task as usize].place = NONE;
        }
        self.end_orphan(thread);
    }

    /// `_ExecutorManagerThread.run`.
    pub(crate) fn manager_step(&mut self, thread: u32) -> Op {
        loop {
            let slot = &mut self.threads[thread as usize];
            match slot.pc {
                manager::BOOT => {
                    slot.pc = manager::BOOTED;
                    let ns = self.costs.thread_boot;
                    return Op::Run {
                        kind: SpanKind::Start,
                        ns,
                        gil: true,
                    };
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
                    return Op::Run {
                        kind: SpanKind::Overhead,
                        ns,
                        gil: true,
                    };
                }
                manager::PUT => {
                    let feeder = self.processes.feeder;
                    if feeder == NONE {
                        slot.pc = manager::FEEDER_CREATED;
                        let ns = self.costs.thread_create;
                        return Op::Run {
                            kind: SpanKind::Start,
                            ns,
                            gil: true,
                        };
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
                        return Op::Block {
                            kind: SpanKind::Idle,
                            until: NEVER,
                        };
                    }
                    self.threads[thread as usize].pc = manager::FILL;
                }
                manager::READ => {
                    slot.pc = manager::UNPICKLED;
                    let ns = self.payload(&self.kept(thread), false).loads;
                    return Op::Run {
                        kind: SpanKind::Pickle,
                        ns,
                        gil: true,
                    };
                }
                manager::UNPICKLED => {
                    slot.pc = manager::RESULT;
                    let item = self.kept(thread);
                    let back = item.step.map_or(0, |_| self.costs.executor_return);
                    let ns = self.costs.manager_result + back;
                    return Op::Run {
                        kind: SpanKind::Overhead,
                        ns,
                        gil: true,
                    };
                }
                _ => {
                    slot.pc = manager::FILL;
                    self.set_result(thread);
                }
            }
        }
    }

    fn read_result(&mut self, thread: u32, item: Item, from: u32) -> Op {
        let now = self.clock.now;
        self.keep(thread, item);
        self.hold(thread, &item);
        let (from, to) = (Lane::thread(from), Lane::thread(thread));
        self.flow_between(FlowKind::Result, from, item.at, to, now);
        self.threads[thread as usize].pc = manager::READ;
        let ns = self.payload(&item, false).pipe;
        Op::Run {
            kind: SpanKind::Transfer,
            ns,
            gil: false,
        }
    }

    /// The futures of an item get their results.
    fn set_result(&mut self, thread: u32) {
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
                    return Op::Run {
                        kind: SpanKind::Start,
                        ns,
                        gil: true,
                    };
                }
                feeder_pc::BOOTED => {
                    let parent = slot.b;
                    slot.pc = feeder_pc::LOOK;
                    self.wake_blocked(parent);
                }
                feeder_pc::LOOK | feeder_pc::WAITS => {
                    let Some(item) = self.processes.buffer.pop_front() else {
                        slot.pc = feeder_pc::WAITS;
                        return Op::Block {
                            kind: SpanKind::Idle,
                            until: NEVER,
                        };
                    };
                    slot.pc = feeder_pc::PICKLED;
                    self.keep(thread, item);
                    self.hold(thread, &item);
                    let ns = self.costs.feeder + self.payload(&item, true).dumps;
                    return Op::Run {
                        kind: SpanKind::Pickle,
                        ns,
                        gil: true,
                    };
                }
                feeder_pc::PICKLED => {
                    slot.pc = feeder_pc::SENT;
                    let ns = self.payload(&self.kept(thread), true).pipe;
                    return Op::Run {
                        kind: SpanKind::Transfer,
                        ns,
                        gil: false,
                    };
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

    /// `_process_worker`.
    pub(crate) fn process_worker_step(&mut self, thread: u32) -> Op {
        loop {
            let start = self.processes.pool.map_or(0, |pool| pool.start as usize);
            let slot = &mut self.threads[thread as usize];
            match slot.pc {
                worker::BOOT => {
                    slot.pc = worker::LOOK;
                    let ns = self.costs.process_boot[start];
                    return Op::Run {
                        kind: SpanKind::Start,
                        ns,
                        gil: true,
                    };
                }
                worker::LOOK => {
                    let Some(item) = self.processes.pipe.pop_front() else {
                        self.processes.waiting.push_back(thread);
                        return Op::Block {
                            kind: SpanKind::Idle,
                            until: NEVER,
                        };
                    };
                    slot.pc = worker::UNPICKLE;
                    self.processes.queued -= 1;
                    self.keep(thread, item);
                    if self.live(&item) {
                        self.take_item(thread, &item);
                    }
                    let ns = self.payload(&item, true).pipe;
                    return Op::Run {
                        kind: SpanKind::Transfer,
                        ns,
                        gil: false,
                    };
                }
                worker::UNPICKLE => {
                    slot.pc = worker::OVERHEAD;
                    let ns = self.payload(&self.kept(thread), true).loads;
                    return Op::Run {
                        kind: SpanKind::Pickle,
                        ns,
                        gil: true,
                    };
                }
                worker::OVERHEAD => {
                    slot.pc = worker::BEGIN;
                    slot.a = 0;
                    let ns = self.costs.process_get;
                    return Op::Run {
                        kind: SpanKind::Overhead,
                        ns,
                        gil: true,
                    };
                }
                worker::BEGIN => return self.begin_in_process(thread),
                worker::TASK => match self.carry_on(thread) {
                    Progress::Do(op) => return op,
                    Progress::Ended | Progress::Away => {
                        self.let_go_of_task(thread);
                        let slot = &mut self.threads[thread as usize];
                        slot.a += 1;
                        slot.pc = worker::BEGIN;
                    }
                },
                worker::PICKLED => {
                    slot.pc = worker::WRITE;
                    let ns = self.costs.process_put;
                    return Op::Run {
                        kind: SpanKind::Overhead,
                        ns,
                        gil: true,
                    };
                }
                worker::WRITE => {
                    slot.pc = worker::SENT;
                    let ns = self.payload(&self.kept(thread), false).pipe;
                    return Op::Run {
                        kind: SpanKind::Transfer,
                        ns,
                        gil: false,
                    };
                }
                _ => {
                    slot.pc = worker::LOOK;
                    let mut item = self.kept(thread);
                    self.let_go_of_task(thread);
                    item.at = self.clock.now;
                    self.processes.results.push_back((item, thread));
                    let manager = self.processes.manager;
                    if manager != NONE && self.threads[manager as usize].pc == manager::WAIT {
                        self.wake_blocked(manager);
                    }
                }
            }
        }
    }

    /// The next task of the item (register `a` counts them), or its result.
    fn begin_in_process(&mut self, thread: u32) -> Op {
        let item = self.kept(thread);
        let done = self.threads[thread as usize].a;
        if item.step.is_some() && done == 0 {
            self.threads[thread as usize].a = 1;
            if self.live(&item) {
                self.tasks.hot[item.task as usize].place = thread;
            }
            let (kind, ns) = (item.step.unwrap_or(SpanKind::Overhead), item.ns);
            return match kind {
                SpanKind::Io => Op::Sleep { kind, ns },
                SpanKind::Native => Op::Run {
                    kind,
                    ns,
                    gil: false,
                },
                _ => Op::Run {
                    kind,
                    ns,
                    gil: true,
                },
            };
        }
        if done < item.count && item.step.is_none() {
            let task = item.task + done;
            if self.threads[thread as usize].task != task {
                self.let_go_of_task(thread);
                self.attach(thread, task);
                self.start_task(task);
            }
            self.threads[thread as usize].pc = worker::TASK;
            return Op::Run {
                kind: SpanKind::Overhead,
                ns: self.costs.call,
                gil: true,
            };
        }
        self.threads[thread as usize].pc = worker::PICKLED;
        if self.threads[thread as usize].task == NONE {
            self.hold(thread, &item);
        }
        let ns = self.payload(&item, false).dumps;
        Op::Run {
            kind: SpanKind::Pickle,
            ns,
            gil: true,
        }
    }
}

/// Where the feeder's program stands.
mod feeder_pc {
    pub(super) const BOOT: u8 = 0;
    pub(super) const BOOTED: u8 = 1;
    pub(super) const LOOK: u8 = 2;
    pub(super) const WAITS: u8 = 3;
    pub(super) const PICKLED: u8 = 4;
    pub(super) const SENT: u8 = 5;
}
