//! Where the answer flips: every knob worth turning, both ways.

use std::collections::{BTreeMap, BTreeSet};

use super::{Crew, Curve, FLIP_STEPS, Stage};
use crate::advice::Family;
use crate::advice::document::Contender;
use crate::advice::flips::{self, Candidate, Flip, Way};
use crate::advice::knobs::{self, Knob, Value};
use crate::advice::work;
use crate::model;
use crate::plan::{PlanSpec, default_plans};
use crate::race::{Entry, Machine};
use crate::workload::draw;

/// A knob may make the work this many times larger than [`FLIP_STEPS`].
const FLIP_GROWTH: u64 = 32;
/// Events of one run in the search; a run that takes more ends the search on that side.
const FLIP_EVENTS: u64 = 1_000_000;
/// Events that all the searches may take.
const SEARCH_EVENTS: u64 = 30_000_000;
/// Knobs that are turned, those with the most time behind them first.
const KNOBS: usize = 32;
/// Flips that are told.
const FLIPS: usize = 12;

/// What is searched.
pub(super) struct Search<'a> {
    pub(super) machine: &'a Machine,
    /// Plans that may win.
    pub(super) shortlist: &'a [PlanSpec],
    pub(super) seed: u64,
    /// Whose answer it is now.
    pub(super) winner: Family,
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// The flips, the nearest first.
    pub(super) flips: Vec<Flip>,
    /// The runs that led there, a knob each.
    pub(super) curves: Vec<Curve>,
    /// Knobs that were turned.
    pub(super) turned: usize,
}

/// The plans that may win after a turn of a knob: of each family the best, and the unsized one,
/// which grows with the machine.
pub(super) fn shortlist(entries: &[(PlanSpec, Entry)], contenders: &[Contender]) -> Vec<PlanSpec> {
    let mut order: Vec<usize> = (0..contenders.len())
        .filter(|&i| !contenders[i].elsewhere)
        .collect();
    order.sort_by_key(|&i| {
        (
            contenders[i].report.outcome != "completed",
            contenders[i].report.makespan_ns,
        )
    });
    let mut seen: Vec<Family> = Vec::new();
    let mut specs: Vec<PlanSpec> = Vec::new();
    for &i in &order {
        let family = Family::of(contenders[i].setting.plan);
        if !seen.contains(&family) {
            seen.push(family);
            specs.push(entries[i].0.clone());
        }
    }
    for spec in default_plans() {
        if spec.python.is_none()
            && !specs.contains(&spec)
            && entries.iter().any(|(one, _)| *one == spec)
        {
            specs.push(spec);
        }
    }
    specs
}

