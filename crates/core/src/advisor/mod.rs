//! The work behind advice: ranks plans under many jitters, turns knobs until the answer flips, and puts
//! the advice together. The command line and the page both ask here, so that the same scenario gets the
//! same advice.
//!
//! The work is bounded by counting steps and events, never by a clock, so that the same scenario gets the
//! same advice on every machine. How many runs go on at once is the caller's business: it lends a
//! [`Crew`].

mod candidates;
mod rank;
mod sample;
mod search;

use crate::advice::Family;
use crate::advice::document::{self, Advice, Effort, Subject};
use crate::advice::flowchart::{self, Walk};
use crate::advice::knobs::{self, Value};
use crate::advice::work::Work;
use crate::model;
use crate::plan::PlanSpec;
use crate::race::{Entry, Machine, RaceError};
use crate::report::Report;
use crate::scenario::Scenario;

/// Jitter seeds a plan, where the work allows.
const SEEDS: u32 = 20;
/// Steps of a scenario that is ranked whole; of a longer one, a sample of its tasks.
const RANKING_STEPS: u64 = 300_000;
/// The same where flips are looked for: hundreds of runs.
const FLIP_STEPS: u64 = 2_000;

/// What the jobs of a crew are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// A run a plan.
    Ranking,
    /// The other runs of each, under jitter.
    Jitter,
    /// A knob, turned one way until the answer flips.
    Knobs,
}

/// Who does the work.
pub trait Crew {
    /// Applies `work` to every job, as many at once as one likes, and gives the results in the order of
    /// the jobs.
    fn map<J: Sync, R: Send>(
        &self,
        stage: Stage,
        jobs: &[J],
        work: impl Fn(&J) -> R + Sync,
    ) -> Vec<R>;

    /// Runs a simulation: the page has one that is compiled apart.
    fn summarise(setup: &model::Setup<'_>) -> Report {
        model::summarise(setup)
    }
}

/// The advice, and what was found out on the way to it.
#[derive(Clone, Debug)]
pub struct Counsel {
    /// The document.
    pub advice: Advice,
    /// What the scenario asks for.
    pub work: Work,
    /// The way through the flowchart.
    pub walk: Walk,
    /// The plan to take; nothing where none gets to the end.
    pub best: Option<Entry>,
    /// For each knob of the document's flips, in their order: every run time that was met on the way.
    pub curves: Vec<Curve>,
}

/// Run times against a knob.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The knob.
    pub key: String,
    /// Its value now.
    pub now: Value,
    /// The family that wins now.
    pub winner: Family,
    /// From which values on which other family wins: one above, one below, or the other of two.
    pub flips: Vec<(Value, Family)>,
    /// The families that were run.
    pub families: Vec<Family>,
    /// Where the knob stood, ascending, and what the fastest plan of each family took there, ns; nothing
    /// where none got to the end.
    pub points: Vec<(u64, Vec<Option<u64>>)>,
}

/// Ranks the plans that are asked for, or those that may suit; searches; and puts the advice together.
///
/// # Errors
/// What is wrong with the first plan that cannot be run.
pub fn advise(
    scenario: &Scenario,
    machine: &mut Machine,
    plans: &[String],
    seed: u64,
    crew: &impl Crew,
) -> Result<Counsel, RaceError> {
    let work = Work::of(scenario);
    let specs = candidates::candidates(&work, machine, plans)?;
    let mut entries: Vec<(PlanSpec, Entry)> = Vec::new();
    for spec in specs {
        let entry = machine.entry(&spec)?;
        if !entries.iter().any(|(_, known)| *known == entry) {
            entries.push((spec, entry));
        }
    }
    let (ranked_on, one_task_in) = sample::sample(scenario, RANKING_STEPS);
    let contenders = rank::rank(&ranked_on, machine, &entries, seed, !plans.is_empty(), crew);

    let (searched_on, flips_one_task_in) = sample::sample(scenario, FLIP_STEPS);
    let setup = knobs::Setup {
        scenario: searched_on,
        cores: machine.cores,
    };
    let mut all = knobs::knobs(&setup);
    if flips_one_task_in > 1 {
        // A sample's number of tasks is no number that the reader knows.
        all.retain(|knob| !knob.is_count_of_tasks());
    }
    let mut found = search::Found::default();
    if let Some(winner) = document::winner(&work, &contenders) {
        let search = search::Search {
            machine,
            shortlist: &search::shortlist(&entries, &contenders),
            seed,
            winner,
        };
        found = search.run(&setup, &all, crew);
    }
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let effort = Effort {
        seeds: SEEDS,
        one_task_in,
        flips_one_task_in,
        knobs: [count(found.turned), count(all.len())],
    };
    let subject = Subject {
        scenario: scenario.title.clone(),
        seed,
        cores: machine.cores,
        python: machine.python.clone(),
    };
    let advice = document::advise(subject, &work, contenders, found.flips, effort);
    let best = advice.best.as_ref().and_then(|best| {
        let mut named = entries.iter().map(|(_, entry)| entry);
        named.find(|entry| machine.label(entry) == *best).cloned()
    });
    Ok(Counsel {
        best,
        curves: found.curves,
        walk: flowchart::walk(&work),
        work,
        advice,
    })
}

/// One job after the other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Crew for Alone {
    fn map<J: Sync, R: Send>(&self, _: Stage, jobs: &[J], work: impl Fn(&J) -> R + Sync) -> Vec<R> {
        jobs.iter().map(work).collect()
    }
}

#[cfg(test)]
mod tests;
