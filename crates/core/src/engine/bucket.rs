//! Buckets: unsorted sequences of entries, in the order of arrival.
//!
//! A bucket is a chain of blocks out of one pool. Blocks keep writing and reading sequential, and
//! a block that has been read is the next to be written, while it is still in the cache; a vector
//! a bucket would keep the peak memory of every bucket instead.

use super::Entry;
use super::run::Run;

/// Entries in a block.
const BLOCK: u32 = 8;
/// Blocks in a chunk.
const CHUNK: u32 = 32;
/// The end of a chain of blocks.
const NONE: u32 = u32::MAX;

/// A sequence of entries in a [`Pool`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    /// The first block, if any.
    first: u32,
    /// The slot to write next; a multiple of [`BLOCK`] when there is no block with room.
    end: u32,
}

impl Bucket {
    /// Without entries or blocks.
    pub(super) const EMPTY: Bucket = Bucket {
        first: NONE,
        end: 0,
    };

    pub(super) fn is_empty(self) -> bool {
        self.first == NONE
    }
}

type Block<E> = [Entry<E>; BLOCK as usize];

/// The blocks of all buckets of a queue.
#[derive(Clone, Debug)]
pub(super) struct Pool<E> {
    /// In chunks of 4 kB where an event has 8 bytes, which are never moved: at a million events a
    /// vector that grows would for a moment weigh as much as all else.
    chunks: Vec<Box<[Block<E>; CHUNK as usize]>>,
    /// For each block the next of its chain, or of the chain of free blocks.
    next: Vec<u32>,
    free: u32,
}

impl<E: Copy> Pool<E> {
    pub(super) fn new() -> Pool<E> {
        Pool {
            chunks: Vec::new(),
            next: Vec::new(),
            free: NONE,
        }
    }

    /// Appends an entry to a bucket.
    #[inline]
    pub(super) fn push(&mut self, bucket: &mut Bucket, entry: Entry<E>) {
        if bucket.end.is_multiple_of(BLOCK) {
            return self.push_anew(bucket, entry);
        }
        self.put(bucket, entry);
    }

    /// The same where the bucket's last block has no room.
    fn push_anew(&mut self, bucket: &mut Bucket, entry: Entry<E>) {
        self.extend(bucket, entry);
        self.put(bucket, entry);
    }

    #[inline]
    fn put(&mut self, bucket: &mut Bucket, entry: Entry<E>) {
        let (block, place) = (bucket.end / BLOCK, bucket.end % BLOCK);
        self.block_mut(block)[place as usize] = entry;
        bucket.end += 1;
    }

    /// Gives a bucket one more block.
    #[inline]
    fn extend(&mut self, bucket: &mut Bucket, filler: Entry<E>) {
        let block = if self.free != NONE {
            let block = self.free;
            self.free = self.next[block as usize];
            block
        } else {
            self.grow(filler)
        };
        self.next[block as usize] = NONE;
        if bucket.is_empty() {
            bucket.first = block;
        } else {
            self.next[((bucket.end - 1) / BLOCK) as usize] = block;
        }
        bucket.end = block * BLOCK;
    }

    #[cold]
    fn grow(&mut self, filler: Entry<E>) -> u32 {
        let block = self.next.len();
        assert!(
            block < (NONE / BLOCK) as usize,
            "the event queue holds more than 4e9 events"
        );
        if block == self.chunks.len() * CHUNK as usize {
            self.chunks
                .push(Box::new([[filler; BLOCK as usize]; CHUNK as usize]));
        }
        self.next.push(NONE);
        block as u32
    }

    #[inline]
    fn block(&self, block: u32) -> &Block<E> {
        &self.chunks[(block / CHUNK) as usize][(block % CHUNK) as usize]
    }

    #[inline]
    fn block_mut(&mut self, block: u32) -> &mut Block<E> {
        &mut self.chunks[(block / CHUNK) as usize][(block % CHUNK) as usize]
    }

    /// The entries of a bucket's block that is followed by `next`.
    #[inline]
    fn entries(&self, bucket: Bucket, block: u32, next: u32) -> &[Entry<E>] {
        let used = match next {
            NONE => (bucket.end - block * BLOCK).min(BLOCK),
            _ => BLOCK,
        };
        &self.block(block)[..used as usize]
    }

    /// Reads a bucket's entries in order, giving its blocks back; `read` may push into others.
    #[inline]
    pub(super) fn drain(&mut self, bucket: Bucket, mut read: impl FnMut(&mut Pool<E>, Entry<E>)) {
        let mut block = bucket.first;
        while block != NONE {
            let next = self.next[block as usize];
            // A copy, as what is pushed goes into other blocks of the same chunk.
            let entries = *self.block(block);
            let used = self.entries(bucket, block, next).len();
            for &entry in &entries[..used] {
                read(self, entry);
            }
            self.next[block as usize] = self.free;
            self.free = block;
            block = next;
        }
    }

    /// Moves the first so many blocks of a bucket to a run; the bucket keeps the rest.
    pub(super) fn load(&mut self, bucket: &mut Bucket, blocks: u32, run: &mut Run<E>) {
        for _ in 0..blocks {
            let block = bucket.first;
            if block == NONE {
                break;
            }
            let next = self.next[block as usize];
            run.load(self.entries(*bucket, block, next));
            self.next[block as usize] = self.free;
            self.free = block;
            bucket.first = next;
        }
        if bucket.is_empty() {
            *bucket = Bucket::EMPTY;
        }
    }

    /// How many entries a bucket has, with their earliest and latest time.
    pub(super) fn survey(&self, bucket: Bucket) -> Survey {
        let mut survey = Survey::default();
        let mut block = bucket.first;
        while block != NONE {
            let next = self.next[block as usize];
            for entry in self.entries(bucket, block, next) {
                survey.add(entry.time);
            }
            block = next;
        }
        survey
    }

    /// Whether a bucket has at most so many blocks.
    #[inline]
    pub(super) fn within(&self, bucket: Bucket, blocks: u32) -> bool {
        let mut block = bucket.first;
        for _ in 0..blocks {
            if block == NONE {
                return true;
            }
            block = self.next[block as usize];
        }
        block == NONE
    }

    /// Frees every block; buckets made before must not be used again.
    pub(super) fn clear(&mut self) {
        self.next.clear();
        self.free = NONE;
    }
}

/// How many entries there are, and the span of their times.
#[derive(Clone, Copy, Debug)]
pub(super) struct Survey {
    pub(super) count: usize,
    pub(super) min: u64,
    pub(super) max: u64,
}

impl Default for Survey {
    fn default() -> Survey {
        Survey {
            count: 0,
            min: u64::MAX,
            max: 0,
        }
    }
}

impl Survey {
    #[inline]
    pub(super) fn add(&mut self, time: u64) {
        self.count += 1;
        self.min = self.min.min(time);
        self.max = self.max.max(time);
    }
}
