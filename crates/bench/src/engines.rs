//! The engines by name.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use cpu_time::ProcessTime;
use nexosim::simulation::SimInit;
use nexosim::time::MonotonicTime;

use crate::work::Work;
use crate::{hold, machine, nexosim_each, nexosim_one, trilane};

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Trilane's simulator, recording nothing.
    Trilane,
    /// Trilane's simulator, recording the trace where the former one was.
    Recording,
    /// Trilane's simulator, recording the trace on fresh memory.
    RecordingFirst,
    /// The bare state machine on the standard library's heap.
    Heap,
    /// One nexosim model that holds all tasks.
    NexosimOne,
    /// A nexosim model a task.
    NexosimEach,
    /// The hold model on the standard library's heap.
    HoldHeap,
    /// The hold model on Trilane's ladder.
    HoldLadder,
}

/// What one run gave.
#[derive(Clone, Copy, Debug)]
pub struct Finish {
    /// How much CPU time it took, from the drawn work in memory to the makespan.
    pub spent: Duration,
    /// When the last task ended, by the simulated clock.
    pub makespan_ns: u64,
}

impl FromStr for Engine {
    type Err = anyhow::Error;
    fn from_str(name: &str) -> Result<Engine> {
        Ok(match name {
            "trilane" => Engine::Trilane,
            "trilane-recording" => Engine::Recording,
            "trilane-recording-first" => Engine::RecordingFirst,
            "heap" => Engine::Heap,
            "nexosim-one-model" => Engine::NexosimOne,
            "nexosim-model-a-task" => Engine::NexosimEach,
            "hold-heap" => Engine::HoldHeap,
            "hold-ladder" => Engine::HoldLadder,
            _ => bail!("`{name}` is no engine of this program"),
        })
    }
}

/// The least time spent on repeats within a process.
const REPEAT: Duration = Duration::from_millis(300);
/// The most repeats within a process.
const REPEATS: usize = 401;

/// What a process measures of an engine.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// Nanoseconds of CPU time an event, the median of repeats.
    pub ns_per_event: f64,
    /// When the last task ended.
    pub makespan_ns: u64,
    /// Of recording: how many times as long it takes as the same run without, the median of pairs.
    pub times_bare: Option<f64>,
}

/// Measures an engine.
pub fn measure(engine: Engine, work: &Arc<Work>) -> Result<Measured> {
    let runner: Box<dyn Fn() -> Result<Finish> + '_> = match engine {
        Engine::HoldHeap => return Ok(Measured::hold(hold::heap(work))),
        Engine::HoldLadder => return Ok(Measured::hold(hold::ladder(work))),
        Engine::Recording => return recording(&trilane::Simulation::new(work)?, work),
        Engine::Trilane => {
            let simulation = trilane::Simulation::new(work)?;
            Box::new(move || simulation.simulate())
        }
        Engine::RecordingFirst => {
            let simulation = trilane::Simulation::new(work)?;
            Box::new(move || {
                let finish = simulation.record_first();
                simulation.forget();
                finish
            })
        }
        Engine::Heap => Box::new(|| {
            let start = ProcessTime::now();
            let makespan_ns = machine::run(work);
            Ok(Finish {
                spent: start.elapsed(),
                makespan_ns,
            })
        }),
        Engine::NexosimOne => Box::new(|| nexosim_one::run(work)),
        Engine::NexosimEach => Box::new(|| nexosim_each::run(work)),
    };
    let mut spent = Vec::new();
    let start = ProcessTime::now();
    let makespan_ns = loop {
        let finish = runner()?;
        spent.push(finish.spent);
        if start.elapsed() >= REPEAT || spent.len() == REPEATS {
            break finish.makespan_ns;
        }
    };
    Ok(Measured::of(spent, makespan_ns, work))
}

/// Recording beside not recording, in turn. What it costs is a small part of a run, and from one process
/// to the next a run may take half as long again: so a pair is of one process and one moment, and the
/// order within it is turned around each time, because who comes second finds another cache.
fn recording(simulation: &trilane::Simulation, work: &Work) -> Result<Measured> {
    simulation.simulate()?;
    simulation.record_again()?;
    let (mut spent, mut ratios) = (Vec::new(), Vec::new());
    let start = ProcessTime::now();
    let makespan_ns = loop {
        let bare = simulation.simulate()?;
        let (first, second) = (simulation.record_again()?, simulation.record_again()?);
        let bare = bare.spent + simulation.simulate()?.spent;
        ratios.push((first.spent + second.spent).as_secs_f64() / bare.as_secs_f64());
        spent.extend([first.spent, second.spent]);
        if start.elapsed() >= 2 * REPEAT || spent.len() >= REPEATS {
            break second.makespan_ns;
        }
    };
    ratios.sort_unstable_by(f64::total_cmp);
    Ok(Measured {
        times_bare: Some(ratios[ratios.len() / 2]),
        ..Measured::of(spent, makespan_ns, work)
    })
}

impl Measured {
    fn of(mut spent: Vec<Duration>, makespan_ns: u64, work: &Work) -> Measured {
        spent.sort_unstable();
        let median = spent[spent.len() / 2];
        Measured {
            ns_per_event: median.as_nanos() as f64 / Work::events(work.n) as f64,
            makespan_ns,
            times_bare: None,
        }
    }

    /// A hold has no tasks that end.
    fn hold(ns_per_event: f64) -> Measured {
        Measured {
            ns_per_event,
            makespan_ns: 0,
            times_bare: None,
        }
    }
}

/// Runs a nexosim bench to its end. Its set-up began at `start`; taking it apart afterwards is not
/// its users' waiting time.
pub(crate) fn drive(start: ProcessTime, bench: SimInit) -> Result<Finish> {
    let mut simulation = bench
        .init(MonotonicTime::EPOCH)
        .map_err(|error| anyhow!("nexosim: {error}"))?;
    simulation
        .run()
        .map_err(|error| anyhow!("nexosim: {error}"))?;
    let spent = start.elapsed();
    let makespan = simulation.time().duration_since(MonotonicTime::EPOCH);
    Ok(Finish {
        spent,
        makespan_ns: makespan.as_nanos() as u64,
    })
}
