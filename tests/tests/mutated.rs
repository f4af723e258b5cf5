//! Thousands of mutated scenarios: whatever is in a file, it is refused in words, or it runs to an
//! end. No panic, no hang.

use std::fmt;

use proptest::prelude::*;
use trilane_core::examples;
use trilane_core::model::{Setup, record, summarise};
use trilane_core::plan::Plan;
use trilane_core::profile::Costs;
use trilane_core::scenario::{Format, Step, TaskKind, parse_bytes};
use trilane_core::trace::laws;
use trilane_core::workload::draw;
use trilane_tests::generate;
use trilane_tests::mutate::{apply, mutation};

/// A mutation may make work for years, and is stopped.
const MAX_EVENTS: u64 = 100_000;

/// Traces longer than this are only summarised: the laws sort them.
const MAX_STEPS: u64 = 2_000;

/// How many steps a list executes, repeats counted.
fn count(steps: &[Step]) -> u64 {
    let one = |step: &Step| match step {
        Step::Lock { steps, .. } | Step::Timeout { steps, .. } => 1 + count(steps),
        Step::Repeat { times, steps } => 1 + u64::from(*times).saturating_mul(count(steps)),
        Step::Gather { branches } => 1 + branches.iter().map(|steps| 1 + count(steps)).sum::<u64>(),
        _ => 1,
    };
    steps.iter().map(one).fold(0, u64::saturating_add)
}

fn check(text: &[u8], plan: Plan, costs: &Costs, cores: u32) -> Result<(), TestCaseError> {
    let scenario = match parse_bytes(text, Format::Toml) {
        Ok(scenario) => scenario,
        Err(problems) => {
            prop_assert!(!problems.is_empty(), "refused, and nobody says why");
            for problem in &problems {
                prop_assert!(!problem.render("scenario.toml").is_empty());
            }
            return Ok(());
        }
    };
    // The language allows ten million tasks; drawing them for thousands of cases would take hours.
    let of_kind = |kind: &TaskKind| u64::from(kind.count).saturating_mul(1 + count(&kind.steps));
    let steps = scenario
        .kinds
        .iter()
        .map(of_kind)
        .fold(0, u64::saturating_add);
    if steps > 20 * MAX_STEPS {
        return Ok(());
    }
    let workload = draw(&scenario, scenario.seed);
    let mut setup = Setup::new(&workload, plan, costs, cores);
    setup.max_events = MAX_EVENTS;
    if steps > MAX_STEPS {
        let report = summarise(&setup);
        prop_assert!(report.finished <= report.tasks);
        return Ok(());
    }
    let broken = laws::check(&record(&setup));
    prop_assert!(
        broken.is_empty(),
        "{plan} under {}:\n{}",
        costs.python,
        broken.join("\n")
    );
    Ok(())
}

/// A mutated example, shown as the text it is.
struct Text(Vec<u8>);

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

fn mutated() -> impl Strategy<Value = Text> {
    let mutations = prop::collection::vec(mutation(), 0..5);
    let texts = prop::sample::select(examples::all());
    (texts, mutations).prop_map(|(example, mutations)| Text(apply(example.text(), &mutations)))
}

proptest! {
    #![proptest_config(generate::config(3_000))]

    #[test]
    fn a_mutated_scenario_is_refused_or_runs_to_an_end(
        text in mutated(),
        plan in generate::plan(),
        machine in generate::machine(),
        cores in 1u32..9,
    ) {
        check(&text.0, plan, machine.0, cores)?;
    }
}
