//! The scenario language: the work, as a person writes it.
//!
//! Text goes through three stages, so that nothing later can fail on bad input: the serde types of
//! `raw` take TOML or JSON apart, `check` turns them into the types below and gathers every problem
//! with its place in the text, and [`crate::workload`] draws every number. A checked [`Scenario`]
//! obeys every rule of the language: names resolve, limits hold, nesting is bounded.

use crate::units::{Bytes, Dur};

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
