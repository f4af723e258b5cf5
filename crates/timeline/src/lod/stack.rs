//! Many lanes in one row: how many are in each state, over time.

use trilane_core::trace::SpanKind;

use super::{BLOCK, Times, WIDE_PX, column_edge, cut, edge_ns};
use crate::lod::Entry;
use crate::scale::TimeScale;

/// The sum of several lanes. A lane that enters or leaves a state is a change; between changes the
/// counts stand still, so the time in each state is a sum of rectangles.
#[derive(Clone, Debug, Default)]
pub struct Stack {
    /// When each change happens, ascending.
    at: Vec<u64>,
    /// The kind's number; the top bit says that it was left, not entered.
    change: Vec<u8>,
    /// Before each block of changes: its time, the counts, and the time in each kind so far.
    blocks: Vec<Block>,
    lanes: u32,
}

#[derive(Clone, Copy, Debug)]
struct Block {
    at: u64,
    counts: [u32; 16],
    times: Times,
}

const LEFT: u8 = 0x80;

impl Stack {
    /// The sum of `lanes` lanes with these entries, in any order.
    pub fn new(lanes: u32, entries: impl IntoIterator<Item = Entry>) -> Stack {
        let mut changes: Vec<(u64, u8)> = Vec::new();
        for entry in entries {
            if entry.end_ns > entry.start_ns {
                changes.push((entry.start_ns, entry.kind as u8));
                changes.push((entry.end_ns, entry.kind as u8 | LEFT));
            }
        }
        changes.sort_unstable();
        let mut stack = Stack {
            lanes,
            ..Stack::default()
        };
        let mut state = Block {
            at: 0,
            counts: [0; 16],
            times: [0; 16],
        };
        for (at, change) in changes {
            if stack.at.len().is_multiple_of(BLOCK) {
                state.go_to(at);
                stack.blocks.push(state);
            }
            state.go_to(at);
            state.apply(change);
            stack.at.push(at);
            stack.change.push(change);
        }
        stack
    }

    /// How many lanes it sums.
    pub fn lanes(&self) -> u32 {
        self.lanes
    }

    /// How many lanes are in `kind` at a time.
    pub fn count(&self, kind: SpanKind, ns: u64) -> u32 {
        self.state(ns).0.counts[kind as usize]
    }

    /// Time in each kind between two instants, summed over the lanes.
    pub fn times(&self, from_ns: u64, to_ns: u64) -> Times {
        let (mut from, mut to) = (self.state(from_ns).0, self.state(to_ns.max(from_ns)).0);
        from.go_to(from_ns);
        to.go_to(to_ns.max(from_ns));
        std::array::from_fn(|kind| to.times[kind] - from.times[kind])
    }

    /// The counts and sums after all changes up to `ns`, and the index of the next change.
    fn state(&self, ns: u64) -> (Block, usize) {
        let block = self.blocks.partition_point(|block| block.at <= ns);
        let Some(block) = block.checked_sub(1) else {
            return (
                Block {
                    at: 0,
                    counts: [0; 16],
                    times: [0; 16],
                },
                0,
            );
        };
        let mut state = self.blocks[block];
        let mut next = block * BLOCK;
        while next < self.at.len() && self.at[next] <= ns {
            state.go_to(self.at[next]);
            state.apply(self.change[next]);
            next += 1;
        }
        (state, next)
    }

    /// Tells the row from the left edge of the scale to its right edge: from where to where, px;
    /// the time in each kind there, summed over the lanes; and what it would be if all lanes were
    /// in one kind, ns. Stretches in which there is nothing are not told.
    pub fn walk(&self, scale: &TimeScale, mut tell: impl FnMut(f64, f64, &Times, u64)) {
        let mut at = scale.start_ns().floor().max(0.0) as u64;
        let view_end = scale.end_ns().ceil().max(0.0) as u64;
        let (mut state, mut next) = self.state(at);
        state.go_to(at);
        let mut left_px = scale.px(at as f64);
        while at < view_end && (next < self.at.len() || state.counts != [0; 16]) {
            let change = self.at.get(next).copied().unwrap_or(view_end).min(view_end);
            let wide = scale.px(change as f64) - left_px >= WIDE_PX || change == view_end;
            let to = match wide {
                true => change,
                false => edge_ns(scale, column_edge(scale, left_px), at).min(view_end),
            };
            let before = state.times;
            if wide {
                state.go_to(to);
                // What changes at this very instant belongs to what follows.
                while next < self.at.len() && self.at[next] <= to {
                    state.apply(self.change[next]);
                    next += 1;
                }
            } else {
                // Few changes are replayed; many are jumped over by their block.
                if self.at.get(next + BLOCK).is_some_and(|&far| far <= to) {
                    (state, next) = self.state(to);
                } else {
                    while next < self.at.len() && self.at[next] <= to {
                        state.go_to(self.at[next]);
                        state.apply(self.change[next]);
                        next += 1;
                    }
                }
                state.go_to(to);
            }
            let times: Times = std::array::from_fn(|kind| state.times[kind] - before[kind]);
            let right_px = scale.px(to as f64);
            if times != [0; 16] {
                let (left_px, right_px) = cut(scale, left_px, right_px);
                tell(left_px, right_px, &times, (to - at) * u64::from(self.lanes));
            }
            at = to;
            left_px = right_px;
        }
    }
}

impl Block {
    fn go_to(&mut self, ns: u64) {
        let passed = ns - self.at;
        if passed > 0 {
            for (time, count) in self.times.iter_mut().zip(&self.counts) {
                *time += u64::from(*count) * passed;
            }
            self.at = ns;
        }
    }

    fn apply(&mut self, change: u8) {
        let count = &mut self.counts[(change & !LEFT) as usize];
        *count = if change & LEFT == 0 {
            *count + 1
        } else {
            *count - 1
        };
    }
}
