//! The narration: what it says of small runs, and that what it says is so.

mod golden;
mod laws;

use trilane_core::model::{Setup, record};
use trilane_core::plan::parse_plan;
use trilane_core::profile::{Costs, embedded};
use trilane_core::scenario::{Format, parse};
use trilane_core::trace::Trace;
use trilane_core::workload::draw;

/// The run of a scenario in TOML under a plan, with the costs of the plan's Python or of 3.13.
pub(crate) fn run(text: &str, plan: &str) -> Trace {
    let spec = parse_plan(plan).expect("a plan");
    let python = spec.python.clone().unwrap_or_else(|| "3.13".to_owned());
    let costs = embedded(&python).expect("an embedded profile").costs();
    run_with(text, plan, &costs)
}

pub(crate) fn run_with(text: &str, plan: &str, costs: &Costs) -> Trace {
    let scenario = parse(text, Format::Toml).expect("a scenario");
    let workload = draw(&scenario, scenario.seed);
    let cores = scenario.cores.unwrap_or(4);
    let plan = parse_plan(plan).and_then(|spec| spec.resolve(cores, costs));
    record(&Setup::new(&workload, plan.expect("a plan"), costs, cores))
}
