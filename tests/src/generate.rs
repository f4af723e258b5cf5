//! Generated scenarios, plans and machines, small enough that thousands of them run in a test.
//!
//! They are values of the checked types, as the parser would give them: everything the language can
//! say is in them, and they shrink. Deadlocks are meant to happen: a `get` that nothing feeds and
//! locks taken crosswise are scenarios like any other. The parts are boxed: unboxed, their values
//! and those of everything around them would stand on the stack, and overflow it.

use std::fmt;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use trilane_core::plan::{Plan, ProcessPool, StartMethod};
use trilane_core::profile::{Costs, embedded, embedded_names};
use trilane_core::scenario::{
    Arrive, Draw, Place, Resource, ResourceKind, Scenario, Step, TaskKind,
};
use trilane_core::units::{Bytes, Dur};

/// Locks first, then queues: [`resources`] keeps to this order.
const LOCKS: u32 = 3;
const QUEUES: u32 = 3;

/// A configuration of `cases`, the same ones every time: a test that fails on some days helps
/// nobody. `PROPTEST_CASES` and `PROPTEST_RNG_SEED` go further.
pub fn config(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => default.cases,
        None => cases,
    };
    let rng_seed = match default.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        fixed => fixed,
    };
    // A found case becomes a test of its own with a name; a file of seeds would say less.
    ProptestConfig {
        cases,
        rng_seed,
        failure_persistence: None,
        ..default
    }
}

/// Any scenario, of a few kinds with a few tasks each.
pub fn scenario() -> impl Strategy<Value = Scenario> {
    let kinds = prop::collection::vec(kind(), 1..4);
    (kinds, resources(), any::<u64>()).prop_map(|(mut kinds, resources, seed)| {
        for (i, kind) in kinds.iter_mut().enumerate() {
            kind.name = format!("k{i}");
            // Only kinds above it in the file: the language refuses cycles.
            kind.after.retain(|before| (*before as usize) < i);
        }
        Scenario {
            title: "generated".to_owned(),
            notes: None,
            seed,
            cores: None,
            kinds,
            resources,
        }
    })
}

fn kind() -> BoxedStrategy<TaskKind> {
    let arrive = prop_oneof![
        4 => Just(Arrive::AtOnce),
        1 => (0u64..5_000_000).prop_map(|ns| Arrive::Every(Dur::from_nanos(ns))),
        1 => (20.0..5_000.0).prop_map(|per_second| Arrive::Poisson { per_second }),
    ];
    let after = prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(0u32..3, 1..3)];
    let size = || prop_oneof![2 => Just(Bytes(0)), 1 => (0u64..4_000_000).prop_map(Bytes)];
    let steps = prop::collection::vec(step(), 0..5);
    (0u32..8, arrive, after, size(), size(), size(), steps)
        .prop_map(|(count, arrive, mut after, input, output, memory, steps)| {
            after.sort_unstable();
            after.dedup();
            let name = String::new();
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
        })
        .boxed()
}

fn resources() -> impl Strategy<Value = Vec<Resource>> {
    let permits = (1u32..2, 1u32..3, 2u32..5);
    let capacity = (0u32..1, 1u32..2, 0u32..4);
    (permits, capacity).prop_map(|(permits, capacity)| {
        let lock = |permits| ResourceKind::Lock { permits };
        let queue = |capacity| ResourceKind::Queue { capacity };
        let kinds = [
            lock(permits.0),
            lock(permits.1),
            lock(permits.2),
            queue(capacity.0),
            queue(capacity.1),
            queue(capacity.2),
        ];
        let named = |(i, kind)| Resource {
            name: format!("r{i}"),
            kind,
        };
        kinds.into_iter().enumerate().map(named).collect()
    })
}

/// Any step, nested three deep at most.
pub fn step() -> BoxedStrategy<Step> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        let list = || prop::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            2 => (0..LOCKS, list()).prop_map(|(resource, steps)| Step::Lock { resource, steps }),
            2 => (0u32..4, list()).prop_map(|(times, steps)| Step::Repeat { times, steps }),
            2 => prop::collection::vec(list(), 1..4).prop_map(|branches| Step::Gather { branches }),
            2 => (draw(), list()).prop_map(|(after, steps)| Step::Timeout { after, steps }),
        ]
    })
    .boxed()
}

