//! The interpreter lock, as `Python/ceval_gil.c` has it.
//!
//! - `take_gil`: a thread that finds the lock taken waits on a condition for `switch_interval`. On
//!   time-out, if the lock was not switched meanwhile (`switch_number` is what it was), it asks the
//!   holder to drop the lock; then it waits again.
//! - `drop_gil`: the holder of an asked-for lock lets go at its next check of the eval breaker,
//!   signals one waiter, and because of `FORCE_SWITCHING` waits until somebody else has the lock. A
//!   release that nobody asked for (before I/O, native code, a lock wait) also signals one waiter,
//!   but the same thread may have the lock back before that waiter is awake.
//! - A signalled waiter is only woken, not given the lock: whoever comes first takes it.
//! - C code that holds the lock (pickling) does not look at the eval breaker.
//!
//! Waiters' time-outs are not events of their own: only the earliest that leads to a request matters,
//! and [`Sim::next_request`] works it out from when each began to wait. No request can come earlier
//! than one interval after the last switch, so a run of code that ends before that needs no look.

use super::clock::{Event, EventKind};
use super::line::Line;
use super::thread::{State, Thread};
use super::{NEVER, NONE, Sim};
use crate::trace::{Flow, FlowKind, Lane, Sink, SpanKind};
use crate::units::Time;

pub(crate) struct Gil {
    holder: u32,
    /// `last_holder`.
    last: u32,
    /// When the last holder let go.
    released: u64,
    /// When the lock last changed hands: what `switch_number` is for.
    switched: u64,
    /// Waiting on the condition, oldest first.
    waiters: Line,
    /// `gil_drop_request`: the holder is to let go at its next check.
    requested: bool,
    /// The waiter that asked.
    asker: u32,
    /// The thread that dropped the lock on request and waits until another has it.
    dropper: u32,
    /// Tells a planned request from one that is out of date.
    generation: u32,
    /// When the planned request comes, or [`NEVER`].
    planned: u64,
}

impl Default for Gil {
    fn default() -> Gil {
        Gil {
            holder: NONE,
            last: NONE,
            released: 0,
            switched: 0,
            waiters: Line::default(),
            requested: false,
            asker: NONE,
            dropper: NONE,
            generation: 0,
            planned: NEVER,
        }
    }
}

impl Gil {
    /// Whether others want it.
    #[inline]
    pub(super) fn is_wanted(&self) -> bool {
        !self.waiters.is_empty()
    }

    #[inline]
    pub(super) fn is_held(&self) -> bool {
        self.holder != NONE
    }

    /// Whether a run of code that holds it up to `end` begins with [`Sim::check_gil`].
    #[inline]
    pub(super) fn interrupts(&self, end: u64, interval: u64) -> bool {
        self.is_wanted()
            && (self.requested
                || self.planned == NEVER && end > self.switched.saturating_add(interval))
    }

    /// Gives the free lock to thread `id`. Returns the thread that waited for the switch, if any.
    #[inline(always)]
    pub(super) fn give<S: Sink>(
        &mut self,
        id: u32,
        thread: &mut Thread,
        now: u64,
        sink: &mut S,
    ) -> u32 {
        self.holder = id;
        thread.has_gil = true;
        if self.last == id {
            return NONE;
        }
        let last = std::mem::replace(&mut self.last, id);
        self.switched = now;
        if std::mem::take(&mut thread.waited_for_gil) && last != NONE {
            sink.flow(Flow {
                kind: FlowKind::Gil,
                from: Lane::thread(last),
                start: Time::from_nanos(self.released),
                to: Lane::thread(id),
                end: Time::from_nanos(now),
            });
        }
        match std::mem::replace(&mut self.dropper, NONE) {
            dropper if dropper == id => NONE,
            dropper => dropper,
        }
    }

    #[inline]
    fn let_go(&mut self, now: u64) {
        self.holder = NONE;
        self.released = now;
        self.requested = false;
        self.generation = self.generation.wrapping_add(1);
        self.planned = NEVER;
    }
}

/// With more waiters than this, only the oldest are asked when their next time-out is: they are
/// spread over one interval, so the request comes at most 1/64 of an interval late.
const LOOKED_AT: usize = 64;

