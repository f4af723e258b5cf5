//! The order in which tasks are handed out, the same for every plan and every runner.
//!
//! By arrival, then by kind in file order, then by number. A kind with `after` is released when the last
//! task of the kinds it names has ended, and its arrivals count from then.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use trilane_core::trace::measured::Code;

use crate::host::now;
use crate::job::{Job, Kind};
use crate::records::{self, row};

/// Tasks of one kind that have arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) kind: usize,
    pub(crate) first: u32,
    pub(crate) count: u32,
}

/// What is to be handed out when.
#[derive(Debug)]
pub(crate) struct Agenda {
    job: Arc<Job>,
    /// Tasks that are handed out as one item.
    chunk: u32,
    /// Of these anybody wants to know when their tasks end.
    watched: Vec<bool>,
    state: Mutex<State>,
    /// A kind was released: for a thread that waits, and for a loop that does.
    released: Condvar,
    pub(crate) notify: Notify,
}

#[derive(Debug)]
struct State {
    /// When the next item of a kind is due: its last task has arrived by then.
    due: BinaryHeap<Reverse<(u64, usize)>>,
    released: Vec<Option<u64>>,
    handed: Vec<u32>,
    left: Vec<u32>,
    /// Kinds that a kind waits for, and that have tasks.
    waits_for: Vec<usize>,
}

impl Agenda {
    pub(crate) fn new(job: &Arc<Job>, chunk: u32, start: u64) -> Agenda {
        let kinds = &job.kinds;
        let full = |index: &&usize| kinds[**index].count > 0;
        let mut state = State {
            due: BinaryHeap::new(),
            released: vec![None; kinds.len()],
            handed: vec![0; kinds.len()],
            left: kinds.iter().map(|kind| kind.count).collect(),
            waits_for: kinds
                .iter()
                .map(|kind| kind.after.iter().filter(full).count())
                .collect(),
        };
        for index in 0..kinds.len() {
            if state.waits_for[index] == 0 {
                state.release(kinds, chunk, index, start);
            }
        }
        Agenda {
            job: Arc::clone(job),
            chunk,
            watched: (0..kinds.len())
                .map(|index| kinds.iter().any(|kind| kind.after.contains(&index)))
                .collect(),
            state: Mutex::new(state),
            released: Condvar::new(),
            notify: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next that have arrived. All of a kind where all arrive at its release: a look at the agenda for
    /// each would be a part of what a task costs.
    pub(crate) fn take(&self, now: u64) -> Option<Batch> {
        let mut state = self.state();
        let &Reverse((due, index)) = state.due.peek()?;
        if due > now {
            return None;
        }
        state.due.pop();
        let kind = &self.job.kinds[index];
        let first = state.handed[index];
        let rest = kind.count - first;
        let count = match kind.arrivals.is_empty() {
            true => rest,
            false => rest.min(self.chunk),
        };
        state.handed[index] += count;
        state.queue(kind, self.chunk, index);
        Some(Batch {
            kind: index,
            first: kind.first_task() + first,
            count,
        })
    }

    /// When the next item arrives, as far as is known, and whether kinds are still to be released.
    pub(crate) fn outlook(&self) -> (Option<u64>, bool) {
        let state = self.state();
        let due = state.due.peek().map(|Reverse((due, _))| *due);
        (due, state.blocked(&self.job.kinds))
    }

    /// Waits until the next item is due, or a kind is released.
    pub(crate) fn wait(&self) {
        let mut state = self.state();
        let releases = state.releases();
        while state.releases() == releases {
            let due = state.due.peek().map(|Reverse((due, _))| *due);
            let left = due.map(|due| due.saturating_sub(now()));
            state = match left {
                Some(0) => return,
                Some(left) => {
                    let left = Duration::from_nanos(left);
                    let waited = self.released.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None if state.blocked(&self.job.kinds) => self
                    .released
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                None => return,
            };
        }
    }

    /// Tasks of a kind have ended.
    pub(crate) fn ended(&self, index: usize, at: u64, count: u32) {
        if !self.watched[index] {
            return;
        }
        let mut state = self.state();
        state.left[index] -= count;
        if state.left[index] > 0 {
            return;
        }
        let mut freed = false;
        for (other, kind) in self.job.kinds.iter().enumerate() {
            let times = kind.after.iter().filter(|&&after| after == index).count();
            if times > 0 {
                state.waits_for[other] -= times;
                if state.waits_for[other] == 0 {
                    state.release(&self.job.kinds, self.chunk, other, at);
                    freed = true;
                }
            }
        }
        if freed {
            self.released.notify_all();
            self.notify.notify_one();
        }
    }

    /// The rows of all arrivals. They follow from the releases, so nothing is kept meanwhile.
    pub(crate) fn arrivals(&self) -> Vec<[u64; 6]> {
        let state = self.state();
        let mut rows = Vec::new();
        for (index, kind) in self.job.kinds.iter().enumerate() {
            let released = state.released[index].unwrap_or(0);
            for task in 0..state.handed[index] {
                let offset = kind.arrivals.get(task as usize).copied().unwrap_or(0);
                let numbers = [released + offset, 0, 0, 0];
                rows.push(row(Code::Arrive, kind.first_task() + task, numbers));
            }
        }
        rows
    }
}

impl State {
    fn release(&mut self, kinds: &[Kind], chunk: u32, index: usize, at: u64) {
        self.released[index] = Some(at);
        self.queue(&kinds[index], chunk, index);
    }

    fn queue(&mut self, kind: &Kind, chunk: u32, index: usize) {
        let handed = self.handed[index];
        let Some(released) = self.released[index].filter(|_| handed < kind.count) else {
            return;
        };
        let last = handed.saturating_add(chunk).min(kind.count) - 1;
        let offset = kind.arrivals.get(last as usize).copied().unwrap_or(0);
        self.due.push(Reverse((released + offset, index)));
    }

    fn releases(&self) -> usize {
        self.released.iter().flatten().count()
    }

    fn blocked(&self, kinds: &[Kind]) -> bool {
        let unreleased = self.released.iter().zip(kinds);
        unreleased
            .into_iter()
            .any(|(at, kind)| at.is_none() && kind.count > 0)
    }
}

/// Notes down that a thread had nothing to do while it waited.
pub(crate) fn idle(began: u64) {
    records::put(Code::Idle, records::NOBODY, [began, now(), 0, 0]);
}
