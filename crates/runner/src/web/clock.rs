//! The browser's clock, in nanoseconds, and what it cannot tell.
//!
//! `performance.now` counts from when its page or worker began; together with `timeOrigin` it is one clock
//! for all of them. Browsers make it coarse on purpose: 5 µs where the page is isolated, 100 µs where it is
//! not (W3C High Resolution Time, "clock resolution"; Firefox 20 µs and 1 ms). There is no clock of CPU time.

use std::time::Duration;

use wasm_bindgen::prelude::*;

use crate::gil;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
    #[wasm_bindgen(thread_local_v2, js_namespace = performance, js_name = timeOrigin)]
    static ORIGIN: f64;
}

/// Wall time beyond what was computed that counts as a gap, ns: some ticks of the coarsest clock.
pub(crate) const GAP: u64 = 1_000_000;
/// So many times the least work is measured at once, for the clock's ticks to vanish in it.
pub(crate) const COARSE: u64 = 10;

/// The clock that all workers share.
pub(crate) fn now() -> u64 {
    let ns = |ms: f64| (ms * 1e6) as u64;
    ORIGIN.with(|origin| ns(*origin)) + ns(performance_now())
}

/// How coarse the clock is: its smallest step, in whole microseconds, ns.
pub fn clock_step() -> u64 {
    let steps = (0..8).map(|_| {
        let before = now();
        loop {
            let after = now();
            if after != before {
                break after - before;
            }
        }
    });
    let smallest = steps.min().unwrap_or(0);
    // Milliseconds with fractions are not exact.
    (smallest + 500) / 1_000 * 1_000
}

/// The nearest there is to the thread's CPU time: the clock, but for waits for the emulated lock.
pub(crate) fn cpu_now() -> u64 {
    now().saturating_sub(gil::waited())
}

/// Of what some work took, the part during which something else had the core. Work is calibrated, so one
/// that took twice its time and a slice more than it should stood still meanwhile; less is the machine's
/// own moods.
pub(crate) fn stolen(asked: u64, took: u64) -> u64 {
    let over = took.saturating_sub(asked);
    match over > asked.max(GAP) {
        true => over,
        false => 0,
    }
}

/// Blocks the thread. Where memory is not shared a browser has no other way than to look at the clock.
pub(crate) fn block(wait: Duration) {
    #[cfg(feature = "threads")]
    std::thread::sleep(wait);
    #[cfg(not(feature = "threads"))]
    {
        let end = now() + wait.as_nanos() as u64;
        while now() < end {
            std::hint::spin_loop();
        }
    }
}
