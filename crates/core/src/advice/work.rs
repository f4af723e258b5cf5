//! What a scenario asks for, added up over all its tasks from the means of its draws: the numbers on
//! which the rule of thumb decides.

use crate::scenario::{Arrive, Draw, Scenario, Step};

/// Expected work of a scenario, in nanoseconds summed over all tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Work {
    /// Python bytecode.
    pub cpu: f64,
    /// Native code that lets go of the GIL.
    pub native: f64,
    /// I/O with an async form.
    pub io_async: f64,
    /// I/O without one.
    pub io_blocking: f64,
    /// Tasks.
    pub tasks: u64,
    /// Kinds of step that appear at all, whatever their length.
    pub has: Has,
    /// Whether tasks can overlap with one another, or branches inside one.
    pub concurrent: bool,
    /// Mean number of tasks that arrive while one is being worked on alone; infinite where many
    /// arrive at once. Below a fraction of 1, a plain loop keeps up.
    pub pressure: f64,
}

/// Which sorts of step a scenario has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Has {
    /// Python bytecode.
    pub cpu: bool,
    /// Native code.
    pub native: bool,
    /// I/O with an async form.
    pub io_async: bool,
    /// I/O without one.
    pub io_blocking: bool,
    /// `gather`.
    pub gather: bool,
    /// Queues, through which tasks may need one another to run at the same time.
    pub queue: bool,
}

impl Work {
    /// Adds up a scenario.
    pub fn of(scenario: &Scenario) -> Work {
        let mut work = Work::default();
        for kind in &scenario.kinds {
            let mut one = Work::default();
            add_steps(&mut one, &kind.steps, 1.0);
            let count = f64::from(kind.count);
            work.cpu += one.cpu * count;
            work.native += one.native * count;
            work.io_async += one.io_async * count;
            work.io_blocking += one.io_blocking * count;
            work.tasks += u64::from(kind.count);
            if kind.count > 0 {
                work.has = work.has.or(one.has);
            }
            let length = one.busy() + one.io();
            let arriving = match kind.arrive {
                _ if kind.count <= 1 => 0.0,
                Arrive::AtOnce => f64::INFINITY,
                Arrive::Every(gap) => length / (gap.as_nanos() as f64).max(1.0),
                Arrive::Poisson { per_second } => length * per_second / 1e9,
            };
            work.pressure += if length > 0.0 { arriving } else { 0.0 };
        }
        // Kinds that wait for one another in a chain never overlap; any two others may.
        let chained = |i: usize| scenario.kinds[i].after.contains(&(i as u32 - 1));
        let apart = (1..scenario.kinds.len()).all(chained);
        if !apart && work.tasks > 1 {
            work.pressure = work.pressure.max(1.0);
        }
        work.concurrent = work.pressure > 0.1 || work.has.gather;
        work
    }

    /// Bytecode and native code.
    pub fn busy(&self) -> f64 {
        self.cpu + self.native
    }

    /// All I/O.
    pub fn io(&self) -> f64 {
        self.io_async + self.io_blocking
    }
}

impl Has {
    fn or(self, other: Has) -> Has {
        Has {
            cpu: self.cpu || other.cpu,
            native: self.native || other.native,
            io_async: self.io_async || other.io_async,
            io_blocking: self.io_blocking || other.io_blocking,
            gather: self.gather || other.gather,
            queue: self.queue || other.queue,
        }
    }
}

/// Leaf steps that all the tasks execute, repeats counted: what running a scenario once costs.
pub fn steps(scenario: &Scenario) -> u64 {
    fn count(steps: &[Step]) -> u64 {
        let each = steps.iter().map(|step| match step {
            Step::Lock { steps, .. } | Step::Timeout { steps, .. } => {
                count(steps).saturating_add(1)
            }
            Step::Repeat { times, steps } => count(steps).saturating_mul(u64::from(*times)),
            Step::Gather { branches } => branches
                .iter()
                .map(|branch| count(branch))
                .fold(1, u64::saturating_add),
            Step::Io { .. } | Step::Cpu { .. } | Step::Native { .. } => 1,
            Step::Put { .. } | Step::Get { .. } => 1,
        });
        each.fold(0, u64::saturating_add)
    }
    let kinds = scenario.kinds.iter();
    kinds
        .map(|kind| {
            count(&kind.steps)
                .saturating_add(1)
                .saturating_mul(u64::from(kind.count))
        })
        .fold(0, u64::saturating_add)
}

