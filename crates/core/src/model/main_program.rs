//! The first thread's program: it hands out the work as it arrives.
//!
//! All plans share one order: by arrival, then by kind in file order, then by number. A kind with
//! `after` is released when the last task of the kinds it names ends, and its arrivals count from
//! then.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use super::op::Then;
use super::thread::Program;
use super::{NEVER, NONE, Op, Sim};
use crate::plan::Plan;
use crate::trace::{Sink, SpanKind, ThreadRole};
use crate::workload::{Kind, Workload};

/// What is to be handed out next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// So many tasks from this one on, which have arrived.
    Tasks { first: u32, count: u32 },
    /// Nothing before this instant.
    At(u64),
    /// Nothing until a kind is released, if ever.
    Nothing,
}

pub(crate) struct Submitter {
    /// Released kinds with tasks left: when the next is due, and the kind.
    due: BinaryHeap<Reverse<(u64, u32)>>,
    /// Of each kind: when it was released, how many were handed out, how many kinds it waits for.
    pub(crate) kinds: Vec<KindState>,
    /// Tasks a work item.
    chunk: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct KindState {
    pub(crate) released: u64,
    pub(crate) handed_out: u32,
    pub(crate) waits_for: u32,
}

impl Submitter {
    pub(crate) fn new(work: &Workload, plan: &Plan) -> Submitter {
        let mut waits_for: Vec<u32> = Vec::with_capacity(work.kinds.len());
        for kind in &work.kinds {
            let open = |&&before: &&u32| work.kinds[before as usize].count > 0;
            waits_for.push(kind.after.iter().filter(open).count() as u32);
        }
        let kinds = waits_for
            .into_iter()
            .map(|waits_for| KindState {
                released: NEVER,
                handed_out: 0,
                waits_for,
            })
            .collect();
        let chunk = match *plan {
            Plan::Processes { chunk, .. } => chunk.max(1),
            _ => 1,
        };
        let mut submitter = Submitter {
            due: BinaryHeap::new(),
            kinds,
            chunk,
        };
        for number in 0..work.kinds.len() as u32 {
            if submitter.kinds[number as usize].waits_for == 0 {
                submitter.release(work, number, 0);
            }
        }
        submitter
    }

    /// Tasks a work item.
    #[inline]
    pub(crate) fn chunk(&self) -> u32 {
        self.chunk
    }

    /// Whether everything has been handed out.
    #[inline]
    fn is_done(&self, work: &Workload) -> bool {
        let mut pairs = self.kinds.iter().zip(&work.kinds);
        pairs.all(|(state, kind)| state.handed_out == kind.count)
    }

    #[inline]
    pub(crate) fn release(&mut self, work: &Workload, number: u32, now: u64) {
        let state = &mut self.kinds[number as usize];
        state.released = now;
        let due = next_due(&work.kinds[number as usize], state, self.chunk);
        self.due.extend(due.map(|due| Reverse((due, number))));
    }

    #[inline]
    fn next(&mut self, work: &Workload, now: u64) -> Next {
        let Some(mut item) = self.due.peek_mut() else {
            return Next::Nothing;
        };
        let Reverse((due, number)) = *item;
        if due > now {
            return Next::At(due);
        }
        let kind = &work.kinds[number as usize];
        let state = &mut self.kinds[number as usize];
        let first = kind.first_task + state.handed_out;
        let count = self.chunk.min(kind.count - state.handed_out);
        state.handed_out += count;
        match next_due(kind, state, self.chunk) {
            // Most tasks arrive at once: what is first stays first.
            Some(next) if next == due => {}
            Some(due) => *item = Reverse((due, number)),
            None => {
                PeekMut::pop(item);
            }
        }
        Next::Tasks { first, count }
    }
}

/// When a released kind's next work item is due, if it has one left: when the last task of it arrives.
#[inline]
fn next_due(kind: &Kind, state: &KindState, chunk: u32) -> Option<u64> {
    let last = state
        .handed_out
        .saturating_add(chunk)
        .min(kind.count)
        .checked_sub(1)?;
    (state.handed_out < kind.count).then(|| arrival(kind, state, last))
}

/// When a task of a released kind arrives.
#[inline]
pub(crate) fn arrival(kind: &Kind, state: &KindState, index: u32) -> u64 {
    let offset = kind
        .arrivals
        .get(index as usize)
        .map_or(0, |dur| dur.as_nanos());
    state.released.saturating_add(offset)
}

impl<S: Sink> Sim<'_, S> {
    /// The next tasks to hand out; their lanes begin at their arrival.
    pub(crate) fn next_tasks(&mut self) -> Next {
        let next = self.submitter.next(self.work, self.clock.now);
        if let Next::Tasks { first, count } = next {
            for task in first..first + count {
                let number = self.tasks.hot[task as usize].kind_index;
                let kind = &self.work.kinds[usize::from(number)];
                let state = &self.submitter.kinds[usize::from(number)];
                let born = arrival(kind, state, task - kind.first_task);
                self.bear(task, born);
            }
        }
        next
    }

    /// The last task of a kind has ended: kinds that waited for it may be released.
    pub(crate) fn kind_ended(&mut self, number: u32) {
        let mut released = false;
        for (other, kind) in self.work.kinds.iter().enumerate() {
            let times = kind
                .after
                .iter()
                .filter(|&&before| before == number)
                .count() as u32;
            let state = &mut self.submitter.kinds[other];
            if times > 0 {
                state.waits_for -= times;
                if state.waits_for == 0 {
                    self.submitter
                        .release(self.work, other as u32, self.clock.now);
                    released = true;
                }
            }
        }
        if released {
            match self.plan {
                Plan::Asyncio { .. } => self.wake_main_coroutine(),
                _ => self.wake_main(),
            }
        }
    }

