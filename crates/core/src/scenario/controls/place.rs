//! Where the knobs of a text stand: the tree of its source, walked beside the scenario it says.

use super::super::source::{Entry, Node, Span, Value};
use super::super::{Arrive, ResourceKind, Scenario, Step, limits};
use super::Literal;
use crate::units::Bytes;

/// A knob's place in a text.
pub(super) struct Place {
    pub(super) key: String,
    pub(super) group: String,
    /// What it is, not yet told apart from others of its sort.
    pub(super) label: String,
    /// The step's number as people count: `2.1` is the first step in the second.
    pub(super) step: String,
    pub(super) literal: Literal,
    pub(super) shown: String,
    pub(super) spot: Spot,
    pub(super) sort: Sort,
}

/// Where in the text.
pub(super) enum Spot {
    /// The literal's bytes, quotes included.
    There(Span),
    /// Not written; goes behind a value of the same table.
    Absent {
        name: &'static str,
        /// The key of the value that it goes behind, and that value.
        key: Span,
        after: Span,
    },
}

/// What a knob does to the scenario, as far as its limits need it.
pub(super) enum Sort {
    Seed,
    /// How many tasks of the kind with this index.
    Tasks(usize),
    /// When the tasks of the kind with this index arrive.
    Arrive(usize),
    Payload,
    Memory,
    /// A duration that runs this many times in all.
    Duration(u64),
    /// A time limit, which adds no time.
    Limit,
    /// A repeat that begins this many times, with the steps and nanoseconds of one pass.
    Repeat {
        begins: u64,
        executions: u64,
        nanos: f64,
    },
    Flag,
    Permits,
    Capacity,
}

impl Place {
    /// Whether it is shown: what is left out of the text is not, but for flags.
    pub(super) fn is_control(&self) -> bool {
        matches!(self.spot, Spot::There(_)) || matches!(self.sort, Sort::Flag)
    }
}

/// Every place of a text, in no particular order.
pub(super) fn places(root: &Node, scenario: &Scenario, text: &str) -> Vec<Place> {
    let mut walk = Walk {
        text,
        group: String::new(),
        found: Vec::new(),
    };
    walk.scenario(root, scenario);
    walk.found
}

fn entries(node: &Node) -> &[Entry] {
    match &node.value {
        Value::Table(entries) => entries,
        _ => &[],
    }
}

fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        _ => &[],
    }
}

fn entry<'n>(node: &'n Node, key: &str) -> Option<&'n Entry> {
    entries(node).iter().find(|entry| entry.key == key)
}

/// The value at a key; nothing has no value, and its kind of nothing is never looked at.
fn at<'n>(node: &'n Node, key: &str) -> &'n Node {
    static NOTHING: Node = Node {
        span: 0..0,
        value: Value::Null,
    };
    entry(node, key).map_or(&NOTHING, |entry| &entry.node)
}

struct Walk<'t> {
    text: &'t str,
    group: String,
    found: Vec<Place>,
}

/// What tells a knob from others.
struct Name<'a> {
    key: String,
    label: &'a str,
    step: &'a str,
}

impl Name<'_> {
    /// Of something that is no step.
    fn of(key: String, label: &str) -> Name<'_> {
        Name {
            key,
            label,
            step: "",
        }
    }
}

