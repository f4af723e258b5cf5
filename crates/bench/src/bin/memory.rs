//! `memory ENGINE WORKLOAD N FILE` prints the peak of what one run of an engine allocates, by task,
//! the drawn steps aside, as a line of JSON.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};
use peak_alloc::PeakAlloc;
use serde_json::json;
use trilane_bench::{Engine, Work, machine, nexosim_each, nexosim_one, trilane};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [engine, shape, n, file] = arguments[..] else {
        bail!("usage: memory ENGINE WORKLOAD N FILE");
    };
    let work = Arc::new(Work::read(shape.parse()?, n.parse()?, Path::new(file))?);
    let bytes = match engine.parse()? {
        Engine::Trilane => {
            let simulation = trilane::Simulation::new(&work)?;
            peak(|| simulation.simulate().map(drop))?
        }
        Engine::Recording | Engine::RecordingFirst => {
            let simulation = trilane::Simulation::new(&work)?;
            peak(|| simulation.record_first().map(drop))?
        }
        Engine::Heap => peak(|| {
            machine::run(&work);
            Ok(())
        })?,
        Engine::NexosimOne => peak(|| nexosim_one::run(&work).map(drop))?,
        Engine::NexosimEach => peak(|| nexosim_each::run(&work).map(drop))?,
        Engine::HoldHeap | Engine::HoldLadder => bail!("`{engine}` has no tasks"),
    };
    println!(
        "{}",
        json!({ "bytes_per_task": bytes as f64 / f64::from(work.n) })
    );
    Ok(())
}

/// The most that is allocated at once while something runs, beyond what is allocated now.
fn peak(run: impl FnOnce() -> Result<()>) -> Result<usize> {
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    run()?;
    Ok(ALLOCATOR.peak_usage() - before)
}
