//! Which plans are run, on which machine, under which Python: arguments made into setups.

use std::ops::Deref;

use anyhow::{Error, Result};
use trilane_core::profile;
use trilane_core::race::{self, CORES, RaceError};

use crate::cli;
use crate::failure::{bad_input, did_you_mean, reason};

pub(crate) use trilane_core::race::{Entry, short_name};

/// The machine of a race, with the command line's words for what is wrong.
#[derive(Clone, Debug)]
pub(crate) struct Machine(race::Machine);

impl Deref for Machine {
    type Target = race::Machine;

    fn deref(&self) -> &race::Machine {
        &self.0
    }
}

impl Machine {
    /// The machine that the arguments describe, for a scenario that may fix its cores.
    pub(crate) fn new(setup: &cli::Setup, cores: Option<u32>) -> Result<Machine> {
        let mut own = None;
        if let Some(path) = &setup.profile {
            let shown = path.display();
            let text = std::fs::read_to_string(path)
                .map_err(|error| bad_input(format!("cannot read `{shown}`: {}", reason(&error))))?;
            let profile = profile::parse_profile(&text)
                .map_err(|error| bad_input(format!("{shown}: {error}")))?;
            own = Some(profile);
        }
        let python = setup.python.as_deref();
        let python = python.or(own.as_ref().map(|profile| profile.python.as_str()));
        let python = python.unwrap_or(profile::default_python());
        let cores = setup.cores.or(cores).unwrap_or(CORES);
        race::Machine::new(cores, python, own.as_ref())
            .map(Machine)
            .map_err(refused)
    }

    /// The plans that were asked for, or the default set.
    pub(crate) fn entries(&mut self, plans: &[String]) -> Result<Vec<Entry>> {
        self.ask(|machine| machine.entries(plans))
    }

    /// What core says of it, with the command line's words for what is wrong.
    pub(crate) fn ask<T>(
        &mut self,
        question: impl FnOnce(&mut race::Machine) -> Result<T, RaceError>,
    ) -> Result<T> {
        question(&mut self.0).map_err(refused)
    }
}

/// The same trouble, with the remedies that a command line has.
fn refused(error: RaceError) -> Error {
    let known = profile::embedded_names();
    bad_input(match error {
        RaceError::NoPython(python) => format!(
            "`{python}` is no Python to simulate: `trilane measure --python rust` runs the work in Rust, \
             and `trilane compare --python rust` predicts it too"
        ),
        RaceError::UnknownPython(python) => {
            let hint = match did_you_mean(&python, known.iter().copied()) {
                Some(name) => format!("did you mean `{name}`? "),
                None => String::new(),
            };
            format!(
                "unknown Python `{}`: {hint}there are profiles of {}; for another, give \
                 --profile FILE",
                crate::term::sanitise(&python),
                known.join(", ")
            )
        }
        other => other.to_string(),
    })
}

/// A machine on which nothing costs anything, so that goldens change only with the rules.
#[cfg(test)]
pub(crate) fn ideal(cores: u32) -> Machine {
    use trilane_core::profile::Costs;
    let costs = [("3.14", true), ("3.14t", false)].map(|(python, gil)| Costs::ideal(python, gil));
    Machine(race::Machine::with_costs(cores, &costs))
}
