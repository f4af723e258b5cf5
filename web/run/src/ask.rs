//! What the page asks, and what it is told.

use serde::{Deserialize, Serialize};

/// A request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Ask {
    /// Reads a scenario and its plans; nothing is run yet.
    Prepare(Prepare),
    /// Runs the plan of this number once.
    Run {
        /// In the order of the answer to [`Ask::Prepare`].
        plan: usize,
    },
    /// Puts all runs together as `trilane measure --json` has them; the traces come beside it, those of
    /// a plan in a row.
    Document {
        /// One a plan.
        runs: Vec<Runs>,
    },
    /// Measures what things cost here, as a profile.
    Calibrate {
        /// How the browser names itself: `navigator.userAgent`.
        browser: String,
        /// Cores.
        cores: u32,
        /// `2026-11-27`.
        date: String,
        /// What [`Ask::Handoffs`] gave, where memory is shared.
        #[serde(default)]
        handoffs: Vec<u64>,
    },
    /// How long it takes from one thread to another, where memory is shared.
    Handoffs,
}

/// Work to be run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Prepare {
    /// The scenario's text.
    pub scenario: String,
    /// The plans as written; none are the default set.
    pub plans: Vec<String>,
    /// Cores that the browser tells of.
    pub cores: u32,
    /// How the browser names itself: `navigator.userAgent`.
    pub browser: String,
    /// Another seed than the scenario's.
    pub seed: Option<u64>,
    /// A profile of this browser, as a file's text, to predict with.
    pub profile: Option<String>,
}

/// Of one plan, how often it ran and what else is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Runs {
    /// Its number.
    pub plan: usize,
    /// How many traces are its.
    pub count: usize,
    /// Why there are none.
    pub error: Option<String>,
    /// What noting down cost, ns, of each.
    pub noting_ns: Vec<u64>,
    /// How much slower the machine was after each than before it.
    pub drift: Vec<f64>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The plans, resolved.
    Prepared {
        /// The scenario's title.
        title: String,
        /// One a plan.
        plans: Vec<Planned>,
    },
    /// A run was made; its trace comes beside it.
    Ran(Box<Ran>),
    /// All runs together.
    Document {
        /// What `trilane measure --json` prints.
        document: String,
        /// The same with each run's trace, as `trilane measure -o FILE.json` writes it.
        file: String,
    },
    /// A profile, as a file's text.
    Profile(String),
    /// Times from one thread to another, ns, ascending.
    Handoffs(Vec<u64>),
    /// How far a calibration is, from 0 to 1, and what is measured next.
    Progress(f64, String),
    /// Why there is no answer.
    Error(String),
}

/// A plan, resolved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// As one writes it: `threads(8)`.
    pub plan: String,
    /// `browser`, or `browser-gil`.
    pub python: String,
    /// Threads that share memory; 0 for plans that have none.
    pub threads: usize,
    /// The run time that is predicted, ns.
    pub expected_ns: u64,
    /// Why it is not run.
    pub refused: Option<String>,
}

/// A run in figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ran {
    /// Run time, ns.
    pub makespan_ns: u64,
    /// What noting down cost, ns.
    pub noting_ns: u64,
    /// How much slower the machine was after it than before it.
    pub drift: f64,
}

/// What the page wants measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The work.
    #[serde(flatten)]
    pub work: Prepare,
    /// Runs of each plan.
    pub repeat: u32,
    /// On the page's own thread, where a plan can run there: it stands still meanwhile.
    pub on_page: bool,
    /// Where the script of the module with shared memory is; nothing where the page is not isolated.
    pub threads: Option<String>,
}

/// What the page hears of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// How much is done, of 1, and what is done now.
    Progress(f64, String),
    /// What was measured, as a document and as a file.
    Measured {
        /// See [`Told::Document`].
        document: String,
        /// Likewise.
        file: String,
    },
    /// A profile, as a file's text.
    Profile(String),
    /// It is over; why, where there is nothing.
    Over(Option<String>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_come_out_as_they_went_in() {
        let runs = vec![Runs::default()];
        for ask in [
            Ask::Prepare(Prepare::default()),
            Ask::Run { plan: 3 },
            Ask::Document { runs },
            Ask::Handoffs,
        ] {
            let text = serde_json::to_string(&ask).expect("it is written");
            assert_eq!(
                serde_json::from_str::<Ask>(&text).expect("it is read"),
                ask,
                "{text}"
            );
        }
    }
}
