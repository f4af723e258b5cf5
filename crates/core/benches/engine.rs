//! A whole simulation: what a step of a task costs, under the plans whose ways through the model
//! differ most.
//!
//! The work is the one of docs/BENCHMARKS.md (waits and code in turn, about half of the tasks waiting),
//! once without costs, where only the rules remain, and once under a real profile.

mod common;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use trilane_core::model::simulate;
use trilane_core::trace::NoSink;

use common::{CORES, STEPS, case, costs};

fn engine(c: &mut Criterion) {
    for profile in ["ideal", "3.14"] {
        let mut group = c.benchmark_group(format!("engine/{profile}"));
        group.sample_size(20);
        for plan in ["threads(each)", "threads(16)", "processes(4)", "asyncio"] {
            for n in [1_000, 10_000] {
                let costs = costs(profile);
                let case = case(n, plan, &costs);
                group.throughput(Throughput::Elements(u64::from(n) * STEPS));
                group.bench_function(BenchmarkId::new(plan, n), |bencher| {
                    bencher.iter(|| simulate(&case.setup(&costs, CORES), &mut NoSink));
                });
            }
        }
        group.finish();
    }
}

criterion_group!(benches, engine);
criterion_main!(benches);
