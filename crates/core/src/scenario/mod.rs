//! The scenario language: the work, as a person writes it.
//!
//! Text goes through three stages, so that nothing later can fail on bad input: `source` takes TOML
//! or JSON apart into one tree that knows where everything stands, `raw` reads the tree into the
//! language's tables, and `check` turns those into the types below. Each stage reports what it
//! finds and goes on, so that all problems show at once. After them, [`crate::workload`] draws
//! every number. A checked [`Scenario`] obeys every rule of the language: names resolve, limits
//! hold, nesting is bounded.

mod check;
mod controls;
mod diag;
mod expr;
mod limits;
mod raw;
mod read;
mod scalar;
mod setting;
mod source;

pub use controls::{Control, controls, turn};
pub use diag::Problem;
pub use expr::ExprError;
pub use setting::Setting;

use crate::units::{Bytes, Dur};

/// Most tasks of a scenario, all kinds together.
pub const MAX_TASKS: u64 = 10_000_000;
/// Most steps that all tasks execute together, repeats counted.
pub const MAX_EXECUTIONS: u64 = 100_000_000;
/// Most bytes of a scenario's text.
pub const MAX_TEXT: usize = 1 << 20;
/// Most repeats within one another.
pub const MAX_REPEATS: u32 = 16;
/// Most steps within one another: locks, repeats, gathers and time-outs.
pub const MAX_NESTING: u32 = 24;
/// The longest duration that can be written or drawn: a week.
pub const LONGEST: Dur = Dur::from_secs(7 * 24 * 60 * 60);
/// Most years that the tasks may take one after another, so that no sum of nanoseconds overflows.
const MAX_YEARS: f64 = 100.0;

/// What a scenario is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// TOML.
    Toml,
    /// JSON.
    Json,
}

impl Format {
    /// The format of a file by its name, or, where that does not tell, by how the text begins: no
    /// TOML begins with a brace, and every scenario in JSON does.
    pub fn guess(name: &str, text: &str) -> Format {
        let extension = name
            .rsplit_once('.')
            .map(|(_, extension)| extension.to_ascii_lowercase());
        match extension.as_deref() {
            Some("json") => Format::Json,
            Some("toml") => Format::Toml,
            _ => match text
                .trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n'])
                .starts_with('{')
            {
                true => Format::Json,
                false => Format::Toml,
            },
        }
    }
}

/// Reads a scenario.
///
/// # Errors
/// Everything that is wrong with the text, in its order; never empty.
pub fn parse(text: &str, format: Format) -> Result<Scenario, Vec<Problem>> {
    // A byte order mark is no part of the text, and takes no column.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > MAX_TEXT {
        let bytes = text.len();
        let mut problems = diag::Problems::new("", format);
        let message = format!("{bytes} bytes of text: a scenario has at most {MAX_TEXT}");
        problems.syntax(
            0..0,
            message,
            "use `count` and `repeat` rather than writing tasks out",
        );
        return Err(problems.finish());
    }
    let mut problems = diag::Problems::new(text, format);
    let scenario = source::read(text, format, &mut problems)
        .filter(|root| !raw::other_version(root, &mut problems))
        .and_then(|root| read::Read::read(&root, &diag::Path::ROOT, &mut problems))
        .and_then(|raw| check::check(&raw, &mut problems));
    match scenario {
        Some(scenario) if problems.is_empty() => Ok(scenario),
        _ => Err(problems.finish()),
    }
}

/// Reads a scenario from bytes, which have to be UTF-8.
///
/// # Errors
/// As [`parse`]; where the bytes are not UTF-8, the one problem says where.
pub fn parse_bytes(bytes: &[u8], format: Format) -> Result<Scenario, Vec<Problem>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(text, format),
        Err(error) => {
            let end = error.valid_up_to();
            let text = String::from_utf8_lossy(&bytes[..end.min(MAX_TEXT)]);
            let mut problems = diag::Problems::new(&text, format);
            let byte = bytes.get(end).copied().unwrap_or_default();
            let message = format!("byte {byte:#04x} at offset {end} is not UTF-8");
            problems.syntax(text.len()..text.len(), message, "save the file as UTF-8");
            Err(problems.finish())
        }
    }
}

/// The JSON Schema of the language, made from the types that read it.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(raw::RawScenario);
    schema.insert("title".to_owned(), "Trilane scenario".into());
    schema.to_value()
}

