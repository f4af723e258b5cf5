//! Drawing the numbers of a workload.

use super::compile::{compile, is_nothing};
use super::{Kind, Workload};
use crate::rng::Rng;
use crate::scenario::{Arrive, Draw, LONGEST, Scenario, Step, TaskKind};
use crate::units::Dur;

/// Draws every number of a scenario. The same scenario and seed give the same workload, bit for
/// bit, on every target; the numbers of one task depend only on the seed, its kind's name, its
/// index and its kind's steps, and arrivals have a stream of their own.
#[inline]
pub fn draw(scenario: &Scenario, seed: u64) -> Workload {
    let mut draws = Vec::new();
    let mut tasks = 0;
    let kinds = scenario
        .kinds
        .iter()
        .map(|kind| {
            let (first_task, first_draw) = (tasks, draws.len() as u64);
            let recipe = recipe(&kind.steps);
            let program = compile(&kind.steps);
            draws.reserve(kind.count as usize * program.draws_per_task as usize);
            if !recipe.is_empty() {
                for index in 0..kind.count {
                    let mut rng = Rng::stream(seed, &kind.name, u64::from(index));
                    follow(&recipe, &mut rng, &mut draws);
                }
            }
            tasks += kind.count;
            Kind {
                name: kind.name.clone(),
                first_task,
                count: kind.count,
                after: kind.after.clone(),
                arrivals: arrivals(kind, seed),
                input: kind.input,
                output: kind.output,
                memory: kind.memory,
                program,
                first_draw,
            }
        })
        .collect();
    Workload {
        title: scenario.title.clone(),
        seed,
        kinds,
        resources: scenario.resources.clone(),
        draws,
        tasks,
    }
}

/// What is left of steps when only their draws count, in the order in which a program reads them.
enum Ingredient {
    One(Draw),
    Repeat(u32, Vec<Ingredient>),
}

fn recipe(steps: &[Step]) -> Vec<Ingredient> {
    let mut recipe = Vec::new();
    for step in steps {
        add_step(step, &mut recipe);
    }
    recipe
}

fn add_step(step: &Step, recipe: &mut Vec<Ingredient>) {
    match step {
        Step::Io { dur, .. } | Step::Cpu { dur, .. } | Step::Native { dur, .. } => {
            add_draw(dur, recipe);
        }
        Step::Put { .. } | Step::Get { .. } => {}
        Step::Lock { steps, .. } => steps.iter().for_each(|step| add_step(step, recipe)),
        Step::Repeat { .. } if is_nothing(step) => {}
        Step::Repeat { times, steps } => {
            let inner = self::recipe(steps);
            if !inner.is_empty() {
                recipe.push(Ingredient::Repeat(*times, inner));
            }
        }
        Step::Gather { branches } => {
            branches
                .iter()
                .flatten()
                .for_each(|step| add_step(step, recipe));
        }
        Step::Timeout { after, steps } => {
            add_draw(after, recipe);
            steps.iter().for_each(|step| add_step(step, recipe));
        }
    }
}

fn add_draw(draw: &Draw, recipe: &mut Vec<Ingredient>) {
    if !matches!(draw, Draw::Fixed(_)) {
        recipe.push(Ingredient::One(*draw));
    }
}

#[inline]
fn follow(recipe: &[Ingredient], rng: &mut Rng, draws: &mut Vec<u64>) {
    for ingredient in recipe {
        match ingredient {
            Ingredient::One(draw) => draws.push(sample(draw, rng).as_nanos()),
            Ingredient::Repeat(times, inner) => {
                (0..*times).for_each(|_| follow(inner, rng, draws));
            }
        }
    }
}

/// One duration from a distribution, to the nearest nanosecond, and never longer than
/// [`LONGEST`]: a heavy tail must not run past what a `u64` of nanoseconds can add up.
#[inline]
pub fn sample(draw: &Draw, rng: &mut Rng) -> Dur {
    let ns = |dur: &Dur| dur.as_nanos() as f64;
    match draw {
        Draw::Fixed(dur) => *dur,
        Draw::Uniform(low, high) => whole(ns(low) + (ns(high) - ns(low)) * rng.unit()),
        Draw::Exp(mean) => whole(ns(mean) * rng.exponential()),
        Draw::LogNormal(median, sigma) => whole(ns(median) * libm::exp(sigma * rng.normal())),
        Draw::Normal(mean, sd) => whole(ns(mean) + ns(sd) * rng.normal()),
        // The inverse of the distribution function: x = min * u^(-1/alpha).
        Draw::Pareto(min, alpha) => whole(ns(min) * libm::pow(rng.unit(), -1.0 / alpha)),
    }
}

/// The nearest nanosecond, halves up, cut at zero and at [`LONGEST`].
#[inline]
fn whole(ns: f64) -> Dur {
    // The number before 0.5: with it nothing is rounded up that is nearer to the number below.
    const HALF: f64 = 0.5 - f64::EPSILON / 4.0;
    let longest = LONGEST.as_nanos();
    // `as` cuts what is behind the point, and at the ends of the integer's range; it makes 0 of what is
    // not a number, which only 0 times infinity could give: a duration of zero.
    Dur::from_nanos(((ns + HALF) as u64).min(longest))
}

fn arrivals(kind: &TaskKind, seed: u64) -> Vec<Dur> {
    match kind.arrive {
        Arrive::AtOnce => Vec::new(),
        Arrive::Every(gap) => (0..u64::from(kind.count))
            .map(|i| Dur::from_nanos(i * gap.as_nanos()))
            .collect(),
        Arrive::Poisson { per_second } => {
            // The gaps of a Poisson process are exponential. Instants are summed as whole
            // nanoseconds, so that they ascend whatever the rounding.
            // No task has this index.
            let mut rng = Rng::stream(seed, &kind.name, u64::MAX);
            let mean = 1e9 / per_second;
            let mut at = Dur::ZERO;
            (0..kind.count)
                .map(|_| {
                    at += whole(mean * rng.exponential());
                    at
                })
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_rounded_as_libm_rounds() {
        let check = |ns: f64| {
            let expect = (libm::round(ns) as u64).min(LONGEST.as_nanos());
            assert_eq!(whole(ns).as_nanos(), expect, "{ns:?} ns");
        };
        let ends = [
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            -1.0,
            -0.5,
            -0.3,
            0.0,
        ];
        ends.into_iter().for_each(check);
        let mut rng = Rng::new(1);
        for power in 0..70 {
            let low = libm::exp2(f64::from(power));
            for _ in 0..1_000 {
                let near = libm::floor(low * (1.0 + rng.unit())) + 0.5;
                [low, low - 0.5, near, near.next_down(), near.next_up()]
                    .into_iter()
                    .for_each(check);
            }
        }
    }
}
