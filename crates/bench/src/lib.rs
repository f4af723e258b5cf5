//! Trilane and its peers on the same drawn work, for `cargo xtask bench`.
//!
//! A package of its own and no default member, so that nobody who builds Trilane builds the peers.
//! It has two binaries: `time` measures speed, and `memory` what a task costs, under an allocator
//! that counts (and would slow down what allocates much). Each call measures one engine on one
//! workload of one size in a fresh process, as a Python peer has to be measured too; the caller
//! interleaves the engines and takes the least, because a machine's clock may have a fast and a slow
//! mode, and a process stays in the one that it began in. Every engine runs on one thread, so what is measured is the CPU time of the process: on a quiet machine
//! that is the wall clock's, and on a busy one it is not what the others use.

pub mod engines;
pub mod hold;
pub mod machine;
pub mod nexosim_each;
pub mod nexosim_one;
pub mod trilane;
pub mod work;

pub use engines::{Engine, Finish};
pub use work::{Shape, Work};
