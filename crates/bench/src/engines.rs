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

/// Measures an engine: nanoseconds of CPU time an event (the median of repeats), and the makespan.
pub fn measure(engine: Engine, work: &Arc<Work>) -> Result<(f64, u64)> {
    let runner: Box<dyn Fn() -> Result<Finish> + '_> = match engine {
        Engine::HoldHeap => return Ok((hold::heap(work), 0)),
        Engine::HoldLadder => return Ok((hold::ladder(work), 0)),
        Engine::Trilane | Engine::Recording | Engine::RecordingFirst => {
            let simulation = trilane::Simulation::new(work)?;
            match engine {
                Engine::Recording => Box::new(move || simulation.record_again()),
                Engine::RecordingFirst => Box::new(move || {
                    let finish = simulation.record_first();
                    simulation.forget();
                    finish
                }),
                _ => Box::new(move || simulation.simulate()),
            }
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
    spent.sort_unstable();
    let median = spent[spent.len() / 2];
    Ok((
        median.as_nanos() as f64 / Work::events(work.n) as f64,
        makespan_ns,
    ))
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
