//! Which plans are run, on which machine, under which Python: arguments made into setups.

use std::collections::BTreeMap;

use anyhow::Result;
use trilane_core::advice::why::Setting;
use trilane_core::plan::{Plan, PlanSpec, StartMethod, default_plans, parse_plan};
use trilane_core::profile::{self, Costs};

use crate::cli;
use crate::failure::{bad_input, did_you_mean, reason};

/// Cores where neither the command line nor the scenario says.
const CORES: u32 = 4;

/// The machine and its Pythons.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    /// Cores.
    pub(crate) cores: u32,
    /// The Python of plans that do not fix theirs.
    pub(crate) python: String,
    costs: BTreeMap<String, Costs>,
}

/// A plan, resolved, and the Python it is run under.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) plan: Plan,
    pub(crate) python: String,
}

impl Machine {
    /// The machine that the arguments describe, for a scenario that may fix its cores.
    pub(crate) fn new(setup: &cli::Setup, cores: Option<u32>) -> Result<Machine> {
        let mut costs = BTreeMap::new();
        let mut python = setup.python.clone();
        if let Some(path) = &setup.profile {
            let shown = path.display();
            let text = std::fs::read_to_string(path)
                .map_err(|error| bad_input(format!("cannot read `{shown}`: {}", reason(&error))))?;
            let profile = profile::parse_profile(&text)
                .map_err(|error| bad_input(format!("{shown}: {error}")))?;
            python.get_or_insert_with(|| profile.python.clone());
            costs.insert(profile.python.clone(), profile.costs());
        }
        let python = python.unwrap_or_else(|| profile::default_python().to_owned());
        let cores = setup.cores.or(cores).unwrap_or(CORES);
        let mut machine = Machine {
            cores,
            python,
            costs,
        };
        machine.load(&machine.python.clone())?;
        Ok(machine)
    }

    /// The plans that were asked for, or the default set.
    pub(crate) fn entries(&mut self, plans: &[String]) -> Result<Vec<Entry>> {
        let mut specs = Vec::new();
        for text in plans {
            specs.push(parse_plan(text).map_err(|error| bad_input(error.to_string()))?);
        }
        if specs.is_empty() {
            specs = default_plans();
        }
        specs.iter().map(|spec| self.entry(spec)).collect()
    }

    /// One plan as this machine runs it.
    pub(crate) fn entry(&mut self, spec: &PlanSpec) -> Result<Entry> {
        let python = spec.python.clone().unwrap_or_else(|| self.python.clone());
        self.load(&python)?;
        let plan = spec
            .resolve(self.cores, &self.costs[&python])
            .map_err(|error| bad_input(error.to_string()))?;
        Ok(Entry { plan, python })
    }

    /// The same plan on a machine with other cores; nothing for a Python that was not met before.
    pub(crate) fn resized(&self, spec: &PlanSpec, cores: u32) -> Option<Entry> {
        let python = spec.python.clone().unwrap_or_else(|| self.python.clone());
        let plan = spec.resolve(cores, self.costs.get(&python)?).ok()?;
        Some(Entry { plan, python })
    }

    /// The plain loop under the set's Python, which every speed-up is measured against.
    pub(crate) fn sync(&self) -> Entry {
        Entry {
            plan: Plan::Sync,
            python: self.python.clone(),
        }
    }

    /// What things cost under a Python that [`Machine::entry`] has met.
    pub(crate) fn costs(&self, entry: &Entry) -> &Costs {
        &self.costs[&entry.python]
    }

    /// What a report of this entry does not say.
    pub(crate) fn setting(&self, entry: &Entry) -> Setting {
        Setting {
            plan: entry.plan,
            gil: self.costs(entry).gil,
            cores: self.cores,
        }
    }

    /// The plan for people: a start method only where it is not that Python's own.
    pub(crate) fn short_name(&self, entry: &Entry) -> String {
        short_name(entry.plan, self.costs(entry).default_start)
    }

    /// The plan as it can be given back to `--plan`.
    pub(crate) fn label(&self, entry: &Entry) -> String {
        match entry.python == self.python {
            true => self.short_name(entry),
            false => format!("{}@{}", self.short_name(entry), entry.python),
        }
    }

    /// Whether that Python can run interpreter pools.
    pub(crate) fn has_interpreters(&self) -> bool {
        self.costs[&self.python].has_interpreters
    }

    fn load(&mut self, python: &str) -> Result<()> {
        if self.costs.contains_key(python) {
            return Ok(());
        }
        if matches!(python, "rust" | "rust-gil" | "gil") {
            return Err(bad_input(format!(
                "`{python}` is no Python to simulate: `trilane measure --python rust` runs the work in Rust, \
                 and `trilane compare --python rust` predicts it too"
            )));
        }
        let known = profile::embedded_names();
        let Some(profile) = profile::embedded(python) else {
            let hint = match did_you_mean(python, known.iter().copied()) {
                Some(name) => format!("did you mean `{name}`? "),
                None => String::new(),
            };
            return Err(bad_input(format!(
                "unknown Python `{}`: {hint}there are profiles of {}; for another, give \
                 --profile FILE",
                crate::term::sanitise(python),
                known.join(", ")
            )));
        };
        self.costs.insert(python.to_owned(), profile.costs());
        Ok(())
    }
}

/// The plan for people, under a Python with that default.
pub(crate) fn short_name(plan: Plan, default: StartMethod) -> String {
    let text = plan.to_string();
    text.replace(&format!(", start={}", default.name()), "")
}

/// A machine on which nothing costs anything, so that goldens change only with the rules.
#[cfg(test)]
pub(crate) fn ideal(cores: u32) -> Machine {
    let costs = [("3.14", true), ("3.14t", false)]
        .map(|(python, gil)| (python.to_owned(), Costs::ideal(python, gil)));
    Machine {
        cores,
        python: "3.14".to_owned(),
        costs: BTreeMap::from(costs),
    }
}
