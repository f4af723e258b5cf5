//! The bare hold model: pop the earliest of `n` events and push one an exponential time later, and
//! nothing else. What an event queue costs without a simulation around it.

use std::time::Duration;

use cpu_time::ProcessTime;
use trilane_core::engine::EventQueue;
use trilane_core::engine::heap::HeapQueue;
use trilane_core::units::{Dur, Time};

use crate::work::Work;

macro_rules! hold {
    ($name:ident, $queue:ident, $doc:literal) => {
        #[doc = $doc]
        /// Gives the CPU time of one hold in nanoseconds.
        pub fn $name(work: &Work) -> f64 {
            // The I/O times of the work itself, brought to one mean, in a small cyclic table.
            let ahead: Vec<Dur> = work
                .draws
                .iter()
                .step_by(2)
                .take(1 << 16)
                .map(|&ns| Dur::from_nanos(ns))
                .collect();
            let mut queue = $queue::new();
            let mut draws = ahead.iter().cycle();
            let mut next = || *draws.next().expect("there are draws");
            for task in 0..work.n {
                queue.push(Time::ZERO + next(), u64::from(task));
            }
            // Over a whole generation of events at least, so that every regime of a queue counts.
            let holds = (2 * work.n).max(1_000_000);
            for _ in 0..work.n {
                let (now, event) = queue.pop().expect("held at n");
                queue.push(now + next(), event);
            }
            let start = ProcessTime::now();
            for _ in 0..holds {
                let (now, event) = queue.pop().expect("held at n");
                queue.push(now + next(), event);
            }
            let spent: Duration = start.elapsed();
            std::hint::black_box(queue.pop());
            spent.as_nanos() as f64 / f64::from(holds)
        }
    };
}

hold!(heap, HeapQueue, "On the standard library's heap.");
hold!(ladder, EventQueue, "On Trilane's ladder.");