/// Adds `times` runs of the steps. The language bounds the nesting, so recursion is safe.
fn add_steps(work: &mut Work, steps: &[Step], times: f64) {
    for step in steps {
        match step {
            Step::Cpu { dur, .. } => {
                work.cpu += mean(*dur) * times;
                work.has.cpu = true;
            }
            Step::Native { dur, .. } => {
                work.native += mean(*dur) * times;
                work.has.native = true;
            }
            Step::Io {
                dur,
                blocking: true,
                ..
            } => {
                work.io_blocking += mean(*dur) * times;
                work.has.io_blocking = true;
            }
            Step::Io {
                dur,
                blocking: false,
                ..
            } => {
                work.io_async += mean(*dur) * times;
                work.has.io_async = true;
            }
            Step::Lock { steps, .. } => add_steps(work, steps, times),
            Step::Put { .. } | Step::Get { .. } => work.has.queue = true,
            Step::Repeat { times: 0, .. } => {}
            Step::Repeat { times: n, steps } => add_steps(work, steps, times * f64::from(*n)),
            Step::Gather { branches } => {
                work.has.gather |= branches.len() > 1;
                for branch in branches {
                    add_steps(work, branch, times);
                }
            }
            Step::Timeout { after, steps } => {
                // A limit cuts waits, never work: I/O counts at most as long as the limit.
                let mut inner = Work::default();
                add_steps(&mut inner, steps, 1.0);
                let keep = match inner.io() {
                    io if io > 0.0 => (mean(*after) / io).min(1.0),
                    _ => 1.0,
                };
                work.cpu += inner.cpu * times;
                work.native += inner.native * times;
                work.io_async += inner.io_async * keep * times;
                work.io_blocking += inner.io_blocking * keep * times;
                work.has = work.has.or(inner.has);
            }
        }
    }
}

/// The mean of a draw in nanoseconds; where a Pareto has none (its shape is at most 1), its median.
pub fn mean(draw: Draw) -> f64 {
    let ns = |d: crate::units::Dur| d.as_nanos() as f64;
    match draw {
        Draw::Fixed(d) | Draw::Exp(d) => ns(d),
        Draw::Uniform(a, b) => (ns(a) + ns(b)) / 2.0,
        Draw::LogNormal(median, sigma) => ns(median) * libm::exp(sigma * sigma / 2.0),
        // The mean of a normal variable whose negative part counts as zero.
        Draw::Normal(m, sd) if sd.as_nanos() > 0 => {
            let (m, sd) = (ns(m), ns(sd));
            let z = m / sd;
            let below = 0.5 * (1.0 + libm::erf(z / std::f64::consts::SQRT_2));
            let density = libm::exp(-z * z / 2.0) / libm::sqrt(2.0 * std::f64::consts::PI);
            m * below + sd * density
        }
        Draw::Normal(m, _) => ns(m),
        Draw::Pareto(min, alpha) if alpha > 1.0 => ns(min) * alpha / (alpha - 1.0),
        Draw::Pareto(min, alpha) => ns(min) * libm::pow(2.0, 1.0 / alpha),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Dur;

    #[test]
    fn means_of_draws() {
        let ms = Dur::from_millis;
        let check = |draw, expect_ms: f64| {
            let got = mean(draw) / 1e6;
            assert!(
                (got - expect_ms).abs() < 1e-3,
                "{draw:?}: {got} ms, not {expect_ms}"
            );
        };
        check(Draw::Fixed(ms(5)), 5.0);
        check(Draw::Exp(ms(5)), 5.0);
        check(Draw::Uniform(ms(2), ms(4)), 3.0);
        check(Draw::LogNormal(ms(80), 0.4), 86.663);
        check(Draw::Normal(ms(50), ms(1)), 50.0);
        check(Draw::Normal(ms(0), ms(10)), 3.989);
        check(Draw::Pareto(ms(20), 1.5), 60.0);
        check(Draw::Pareto(ms(20), 1.0), 40.0);
    }
}
