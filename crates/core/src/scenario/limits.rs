//! Whether a scenario's numbers, taken together, stay within its limits.

use super::check::Checked;
use super::diag::{Path, Problems};
use super::source::Span;
use super::{Arrive, Draw, LONGEST, MAX_EXECUTIONS, MAX_TASKS, MAX_YEARS, Step, TaskKind};
use crate::units::Dur;

/// Nanoseconds that the tasks may take one after another.
pub(super) const MOST_NANOS: f64 = MAX_YEARS * 3.1536e16;

/// What a kind adds up to.
pub(super) struct Cost {
    /// Steps that its tasks execute.
    pub(super) executions: u64,
    /// What its tasks take one after another, with the gaps between their arrivals.
    pub(super) nanos: f64,
}

impl Cost {
    pub(super) fn of(kind: &TaskKind) -> Cost {
        let count = u64::from(kind.count);
        let arrivals = match kind.arrive {
            Arrive::AtOnce => 0.0,
            Arrive::Every(gap) => gap.as_nanos() as f64 * f64::from(kind.count),
            Arrive::Poisson { per_second } => 1e9 / per_second * f64::from(kind.count),
        };
        Cost {
            executions: executions(&kind.steps).saturating_mul(count),
            nanos: arrivals + nanos(&kind.steps) * f64::from(kind.count),
        }
    }
}

/// Steps that one task executes. A pass of a repeat counts even where it is empty, and so does a
/// branch: a program in Python goes through them all the same.
pub(super) fn executions(steps: &[Step]) -> u64 {
    let one = |step: &Step| match step {
        Step::Io { .. } | Step::Cpu { .. } | Step::Native { .. } => 1,
        Step::Put { .. } | Step::Get { .. } => 1,
        Step::Lock { steps, .. } | Step::Timeout { steps, .. } => executions(steps) + 1,
        Step::Repeat { times, steps } => executions(steps)
            .max(1)
            .saturating_mul(u64::from(*times))
            .saturating_add(1),
        Step::Gather { branches } => branches.iter().fold(1_u64, |sum, branch| {
            sum.saturating_add(executions(branch)).saturating_add(1)
        }),
    };
    steps
        .iter()
        .fold(0_u64, |sum, step| sum.saturating_add(one(step)))
}

/// Nanoseconds of work and waiting in one task's steps, on average.
pub(super) fn nanos(steps: &[Step]) -> f64 {
    steps
        .iter()
        .map(|step| match step {
            Step::Io { dur, .. } | Step::Cpu { dur, .. } | Step::Native { dur, .. } => mean(dur),
            Step::Put { .. } | Step::Get { .. } => 0.0,
            Step::Lock { steps, .. } | Step::Timeout { steps, .. } => nanos(steps),
            Step::Repeat { times, steps } => nanos(steps) * f64::from(*times),
            Step::Gather { branches } => branches.iter().map(|branch| nanos(branch)).sum(),
        })
        .sum()
}

/// A draw's mean in nanoseconds; the cut at the longest duration is applied to the mean.
pub(super) fn mean(draw: &Draw) -> f64 {
    let ns = |dur: Dur| dur.as_nanos() as f64;
    let mean = match *draw {
        Draw::Fixed(dur) | Draw::Exp(dur) => ns(dur),
        Draw::Uniform(low, high) => (ns(low) + ns(high)) / 2.0,
        Draw::LogNormal(median, sigma) => ns(median) * libm::exp(sigma * sigma / 2.0),
        // The cut at zero adds less than one standard deviation.
        Draw::Normal(mean, sd) => ns(mean) + ns(sd),
        // Without a mean where alpha is 1 or less.
        Draw::Pareto(min, alpha) if alpha > 1.0 => ns(min) * alpha / (alpha - 1.0),
        Draw::Pareto(min, _) if min.as_nanos() == 0 => 0.0,
        Draw::Pareto(..) => f64::INFINITY,
    };
    mean.min(ns(LONGEST))
}

/// Holds the whole scenario to its limits; points at the kind that adds most.
pub(super) fn limits(kinds: &[Checked<'_>], at: &Path<'_>, problems: &mut Problems<'_>) {
    let costs: Vec<Cost> = kinds.iter().map(|(kind, ..)| Cost::of(kind)).collect();
    let most = |value: &dyn Fn(usize) -> f64| {
        (0..kinds.len())
            .max_by(|a, b| value(*a).total_cmp(&value(*b)))
            .unwrap_or(0)
    };
    let mut over = |kind: usize, message: String, remedy: &str| {
        let (_, entry, task) = &kinds[kind];
        let at = at.key(&entry.name, &entry.name_span);
        let span: &Span = task
            .count
            .0
            .as_ref()
            .map_or(&entry.name_span, |count| &count.span);
        problems.add(span, &at.key("count", span), message, remedy);
    };
    let tasks: u64 = kinds.iter().map(|(kind, ..)| u64::from(kind.count)).sum();
    if tasks > MAX_TASKS {
        let kind = most(&|kind| f64::from(kinds[kind].0.count));
        let message = format!("{tasks} tasks in all: a scenario has at most {MAX_TASKS}");
        over(kind, message, "lower the count");
    }
    let executions = costs
        .iter()
        .fold(0_u64, |sum, cost| sum.saturating_add(cost.executions));
    if executions > MAX_EXECUTIONS {
        let kind = most(&|kind| costs[kind].executions as f64);
        let message = format!(
            "{executions} step executions in all, repeats counted: a scenario has at most \
             {MAX_EXECUTIONS}"
        );
        over(kind, message, "lower this count or a repeat");
    }
    let nanos: f64 = costs.iter().map(|cost| cost.nanos).sum();
    if nanos > MOST_NANOS {
        let kind = most(&|kind| costs[kind].nanos);
        let message = format!(
            "the tasks take {:.0} years one after another: a scenario takes at most {MAX_YEARS}",
            nanos / 3.1536e16
        );
        over(kind, message, "lower this count, a repeat or a duration");
    }
}
