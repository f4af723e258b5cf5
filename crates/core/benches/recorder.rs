//! What it costs to keep a trace: spans alone, and a whole run recorded on fresh memory and where a
//! former trace was.

mod common;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use trilane_core::model::{record, record_again};
use trilane_core::trace::{Lane, SpanKind, SpanRecord, Spans};

use common::{CORES, STEPS, case, costs};

/// Spans of one measured batch.
const SPANS: u64 = 1_000_000;

fn fill(spans: &mut Spans) {
    for i in 0..SPANS as u32 {
        let kind = SpanKind::ALL[i as usize % SpanKind::ALL.len()];
        let lane = Lane::task(i % 1_000);
        spans.push(SpanRecord::new(lane, u64::from(i), kind, Some(i % 64)));
    }
}

fn spans(c: &mut Criterion) {
    let mut group = c.benchmark_group("recorder/spans");
    group.throughput(Throughput::Elements(SPANS));
    group.bench_function("fresh", |bencher| {
        bencher.iter(|| {
            let mut spans = Spans::default();
            fill(&mut spans);
            spans
        });
    });
    group.bench_function("again", |bencher| {
        let mut spans = Spans::default();
        bencher.iter(|| {
            spans.clear();
            fill(&mut spans);
        });
    });
    group.finish();
}

fn runs(c: &mut Criterion) {
    let mut group = c.benchmark_group("recorder/runs");
    group.sample_size(20);
    let costs = costs("ideal");
    for plan in ["threads(each)", "asyncio"] {
        for n in [1_000, 10_000] {
            let case = case(n, plan, &costs);
            let setup = case.setup(&costs, CORES);
            group.throughput(Throughput::Elements(u64::from(n) * STEPS));
            group.bench_function(BenchmarkId::new(format!("{plan}/fresh"), n), |bencher| {
                bencher.iter(|| record(&setup));
            });
            group.bench_function(BenchmarkId::new(format!("{plan}/again"), n), |bencher| {
                let mut former = Some(record(&setup));
                bencher.iter(|| {
                    let trace = former.take().map(|former| record_again(&setup, former));
                    former = trace;
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, spans, runs);
criterion_main!(benches);
