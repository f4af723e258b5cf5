//! What the parts mean together: names resolve, numbers add up within the limits.
//!
//! Works on what could be read: a part that was reported before is passed over, so that one
//! mistake gives one problem and hides none.

use super::diag::{Path, Problems};
use super::raw::{RawResource, RawScenario, RawStep, RawTask};
use super::read::{Field, List, Located, NamedEntry, Words};
use super::source::Span;
use super::{
    Arrive, Draw, MAX_EXECUTIONS, MAX_NESTING, MAX_REPEATS, MAX_TASKS, MAX_YEARS, Resource,
    ResourceKind, Scenario, Step, TaskKind,
};
use crate::text::{nearest, shown};
use crate::units::Bytes;

/// Turns what was read into a scenario; complete only where no problem was reported.
pub(super) fn check(raw: &RawScenario, problems: &mut Problems<'_>) -> Option<Scenario> {
    let root = Path::ROOT;
    let resources: Vec<Declared> = raw.resources.value().map_or_else(Vec::new, |named| {
        named.0.iter().map(Declared::new).collect()
    });
    let tasks = raw.tasks.0.as_ref()?;
    let key_span = tasks.span.clone();
    let at = root.key("tasks", &key_span);
    let entries = &tasks.value.0;
    if entries.is_empty() {
        let message = "no tasks: a scenario has one kind of task or more";
        problems.missing(
            &tasks.span,
            &at,
            message,
            "add a table such as `tasks.page`",
        );
    }
    let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    let mut kinds = Vec::new();
    let mut costs = Vec::new();
    for entry in entries {
        let Some(task) = &entry.value else { continue };
        let at = at.key(&entry.name, &entry.name_span);
        let mut walk = Walk {
            resources: &resources,
            problems,
        };
        let steps = task.steps.0.as_ref().map_or_else(Vec::new, |steps| {
            walk.list(
                &steps.value,
                &at.key("steps", &steps.span),
                Depth::default(),
            )
        });
        let after = after(task, &names, &at, problems);
        let kind = kind(entry, task, steps, after);
        costs.push(Cost::of(&kind));
        kinds.push((kind, entry, task));
    }
    limits(&kinds, &costs, &at, problems);
    raw.trilane.value()?;
    Some(Scenario {
        title: raw.title.value()?.0.clone(),
        notes: raw.notes.value().map(|notes| notes.0.clone()),
        seed: raw.seed.value().map_or(0, |seed| seed.0),
        cores: raw.cores.value().map(|cores| cores.0 as u32),
        kinds: kinds.into_iter().map(|(kind, ..)| kind).collect(),
        resources: resources
            .iter()
            .map(|declared| {
                Some(Resource {
                    name: declared.name.to_owned(),
                    kind: declared.kind?,
                })
            })
            .collect::<Option<_>>()?,
    })
}

fn kind(
    entry: &NamedEntry<RawTask>,
    task: &RawTask,
    steps: Vec<Step>,
    after: Vec<u32>,
) -> TaskKind {
    let size = |field: &Field<Bytes>| field.value().copied().unwrap_or_default();
    TaskKind {
        name: entry.name.clone(),
        count: task.count.value().map_or(0, |count| count.0 as u32),
        arrive: task.arrive.value().copied().unwrap_or(Arrive::AtOnce),
        after,
        input: size(&task.input),
        output: size(&task.output),
        memory: size(&task.memory),
        steps,
    }
}

/// A resource as far as it could be read: its name is known even where its kind is not.
struct Declared<'r> {
    name: &'r str,
    kind: Option<ResourceKind>,
}

