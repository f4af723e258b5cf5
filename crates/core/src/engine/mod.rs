//! The virtual clock's event queue: pending events by time, the earliest first.
//!
//! Everything that happens in a simulation passes through here once, so this queue sets the speed
//! limit. A heap pays a cache-missing sift for every pop; [`EventQueue`] instead sorts coarsely
//! while events are far away and finely only just before they are due (a ladder queue), which
//! takes a constant number of sequential copies an event, however many are pending.
//!
//! Life of an event: it is pushed *far* (an unsorted heap of everything late), is dealt into the
//! buckets of a *rung* when its time comes nearer, perhaps into finer rungs if its bucket is
//! crowded, and at last lies in the *near* run, which is sorted and from which events are popped.
//! At any moment these parts split the time axis between them without gap or overlap, so all
//! events of one instant are in one part, in the order in which they were pushed. That is why
//! equal times come out first in, first out without a sequence number in the entry.
//!
//! The module knows nothing of what an event means.

mod bucket;
mod ladder;
mod run;
#[cfg(test)]
mod tests;

pub mod heap;

pub use ladder::{EventQueue, Upcoming};

/// An event and its time in nanoseconds, as stored: 16 bytes where the event has 8.
#[derive(Clone, Copy, Debug)]
struct Entry<E> {
    time: u64,
    event: E,
}
