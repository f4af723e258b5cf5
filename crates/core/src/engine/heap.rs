//! A plain binary heap with the interface of [`EventQueue`](super::EventQueue): what the ladder is
//! tested and measured against.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use crate::units::Time;

/// A binary heap of events by time, first in, first out among equal times.
#[derive(Clone, Debug)]
pub struct HeapQueue<E> {
    heap: BinaryHeap<Reverse<Numbered<E>>>,
    pushed: u64,
}

/// An event with its place in the order of pushing, by which equal times are told apart.
#[derive(Clone, Copy, Debug)]
struct Numbered<E> {
    time: Time,
    number: u64,
    event: E,
}

impl<E: Copy> HeapQueue<E> {
    /// A queue without events.
    pub fn new() -> HeapQueue<E> {
        HeapQueue {
            heap: BinaryHeap::new(),
            pushed: 0,
        }
    }

    /// How many events are pending.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether none is pending.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// Adds an event, behind all that are pending for the same time.
    #[inline]
    pub fn push(&mut self, time: Time, event: E) {
        self.heap.push(Reverse(Numbered {
            time,
            number: self.pushed,
            event,
        }));
        self.pushed += 1;
    }

    /// When the next event is due.
    #[inline]
    pub fn peek_time(&mut self) -> Option<Time> {
        self.heap.peek().map(|Reverse(entry)| entry.time)
    }

    /// Takes the next event.
    #[inline]
    pub fn pop(&mut self) -> Option<(Time, E)> {
        self.heap
            .pop()
            .map(|Reverse(entry)| (entry.time, entry.event))
    }

    /// Removes all events.
    pub fn clear(&mut self) {
        self.heap.clear();
        self.pushed = 0;
    }
}

impl<E: Copy> Default for HeapQueue<E> {
    fn default() -> HeapQueue<E> {
        HeapQueue::new()
    }
}

impl<E> Numbered<E> {
    fn key(&self) -> (Time, u64) {
        (self.time, self.number)
    }
}

impl<E> PartialEq for Numbered<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<E> Eq for Numbered<E> {}

impl<E> PartialOrd for Numbered<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Numbered<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}
