//! The runner in a browser: promises and timers, workers with a memory each, and, where memory may be shared,
//! threads.
//!
//! What stands in for what:
//!
//! | plan | Python | here |
//! |---|---|---|
//! | `sync` | a plain loop | coroutines, one after another: a browser's waits are timers |
//! | `threads(N)`, `threads(each)` | `ThreadPoolExecutor`, `threading.Thread` | wasm-bindgen-rayon's workers, on shared memory, under a pool of the same rules ([`crate::pool`]); with `gil`, an emulated lock ([`crate::gil`]) on `Atomics` |
//! | `processes(N)` | `ProcessPoolExecutor` | workers, each with its own memory ([`workers`], [`child`], [`worker`]); payloads are posted, and copied |
//! | `asyncio` | an event loop | the browser's loop ([`event_loop`], [`crate::coroutine`]) |
//! | `+threads(N)`, `+processes(N)` | `run_in_executor` | the same workers |
//!
//! A run is conducted by a worker of its own ([`conduct`]), so that the page stays alive, and whoever ends
//! that worker ends the run with all that it has started. Trouble is thrown: the browser tells it to
//! whoever started the worker.
//!
//! What a browser cannot do: tell a thread's CPU time, or what it waited for a core ([`clock`]). A step
//! that took much longer than its calibrated work is taken to have stood still meanwhile.

mod calibrate;
mod child;
mod clock;
mod conduct;
mod event_loop;
mod far;
mod far_parent;
mod launch;
mod worker;
mod workers;

use std::io;

use wasm_bindgen::prelude::*;

#[cfg(feature = "threads")]
pub use calibrate::handoffs;
pub use calibrate::{LONG_MS, Samples, calibrate};
pub(crate) use child::Apart;
pub use clock::clock_step;
pub(crate) use clock::{COARSE, GAP, block, cpu_now, now, stolen};
pub use conduct::{Loaded, Ran, warm_up};
pub(crate) use event_loop::{Group, Running};
pub use event_loop::{sleep, timeout, unless};
pub(crate) use far::Far;
pub use launch::{Module, launch};
pub(crate) use workers::Under;

/// The whole life of a worker with a memory of its own. Called by the script that starts it.
#[wasm_bindgen]
pub fn trilane_worker() {
    worker::begin();
}

/// Throws what went wrong: whoever started this worker hears of it.
fn fail(why: &str) -> ! {
    wasm_bindgen::throw_str(why)
}

/// The same for what the system refused.
pub(crate) fn give_up(error: &io::Error, what: &str) -> ! {
    fail(&format!("{what}: {}", crate::reason(error)))
}

/// Starts a thread: one of the workers that share this memory takes it up.
pub(crate) fn start(body: impl FnOnce() + Send + 'static) {
    #[cfg(feature = "threads")]
    rayon::spawn(body);
    #[cfg(not(feature = "threads"))]
    {
        drop(body);
        fail("threads need the module with shared memory");
    }
}

/// How long a thread waited for a core: no browser says it.
#[derive(Debug, Default)]
pub(crate) struct Delays {
    _nothing: (),
}

impl Delays {
    pub(crate) fn close(self) {}

    pub(crate) fn refresh(&mut self) {}

    pub(crate) fn within(&mut self, _gap: u64) -> u64 {
        0
    }
}

/// Waits on sockets of a delay server: a browser's runs have none.
pub(crate) fn ask(_port: u16, _ns: u64, _limit: Option<u64>) -> io::Result<bool> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The same for coroutines.
pub(crate) async fn ask_later(_port: u16, _ns: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Permits between processes that block: here they lie with the parent ([`far`]).
#[derive(Debug)]
pub(crate) enum Tokens {}

/// The same for queues.
#[derive(Debug)]
pub(crate) enum Fifos {}

impl Tokens {
    pub(crate) fn take(&self, _gil: &crate::gil::Gil, _deadline: Option<u64>) -> bool {
        match *self {}
    }

    pub(crate) fn give(&self) {
        match *self {}
    }
}

impl Fifos {
    pub(crate) fn put(&self, _item: u32, _gil: &crate::gil::Gil, _deadline: Option<u64>) -> bool {
        match *self {}
    }

    pub(crate) fn get(&self, _gil: &crate::gil::Gil, _deadline: Option<u64>) -> Option<u32> {
        match *self {}
    }
}
