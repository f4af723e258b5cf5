//! Questions about steps that decide what a function needs: a generator of random numbers, the
//! task's number, a deadline.

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

/// Whether more items may be put into the queue than are ever taken out.
pub(super) fn leaves_items(scenario: &Scenario, queue: u32) -> bool {
    let (mut puts, mut gets) = (0_u128, 0_u128);
    for kind in &scenario.kinds {
        count(
            &kind.steps,
            u128::from(kind.count),
            &mut |step, times| match step {
                Step::Put { queue: q } if *q == queue => puts += times,
                Step::Get { queue: q } if *q == queue => gets += times,
                _ => {}
            },
        );
    }
    puts > gets
}

fn count(steps: &[Step], times: u128, see: &mut dyn FnMut(&Step, u128)) {
    for step in steps {
        see(step, times);
        match step {
            Step::Lock { steps, .. } | Step::Timeout { steps, .. } => count(steps, times, see),
            Step::Repeat {
                times: turns,
                steps,
            } => {
                count(steps, times.saturating_mul(u128::from(*turns)), see);
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
pub(super) fn resources(scenario: &Scenario, steps: &[Step]) -> Vec<usize> {
    let used = |index: usize| {
        any(steps, &|step| match *step {
            Step::Lock { resource, .. } => resource as usize == index,
            Step::Put { queue } | Step::Get { queue } => queue as usize == index,
            _ => false,
        })
    };
    (0..scenario.resources.len())
        .filter(|&index| used(index))
        .collect()
}
