//! The rules of the two workloads as a plain state machine, for the peers that only bring a clock
//! and an event queue, and as the reference that all makespans are checked against.
//!
//! `thr`: a CPU step takes the lock, then a core; after a quantum the lock goes to the longest
//! waiter. A native step takes a core. `aio`: a CPU step waits in the ready queue for the loop.

use std::collections::VecDeque;

use trilane_core::engine::heap::HeapQueue;
use trilane_core::units::{Dur, Time};

use crate::work::{Kind, QUANTUM_NS, STEPS, Shape, Work};

/// All tasks and what they wait for. An event is a task whose piece of work has ended.
#[derive(Debug)]
pub struct Machine {
    shape: Shape,
    step: Vec<u8>,
    /// What is left of a task's CPU step.
    left: Vec<u64>,
    /// The lock, or the loop.
    held: bool,
    lock_queue: VecDeque<u32>,
    idle_cores: u32,
    core_queue: VecDeque<u32>,
    unfinished: u32,
}

impl Machine {
    /// Nothing has begun.
    pub fn new(work: &Work) -> Machine {
        Machine {
            shape: work.shape,
            step: vec![0; work.n as usize],
            left: vec![0; work.n as usize],
            held: false,
            lock_queue: VecDeque::new(),
            idle_cores: crate::work::CORES,
            core_queue: VecDeque::new(),
            unfinished: work.n,
        }
    }

    /// Starts all tasks; `schedule` gets how far ahead each event lies.
    pub fn start(&mut self, work: &Work, schedule: &mut impl FnMut(u64, u32)) {
        for task in 0..work.n {
            self.begin(work, task, schedule);
        }
    }

    /// Whether every task has ended.
    pub fn finished(&self) -> bool {
        self.unfinished == 0
    }

    /// A piece of a task's work has ended.
    pub fn done(&mut self, work: &Work, task: u32, schedule: &mut impl FnMut(u64, u32)) {
        let kind = self.kind(task);
        match kind {
            Kind::Io => {}
            Kind::Native => self.release_core(schedule),
            Kind::Cpu => {
                let left = &mut self.left[task as usize];
                *left -= slice(self.shape, *left);
                let more = *left > 0;
                if self.shape == Shape::Thr {
                    self.release_core(schedule);
                }
                if more {
                    self.lock_queue.push_back(task);
                }
                match self.lock_queue.pop_front() {
                    Some(next) => self.run(next, schedule),
                    None => self.held = false,
                }
                if more {
                    return;
                }
            }
        }
        self.step[task as usize] += 1;
        self.begin(work, task, schedule);
    }

    fn kind(&self, task: u32) -> Kind {
        self.shape.kind(self.step[task as usize] as usize)
    }

    fn begin(&mut self, work: &Work, task: u32, schedule: &mut impl FnMut(u64, u32)) {
        let step = self.step[task as usize] as usize;
        if step == STEPS {
            self.unfinished -= 1;
            return;
        }
        let ns = work.ns(task, step);
        match self.kind(task) {
            Kind::Io => schedule(ns, task),
            Kind::Native => {
                self.left[task as usize] = ns;
                self.take_core(task, schedule);
            }
            Kind::Cpu => {
                self.left[task as usize] = ns;
                if self.held {
                    self.lock_queue.push_back(task);
                } else {
                    self.held = true;
                    self.run(task, schedule);
                }
            }
        }
    }

    /// Runs the task that has just been given the lock or the loop.
    fn run(&mut self, task: u32, schedule: &mut impl FnMut(u64, u32)) {
        match self.shape {
            Shape::Thr => self.take_core(task, schedule),
            Shape::Aio => schedule(self.left[task as usize], task),
        }
    }

    fn take_core(&mut self, task: u32, schedule: &mut impl FnMut(u64, u32)) {
        if self.idle_cores == 0 {
            self.core_queue.push_back(task);
            return;
        }
        self.idle_cores -= 1;
        self.on_core(task, schedule);
    }

    fn release_core(&mut self, schedule: &mut impl FnMut(u64, u32)) {
        match self.core_queue.pop_front() {
            Some(next) => self.on_core(next, schedule),
            None => self.idle_cores += 1,
        }
    }

    fn on_core(&mut self, task: u32, schedule: &mut impl FnMut(u64, u32)) {
        let left = self.left[task as usize];
        match self.kind(task) {
            Kind::Cpu => schedule(slice(self.shape, left), task),
            Kind::Native | Kind::Io => schedule(left, task),
        }
    }
}

/// How much of a CPU step runs before somebody else may.
#[inline]
pub fn slice(shape: Shape, left: u64) -> u64 {
    match shape {
        Shape::Thr => left.min(QUANTUM_NS),
        Shape::Aio => left,
    }
}

/// Runs the machine on the standard library's heap; gives the makespan.
pub fn run(work: &Work) -> u64 {
    let mut queue = HeapQueue::new();
    let mut machine = Machine::new(work);
    machine.start(work, &mut |ns, task| queue.push(Time::from_nanos(ns), task));
    let mut now = Time::ZERO;
    while let Some((time, task)) = queue.pop() {
        now = time;
        machine.done(work, task, &mut |ns, task| {
            queue.push(now + Dur::from_nanos(ns), task)
        });
    }
    assert!(machine.finished(), "every task ends");
    now.as_nanos()
}
