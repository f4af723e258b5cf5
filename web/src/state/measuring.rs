//! Real runs as the visitor wants them, and how far they are.

use std::collections::BTreeSet;

use trilane_core::profile::embedded_names;

use super::{Shared, State};
use crate::soon;

/// Runs of each plan, where nobody says how many.
const REPEAT: u32 = 5;
/// At most.
pub const MOST_REPEATS: u32 = 50;

/// Something that runs plans for real.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interpreter {
    /// What whoever runs it knows it by.
    pub id: String,
    /// What a plan has after its `@`: `3.13`.
    pub name: String,
    /// Where it is, for people.
    pub label: String,
    /// Whether a profile can be made of it.
    pub calibrates: bool,
    /// Why it cannot run anything here, where it cannot.
    pub refuses: Option<String>,
}

/// Real runs that are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// The scenario's text.
    pub scenario: String,
    /// Its plans, as written.
    pub plans: Vec<String>,
    /// Ids of interpreters.
    pub interpreters: Vec<String>,
    /// Runs of each.
    pub repeat: u32,
}

/// How far real runs are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Running {
    /// What is done just now.
    pub words: String,
    /// How much is done, of 1.
    pub share: f64,
}

/// What the Measure place holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Measuring {
    /// What there is to run plans on.
    pub interpreters: Shared<Vec<Interpreter>>,
    /// Ids of those that are chosen.
    pub on: BTreeSet<String>,
    /// Plans of the race that are not to be run, as written.
    pub left_out: BTreeSet<String>,
    /// Runs of each plan.
    pub repeat: u32,
    /// Runs that are on their way.
    pub running: Option<Running>,
    /// Why the last ones gave no result.
    pub failed: Option<String>,
}

/// What is chosen there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// An interpreter, by its id: chosen, or no longer.
    On(String),
    /// A plan, as written: to be run, or not.
    Plan(String),
    /// So many runs of each.
    Repeat(u32),
}

impl Default for Measuring {
    fn default() -> Measuring {
        Measuring {
            interpreters: Shared::default(),
            on: BTreeSet::new(),
            left_out: BTreeSet::new(),
            repeat: REPEAT,
            running: None,
            failed: None,
        }
    }
}

impl Measuring {
    pub(super) fn found(&mut self, all: Vec<Interpreter>) {
        let first = all.iter().find(|one| one.refuses.is_none());
        if self.on.is_empty() {
            self.on.extend(first.map(|one| one.id.clone()));
        }
        self.interpreters = Shared::new(all);
    }

    pub(super) fn choose(&mut self, choice: Choice) {
        let toggle = |set: &mut BTreeSet<String>, key: String| {
            if !set.remove(&key) {
                set.insert(key);
            }
        };
        match choice {
            Choice::On(id) => toggle(&mut self.on, id),
            Choice::Plan(written) => toggle(&mut self.left_out, written),
            Choice::Repeat(times) => self.repeat = times.clamp(1, MOST_REPEATS),
        }
    }

    /// Those that are chosen, and can run.
    pub fn chosen(&self) -> impl Iterator<Item = &Interpreter> {
        let runs = |one: &&Interpreter| one.refuses.is_none() && self.on.contains(&one.id);
        self.interpreters.iter().filter(runs)
    }

    /// Why a plan cannot be run by anything here.
    pub fn refuses(&self, plan: &str) -> Option<String> {
        let (_, python) = plan.split_once('@')?;
        let here = self.interpreters.iter().any(|one| one.name == python);
        (!here).then(|| format!("there is no {python} here"))
    }
}

impl State {
    /// What is to be run, as it is chosen.
    pub fn order(&self) -> Order {
        let Measuring {
            left_out, repeat, ..
        } = &self.measuring;
        let wanted = |plan: &&String| {
            !left_out.contains(*plan) && self.measuring.refuses(plan.as_str()).is_none()
        };
        let plans = self.question.plans.iter().filter(wanted);
        let on = self.measuring.chosen().map(|one| one.id.clone());
        Order {
            scenario: self.question.text.clone(),
            plans: plans.cloned().collect(),
            interpreters: on.collect(),
            repeat: *repeat,
        }
    }

    /// The Python of the profile at hand.
    pub(super) fn own_python(&self) -> Option<String> {
        Some(soon::own(self.question.profile.as_deref())?.python)
    }

    /// The Python whose profile predicts what is chosen: the first that has one.
    pub fn predicts(&self) -> Option<String> {
        let own = self.own_python();
        let known = |name: &str| embedded_names().contains(&name) || own.as_deref() == Some(name);
        let mut chosen = self.measuring.chosen();
        chosen
            .find(|one| known(&one.name))
            .map(|one| one.name.clone())
    }
}
