//! A line of threads, first in first out.
//!
//! A `VecDeque` in all but this: putting somebody at its end is a few instructions in place, where the
//! standard library's is a call that looks first how far it has grown.

/// Who waits, the first of them first.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// As many as a power of two, or none.
    slots: Vec<u32>,
    first: usize,
    len: usize,
}

impl Line {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The slot of whoever has so many before them.
    #[inline]
    fn slot(&self, place: usize) -> usize {
        (self.first + place) & (self.slots.len().wrapping_sub(1))
    }

    #[inline]
    pub(super) fn push_back(&mut self, thread: u32) {
        if self.len == self.slots.len() {
            self.grow();
        }
        let slot = self.slot(self.len);
        self.slots[slot] = thread;
        self.len += 1;
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let more = (2 * self.len).max(4);
        let mut slots = Vec::with_capacity(more);
        slots.extend(self.iter());
        slots.resize(more, 0);
        self.slots = slots;
        self.first = 0;
    }

    #[inline]
    pub(super) fn pop_front(&mut self) -> Option<u32> {
        if self.len == 0 {
            return None;
        }
        let thread = self.slots[self.first];
        self.first = self.slot(1);
        self.len -= 1;
        Some(thread)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.len).map(|place| self.slots[self.slot(place)])
    }

    /// Takes out whoever has so many before them.
    pub(super) fn remove(&mut self, place: usize) -> Option<u32> {
        if place >= self.len {
            return None;
        }
        let thread = self.slots[self.slot(place)];
        for behind in place + 1..self.len {
            let (from, to) = (self.slot(behind), self.slot(behind - 1));
            self.slots[to] = self.slots[from];
        }
        self.len -= 1;
        Some(thread)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    #[test]
    fn a_line_is_a_queue_that_one_may_leave() {
        let (mut line, mut queue) = (Line::default(), VecDeque::new());
        for i in 0..2000u32 {
            match i.wrapping_mul(2_654_435_761) >> 29 {
                0 => assert_eq!(line.pop_front(), queue.pop_front()),
                1 => assert_eq!(line.remove(i as usize % 7), queue.remove(i as usize % 7)),
                _ => {
                    line.push_back(i);
                    queue.push_back(i);
                }
            }
            assert_eq!(line.iter().collect::<Vec<_>>(), Vec::from(queue.clone()));
            assert_eq!(
                (line.len(), line.is_empty()),
                (queue.len(), queue.is_empty())
            );
        }
        while let Some(first) = queue.pop_front() {
            assert_eq!(line.pop_front(), Some(first));
        }
        assert_eq!((line.pop_front(), line.remove(0)), (None, None));
    }
}
