//! The event loop, as `Lib/asyncio/base_events.py: BaseEventLoop._run_once` has it.
//!
//! One iteration: wait in `epoll_wait` until something is ready or the next timer is due (the
//! time-out is rounded up to whole milliseconds, `Lib/selectors.py: EpollSelector.select`); move due
//! timers to the ready queue; then run a *snapshot* of that queue, first in first out. What those
//! callbacks add runs in the next iteration. A due timer's callback only completes a future
//! (`Lib/asyncio/tasks.py: sleep`), so the task behind it also waits one more iteration.
//!
//! A `cpu`, `native` or blocking step on the loop holds it: everyone's timers are late by it. What
//! goes to an executor leaves the loop and comes back through `call_soon_threadsafe`. The loop
//! thread needs the interpreter lock like any other.

use std::collections::VecDeque;

use super::main_program::Next;
use super::op::Then;
use super::task::flag;
use super::{NEVER, NONE, Op, Sim};
use crate::engine::EventQueue;
use crate::plan::Plan;
use crate::trace::{FlowKind, Lane, Sink, SpanKind};
use crate::units::Time;

/// What a time limit's slot holds once it fired.
pub(crate) const FIRED: u64 = NEVER - 1;

/// The main coroutine in the ready queue and among the timers.
const MAIN: u32 = NONE;

/// How a task comes back into the ready queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    /// Its wait is over.
    Go(u32),
    /// It looks again at the queue it waits for.
    Retry(u32),
    /// It holds the permit it waited for.
    Granted(u32),
}

/// A timer in eight bytes: whether it is a limit's (1 bit), ticket or instruction (31 bits), task.
#[derive(Clone, Copy, Debug)]
struct Timer(u64);

impl Timer {
    const LIMIT: u64 = 1 << 63;
    const TICKET: u32 = u32::MAX >> 1;
    const MAIN: Timer = Timer::wake(MAIN, 0);

    /// A task's wait ends, if its ticket is still this.
    #[inline]
    const fn wake(task: u32, ticket: u32) -> Timer {
        Timer(((ticket & Timer::TICKET) as u64) << 32 | task as u64)
    }

    /// A task's time limit is over, if the instruction there still has this deadline.
    #[inline]
    const fn limit(task: u32, at: u32) -> Timer {
        Timer(Timer::LIMIT | (at as u64) << 32 | task as u64)
    }

    #[inline]
    const fn task(self) -> u32 {
        self.0 as u32
    }

    /// The limit's instruction, or the ticket.
    #[inline]
    const fn number(self) -> u32 {
        (self.0 >> 32) as u32 & Timer::TICKET
    }

    #[inline]
    const fn is_limit(self) -> bool {
        self.0 & Timer::LIMIT != 0
    }
}

pub(crate) struct EventLoop {
    pub(super) ready: VecDeque<u32>,
    timers: EventQueue<Timer>,
    /// Callbacks left in this iteration's snapshot.
    todo: usize,
    /// Timers that were due when it began.
    due: Vec<(u64, Timer)>,
    /// The loop is in `epoll_wait`.
    polling: bool,
    /// The time-out of that wait.
    poll: u64,
    /// The main coroutine is over until a kind is released.
    main_waits: bool,
    limit: u32,
    active: u32,
    /// Tasks that wait for the plan's limit.
    limited: VecDeque<u32>,
}

impl EventLoop {
    pub(crate) fn new(plan: &Plan) -> EventLoop {
        let limit = match *plan {
            Plan::Asyncio {
                limit: Some(limit), ..
            } => limit,
            _ => u32::MAX,
        };
        EventLoop {
            ready: VecDeque::new(),
            timers: EventQueue::new(),
            todo: 0,
            due: Vec::new(),
            polling: false,
            poll: 0,
            main_waits: false,
            limit,
            active: 0,
            limited: VecDeque::new(),
        }
    }

    #[inline]
    pub(crate) fn limit_at(&mut self, deadline: u64, task: u32, at: u32) {
        self.timers
            .push(Time::from_nanos(deadline), Timer::limit(task, at));
    }
}

