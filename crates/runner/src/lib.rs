//! The Rust runner: drawn work on Rust's own threads, so that a Python plan can be laid beside its twin.
//!
//! One runner, two hosts. What a task's steps do, how pools hand them out and how an emulated interpreter
//! lock goes from thread to thread is the same everywhere, and stands in this folder. What a host has of its
//! own (clocks, how a thread is started, what to do in trouble) stands in `unix`, together with what only
//! an operating system has: processes, pipes, sockets, and tokio's loop.
//!
//! Rust has no interpreter lock. With `gil`, every thread takes one anyhow ([`gil`]), by CPython's rules:
//! then what is left of the difference to Python is not the lock.

#[cfg(unix)]
mod agenda;
#[cfg(unix)]
mod blocking;
#[cfg(unix)]
mod gil;
#[cfg(unix)]
mod job;
#[cfg(unix)]
mod pool;
#[cfg(unix)]
mod records;
#[cfg(unix)]
mod run;
#[cfg(unix)]
mod shared;
#[cfg(unix)]
mod threads;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
mod work;

#[cfg(unix)]
use unix as host;

#[cfg(unix)]
pub use unix::{Part, part};

/// The system's words without its number: `No such file or directory`.
pub fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