impl Search<'_> {
    /// Turns every knob both ways.
    pub(super) fn run<C: Crew>(&self, setup: &knobs::Setup, all: &[Knob], crew: &C) -> Found {
        let Some((candidates, events)) = self.run_all::<C>(setup) else {
            return Found::default();
        };
        // Where a sample of the tasks has another winner than all of them, flips are counted from that.
        let incumbent = match flips::challenger(&candidates, self.winner) {
            None => self.winner,
            Some(other) => other.family,
        };
        // A search takes some twenty runs of everything; so many knobs can be afforded.
        let affordable = SEARCH_EVENTS / (events.max(1) * 40);
        let most = usize::try_from(affordable).unwrap_or(KNOBS).clamp(4, KNOBS);
        let mut knobs: Vec<&Knob> = all.iter().filter(|knob| worth_turning(knob)).collect();
        knobs.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        knobs.truncate(most);
        let jobs: Vec<(&Knob, Way)> = knobs
            .iter()
            .flat_map(|&knob| match knob.now {
                Value::Flag(_) => vec![(knob, Way::Is)],
                _ => vec![(knob, Way::Above), (knob, Way::Below)],
            })
            .collect();
        let found = crew.map(Stage::Knobs, &jobs, |&(knob, way)| {
            let mut run =
                |setup: &knobs::Setup| self.run_all::<C>(setup).map(|(candidates, _)| candidates);
            flips::search(setup, knob, way, incumbent, &mut run)
        });
        // What was met on one side of a knob belongs into the picture of the other.
        let mut met: BTreeMap<&str, Vec<(u64, Vec<Candidate>)>> = BTreeMap::new();
        let mut flips: Vec<(Flip, &Knob, u64)> = Vec::new();
        for (&(knob, _), search) in jobs.iter().zip(found) {
            let points = met
                .entry(&knob.key)
                .or_insert_with(|| vec![(knob.now.number(), candidates.clone())]);
            points.extend(search.points);
            flips.extend(search.flip.map(|(flip, at)| (flip, knob, at)));
        }
        flips.sort_by(|(a, ..), (b, ..)| {
            a.distance
                .total_cmp(&b.distance)
                .then_with(|| a.key.cmp(&b.key))
        });
        flips.truncate(FLIPS);
        let mut curves: Vec<Curve> = Vec::new();
        for (flip, knob, at) in &flips {
            let found = curves.iter().position(|curve| curve.key == knob.key);
            let place = found.unwrap_or(curves.len());
            let met = &met[knob.key.as_str()];
            if found.is_none() {
                curves.push(curve(knob, incumbent, met));
            }
            let there = met.iter().find(|(number, _)| number == at);
            let to = there.and_then(|(_, all)| all.iter().find(|one| one.plan == flip.to));
            let to = to.map(|one| (knob.now.with(*at), one.family));
            curves[place].flips.extend(to);
        }
        Found {
            flips: flips.into_iter().map(|(flip, ..)| flip).collect(),
            curves,
            turned: knobs.len(),
        }
    }

    /// Every plan of the shortlist on a setup, with the events it took; nothing if that is too much.
    fn run_all<C: Crew>(&self, setup: &knobs::Setup) -> Option<(Vec<Candidate>, u64)> {
        if work::steps(&setup.scenario) > FLIP_STEPS * FLIP_GROWTH {
            return None;
        }
        let workload = draw(&setup.scenario, self.seed);
        let mut events = 0u64;
        let mut candidates = Vec::with_capacity(self.shortlist.len());
        for spec in self.shortlist {
            let entry = self.machine.resized(spec, setup.cores)?;
            let costs = self.machine.costs(&entry);
            let mut one = model::Setup::new(&workload, entry.plan, costs, setup.cores);
            one.max_events = FLIP_EVENTS;
            let report = C::summarise(&one);
            events = events.saturating_add(report.events);
            if report.outcome == "stopped" {
                return None;
            }
            candidates.push(Candidate {
                family: Family::of(entry.plan),
                plan: self.machine.label(&entry),
                makespan_ns: (report.outcome == "completed").then_some(report.makespan_ns),
            });
        }
        Some((candidates, events))
    }
}

/// Knobs with no time behind them at all change nothing.
fn worth_turning(knob: &Knob) -> bool {
    knob.weight > 0.0
}

/// The runs of a knob as run times against it: of each family the best of its plans, since flips are
/// between families.
fn curve(knob: &Knob, winner: Family, met: &[(u64, Vec<Candidate>)]) -> Curve {
    let mut met: Vec<&(u64, Vec<Candidate>)> = met.iter().collect();
    met.sort_by_key(|(at, _)| *at);
    met.dedup_by_key(|(at, _)| *at);
    let all = met.iter().flat_map(|(_, all)| all);
    let families: BTreeSet<Family> = all.map(|one| one.family).collect();
    let best = |all: &[Candidate], family: Family| {
        let own = all.iter().filter(|one| one.family == family);
        own.filter_map(|one| one.makespan_ns).min()
    };
    Curve {
        key: knob.key.clone(),
        now: knob.now,
        winner,
        flips: vec![],
        points: met
            .iter()
            .map(|(at, all)| {
                let times = families.iter().map(|family| best(all, *family));
                (*at, times.collect())
            })
            .collect(),
        families: families.into_iter().collect(),
    }
}
