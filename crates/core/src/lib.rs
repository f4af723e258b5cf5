//! Trilane's core: scenarios of concurrent work, and a deterministic simulator of how CPython runs
//! them under threads, processes, interpreters and asyncio.
#![warn(missing_docs)]

pub mod advice;
pub mod code;
pub mod compare;
pub mod engine;
pub mod examples;
pub mod model;
pub mod plan;
pub mod profile;
pub mod report;
pub mod rng;
pub mod scenario;
mod text;
pub mod trace;
pub mod units;
pub mod workload;
