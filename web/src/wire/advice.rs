//! Advice, as it travels: what a scenario answers in the flowchart, how far the simulation is, and what it
//! says in the end.

use serde::{Deserialize, Serialize};
use trilane_core::advice::Family;
use trilane_core::advice::flowchart::Decision;

/// What a scenario's own numbers answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Walked {
    /// The scenario's title.
    pub title: String,
    /// The forks it meets, in order.
    pub decisions: Vec<Decision>,
    /// Where that ends.
    pub answer: Family,
}

/// What is being simulated for an advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Every plan once.
    Ranking,
    /// Every plan under jitter.
    Jitter,
    /// Knobs are turned.
    Knobs,
}

/// How far an advice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advising {
    /// At what.
    pub stage: Stage,
    /// So many of its jobs are done.
    pub done: u32,
    /// So many there are.
    pub of: u32,
}

/// The advice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Advised {
    /// Cores of the machine.
    pub cores: u32,
    /// The Python that was asked for.
    pub python: String,
    /// The plan to take, by its place in the ranking; nothing where none gets to the end.
    pub best: Option<u32>,
    /// Why, in sentences.
    pub because: Vec<String>,
    /// The plans, fastest first; those that never end come last.
    pub ranking: Vec<Ranked>,
    /// Plans on other Pythons.
    pub elsewhere: Vec<Ranked>,
    /// Where the answer flips, the nearest first.
    pub flips: Vec<Flip>,
    /// Where the flowchart ends, walked by the scenario's numbers.
    pub answer: Option<Family>,
    /// How the simulation is at odds with that.
    pub disagreement: Option<String>,
    /// Ranked on one task in so many, and flips looked for on one in so many.
    pub one_task_in: [u32; 2],
    /// Knobs that were turned.
    pub knobs: u32,
    /// Jitter seeds a plan, at most.
    pub seeds: u32,
    /// The program of the plan to take.
    pub code: String,
}

/// A plan's place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// The plan as one writes it.
    pub plan: String,
    /// Its family.
    pub family: Family,
    /// Its Python.
    pub python: String,
    /// The median of its run times, ns.
    pub median_ns: u64,
    /// Half of its runs are within this, ns.
    pub half_ns: [u64; 2],
    /// How many runs it had.
    pub runs: u32,
    /// Times faster than the plain loop.
    pub speedup: Option<f64>,
    /// Whether it gets to the end; if not, how it ends.
    pub ended: Result<(), String>,
    /// What held it back.
    pub held: String,
}

/// Which way a knob flips the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// From a value on, upwards.
    Above,
    /// From a value on, downwards.
    Below,
    /// At the other of two values.
    Is,
}

/// A place where the answer flips.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flip {
    /// What is turned.
    pub key: String,
    /// From which value on.
    pub at: String,
    /// Which way.
    pub when: When,
    /// Its value now.
    pub now: String,
    /// Who wins there.
    pub to: String,
    /// The plot of its knob.
    pub plot: u32,
}

/// A plot that is wanted of the last advice: of which knob, in which words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepAsk {
    /// The knob's plot.
    pub plot: u32,
    /// What the vertical axis is called.
    pub time: String,
    /// What stands at the knob's value now, `{0}`.
    pub now: String,
    /// What stands where the answer flips: at `{0}`, to `{1}`.
    pub flips: String,
    /// Said where nothing can be plotted.
    pub none: String,
}
