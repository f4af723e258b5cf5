//! The Rust runner: drawn work on Rust's own threads, so that a Python plan can be laid beside its twin.
//!
//! One runner, two hosts. What a task's steps do, how pools hand them out and how an emulated interpreter
//! lock goes from thread to thread is the same everywhere, and stands in this folder. What a host has of its
//! own (clocks, how a thread is started, what to do in trouble) stands in `unix`, together with what only
//! an operating system has: processes, pipes, sockets, and tokio's loop.
//!
//! Rust has no interpreter lock. With `gil`, every thread takes one anyhow ([`gil`]), by CPython's rules:
//! then what is left of the difference to Python is not the lock.

#![cfg(unix)]

mod agenda;
mod blocking;
mod gil;
mod job;
mod pool;
mod records;
mod run;
mod shared;
mod threads;
mod unix;
mod work;

use unix as host;

pub use unix::{Part, part};
