//! The simulator for figures alone, as the page runs it.
//!
//! It is another than the one that keeps traces, which the page begins with, and comes when something first asks for
//! figures alone. What the two have in common lies in both, so that neither calls into the other's module, which costs
//! as much as the work of many a function: hence a package of its own (see trilane-hot).

use trilane_core::model::{Setup, simulate};
use trilane_core::report::{Figures, Report};
use trilane_core::trace::Origin;
use trilane_hot::Here;

/// Simulates and keeps only the figures, as `trilane_core::model::summarise` does.
pub fn summarise(setup: &Setup<'_>) -> Report {
    let mut sink = Here(Figures::new(setup.workload.tasks));
    let end = simulate(setup, &mut sink);
    let Here(figures) = sink;
    figures.finish(&setup.info(), Origin::Simulated, &end.outcome, end.events)
}

#[cfg(test)]
mod tests {
    use super::*;
    use trilane_core::{examples, model, race};

    #[test]
    fn both_simulators_give_what_the_model_gives() {
        for example in examples::all() {
            let scenario = race::read(example.text()).expect("examples are right");
            let workload = trilane_core::workload::draw(&scenario, scenario.seed);
            let cores = scenario.cores.unwrap_or(race::CORES);
            let python = trilane_core::profile::default_python();
            let mut machine = race::Machine::new(cores, python, None).expect("it is there");
            let plans: Vec<String> = example.plans.iter().map(|&plan| plan.to_owned()).collect();
            for entry in machine.entries(&plans).expect("examples are right") {
                let setup = race::setup(&workload, &machine, &entry, 0);
                let (hot, plain) = (trilane_hot::record(&setup), model::record(&setup));
                assert_eq!(format!("{hot:?}"), format!("{plain:?}"), "{}", example.name);
                assert_eq!(
                    summarise(&setup),
                    model::summarise(&setup),
                    "{}",
                    example.name
                );
            }
        }
    }
}
