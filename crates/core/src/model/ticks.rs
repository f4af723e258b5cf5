//! Waits that count in ticks.
//!
//! Where a timer stands in for a thread that sleeps, as in a browser without shared memory, it counts whole
//! milliseconds (HTML, "timers": `setTimeout` takes a `long`), and a wait between two of them takes the longer one.
//! A thread that really sleeps waits exactly, and a loop rounds as `epoll_wait` does: see `eventloop`.

use crate::plan::Plan;
use crate::profile::Costs;

/// A wait in whole ticks, where there are any: [`Costs::timer_tick`](crate::profile::Costs::timer_tick).
#[inline]
pub(super) fn in_ticks(ns: u64, tick: u64) -> u64 {
    match tick {
        0 => ns,
        _ => ns.checked_next_multiple_of(tick).unwrap_or(u64::MAX),
    }
}

/// The tick of the waits of a plan's own tasks: a plain loop's, and those of worker processes.
pub(super) fn tick(plan: &Plan, costs: &Costs) -> u64 {
    match plan {
        Plan::Sync | Plan::Processes { .. } => costs.timer_tick,
        _ => 0,
    }
}
