//! What a run noted down, made into a trace.

use trilane_core::trace::measured::{self, Notes};
use trilane_core::trace::{RunInfo, Trace};
use trilane_runner::rows;

use crate::prepare::{Prepared, Target};

/// The trace of a run that began at `start`, ns, by the clock of its records.
///
/// # Errors
/// Records that are none.
pub fn trace(
    prepared: &Prepared,
    target: &Target,
    records: &[u8],
    start: u64,
) -> Result<Trace, String> {
    let parsed = rows::parse(records, start);
    let (threads, rows) = parsed.map_err(|what| format!("the records of a run {what}"))?;
    let work = &prepared.work;
    let mut tasks = Vec::with_capacity(work.tasks as usize);
    for (number, kind) in (0u32..).zip(&work.kinds) {
        tasks.extend((0..kind.count).map(|index| (number, index)));
    }
    let info = RunInfo {
        plan: target
            .plan
            .map_or_else(String::new, |plan| plan.to_string()),
        python: target.told.python.clone(),
        gil: target.gil,
        cores: prepared.cores,
        kinds: work.kinds.iter().map(|kind| kind.name.clone()).collect(),
        tasks: work.tasks,
    };
    let notes = Notes {
        threads,
        rows,
        tasks,
        peak_bytes: None,
        stopped: None,
    };
    Ok(measured::trace(info, notes))
}
