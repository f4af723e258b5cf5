//! Every plan under many jitters.

use super::{Crew, SEEDS, Stage};
use crate::advice::document::Contender;
use crate::compare::completed;
use crate::model;
use crate::plan::PlanSpec;
use crate::race::{Entry, Machine, setup};
use crate::report::Report;
use crate::scenario::Scenario;
use crate::workload::draw;

/// Events that the seeds after the first may take in all; the fastest plans get them first.
const RANKING_EVENTS: u64 = 20_000_000;
/// Events of one run in the ranking; a plan that takes more is told as stopped.
const RUN_EVENTS: u64 = 6_000_000;

/// Runs every plan under many jitters.
pub(super) fn rank<C: Crew>(
    scenario: &Scenario,
    machine: &Machine,
    entries: &[(PlanSpec, Entry)],
    seed: u64,
    asked: bool,
    crew: &C,
) -> Vec<Contender> {
    let workload = draw(scenario, seed);
    let first = crew.map(Stage::Ranking, entries, |(_, entry)| {
        C::summarise(&limited(setup(&workload, machine, entry, 0)))
    });
    let seeds = share_out(&first);
    let jobs: Vec<(usize, u64)> = (0..entries.len())
        .flat_map(|i| (1..u64::from(seeds[i])).map(move |jitter| (i, jitter)))
        .collect();
    let more = crew.map(Stage::Jitter, &jobs, |&(i, jitter)| {
        let setup = setup(&workload, machine, &entries[i].1, jitter);
        (i, C::summarise(&limited(setup)).makespan_ns)
    });
    let mut makespans: Vec<Vec<u64>> = first
        .iter()
        .map(|report| vec![report.makespan_ns])
        .collect();
    for (i, ns) in more {
        makespans[i].push(ns);
    }
    let rows = entries.iter().zip(first).zip(makespans);
    rows.map(|(((_, entry), report), makespans)| Contender {
        label: machine.label(entry),
        python: entry.python.clone(),
        setting: machine.setting(entry),
        report,
        makespans,
        // A plan that was asked for is ranked with the rest, whatever its Python.
        elsewhere: !asked && entry.python != machine.python,
    })
    .collect()
}

/// The run with a limit that suits one of many: twenty plans must not take a minute each.
fn limited(mut setup: model::Setup<'_>) -> model::Setup<'_> {
    setup.max_events = setup.max_events.min(RUN_EVENTS);
    setup
}

/// Seeds for each plan: all of them from the fastest down, as long as the events last, and at least
/// one each.
fn share_out(first: &[Report]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..first.len()).collect();
    order.sort_by_key(|&i| (!completed(&first[i]), first[i].makespan_ns));
    let mut left = RANKING_EVENTS;
    let mut seeds = vec![1; first.len()];
    for i in order {
        let events = first[i].events.max(1);
        let more = (left / events).min(u64::from(SEEDS - 1));
        left -= more * events;
        seeds[i] = 1 + more as u32;
    }
    seeds
}
