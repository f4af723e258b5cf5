//! `code`: the Python program for a scenario and a plan.

use anyhow::Result;
use trilane_core::code::program;

use crate::cli::{Code, Setup};
use crate::machine::Machine;
use crate::{input, output};

pub(crate) fn code(args: &Code) -> Result<()> {
    let scenario = input::load(args.scenario.as_deref())?;
    let setup = Setup {
        python: args.python.clone(),
        cores: args.cores,
        ..Setup::default()
    };
    let mut machine = Machine::new(&setup, scenario.cores)?;
    let entries = machine.entries(std::slice::from_ref(&args.plan))?;
    let entry = &entries[0];
    let text = program(&scenario, &entry.plan, &entry.python);
    output::print(&(text.trim_end().to_owned() + "\n"))
}
