//! Everything in a scenario that can be turned: durations, counts, sizes, rates, permits, cores, and
//! whether a library blocks.
//!
//! A knob's value is one whole number in its own unit (nanoseconds, bytes, tasks, …). A draw is
//! turned by its scale: `lognormal(80ms, 0.4)` at 120 ms is `lognormal(120ms, 0.4)`.

use std::fmt;

use super::work::mean;
use crate::scenario::{Arrive, Draw, ResourceKind, Scenario, Step};
use crate::units::{Bytes, Dur};

/// The work and the machine that knobs are turned on.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// The work.
    pub scenario: Scenario,
    /// Cores of the machine.
    pub cores: u32,
}

/// Something that can be turned.
#[derive(Clone, Debug, PartialEq)]
pub struct Knob {
    /// Where it stands in the file: `tasks.page.steps.1.cpu`; the machine's is `cores`.
    pub key: String,
    /// Its value now.
    pub now: Value,
    /// Expected time that goes through it in all, ns: what is worth turning first.
    pub weight: f64,
    target: Target,
}

/// A knob's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A duration, ns.
    Time(u64),
    /// A size, bytes.
    Size(u64),
    /// A number of tasks, turns, permits or cores.
    Count(u64),
    /// Yes or no.
    Flag(bool),
}

impl Value {
    /// The number, in the value's own unit.
    pub const fn number(self) -> u64 {
        match self {
            Value::Time(n) | Value::Size(n) | Value::Count(n) => n,
            Value::Flag(on) => on as u64,
        }
    }

    /// The same sort of value with another number.
    pub const fn with(self, number: u64) -> Value {
        match self {
            Value::Time(_) => Value::Time(number),
            Value::Size(_) => Value::Size(number),
            Value::Count(_) => Value::Count(number),
            Value::Flag(_) => Value::Flag(number != 0),
        }
    }
}

impl fmt::Display for Value {
    /// As one writes it in a scenario, three digits: `15ms`, `64kB`, `37`, `true`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match *self {
            // Above two minutes the unit for people (hours) is none of the language's.
            Value::Time(ns) if ns >= 7_200_000_000_000 => format!("{}min", ns / 60_000_000_000),
            Value::Time(ns) => Dur::from_nanos(ns).to_string().replace('µ', "u"),
            Value::Size(bytes) => Bytes(bytes).to_string(),
            Value::Count(n) => n.to_string(),
            Value::Flag(on) => on.to_string(),
        };
        f.write_str(&text.replace(' ', ""))
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Target {
    Cores,
    Count(usize),
    Input(usize),
    Output(usize),
    Every(usize),
    Permits(usize),
    Duration(usize, Vec<usize>),
    Turns(usize, Vec<usize>),
    Blocking(usize, Vec<usize>),
}

/// Every knob of a setup, the machine's first, then in file order.
pub fn knobs(setup: &Setup) -> Vec<Knob> {
    let mut found = vec![Knob {
        key: "cores".to_owned(),
        now: Value::Count(u64::from(setup.cores)),
        weight: f64::INFINITY,
        target: Target::Cores,
    }];
    for (k, kind) in setup.scenario.kinds.iter().enumerate() {
        let key = format!("tasks.{}", kind.name);
        let mut inner = Vec::new();
        add_steps(
            &mut inner,
            k,
            &format!("{key}.steps"),
            &[],
            &kind.steps,
            kind.count.into(),
        );
        let all: f64 = inner.iter().map(|knob| knob.weight).sum();
        let mut add = |name: &str, now: Value, target: Target| {
            found.push(Knob {
                key: format!("{key}.{name}"),
                now,
                weight: all,
                target,
            });
        };
        add("count", Value::Count(kind.count.into()), Target::Count(k));
        if let Arrive::Every(gap) = kind.arrive {
            add("arrive", Value::Time(gap.as_nanos()), Target::Every(k));
        }
        for (name, size, target) in [
            ("input", kind.input, Target::Input(k)),
            ("output", kind.output, Target::Output(k)),
        ] {
            // A payload that is not there may well never be: it is turned last.
            let weight = if size.0 > 0 { all } else { f64::MIN_POSITIVE };
            let (key, now) = (format!("{key}.{name}"), Value::Size(size.0));
            found.push(Knob {
                key,
                now,
                weight,
                target,
            });
        }
        found.append(&mut inner);
    }
    for (r, resource) in setup.scenario.resources.iter().enumerate() {
        if let ResourceKind::Lock { permits } = resource.kind {
            found.push(Knob {
                key: format!("resources.{}.permits", resource.name),
                now: Value::Count(permits.into()),
                weight: f64::INFINITY,
                target: Target::Permits(r),
            });
        }
    }
    found
}

