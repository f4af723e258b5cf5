//! Lanes in columns: the ends, kinds and owners of all spans of all lanes, lane after lane (CSR).

use trilane_core::trace::SpanKind;

use super::{BLOCK, HOLE, Times, WIDE_PX, column_edge, cut, edge_ns};
use crate::scale::TimeScale;

/// A span of a strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it begins, ns.
    pub start_ns: u64,
    /// When it ends, ns.
    pub end_ns: u64,
    /// What it shows.
    pub kind: SpanKind,
    /// Whose it is: a task's or a thread's id, as the strip's maker has it.
    pub who: Option<u32>,
}

/// Lanes of spans, made for drawing.
///
/// A span begins where the one before it ended; holes are entries of their own, and each strip
/// begins with one, from 0 to its first span.
#[derive(Clone, Debug)]
pub struct Strips {
    /// Where each strip's entries begin, and the end of the last.
    first: Vec<u32>,
    ends: Vec<u64>,
    kinds: Vec<u8>,
    who: Vec<u32>,
    /// Where each strip's blocks begin.
    first_block: Vec<u32>,
    /// Time in each kind on the strip before each block.
    blocks: Vec<Times>,
}

/// A part of a strip's picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Piece<'a> {
    /// One span, cut to what is shown.
    Wide {
        /// The span.
        entry: Entry,
        /// Where it begins, px.
        left_px: f64,
        /// Where it ends, px.
        right_px: f64,
    },
    /// Many spans within about a pixel.
    Crowd {
        /// Where the column begins, px.
        left_px: f64,
        /// Where it ends, px.
        right_px: f64,
        /// Time in each kind within the column.
        times: &'a Times,
        /// What the column stands for, ns.
        whole_ns: u64,
    },
}

const NOBODY: u32 = u32::MAX;

impl Default for Strips {
    fn default() -> Strips {
        Strips {
            first: vec![0],
            ends: Vec::new(),
            kinds: Vec::new(),
            who: Vec::new(),
            first_block: vec![0],
            blocks: Vec::new(),
        }
    }
}

impl Strips {
    /// Adds a strip and gives its number. Entries are in order; where two overlap, the earlier one
    /// counts; what has no length is left out.
    pub fn push(&mut self, entries: impl IntoIterator<Item = Entry>) -> u32 {
        let begin = self.ends.len();
        let mut sums: Times = [0; 16];
        let mut at = 0;
        self.append(begin, &mut at, 0, HOLE, NOBODY, &mut sums);
        for entry in entries {
            if entry.start_ns > at {
                self.append(begin, &mut at, entry.start_ns, HOLE, NOBODY, &mut sums);
            }
            if entry.end_ns > at {
                let who = entry.who.unwrap_or(NOBODY);
                self.append(
                    begin,
                    &mut at,
                    entry.end_ns,
                    entry.kind as u8,
                    who,
                    &mut sums,
                );
            }
        }
        self.first.push(self.ends.len() as u32);
        self.first_block.push(self.blocks.len() as u32);
        self.first.len() as u32 - 2
    }

    fn append(
        &mut self,
        begin: usize,
        at: &mut u64,
        end: u64,
        kind: u8,
        who: u32,
        sums: &mut Times,
    ) {
        if (self.ends.len() - begin).is_multiple_of(BLOCK) {
            self.blocks.push(*sums);
        }
        sums[kind as usize] += end - *at;
        sums[HOLE as usize] = 0;
        self.ends.push(end);
        self.kinds.push(kind);
        self.who.push(who);
        *at = end;
    }

    /// How many strips there are.
    pub fn len(&self) -> u32 {
        self.first.len() as u32 - 1
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The spans of a strip.
    pub fn entries(&self, strip: u32) -> impl Iterator<Item = Entry> + '_ {
        self.range(strip).filter_map(|index| self.entry(index))
    }