impl Walk<'_> {
    fn add(&mut self, table: &Node, last: &str, name: Name<'_>, literal: Literal, sort: Sort) {
        let Some(entry) = entry(table, last) else {
            return;
        };
        let shown = match &entry.node.value {
            Value::Text(text) => text.trim(),
            _ => self.text.get(entry.node.span.clone()).unwrap_or_default(),
        };
        self.found.push(Place {
            key: name.key,
            group: self.group.clone(),
            label: name.label.to_owned(),
            step: name.step.to_owned(),
            literal,
            shown: shown.to_owned(),
            spot: Spot::There(entry.node.span.clone()),
            sort,
        });
    }

    /// Adds a knob that may be left out, then to be written behind the value of another key.
    fn optional(
        &mut self,
        table: &Node,
        (last, behind): (&'static str, &str),
        name: Name<'_>,
        literal: Literal,
        sort: Sort,
    ) {
        if entry(table, last).is_some() {
            self.add(table, last, name, literal, sort);
        } else if let Some(behind) = entry(table, behind) {
            self.found.push(Place {
                key: name.key,
                group: self.group.clone(),
                label: name.label.to_owned(),
                step: name.step.to_owned(),
                literal,
                shown: literal
                    .setting()
                    .map_or(String::new(), |now| now.to_string()),
                spot: Spot::Absent {
                    name: last,
                    key: behind.key_span.clone(),
                    after: behind.node.span.clone(),
                },
                sort,
            });
        }
    }

    fn scenario(&mut self, root: &Node, scenario: &Scenario) {
        "scenario".clone_into(&mut self.group);
        let seed = Literal::Count(scenario.seed);
        let as_seed = Name::of("seed".to_owned(), "Seed");
        self.optional(root, ("seed", "title"), as_seed, seed, Sort::Seed);

        let tasks = entries(at(root, "tasks"));
        for (index, (entry, kind)) in tasks.iter().zip(&scenario.kinds).enumerate() {
            self.group.clone_from(&kind.name);
            let (key, table) = (format!("tasks.{}", kind.name), &entry.node);
            let knob = |last: &str, label| Name::of(format!("{key}.{last}"), label);
            let count = Literal::Count(kind.count.into());
            let tasks = knob("count", "Tasks");
            self.add(table, "count", tasks, count, Sort::Tasks(index));
            let arrive = knob(
                "arrive",
                match kind.arrive {
                    Arrive::Poisson { .. } => "Arrivals a second",
                    _ => "Arrive every",
                },
            );
            let when = Literal::Arrive(kind.arrive);
            self.optional(
                table,
                ("arrive", "count"),
                arrive,
                when,
                Sort::Arrive(index),
            );
            let mut size = |last, label, bytes: Bytes, sort| {
                let bytes = Literal::Size(bytes);
                self.optional(table, (last, "count"), knob(last, label), bytes, sort);
            };
            size("input", "Handed over", kind.input, Sort::Payload);
            size("output", "Handed back", kind.output, Sort::Payload);
            size("memory", "Memory", kind.memory, Sort::Memory);
            let steps = format!("{key}.steps");
            let times = kind.count.into();
            self.steps(at(table, "steps"), &kind.steps, &steps, "", times);
        }

        "resources".clone_into(&mut self.group);
        let declared = entries(at(root, "resources"));
        for (entry, resource) in declared.iter().zip(&scenario.resources) {
            let (last, number, sort) = match resource.kind {
                ResourceKind::Lock { permits } => ("permits", permits, Sort::Permits),
                ResourceKind::Queue { capacity } => ("capacity", capacity, Sort::Capacity),
            };
            let label = format!("{}: {last}", resource.name);
            let name = Name::of(format!("resources.{}.{last}", resource.name), &label);
            let number = Literal::Count(number.into());
            self.add(&entry.node, last, name, number, sort);
        }
    }

    /// Adds the knobs of steps that run `times` times in all. The language bounds the nesting, so
    /// recursion is safe.
    fn steps(&mut self, list: &Node, steps: &[Step], key: &str, above: &str, times: u64) {
        for (i, (node, step)) in items(list).iter().zip(steps).enumerate() {
            let key = format!("{key}.{i}");
            let number = format!("{above}{}", i + 1);
            self.step(node, step, &key, &number, times);
        }
    }

    fn step(&mut self, node: &Node, step: &Step, key: &str, number: &str, times: u64) {
        let name = |last: &str, label| Name {
            key: format!("{key}.{last}"),
            label,
            step: number,
        };
        let (inner, below) = (format!("{key}.steps"), format!("{number}."));
        match step {
            Step::Cpu { dur, .. } => {
                let draw = Literal::Draw(*dur);
                self.add(
                    node,
                    "cpu",
                    name("cpu", "Python"),
                    draw,
                    Sort::Duration(times),
                );
            }
            Step::Native { dur, .. } => {
                let (name, draw) = (name("native", "Native code"), Literal::Draw(*dur));
                self.add(node, "native", name, draw, Sort::Duration(times));
            }
            Step::Io { dur, blocking, .. } => {
                let draw = Literal::Draw(*dur);
                self.add(node, "io", name("io", "Waits"), draw, Sort::Duration(times));
                let flag = Literal::Flag(*blocking);
                let name = name("blocking", "Blocking library");
                self.optional(node, ("blocking", "io"), name, flag, Sort::Flag);
            }
            Step::Put { .. } | Step::Get { .. } => {}
            Step::Lock { steps, .. } => {
                self.steps(at(node, "steps"), steps, &inner, &below, times);
            }
            Step::Repeat {
                times: turns,
                steps,
            } => {
                let sort = Sort::Repeat {
                    begins: times,
                    executions: limits::executions(steps).max(1),
                    nanos: limits::nanos(steps),
                };
                let (name, count) = (name("repeat", "Repeats"), Literal::Count((*turns).into()));
                self.add(node, "repeat", name, count, sort);
                let times = times.saturating_mul((*turns).into());
                self.steps(at(node, "steps"), steps, &inner, &below, times);
            }
            Step::Gather { branches } => {
                let lists = items(at(node, "gather")).iter().zip(branches);
                for (b, (list, branch)) in lists.enumerate() {
                    let (key, above) = (format!("{key}.gather.{b}"), format!("{below}{}.", b + 1));
                    self.steps(list, branch, &key, &above, times);
                }
            }
            Step::Timeout { after, steps } => {
                let draw = Literal::Draw(*after);
                self.add(
                    node,
                    "timeout",
                    name("timeout", "Time limit"),
                    draw,
                    Sort::Limit,
                );
                self.steps(at(node, "steps"), steps, &inner, &below, times);
            }
        }
    }
}