/// Adds the knobs of steps. The language bounds the nesting, so recursion is safe.
fn add_steps(
    found: &mut Vec<Knob>,
    kind: usize,
    key: &str,
    at: &[usize],
    steps: &[Step],
    times: f64,
) {
    for (i, step) in steps.iter().enumerate() {
        let key = format!("{key}.{i}");
        let at: Vec<usize> = at.iter().copied().chain([i]).collect();
        let duration = |name: &str, draw: Draw| Knob {
            key: format!("{key}.{name}"),
            now: Value::Time(scale(draw).as_nanos()),
            weight: mean(draw) * times,
            target: Target::Duration(kind, at.clone()),
        };
        match step {
            Step::Cpu { dur, .. } => found.push(duration("cpu", *dur)),
            Step::Native { dur, .. } => found.push(duration("native", *dur)),
            Step::Io { dur, blocking, .. } => {
                let io = duration("io", *dur);
                let weight = io.weight;
                found.push(io);
                found.push(Knob {
                    key: format!("{key}.blocking"),
                    now: Value::Flag(*blocking),
                    weight,
                    target: Target::Blocking(kind, at.clone()),
                });
            }
            Step::Lock { steps, .. } => {
                add_steps(found, kind, &format!("{key}.steps"), &at, steps, times);
            }
            Step::Put { .. } | Step::Get { .. } => {}
            Step::Repeat {
                times: turns,
                steps,
            } => {
                let start = found.len();
                let inner = times * f64::from(*turns);
                add_steps(found, kind, &format!("{key}.steps"), &at, steps, inner);
                let weight = found[start..].iter().map(|knob| knob.weight).sum();
                found.push(Knob {
                    key: format!("{key}.repeat"),
                    now: Value::Count((*turns).into()),
                    weight,
                    target: Target::Turns(kind, at.clone()),
                });
            }
            Step::Gather { branches } => {
                for (b, branch) in branches.iter().enumerate() {
                    let at: Vec<usize> = at.iter().copied().chain([b]).collect();
                    add_steps(
                        found,
                        kind,
                        &format!("{key}.gather.{b}"),
                        &at,
                        branch,
                        times,
                    );
                }
            }
            Step::Timeout { after, steps } => {
                found.push(duration("timeout", *after));
                add_steps(found, kind, &format!("{key}.steps"), &at, steps, times);
            }
        }
    }
}

/// The number of a draw that says how large it is.
fn scale(draw: Draw) -> Dur {
    match draw {
        Draw::Fixed(d) | Draw::Exp(d) => d,
        Draw::LogNormal(d, _) | Draw::Normal(d, _) | Draw::Pareto(d, _) => d,
        Draw::Uniform(a, b) => Dur::from_nanos(a.as_nanos().midpoint(b.as_nanos())),
    }
}

/// The draw with its scale moved to `to` ns, its shape kept.
fn rescaled(draw: Draw, to: u64) -> Draw {
    let was = scale(draw).as_nanos();
    let times = |d: Dur| match was {
        0 => Dur::from_nanos(to),
        was => {
            let exact = u128::from(d.as_nanos()) * u128::from(to) / u128::from(was);
            Dur::from_nanos(u64::try_from(exact).unwrap_or(u64::MAX))
        }
    };
    match draw {
        Draw::Fixed(d) => Draw::Fixed(times(d)),
        Draw::Exp(d) => Draw::Exp(times(d)),
        Draw::Uniform(a, b) => Draw::Uniform(times(a), times(b)),
        Draw::LogNormal(d, sigma) => Draw::LogNormal(times(d), sigma),
        Draw::Normal(d, sd) => Draw::Normal(times(d), times(sd)),
        Draw::Pareto(d, alpha) => Draw::Pareto(times(d), alpha),
    }
}

impl Knob {
    /// The numbers it may take, in its own unit.
    pub fn range(&self) -> (u64, u64) {
        match self.target {
            Target::Cores => (1, 256),
            Target::Count(_) => (1, 10_000_000),
            Target::Turns(..) => (1, 1_000_000),
            Target::Permits(_) => (1, 1_000_000),
            Target::Input(_) | Target::Output(_) => (0, 1_000_000_000),
            Target::Every(_) => (1_000, 60_000_000_000),
            // Ten minutes a step: beyond it nobody asks which plan is faster.
            Target::Duration(..) => (0, 600_000_000_000),
            Target::Blocking(..) => (0, 1),
        }
    }

    /// Whether it says how many tasks of a kind there are.
    pub const fn is_count_of_tasks(&self) -> bool {
        matches!(self.target, Target::Count(_))
    }

