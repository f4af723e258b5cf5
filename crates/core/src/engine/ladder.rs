//! The ladder: a near run, and rungs of buckets that reach to the end of time.
//!
//! After Tang, Goh and Thng, "Ladder queue: an O(1) priority queue structure for large-scale
//! discrete event simulation" (ACM TOMACS 15(3), 2005), with three differences. Widths are powers
//! of two, so a bucket is found with a shift. A small queue is only the near run, which falls back
//! to a rung when insertions get dear. And the last bucket of a rung takes whatever lies between
//! its events and the rung above (that of the first rung is the paper's "top"), so that widths
//! follow the events, not the region they lie in: one event at the end of time costs nothing.
//!
//! Why no input is quadratic: an entry is dealt only into a rung whose buckets are at least
//! `MIN_BUCKETS / 2` times narrower than the one it comes from, so at most 22 times in 64 bits. An
//! insertion into the near run moves a bounded number of entries. The near run is loaded with a
//! bounded number of entries at a time, even out of a crowd of one instant, so that giving them
//! back to a rung is paid for by the insertions that made it necessary.

use super::Entry;
use super::bucket::{Bucket, Pool, Survey};
use super::run::Run;
use crate::units::Time;

/// The most blocks of a bucket that are sorted instead of being dealt into a finer rung.
const SORT_BLOCKS: u32 = 4;
/// As many entries are moved to the near run at once, if there are as many in small buckets.
const BATCH: usize = 16;
/// From so many events on it pays to look ahead at them.
const FORESEEN: usize = 4;
/// Entries a bucket that a new rung aims for.
const FILL: usize = 8;
/// The fewest buckets of a rung.
const MIN_BUCKETS: usize = 16;
/// The most buckets of a rung: their open ends should stay in the cache.
const MAX_BUCKETS: usize = 1024;

/// Stands for the absence of an event that is kept beside the others.
const NO_TIME: u64 = u64::MAX;

/// One rung: buckets of equal width.
#[derive(Clone, Debug)]
struct Rung {
    /// Where the first bucket begins.
    start: u64,
    /// The last instant of the rung.
    last: u64,
    /// Entries in its buckets.
    count: usize,
    /// Buckets are `1 << shift` ns wide.
    shift: u32,
    /// The first bucket not yet taken.
    next: usize,
    /// The last instant before that bucket.
    before: u64,
    /// The last one is wider: it reaches up to `last`.
    buckets: Vec<Bucket>,
}

/// Pending events by time: the earliest comes out first, and those of one instant come out in
/// the order in which they were pushed.
///
/// Time only moves forward: what is pushed must not be earlier than what was last popped. It may
/// be earlier than what [`EventQueue::peek_time`] has shown.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    /// One event that was pushed as the probable next, kept beside all others, and its time;
    /// [`NO_TIME`] if there is none. It comes after whatever else is pending for its time.
    next: Option<E>,
    next_time: u64,
    /// Of the others, holds the earliest, whenever there is one at all.
    near: Run<E>,
    /// The last instant that belongs into `near`.
    near_last: u64,
    /// From the coarsest to the finest; each lies before what is left of the one before it.
    rungs: Vec<Rung>,
    pool: Pool<E>,
    /// Bucket arrays of past rungs, for the next ones.
    spare: Vec<Vec<Bucket>>,
    /// When the last event was popped, to check that time moves forward.
    now: u64,
}

/// Events that will come out soon, the earliest first. One that is kept beside them is left out, and
/// others may yet be pushed before them.
#[derive(Clone, Debug)]
pub struct Upcoming<'a, E>(std::slice::Iter<'a, Entry<E>>);

impl<E: Copy> Iterator for Upcoming<'_, E> {
    type Item = E;

    #[inline]
    fn next(&mut self) -> Option<E> {
        self.0.next().map(|entry| entry.event)
    }
}

impl<E: Copy> EventQueue<E> {
    /// A queue without events, which has allocated nothing.
    pub fn new() -> EventQueue<E> {
        EventQueue {
            next: None,
            next_time: NO_TIME,
            near: Run::new(),
            near_last: u64::MAX,
            rungs: Vec::new(),
            pool: Pool::new(),
            spare: Vec::new(),
            now: 0,
        }
    }

    /// How many events are pending.
    pub fn len(&self) -> usize {
        let waiting: usize = self.rungs.iter().map(|rung| rung.count).sum();
        usize::from(self.next_time != NO_TIME) + self.near.len() + waiting
    }

