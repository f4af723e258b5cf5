//! The virtual clock: the event queue, and the seeded jitter of the machine.

use crate::engine::{EventQueue, Upcoming};
use crate::profile::Quantiles;
use crate::rng::Rng;
use crate::units::Time;

/// What may happen at an instant. `generation` tells a stale event from a live one: whatever makes
/// an event pointless counts its thread's generation up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
    /// A run of code ends.
    RunEnd = 0,
    /// A thread that was woken is on its core.
    OnCore = 1,
    /// A thread that was woken while every core was busy pushes somebody off one.
    Preempt = 2,
    /// The wait of a thread ends by itself.
    WaitEnd = 3,
    /// A waiter for an interpreter lock runs out of patience (the id is the lock's).
    GilRequest = 4,
    /// Time slices are looked at.
    Tick = 5,
}

/// An event in eight bytes: kind (4 bits), generation (28 bits), id (32 bits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event(u64);

pub(crate) const GENERATION_MASK: u32 = (1 << 28) - 1;

impl Event {
    #[inline]
    pub(crate) fn new(kind: EventKind, id: u32, generation: u32) -> Event {
        let generation = u64::from(generation & GENERATION_MASK);
        Event((kind as u64) << 60 | generation << 32 | u64::from(id))
    }

    /// Whether it is of this kind.
    #[inline]
    pub(crate) fn is(self, kind: EventKind) -> bool {
        self.0 >> 60 == kind as u64
    }

    /// Whether its id is a thread's, and its generation.
    #[inline]
    pub(crate) fn is_of_thread(self) -> bool {
        self.0 >> 60 < EventKind::GilRequest as u64
    }

    #[inline]
    pub(crate) fn id(self) -> u32 {
        self.0 as u32
    }

    #[inline]
    pub(crate) fn generation(self) -> u32 {
        (self.0 >> 32) as u32 & GENERATION_MASK
    }
}

/// No run lasts longer than this (146 years): times beyond it could overflow when added.
const END_OF_TIME: u64 = 1 << 62;

pub(crate) struct Clock {
    /// This instant, in nanoseconds.
    pub(crate) now: u64,
    queue: EventQueue<Event>,
    jitter: Rng,
    /// Events so far, and steps that ended without one, because nothing else could happen meanwhile.
    events: u64,
}

impl Clock {
    pub(crate) fn new(jitter: u64) -> Clock {
        Clock {
            now: 0,
            queue: EventQueue::new(),
            jitter: Rng::new(jitter),
            events: 0,
        }
    }

    #[inline]
    pub(crate) fn at(&mut self, time: u64, event: Event) {
        self.queue
            .push(Time::from_nanos(time.min(END_OF_TIME)), event);
    }

    /// The same for an event that will probably be among the next.
    #[inline]
    pub(crate) fn at_soon(&mut self, time: u64, event: Event) {
        self.queue
            .push_next(Time::from_nanos(time.min(END_OF_TIME)), event);
    }

    #[inline]
    pub(crate) fn after(&mut self, ns: u64, event: Event) {
        self.at(self.now.saturating_add(ns), event);
    }

    /// The next event; see [`EventQueue::pop_foreseeing`].
    #[inline]
    pub(crate) fn next(&mut self, foresee: impl FnOnce(Upcoming<'_, Event>)) -> Option<Event> {
        let (time, event) = self.queue.pop_foreseeing(foresee)?;
        self.now = time.as_nanos();
        self.events += 1;
        Some(event)
    }

    /// Moves to `time` if nothing can happen before or at it.
    #[inline]
    pub(crate) fn skip_to(&mut self, time: u64) -> bool {
        if time >= END_OF_TIME {
            return false;
        }
        if let Some(next) = self.queue.peek_time()
            && next.as_nanos() <= time
        {
            return false;
        }
        self.now = time;
        self.events += 1;
        true
    }

    #[inline]
    pub(crate) fn events(&self) -> u64 {
        self.events
    }

    #[inline]
    pub(crate) fn over_limit(&self, max_events: u64) -> Option<String> {
        if self.now >= END_OF_TIME {
            return Some("the run takes longer than 146 years of simulated time".to_owned());
        }
        (self.events() > max_events).then(|| format!("the run takes more than {max_events} events"))
    }

    /// A draw from a distribution of nanoseconds.
    #[inline]
    pub(crate) fn draw(&mut self, quantiles: &Quantiles) -> u64 {
        match quantiles.0.as_slice() {
            [] => 0,
            points => {
                let at = self.jitter.below(1_000_000);
                interpolate(points, at as u32)
            }
        }
    }

    /// Whether something with a chance of so many parts per million happens.
    #[inline]
    pub(crate) fn chance(&mut self, ppm: u64) -> bool {
        ppm > 0 && self.jitter.below(1_000_000) < ppm
    }
}

#[inline]
fn interpolate(points: &[(u32, u64)], at: u32) -> u64 {
    let after = points.partition_point(|point| point.0 < at);
    match (after.checked_sub(1).map(|i| points[i]), points.get(after)) {
        (None, Some(first)) => first.1,
        (Some(last), None) => last.1,
        (Some((left_at, left)), Some(&(right_at, right))) => {
            let width = u64::from(right_at - left_at).max(1);
            let into = u64::from(at - left_at);
            left + (right.saturating_sub(left)) * into / width
        }
        (None, None) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_gives_back_what_it_was_made_of() {
        let event = Event::new(EventKind::GilRequest, 0xdead_beef, 0xffff_fff1);
        assert!(event.is(EventKind::GilRequest) && !event.is(EventKind::Tick));
        assert!(!event.is_of_thread());
        assert_eq!(event.id(), 0xdead_beef);
        assert_eq!(event.generation(), 0xfff_fff1);
    }

    #[test]
    fn quantiles_are_linear_in_between_and_flat_outside() {
        let points = [(50_000, 100), (500_000, 200), (950_000, 1_000)];
        let check = |at, expect| assert_eq!(interpolate(&points, at), expect);
        check(0, 100);
        check(275_000, 150);
        check(500_000, 200);
        check(999_999, 1_000);
    }
}
