//! The spans of a trace, as they are kept.

use super::{Lane, SpanRecord};

/// Spans in chunks of fixed size, so that recording never moves what it has.
#[derive(Clone, Debug, Default)]
pub struct Spans {
    /// Full ones.
    chunks: Vec<Vec<Packed>>,
    /// The one that is being filled.
    last: Vec<Packed>,
    /// Empty ones, of a former trace.
    spare: Vec<Vec<Packed>>,
}

impl Spans {
    const CHUNK: usize = 1 << 14;

    /// Appends one.
    #[inline]
    pub fn push(&mut self, span: SpanRecord) {
        let span = Packed::new(span);
        if self.last.len() == self.last.capacity() {
            return self.push_anew(span);
        }
        self.last.push(span);
    }

    /// The same in a new chunk.
    #[cold]
    fn push_anew(&mut self, span: Packed) {
        let empty = || Vec::with_capacity(Spans::CHUNK);
        let chunk = self.spare.pop().unwrap_or_else(empty);
        let full = std::mem::replace(&mut self.last, chunk);
        if !full.is_empty() {
            self.chunks.push(full);
        }
        self.last.push(span);
    }

    /// Removes all, and keeps the memory for those to come.
    pub fn clear(&mut self) {
        self.spare.append(&mut self.chunks);
        for chunk in &mut self.spare {
            chunk.clear();
        }
        self.last.clear();
    }

    /// How many.
    pub fn len(&self) -> u64 {
        let full: usize = self.chunks.iter().map(Vec::len).sum();
        (full + self.last.len()) as u64
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.last.is_empty()
    }

    /// All of them, in the order of recording.
    pub fn iter(&self) -> impl Iterator<Item = SpanRecord> + '_ {
        let all = self.chunks.iter().flatten().chain(&self.last);
        all.map(|span| span.unpack())
    }
}

/// A [`SpanRecord`] as it is kept: in two numbers, which go through a recorder in registers. Three are
/// put together in memory and then waited for.
#[derive(Clone, Copy, Debug)]
struct Packed {
    end: u64,
    /// What else there is to it: the lane in the low half.
    rest: u64,
}

impl Packed {
    #[inline]
    fn new(span: SpanRecord) -> Packed {
        Packed {
            end: span.end,
            rest: u64::from(span.packed) << 32 | u64::from(span.lane.0),
        }
    }

    #[inline]
    fn unpack(self) -> SpanRecord {
        SpanRecord {
            end: self.end,
            lane: Lane(self.rest as u32),
            packed: (self.rest >> 32) as u32,
        }
    }
}
