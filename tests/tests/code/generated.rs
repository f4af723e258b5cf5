//! Programs for generated scenarios under generated plans.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use trilane_core::code;
use trilane_core::model::{Setup, summarise};
use trilane_core::plan::Plan;
use trilane_core::profile::{Costs, embedded};
use trilane_core::scenario::{Scenario, Step};
use trilane_core::workload::draw;
use trilane_tests::generate;

use crate::{compiles, python, runs};

/// How many of them are run.
const RUNS: usize = 20;

/// Scenarios and plans, the same ones every time.
fn cases() -> impl Iterator<Item = (Scenario, Plan)> {
    let mut runner = TestRunner::deterministic();
    let strategy = (generate::scenario(), generate::plan());
    std::iter::repeat_with(move || {
        strategy
            .new_tree(&mut runner)
            .expect("no case is refused")
            .current()
    })
}

fn any(steps: &[Step], test: &dyn Fn(&Step) -> bool) -> bool {
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

/// Whether the scenario ends under every timing: no queues, no lock inside a lock, and no branches
/// in a pool that may be too small for them.
fn always_ends(scenario: &Scenario, plan: Plan) -> bool {
    let waits_for_others = |step: &Step| match step {
        Step::Put { .. } | Step::Get { .. } => true,
        Step::Lock { steps, .. } => any(steps, &|step| matches!(step, Step::Lock { .. })),
        Step::Gather { .. } => matches!(plan, Plan::Threads { .. }),
        _ => false,
    };
    !scenario
        .kinds
        .iter()
        .any(|kind| any(&kind.steps, &waits_for_others))
}

#[test]
fn generated_scenarios_compile() {
    let pythons = ["3.9", "3.11", "3.13", "3.14t"];
    let programs: Vec<String> = cases()
        .zip(pythons.iter().cycle())
        .take(400)
        .map(|((scenario, plan), python)| code::program(&scenario, &plan, python))
        .collect();
    compiles::check(&programs);
}

#[test]
fn generated_scenarios_run() {
    let costs: Costs = embedded("3.14").expect("3.14 is embedded").costs();
    let soon = |scenario: &Scenario, plan: Plan| {
        let report = summarise(&Setup::new(&draw(scenario, scenario.seed), plan, &costs, 2));
        report.outcome == "completed" && report.makespan_ns < 100_000_000
    };
    let chosen: Vec<(Scenario, Plan)> = cases()
        .take(100 * RUNS)
        .filter(|(scenario, plan)| always_ends(scenario, *plan) && soon(scenario, *plan))
        .take(RUNS)
        .collect();
    assert_eq!(
        chosen.len(),
        RUNS,
        "too few of the generated scenarios end soon"
    );
    for (scenario, plan) in chosen {
        let label = plan.to_string();
        let python = python::for_plan(&label);
        let text = code::program(&scenario, &plan, &python.version());
        runs::check(&scenario, &text, python, &label);
    }
}
