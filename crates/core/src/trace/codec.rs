//! Traces as bytes: the file that `trilane` itself reads back.
//!
//! A million spans must fit a link to a colleague, so everything that counts up is a delta, and
//! every number a varint (LEB128, as protobuf has it). A span is a byte (its kind, and how its lane
//! and its place follow from the ones before), its lane where that does not follow, its place where
//! that is new, and the time since the span before: about 6 bytes.
//!
//! Layout: `TRLN`, the version, the body, and the CRC-32 of all before it. Bytes come from strangers:
//! [`decode`] refuses what no trace holds, allocates no more than the input's length warrants, and
//! never panics.

mod read;
mod write;

use thiserror::Error;

pub use read::decode;
pub use write::encode;

const MAGIC: &[u8; 4] = b"TRLN";
const VERSION: u8 = 1;

/// Whether bytes say that they are a trace; whether they are one, [`decode`] tells.
pub fn is_trace(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Why bytes are no trace.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CodecError {
    /// They do not begin as a trace does.
    #[error(
        "not a trace: it does not begin with `TRLN`; write one with `trilane export -o x.trilane`"
    )]
    NotATrace,
    /// They are of a version that this program does not know.
    #[error(
        "trace format {found}, this program reads {VERSION}: update it, or write the trace again"
    )]
    Version {
        /// The version they name.
        found: u8,
    },
    /// Their check sum is wrong.
    #[error(
        "the trace is damaged: its check sum is {found:08x}, not {expected:08x}; copy it again"
    )]
    Damaged {
        /// The sum of what is there.
        found: u32,
        /// The sum that was written.
        expected: u32,
    },
    /// They end too early.
    #[error("the trace ends within {part}: it is cut off; copy it again")]
    Short {
        /// What was being read.
        part: &'static str,
    },
    /// They hold a number that no trace has.
    #[error("{part} is {value} in the trace, and must be {rule}; write the trace again")]
    Bad {
        /// What was being read.
        part: &'static str,
        /// What was read.
        value: u64,
        /// What it must be.
        rule: &'static str,
    },
}

// How a span's first byte says what follows: its kind in the low four bits, then these.
const PLACE_NONE: u8 = 0;
const PLACE_AS_BEFORE: u8 = 1 << 4;
const PLACE_TOLD: u8 = 2 << 4;
const PLACE_MASK: u8 = 3 << 4;
const LANE_TASK: u8 = 0;
const LANE_THREAD: u8 = 1 << 6;
const LANE_SAME: u8 = 2 << 6;
const LANE_NEXT_TASK: u8 = 3 << 6;
const LANE_MASK: u8 = 3 << 6;

// What a task's first byte says.
const TASK_TIMED_OUT: u8 = 1;
const TASK_FINISHED: u8 = 2;
const TASK_BRANCH: u8 = 4;

// What the header's flags say.
const FLAG_GIL: u8 = 1;
const FLAG_MEASURED: u8 = 2;
/// Spans were recorded in the order of their ends, so that times need no sign.
const FLAG_ORDERED: u8 = 4;

/// A signed difference as an unsigned number that is small where the difference is.
fn fold(difference: i64) -> u64 {
    ((difference << 1) ^ (difference >> 63)) as u64
}

fn unfold(folded: u64) -> i64 {
    (folded >> 1) as i64 ^ -((folded & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_fold_and_unfold() {
        for value in [0, 1, -1, 2, -2, i64::MAX, i64::MIN] {
            assert_eq!(unfold(fold(value)), value);
        }
        assert_eq!([0, -1, 1, -2].map(fold), [0, 1, 2, 3]);
    }
}
