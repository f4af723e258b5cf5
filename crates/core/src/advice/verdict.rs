//! Who won a race, by how much and why, in a sentence or two; and what a plan is good at.

use super::figures::{Figures, dur};
use super::why::{Setting, held_back};
use super::{Family, counted};
use crate::compare::{Race, completed};
use crate::plan::Plan;
use crate::report::Report;

/// One or two sentences on who won a race, by how much and why. `names` are the runs' plans as one
/// writes them: with `@` and a Python where that is another than the set's.
pub fn verdict(race: &Race, settings: &[Setting], names: &[String]) -> String {
    let order = race.ranking();
    let Some(best) = race.best() else {
        return match order.is_empty() {
            true => "Nothing was run".to_owned(),
            false => "No plan gets to the end of it".to_owned(),
        };
    };
    let run = &race.runs[best];
    let name = &names[best];
    let rest: Vec<usize> = order
        .iter()
        .copied()
        .filter(|&i| i != best && completed(&race.runs[i]))
        .collect();
    let ratio = |i: usize| race.runs[i].makespan_ns as f64 / (run.makespan_ns as f64).max(1.0);
    let Some(&second) = rest.first() else {
        return match order.len() {
            1 => format!(
                "{name} takes {}: {}",
                dur(run.makespan_ns as f64),
                held_back(run, settings[best]).text
            ),
            _ => format!("{name} is the only plan that gets to the end"),
        };
    };
    let level: Vec<usize> = rest.iter().copied().filter(|&i| ratio(i) < 1.02).collect();
    if !level.is_empty() {
        let simplest = level
            .iter()
            .copied()
            .chain([best])
            .min_by_key(|&i| {
                (
                    names[i].contains('@'),
                    super::simplicity(settings[i].plan),
                    i,
                )
            })
            .unwrap_or(best);
        let others: Vec<&str> = std::iter::once(best)
            .chain(level)
            .filter(|&i| i != simplest)
            .map(|i| names[i].as_str())
            .collect();
        return format!(
            "Take {}: level with {} (within 2 %), and the simplest of them; {}",
            names[simplest],
            listed(&others),
            strength(&race.runs[simplest], settings[simplest]),
        );
    }
    let reason = strength(run, settings[best]);
    let ahead = format!("{} than {}", faster(ratio(second)), names[second]);
    match run.speedup {
        Some(times) if settings[best].plan != Plan::Sync && settings[second].plan != Plan::Sync => {
            format!(
                "{name} wins, {ahead} and {} than a plain loop: {reason}",
                faster(times)
            )
        }
        _ => format!("{name} wins, {ahead}: {reason}"),
    }
}

/// `12 % faster`, `3.1 times as fast`: told so that it can be followed by `than`.
pub(crate) fn faster(ratio: f64) -> String {
    match ratio {
        r if r < 1.995 => format!("{:.0} % faster", (r - 1.0) * 100.0),
        r if r < 9.95 => format!("{r:.1} times faster"),
        r => format!("{r:.0} times faster"),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// What a run does well.
pub(crate) fn strength(run: &Report, set: Setting) -> String {
    let f = Figures::of(run);
    let busy = f.cores_busy;
    let io = f.io > f.python + f.native + f.pickle + f.overhead;
    match Family::of(set.plan) {
        Family::Sync => "there is little to overlap, and it starts nothing".to_owned(),
        Family::Processes | Family::AsyncioProcesses | Family::AsyncioBoth if busy > 1.2 => {
            format!("a GIL each lets {busy:.1} cores work at once")
        }
        Family::Interpreters if busy > 1.2 => {
            format!("a GIL each, in one process, lets {busy:.1} cores work at once")
        }
        Family::Threads | Family::AsyncioThreads if busy > 1.2 && !set.gil => {
            format!("without a GIL {busy:.1} cores work at once")
        }
        Family::Threads | Family::AsyncioThreads if busy > 1.2 => {
            format!("native code lets go of the GIL: {busy:.1} cores work at once")
        }
        Family::Asyncio if io => {
            format!(
                "one thread waits for up to {} at once, for next to nothing each",
                counted(run.tasks, "task")
            )
        }
        Family::AsyncioThreads if io => {
            "the loop overlaps what can be awaited, and threads take what blocks".to_owned()
        }
        _ if io => "the waits overlap".to_owned(),
        Family::Threads | Family::AsyncioThreads if !set.gil => {
            "without a GIL no thread waits for another".to_owned()
        }
        Family::Asyncio => "one thread, and nothing to hand over".to_owned(),
        _ => "it wastes the least".to_owned(),
    }
}