/// Where the loop's program stands.
mod pc {
    pub(super) const BOOT: u8 = 0;
    pub(super) const BOOTED: u8 = 1;
    pub(super) const SELECT: u8 = 2;
    pub(super) const SELECTED: u8 = 3;
    pub(super) const SNAPSHOT: u8 = 4;
    pub(super) const CALLBACK: u8 = 5;
    pub(super) const TASK: u8 = 6;
    pub(super) const MAIN: u8 = 7;
    pub(super) const CREATED: u8 = 8;
    pub(super) const LOOKED: u8 = 9;
    pub(super) const FORKED: u8 = 10;
}

const MILLISECOND: u64 = 1_000_000;

impl<S: Sink> Sim<'_, S> {
    /// How late `epoll_wait` fires on top of the timer slack: the kernel lets long time-outs slip by
    /// a share of them (`fs/select.c: select_estimate_accuracy`).
    pub(crate) fn late_poll(&self) -> u64 {
        match self.event_loop.polling {
            true => super::task::scale(self.event_loop.poll, self.costs.epoll_late_ppm),
            false => 0,
        }
    }

    #[inline(never)]
    pub(crate) fn loop_step(&mut self, thread: u32) -> Op {
        let overhead = |ns| Op::run(SpanKind::Overhead, ns);
        loop {
            let slot = &mut self.threads[thread as usize];
            match slot.pc {
                pc::BOOT => {
                    slot.pc = pc::BOOTED;
                    return overhead(self.costs.loop_start);
                }
                pc::BOOTED if self.processes.fork_early => {
                    slot.pc = pc::FORKED;
                    return self.begin_early_fork(thread);
                }
                pc::FORKED => {
                    let op = self.early_fork_step(thread);
                    if op.is_run() {
                        self.threads[thread as usize].pc = pc::BOOTED;
                    }
                    return op;
                }
                pc::BOOTED => {
                    slot.pc = pc::SELECT;
                    self.event_loop.ready.push_back(MAIN);
                }
                pc::SELECT | pc::SELECTED | pc::SNAPSHOT | pc::CALLBACK | pc::TASK => {
                    if let Some(op) = self.iterate(thread) {
                        return op;
                    }
                }
                pc::LOOKED => {
                    slot.pc = pc::SNAPSHOT;
                    let ns = self.costs.loop_iteration;
                    return overhead(ns - ns / 2);
                }
                pc::MAIN => match self.next_tasks() {
                    Next::Tasks { first, .. } => {
                        let slot = &mut self.threads[thread as usize];
                        slot.pc = pc::CREATED;
                        slot.a = first;
                        return overhead(self.costs.task_create);
                    }
                    Next::At(time) => {
                        self.threads[thread as usize].pc = pc::CALLBACK;
                        let time = Time::from_nanos(time);
                        self.event_loop.timers.push(time, Timer::MAIN);
                        return overhead(self.costs.loop_timer);
                    }
                    Next::Nothing => {
                        self.threads[thread as usize].pc = pc::CALLBACK;
                        self.event_loop.main_waits = true;
                    }
                },
                _ => {
                    slot.pc = pc::MAIN;
                    let task = slot.a;
                    self.tasks.hot[task as usize].flags |= flag::READY;
                    self.event_loop.ready.push_back(task);
                }
            }
        }
    }

    /// Goes on with an iteration from where it stands, until that takes time. `None` at its end, and where
    /// the main coroutine is next.
    #[inline(always)]
    fn iterate(&mut self, thread: u32) -> Option<Op> {
        let slot = &mut self.threads[thread as usize];
        let mut at = slot.pc;
        if at == pc::SELECT {
            at = pc::SELECTED;
            slot.pc = at;
            if let Some(until) = self.poll_until() {
                self.event_loop.polling = true;
                return Some(Op::block(SpanKind::Idle, until));
            }
        }
        if at == pc::SELECTED {
            at = pc::SNAPSHOT;
            self.threads[thread as usize].pc = at;
            if let Some(op) = self.selected(thread) {
                return Some(op);
            }
        }
        if at == pc::SNAPSHOT {
            self.threads[thread as usize].pc = pc::CALLBACK;
            self.take_due();
            self.event_loop.todo = self.event_loop.ready.len();
        }
        let op = self.callbacks(thread);
        if op.is_none() && self.threads[thread as usize].pc != pc::MAIN {
            self.threads[thread as usize].pc = pc::SELECT;
            self.fire_due();
        }
        op
    }

    /// What an iteration costs once the loop is back from `epoll_wait`.
    #[inline]
    fn selected(&mut self, thread: u32) -> Option<Op> {
        let waited = std::mem::take(&mut self.event_loop.polling);
        let ns = self.costs.loop_iteration;
        if ns == 0 {
            return None;
        }
        let slot = &mut self.threads[thread as usize];
        let gil = slot.gil;
        if !waited && self.gil_is_wanted(gil) {
            // Also a look without waiting lets go of the lock, and so wakes whoever
            // waits for it, mostly for nothing
            // (`Modules/selectmodule.c: select_epoll_poll_impl`).
            self.threads[thread as usize].pc = pc::LOOKED;
            return Some(Op::run_free(SpanKind::Transfer, ns / 2));
        }
        Some(Op::run(SpanKind::Overhead, ns))
    }

    /// Runs callbacks of the snapshot, until one takes time that the clock cannot just skip. `None`
    /// at its end, and where the main coroutine is next.
    #[inline]
    fn callbacks(&mut self, thread: u32) -> Option<Op> {
        if self.threads[thread as usize].pc == pc::TASK
            && let Some(op) = self.task_callback(thread)
        {
            return Some(op);
        }
        while self.event_loop.todo > 0 {
            self.event_loop.todo -= 1;
            match self.event_loop.ready.pop_front() {
                Some(MAIN) => {
                    self.threads[thread as usize].pc = pc::MAIN;
                    return None;
                }
                Some(task) => {
                    self.foresee_ready();
                    let ns = self.begin_callback(thread, task);
                    if ns > 0 {
                        return Some(Op::run(SpanKind::Overhead, ns));
                    }
                    if self.threads[thread as usize].pc == pc::TASK
                        && let Some(op) = self.task_callback(thread)
                    {
                        return Some(op);
                    }
                }
                None => self.event_loop.todo = 0,
            }
        }
        None
    }

    /// Carries the task of a callback on; `None` once it has left the loop, with the callback over.
    #[inline]
    fn task_callback(&mut self, thread: u32) -> Option<Op> {
        if self.threads[thread as usize].task != NONE {
            let op = self.carry_on_loop(thread);
            match op.then() {
                Then::Away => {}
                Then::Timer => self.sleep_on_loop(thread, op.ns),
                Then::TaskEnded => self.end_on_loop(thread),
                _ => return Some(op),
            }
        }
        // Else it was handed to an executor, and the submission is done.
        self.threads[thread as usize].pc = pc::CALLBACK;
        None
    }

    /// Until when the loop waits in `epoll_wait`; `None` where something is ready or due.
    fn poll_until(&mut self) -> Option<u64> {
        if !self.event_loop.ready.is_empty() {
            return None;
        }
        let now = self.clock.now;
        let next = self
            .event_loop
            .timers
            .peek_time()
            .map_or(NEVER, Time::as_nanos);
        if next <= now {
            return None;
        }
        if next == NEVER {
            self.event_loop.poll = 0;
            return Some(NEVER);
        }
        let timeout = (next - now)
            .checked_next_multiple_of(MILLISECOND)
            .unwrap_or(u64::MAX);
        self.event_loop.poll = timeout;
        Some(now.saturating_add(timeout))
    }

    fn take_due(&mut self) {
        let now = Time::from_nanos(self.clock.now);
        let queue = &mut self.event_loop;
        while queue.timers.peek_time().is_some_and(|time| time <= now) {
            if let Some((time, timer)) = queue.timers.pop() {
                queue.due.push((time.as_nanos(), timer));
            }
        }
    }

    fn fire_due(&mut self) {
        let mut due = std::mem::take(&mut self.event_loop.due);
        (self.tasks).foresee(self.work, due.iter().map(|(_, timer)| timer.task()));
        for &(time, timer) in &due {
            let (task, number) = (timer.task(), timer.number());
            if timer.is_limit() {
                self.fire_limit(task, number, time);
            } else if task == MAIN {
                self.event_loop.ready.push_back(MAIN);
            } else if self.tasks.hot[task as usize].ticket & Timer::TICKET == number {
                self.line_up(task, time);
            }
        }
        due.clear();
        self.event_loop.due = due;
    }

    fn begin_callback(&mut self, thread: u32, task: u32) -> u64 {
        let slot = &mut self.tasks.hot[task as usize];
        slot.flags &= !flag::READY;
        let slot = *slot;
        let first = slot.flags & flag::STARTED == 0;
        let mut ns = self.costs.loop_callback;
        if first {
            ns += self.costs.task_run;
            if self.event_loop.limit != u32::MAX && task < self.tasks.top {
                ns += self.costs.loop_sync;
                if self.event_loop.active >= self.event_loop.limit {
                    self.wait_for_limit(thread, task);
                    return ns;
                }
                self.event_loop.active += 1;
            }
        }
        if slot.place != NONE && slot.at.phase() == 2 && self.offloaded(task) {
            // The arrow from the worker that had the result to the loop that fetches it.
            let (from, to) = (Lane::thread(slot.place), Lane::thread(thread));
            self.flow_between(FlowKind::Result, from, slot.since, to, self.clock.now);
            self.tasks.hot[task as usize].place = NONE;
        }
        self.attach(thread, task);
        self.start_task(task);
        self.threads[thread as usize].pc = pc::TASK;
        if slot.flags & flag::CANCELLED != 0 && slot.at.phase() != 2 {
            // Cancelled before its first step.
            self.tasks.hot[task as usize].flags &= !flag::CANCELLED;
            if self.cut(task) == Op::TASK_ENDED {
                self.threads[thread as usize].pc = pc::CALLBACK;
                self.end_on_loop(thread);
                return 0;
            }
        }
        ns
    }

    fn wait_for_limit(&mut self, thread: u32, task: u32) {
        self.attach(thread, task);
        self.detach(thread, SpanKind::PoolWait);
        self.event_loop.limited.push_back(task);
    }

    fn end_on_loop(&mut self, thread: u32) {
        let task = self.threads[thread as usize].task;
        self.end_task(thread);
        if self.event_loop.limit != u32::MAX && task < self.tasks.top {
            match self.event_loop.limited.pop_front() {
                // `asyncio.Semaphore.release` wakes the next, which has the permit.
                Some(next) => {
                    self.start_task(next);
                    self.line_up(next, self.clock.now);
                }
                None => self.event_loop.active -= 1,
            }
        }
    }

    /// The loop's task waits somewhere else from now on.
    #[inline]
    pub(crate) fn leave_loop(&mut self, thread: u32, kind: SpanKind) -> u32 {
        let task = self.detach(thread, kind);
        let slot = &mut self.tasks.hot[task as usize];
        slot.ticket = slot.ticket.wrapping_add(1);
        task
    }

    #[inline(always)]
    pub(crate) fn sleep_on_loop(&mut self, thread: u32, ns: u64) {
        let task = self.leave_loop(thread, SpanKind::Io);
        let slot = &mut self.tasks.hot[task as usize];
        slot.at.set_phase(2);
        slot.place = NONE;
        let timer = Timer::wake(task, slot.ticket);
        let time = Time::from_nanos(self.clock.now.saturating_add(ns));
        self.event_loop.timers.push(time, timer);
    }

    pub(super) fn wake_loop(&mut self) {
        if self.event_loop.polling {
            self.wake_blocked(0);
        }
    }

    /// A task comes back into the ready queue.
    pub(crate) fn make_ready(&mut self, ready: Ready) {
        let task = match ready {
            Ready::Go(task) | Ready::Retry(task) => task,
            Ready::Granted(task) => {
                self.tasks.hot[task as usize].flags |= flag::GRANTED;
                task
            }
        };
        self.line_up(task, self.clock.now);
        self.wake_loop();
    }

    /// From `since` on the task waits for its turn.
    #[inline(always)]
    pub(super) fn line_up(&mut self, task: u32, since: u64) {
        let slot = &mut self.tasks.hot[task as usize];
        if slot.flags & flag::READY != 0 {
            return;
        }
        slot.flags |= flag::READY;
        if slot.kind != SpanKind::LoopWait {
            if since > slot.since {
                self.sink
                    .span(Lane::task(task), Time::from_nanos(since), slot.kind, None);
                slot.since = since;
            }
            slot.kind = SpanKind::LoopWait;
        }
        self.event_loop.ready.push_back(task);
    }

    /// The main coroutine goes on, because a kind was released.
    pub(crate) fn wake_main_coroutine(&mut self) {
        if std::mem::take(&mut self.event_loop.main_waits) {
            self.event_loop.ready.push_back(MAIN);
        }
    }
}
