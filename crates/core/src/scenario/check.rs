//! What the parts mean together: names resolve, numbers add up within the limits.
//!
//! Works on what could be read: a part that was reported before is passed over, so that one
//! mistake gives one problem and hides none.

use std::collections::{BTreeMap, BTreeSet};

use super::diag::{Path, Problems};
use super::limits::limits;
use super::raw::{RawResource, RawScenario, RawStep, RawTask};
use super::read::{Field, List, Located, NamedEntry};
use super::scalar::Words;
use super::{Arrive, MAX_NESTING, MAX_REPEATS, Resource, ResourceKind, Scenario, Step, TaskKind};
use crate::text::shown;
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
    let names = Names::new(entries.iter().map(|entry| entry.name.as_str()));
    let resource_names = Names::new(resources.iter().map(|declared| declared.name));
    let mut kinds = Vec::new();
    for entry in entries {
        let Some(task) = &entry.value else { continue };
        let at = at.key(&entry.name, &entry.name_span);
        let mut walk = Walk {
            resources: &resources,
            names: &resource_names,
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
        kinds.push((kind, entry, task));
    }
    limits(&kinds, &at, problems);
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

/// A kind of task, and the text that it came from.
pub(super) type Checked<'r> = (TaskKind, &'r NamedEntry<RawTask>, &'r RawTask);

/// Names and their positions; in a map, because a file may have tens of thousands.
struct Names<'n> {
    list: Vec<&'n str>,
    index: BTreeMap<&'n str, u32>,
}

impl<'n> Names<'n> {
    fn new(names: impl Iterator<Item = &'n str>) -> Names<'n> {
        let list: Vec<&str> = names.collect();
        let index = list.iter().copied().zip(0..).collect();
        Names { list, index }
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

fn after(
    task: &RawTask,
    names: &Names<'_>,
    at: &Path<'_>,
    problems: &mut Problems<'_>,
) -> Vec<u32> {
    let Some(list) = &task.after.0 else {
        return Vec::new();
    };
    let at = at.key("after", &list.span);
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for (index, item) in list.value.0.iter().enumerate() {
        let Some(item) = item else { continue };
        let (name, at) = (&item.value.0, at.item(index, &item.span));
        match names.index.get(name.as_str()) {
            // A kind that waits for itself, or a ring of them, is a scenario that deadlocks: the
            // run says so, with who waits for whom.
            Some(&kind) if seen.insert(kind) => found.push(kind),
            Some(_) => {
                let message = format!("{} stands in `after` twice", shown(name));
                problems.add(&item.span, &at, message, "keep one of them");
            }
            None => {
                let known = names.list.iter().copied();
                let remedy = problems.did_you_mean(name, known, || {
                    format!("the kinds of task are {}", listed(&names.list))
                });
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
    names: &'w Names<'w>,
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
        let wants_lock = key == "lock";
        let fits = |declared: &Declared<'_>| match declared.kind {
            Some(kind) => matches!(kind, ResourceKind::Lock { .. }) == wants_lock,
            // Reported already, and nobody knows what it was meant to be.
            None => true,
        };
        let position = self.names.index.get(name.as_str()).copied();
        if let Some(index) = position
            && fits(&self.resources[index as usize])
        {
            return Some(index);
        }
        let at = at.key(key, span);
        if self.problems.is_full() {
            self.problems.missing(span, &at, "", "");
            return None;
        }
        let (sort, mark, number) = match wants_lock {
            true => ("lock", "permits", 1),
            false => ("queue", "capacity", 100),
        };
        let right: Vec<&str> = self
            .resources
            .iter()
            .filter(|one| fits(one))
            .map(|one| one.name)
            .collect();
        if position.is_some() {
            let other = if wants_lock { "queue" } else { "lock" };
            let remedy = match right.is_empty() {
                false => format!("the {sort}s are {}", listed(&right)),
                true => format!("declare a {sort}: a resource with `{mark}`"),
            };
            let message = format!("{} is a {other}: `{key}` needs a {sort}", shown(name));
            self.problems.add(span, &at, message, remedy);
        } else {
            let remedy = self.problems.did_you_mean(name, right.iter().copied(), || {
                let value = format!("{{ {mark} = {number} }}");
                format!(
                    "declare it in `resources`: `{}`",
                    self.problems.pair(name, &value)
                )
            });
            let message = format!("unknown resource {}", shown(name));
            self.problems.missing(span, &at, message, remedy);
        }
        None
    }
}