    /// Whether none is pending.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.near.len() == 0 && self.next_time == NO_TIME
    }

    /// Adds an event, behind all that are pending for the same time. `time` must not be earlier
    /// than the last event popped.
    #[inline]
    pub fn push(&mut self, time: Time, event: E) {
        let time = time.as_nanos();
        if time == self.next_time {
            self.put_back();
        }
        self.insert(Entry { time, event });
    }

    /// The same, for an event that will probably be popped before all others, or after few of them:
    /// the earliest of those is not sorted into the others.
    #[inline]
    pub fn push_next(&mut self, time: Time, event: E) {
        let time = time.as_nanos();
        if time >= self.next_time {
            return self.push(Time::from_nanos(time), event);
        }
        debug_assert!(time >= self.now, "{time} ns is before {} ns", self.now);
        if self.next_time != NO_TIME {
            self.put_back();
        }
        self.next = Some(event);
        self.next_time = time;
    }

    /// Puts the event that is kept beside the others among them: later ones of its time may follow it.
    #[cold]
    fn put_back(&mut self) {
        let time = std::mem::replace(&mut self.next_time, NO_TIME);
        if let Some(event) = self.next.take() {
            self.insert(Entry { time, event });
        }
    }

    #[inline]
    fn insert(&mut self, entry: Entry<E>) {
        debug_assert!(
            entry.time >= self.now,
            "{} ns is before {} ns",
            entry.time,
            self.now
        );
        if entry.time > self.near_last {
            self.push_waiting(entry);
        } else {
            self.push_near(entry);
        }
    }

    /// Apart, like all that is rare on the way of an event into its bucket: so that way needs no room on
    /// the stack. It is too long to be inlined; `inline(never)` would have crates that are compiled for speed
    /// take this one's, which may be compiled for size.
    fn push_near(&mut self, entry: Entry<E>) {
        if !self.near.insert(entry) {
            self.spill(entry);
        }
    }

    /// When the next event is due. Takes `&mut self` so that an implementation may prepare it.
    #[inline]
    pub fn peek_time(&mut self) -> Option<Time> {
        let time = match self.near.first() {
            Some(entry) => entry.time.min(self.next_time),
            None if self.next_time == NO_TIME => return None,
            None => self.next_time,
        };
        Some(Time::from_nanos(time))
    }

    /// Takes the next event.
    #[inline]
    pub fn pop(&mut self) -> Option<(Time, E)> {
        self.pop_foreseeing(|_| {})
    }

    /// The same; whenever events have come near, `foresee` is handed them, so that the caller can have
    /// what they need fetched from memory all at once, not one after another.
    #[inline]
    pub fn pop_foreseeing(&mut self, foresee: impl FnOnce(Upcoming<'_, E>)) -> Option<(Time, E)> {
        if self
            .near
            .first()
            .is_none_or(|first| self.next_time < first.time)
        {
            return self.pop_next();
        }
        let entry = self.near.take()?;
        if cfg!(debug_assertions) {
            self.now = entry.time;
        }
        if self.near.len() == 0 {
            self.refill();
            if self.near.len() >= FORESEEN {
                foresee(Upcoming(self.near.entries().iter()));
            }
        }
        Some((Time::from_nanos(entry.time), entry.event))
    }

    #[inline]
    fn pop_next(&mut self) -> Option<(Time, E)> {
        let event = self.next.take()?;
        let time = std::mem::replace(&mut self.next_time, NO_TIME);
        if cfg!(debug_assertions) {
            self.now = time;
        }
        Some((Time::from_nanos(time), event))
    }

    /// Removes all events; the clock may start again from zero.
    pub fn clear(&mut self) {
        self.next = None;
        self.next_time = NO_TIME;
        self.near.clear();
        self.near_last = u64::MAX;
        while let Some(rung) = self.rungs.pop() {
            self.retire(rung);
        }
        self.pool.clear();
        self.now = 0;
    }

    /// Adds an entry that lies beyond the near run.
    #[inline]
    fn push_waiting(&mut self, entry: Entry<E>) {
        for rung in &mut self.rungs {
            if entry.time > rung.before {
                let index = rung.index(entry.time);
                rung.count += 1;
                return self.pool.push(&mut rung.buckets[index], entry);
            }
        }
        unreachable!("an event within a bucket already taken lies in the near run");
    }

    /// Makes a rung of all but the earliest instant of the near run, then adds `entry`.
    #[cold]
    fn spill(&mut self, entry: Entry<E>) {
        let first = self.near.first().map_or(entry.time, |e| e.time);
        let mut survey = Survey::default();
        let mut rest = Bucket::EMPTY;
        for later in self.near.split_after(first.min(entry.time)) {
            survey.add(later.time);
            self.pool.push(&mut rest, later);
        }
        // Finer rungs that are not much larger are dealt again with it: were they kept, ever earlier
        // insertions could pile up rungs without end.
        let mut last = self.near_last;
        while let Some(rung) = self.rungs.pop_if(|rung| rung.count <= 2 * survey.count) {
            last = rung.last;
            for &bucket in &rung.buckets {
                self.pool.drain(bucket, |pool, later| {
                    survey.add(later.time);
                    pool.push(&mut rest, later);
                });
            }
            self.retire(rung);
        }
        self.deal(rest, survey, last);
        self.near_last = survey.min - 1;
        self.insert(entry);
    }

    /// Fills the empty near run with what is due next.
    #[cold]
    fn refill(&mut self) {
        self.near.rewind();
        loop {
            while let Some(rung) = self.rungs.pop_if(|rung| rung.count == 0) {
                self.retire(rung);
            }
            let Some(rung) = self.rungs.last_mut() else {
                self.near_last = u64::MAX;
                return;
            };
            let index = rung.seek();
            let bucket = rung.buckets[index];
            if self.pool.within(bucket, SORT_BLOCKS) {
                return self.load_buckets(index);
            }
            if rung.is_instant(index) {
                return self.load_crowd(index);
            }
            let survey = self.pool.survey(bucket);
            let last = rung.last_of(index);
            rung.buckets[index] = Bucket::EMPTY;
            rung.take_to(index);
            rung.count -= survey.count;
            if rung.next == rung.buckets.len() {
                // Its last bucket is dealt out in its stead, so that rungs never pile up.
                let rung = self.rungs.pop().expect("the rung just looked at");
                self.retire(rung);
            }
            self.deal(bucket, survey, last);
        }
    }

    /// Moves a small bucket of the finest rung to the near run, and those after it as long as they
    /// are small and all of them few.
    fn load_buckets(&mut self, first: usize) {
        let rung = self.rungs.last_mut().expect("the caller found a bucket");
        let mut index = first;
        loop {
            let sorted = self.near.len();
            self.pool
                .load(&mut rung.buckets[index], SORT_BLOCKS, &mut self.near);
            self.near.sort_after(sorted);
            rung.count -= self.near.len() - sorted;
            rung.take_to(index);
            if rung.count == 0 || self.near.len() >= BATCH {
                break;
            }
            let next = rung.seek();
            if !self.pool.within(rung.buckets[next], SORT_BLOCKS) {
                break;
            }
            index = next;
        }
        self.near_last = rung.before;
    }

    /// Moves the front of a crowd of one instant to the near run; it goes on growing at its end.
    fn load_crowd(&mut self, index: usize) {
        let rung = self.rungs.last_mut().expect("the caller found a bucket");
        let time = rung.start + index as u64;
        // Nothing can be pushed before instant 0, so a crowd there need not be kept apart from it.
        let blocks = if time == 0 { u32::MAX } else { SORT_BLOCKS };
        self.pool
            .load(&mut rung.buckets[index], blocks, &mut self.near);
        rung.count -= self.near.len();
        if time == 0 {
            rung.take_to(index);
        } else {
            rung.next = index;
            rung.before = time - 1;
        }
        self.near_last = rung.before;
    }

    /// Makes the finest rung out of a bucket; it reaches up to `last`.
    fn deal(&mut self, bucket: Bucket, survey: Survey, last: u64) {
        let aim = (survey.count / FILL)
            .next_power_of_two()
            .clamp(MIN_BUCKETS, MAX_BUCKETS);
        let span_bits = u64::BITS - (survey.max - survey.min).leading_zeros();
        let shift = span_bits.saturating_sub(aim.trailing_zeros());
        let used = ((survey.max - survey.min) >> shift) as usize + 1;
        let mut buckets = self.spare.pop().unwrap_or_default();
        buckets.resize(used + 1, Bucket::EMPTY);
        let mut rung = Rung {
            start: survey.min,
            last,
            count: survey.count,
            shift,
            next: 0,
            // Of an event at instant 0 nobody asks: it is in the near run.
            before: survey.min.saturating_sub(1),
            buckets,
        };
        self.pool.drain(bucket, |pool, entry| {
            let index = ((entry.time - rung.start) >> shift) as usize;
            pool.push(&mut rung.buckets[index], entry);
        });
        self.rungs.push(rung);
    }

    /// Keeps a rung's memory for the next one.
    fn retire(&mut self, rung: Rung) {
        let mut buckets = rung.buckets;
        buckets.clear();
        self.spare.push(buckets);
    }
}