impl<'r> Declared<'r> {
    fn new(entry: &'r NamedEntry<RawResource>) -> Declared<'r> {
        let kind = entry.value.as_ref().and_then(|raw| match raw {
            RawResource::Lock(lock) => lock.permits.value().map(|n| ResourceKind::Lock {
                permits: n.0 as u32,
            }),
            RawResource::Queue(queue) => queue.capacity.value().map(|n| ResourceKind::Queue {
                capacity: n.0 as u32,
            }),
        });
        Declared {
            name: &entry.name,
            kind,
        }
    }
}

fn after(task: &RawTask, names: &[&str], at: &Path<'_>, problems: &mut Problems<'_>) -> Vec<u32> {
    let Some(list) = &task.after.0 else {
        return Vec::new();
    };
    let at = at.key("after", &list.span);
    let mut found = Vec::new();
    for (index, item) in list.value.0.iter().enumerate() {
        let Some(item) = item else { continue };
        let (name, at) = (&item.value.0, at.item(index, &item.span));
        match names.iter().position(|known| known == name) {
            // A kind that waits for itself, or a ring of them, is a scenario that deadlocks: the
            // run says so, with who waits for whom.
            Some(kind) if !found.contains(&(kind as u32)) => found.push(kind as u32),
            Some(_) => {
                let message = format!("{} stands in `after` twice", shown(name));
                problems.add(&item.span, &at, message, "keep one of them");
            }
            None => {
                let remedy = match nearest(name, names.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the kinds of task are {}", listed(names)),
                };
                let message = format!("unknown kind of task {}", shown(name));
                problems.missing(&item.span, &at, message, remedy);
            }
        }
    }
    found
}

/// A few names, and how many more there are.
fn listed(names: &[&str]) -> String {
    const MOST: usize = 8;
    let shown: Vec<String> = names.iter().take(MOST).map(|name| shown(name)).collect();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// How deep a step stands within others.
#[derive(Clone, Copy, Default)]
struct Depth {
    containers: u32,
    repeats: u32,
}

struct Walk<'w, 't> {
    resources: &'w [Declared<'w>],
    problems: &'w mut Problems<'t>,
}

impl Walk<'_, '_> {
    fn list(&mut self, steps: &List<RawStep>, at: &Path<'_>, depth: Depth) -> Vec<Step> {
        let step = |(index, step): (usize, &Option<Located<RawStep>>)| {
            let step = step.as_ref()?;
            self.step(step, &at.item(index, &step.span), depth)
        };
        steps.0.iter().enumerate().filter_map(step).collect()
    }

    /// The steps within a step, one level deeper.
    fn inner(&mut self, steps: &Field<List<RawStep>>, at: &Path<'_>, depth: Depth) -> Vec<Step> {
        match &steps.0 {
            Some(steps) => self.list(&steps.value, &at.key("steps", &steps.span), depth),
            None => Vec::new(),
        }
    }

    fn step(&mut self, step: &Located<RawStep>, at: &Path<'_>, outer: Depth) -> Option<Step> {
        let mut depth = Depth {
            containers: outer.containers + 1,
            ..outer
        };
        depth.repeats += u32::from(matches!(step.value, RawStep::Repeat(_)));
        let holds_steps = matches!(
            step.value,
            RawStep::Lock(_) | RawStep::Repeat(_) | RawStep::Gather(_) | RawStep::Timeout(_)
        );
        if holds_steps && depth.containers > MAX_NESTING {
            let message = format!("steps within steps more than {MAX_NESTING} deep");
            self.problems.add(
                &step.span,
                at,
                message,
                "spread the work over several kinds of task",
            );
            return None;
        }
        if depth.repeats > MAX_REPEATS {
            let message = format!("a repeat within more than {} others", MAX_REPEATS - 1);
            self.problems
                .add(&step.span, at, message, "multiply the repeats into one");
            return None;
        }
        Some(match &step.value {
            RawStep::Io(io) => Step::Io {
                dur: *io.io.value()?,
                blocking: io.blocking.value().copied().unwrap_or(false),
                on: io.on.value().copied(),
            },
            RawStep::Cpu(cpu) => Step::Cpu {
                dur: *cpu.cpu.value()?,
                on: cpu.on.value().copied(),
            },
            RawStep::Native(native) => Step::Native {
                dur: *native.native.value()?,
                on: native.on.value().copied(),
            },
            RawStep::Lock(lock) => {
                let resource = self.resource(&lock.lock, "lock", at);
                let steps = self.inner(&lock.steps, at, depth);
                Step::Lock {
                    resource: resource?,
                    steps,
                }
            }
            RawStep::Put(put) => Step::Put {
                queue: self.resource(&put.put, "put", at)?,
            },
            RawStep::Get(get) => Step::Get {
                queue: self.resource(&get.get, "get", at)?,
            },
            RawStep::Repeat(repeat) => {
                let steps = self.inner(&repeat.steps, at, depth);
                Step::Repeat {
                    times: repeat.repeat.value()?.0 as u32,
                    steps,
                }
            }
            RawStep::Gather(gather) => {
                let list = gather.gather.0.as_ref()?;
                let at = at.key("gather", &list.span);
                if list.value.0.is_empty() {
                    let message = "a gather without branches: it has one or more";
                    let remedy = "add a branch, or take the step out";
                    self.problems.missing(&list.span, &at, message, remedy);
                }
                let branch = |(index, branch): (usize, &Option<Located<List<RawStep>>>)| {
                    let branch = branch.as_ref()?;
                    Some(self.list(&branch.value, &at.item(index, &branch.span), depth))
                };
                Step::Gather {
                    branches: list.value.0.iter().enumerate().filter_map(branch).collect(),
                }
            }
            RawStep::Timeout(timeout) => {
                let steps = self.inner(&timeout.steps, at, depth);
                Step::Timeout {
                    after: *timeout.timeout.value()?,
                    steps,
                }
            }
        })
    }

