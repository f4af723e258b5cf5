//! Questions about steps that decide what a function needs: a generator of random numbers, the
//! task's number, a deadline.

use std::collections::BTreeSet;

use crate::scenario::{Scenario, Step};

use super::text::is_random;

/// Whether the test holds for any step, inner ones included.
pub(super) fn any(steps: &[Step], test: &dyn Fn(&Step) -> bool) -> bool {
    steps.iter().any(|step| {
        test(step)
            || match step {
                Step::Lock { steps, .. }
                | Step::Repeat { steps, .. }
                | Step::Timeout { steps, .. } => any(steps, test),
                Step::Gather { branches } => branches.iter().any(|branch| any(branch, test)),
                _ => false,
            }
    })
}

/// Whether anything in the steps is drawn.
pub(super) fn random(steps: &[Step]) -> bool {
    any(steps, &|step| match *step {
        Step::Io { dur, .. } | Step::Cpu { dur, .. } | Step::Native { dur, .. } => is_random(dur),
        Step::Timeout { after, .. } => is_random(after),
        _ => false,
    })
}

/// Whether anything in the steps puts the task's number into a queue.
pub(super) fn puts(steps: &[Step]) -> bool {
    any(steps, &|step| matches!(step, Step::Put { .. }))
}

/// Whether anything in the steps takes from a queue.
pub(super) fn gets(steps: &[Step]) -> bool {
    any(steps, &|step| matches!(step, Step::Get { .. }))
}

/// Whether anything in the steps runs branches side by side.
pub(super) fn gathers(steps: &[Step]) -> bool {
    any(steps, &|step| matches!(step, Step::Gather { .. }))
}

/// Whether all that the steps do is wait.
pub(super) fn only_waits(steps: &[Step]) -> bool {
    !any(steps, &|step| {
        matches!(step, Step::Cpu { .. } | Step::Native { .. })
    })
}

/// Which resources are queues into which more items are put than are ever taken out.
pub(super) fn left_over(scenario: &Scenario) -> Vec<bool> {
    let mut balance = vec![0_i128; scenario.resources.len()];
    for kind in &scenario.kinds {
        count(
            &kind.steps,
            i128::from(kind.count),
            &mut |step, times| match step {
                Step::Put { queue } => balance[*queue as usize] += times,
                Step::Get { queue } => balance[*queue as usize] -= times,
                _ => {}
            },
        );
    }
    balance.into_iter().map(|items| items > 0).collect()
}

fn count(steps: &[Step], times: i128, see: &mut dyn FnMut(&Step, i128)) {
    for step in steps {
        see(step, times);
        match step {
            Step::Lock { steps, .. } | Step::Timeout { steps, .. } => count(steps, times, see),
            Step::Repeat {
                times: turns,
                steps,
            } => {
                count(steps, times.saturating_mul(i128::from(*turns)), see);
            }
            Step::Gather { branches } => {
                for branch in branches {
                    count(branch, times, see);
                }
            }
            _ => {}
        }
    }
}

/// The resources that the steps use, as indices, in the scenario's order.
pub(super) fn resources(steps: &[Step]) -> BTreeSet<usize> {
    let mut used = BTreeSet::new();
    count(steps, 1, &mut |step, _| match step {
        Step::Lock {
            resource: index, ..
        }
        | Step::Put { queue: index }
        | Step::Get { queue: index } => {
            used.insert(*index as usize);
        }
        _ => {}
    });
    used
}
