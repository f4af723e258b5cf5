//! Who has an interpreter's lock, who wants it, and when the holder can first be asked for it.
//!
//! A waiter asks when it has waited one switch interval without the lock changing hands
//! (`Python/ceval_gil.c: take_gil`). Whoever was woken and came too late begins to wait anew, which
//! no span shows; so what is worked out here is exact only where the holder has done one and the same
//! thing since the waiter came, and else the earliest time at which anybody may ask.

use super::scene::Scene;
use crate::trace::SpanKind;
use crate::trace::view::{Hold, Span};

/// How far back a row of holds by one thread is followed.
const FOLLOWED: usize = 256;

/// A waiter that will ask, the holder, and when.
#[derive(Clone, Copy)]
pub(super) struct Request {
    pub(super) waiter: u32,
    pub(super) holder: u32,
    /// When it asks, or the earliest time at which it may, ns.
    pub(super) at: u64,
    pub(super) is_exact: bool,
    /// Whether it would ask then if the lock was never let go of within the hold.
    is_likely: bool,
}

/// An interpreter's lock around an instant.
pub(super) struct Lock<'a> {
    holds: &'a [Hold],
    /// The hold that is looked at.
    at: usize,
    /// When the lock came to its thread.
    switched: u64,
}

impl<'a> Scene<'a> {
    fn holds(&self, interpreter: u32) -> &'a [Hold] {
        let all = &self.index.holds;
        let found = all.binary_search_by_key(&interpreter, |(id, _)| *id);
        found.map_or(&[], |at| all[at].1.as_slice())
    }

    pub(super) fn interpreter(&self, thread: u32) -> u32 {
        self.trace.threads[thread as usize].interpreter
    }

    /// Who holds the lock now; of a measured run nobody can tell.
    pub(super) fn holder(&self, interpreter: u32) -> Option<Hold> {
        if !self.is_certain() {
            return None;
        }
        let holds = self.holds(interpreter);
        let past = holds.partition_point(|hold| hold.start.as_nanos() <= self.at);
        let last = *holds.get(past.checked_sub(1)?)?;
        (last.end.as_nanos() > self.at).then_some(last)
    }

    /// The lock as somebody holds it now; as it was held up to now where that `ends`.
    fn lock(&self, interpreter: u32, ends: bool) -> Option<Lock<'a>> {
        let holds = self.holds(interpreter);
        let begun = self.at.saturating_add(u64::from(!ends));
        let past = holds.partition_point(|hold| hold.start.as_nanos() < begun);
        let at = past.checked_sub(1)?;
        if holds[at].end.as_nanos() < begun {
            return None;
        }
        let mut first = at;
        while first > 0 && holds[first - 1].thread == holds[at].thread {
            first -= 1;
            if at - first > FOLLOWED {
                return None;
            }
        }
        let switched = holds[first].start.as_nanos();
        Some(Lock {
            holds,
            at,
            switched,
        })
    }

    /// Threads of an interpreter that wait for its lock, and since when.
    pub(super) fn waiters(&self, interpreter: u32) -> Vec<(u32, u64)> {
        let all = (0_u32..).zip(&self.threads);
        all.filter_map(|(id, span)| {
            let span = span.filter(|span| span.kind == SpanKind::GilWait)?;
            (self.interpreter(id) == interpreter).then_some((id, span.start.as_nanos()))
        })
        .collect()
    }

    /// When each waiter first asks the thread that has the lock, or had it up to now.
    fn requests(&self, interpreter: u32, ends: bool) -> Vec<Request> {
        let Some(lock) = self.lock(interpreter, ends).filter(|_| self.is_certain()) else {
            return Vec::new();
        };
        let hold = lock.holds[lock.at];
        let start = hold.start.as_nanos();
        // Between two spans the lock may have been free for no time at all, long enough to wake a
        // waiter that then begins to wait anew.
        let spans = &self.index.lanes.threads[hold.thread as usize];
        let begun = self.at.saturating_add(u64::from(!ends));
        let span = spans.partition_point(|span| span.start.as_nanos() < begun);
        let unbroken = span
            .checked_sub(1)
            .map_or(u64::MAX, |at| spans[at].start.as_nanos());
        let waiters = self.waiters(interpreter).into_iter();
        waiters
            .filter(|(waiter, _)| *waiter != hold.thread)
            .map(|(waiter, since)| {
                let (from, is_likely) = if since >= start {
                    (since, true)
                } else if since >= lock.switched {
                    (since, false)
                } else {
                    let dropped = lock.was_dropped_by(waiter, since)
                        && !self.had_it_for_nothing(interpreter, since, lock.switched);
                    (lock.switched, dropped && start == lock.switched)
                };
                Request {
                    waiter,
                    holder: hold.thread,
                    at: from + self.index.interval,
                    is_exact: is_likely && unbroken <= from,
                    is_likely,
                }
            })
            .collect()
    }

    /// Whether a thread took the lock after one instant and before another and let go at once, which
    /// no span of its shows but the end of its wait.
    fn had_it_for_nothing(&self, interpreter: u32, after: u64, before: u64) -> bool {
        let lanes = (0_u32..).zip(&self.index.lanes.threads);
        let mut own = lanes.filter(|(id, _)| self.interpreter(*id) == interpreter);
        own.any(|(_, spans)| {
            let past = spans.partition_point(|span| span.end.as_nanos() < before);
            let last = past.checked_sub(1).map(|last| spans[last]);
            last.is_some_and(|span| span.end.as_nanos() > after && span.kind == SpanKind::GilWait)
        })
    }

    /// The first waiter that will ask the present holder for the lock.
    pub(super) fn next_request(&self, interpreter: u32) -> Option<Request> {
        let requests = self.requests(interpreter, false).into_iter();
        requests.min_by_key(|request| (request.at, !request.is_exact))
    }

    /// Who asked a thread that lets go of the lock right now, if the trace says so; and whether
    /// anybody can have asked at all.
    pub(super) fn asked_by(&self, holder: u32) -> (Option<u32>, bool) {
        let requests = self.requests(self.interpreter(holder), true);
        let of_holder = || requests.iter().filter(|request| request.holder == holder);
        let exact = of_holder().find(|request| request.is_likely && request.at == self.at);
        let any = of_holder().any(|request| request.at <= self.at);
        (exact.map(|request| request.waiter), any)
    }

    /// Whether a thread lets go of the lock right now although it would go on.
    pub(super) fn is_dropped(&self, before: Span, after: Span) -> bool {
        before.kind.holds_gil()
            && after.kind == SpanKind::GilWait
            && before.thread == after.thread
            && self.trace.gil
    }
}

impl Lock<'_> {
    /// Whether a waiter dropped the lock for its present holder: then it waits since that has it.
    fn was_dropped_by(&self, waiter: u32, since: u64) -> bool {
        let before = self.holds[..self.at].iter().rev();
        let mut others = before.skip_while(|hold| hold.thread == self.holds[self.at].thread);
        others
            .next()
            .is_some_and(|hold| hold.thread == waiter && hold.end.as_nanos() == since)
    }
}
