//! Scenarios made by proptest, and the texts that say them.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use trilane_core::scenario::{
    Arrive, Draw, Place, Resource, ResourceKind, Scenario, Step, TaskKind,
};
use trilane_core::units::{Bytes, Dur};

/// Any duration that the language can say, the short and the round ones more often.
pub(crate) fn dur() -> impl Strategy<Value = Dur> {
    let week = 7 * 24 * 60 * 60 * 1_000_000_000_u64;
    prop_oneof![
        (0..100_u64).prop_map(Dur::from_millis),
        (0..2_000_u64).prop_map(Dur::from_nanos),
        (0..=week).prop_map(Dur::from_nanos),
    ]
}

/// A duration short enough that no scenario made of it comes near a limit.
fn short() -> impl Strategy<Value = Dur> {
    (0..10_000_000_u64).prop_map(Dur::from_nanos)
}

/// Any draw over durations from `dur`.
pub(crate) fn draw<D: Strategy<Value = Dur> + Clone + 'static>(
    dur: D,
) -> impl Strategy<Value = Draw> {
    prop_oneof![
        3 => dur.clone().prop_map(Draw::Fixed),
        1 => (dur.clone(), dur.clone()).prop_map(|(a, b)| Draw::Uniform(a.min(b), a.max(b))),
        1 => dur.clone().prop_map(Draw::Exp),
        1 => (dur.clone(), 0.0..=10.0).prop_map(|(median, sigma)| Draw::LogNormal(median, sigma)),
        1 => (dur.clone(), dur.clone()).prop_map(|(mean, sd)| Draw::Normal(mean, sd)),
        1 => (dur, 0.01..=1000.0).prop_map(|(min, alpha)| Draw::Pareto(min, alpha)),
    ]
}

fn place() -> impl Strategy<Value = Option<Place>> {
    option::of(prop_oneof![
        Just(Place::Loop),
        Just(Place::Threads),
        Just(Place::Processes)
    ])
}

/// Resources: even indices are locks, odd ones queues, so that a step can choose blindly.
const RESOURCES: u32 = 4;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let time = || draw(short().boxed());
    let leaf = prop_oneof![
        (time(), any::<bool>(), place()).prop_map(|(dur, blocking, on)| Step::Io {
            dur,
            blocking,
            on
        }),
        (time(), place()).prop_map(|(dur, on)| Step::Cpu { dur, on }),
        (time(), place()).prop_map(|(dur, on)| Step::Native { dur, on }),
        (0..RESOURCES / 2).prop_map(|i| Step::Put { queue: 2 * i + 1 }),
        (0..RESOURCES / 2).prop_map(|i| Step::Get { queue: 2 * i + 1 }),
    ];
    let step = leaf.prop_recursive(5, 24, 4, move |inner| {
        let steps = || vec(inner.clone(), 0..4);
        prop_oneof![
            (0..RESOURCES / 2, steps()).prop_map(|(i, steps)| Step::Lock {
                resource: 2 * i,
                steps
            }),
            (0..4_u32, steps()).prop_map(|(times, steps)| Step::Repeat { times, steps }),
            vec(steps(), 1..4).prop_map(|branches| Step::Gather { branches }),
            (draw(short().boxed()), steps())
                .prop_map(|(after, steps)| Step::Timeout { after, steps }),
        ]
    });
    vec(step, 0..5)
}

fn arrive() -> impl Strategy<Value = Arrive> {
    prop_oneof![
        Just(Arrive::AtOnce),
        short().prop_map(Arrive::Every),
        (0.001..1e6).prop_map(|per_second| Arrive::Poisson { per_second }),
    ]
}