    /// The spans of a strip that begin at `ns` or later, in order.
    pub fn entries_from(&self, strip: u32, ns: u64) -> impl Iterator<Item = Entry> + '_ {
        let range = self.range(strip);
        let before = self.ends[range.clone()].partition_point(|&end| end < ns);
        let first = range.start + before + 1;
        (first..range.end).filter_map(|index| self.entry(index))
    }

    /// The spans of a strip that end by `ns`, the last first.
    pub fn entries_to(&self, strip: u32, ns: u64) -> impl Iterator<Item = Entry> + '_ {
        let range = self.range(strip);
        let by = self.ends[range.clone()].partition_point(|&end| end <= ns);
        let indices = range.start..range.start + by;
        indices.rev().filter_map(|index| self.entry(index))
    }

    fn range(&self, strip: u32) -> std::ops::Range<usize> {
        self.first[strip as usize] as usize..self.first[strip as usize + 1] as usize
    }

    fn entry(&self, index: usize) -> Option<Entry> {
        let kind = self.kinds[index];
        (kind != HOLE).then(|| Entry {
            start_ns: self.ends[index - 1],
            end_ns: self.ends[index],
            kind: SpanKind::ALL[kind as usize],
            who: Some(self.who[index]).filter(|&who| who != NOBODY),
        })
    }

    /// The span of a strip at a time.
    pub fn at(&self, strip: u32, ns: u64) -> Option<Entry> {
        let range = self.range(strip);
        let index = range.start + self.ends[range.clone()].partition_point(|&end| end <= ns);
        if index < range.end {
            self.entry(index)
        } else {
            None
        }
    }

    /// Time in each kind on a strip between two instants: the sum that every picture rests on.
    pub fn times(&self, strip: u32, from_ns: u64, to_ns: u64) -> Times {
        let mut times = [0; 16];
        if to_ns > from_ns {
            let range = self.range(strip);
            let begin = range.start;
            let mut index = begin + self.ends[range.clone()].partition_point(|&end| end <= from_ns);
            self.sum(strip, &mut index, range.end, from_ns, to_ns, &mut times);
        }
        times
    }

    /// Adds the time in each kind from `from` (within entry `index`) to `to`, and leaves `index` at
    /// the entry that holds `to`.
    #[inline]
    fn sum(
        &self,
        strip: u32,
        index: &mut usize,
        past: usize,
        mut from: u64,
        to: u64,
        times: &mut Times,
    ) {
        let begin = self.first[strip as usize] as usize;
        let ends = &self.ends[..past];
        let kinds = &self.kinds[..past];
        let mut at = *index;
        // To the next block entry by entry, then as many blocks as fit, then entry by entry again.
        let mut stop = (begin + (at - begin) / BLOCK * BLOCK + BLOCK).min(past);
        loop {
            while at < stop {
                let end = ends[at];
                if end > to {
                    times[kinds[at] as usize] += to - from;
                    times[HOLE as usize] = 0;
                    *index = at;
                    return;
                }
                times[kinds[at] as usize] += end - from;
                from = end;
                at += 1;
            }
            if at >= past {
                times[HOLE as usize] = 0;
                *index = past;
                return;
            }
            // `at` begins a block. Gallop to the last block that begins not after `to`.
            let block = (at - begin) / BLOCK;
            let blocks = (past - begin).div_ceil(BLOCK);
            let begins_by = |b: usize| ends[begin + b * BLOCK - 1] <= to;
            let mut step = 1;
            while block + step < blocks && begins_by(block + step) {
                step *= 2;
            }
            let (mut low, mut high) = (block + step / 2, (block + step).min(blocks));
            while high - low > 1 {
                let middle = low + (high - low) / 2;
                if begins_by(middle) {
                    low = middle
                } else {
                    high = middle
                }
            }
            if low > block {
                let base = self.first_block[strip as usize] as usize;
                let (then, now) = (&self.blocks[base + low], &self.blocks[base + block]);
                for (sum, (then, now)) in times.iter_mut().zip(then.iter().zip(now)) {
                    *sum += then - now;
                }
                at = begin + low * BLOCK;
                from = ends[at - 1];
            }
            stop = (at + BLOCK).min(past);
        }
    }

    /// Tells what a strip shows from the left edge of the scale to its right edge, in order and
    /// without overlap. Holes are not told.
    ///
    /// O(min(pixels, spans) × (log spans + 32)).
    pub fn walk(&self, strip: u32, scale: &TimeScale, mut tell: impl FnMut(Piece<'_>)) {
        let range = self.range(strip);
        let past = range.end;
        let mut at = scale.start_ns().floor().max(0.0) as u64;
        let view_end = scale.end_ns().ceil().max(0.0) as u64;
        let mut index = range.start + self.ends[range].partition_point(|&end| end <= at);
        let mut left_px = scale.px(at as f64);
        while index < past && at < view_end {
            let end = self.ends[index].min(view_end);
            let right_px = scale.px(end as f64);
            if right_px - left_px >= WIDE_PX || end == view_end {
                if let Some(entry) = self.entry(index) {
                    let (left_px, right_px) = cut(scale, left_px, right_px);
                    tell(Piece::Wide {
                        entry,
                        left_px,
                        right_px,
                    });
                }
                at = end;
                left_px = right_px;
                index += 1;
                continue;
            }
            let to = edge_ns(scale, column_edge(scale, left_px), at).min(view_end);
            let mut times: Times = [0; 16];
            self.sum(strip, &mut index, past, at, to, &mut times);
            let right_px = scale.px(to as f64);
            let shown = cut(scale, left_px, right_px);
            tell(Piece::Crowd {
                left_px: shown.0,
                right_px: shown.1,
                times: &times,
                whole_ns: to - at,
            });
            at = to;
            left_px = right_px;
        }
    }
}
