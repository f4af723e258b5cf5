//! The language's tables, key by key: what the reader accepts and what the JSON Schema says come
//! from these definitions alone. What names mean and whether limits hold is `check`'s to say.

use schemars::JsonSchema;

use super::diag::{Path, Problems};
use super::read::{Field, List, Named, Read, entries, may, must, table, unknown_keys};
use super::scalar::{Line, Whole, Words};
use super::source::{Node, Value};
use super::{Arrive, Draw, MAX_EXECUTIONS, MAX_TASKS, Place};
use crate::text::{nearest, shown};
use crate::units::Bytes;

/// The version of the format that this program reads.
pub(super) const VERSION: u64 = 1;

table! {
    /// The work, as a person writes it; says nothing about how it is run.
    RawScenario as "Scenario": "the scenario"
    must {
        /// Version of the format.
        trilane: Whole<VERSION, VERSION> = "1",
        /// One line that names the work.
        title: Line = "\"Fetch 200 pages\"",
        /// Kinds of task, in the order in which they are shown.
        tasks: Tasks = "{ page = { count = 10, steps = [ { cpu = \"5ms\" } ] } }",
    }
    may {
        /// Markdown that is shown beside the run.
        notes: Words,
        /// Seed of the draws; 0 where it is left out.
        seed: Whole<0, { i64::MAX as u64 }>,
        /// Cores of the machine; left out, 4 when simulated and the machine's own when measured.
        cores: Whole<1, 1024>,
        /// Locks, semaphores and queues that tasks share.
        resources: Named<RawResource>,
    }
}

/// Kinds of task by their name.
pub(super) type Tasks = Named<RawTask, 1>;

table! {
    /// A kind of task: how many, when they arrive, what they do.
    RawTask as "Task": "a kind of task"
    must {
        /// How many tasks of this kind.
        count: Whole<1, MAX_TASKS> = "10",
        /// What a task does, in order.
        steps: List<RawStep> = "[ { cpu = \"5ms\" } ]",
    }
    may {
        /// When the tasks arrive: at once (where it is left out), every so often, or at random.
        arrive: Arrive,
        /// Kinds of task that must all have ended before these start.
        after: List<Words>,
        /// Size of what a task is handed.
        input: Bytes,
        /// Size of what a task hands back.
        output: Bytes,
        /// What a task holds from its start to its end.
        memory: Bytes,
    }
}

table! {
    /// Waits outside Python; the GIL is free meanwhile.
    IoStep as "IoStep": "an `io` step"
    must {
        /// How long.
        io: Draw = "\"20ms\"",
    }
    may {
        /// The library has no async form: on an event loop it freezes the loop.
        blocking: bool,
        /// Where a mixed plan puts it.
        on: Place,
    }
}

table! {
    /// Pure Python bytecode: holds the GIL.
    CpuStep as "CpuStep": "a `cpu` step"
    must {
        /// CPU time on one free core.
        cpu: Draw = "\"5ms\"",
    }
    may {
        /// Where a mixed plan puts it.
        on: Place,
    }
}

table! {
    /// C code that lets go of the GIL, such as hashlib, zlib or numpy.
    NativeStep as "NativeStep": "a `native` step"
    must {
        /// CPU time on one free core.
        native: Draw = "\"5ms\"",
    }
    may {
        /// Where a mixed plan puts it.
        on: Place,
    }
}

table! {
    /// Holds a lock or a permit of a semaphore around the inner steps.
    LockStep as "LockStep": "a `lock` step"
    must {
        /// Name of a resource with permits.
        lock: Words = "\"db\"",
        /// What is done while holding it.
        steps: List<RawStep> = "[ { cpu = \"1ms\" } ]",
    }
    may {}
}

table! {
    /// Puts one item into a queue; waits while it is full.
    PutStep as "PutStep": "a `put` step"
    must {
        /// Name of a resource with a capacity.
        put: Words = "\"inbox\"",
    }
    may {}
}

table! {
    /// Takes one item from a queue; waits while it is empty.
    GetStep as "GetStep": "a `get` step"
    must {
        /// Name of a resource with a capacity.
        get: Words = "\"inbox\"",
    }
    may {}
}

table! {
    /// Does the inner steps several times, each time with draws of its own.
    RepeatStep as "RepeatStep": "a `repeat` step"
    must {
        /// How many times.
        repeat: Whole<0, MAX_EXECUTIONS> = "10",
        /// What is repeated.
        steps: List<RawStep> = "[ { cpu = \"1ms\" } ]",
    }
    may {}
}

table! {
    /// Runs branches side by side where the plan can, then waits for all of them.
    GatherStep as "GatherStep": "a `gather` step"
    must {
        /// The branches, each a list of steps.
        gather: Branches = "[ [ { io = \"20ms\" } ], [ { io = \"30ms\" } ] ]",
    }
    may {}
}

/// The branches of a gather.
pub(super) type Branches = List<List<RawStep>, 1>;

table! {
    /// Gives the inner steps a time limit.
    TimeoutStep as "TimeoutStep": "a `timeout` step"
    must {
        /// The limit.
        timeout: Draw = "\"100ms\"",
        /// What is cut short.
        steps: List<RawStep> = "[ { io = \"20ms\" } ]",
    }
    may {}
}

/// One thing that a task does.
#[derive(Debug, JsonSchema)]
#[schemars(untagged, rename = "Step")]
pub(super) enum RawStep {
    Io(IoStep),
    Cpu(CpuStep),
    Native(NativeStep),
    Lock(LockStep),
    Put(PutStep),
    Get(GetStep),
    Repeat(RepeatStep),
    Gather(GatherStep),
    Timeout(TimeoutStep),
}

