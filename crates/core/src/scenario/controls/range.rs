//! How far a knob's slider goes.
//!
//! A range must hold the value and must not change while the knob is turned within it, and a text
//! says nothing of where its values came from. So the numbers that the language allows are cut at
//! fixed places into ranges, and a value has the range that it lies in. Where a knob shares a limit
//! with others, the room that those leave ends the last range.

use super::super::limits::{self, Cost, MOST_NANOS};
use super::super::{Arrive, Draw, LONGEST, MAX_EXECUTIONS, MAX_TASKS, Scenario};
use super::Literal;
use super::place::{Place, Sort};

/// Up to ten seconds: beyond it nobody watches a run.
const TEN_SECONDS: u64 = 10_000_000_000;
/// The scale below which rounding would spoil the shape of a draw with two durations, ns.
const SHAPED: u64 = 1_000;
/// The largest size of the language, bytes.
const LARGEST: u64 = 1_000_000_000_000;
/// The largest rate of the language, a second.
const FASTEST: u64 = 1_000_000_000;

/// The least and the largest number for a slider.
pub(super) fn range(place: &Place, scenario: &Scenario) -> (u64, u64) {
    let now = place.literal.setting().map_or(0, |now| now.number());
    let (starts, most): (&[u64], u64) = match (&place.sort, place.literal) {
        (Sort::Flag, _) => (&[0], 1),
        (Sort::Seed, _) => (&[0, 1_000], i64::MAX as u64),
        (Sort::Tasks(kind), _) => (&[1, 10_001], most_tasks(*kind, scenario)),
        (Sort::Arrive(_), Literal::Arrive(Arrive::Poisson { .. })) => (&[1, 100_001], FASTEST),
        (Sort::Arrive(kind), _) => {
            let count = scenario.kinds.get(*kind).map_or(0, |kind| kind.count);
            let room = room(scenario, now as f64, count.into());
            (&[0, TEN_SECONDS + 1], room.min(LONGEST.as_nanos()))
        }
        (Sort::Payload, _) => (&[0, 100_000_001], LARGEST),
        (Sort::Memory, _) => (&[0, 1_000_000_001], LARGEST),
        (Sort::Duration(times), Literal::Draw(draw)) => {
            let most = most_time(draw, Some(*times), scenario);
            (time_starts(draw), most)
        }
        (_, Literal::Draw(draw)) => (time_starts(draw), most_time(draw, None, scenario)),
        (
            Sort::Repeat {
                begins,
                executions,
                nanos,
            },
            _,
        ) => {
            let once = begins.saturating_mul(*executions);
            let others = all_executions(scenario).saturating_sub(once.saturating_mul(now));
            let fit = MAX_EXECUTIONS.saturating_sub(others).checked_div(once);
            let each = *begins as f64 * nanos;
            let room = room(scenario, each * now as f64, each);
            (
                &[0, 1_001],
                room.min(fit.unwrap_or(MAX_EXECUTIONS)).min(MAX_EXECUTIONS),
            )
        }
        (Sort::Permits, _) => (&[1, 1_001], MAX_TASKS),
        (Sort::Capacity, _) => (&[0, 1_001], MAX_EXECUTIONS),
        (Sort::Duration(_) | Sort::Limit, _) => (&[0], now),
    };
    let least = starts.iter().copied().rfind(|start| *start <= now);
    let next = starts.iter().copied().find(|start| *start > now);
    let end = next.map_or(u64::MAX, |next| next - 1);
    // What others leave was worked out with real numbers: the value itself is allowed all the same.
    (least.unwrap_or(now), end.min(most.max(now)))
}

const fn time_starts(draw: Draw) -> &'static [u64] {
    match draw {
        Draw::Uniform(..) | Draw::Normal(..) => &[0, SHAPED, TEN_SECONDS + 1],
        _ => &[0, TEN_SECONDS + 1],
    }
}

fn all_executions(scenario: &Scenario) -> u64 {
    let each = scenario.kinds.iter().map(|kind| Cost::of(kind).executions);
    each.fold(0, u64::saturating_add)
}

/// How many units fit into the years that a scenario may take, where the knob has taken `taken` ns
/// and a unit takes `each` ns. Cut to three digits, so that no rounding of the sum moves it.
fn room(scenario: &Scenario, taken: f64, each: f64) -> u64 {
    let all: f64 = scenario.kinds.iter().map(|kind| Cost::of(kind).nanos).sum();
    let left = (MOST_NANOS - (all - taken)) * 0.999_999;
    if each <= 0.0 || left / each >= 1e18 {
        return u64::MAX;
    }
    let exact = (left / each).max(0.0) as u64;
    let scale = 10_u64.pow(exact.max(1).ilog10().saturating_sub(2));
    exact / scale * scale
}

fn most_tasks(kind: usize, scenario: &Scenario) -> u64 {
    let Some(turned) = scenario.kinds.get(kind) else {
        return MAX_TASKS;
    };
    let count = u64::from(turned.count);
    let tasks: u64 = scenario
        .kinds
        .iter()
        .map(|kind| u64::from(kind.count))
        .sum();
    let tasks = (MAX_TASKS + count).saturating_sub(tasks);
    let cost = Cost::of(turned);
    let fit = match cost.executions / count.max(1) {
        0 => MAX_TASKS,
        each => (MAX_EXECUTIONS + cost.executions).saturating_sub(all_executions(scenario)) / each,
    };
    let room = room(scenario, cost.nanos, cost.nanos / count.max(1) as f64);
    tasks.min(fit).min(room)
}

/// The largest scale of a draw that runs so many times; a time limit adds no time, and has none.
fn most_time(draw: Draw, times: Option<u64>, scenario: &Scenario) -> u64 {
    let longest = LONGEST.as_nanos();
    let Some(times) = times else {
        return longest;
    };
    let (mean, times) = (limits::mean(&draw), times as f64);
    let taken = mean * times;
    // A mean is cut at the longest duration: where that fits, everything does.
    if room(scenario, taken, longest as f64 * times) > 0 {
        return longest;
    }
    let scale = draw.scale().as_nanos().max(1) as f64;
    room(scenario, taken, (mean / scale).max(1.0) * times).min(longest)
}