    /// The setup with this knob at another number, which must be in its range.
    pub fn turn(&self, setup: &Setup, number: u64) -> Setup {
        let mut setup = setup.clone();
        let small = u32::try_from(number).unwrap_or(u32::MAX);
        let scenario = &mut setup.scenario;
        match &self.target {
            Target::Cores => setup.cores = small,
            Target::Count(kind) => scenario.kinds[*kind].count = small,
            Target::Input(kind) => scenario.kinds[*kind].input = Bytes(number),
            Target::Output(kind) => scenario.kinds[*kind].output = Bytes(number),
            Target::Every(kind) => {
                scenario.kinds[*kind].arrive = Arrive::Every(Dur::from_nanos(number));
            }
            Target::Permits(resource) => {
                scenario.resources[*resource].kind = ResourceKind::Lock { permits: small };
            }
            Target::Duration(kind, at) => match step(&mut scenario.kinds[*kind].steps, at) {
                Some(Step::Cpu { dur, .. } | Step::Native { dur, .. } | Step::Io { dur, .. }) => {
                    *dur = rescaled(*dur, number);
                }
                Some(Step::Timeout { after, .. }) => *after = rescaled(*after, number),
                _ => {}
            },
            Target::Turns(kind, at) => {
                if let Some(Step::Repeat { times, .. }) = step(&mut scenario.kinds[*kind].steps, at)
                {
                    *times = small;
                }
            }
            Target::Blocking(kind, at) => {
                if let Some(Step::Io { blocking, .. }) = step(&mut scenario.kinds[*kind].steps, at)
                {
                    *blocking = number != 0;
                }
            }
        }
        setup
    }
}

/// The step at a place: an index for each list on the way, and two for a gather (branch, step).
fn step<'a>(steps: &'a mut [Step], at: &[usize]) -> Option<&'a mut Step> {
    let (&first, rest) = at.split_first()?;
    let found = steps.get_mut(first)?;
    if rest.is_empty() {
        return Some(found);
    }
    match found {
        Step::Lock { steps, .. } | Step::Repeat { steps, .. } | Step::Timeout { steps, .. } => {
            step(steps, rest)
        }
        Step::Gather { branches } => {
            let (&branch, rest) = rest.split_first()?;
            step(branches.get_mut(branch)?, rest)
        }
        Step::Io { .. } | Step::Cpu { .. } | Step::Native { .. } => None,
        Step::Put { .. } | Step::Get { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::testing::{cpu, io, kind, scenario};

    #[test]
    fn values_read_back_as_they_are_written() {
        let check = |value: Value, expect: &str| assert_eq!(value.to_string(), expect);
        check(Value::Time(15_000_000), "15ms");
        check(Value::Time(2_500), "2.5us");
        check(Value::Time(600_000_000_000), "10min");
        check(Value::Time(36_000_000_000_000), "600min");
        check(Value::Size(64_000), "64kB");
        check(Value::Count(37), "37");
        check(Value::Flag(true), "true");
    }

    #[test]
    fn every_knob_turns_what_its_key_names_and_nothing_else() {
        let nested = Step::Repeat {
            times: 3,
            steps: vec![Step::Gather {
                branches: vec![vec![io(5)], vec![io(7), cpu(1)]],
            }],
        };
        let timeout = Step::Timeout {
            after: Draw::Fixed(Dur::from_millis(9)),
            steps: vec![io(20)],
        };
        let scenario = scenario(vec![kind(
            "page",
            10,
            vec![io(80), cpu(5), nested, timeout],
        )]);
        let setup = Setup { scenario, cores: 4 };
        let all = knobs(&setup);
        let keys: Vec<&str> = all.iter().map(|knob| knob.key.as_str()).collect();
        assert!(keys.contains(&"tasks.page.steps.1.cpu"), "{keys:?}");
        assert!(
            keys.contains(&"tasks.page.steps.2.steps.0.gather.1.1.cpu"),
            "{keys:?}"
        );
        assert!(keys.contains(&"tasks.page.steps.3.timeout"), "{keys:?}");
        for (i, knob) in all.iter().enumerate() {
            let number = match knob.now {
                Value::Flag(on) => u64::from(!on),
                other => other.number() + 2,
            };
            let turned = knobs(&knob.turn(&setup, number));
            for (j, other) in turned.iter().enumerate() {
                let expect = if i == j { number } else { all[j].now.number() };
                assert_eq!(
                    other.now.number(),
                    expect,
                    "{} turned {}",
                    knob.key,
                    other.key
                );
            }
        }
    }

    #[test]
    fn a_draw_keeps_its_shape() {
        let ms = Dur::from_millis;
        let check = |draw, to, expect| assert_eq!(rescaled(draw, to), expect);
        check(Draw::Fixed(ms(5)), 7_000_000, Draw::Fixed(ms(7)));
        check(
            Draw::Uniform(ms(2), ms(4)),
            6_000_000,
            Draw::Uniform(ms(4), ms(8)),
        );
        check(
            Draw::LogNormal(ms(80), 0.4),
            40_000_000,
            Draw::LogNormal(ms(40), 0.4),
        );
        check(
            Draw::Normal(ms(10), ms(2)),
            20_000_000,
            Draw::Normal(ms(20), ms(4)),
        );
        check(Draw::Fixed(ms(0)), 1_000_000, Draw::Fixed(ms(1)));
    }
}
