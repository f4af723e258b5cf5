//! Fewer tasks of each kind, where all of them would take too long.

use crate::advice::work::{self, Work};
use crate::scenario::Scenario;

/// The scenario with fewer tasks of each kind, so that it has at most so many steps if that can be,
/// and one task in how many is left.
///
/// Tasks that feed each other through queues stay together: with a producer less than its consumers
/// need, a sample would deadlock where the whole does not.
pub(super) fn sample(scenario: &Scenario, steps_max: u64) -> (Scenario, u32) {
    let tasks = |scenario: &Scenario| -> u64 {
        scenario
            .kinds
            .iter()
            .map(|kind| u64::from(kind.count))
            .sum()
    };
    let mut sampled = scenario.clone();
    let mut every = work::steps(scenario).div_ceil(steps_max).max(1);
    // Every kind keeps a task, so a first guess may fall short.
    while every > 1 && every <= 2 * tasks(scenario) && !Work::of(scenario).has.queue {
        for (kind, whole) in sampled.kinds.iter_mut().zip(&scenario.kinds) {
            kind.count = u64::from(whole.count).div_ceil(every) as u32;
        }
        if work::steps(&sampled) <= steps_max {
            break;
        }
        every *= 2;
    }
    let left = tasks(scenario).checked_div(tasks(&sampled)).unwrap_or(1);
    (sampled, u32::try_from(left).unwrap_or(u32::MAX))
}
