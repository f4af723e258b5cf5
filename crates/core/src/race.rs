//! A race as it is asked for: scenario text, plans and a machine, made into runs and put together.
//!
//! The command line and the page both come through here, so that the same question has the same
//! answer, byte for byte. Whoever asks may run the jobs on as many threads as there are: [`jobs`] says
//! what is to be run, [`setup`] how, and [`finish`] puts the reports together.

use thiserror::Error;

use crate::advice::counted;
use crate::advice::why::Setting;
use crate::compare::Race;
use crate::model::{self, Setup};
use crate::plan::{Plan, PlanError, PlanSpec, StartMethod, default_plans, parse_plan};
use crate::profile::{self, Costs, Profile};
use crate::report::Report;
use crate::scenario::{self, Format, Problem, Scenario};
use crate::text::{nearest, shown};
use crate::workload::{Workload, draw};

/// Cores where neither the one who asks nor the scenario says.
pub const CORES: u32 = 4;

/// A plan, resolved, and the Python it is run under.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The plan.
    pub plan: Plan,
    /// The Python.
    pub python: String,
}

/// The machine and its Pythons.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Cores.
    pub cores: u32,
    /// The Python of plans that do not fix theirs.
    pub python: String,
    costs: Vec<Costs>,
}

/// Why a race cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RaceError {
    /// There is no profile of this Python.
    #[error("unknown Python {}: {}there are profiles of {}", shown(.0), hint(.0), profile::embedded_names().join(", "))]
    UnknownPython(String),
    /// The Rust runner's names stand for no Python.
    #[error("{} is no Python to simulate: there are profiles of {}", shown(.0), profile::embedded_names().join(", "))]
    NoPython(String),
    /// A plan is not written as one, or that Python cannot run it.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The scenario is wrong.
    #[error("{}", rendered(.0))]
    Scenario(Vec<Problem>),
}

/// What is to be said where real runs of a scenario had other cores than it is written for.
pub fn other_cores(scenario: &Scenario, cores: u32) -> Option<String> {
    let theirs = scenario.cores.filter(|&theirs| theirs != cores)?;
    let named = |cores: u32| counted(u64::from(cores), "core");
    Some(format!(
        "the scenario is written for {}, and the runs had {}",
        named(theirs),
        named(cores)
    ))
}

fn hint(python: &str) -> String {
    match nearest(python, profile::embedded_names().iter().copied()) {
        Some(name) => format!("did you mean `{name}`? "),
        None => String::new(),
    }
}

fn rendered(problems: &[Problem]) -> String {
    let all: Vec<String> = problems.iter().map(|p| p.render("scenario")).collect();
    all.join("\n\n")
}

impl Machine {
    /// A machine with so many cores, on which plans run under `python` where they do not say. `own`
    /// is a profile besides the embedded ones, and goes before that of its name.
    ///
    /// # Errors
    /// [`RaceError::UnknownPython`] and [`RaceError::NoPython`].
    pub fn new(cores: u32, python: &str, own: Option<&Profile>) -> Result<Machine, RaceError> {
        let mut machine = Machine {
            cores,
            python: python.to_owned(),
            costs: own.map(Profile::costs).into_iter().collect(),
        };
        machine.load(python)?;
        Ok(machine)
    }

    /// A machine of these Pythons and no others, the first of them the one of plans that do not say:
    /// for tests, whose costs are no profile's.
    pub fn with_costs(cores: u32, costs: &[Costs]) -> Machine {
        Machine {
            cores,
            python: costs.first().map_or_else(String::new, |c| c.python.clone()),
            costs: costs.to_vec(),
        }
    }

    /// The plans that were asked for, or the default set.
    ///
    /// # Errors
    /// What is wrong with the first plan that cannot be run.
    pub fn entries(&mut self, plans: &[String]) -> Result<Vec<Entry>, RaceError> {
        let mut specs = Vec::new();
        for text in plans {
            specs.push(parse_plan(text)?);
        }
        if specs.is_empty() {
            specs = default_plans();
        }
        specs.iter().map(|spec| self.entry(spec)).collect()
    }

    /// One plan as this machine runs it.
    ///
    /// # Errors
    /// An unknown Python, or one that cannot run it.
    pub fn entry(&mut self, spec: &PlanSpec) -> Result<Entry, RaceError> {
        let python = spec.python.clone().unwrap_or_else(|| self.python.clone());
        self.load(&python)?;
        let plan = spec.resolve(self.cores, self.met(&python))?;
        Ok(Entry { plan, python })
    }

    /// The same plan on a machine with other cores; nothing for a Python that was not met before.
    pub fn resized(&self, spec: &PlanSpec, cores: u32) -> Option<Entry> {
        let python = spec.python.clone().unwrap_or_else(|| self.python.clone());
        let plan = spec.resolve(cores, self.find(&python)?).ok()?;
        Some(Entry { plan, python })
    }

    /// The plain loop under the set's Python, which every speed-up is measured against.
    pub fn sync(&self) -> Entry {
        Entry {
            plan: Plan::Sync,
            python: self.python.clone(),
        }
    }

    /// What things cost under a Python that [`Machine::entry`] has met.
    pub fn costs(&self, entry: &Entry) -> &Costs {
        self.met(&entry.python)
    }

    /// What a report of this entry does not say.
    pub fn setting(&self, entry: &Entry) -> Setting {
        Setting {
            plan: entry.plan,
            gil: self.costs(entry).gil,
            cores: self.cores,
        }
    }