impl<S: Sink> Sim<'_, S> {
    /// Takes the lock, or starts to wait for it off the core. `take_gil`.
    #[inline(never)]
    pub(super) fn take_gil(&mut self, thread: u32) -> bool {
        let slot = &mut self.threads[thread as usize];
        let Some(gil) = self.gils.get_mut(slot.gil as usize) else {
            slot.has_gil = true;
            return true;
        };
        if gil.is_held() {
            self.wait_off_core(thread);
            return false;
        }
        let dropper = gil.give(thread, slot, self.clock.now, self.sink);
        if dropper != NONE {
            let id = slot.gil;
            self.wait_again(id, dropper);
        }
        true
    }

    #[inline(never)]
    pub(super) fn wait_off_core(&mut self, thread: u32) {
        self.leave_core(thread);
        self.queue_for_gil(thread);
    }

    /// The lock that a thread dropped on request has another holder: the thread waits for it like any.
    #[inline(never)]
    pub(super) fn wait_again(&mut self, id: u32, dropper: u32) {
        self.threads[dropper as usize].run_start = self.clock.now;
        self.wait_for_gil(id, dropper);
    }

    /// Whether the thread needs a lock that another holds.
    #[inline]
    pub(crate) fn gil_is_held(&self, thread: u32) -> bool {
        let slot = &self.threads[thread as usize];
        slot.needs_gil() && self.gils.get(slot.gil as usize).is_some_and(Gil::is_held)
    }

    /// Waits on the lock's condition, off the core.
    #[inline(never)]
    pub(crate) fn queue_for_gil(&mut self, thread: u32) {
        let slot = &mut self.threads[thread as usize];
        slot.wait_for_gil(thread, self.clock.now, self.sink);
        let id = slot.gil;
        self.wait_for_gil(id, thread);
    }

    /// The same where it would be woken onto an idle core at this instant, find the lock held and
    /// leave again. False, and nothing done, if the lock is free or it needs none.
    #[inline(always)]
    pub(super) fn queued_for_gil(&mut self, thread: u32) -> bool {
        let slot = &mut self.threads[thread as usize];
        let id = slot.gil;
        if !slot.needs_gil() || !self.gils.get(id as usize).is_some_and(Gil::is_held) {
            return false;
        }
        slot.new_generation();
        slot.wait_for_gil(thread, self.clock.now, self.sink);
        self.wait_for_gil(id, thread);
        true
    }

    /// Takes the lock if the thread needs it, and runs what it has to run. True if that is done, with
    /// the clock moved; false if it ends with an event, or was kept from beginning.
    #[inline(always)]
    pub(super) fn resume(&mut self, id: u32) -> bool {
        let thread = &mut self.threads[id as usize];
        let now = self.clock.now;
        let end = now.saturating_add(self.kernel.stretched(thread.run_left));
        if !thread.wants_gil {
            return thread.run_until(end, id, &self.kernel, &mut self.clock, self.sink);
        }
        let Some(gil) = self.gils.get_mut(thread.gil as usize) else {
            thread.has_gil = true;
            return thread.run_until(end, id, &self.kernel, &mut self.clock, self.sink);
        };
        if !thread.has_gil {
            if gil.is_held() {
                self.wait_off_core(id);
                return false;
            }
            let dropper = gil.give(id, thread, now, self.sink);
            if dropper != NONE {
                return self.run_after_switch(id, dropper);
            }
        }
        if gil.interrupts(end, self.costs.switch_interval) {
            return self.run_interrupted(id, end);
        }
        thread.run_until(end, id, &self.kernel, &mut self.clock, self.sink)
    }

    /// Runs what the thread has to run, when it has the lock that `dropper` dropped for it.
    #[inline(never)]
    fn run_after_switch(&mut self, id: u32, dropper: u32) -> bool {
        let gil = self.threads[id as usize].gil;
        self.wait_again(gil, dropper);
        self.run_code(id)
    }

    /// Whether others want a lock; of none, nobody does.
    #[inline]
    pub(crate) fn gil_is_wanted(&self, id: u32) -> bool {
        self.gils.get(id as usize).is_some_and(Gil::is_wanted)
    }

    /// Joins the waiters; since when is in its slot.
    #[inline(always)]
    fn wait_for_gil(&mut self, id: u32, thread: u32) {
        let now = self.clock.now;
        let gil = &mut self.gils[id as usize];
        gil.waiters.push_back(thread);
        let request = now.saturating_add(self.costs.switch_interval);
        let holder = gil.holder;
        if holder == NONE || gil.planned <= request {
            return;
        }
        let slot = &self.threads[holder as usize];
        if slot.state == State::Running {
            let left = self.kernel.stretched(slot.run_left);
            let end = slot.run_start.saturating_add(left);
            self.plan_request(id, request, end);
        }
    }

    /// Lets go unasked: `drop_gil` before a blocking call.
    #[inline(never)]
    pub(crate) fn release_gil(&mut self, thread: u32) {
        let slot = &mut self.threads[thread as usize];
        slot.has_gil = false;
        let id = slot.gil;
        self.let_go_of_gil(id);
    }

    /// The lock is free, and one waiter hears of it.
    #[inline(always)]
    pub(super) fn let_go_of_gil(&mut self, id: u32) {
        if let Some(gil) = self.gils.get_mut(id as usize) {
            gil.let_go(self.clock.now);
            if let Some(next) = gil.waiters.pop_front() {
                self.signal(next);
            }
        }
    }

    /// Wakes one waiter. It stays a waiter in the eyes of its lane while an idle core takes it up.
    #[inline(always)]
    fn signal(&mut self, waiter: u32) {
        self.threads[waiter as usize].waited_for_gil = true;
        self.wake_often(waiter, 0, SpanKind::GilWait);
    }

    /// Before a run of code that holds a lock which others want: sees to a request that stands, and
    /// plans the one that comes before the run ends. True if the lock was dropped and the run cannot begin.
    #[inline]
    pub(crate) fn check_gil(&mut self, thread: u32, end: u64) -> bool {
        let id = self.threads[thread as usize].gil;
        let gil = &self.gils[id as usize];
        if gil.requested {
            self.threads[thread as usize].state = State::Running;
            self.drop_on_request(id, thread);
            return true;
        }
        let earliest = gil.switched.saturating_add(self.costs.switch_interval);
        if end > earliest && gil.planned == NEVER {
            let request = self.next_request(id);
            self.plan_request(id, request, end);
        }
        false
    }

    /// A run of a thread that may hold a lock ends later than was thought: a waiter may now run out of
    /// patience before its end.
    pub(super) fn plan_next_request(&mut self, thread: u32, end: u64) {
        let slot = &self.threads[thread as usize];
        if slot.has_gil && self.gil_is_wanted(slot.gil) {
            let id = slot.gil;
            if self.gils[id as usize].planned == NEVER {
                let request = self.next_request(id);
                self.plan_request(id, request, end);
            }
        }
    }

    #[inline]
    fn plan_request(&mut self, id: u32, time: u64, end: u64) {
        if time < end {
            self.plan_request_within(id, time);
        }
    }

    #[inline(never)]
    fn plan_request_within(&mut self, id: u32, time: u64) {
        let now = self.clock.now;
        let gil = &mut self.gils[id as usize];
        if time >= gil.planned {
            return;
        }
        gil.generation = gil.generation.wrapping_add(1);
        gil.planned = time;
        let event = Event::new(EventKind::GilRequest, id, gil.generation);
        self.clock.at(time.max(now), event);
    }

    /// When the first waiter asks: one interval after it last began to wait at a time-out (or
    /// arrived) since the lock last changed hands.
    #[inline(never)]
    fn next_request(&self, id: u32) -> u64 {
        let gil = &self.gils[id as usize];
        let interval = self.costs.switch_interval.max(1);
        let request = |waiter: u32| {
            let since = self.threads[waiter as usize].run_start;
            let behind = gil.switched.saturating_sub(since);
            since + behind.div_ceil(interval) * interval + interval
        };
        gil.waiters
            .iter()
            .take(LOOKED_AT)
            .map(request)
            .min()
            .unwrap_or(NEVER)
    }

    /// A waiter's time-out: `SET_GIL_DROP_REQUEST`.
    pub(crate) fn gil_request(&mut self, id: u32, generation: u32) {
        let now = self.clock.now;
        let interval = self.costs.switch_interval.max(1);
        let gil = &mut self.gils[id as usize];
        let fresh = gil.generation & super::clock::GENERATION_MASK == generation;
        if !fresh || gil.holder == NONE || gil.waiters.is_empty() {
            return;
        }
        gil.planned = NEVER;
        gil.requested = true;
        // Whoever asked begins to wait anew: the youngest phase is the one that ends now.
        let phase = |waiter: u32| now.saturating_sub(self.threads[waiter as usize].run_start);
        let asks = |&waiter: &u32| phase(waiter) > 0 && phase(waiter).is_multiple_of(interval);
        gil.asker = gil
            .waiters
            .iter()
            .take(LOOKED_AT)
            .find(asks)
            .unwrap_or(NONE);
        if gil.asker != NONE {
            self.threads[gil.asker as usize].run_start = now;
        }
        let holder = gil.holder;
        let slot = &self.threads[holder as usize];
        if slot.state == State::Running && slot.run_kind.checks_eval_breaker() {
            let slot = &mut self.threads[holder as usize];
            slot.break_off(now, &self.kernel);
            self.drop_on_request(id, holder);
        }
    }

    /// `drop_gil` with a request standing: signals one waiter and waits for the switch.
    fn drop_on_request(&mut self, id: u32, thread: u32) {
        let asker = self.gils[id as usize].asker;
        self.gils[id as usize].let_go(self.clock.now);
        let slot = &mut self.threads[thread as usize];
        slot.has_gil = false;
        slot.state = State::WaitsForGil;
        self.mark(thread, SpanKind::GilWait);
        self.leave_core(thread);
        let steals = self.gils[id as usize].waiters.len() > 1
            && asker != NONE
            && self.clock.chance(self.costs.gil_steal_ppm);
        let gil = &mut self.gils[id as usize];
        gil.dropper = thread;
        gil.asker = NONE;
        let place = match steals {
            true => gil
                .waiters
                .iter()
                .position(|waiter| waiter == asker)
                .unwrap_or(0),
            false => 0,
        };
        if let Some(next) = gil.waiters.remove(place) {
            self.signal(next);
        }
    }
}

impl SpanKind {
    /// Whether code of this kind looks at the eval breaker: bytecode does, C code that holds the
    /// lock (pickling, starting a process) does not.
    #[inline]
    fn checks_eval_breaker(self) -> bool {
        matches!(self, SpanKind::Python | SpanKind::Overhead)
    }
}