/// Any scenario, its kinds and resources in the order of their names.
pub(crate) fn scenario() -> impl Strategy<Value = Scenario> {
    let size = || (0..1_000_000_000_u64).prop_map(Bytes);
    let kind = (
        (
            1..6_u32,
            arrive(),
            proptest::sample::subsequence(vec![0, 1, 2], 0..3),
        ),
        (size(), size(), size()),
        steps(),
    );
    let head = (
        "[a-zA-Z\"\\\\'\u{e9}\u{65e5} ]{0,20}x",
        option::of(".{0,40}"),
    );
    (
        head,
        0..=i64::MAX as u64,
        option::of(1..=1024_u32),
        vec(kind, 1..4),
    )
        .prop_map(|((title, notes), seed, cores, kinds)| {
            let many = kinds.len() as u32;
            let kinds = (0..).zip(kinds);
            let kinds = kinds.map(
                |(i, ((count, arrive, mut after), (input, output, memory), steps))| {
                    after.retain(|kind| *kind < many);
                    let name = format!("kind {i}");
                    TaskKind {
                        name,
                        count,
                        arrive,
                        after,
                        input,
                        output,
                        memory,
                        steps,
                    }
                },
            );
            let resource = |i: u32| Resource {
                name: format!("r{i}"),
                kind: match i % 2 {
                    0 => ResourceKind::Lock { permits: i + 1 },
                    _ => ResourceKind::Queue { capacity: i - 1 },
                },
            };
            Scenario {
                title,
                notes,
                seed,
                cores,
                kinds: kinds.collect(),
                resources: (0..RESOURCES).map(resource).collect(),
            }
        })
}

fn table(pairs: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    let some = pairs
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(some.collect::<Map<_, _>>())
}

fn step_value(step: &Step, resources: &[Resource]) -> Value {
    let name = |index: u32| json!(resources[index as usize].name);
    let list =
        |steps: &[Step]| -> Value { steps.iter().map(|s| step_value(s, resources)).collect() };
    let place = |on: Option<Place>| {
        on.map(|on| match on {
            Place::Loop => json!("loop"),
            Place::Threads => json!("threads"),
            Place::Processes => json!("processes"),
        })
    };
    let time = |draw: &Draw| Some(json!(draw.to_string()));
    match step {
        Step::Io { dur, blocking, on } => table([
            ("io", time(dur)),
            ("blocking", blocking.then(|| json!(true))),
            ("on", place(*on)),
        ]),
        Step::Cpu { dur, on } => table([("cpu", time(dur)), ("on", place(*on))]),
        Step::Native { dur, on } => table([("native", time(dur)), ("on", place(*on))]),
        Step::Lock { resource, steps } => json!({ "lock": name(*resource), "steps": list(steps) }),
        Step::Put { queue } => json!({ "put": name(*queue) }),
        Step::Get { queue } => json!({ "get": name(*queue) }),
        Step::Repeat { times, steps } => json!({ "repeat": times, "steps": list(steps) }),
        Step::Gather { branches } => {
            json!({ "gather": branches.iter().map(|branch| list(branch)).collect::<Value>() })
        }
        Step::Timeout { after, steps } => {
            json!({ "timeout": after.to_string(), "steps": list(steps) })
        }
    }
}

/// The scenario as a document, which serde writes as JSON or as TOML.
pub(crate) fn document(scenario: &Scenario) -> Value {
    let kinds = scenario.kinds.iter().map(|kind| {
        let size = |bytes: Bytes| (bytes.0 > 0).then(|| json!(format!("{}B", bytes.0)));
        let after = kind
            .after
            .iter()
            .map(|i| scenario.kinds[*i as usize].name.clone());
        let steps: Value = kind
            .steps
            .iter()
            .map(|step| step_value(step, &scenario.resources))
            .collect();
        let value = table([
            ("count", Some(json!(kind.count))),
            ("arrive", Some(json!(kind.arrive.to_string()))),
            ("after", Some(after.collect())),
            ("input", size(kind.input)),
            ("output", size(kind.output)),
            ("memory", size(kind.memory)),
            ("steps", Some(steps)),
        ]);
        (kind.name.clone(), value)
    });
    let resources = scenario.resources.iter().map(|resource| {
        let value = match resource.kind {
            ResourceKind::Lock { permits } => json!({ "permits": permits }),
            ResourceKind::Queue { capacity } => json!({ "capacity": capacity }),
        };
        (resource.name.clone(), value)
    });
    table([
        ("trilane", Some(json!(1))),
        ("title", Some(json!(scenario.title))),
        ("notes", scenario.notes.as_ref().map(|notes| json!(notes))),
        ("seed", Some(json!(scenario.seed))),
        ("cores", scenario.cores.map(|cores| json!(cores))),
        ("tasks", Some(Value::Object(kinds.collect()))),
        ("resources", Some(Value::Object(resources.collect()))),
    ])
}

/// The scenario as TOML.
pub(crate) fn toml(scenario: &Scenario) -> String {
    toml::to_string(&document(scenario)).expect("the document is a table")
}

/// The scenario as JSON.
pub(crate) fn json(scenario: &Scenario) -> String {
    serde_json::to_string_pretty(&document(scenario)).expect("the document has string keys")
}