    /// The plan for people: a start method only where it is not that Python's own.
    pub fn short_name(&self, entry: &Entry) -> String {
        short_name(entry.plan, self.costs(entry).default_start)
    }

    /// The plan as it can be given back: with `@` and a Python where that is another than the set's.
    pub fn label(&self, entry: &Entry) -> String {
        match entry.python == self.python {
            true => self.short_name(entry),
            false => format!("{}@{}", self.short_name(entry), entry.python),
        }
    }

    /// Whether that Python can run interpreter pools.
    pub fn has_interpreters(&self) -> bool {
        self.met(&self.python).has_interpreters
    }

    fn load(&mut self, python: &str) -> Result<(), RaceError> {
        if self.find(python).is_some() {
            return Ok(());
        }
        if matches!(python, "rust" | "rust-gil" | "gil") {
            return Err(RaceError::NoPython(python.to_owned()));
        }
        let known = profile::embedded_names().contains(&python);
        let costs = known.then(|| profile::embedded_costs(python)).flatten();
        let costs = costs.ok_or_else(|| RaceError::UnknownPython(python.to_owned()))?;
        self.costs.push(costs);
        Ok(())
    }

    fn find(&self, python: &str) -> Option<&Costs> {
        self.costs.iter().find(|costs| costs.python == python)
    }

    fn met(&self, python: &str) -> &Costs {
        self.find(python).expect("an entry's Python was met")
    }
}

/// The plan for people, under a Python with that default.
pub fn short_name(plan: Plan, default: StartMethod) -> String {
    let text = plan.to_string();
    text.replace(&format!(", start={}", default.name()), "")
}

/// What is to be run for these entries: themselves, in their order, and behind them the plain loop that
/// a speed-up is measured against, where nobody asked for it.
pub fn jobs(machine: &Machine, entries: &[Entry]) -> Vec<Entry> {
    let sync = machine.sync();
    let mut jobs = entries.to_vec();
    if !jobs.contains(&sync) {
        jobs.push(sync);
    }
    jobs
}

/// How a job is run.
pub fn setup<'a>(
    workload: &'a Workload,
    machine: &'a Machine,
    entry: &Entry,
    jitter: u64,
) -> Setup<'a> {
    let mut setup = Setup::new(workload, entry.plan, machine.costs(entry), machine.cores);
    setup.jitter = jitter;
    setup
}

/// Puts the reports of [`jobs`], in their order, together to the race of the first `asked` of them.
pub fn finish(
    scenario: &str,
    seed: u64,
    machine: &Machine,
    jobs: &[Entry],
    mut reports: Vec<Report>,
    asked: usize,
) -> Race {
    let sync = machine.sync();
    let base = jobs.iter().position(|entry| *entry == sync);
    let base = base.and_then(|at| reports.get(at).cloned());
    reports.truncate(asked);
    Race::new(scenario, seed, machine.cores, reports, base.as_ref())
}

/// Reads a scenario in TOML or JSON, as its beginning tells.
///
/// # Errors
/// [`RaceError::Scenario`], with everything that is wrong with it.
pub fn read(text: &str) -> Result<Scenario, RaceError> {
    scenario::parse(text, Format::guess("", text)).map_err(RaceError::Scenario)
}

/// The race of a scenario's text, one run after the other: what `trilane simulate --json` prints is
/// [`Race::to_json`] of this and a line break. No plans are the default ones.
///
/// # Errors
/// What is wrong with the text or the plans.
pub fn simulate(text: &str, plans: &[String]) -> Result<Race, RaceError> {
    simulate_by(text, plans, draw, model::summarise)
}

/// The same, by whoever draws the work and runs a simulation: the page has both compiled apart.
///
/// # Errors
/// What is wrong with the text or the plans.
pub fn simulate_by(
    text: &str,
    plans: &[String],
    draw: fn(&Scenario, u64) -> Workload,
    run: fn(&Setup<'_>) -> Report,
) -> Result<Race, RaceError> {
    let scenario = read(text)?;
    let cores = scenario.cores.unwrap_or(CORES);
    let mut machine = Machine::new(cores, profile::default_python(), None)?;
    let entries = machine.entries(plans)?;
    let workload = draw(&scenario, scenario.seed);
    let jobs = jobs(&machine, &entries);
    let run = |entry| run(&setup(&workload, &machine, entry, 0));
    let reports = jobs.iter().map(run).collect();
    let (title, seed) = (&workload.title, scenario.seed);
    Ok(finish(title, seed, &machine, &jobs, reports, entries.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "trilane = 1\ntitle = \"t\"\n[tasks.a]\ncount = 1\nsteps = [{ io = \"1ms\" }]\n";

    #[test]
    fn a_speedup_needs_no_sync_among_the_plans() {
        let race = simulate(TEXT, &["threads(2)".to_owned()]).expect("it can be run");
        assert_eq!(race.runs.len(), 1);
        assert!(race.runs[0].speedup.is_some());
        let plans = simulate(TEXT, &[]).expect("it can be run").runs.len();
        assert_eq!(plans, default_plans().len());
    }

    #[test]
    fn trouble_is_told_in_words() {
        let check = |text: &str, plan: &str, expect: &str| {
            let error = simulate(text, &[plan.to_owned()]).expect_err(expect);
            assert!(error.to_string().contains(expect), "{error}");
        };
        check(TEXT, "threads@3.15", "unknown Python `3.15`: did you mean");
        check(TEXT, "sync@rust", "`rust` is no Python to simulate");
        check(TEXT, "thread(", "thread");
        check("trilane = 1", "sync", "scenario:1");
    }
}
