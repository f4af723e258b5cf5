//! Running plans side by side, on as many threads as this machine has cores.
//!
//! A simulation is one thread's work, and one plan's outcome is no other's business; so plans are
//! spread over threads here, and the results come back in the order in which they were asked for.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use trilane_core::compare::Race;
use trilane_core::model;
use trilane_core::race;
use trilane_core::report::Report;
use trilane_core::scenario::Scenario;
use trilane_core::trace::Trace;
use trilane_core::workload::draw;

use crate::machine::{Entry, Machine};
use crate::progress::Progress;
use crate::show::race::Runner;

pub(crate) use trilane_core::race::setup;

/// What one plan of a race gave.
#[derive(Clone, Debug)]
pub(crate) struct Ran {
    pub(crate) report: Report,
    /// Kept only where it was asked for: a trace is far larger than its report.
    pub(crate) trace: Option<Trace>,
}

/// Applies `work` to every job, and gives the results in the jobs' order.
pub(crate) fn in_parallel<J: Sync, R: Send>(jobs: &[J], work: impl Fn(&J) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism()
        .map_or(1, |n| n.get())
        .min(jobs.len());
    if threads <= 1 {
        return jobs.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(jobs.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(i) else { break };
                    let result = work(job);
                    done.lock()
                        .expect("no job panics while it holds the list")
                        .push((i, result));
                }
            });
        }
    });
    let mut done = done
        .into_inner()
        .expect("no job panics while it holds the list");
    done.sort_by_key(|(i, _)| *i);
    done.into_iter().map(|(_, result)| result).collect()
}

/// A race that was run: its document, and what showing it needs besides.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) race: Race,
    pub(crate) runners: Vec<Runner>,
    /// One a run, or none at all where they were not asked for.
    pub(crate) traces: Vec<Trace>,
}

/// Races the entries on one workload.
pub(crate) fn race(
    scenario: &Scenario,
    machine: &Machine,
    entries: &[Entry],
    seed: u64,
    jitter: u64,
    keep_traces: bool,
) -> Finished {
    let workload = draw(scenario, seed);
    let jobs = race::jobs(machine, entries);
    let progress = Progress::start("simulating", jobs.len());
    let ran = in_parallel(&jobs, |entry| {
        let setup = setup(&workload, machine, entry, jitter);
        let ran = if keep_traces {
            let trace = model::record(&setup);
            Ran {
                report: trilane_core::report::report(&trace),
                trace: Some(trace),
            }
        } else {
            Ran {
                report: model::summarise(&setup),
                trace: None,
            }
        };
        progress.step();
        ran
    });
    progress.finish();
    let (mut reports, mut traces) = (Vec::new(), Vec::new());
    for (at, ran) in ran.into_iter().enumerate() {
        reports.push(ran.report);
        traces.extend(ran.trace.filter(|_| at < entries.len()));
    }
    let runners = entries
        .iter()
        .map(|entry| Runner {
            name: machine.short_name(entry),
            setting: machine.setting(entry),
        })
        .collect();
    let title = &workload.title;
    let race = race::finish(title, seed, machine, &jobs, reports, entries.len());
    Finished {
        race,
        runners,
        traces,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_back_in_order() {
        let jobs: Vec<u64> = (0..1000).collect();
        let squares = in_parallel(&jobs, |n| n * n);
        assert_eq!(squares, jobs.iter().map(|n| n * n).collect::<Vec<_>>());
        assert!(in_parallel(&[], |n: &u64| *n).is_empty());
    }
}
