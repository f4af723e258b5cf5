//! The ladder against a sorted map, over random interleavings and many shapes of time.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::EventQueue;
use super::heap::HeapQueue;
use crate::units::Time;

/// One step of a test, expanded against the state it meets.
#[derive(Clone, Debug)]
enum Op {
    /// Push `count` events, each at a time of this shape.
    Push { shape: Shape, count: u16, salt: u64 },
    /// Pop `count` events.
    Pop { count: u16 },
    /// Pop all but `left` events.
    PopTo { left: u16 },
    /// Pop one and push one, so many times.
    Hold { shape: Shape, count: u16, salt: u64 },
}

/// Where an event lies in time.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// At the time of the last event popped.
    Now,
    /// Within so many bits of now, evenly.
    Near(u32),
    /// Evenly over all magnitudes.
    Magnitudes,
    /// Now plus a constant: events come out as they went in.
    Delay(u64),
    /// At one of two instants far apart, or now if it is later.
    Clusters(u64, u64),
    /// Between now and the next event.
    BeforeNext,
    /// Each a little earlier than the one before, as far as that goes.
    Descending(u64),
    /// At the end of time.
    End,
}

impl Shape {
    fn time(self, now: u64, next: u64, i: u64, random: u64) -> u64 {
        match self {
            Shape::Now => now,
            Shape::Near(bits) => now.saturating_add(random >> (64 - bits)),
            Shape::Magnitudes => now.saturating_add(random >> (random & 63)),
            Shape::Delay(ns) => now.saturating_add(ns),
            Shape::Clusters(a, b) => now.max(if random & 1 == 0 { a } else { b }),
            Shape::BeforeNext => now + random % (next - now).saturating_add(1).max(1),
            Shape::Descending(from) => now.max(from.saturating_sub(i * 3)),
            Shape::End => u64::MAX,
        }
    }
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        Just(Shape::Now),
        (1..48u32).prop_map(Shape::Near),
        Just(Shape::Magnitudes),
        (0..2_000_000_000u64).prop_map(Shape::Delay),
        (0..1u64 << 34, 0..1u64 << 36).prop_map(|(a, b)| Shape::Clusters(a, b)),
        Just(Shape::BeforeNext),
        (0..1u64 << 40).prop_map(Shape::Descending),
        Just(Shape::End),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let count = || prop_oneof![4 => 1..4u16, 4 => 1..150u16, 1 => 1..1500u16];
    prop_oneof![
        4 => (shape(), count(), any::<u64>())
            .prop_map(|(shape, count, salt)| Op::Push { shape, count, salt }),
        2 => count().prop_map(|count| Op::Pop { count }),
        1 => (0..5u16).prop_map(|left| Op::PopTo { left }),
        2 => (shape(), count(), any::<u64>())
            .prop_map(|(shape, count, salt)| Op::Hold { shape, count, salt }),
    ]
}

/// SplitMix64: spreads a counter over all bits.
fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// All three queues under the same operations; every answer must be the same.
#[derive(Default)]
struct Trio {
    ladder: EventQueue<u64>,
    heap: HeapQueue<u64>,
    sorted: BTreeMap<(u64, u64), ()>,
    now: u64,
    pushed: u64,
    operations: u64,
}

impl Trio {
    fn next(&self) -> Option<u64> {
        self.sorted.first_key_value().map(|((time, _), ())| *time)
    }

    fn push(&mut self, shape: Shape, i: u64, salt: u64) {
        let next = self.next().unwrap_or(self.now);
        let time = shape.time(self.now, next, i, mix(salt.wrapping_add(i)));
        match mix(salt ^ i) & 1 {
            0 => self.ladder.push(Time::from_nanos(time), self.pushed),
            _ => self.ladder.push_next(Time::from_nanos(time), self.pushed),
        }
        self.heap.push(Time::from_nanos(time), self.pushed);
        self.sorted.insert((time, self.pushed), ());
        self.pushed += 1;
        self.check_front();
    }

    fn pop(&mut self) {
        let expect = self
            .sorted
            .pop_first()
            .map(|((time, id), ())| (Time::from_nanos(time), id));
        let mut soon = Vec::new();
        let popped = self.ladder.pop_foreseeing(|events| soon.extend(events));
        assert_eq!(popped, expect);
        // One event at most is kept beside those that have come near.
        let next = self.sorted.keys().map(|&(_, id)| id).take(soon.len() + 1);
        let next: Vec<u64> = next.filter(|id| soon.contains(id)).collect();
        assert_eq!(next, soon, "what was foreseen is next");
        assert_eq!(self.heap.pop(), expect);
        self.now = expect.map_or(self.now, |(time, _)| time.as_nanos());
        self.check_front();
    }

