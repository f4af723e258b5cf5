//! Clocks, in nanoseconds.
//!
//! Not `Instant`: rows of several processes are laid side by side, so their clock must be one that
//! they share, and its readings numbers that can be sent.

use nix::time::ClockId;

/// The machine's own clock, the same for all processes; it never goes back.
pub(crate) fn now() -> u64 {
    read(ClockId::CLOCK_MONOTONIC)
}

/// CPU time of the thread that asks.
pub(crate) fn cpu_now() -> u64 {
    read(ClockId::CLOCK_THREAD_CPUTIME_ID)
}

/// CPU time of this process.
pub(crate) fn process_cpu() -> u64 {
    read(ClockId::CLOCK_PROCESS_CPUTIME_ID)
}

fn read(clock: ClockId) -> u64 {
    // These three are there on every Unix; a reading of 0 would show as a run of no length.
    let Ok(time) = clock.now() else { return 0 };
    let seconds = u64::try_from(time.tv_sec()).unwrap_or(0);
    let nanos = u64::try_from(time.tv_nsec()).unwrap_or(0);
    seconds * 1_000_000_000 + nanos
}
