//! The kernel: which threads are on the cores.
//!
//! Threads that can run and have no core stand in one queue, first in first out; a thread that has
//! had its time slice while others wait goes to the end of it. That is fair sharing as EEVDF gives
//! it to equal threads (`kernel/sched/fair.c`), without its per-core queues. Waking a sleeper takes
//! time, drawn from the profile by quantile: onto an idle core tens of microseconds; when every core
//! is busy, up to a scheduler tick until it pushes off the thread that has run longest.
//!
//! Busy cores slow each other down (shared caches, memory and power; two hardware threads of one core
//! most of all): where the profile says by how much, every run of code is stretched by the share of the
//! cores that are busy, and stretched anew whenever their number changes.

use std::collections::VecDeque;

use super::clock::{Event, EventKind};
use super::task::scale;
use super::thread::{State, Thread};
use super::{NONE, Sim};
use crate::profile::Costs;
use crate::trace::{Sink, SpanKind};

#[derive(Clone, Copy)]
struct Core {
    thread: u32,
    /// When the thread's present slice began.
    slice: u64,
}

pub(crate) struct Kernel {
    cores: Vec<Core>,
    /// Idle cores; the lowest number is taken first.
    idle: Vec<u16>,
    /// Threads that want a core and have none.
    queue: VecDeque<u32>,
    /// The next thread that has a core and goes on at this very instant.
    next: u32,
    /// Those after it: hardly ever more than none.
    ready: VecDeque<u32>,
    /// When the queue last became non-empty: slices count from then at the earliest.
    contended_since: u64,
    tick_pending: bool,
    /// How long code takes now, in parts per million of its time on a lone busy core.
    pace: u64,
    /// Busy cores slow each other down at all.
    shared: bool,
}

/// The pace of a core that no other slows down.
const LONE: u64 = 1_000_000;

impl Kernel {
    pub(crate) fn new(cores: u32, costs: &Costs) -> Kernel {
        let count = cores.clamp(1, u32::from(u16::MAX - 1)) as u16;
        Kernel {
            cores: vec![
                Core {
                    thread: NONE,
                    slice: 0
                };
                usize::from(count)
            ],
            idle: (0..count).rev().collect(),
            queue: VecDeque::new(),
            next: NONE,
            ready: VecDeque::new(),
            contended_since: 0,
            tick_pending: false,
            pace: LONE,
            shared: costs.core_share.iter().any(|share| share.ppm != LONE),
        }
    }

    /// How long a run of so much code takes at the present pace.
    #[inline]
    pub(crate) fn stretched(&self, ns: u64) -> u64 {
        match self.pace {
            LONE => ns,
            pace => scale(ns, pace),
        }
    }

    /// How much code ran in a stretch of time at the present pace.
    #[inline]
    pub(crate) fn done_in(&self, ns: u64) -> u64 {
        match self.pace {
            LONE => ns,
            pace => shrunk(ns, pace),
        }
    }

    #[inline]
    pub(crate) fn pop_ready(&mut self) -> Option<u32> {
        let next = self.next;
        if next == NONE {
            return None;
        }
        self.next = self.ready.pop_front().unwrap_or(NONE);
        Some(next)
    }

    #[inline]
    fn push_ready(&mut self, thread: u32) {
        match self.next {
            NONE => self.next = thread,
            _ => self.ready.push_back(thread),
        }
    }

    /// Nothing else goes on at this instant.
    #[inline]
    pub(crate) fn quiet(&self) -> bool {
        self.next == NONE
    }

    /// Puts a thread on a core that was idle.
    #[inline]
    fn put_on(&mut self, core: u16, thread: u32, slot: &mut Thread, now: u64) {
        self.cores[usize::from(core)] = Core { thread, slice: now };
        slot.core = core;
        slot.state = State::Waking;
    }
}

/// Apart, because WebAssembly has no division of 128 bits.
#[inline(never)]
fn shrunk(ns: u64, pace: u64) -> u64 {
    (u128::from(ns) * u128::from(LONE) / u128::from(pace.max(1))) as u64
}