impl<E: Copy> Default for EventQueue<E> {
    fn default() -> EventQueue<E> {
        EventQueue::new()
    }
}

impl Rung {
    /// The bucket of an instant within the rung.
    #[inline]
    fn index(&self, time: u64) -> usize {
        let index = (time - self.start) >> self.shift;
        index.min(self.buckets.len() as u64 - 1) as usize
    }

    /// Takes all buckets up to this one.
    #[inline]
    fn take_to(&mut self, index: usize) {
        self.before = self.last_of(index);
        self.next = index + 1;
    }

    /// The next bucket that has entries; there must be one.
    #[inline]
    fn seek(&self) -> usize {
        let ahead = self.buckets[self.next..]
            .iter()
            .position(|bucket| !bucket.is_empty());
        self.next + ahead.expect("a rung with entries has them in the buckets not yet taken")
    }

    /// Whether all entries of a bucket are of one instant, whatever is pushed.
    fn is_instant(&self, index: usize) -> bool {
        self.shift == 0 && index + 1 < self.buckets.len()
    }

    /// The last instant that belongs to a bucket.
    #[inline]
    fn last_of(&self, index: usize) -> u64 {
        if index + 1 == self.buckets.len() {
            return self.last;
        }
        // A rung may span all 64 bits: then the product wraps to 0, and its end is the last instant.
        let end = (index as u64 + 1) << self.shift;
        self.start
            .saturating_add(end.wrapping_sub(1))
            .min(self.last)
    }
}
