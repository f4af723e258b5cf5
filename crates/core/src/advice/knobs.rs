//! Everything in a scenario that can be turned: durations, counts, sizes, rates, permits, cores, and
//! whether a library blocks.
//!
//! A knob's value is one whole number in its own unit (nanoseconds, bytes, tasks, …). A draw is
//! turned by its scale: `lognormal(80ms, 0.4)` at 120 ms is `lognormal(120ms, 0.4)`.

use super::work::mean;
use crate::scenario::{Arrive, Draw, ResourceKind, Scenario, Step};
use crate::units::{Bytes, Dur};

/// A knob's value.
pub use crate::scenario::Setting as Value;

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
            now: Value::Time(draw.scale().as_nanos()),
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
                    *dur = dur.rescaled(number);
                }
                Some(Step::Timeout { after, .. }) => *after = after.rescaled(number),
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
}
