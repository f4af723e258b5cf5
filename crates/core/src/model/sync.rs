//! Locks, semaphores and queues, as threads and as tasks on an event loop see them.
//!
//! Among threads nothing is handed over: a release frees the permit and wakes the longest waiter,
//! and whoever is on a core first takes it (`Modules/_threadmodule.c`, `Lib/queue.py`,
//! `Lib/threading.py`: `Semaphore.acquire` waits in a loop). A waiter that comes too late waits
//! again, behind the others. From 3.14 on `threading.Lock` is a `PyMutex`, which is handed straight to
//! a waiter that has waited over a millisecond (`Python/lock.c: TIME_TO_BE_FAIR_NS`). On the loop, `Lib/asyncio/locks.py` keeps `Lock` and `Semaphore` in
//! order: nobody passes a waiter that was woken, so there the permit goes straight to it.
//! `Lib/asyncio/queues.py` wakes one waiter, which looks again.

use std::collections::VecDeque;

use super::eventloop::Ready;
use super::task::flag;
use super::{NONE, Sim};
use crate::trace::{Flow, FlowKind, Lane, Sink};
use crate::units::Time;
use crate::workload::{Resource, ResourceKind};

/// A waiter: a thread that is blocked, or a task on the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiter {
    Thread(u32),
    Task(u32),
}

/// `TIME_TO_BE_FAIR_NS`: 1 ms.
const TIME_TO_BE_FAIR: u64 = 1_000_000;

pub(crate) struct ResourceState {
    /// Free permits; free places of a queue are worked out.
    pub(crate) free: u32,
    /// Tasks that hold a permit.
    pub(crate) holders: Vec<u32>,
    /// Who let go of a permit last, and when.
    last_release: (u32, u64),
    /// Waiting to acquire, or to get.
    pub(crate) takers: VecDeque<Waiter>,
    /// Waiting to put.
    pub(crate) putters: VecDeque<Waiter>,
    /// Items in the queue: who put each, and when.
    pub(crate) items: VecDeque<(u32, u64)>,
    pub(crate) capacity: u32,
    pub(crate) permits: u32,
    /// Of each thread that waits for a fair lock: from when on it is handed over.
    patience: Vec<(u32, u64)>,
}

impl ResourceState {
    pub(crate) fn new(resource: &Resource) -> ResourceState {
        let (permits, capacity) = match resource.kind {
            ResourceKind::Lock { permits } => (permits, 0),
            ResourceKind::Queue { capacity } => (0, capacity),
        };
        ResourceState {
            free: permits,
            holders: Vec::new(),
            last_release: (NONE, 0),
            takers: VecDeque::new(),
            putters: VecDeque::new(),
            items: VecDeque::new(),
            capacity,
            permits,
            patience: Vec::new(),
        }
    }

    #[inline]
    pub(crate) fn full(&self) -> bool {
        self.capacity > 0 && self.items.len() >= self.capacity as usize
    }
}

impl<S: Sink> Sim<'_, S> {
    /// Takes a permit if one is free.
    pub(crate) fn try_acquire(&mut self, resource: u32, task: u32, waited: bool) -> bool {
        let now = self.clock.now;
        let state = &mut self.resources[resource as usize];
        if state.free == 0 {
            return false;
        }
        state.free -= 1;
        state.holders.push(task);
        let (from, start) = state.last_release;
        if waited && from != NONE {
            self.flow_between(
                FlowKind::Lock,
                Lane::task(from),
                start,
                Lane::task(task),
                now,
            );
        }
        true
    }

    /// Gives a permit back and wakes the next that wants one.
    pub(crate) fn release(&mut self, resource: u32, task: u32) {
        let now = self.clock.now;
        let state = &mut self.resources[resource as usize];
        if let Some(place) = state.holders.iter().position(|&holder| holder == task) {
            state.holders.swap_remove(place);
        }
        state.free += 1;
        state.last_release = (task, now);
        match state.takers.pop_front() {
            Some(Waiter::Thread(thread)) => {
                if self.is_due(resource, thread) {
                    let next = self.threads[thread as usize].task;
                    self.try_acquire(resource, next, true);
                    self.tasks.hot[next as usize].flags |= flag::GRANTED;
                }
                self.wake_blocked(thread);
            }
            Some(Waiter::Task(next)) => {
                self.try_acquire(resource, next, true);
                self.make_ready(Ready::Granted(next));
            }
            None => {}
        }
    }

    /// A thread begins to wait for a lock that is fair to those who wait long.
    pub(crate) fn lose_patience(&mut self, resource: u32, thread: u32) {
        let state = &mut self.resources[resource as usize];
        if self.costs.fair_locks && state.permits == 1 {
            let from = self.clock.now.saturating_add(TIME_TO_BE_FAIR);
            state.patience.push((thread, from));
        }
    }

    /// The thread waits for the lock no more.
    pub(crate) fn regain_patience(&mut self, resource: u32, thread: u32) {
        let patience = &mut self.resources[resource as usize].patience;
        if let Some(place) = patience.iter().position(|&(other, _)| other == thread) {
            patience.swap_remove(place);
        }
    }

    /// Whether the lock goes straight to this waiter.
    fn is_due(&self, resource: u32, thread: u32) -> bool {
        let patience = &self.resources[resource as usize].patience;
        let from = patience.iter().find(|&&(other, _)| other == thread);
        from.is_some_and(|&(_, from)| from < self.clock.now)
    }

    /// Puts an item unless the queue is full.
    pub(crate) fn try_put(&mut self, queue: u32, task: u32) -> bool {
        let now = self.clock.now;
        let state = &mut self.resources[queue as usize];
        if state.full() {
            return false;
        }
        state.items.push_back((task, now));
        let next = state.takers.pop_front();
        self.wake_waiter(next);
        true
    }

    /// Gets an item unless the queue is empty.
    pub(crate) fn try_get(&mut self, queue: u32, task: u32) -> bool {
        let now = self.clock.now;
        let state = &mut self.resources[queue as usize];
        let Some((from, start)) = state.items.pop_front() else {
            return false;
        };
        let next = state.putters.pop_front();
        self.wake_waiter(next);
        self.flow_between(
            FlowKind::Item,
            Lane::task(from),
            start,
            Lane::task(task),
            now,
        );
        true
    }

    pub(crate) fn wake_waiter(&mut self, waiter: Option<Waiter>) {
        match waiter {
            Some(Waiter::Thread(thread)) => self.wake_blocked(thread),
            Some(Waiter::Task(task)) => self.make_ready(Ready::Retry(task)),
            None => {}
        }
    }

    /// Takes a waiter out of every line it stands in.
    pub(crate) fn forget_waiter(&mut self, resource: u32, waiter: Waiter) {
        let state = &mut self.resources[resource as usize];
        state.takers.retain(|&other| other != waiter);
        state.putters.retain(|&other| other != waiter);
    }

    pub(crate) fn flow_between(
        &mut self,
        kind: FlowKind,
        from: Lane,
        start: u64,
        to: Lane,
        end: u64,
    ) {
        let (start, end) = (Time::from_nanos(start), Time::from_nanos(end));
        self.sink.flow(Flow {
            kind,
            from,
            start,
            to,
            end,
        });
    }
}
