//! Work for the benches: tasks that wait and compute in turn.

use trilane_core::model::Setup;
use trilane_core::plan::{Plan, parse_plan};
use trilane_core::profile::{Costs, embedded};
use trilane_core::scenario::{Format, parse};
use trilane_core::workload::{Workload, draw};

/// Cores of the machine.
pub(crate) const CORES: u32 = 4;
/// Steps of a task.
pub(crate) const STEPS: u64 = 10;

/// A workload and a plan.
pub(crate) struct Case {
    workload: Workload,
    plan: Plan,
}

impl Case {
    /// The run of it.
    pub(crate) fn setup<'a>(&'a self, costs: &'a Costs, cores: u32) -> Setup<'a> {
        Setup::new(&self.workload, self.plan, costs, cores)
    }
}

/// An embedded profile, or the one in which nothing costs anything.
pub(crate) fn costs(name: &str) -> Costs {
    match name {
        "ideal" => Costs::ideal("ideal", true),
        name => embedded(name).expect("an embedded profile").costs(),
    }
}

/// So many tasks under a plan. The mean wait grows with their number, so that about half of them
/// wait whatever it is.
pub(crate) fn case(n: u32, plan: &str, costs: &Costs) -> Case {
    let pair = format!("{{ io = \"exp({}ms)\" }}, {{ cpu = \"exp(2ms)\" }}", 2 * n);
    let steps = vec![pair; STEPS as usize / 2].join(", ");
    let text =
        format!("trilane = 1\ntitle = \"bench\"\n[tasks.t]\ncount = {n}\nsteps = [{steps}]\n");
    let scenario = parse(&text, Format::Toml).expect("a good scenario");
    let spec = parse_plan(plan).expect("a good plan");
    Case {
        workload: draw(&scenario, 1),
        plan: spec.resolve(CORES, costs).expect("a plan that it has"),
    }
}
