//! Thread pools and interpreter pools, as `Lib/concurrent/futures/thread.py` has them.
//!
//! - `submit` puts the item into an unbounded FIFO queue, then `_adjust_thread_count` starts a
//!   thread unless the idle semaphore can be taken or there are `max_workers` already.
//! - `_worker` looks into the queue without waiting; only if it is empty does it count itself idle
//!   and wait. An awake worker may so take an item that a sleeping one was woken for.
//! - `InterpreterPoolExecutor` (`Lib/concurrent/futures/interpreter.py`) is the same pool, whose
//!   workers own an interpreter each: the queue is handled under the main interpreter's lock, the
//!   task runs under the worker's own, and what goes in and out is pickled on both sides.

use std::collections::VecDeque;

use super::op::Then;
use super::thread::Program;
use super::{NEVER, NONE, Op, Sim};
use crate::plan::Plan;
use crate::trace::{FlowKind, Lane, Sink, SpanKind, ThreadRole};

/// Work handed to an executor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    /// The task; the first of a chunk.
    pub(crate) task: u32,
    /// How many tasks; 1 but for chunks.
    pub(crate) count: u32,
    /// What is done of the task: one step, or (None) all of it.
    pub(crate) step: Option<SpanKind>,
    /// The step's length, ns.
    pub(crate) ns: u64,
    /// The task's ticket when it was handed over: another means that it was cancelled.
    pub(crate) ticket: u32,
    /// Who handed it over, and when.
    pub(crate) from: u32,
    pub(crate) at: u64,
}

pub(crate) struct Pool {
    max: u32,
    queue: VecDeque<Item>,
    /// The idle semaphore's value.
    idle: u32,
    /// Workers that wait at the empty queue, longest first.
    pub(crate) waiting: VecDeque<u32>,
    workers: u32,
    interpreters: bool,
    /// What each worker works on; a worker's register `work` is its index here.
    current: Vec<Item>,
}

impl Pool {
    pub(crate) fn new(plan: &Plan) -> Pool {
        let (max, interpreters) = match *plan {
            Plan::Threads { workers } => (workers, false),
            Plan::Interpreters { workers } => (workers, true),
            Plan::Asyncio {
                threads: Some(workers),
                ..
            } => (workers, false),
            _ => (0, false),
        };
        Pool {
            max,
            queue: VecDeque::new(),
            idle: 0,
            waiting: VecDeque::new(),
            workers: 0,
            interpreters,
            current: Vec::new(),
        }
    }
}

/// Where a submission stands; kept beside the submitting thread's own program.
mod at {
    pub(super) const PUT: u8 = 1;
    pub(super) const CREATE: u8 = 2;
    pub(super) const STARTED: u8 = 3;
    pub(super) const OWN_THREAD: u8 = 4;
}

/// Where a worker's program stands.
mod pc {
    pub(super) const BOOT: u8 = 0;
    pub(super) const BOOTED: u8 = 1;
    pub(super) const LOOK: u8 = 2;
    pub(super) const WOKEN: u8 = 3;
    pub(super) const TASK: u8 = 4;
    pub(super) const STEP: u8 = 5;
    pub(super) const RESULT: u8 = 6;
    pub(super) const DONE: u8 = 7;
    pub(super) const INTERPRETER_READY: u8 = 8;
    pub(super) const ENTER: u8 = 9;
    pub(super) const ENTERED: u8 = 10;
    pub(super) const LEAVE: u8 = 11;
    pub(super) const LEFT: u8 = 12;
}

