//! Trilane itself, under a profile in which nothing costs anything, so that only the rules remain
//! that the peers have too.

use anyhow::{Result, ensure};
use trilane_core::profile::Costs;
use trilane_core::workload::Workload;

use crate::engines::Finish;
use crate::work::Work;

/// A workload and the costs, ready to be simulated again and again.
#[derive(Debug)]
pub struct Simulation {
    workload: Workload,
    costs: Costs,
}

impl Simulation {
    /// Draws the work anew and checks that it is what the peers were given.
    pub fn new(work: &Work) -> Result<Simulation> {
        let workload = Work::draw(work.shape, work.n)?;
        ensure!(workload.draws == work.draws, "the peers were given other numbers");
        Ok(Simulation { workload, costs: Costs::ideal("3.13", true) })
    }

    /// Runs it, recording the trace or not.
    pub fn run(&self, recording: bool) -> Result<Finish> {
        let _ = recording;
        anyhow::bail!("no model yet")
    }
}
