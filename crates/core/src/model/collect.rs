//! How the main thread waits for what it handed out: for one future or thread after the other, in
//! the order in which it made them (`Lib/concurrent/futures/_base.py: Future.result` and
//! `Executor.map`, `Lib/threading.py: Thread.join`).
//!
//! Whatever ends before the main thread comes to it costs nothing but, for a thread, the call. What
//! it has to wait for wakes it: one more thread that wants the interpreter lock while the workers
//! still work. Where tasks end in the order in which they were handed out, as those of a pool mostly
//! do, that happens at nearly every one.

use super::main_program::pc;
use super::task::flag;
use super::{NEVER, NONE, Op, Sim};
use crate::plan::Plan;
use crate::trace::{Sink, SpanKind};

pub(crate) struct Collector {
    /// What was handed out in a row: the first task, and the one after the last.
    rows: Vec<(u32, u32)>,
    /// Tasks a future; the last of a row may be of fewer.
    chunk: u32,
    /// The row it is at, and the first task of the future there.
    at: (usize, u32),
    /// The task whose end wakes the main thread.
    awaited: u32,
}

impl Collector {
    pub(crate) fn new(chunk: u32) -> Collector {
        Collector {
            rows: Vec::new(),
            chunk,
            at: (0, NONE),
            awaited: NONE,
        }
    }

    /// So many tasks from this one on were handed out, as one item.
    #[inline]
    pub(crate) fn note(&mut self, first: u32, count: u32) {
        match self.rows.last_mut() {
            Some(row) if row.1 == first && (row.1 - row.0).is_multiple_of(self.chunk) => {
                row.1 += count;
            }
            _ => self.rows.push((first, first + count)),
        }
    }

    /// The first task of the future that is the next to be waited for.
    #[inline]
    fn current(&mut self) -> Option<u32> {
        let &(first, _) = self.rows.get(self.at.0)?;
        if self.at.1 == NONE {
            self.at.1 = first;
        }
        Some(self.at.1)
    }

    #[inline]
    fn advance(&mut self) {
        let (row, task) = self.at;
        let next = task.saturating_add(self.chunk);
        self.at = match self.rows.get(row) {
            Some(&(_, end)) if next < end => (row, next),
            _ => (row + 1, NONE),
        };
    }
}

impl<S: Sink> Sim<'_, S> {
    /// The main thread's program from when everything is handed out.
    pub(crate) fn collect(&mut self, thread: u32) -> Op {
        let each = matches!(self.plan, Plan::ThreadEach);
        let cost = match each {
            true => self.costs.thread_join,
            false => self.costs.future_wait,
        };
        loop {
            let Some(task) = self.collector.current() else {
                return Op::block(SpanKind::Idle, NEVER);
            };
            let over = self.tasks.hot[task as usize].flags & flag::ENDED != 0;
            let slot = &mut self.threads[thread as usize];
            match slot.pc {
                pc::COLLECTS if over => {
                    self.collector.advance();
                    if each && cost > 0 {
                        return Op::run(SpanKind::Overhead, cost);
                    }
                }
                pc::COLLECTS => {
                    slot.pc = pc::AWAITS;
                    if cost > 1 {
                        return Op::run(SpanKind::Overhead, cost / 2);
                    }
                }
                pc::AWAITS if !over => {
                    slot.pc = pc::AWAKE;
                    self.collector.awaited = task;
                    return Op::block(SpanKind::Idle, NEVER);
                }
                _ => {
                    slot.pc = pc::COLLECTS;
                    self.collector.awaited = NONE;
                    self.collector.advance();
                    if cost > 0 {
                        return Op::run(SpanKind::Overhead, cost - cost / 2);
                    }
                }
            }
        }
    }

    /// A task has ended, or the thread that was made for it: the main thread may wait for it.
    #[inline]
    pub(crate) fn tell_collector(&mut self, task: u32) {
        if self.collector.awaited == task {
            self.collector.awaited = NONE;
            self.wake_blocked(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn futures_are_waited_for_in_the_order_in_which_they_were_made() {
        let check = |chunk, items: &[(u32, u32)], expect: &[u32]| {
            let mut collector = Collector::new(chunk);
            for &(first, count) in items {
                collector.note(first, count);
            }
            let mut seen = Vec::new();
            while let Some(task) = collector.current() {
                seen.push(task);
                collector.advance();
            }
            assert_eq!(seen, expect, "{items:?}");
        };
        check(1, &[], &[]);
        check(1, &[(0, 1), (1, 1), (2, 1)], &[0, 1, 2]);
        check(1, &[(0, 1), (5, 1), (1, 1), (6, 1)], &[0, 5, 1, 6]);
        check(4, &[(0, 4), (4, 2), (6, 4), (10, 1)], &[0, 4, 6, 10]);
        check(4, &[(0, 4), (8, 4), (4, 4)], &[0, 8, 4]);
    }
}