/// The key that says what a step does, one a kind of step.
const STEP_KEYS: [&str; 9] = [
    "io", "cpu", "native", "lock", "put", "get", "repeat", "gather", "timeout",
];

impl Read for RawStep {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let key = only_key(
            node,
            "a step",
            &STEP_KEYS,
            "{ cpu = \"5ms\" }",
            at,
            problems,
        )?;
        Some(match key {
            "io" => RawStep::Io(IoStep::read(node, at, problems)?),
            "cpu" => RawStep::Cpu(CpuStep::read(node, at, problems)?),
            "native" => RawStep::Native(NativeStep::read(node, at, problems)?),
            "lock" => RawStep::Lock(LockStep::read(node, at, problems)?),
            "put" => RawStep::Put(PutStep::read(node, at, problems)?),
            "get" => RawStep::Get(GetStep::read(node, at, problems)?),
            "repeat" => RawStep::Repeat(RepeatStep::read(node, at, problems)?),
            "gather" => RawStep::Gather(GatherStep::read(node, at, problems)?),
            _ => RawStep::Timeout(TimeoutStep::read(node, at, problems)?),
        })
    }
}

table! {
    /// A lock, or with several permits a semaphore.
    RawLock as "Lock": "a lock"
    must {
        /// How many may hold it at once: 1 is a lock, more a semaphore.
        permits: Whole<1, MAX_TASKS> = "1",
    }
    may {}
}

table! {
    /// A queue, first in first out.
    RawQueue as "Queue": "a queue"
    must {
        /// How many items fit; 0 is unbounded.
        capacity: Whole<0, MAX_EXECUTIONS> = "100",
    }
    may {}
}

/// Something that tasks share.
#[derive(Debug, JsonSchema)]
#[schemars(untagged, rename = "Resource")]
pub(super) enum RawResource {
    Lock(RawLock),
    Queue(RawQueue),
}

impl Read for RawResource {
    fn read(node: &Node, at: &Path<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        const KEYS: [&str; 2] = ["permits", "capacity"];
        Some(
            match only_key(node, "a resource", &KEYS, "{ permits = 1 }", at, problems)? {
                "permits" => RawResource::Lock(RawLock::read(node, at, problems)?),
                _ => RawResource::Queue(RawQueue::read(node, at, problems)?),
            },
        )
    }
}

/// The one key of a table that says which sort it is.
fn only_key(
    node: &Node,
    what: &str,
    keys: &'static [&'static str],
    example: &str,
    at: &Path<'_>,
    problems: &mut Problems<'_>,
) -> Option<&'static str> {
    let entries = entries(node, what, at, problems)?;
    let find = |name: &str| keys.iter().copied().find(|key| *key == name);
    let found: Vec<_> = entries
        .iter()
        .filter_map(|entry| Some((find(&entry.key)?, entry)))
        .collect();
    match found.as_slice() {
        [(key, _)] => Some(key),
        [] => {
            let slip = entries
                .iter()
                .find_map(|entry| Some((entry, nearest(&entry.key, keys.iter().copied())?)));
            let all = keys.join(", ");
            match slip {
                Some((entry, near)) => problems.add(
                    &entry.key_span,
                    &at.key(&entry.key, &entry.key_span),
                    format!(
                        "{} is no key of {what}: {what} has one of {all}",
                        shown(&entry.key)
                    ),
                    format!("did you mean `{near}`?"),
                ),
                None => problems.missing(
                    &node.span,
                    at,
                    format!("{what} does not say what it is: it has one of {all}"),
                    format!("write it as in `{}`", problems.inline(example)),
                ),
            }
            None
        }
        [_, (_, second), ..] => {
            let names: Vec<_> = found.iter().map(|(key, _)| format!("`{key}`")).collect();
            problems.add(
                &second.key_span,
                &at.key(&second.key, &second.key_span),
                format!(
                    "{} in one: {what} has only one of them",
                    names.join(" and ")
                ),
                format!(
                    "make them {} of their own",
                    match what {
                        "a step" => "steps",
                        _ => "resources",
                    }
                ),
            );
            None
        }
    }
}

/// Which tables have a key, for somebody who put it elsewhere.
pub(super) fn home_of(key: &str) -> Option<&'static str> {
    Some(match key {
        "blocking" => "`io` steps",
        "on" => "`io`, `cpu` and `native` steps",
        "permits" | "capacity" => "a table in `resources`",
        "count" | "arrive" | "after" | "input" | "output" | "memory" => "a table in `tasks`",
        "steps" => "kinds of task and `lock`, `repeat` and `timeout` steps",
        "title" | "notes" | "seed" | "cores" | "resources" | "trilane" | "tasks" => {
            "the scenario itself, above its tables"
        }
        key if STEP_KEYS.contains(&key) => "a step",
        _ => return None,
    })
}

/// Whether the text says that it is of another version than this program reads; its other keys
/// mean nothing then.
pub(super) fn other_version(root: &Node, problems: &mut Problems<'_>) -> bool {
    let Value::Table(entries) = &root.value else {
        return false;
    };
    let Some(entry) = entries.iter().find(|entry| entry.key == "trilane") else {
        return false;
    };
    match entry.node.value {
        Value::Whole(version) if version > i128::from(VERSION) => {
            let remedy = format!(
                "use a newer trilane, or `{}`",
                problems.pair("trilane", "1")
            );
            let message =
                format!("version {version} of the format is unknown: this program reads {VERSION}");
            problems.add(
                &entry.node.span,
                &Path::ROOT.key("trilane", &entry.key_span),
                message,
                remedy,
            );
            true
        }
        _ => false,
    }
}
