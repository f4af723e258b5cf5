//! The near run: the entries that are due next, sorted, the earliest first.
//!
//! It takes insertions anywhere, because an event may be pushed that is earlier than one already
//! looked at. It is an array with a gap at both ends, so that the common insertions (later than
//! everything, earlier than everything) move nothing, and the others move the shorter side.

use super::Entry;

/// Free slots kept before the first entry.
const GAP: usize = 32;
/// The most entries that an insertion moves.
const MOVES: usize = 32;
/// The most entries that are sorted by counting, for each, those before it.
const FEW: usize = 8;
/// The most entries that are sorted by insertion, which needs no preparation.
const INSERTION: usize = 24;

/// A sorted sequence of entries.
#[derive(Clone, Debug)]
pub(super) struct Run<E> {
    /// Anything up to `head`, then the entries by time, and by age within a time.
    slots: Vec<Entry<E>>,
    head: usize,
}

impl<E: Copy> Run<E> {
    pub(super) fn new() -> Run<E> {
        Run {
            slots: Vec::new(),
            head: 0,
        }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.head
    }

    #[inline]
    pub(super) fn first(&self) -> Option<&Entry<E>> {
        self.slots.get(self.head)
    }

    /// The entries, the earliest first.
    #[inline]
    pub(super) fn entries(&self) -> &[Entry<E>] {
        &self.slots[self.head..]
    }

    /// Takes the earliest entry.
    #[inline]
    pub(super) fn take(&mut self) -> Option<Entry<E>> {
        let entry = *self.slots.get(self.head)?;
        self.head += 1;
        Some(entry)
    }

    /// Inserts behind all entries of the same time or earlier; false, and nothing done, if that
    /// would move too many.
    #[inline]
    pub(super) fn insert(&mut self, entry: Entry<E>) -> bool {
        match self.slots.last() {
            Some(last) if last.time > entry.time && self.head < self.slots.len() => {
                self.insert_within(entry)
            }
            _ => {
                self.append(entry);
                true
            }
        }
    }

    /// Appends an entry that is not earlier than the last one.
    #[inline]
    fn append(&mut self, entry: Entry<E>) {
        if self.slots.len() == self.slots.capacity() {
            self.make_room(entry);
        }
        self.slots.push(entry);
    }

    fn insert_within(&mut self, entry: Entry<E>) -> bool {
        let live = &self.slots[self.head..];
        let middle = live.len() / 2;
        if self.head > 0 && entry.time < live[middle.min(MOVES)].time {
            self.head -= 1;
            rise(&mut self.slots[self.head..], entry);
            return true;
        }
        if live.len() > MOVES && live[live.len() - MOVES].time > entry.time {
            return false;
        }
        self.append(entry);
        sink(&mut self.slots[self.head..], entry);
        true
    }

    /// Moves the entries to the front if what was taken there makes up for it, else grows.
    #[cold]
    fn make_room(&mut self, filler: Entry<E>) {
        if self.head > GAP && self.head - GAP >= self.slots.len() / 2 {
            self.slots.drain(GAP..self.head);
            self.head = GAP;
        } else if self.slots.capacity() == 0 {
            self.slots.reserve(4 * GAP);
            self.slots.resize(GAP, filler);
            self.head = GAP;
        } else {
            self.slots.reserve(self.slots.len());
        }
    }

    /// Appends entries that are not earlier than any there is, to be sorted by [`Run::sort_after`].
    #[inline]
    pub(super) fn load(&mut self, entries: &[Entry<E>]) {
        if self.slots.capacity() == 0
            && let Some(&filler) = entries.first()
        {
            self.make_room(filler);
        }
        self.slots.extend_from_slice(entries);
    }

    /// Sorts what was loaded behind the first `sorted` entries, which are not later than it; entries
    /// of one time stay in the order of loading.
    #[inline]
    pub(super) fn sort_after(&mut self, sorted: usize) {
        let loaded = &mut self.slots[self.head + sorted..];
        if loaded.len() > INSERTION {
            loaded.sort_by_key(|entry| entry.time);
            return;
        }
        if loaded.len() <= FEW {
            return sort_few(loaded);
        }
        for end in 1..loaded.len() {
            let entry = loaded[end];
            sink(&mut loaded[..=end], entry);
        }
    }

    /// Forgets what has been taken. The run must be empty.
    pub(super) fn rewind(&mut self) {
        let gap = GAP.min(self.slots.len());
        self.slots.truncate(gap);
        self.head = gap;
    }

    /// Removes and gives all entries that are later than `time`, in order.
    pub(super) fn split_after(&mut self, time: u64) -> impl Iterator<Item = Entry<E>> + '_ {
        let rank = self.slots[self.head..].partition_point(|e| e.time <= time);
        self.slots.drain(self.head + rank..)
    }

    /// Removes everything.
    pub(super) fn clear(&mut self) {
        self.slots.clear();
        self.head = 0;
    }
}

/// Puts the last entry into its place behind all of the same time or earlier; the others are sorted.
#[inline]
fn sink<E: Copy>(sorted: &mut [Entry<E>], entry: Entry<E>) {
    let mut place = sorted.len() - 1;
    while place > 0 && sorted[place - 1].time > entry.time {
        sorted[place] = sorted[place - 1];
        place -= 1;
    }
    sorted[place] = entry;
}

/// Puts an entry into its place behind all of the same time or earlier; the first slot is free, the
/// others are sorted.
#[inline]
fn rise<E: Copy>(sorted: &mut [Entry<E>], entry: Entry<E>) {
    let mut place = 0;
    while place + 1 < sorted.len() && sorted[place + 1].time <= entry.time {
        sorted[place] = sorted[place + 1];
        place += 1;
    }
    sorted[place] = entry;
}

/// Sorts up to [`FEW`] entries without a jump that depends on their times, which no processor guesses.
#[inline]
fn sort_few<E: Copy>(entries: &mut [Entry<E>]) {
    let Some(&first) = entries.first() else {
        return;
    };
    let mut unsorted = [first; FEW];
    let mut ranks = [0; FEW];
    for (i, &entry) in entries.iter().enumerate().take(FEW) {
        let mut rank = i;
        for (earlier, other) in unsorted[..i].iter().zip(&mut ranks) {
            let overtakes = usize::from(entry.time < earlier.time);
            *other += overtakes;
            rank -= overtakes;
        }
        unsorted[i] = entry;
        ranks[i] = rank;
    }
    for (entry, rank) in unsorted.into_iter().zip(ranks).take(entries.len()) {
        entries[rank] = entry;
    }
}
