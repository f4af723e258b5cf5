//! The plans that are ranked.

use crate::advice::work::Work;
use crate::plan::{PlanSpec, default_plans, parse_plan};
use crate::race::{Machine, RaceError};

/// Those asked for, or the default set and the sizes that make sense.
pub(super) fn candidates(
    work: &Work,
    machine: &Machine,
    plans: &[String],
) -> Result<Vec<PlanSpec>, RaceError> {
    let mut specs = Vec::new();
    for text in plans {
        specs.push(parse_plan(text)?);
    }
    if !specs.is_empty() {
        return Ok(specs);
    }
    specs = default_plans();
    let mut add = |text: String| match parse_plan(&text) {
        Ok(spec) => specs.push(spec),
        // The texts below are plans; a test parses them all.
        Err(error) => debug_assert!(false, "{text}: {error}"),
    };
    let cores = u64::from(machine.cores);
    // More workers than tasks that can be there at once do nothing.
    let waits = work.io() > 0.0 || work.has.queue || work.has.gather;
    let sizes: Vec<u64> = [8, 16, 32, 64, 128, 256, 512]
        .into_iter()
        .filter(|&size| waits && size > cores && size / 2 < work.tasks)
        .collect();
    for &size in &sizes {
        add(format!("threads({size})"));
        if work.has.io_blocking || work.has.native {
            add(format!("asyncio+threads({size})"));
        }
    }
    if work.tasks <= 2000 {
        add("threads(each)".to_owned());
    }
    add("asyncio+processes".to_owned());
    if work.tasks >= 16 * cores {
        // Larger chunks save little more, and leave cores idle at the end.
        let chunk = (work.tasks / (8 * cores)).min(100);
        add(format!("processes({cores}, chunk={chunk})"));
    }
    if work.io() > work.busy() {
        // Processes that mostly wait may be more than there are cores.
        for size in [16, 32]
            .into_iter()
            .filter(|&size| size > cores && size / 2 < work.tasks)
        {
            add(format!("processes({size})"));
        }
    }
    if machine.has_interpreters() {
        add(format!("interpreters({cores})"));
        if let Some(size) = sizes.first() {
            add(format!("interpreters({size})"));
        }
    }
    if let Some(size) = sizes.last() {
        add(format!("threads({size})@3.14t"));
    }
    Ok(specs)
}
