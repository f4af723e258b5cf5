//! The work that every engine is given: `n` tasks, each ten steps, I/O and CPU in turn, with
//! exponential times drawn beforehand by Trilane's own `draw`.
//!
//! The mean of the I/O grows with `n`, so that the CPU work of all tasks just about fills what the
//! one lock or loop can give. Then about half the tasks wait for I/O and half in the ready queue,
//! whatever their number, and neither queue is spared. (With a fixed I/O time, all but a few tasks
//! would wait in the ready queue, and no event queue would be large.) I/O comes first, because a
//! program that starts a thread a task does so under the lock: were CPU first, its threads would
//! start one by one, as the lock goes round, and no peer knows that rule.

use std::fs;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, Result, bail, ensure};
use trilane_core::scenario::{self, Format};
use trilane_core::workload::{self, Workload};

/// Steps of a task.
pub const STEPS: usize = 10;
/// Of these, the one without the GIL under `thr`: every fourth CPU step.
pub const NATIVE_STEP: usize = 7;
/// Cores of the machine.
pub const CORES: u32 = 4;
/// After so long the lock is handed to whoever waits for it: CPython's switch interval.
pub const QUANTUM_NS: u64 = 5_000_000;
/// Mean of a CPU step.
const CPU_MS: u64 = 2;

/// How the work is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A thread a task: four cores, one GIL, every fourth CPU step free of it.
    Thr,
    /// One event loop with a FIFO ready queue, and timers.
    Aio,
}

/// Drawn work.
#[derive(Debug)]
pub struct Work {
    /// How it is run.
    pub shape: Shape,
    /// Tasks.
    pub n: u32,
    /// Nanoseconds of each step, task by task.
    pub draws: Vec<u64>,
}

/// What the rules of a [`Shape`] do with a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Needs the lock and a core, or the loop.
    Cpu,
    /// Needs a core.
    Native,
    /// Needs nothing.
    Io,
}

impl Shape {
    /// Its name on the command line and in the table.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Thr => "thr",
            Shape::Aio => "aio",
        }
    }

    /// What step `step` of a task is.
    #[inline]
    pub fn kind(self, step: usize) -> Kind {
        match (step % 2, self) {
            (0, _) => Kind::Io,
            (_, Shape::Thr) if step == NATIVE_STEP => Kind::Native,
            _ => Kind::Cpu,
        }
    }
}

impl FromStr for Shape {
    type Err = anyhow::Error;
    fn from_str(name: &str) -> Result<Shape> {
        match name {
            "thr" => Ok(Shape::Thr),
            "aio" => Ok(Shape::Aio),
            _ => bail!("`{name}` is no workload: `thr` or `aio`"),
        }
    }
}

impl Work {
    /// The work as a scenario.
    pub fn scenario(shape: Shape, n: u32) -> String {
        let io = format!("{{ io = \"exp({}ms)\" }}", u64::from(n) * CPU_MS);
        let steps: Vec<String> = (0..STEPS)
            .map(|step| match shape.kind(step) {
                Kind::Cpu => format!("{{ cpu = \"exp({CPU_MS}ms)\" }}"),
                Kind::Native => format!("{{ native = \"exp({CPU_MS}ms)\" }}"),
                Kind::Io => io.clone(),
            })
            .collect();
        format!(
            "trilane = 1\ntitle = \"bench {} {n}\"\ncores = {CORES}\n[tasks.t]\ncount = 1\nsteps = [{}]\n",
            shape.name(),
            steps.join(", ")
        )
    }

    /// The work as Trilane draws it.
    pub fn draw(shape: Shape, n: u32) -> Result<Workload> {
        let text = Work::scenario(shape, n);
        let mut scenario = scenario::parse(&text, Format::Toml)
            .map_err(|problems| anyhow::anyhow!("{}", problems[0].render("bench")))?;
        // Set afterwards: a million tasks that mostly wait take 317 years one after another, and the
        // language takes at most 100.
        scenario.kinds[0].count = n;
        let mut workload = workload::draw(&scenario, 1);
        // A peer may refuse an event that lies no time ahead.
        for ns in &mut workload.draws {
            *ns = (*ns).max(1);
        }
        ensure!(
            workload.draws.len() == n as usize * STEPS,
            "a task draws {STEPS} numbers, but {} were drawn for {n}",
            workload.draws.len()
        );
        Ok(workload)
    }

    /// Writes the drawn numbers, 8 bytes each, little end first.
    pub fn write(workload: &Workload, path: &Path) -> Result<()> {
        let bytes: Vec<u8> = workload
            .draws
            .iter()
            .flat_map(|ns| ns.to_le_bytes())
            .collect();
        fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Reads what [`Work::write`] wrote.
    pub fn read(shape: Shape, n: u32, path: &Path) -> Result<Work> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let draws: Vec<u64> = bytes
            .as_chunks()
            .0
            .iter()
            .map(|chunk| u64::from_le_bytes(*chunk))
            .collect();
        ensure!(
            draws.len() == n as usize * STEPS,
            "{} holds {} numbers, not the {} of {n} tasks",
            path.display(),
            draws.len(),
            n as usize * STEPS
        );
        Ok(Work { shape, n, draws })
    }

    /// Nanoseconds of a step.
    #[inline]
    pub fn ns(&self, task: u32, step: usize) -> u64 {
        self.draws[task as usize * STEPS + step]
    }

    /// Events that this work amounts to, the same for every engine: each step completes, and each
    /// CPU step is dispatched. What an engine does beyond that (hand-offs after a quantum, its own
    /// bookkeeping events) is its own affair and only shows in the time.
    pub fn events(n: u32) -> u64 {
        u64::from(n) * (STEPS + STEPS / 2) as u64
    }
}