    fn check_front(&mut self) {
        let expect = self.next().map(Time::from_nanos);
        assert_eq!(self.ladder.peek_time(), expect);
        assert_eq!(self.heap.peek_time(), expect);
        assert_eq!(self.ladder.is_empty(), expect.is_none());
        self.operations += 1;
        if self.operations.is_multiple_of(64) {
            assert_eq!(self.ladder.len(), self.sorted.len());
        }
    }

    fn apply(&mut self, op: &Op) {
        match *op {
            Op::Push { shape, count, salt } => {
                for i in 0..u64::from(count) {
                    self.push(shape, i, salt);
                }
            }
            Op::Pop { count } => {
                for _ in 0..count {
                    self.pop();
                }
            }
            Op::PopTo { left } => {
                while self.sorted.len() > usize::from(left) {
                    self.pop();
                }
            }
            Op::Hold { shape, count, salt } => {
                for i in 0..u64::from(count) {
                    self.pop();
                    self.push(shape, i, salt);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_interleaving_comes_out_in_order(ops in prop::collection::vec(op(), 1..120)) {
        let mut trio = Trio::default();
        for op in &ops {
            trio.apply(op);
        }
        trio.apply(&Op::PopTo { left: 0 });
        trio.pop();
        // The clock starts again, and so must the queue.
        trio.ladder.clear();
        trio.heap.clear();
        trio.now = 0;
        for op in ops.iter().take(10) {
            trio.apply(op);
        }
    }

    #[test]
    fn one_shape_held_at_a_size(
        shape in shape(), size in prop_oneof![1..100u16, 100..5000u16], salt in any::<u64>()
    ) {
        let mut trio = Trio::default();
        trio.apply(&Op::Push { shape, count: size, salt });
        trio.apply(&Op::Hold { shape, count: 5000, salt: salt.wrapping_add(1) });
        trio.apply(&Op::PopTo { left: 0 });
    }
}

#[test]
fn an_event_earlier_than_one_looked_at_is_not_lost() {
    let mut queue = EventQueue::new();
    let at = Time::from_nanos;
    for i in 0..10_000u64 {
        queue.push(at(1_000_000 + i * 1_000), i);
    }
    assert_eq!(queue.peek_time(), Some(at(1_000_000)));
    queue.push(at(5), 77_777);
    queue.push(at(4), 77_778);
    assert_eq!(queue.peek_time(), Some(at(4)));
    assert_eq!(queue.pop(), Some((at(4), 77_778)));
    queue.push(at(4), 77_779);
    assert_eq!(queue.pop(), Some((at(4), 77_779)));
    assert_eq!(queue.pop(), Some((at(5), 77_777)));
    assert_eq!(queue.pop(), Some((at(1_000_000), 0)));
    assert_eq!(queue.len(), 9_999);
}

/// Inputs on which a careless ladder is quadratic: with a million events they would take hours.
#[test]
fn crowds_outliers_and_bursts_stay_linear() {
    const N: u64 = 300_000;
    let at = Time::from_nanos;
    let check = |times: &mut dyn FnMut(u64) -> u64| {
        let mut queue = EventQueue::new();
        for i in 0..N {
            queue.push(at(times(i)), i);
        }
        let mut last = (Time::ZERO, 0);
        for i in 0..N {
            let got = queue.pop().expect("as many come out as went in");
            assert!(i == 0 || last < got, "{last:?} came out before {got:?}");
            last = got;
        }
        assert_eq!(queue.pop(), None);
    };
    check(&mut |_| 0);
    check(&mut |_| 1 << 40);
    check(&mut |i| (i & 1) << 40);
    check(&mut |i| if i == 7 { u64::MAX } else { mix(i) >> 30 });
    check(&mut |i| N - i);
    check(&mut |i| 1 << (mix(i) & 63));
    check(&mut |i| u64::MAX - (mix(i) >> (mix(!i) & 63)));

    // A crowd waits while bursts of earlier events come and go.
    let mut queue = EventQueue::new();
    let crowd = 1u64 << 50;
    for i in 0..N {
        queue.push(at(crowd), i);
    }
    for round in 0..N / 200 {
        let base = round * 1_000;
        for i in 0..200 {
            queue.push(at(base + 999 - i), N);
        }
        for i in 0..200 {
            assert_eq!(queue.pop(), Some((at(base + 800 + i), N)));
        }
    }
    for i in 0..N {
        assert_eq!(queue.pop(), Some((at(crowd), i)));
    }
}