impl<S: Sink> Sim<'_, S> {
    /// Wakes a thread that waits; its lane shows `kind` until it is on a core (where it waits for
    /// one, always [`SpanKind::CoreWait`]).
    #[inline(always)]
    pub(super) fn wake_often(&mut self, thread: u32, late: u64, kind: SpanKind) {
        let Some(core) = self.kernel.idle.pop() else {
            return self.wake_onto_busy(thread, late);
        };
        let wait = late + self.clock.draw(&self.costs.wake_idle);
        let now = self.clock.now;
        let slot = &mut self.threads[thread as usize];
        slot.new_generation();
        slot.show(thread, kind, now, self.sink);
        self.kernel.put_on(core, thread, slot, now);
        let generation = slot.generation;
        self.pace();
        match wait {
            0 => self.kernel.push_ready(thread),
            _ => {
                let event = Event::new(EventKind::OnCore, thread, generation);
                self.clock.after(wait, event);
            }
        }
    }

    /// Wakes a thread that is on a core at this very instant, see [`Sim::wakes_at_once`], where nothing
    /// else goes on: it proceeds without standing in a line for that.
    #[inline(always)]
    pub(super) fn wake_at_once(&mut self, id: u32) -> Option<u32> {
        let core = self.kernel.idle.pop()?;
        let now = self.clock.now;
        let thread = &mut self.threads[id as usize];
        thread.new_generation();
        thread.show(id, SpanKind::CoreWait, now, self.sink);
        self.kernel.put_on(core, id, thread, now);
        self.pace();
        Some(id)
    }

    /// The same where that is not what mostly happens.
    #[inline(never)]
    pub(crate) fn wake(&mut self, thread: u32, late: u64, kind: SpanKind) {
        self.wake_often(thread, late, kind);
    }

    /// Wakes a thread if it is blocked.
    pub(crate) fn wake_blocked(&mut self, id: u32) {
        if self.threads[id as usize].state == State::Blocked {
            self.wake(id, 0, SpanKind::CoreWait);
        }
    }

    /// The number of busy cores has changed: what runs goes on at their new pace.
    #[inline]
    fn pace(&mut self) {
        if self.kernel.shared {
            self.change_pace();
        }
    }

    #[inline(never)]
    fn change_pace(&mut self) {
        let busy = self.kernel.cores.len() - self.kernel.idle.len();
        let pace = self.costs.core_share_at(busy as u32);
        if pace == self.kernel.pace {
            return;
        }
        let now = self.clock.now;
        let mut running = Vec::new();
        for core in &self.kernel.cores {
            if core.thread == NONE {
                continue;
            }
            let slot = &mut self.threads[core.thread as usize];
            if slot.state == State::Running {
                slot.break_off(now, &self.kernel);
                slot.run_start = now;
                running.push(core.thread);
            }
        }
        self.kernel.pace = pace;
        for thread in running {
            let slot = &self.threads[thread as usize];
            let end = now.saturating_add(self.kernel.stretched(slot.run_left));
            let event = Event::new(EventKind::RunEnd, thread, slot.generation);
            self.clock.at(end, event);
            self.plan_next_request(thread, end);
        }
    }

    #[inline(never)]
    fn wake_onto_busy(&mut self, thread: u32, late: u64) {
        let slot = &mut self.threads[thread as usize];
        slot.new_generation();
        let generation = slot.generation;
        if self.costs.wake_busy.0.is_empty() && late == 0 && self.gil_is_held(thread) {
            // With no latency at all it would push a thread off, find the lock held and leave
            // again, all at this instant.
            return self.queue_for_gil(thread);
        }
        self.threads[thread as usize].state = State::Queued;
        self.mark(thread, SpanKind::CoreWait);
        let wait = late + self.clock.draw(&self.costs.wake_busy);
        let event = Event::new(EventKind::Preempt, thread, generation);
        self.clock.after(wait, event);
        self.enqueue(thread);
    }

    /// Whether a thread that is woken now is on a core now.
    #[inline]
    pub(crate) fn wakes_at_once(&self) -> bool {
        !self.kernel.idle.is_empty() && self.costs.wake_idle.0.is_empty()
    }

    /// Puts the program's first thread on a core, at no cost.
    pub(crate) fn wake_now(&mut self, thread: u32) {
        let slot = &mut self.threads[thread as usize];
        if let Some(core) = self.kernel.idle.pop() {
            self.kernel.put_on(core, thread, slot, self.clock.now);
        }
        self.kernel.push_ready(thread);
        self.pace();
    }

    pub(crate) fn on_core(&mut self, thread: u32) {
        self.kernel.push_ready(thread);
    }

    fn enqueue(&mut self, thread: u32) {
        if self.kernel.queue.is_empty() {
            self.kernel.contended_since = self.clock.now;
        }
        self.kernel.queue.push_back(thread);
        self.plan_tick();
    }

    /// The thread leaves its core, which goes to the next in the queue.
    pub(crate) fn leave_core(&mut self, thread: u32) {
        let core = self.threads[thread as usize].core;
        self.hand_core_on(core);
    }

    #[inline]
    pub(super) fn hand_core_on(&mut self, core: u16) {
        match self.kernel.queue.pop_front() {
            Some(next) => self.give_core(core, next),
            None => {
                self.kernel.cores[usize::from(core)].thread = NONE;
                self.kernel.idle.push(core);
                self.pace();
            }
        }
    }

    #[inline(never)]
    fn give_core(&mut self, core: u16, thread: u32) {
        self.kernel.cores[usize::from(core)] = Core {
            thread,
            slice: self.clock.now,
        };
        let slot = &mut self.threads[thread as usize];
        slot.new_generation();
        slot.core = core;
        slot.state = State::Waking;
        self.kernel.push_ready(thread);
    }

    fn plan_tick(&mut self) {
        if self.kernel.tick_pending || self.kernel.queue.is_empty() {
            return;
        }
        let (now, slice) = (self.clock.now, self.costs.slice.max(1));
        let since = self.kernel.contended_since;
        let due = |core: &Core| match core.slice.max(since).saturating_add(slice) {
            // Over already, and still there: it is being put on its core. Look again later.
            time if time <= now => now.saturating_add(slice),
            time => time,
        };
        let time = self.kernel.cores.iter().map(due).min().unwrap_or(now);
        self.kernel.tick_pending = true;
        self.clock.at(time, Event::new(EventKind::Tick, 0, 0));
    }

    /// Ends the slices that are over while others wait.
    pub(crate) fn tick(&mut self) {
        self.kernel.tick_pending = false;
        let slice = self.costs.slice.max(1);
        for core in 0..self.kernel.cores.len() {
            if self.kernel.queue.is_empty() {
                return;
            }
            let Core {
                thread,
                slice: since,
            } = self.kernel.cores[core];
            let began = since.max(self.kernel.contended_since);
            if thread != NONE && self.clock.now.saturating_sub(began) >= slice {
                self.push_off(core as u16);
            }
        }
        self.plan_tick();
    }

    /// A woken thread has waited long enough: it takes the core of the thread that ran longest.
    pub(crate) fn preempt_for(&mut self, thread: u32) {
        let running = |core: &Core| {
            core.thread != NONE && self.threads[core.thread as usize].state == State::Running
        };
        let cores = self
            .kernel
            .cores
            .iter()
            .enumerate()
            .filter(|(_, core)| running(core));
        let Some((victim, _)) = cores.min_by_key(|(_, core)| core.slice) else {
            return;
        };
        let Some(place) = self.kernel.queue.iter().position(|&other| other == thread) else {
            return;
        };
        self.kernel.queue.remove(place);
        self.kernel.queue.push_front(thread);
        self.push_off(victim as u16);
    }

    /// Takes the core from its running thread, which queues again, and hands it on.
    fn push_off(&mut self, core: u16) {
        let thread = self.kernel.cores[usize::from(core)].thread;
        let now = self.clock.now;
        let slot = &mut self.threads[thread as usize];
        if slot.state != State::Running {
            return;
        }
        slot.break_off(now, &self.kernel);
        slot.state = State::Queued;
        self.mark(thread, SpanKind::CoreWait);
        self.hand_core_on(core);
        self.enqueue(thread);
    }
}