    /// The index of the resource that a step names, where it is of the sort that the step needs.
    fn resource(&mut self, field: &Field<Words>, key: &str, at: &Path<'_>) -> Option<u32> {
        let located = field.0.as_ref()?;
        let (name, span) = (&located.value.0, &located.span);
        let at = at.key(key, span);
        let wants_lock = key == "lock";
        let fits = |kind: Option<ResourceKind>| match kind {
            Some(kind) => matches!(kind, ResourceKind::Lock { .. }) == wants_lock,
            // Reported already, and nobody knows what it was meant to be.
            None => true,
        };
        let right: Vec<&str> = self
            .resources
            .iter()
            .filter(|declared| fits(declared.kind))
            .map(|declared| declared.name)
            .collect();
        let (sort, key_of_sort) = match wants_lock {
            true => ("lock", "permits"),
            false => ("queue", "capacity"),
        };
        let declare = |number| {
            let inline = format!("{{ {key_of_sort} = {number} }}");
            self.problems.pair(name, &self.problems.inline(&inline))
        };
        match self
            .resources
            .iter()
            .position(|declared| declared.name == name)
        {
            Some(index) if fits(self.resources[index].kind) => Some(index as u32),
            Some(_) => {
                let other = if wants_lock { "queue" } else { "lock" };
                let remedy = match right.is_empty() {
                    false => format!("the {sort}s are {}", listed(&right)),
                    true => format!("declare a {sort}: a resource with `{key_of_sort}`"),
                };
                let message = format!("{} is a {other}: `{key}` needs a {sort}", shown(name));
                self.problems.add(span, &at, message, remedy);
                None
            }
            None => {
                let number = if wants_lock { 1 } else { 100 };
                let remedy = match nearest(name, right.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("declare it in `resources`: `{}`", declare(number)),
                };
                let message = format!("unknown resource {}", shown(name));
                self.problems.missing(span, &at, message, remedy);
                None
            }
        }
    }
}

/// What a kind adds up to.
struct Cost {
    executions: u64,
    nanos: f64,
}

impl Cost {
    fn of(kind: &TaskKind) -> Cost {
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
fn executions(steps: &[Step]) -> u64 {
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
fn nanos(steps: &[Step]) -> f64 {
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
fn mean(draw: &Draw) -> f64 {
    let ns = |dur: crate::units::Dur| dur.as_nanos() as f64;
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
    mean.min(ns(super::LONGEST))
}

type Checked<'r> = (TaskKind, &'r NamedEntry<RawTask>, &'r RawTask);

/// Holds the whole scenario to its limits; points at the kind that adds most.
fn limits(kinds: &[Checked<'_>], costs: &[Cost], at: &Path<'_>, problems: &mut Problems<'_>) {
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
    if nanos > MAX_YEARS * 3.1536e16 {
        let kind = most(&|kind| costs[kind].nanos);
        let message = format!(
            "the tasks take {:.0} years one after another: a scenario takes at most {MAX_YEARS}",
            nanos / 3.1536e16
        );
        over(kind, message, "lower this count, a repeat or a duration");
    }
}
