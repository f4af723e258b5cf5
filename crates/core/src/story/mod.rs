//! The narration: what happens at an instant of a run, and why, in words.
//!
//! Everything is worked out from the trace, so that no sentence can say what the picture does not
//! show. What a trace cannot know for certain (a measured one does not see the lock) is not said. All
//! that needs a look at the whole run is prepared once, so that a moment can be told for each frame
//! while the run is played.

mod gil;
mod headline;
mod index;
mod rules;
mod scene;
mod task;
mod why;
mod words;

use index::Index;
use scene::Scene;

use crate::trace::{Lane, Trace};
use crate::units::Dur;

/// What is needed to tell a trace.
#[derive(Clone, Debug)]
pub struct Story {
    index: Index,
}

/// An instant of a run, told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When, ns since the run began.
    pub at_ns: u64,
    /// What happens at this instant, or what is going on; never empty.
    pub headline: String,
    /// Why, with figures.
    pub sentences: Vec<String>,
    /// The rule behind it.
    pub rule: Option<&'static Rule>,
    /// What to count, and how much of it there is.
    pub counters: Vec<(&'static str, String)>,
}

/// A rule of Python or of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What people call it: `the convoy`.
    pub name: &'static str,
    /// File and function that say so: `Python/ceval_gil.c, take_gil`.
    pub source: &'static str,
    /// Where the course explains it: a chapter, and the anchor of a heading in it.
    pub lesson: (&'static str, &'static str),
}

/// Every rule that a narration may refer to.
pub fn rules() -> &'static [Rule] {
    rules::RULES
}

impl Story {
    /// Looks through a trace, whose Python lets a waiter ask for the GIL after `switch_interval`.
    pub fn new(trace: &Trace, switch_interval: Dur) -> Story {
        Story {
            index: Index::new(trace, switch_interval),
        }
    }

    /// The next instant after `ns` at which something begins or ends, up to the end of the run.
    pub fn next(&self, ns: u64) -> Option<u64> {
        let marks = &self.index.marks;
        let next = marks.partition_point(|mark| mark.at <= ns);
        let found = marks.get(next).map(|mark| mark.at);
        found.filter(|at| *at <= self.index.makespan)
    }

    /// The last instant before `ns` at which something begins or ends, no later than the end of the run.
    pub fn previous(&self, ns: u64) -> Option<u64> {
        let marks = &self.index.marks;
        let before = ns.min(self.index.makespan.saturating_add(1));
        let past = marks.partition_point(|mark| mark.at < before);
        Some(marks.get(past.checked_sub(1)?)?.at)
    }

    /// What happens at an instant; with `focus`, what happens to that task or thread. The trace is
    /// the one that the story was made of.
    pub fn at(&self, trace: &Trace, ns: u64, focus: Option<Lane>) -> Moment {
        let scene = Scene::new(trace, &self.index, ns);
        let told = headline::headline(&scene, focus);
        let mut sentences = told.why.clone();
        let rule = why::add(&scene, &told, &mut sentences);
        Moment {
            at_ns: ns,
            headline: told.headline,
            sentences,
            rule: rule.and_then(rules::Law::rule),
            counters: why::counters(&scene),
        }
    }
}