    /// Wakes the main thread if it waits for work to hand out.
    fn wake_main(&mut self) {
        if self.threads[0].pc == pc::WAITS {
            self.threads[0].pc = pc::NEXT;
            self.wake_blocked(0);
        }
    }

    /// The main thread of every plan but those with a loop.
    pub(crate) fn main_step(&mut self, thread: u32) -> Op {
        match self.threads[thread as usize].pc {
            pc::NEXT | pc::WAITS => self.hand_out(thread),
            pc::RUNS => self.sync_step(thread),
            pc::COLLECTS | pc::AWAITS | pc::AWAKE => self.collect(thread),
            _ => {
                let task = self.threads[thread as usize].a;
                self.threads[thread as usize].pc = pc::NEXT;
                self.spawn_own_thread(thread, task)
            }
        }
    }

    fn hand_out(&mut self, thread: u32) -> Op {
        let next = self.next_tasks();
        let slot = &mut self.threads[thread as usize];
        let (first, count) = match next {
            Next::At(until) => {
                slot.pc = pc::WAITS;
                return Op::block(SpanKind::Idle, until);
            }
            Next::Nothing if self.plan != Plan::Sync && self.submitter.is_done(self.work) => {
                slot.pc = pc::COLLECTS;
                return self.collect(thread);
            }
            Next::Nothing => {
                slot.pc = pc::WAITS;
                return Op::block(SpanKind::Idle, NEVER);
            }
            Next::Tasks { first, count } => (first, count),
        };
        (slot.a, slot.b) = (first, count);
        match self.plan {
            Plan::Sync => {
                slot.pc = pc::RUNS;
                self.attach(thread, first);
                self.start_task(first);
                self.threads[thread as usize].at_task = true;
                Op::run(SpanKind::Overhead, self.costs.call)
            }
            Plan::ThreadEach => {
                self.collector.note(first, count);
                slot.pc = pc::SPAWNS;
                match self.costs.thread_create {
                    0 => self.main_step(thread),
                    ns => Op::run(SpanKind::Start, ns),
                }
            }
            _ => {
                self.collector.note(first, count);
                slot.pc = pc::NEXT;
                self.begin_submit(thread)
            }
        }
    }

    fn sync_step(&mut self, thread: u32) -> Op {
        let op = self.carry_on(thread);
        match op.then() {
            Then::TaskEnded | Then::Away => {
                self.end_task(thread);
                self.threads[thread as usize].pc = pc::NEXT;
                Op::run(SpanKind::Overhead, 0)
            }
            _ => op,
        }
    }

    /// Starts a thread for one task and waits until it says so (`Lib/threading.py`:
    /// `Thread.start` waits for `_started`).
    pub(crate) fn spawn_own_thread(&mut self, thread: u32, task: u32) -> Op {
        let gil = self.threads[thread as usize].gil;
        let own = self.new_thread(ThreadRole::Worker, Program::OwnThread, gil, 0, 0);
        self.wait_for_start(thread, own, task)
    }

    /// Lets a new thread begin, and blocks its parent until it has booted.
    pub(crate) fn wait_for_start(&mut self, parent: u32, child: u32, register: u32) -> Op {
        self.memory(self.costs.memory.thread as i64);
        let slot = &mut self.threads[child as usize];
        (slot.a, slot.b) = (register, parent);
        self.wake(child, 0, SpanKind::CoreWait);
        Op::block(self.idle_kind(parent), NEVER)
    }

    /// What a thread's lane shows while it waits for something of the model's own.
    pub(crate) fn idle_kind(&self, thread: u32) -> SpanKind {
        match self.threads[thread as usize].task {
            NONE => SpanKind::Idle,
            _ => SpanKind::PoolWait,
        }
    }

    /// A thread made for one task.
    pub(crate) fn own_thread_step(&mut self, thread: u32) -> Op {
        if self.threads[thread as usize].pc != 2 {
            return self.own_thread_around_task(thread);
        }
        let op = self.carry_on(thread);
        match op.then() {
            Then::TaskEnded | Then::Away => match self.own_task_over(thread) {
                0 => Op::END,
                ns => Op::run(SpanKind::Overhead, ns),
            },
            _ => op,
        }
    }

    /// The task is over that a thread was made for: how much code the thread runs after it.
    #[inline]
    pub(super) fn own_task_over(&mut self, thread: u32) -> u64 {
        self.end_task(thread);
        self.threads[thread as usize].pc = 3;
        self.costs.thread_exit
    }

    #[inline(never)]
    fn own_thread_around_task(&mut self, thread: u32) -> Op {
        let slot = &mut self.threads[thread as usize];
        let (task, parent) = (slot.a, slot.b);
        match slot.pc {
            0 if self.costs.thread_boot > 0 => {
                slot.pc = 1;
                Op::run(SpanKind::Start, self.costs.thread_boot)
            }
            0 | 1 => {
                slot.pc = 2;
                self.wake_blocked(parent);
                self.attach(thread, task);
                self.start_task(task);
                self.threads[thread as usize].at_task = true;
                Op::run(SpanKind::Overhead, 0)
            }
            _ => {
                self.tell_collector(task);
                Op::END
            }
        }
    }
}

/// Where the main thread's program stands.
pub(crate) mod pc {
    pub(crate) const NEXT: u8 = 0;
    pub(crate) const WAITS: u8 = 1;
    pub(crate) const RUNS: u8 = 2;
    pub(crate) const SPAWNS: u8 = 3;
    /// Looks whether what it handed out next is done; see `collect`.
    pub(crate) const COLLECTS: u8 = 4;
    pub(crate) const AWAITS: u8 = 5;
    pub(crate) const AWAKE: u8 = 6;
}