/// A checked scenario: the work, with distributions. Says nothing about how it is run.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// One line that names the work.
    pub title: String,
    /// Markdown to show beside the run.
    pub notes: Option<String>,
    /// Seed of the draws.
    pub seed: u64,
    /// Cores of the simulated machine, where the text fixes them.
    pub cores: Option<u32>,
    /// Kinds of task, in file order.
    pub kinds: Vec<TaskKind>,
    /// Locks, semaphores and queues, in file order.
    pub resources: Vec<Resource>,
}

/// One kind of task: how many, when they arrive, what they do.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskKind {
    /// The table's name: `page` of `[tasks.page]`.
    pub name: String,
    /// How many tasks of this kind.
    pub count: u32,
    /// When they arrive, counted from the kind's release.
    pub arrive: Arrive,
    /// Indices into [`Scenario::kinds`]: this kind is released once every task of those has ended.
    pub after: Vec<u32>,
    /// What a task is handed, paid for when it crosses into another process or interpreter.
    pub input: Bytes,
    /// What a task hands back.
    pub output: Bytes,
    /// What a task holds from its start to its end.
    pub memory: Bytes,
    /// What a task does, in order.
    pub steps: Vec<Step>,
}

/// When the tasks of a kind arrive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arrive {
    /// All when the kind is released.
    AtOnce,
    /// One at the release and one every so often after it.
    Every(Dur),
    /// A Poisson process of this rate.
    Poisson {
        /// Mean arrivals a second.
        per_second: f64,
    },
}

/// One step of a task.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Waits for something outside Python; the GIL is free meanwhile.
    Io {
        /// How long.
        dur: Draw,
        /// The library has no async form: on an event loop it freezes the loop.
        blocking: bool,
        /// Where a mixed plan is to put it.
        on: Option<Place>,
    },
    /// Pure Python bytecode: holds the GIL.
    Cpu {
        /// CPU time on one free core.
        dur: Draw,
        /// Where a mixed plan is to put it.
        on: Option<Place>,
    },
    /// C code that lets go of the GIL.
    Native {
        /// CPU time on one free core.
        dur: Draw,
        /// Where a mixed plan is to put it.
        on: Option<Place>,
    },
    /// Holds a permit of a lock or semaphore around the inner steps.
    Lock {
        /// Index into [`Scenario::resources`]: always [`ResourceKind::Lock`].
        resource: u32,
        /// What is done while holding it.
        steps: Vec<Step>,
    },
    /// Puts one item into a queue; waits while it is full.
    Put {
        /// Index into [`Scenario::resources`]: always [`ResourceKind::Queue`].
        queue: u32,
    },
    /// Takes one item from a queue; waits while it is empty.
    Get {
        /// Index into [`Scenario::resources`]: always [`ResourceKind::Queue`].
        queue: u32,
    },
    /// Does the inner steps several times, each time with draws of its own.
    Repeat {
        /// How many times; 0 is allowed.
        times: u32,
        /// The inner steps.
        steps: Vec<Step>,
    },
    /// Runs branches side by side where the plan can, then waits for all of them.
    Gather {
        /// The branches, each a list of steps.
        branches: Vec<Vec<Step>>,
    },
    /// Gives the inner steps a time limit.
    Timeout {
        /// The limit.
        after: Draw,
        /// The inner steps.
        steps: Vec<Step>,
    },
}

/// Where a mixed plan puts a step: `on = "loop" | "threads" | "processes"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the event loop itself.
    Loop,
    /// In the thread pool.
    Threads,
    /// In the process pool.
    Processes,
}

/// A duration, fixed or drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Draw {
    /// Always the same.
    Fixed(Dur),
    /// Uniform between two bounds.
    Uniform(Dur, Dur),
    /// Exponential with this mean.
    Exp(Dur),
    /// Log-normal with this median and this sigma of the logarithm.
    LogNormal(Dur, f64),
    /// Normal with this mean and standard deviation, cut at zero.
    Normal(Dur, Dur),
    /// Pareto with this minimum and this shape.
    Pareto(Dur, f64),
}

/// A named resource that tasks share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The key in `[resources]`.
    pub name: String,
    /// What it is.
    pub kind: ResourceKind,
}

/// What a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// A mutex (one permit) or a semaphore (several).
    Lock {
        /// How many may hold it at once; at least 1.
        permits: u32,
    },
    /// A first-in first-out queue.
    Queue {
        /// How many items fit; 0 is unbounded.
        capacity: u32,
    },
}
