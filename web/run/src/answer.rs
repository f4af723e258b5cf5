//! What a run noted down, made into a trace.

use trilane_core::trace::Trace;
use trilane_runner::rows::{self, About};

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
    let about = About {
        plan: target
            .plan
            .map_or_else(String::new, |plan| plan.to_string()),
        python: target.told.python.clone(),
        gil: target.gil,
        cores: prepared.cores,
        peak_bytes: None,
        stopped: None,
    };
    let trace = rows::trace(records, start, &prepared.work, about);
    trace.map_err(|what| format!("the records of a run {what}"))
}
