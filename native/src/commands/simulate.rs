//! `simulate`: the race.

use anyhow::Result;

use crate::cli::Simulate;
use crate::machine::Machine;
use crate::term::{Ink, Line, Look, paint};
use crate::{input, output, run, show};

/// Runs the command. `first_time` is the run without any command, which ends with what to try next.
pub(crate) fn simulate(args: &Simulate, first_time: bool) -> Result<()> {
    let scenario = &input::load(args.setup.scenario.as_deref())?;
    let mut machine = Machine::new(&args.setup, scenario.cores)?;
    let entries = machine.entries(&args.setup.plans)?;
    let seed = args.setup.seed.unwrap_or(scenario.seed);
    let done = run::race(
        scenario,
        &machine,
        &entries,
        seed,
        args.jitter,
        args.timeline,
    );
    if args.json {
        return output::print(&(done.race.to_json() + "\n"));
    }
    let look = Look::stdout();
    let mut lines = show::race::lines(
        &done.race,
        &done.runners,
        &done.traces,
        &machine.python,
        &look,
    );
    if first_time {
        lines.push(Line::new());
        lines.extend(hint(&look));
    }
    output::print(&paint(&lines, &look))
}

/// What to try after the first run.
fn hint(look: &Look) -> Vec<Line> {
    let text = "Next: `trilane simulate --timeline` opens the lanes, `trilane advise` finds where the \
                answer flips, `trilane examples` lists more. Your own: `trilane simulate FILE`.";
    crate::term::wrap(text, look.width - 2)
        .into_iter()
        .map(|text| Line::new().with(Ink::Plain, "  ").with(Ink::Faint, text))
        .collect()
}
