//! The command line from outside: the built binary, its output, its exit status.

mod advise;
mod calibrate;
mod common;
mod export;
mod fuzz;
#[cfg(unix)]
mod measure;
mod note;
#[cfg(unix)]
mod rust_protocol;
#[cfg(unix)]
mod rust_runner;
mod simulate;
#[cfg(unix)]
mod stopped;
mod trouble;