fn leaf() -> BoxedStrategy<Step> {
    let on = || {
        prop_oneof![
            3 => Just(None),
            1 => Just(Some(Place::Loop)),
            1 => Just(Some(Place::Threads)),
            1 => Just(Some(Place::Processes)),
        ]
    };
    let queue = || LOCKS..LOCKS + QUEUES;
    prop_oneof![
        6 => (draw(), any::<bool>(), on())
            .prop_map(|(dur, blocking, on)| Step::Io { dur, blocking, on }),
        6 => (draw(), on()).prop_map(|(dur, on)| Step::Cpu { dur, on }),
        4 => (draw(), on()).prop_map(|(dur, on)| Step::Native { dur, on }),
        2 => queue().prop_map(|queue| Step::Put { queue }),
        1 => queue().prop_map(|queue| Step::Get { queue }),
    ]
    .boxed()
}

/// A duration of nothing to some tens of milliseconds, around the switch interval, the time slice
/// and the tick.
fn draw() -> BoxedStrategy<Draw> {
    let dur = || {
        prop_oneof![
            1 => Just(0u64),
            2 => 1u64..1_000,
            3 => 1_000u64..1_000_000,
            4 => 1_000_000u64..20_000_000,
            1 => Just(5_000_000u64),
            1 => Just(1_000_000u64),
        ]
        .prop_map(Dur::from_nanos)
    };
    prop_oneof![
        6 => dur().prop_map(Draw::Fixed),
        1 => (dur(), dur()).prop_map(|(a, b)| Draw::Uniform(a.min(b), a.max(b))),
        1 => dur().prop_map(Draw::Exp),
        1 => (dur(), 0.0..1.0).prop_map(|(median, sigma)| Draw::LogNormal(median, sigma)),
        1 => (dur(), dur()).prop_map(|(mean, sd)| Draw::Normal(mean, sd)),
        1 => (dur(), 1.5..4.0).prop_map(|(min, alpha)| Draw::Pareto(min, alpha)),
    ]
    .boxed()
}

/// Any plan.
pub fn plan() -> impl Strategy<Value = Plan> {
    let start = || {
        prop_oneof![
            Just(StartMethod::Fork),
            Just(StartMethod::Spawn),
            Just(StartMethod::ForkServer),
        ]
    };
    let pool =
        move || (1u32..5, start()).prop_map(|(workers, start)| ProcessPool { workers, start });
    let asyncio = (
        prop::option::weighted(0.2, 1u32..6),
        prop::option::of(1u32..5),
        prop::option::of(pool()),
    );
    prop_oneof![
        1 => Just(Plan::Sync),
        2 => (1u32..8).prop_map(|workers| Plan::Threads { workers }),
        2 => Just(Plan::ThreadEach),
        2 => (pool(), 1u32..5).prop_map(|(pool, chunk)| Plan::Processes { pool, chunk }),
        1 => (1u32..5).prop_map(|workers| Plan::Interpreters { workers }),
        4 => asyncio.prop_map(|(limit, threads, processes)| {
            Plan::Asyncio { limit, threads, processes }
        }),
    ]
}

/// What running costs; shown by the Python's name, because all its figures would bury a failure.
#[derive(Clone, Copy)]
pub struct Machine(pub &'static Costs);

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, {}",
            self.0.python,
            if self.0.gil { "a GIL" } else { "no GIL" }
        )
    }
}

/// The machines: ideal ones with and without a GIL, and those of the embedded profiles.
pub fn machine() -> impl Strategy<Value = Machine> {
    static ALL: LazyLock<Vec<Costs>> = LazyLock::new(|| {
        let mut all = vec![Costs::ideal("ideal", true), Costs::ideal("ideal", false)];
        let costs = |name: &&str| embedded(name).expect("an embedded name").costs();
        all.extend(embedded_names().iter().map(costs));
        all
    });
    (0..ALL.len()).prop_map(|i| Machine(&ALL[i]))
}
