//! The Rust runner: drawn work for real, so that a Python plan can be laid beside its twin.
//!
//! One runner, two hosts. What a task's steps do, how pools hand them out and how an emulated interpreter
//! lock goes from thread to thread is the same everywhere, and stands in this folder. What a host has of its
//! own (clocks, timers, how a thread or a worker is started, what to do in trouble) stands in `unix`, with
//! processes, pipes, sockets and tokio's loop, and in [`web`], with workers, messages and the browser's loop.
//!
//! Rust has no interpreter lock. With `gil`, every thread takes one anyhow ([`gil`]), by CPython's rules:
//! then what is left of the difference to Python is not the lock.

#![cfg_attr(
    target_arch = "wasm32",
    allow(dead_code, reason = "a browser's waits are promises, but for threads'")
)]

#[cfg(any(unix, target_arch = "wasm32"))]
mod agenda;
#[cfg(any(unix, target_arch = "wasm32"))]
mod blocking;
#[cfg(any(unix, target_arch = "wasm32"))]
mod coroutine;
pub mod document;
#[cfg(any(unix, target_arch = "wasm32"))]
mod gil;
#[cfg(any(unix, target_arch = "wasm32"))]
mod job;
#[cfg(any(unix, target_arch = "wasm32"))]
mod pool;
#[cfg(any(unix, target_arch = "wasm32"))]
mod records;
pub mod rows;
#[cfg(any(unix, target_arch = "wasm32"))]
mod run;
#[cfg(any(unix, target_arch = "wasm32"))]
mod shared;
#[cfg(any(unix, target_arch = "wasm32"))]
mod tasks;
#[cfg(any(unix, target_arch = "wasm32"))]
mod threads;
#[cfg(unix)]
mod unix;
#[cfg(target_arch = "wasm32")]
pub mod web;
#[cfg(any(unix, target_arch = "wasm32"))]
mod wire;
#[cfg(any(unix, target_arch = "wasm32"))]
mod work;

#[cfg(unix)]
use unix as host;
#[cfg(target_arch = "wasm32")]
use web as host;

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
