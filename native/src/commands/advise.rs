//! `advise`: has core work the advice out, on as many threads as there are cores, and hands it over.

use anyhow::Result;
use trilane_core::advice::document::Advice;
use trilane_core::advisor::{self, Crew, Stage};
use trilane_core::scenario::Scenario;

use crate::cli;
use crate::machine::Machine;
use crate::progress::Progress;
use crate::term::{Look, paint};
use crate::{input, output, run, show};

/// Runs the command.
pub(crate) fn advise(args: &cli::Advise) -> Result<()> {
    let scenario = input::load(args.setup.scenario.as_deref())?;
    let mut machine = Machine::new(&args.setup, scenario.cores)?;
    let seed = args.setup.seed.unwrap_or(scenario.seed);
    let advice = work_out(&scenario, &mut machine, &args.setup.plans, seed)?;
    if args.json {
        let text = serde_json::to_string_pretty(&advice)?;
        return output::print(&(text + "\n"));
    }
    let look = Look::stdout();
    output::print(&paint(&show::advice::lines(&advice, &look), &look))
}

/// Ranks, searches, and puts the advice together.
pub(crate) fn work_out(
    scenario: &Scenario,
    machine: &mut Machine,
    plans: &[String],
    seed: u64,
) -> Result<Advice> {
    let counsel = machine.ask(|machine| advisor::advise(scenario, machine, plans, seed, &Threads));
    Ok(counsel?.advice)
}

/// The threads of this machine, which tell how far they are.
struct Threads;

impl Crew for Threads {
    fn map<J: Sync, R: Send>(
        &self,
        stage: Stage,
        jobs: &[J],
        work: impl Fn(&J) -> R + Sync,
    ) -> Vec<R> {
        let what = match stage {
            Stage::Ranking => "ranking",
            Stage::Jitter => "ranking under jitter",
            Stage::Knobs => "turning knobs",
        };
        let progress = Progress::start(what, jobs.len());
        let results = run::in_parallel(jobs, |job| {
            let result = work(job);
            progress.step();
            result
        });
        progress.finish();
        results
    }
}
