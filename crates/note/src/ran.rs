//! A block's race, run: what its pictures and figures are made of.

use trilane_core::advice::why::held_back;
use trilane_core::compare::{Race, times};
use trilane_core::model;
use trilane_core::profile::default_python;
use trilane_core::race::{self, CORES, Machine, RaceError};
use trilane_core::report::report;
use trilane_core::trace::Trace;
use trilane_core::workload::draw;

/// A race that was run.
pub(crate) struct Ran {
    /// The scenario's title.
    pub(crate) title: String,
    /// The figures; the first runs are those of the traces.
    pub(crate) race: Race,
    /// A trace a plan.
    pub(crate) traces: Vec<Trace>,
    /// What held each of them back, in the simulator's words.
    pub(crate) held: Vec<String>,
}

impl Ran {
    /// Runs a scenario under plans, as a block says them.
    pub(crate) fn new(text: &str, plans: &[String]) -> Result<Ran, RaceError> {
        let scenario = race::read(text)?;
        let cores = scenario.cores.unwrap_or(CORES);
        let mut machine = Machine::new(cores, default_python(), None)?;
        let entries = machine.entries(plans)?;
        let workload = draw(&scenario, scenario.seed);
        let jobs = race::jobs(&machine, &entries);
        let mut traces: Vec<Trace> = Vec::new();
        let mut reports = Vec::new();
        for (at, entry) in jobs.iter().enumerate() {
            let setup = race::setup(&workload, &machine, entry, 0);
            if at < entries.len() {
                let trace = model::record(&setup);
                reports.push(report(&trace));
                traces.push(trace);
            } else {
                reports.push(model::summarise(&setup));
            }
        }
        let held = (reports.iter().zip(&entries))
            .map(|(report, entry)| held_back(report, machine.setting(entry)).text);
        let held = held.collect();
        let race = race::finish(
            &scenario.title,
            scenario.seed,
            &machine,
            &jobs,
            reports,
            entries.len(),
        );
        Ok(Ran {
            title: scenario.title,
            race,
            traces,
            held,
        })
    }

    /// How much faster than a plain loop each plan is, in words.
    pub(crate) fn speedups(&self) -> Vec<String> {
        let runs = self.race.runs.iter();
        runs.map(|run| run.speedup.map_or_else(String::new, times))
            .collect()
    }
}