impl<S: Sink> Sim<'_, S> {
    /// Begins to hand the task in register `a` to the executor of the plan. What the submission
    /// does next, [`Sim::submit_step`] says, until `submitting` is 0 again.
    pub(crate) fn begin_submit(&mut self, thread: u32) -> Op {
        match self.plan {
            Plan::Processes { .. } => self.begin_process_submit(thread),
            Plan::ThreadEach => {
                self.threads[thread as usize].submitting = at::OWN_THREAD;
                Op::run(self.start_kind(thread), self.costs.thread_create)
            }
            _ => self.begin_pool_submit(thread),
        }
    }

    pub(crate) fn begin_pool_submit(&mut self, thread: u32) -> Op {
        self.threads[thread as usize].submitting = at::PUT;
        Op::run(SpanKind::Overhead, self.costs.pool_submit)
    }

    /// Starting a thread is the lane's own business; while it works for a task, it is overhead.
    pub(crate) fn start_kind(&self, thread: u32) -> SpanKind {
        match self.threads[thread as usize].task {
            NONE => SpanKind::Start,
            _ => SpanKind::Overhead,
        }
    }

    pub(crate) fn submit_step(&mut self, thread: u32) -> Option<Op> {
        let slot = &mut self.threads[thread as usize];
        match slot.submitting {
            at::PUT => {
                slot.submitting = 0;
                let item = self.item(thread, 1);
                self.put_item(item);
                if self.pool.idle > 0 {
                    self.pool.idle -= 1;
                } else if self.pool.workers < self.pool.max {
                    self.pool.workers += 1;
                    self.threads[thread as usize].submitting = at::CREATE;
                    let kind = self.start_kind(thread);
                    return Some(Op::run(kind, self.costs.thread_create));
                }
                None
            }
            at::CREATE => {
                slot.submitting = at::STARTED;
                Some(self.spawn_worker(thread))
            }
            at::OWN_THREAD => {
                slot.submitting = at::STARTED;
                let task = slot.a;
                Some(self.spawn_own_thread(thread, task))
            }
            at::STARTED => {
                slot.submitting = 0;
                None
            }
            0 => None,
            _ => self.process_submit_step(thread),
        }
    }

    /// The item for the task in register `a`. A task that is handed over from the loop leaves it.
    pub(crate) fn item(&mut self, thread: u32, count: u32) -> Item {
        let task = self.threads[thread as usize].a;
        let (mut step, mut ns) = (None, 0);
        if self.threads[thread as usize].task == task {
            let op = self.work_op(task);
            (step, ns) = (Some(op.kind()), op.ns);
            self.leave_loop(thread, SpanKind::PoolWait);
        }
        let ticket = self.tasks.hot[task as usize].ticket;
        Item {
            task,
            count,
            step,
            ns,
            ticket,
            from: thread,
            at: self.clock.now,
        }
    }

    fn put_item(&mut self, item: Item) {
        self.pool.queue.push_back(item);
        if let Some(worker) = self.pool.waiting.pop_front() {
            self.wake_blocked(worker);
        }
    }

    fn spawn_worker(&mut self, thread: u32) -> Op {
        let gil = self.threads[thread as usize].gil;
        let (role, interpreter) = match self.pool.interpreters {
            false => (ThreadRole::Worker, 0),
            true => (ThreadRole::Interpreter, self.new_interpreter()),
        };
        let worker = self.new_thread(role, Program::PoolWorker, gil, 0, interpreter);
        self.wait_for_start(thread, worker, NONE)
    }

    /// Whether an item's task still waits for it.
    pub(crate) fn live(&self, item: &Item) -> bool {
        self.tasks.hot[item.task as usize].ticket == item.ticket
    }

    /// The thread begins to work on an item: its task moves in, with an arrow from who sent it.
    pub(crate) fn take_item(&mut self, thread: u32, item: &Item) {
        let now = self.clock.now;
        self.attach(thread, item.task);
        self.tasks.hot[item.task as usize].place = thread;
        self.start_task(item.task);
        let (from, to) = (Lane::thread(item.from), Lane::thread(thread));
        self.flow_between(FlowKind::Submit, from, item.at, to, now);
    }

    fn keep_item(&mut self, thread: u32, item: Item) {
        let place = self.threads[thread as usize].work;
        if place == NONE {
            self.threads[thread as usize].work = self.pool.current.len() as u32;
            self.pool.current.push(item);
        } else {
            self.pool.current[place as usize] = item;
        }
    }

    fn kept_item(&self, thread: u32) -> Item {
        self.pool.current[self.threads[thread as usize].work as usize]
    }

    /// What telling the event loop of the worker's result costs, where the item is a loop's.
    fn executor_return(&self, thread: u32) -> u64 {
        match self.kept_item(thread).step {
            Some(_) => self.costs.executor_return,
            None => 0,
        }
    }

    pub(crate) fn pool_worker_step(&mut self, thread: u32) -> Op {
        let nothing = Op::run(SpanKind::Overhead, 0);
        let overhead = |ns| Op::run(SpanKind::Overhead, ns);
        let slot = &mut self.threads[thread as usize];
        match slot.pc {
            pc::BOOT => {
                slot.pc = pc::BOOTED;
                Op::run(SpanKind::Start, self.costs.thread_boot)
            }
            pc::BOOTED => {
                let parent = slot.b;
                slot.pc = pc::LOOK;
                self.wake_blocked(parent);
                match self.pool.interpreters {
                    false => nothing,
                    true => self.boot_interpreter(thread),
                }
            }
            pc::INTERPRETER_READY => {
                self.switch_interpreter(thread);
                self.threads[thread as usize].pc = pc::LOOK;
                nothing
            }
            pc::LOOK | pc::WOKEN => self.look_for_item(thread),
            pc::TASK => {
                let op = self.carry_on(thread);
                match op.then() {
                    Then::TaskEnded | Then::Away => self.task_done(thread),
                    _ => op,
                }
            }
            pc::STEP => {
                slot.pc = pc::RESULT;
                let item = self.kept_item(thread);
                match item.step {
                    Some(SpanKind::Io) => Op::sleep(SpanKind::Io, item.ns),
                    Some(SpanKind::Native) => Op::run_free(SpanKind::Native, item.ns),
                    Some(kind) => Op::run(kind, item.ns),
                    None => nothing,
                }
            }
            pc::RESULT => {
                slot.pc = pc::DONE;
                let back = self.executor_return(thread);
                overhead(self.costs.pool_task - self.costs.pool_task / 2 + back - back / 2)
            }
            pc::DONE => {
                slot.pc = pc::LOOK;
                // The byte that wakes the loop goes through a socket, for which the worker lets go of
                // the lock, and has to have it back before it looks for its next item
                // (`Lib/asyncio/selector_events.py: _write_to_self`, `Modules/socketmodule.c:
                // sock_send`).
                let send = self.executor_return(thread) / 2;
                self.result(thread);
                Op::run_free(SpanKind::Transfer, send)
            }
            _ => self.cross_step(thread),
        }
    }

    /// What a task is handed goes into the worker's interpreter, and its result comes out of it.
    fn cross_step(&mut self, thread: u32) -> Op {
        let kind = self.kind_of(self.kept_item(thread).task);
        let input = self.costs.transfer_at(kind.input.0);
        let output = self.costs.transfer_at(kind.output.0);
        let pickle = |ns| Op::run(SpanKind::Pickle, ns);
        let slot = &mut self.threads[thread as usize];
        match slot.pc {
            pc::ENTER => {
                slot.pc = pc::ENTERED;
                pickle(input.dumps)
            }
            pc::ENTERED => {
                slot.pc = pc::TASK;
                slot.at_task = true;
                self.switch_interpreter(thread);
                pickle(input.loads)
            }
            pc::LEAVE => {
                slot.pc = pc::LEFT;
                pickle(output.dumps)
            }
            _ => {
                slot.pc = pc::RESULT;
                self.switch_interpreter(thread);
                pickle(output.loads)
            }
        }
    }

    fn look_for_item(&mut self, thread: u32) -> Op {
        while let Some(item) = self.pool.queue.pop_front() {
            // A future that was cancelled before it ran is dropped here.
            if !self.live(&item) {
                continue;
            }
            self.take_item(thread, &item);
            self.keep_item(thread, item);
            let slot = &mut self.threads[thread as usize];
            slot.pc = match (item.step, self.pool.interpreters) {
                (Some(_), _) => pc::STEP,
                (None, false) => pc::TASK,
                (None, true) => pc::ENTER,
            };
            slot.at_task = slot.pc == pc::TASK;
            let mut ns = self.costs.pool_task / 2;
            match item.step {
                Some(SpanKind::Io) => ns += self.costs.io_call,
                None if self.pool.interpreters => ns += self.costs.interpreter_task,
                _ => {}
            }
            return Op::run(SpanKind::Overhead, ns);
        }
        if self.threads[thread as usize].pc == pc::LOOK {
            self.pool.idle += 1;
            self.threads[thread as usize].pc = pc::WOKEN;
        }
        self.pool.waiting.push_back(thread);
        Op::block(SpanKind::Idle, NEVER)
    }

    fn task_done(&mut self, thread: u32) -> Op {
        let interpreters = self.pool.interpreters;
        let slot = &mut self.threads[thread as usize];
        slot.pc = if interpreters { pc::LEAVE } else { pc::RESULT };
        slot.at_task = false;
        Op::run(SpanKind::Overhead, 0)
    }

    /// The result is set: the task is over, or goes back to the loop.
    fn result(&mut self, thread: u32) {
        let now = self.clock.now;
        let item = self.kept_item(thread);
        if self.end_orphan(thread) {
            return;
        }
        if item.step.is_some() {
            return self.back_to_loop(thread);
        }
        self.end_task(thread);
        let (from, to) = (Lane::thread(thread), Lane::thread(item.from));
        if from != to {
            self.flow_between(FlowKind::Result, from, now, to, now);
        }
    }

    /// A worker of an interpreter pool makes its interpreter (`Python/pylifecycle.c`:
    /// `new_interpreter`), which takes the new interpreter's lock.
    fn boot_interpreter(&mut self, thread: u32) -> Op {
        self.memory(self.costs.memory.interpreter as i64);
        self.threads[thread as usize].b = self.new_gil();
        self.switch_interpreter(thread);
        self.threads[thread as usize].pc = pc::INTERPRETER_READY;
        Op::run(SpanKind::Start, self.costs.interpreter_boot)
    }

    /// Goes to the other interpreter: register `b` keeps the lock that is not in use.
    fn switch_interpreter(&mut self, thread: u32) {
        self.release_gil(thread);
        let slot = &mut self.threads[thread as usize];
        std::mem::swap(&mut slot.gil, &mut slot.b);
    }
}
