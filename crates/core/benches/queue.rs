//! The hold model: with `n` events pending, pop the earliest and push one a random time later.
//! The price of a pop and a push is the floor under every simulation.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use trilane_core::engine::EventQueue;
use trilane_core::engine::heap::HeapQueue;
use trilane_core::units::{Dur, Time};

/// Holds in one measured batch.
const HOLDS: usize = 100_000;

/// How long after the event just popped the next one lies.
#[derive(Clone, Copy)]
enum Ahead {
    Exponential,
    Equal,
    /// One in sixteen a thousand times as far.
    Skewed,
}

impl Ahead {
    /// So many draws around a millisecond.
    fn draw(self, count: usize) -> Vec<Dur> {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut draw = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let unit = (state >> 11) as f64 / (1u64 << 53) as f64;
            let ns = match self {
                Ahead::Exponential => -libm::log(1.0 - unit) * 1e6,
                Ahead::Equal => 1e6,
                Ahead::Skewed if state & 15 == 0 => unit * 1e9,
                Ahead::Skewed => unit * 1e6,
            };
            Dur::from_nanos(ns as u64)
        };
        (0..count).map(|_| draw()).collect()
    }
}

macro_rules! hold {
    ($group:expr, $name:literal, $queue:ident, $ahead:expr, $n:expr) => {
        $group.bench_with_input(BenchmarkId::new($name, $n), &$n, |b, &n| {
            let ahead = $ahead.draw(1 << 16);
            let mut queue = $queue::new();
            for i in 0..n {
                queue.push(Time::ZERO + ahead[i & 0xffff], i as u64);
            }
            let mut i = 0;
            b.iter_batched(
                || (),
                |()| {
                    for _ in 0..HOLDS {
                        let (now, event) = queue.pop().expect("held at n");
                        queue.push(now + ahead[i & 0xffff], event);
                        i += 1;
                    }
                },
                BatchSize::PerIteration,
            );
        });
    };
}

fn queue(c: &mut Criterion) {
    let shapes = [
        ("exponential", Ahead::Exponential),
        ("equal", Ahead::Equal),
        ("skewed", Ahead::Skewed),
    ];
    for (name, ahead) in shapes {
        let mut group = c.benchmark_group(format!("hold/{name}"));
        group.throughput(Throughput::Elements(HOLDS as u64));
        group.sample_size(20);
        for n in [10usize, 100, 1_000, 10_000, 100_000, 1_000_000] {
            hold!(group, "ladder", EventQueue, ahead, n);
            hold!(group, "heap", HeapQueue, ahead, n);
        }
        group.finish();
    }
}

criterion_group!(benches, queue);
criterion_main!(benches);
