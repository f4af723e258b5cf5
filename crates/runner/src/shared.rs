//! Locks, semaphores and queues for steps that block their thread.
//!
//! As in Python, nothing is handed over: who gives a permit back wakes one waiter, and a thread that
//! runs already may be quicker. A thread tries first, and lets go of the interpreter lock only if it has
//! to wait (`Modules/_threadmodule.c`, `acquire_timed`).

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::gil::Gil;
use crate::host::now;
use crate::host::{Fifos, Tokens};
use crate::job::Shared;

/// What tasks share. A deadline is a time by the clock; what comes too late is not had.
#[derive(Debug)]
pub(crate) enum Resource {
    /// A lock in a program that does nothing at the same time.
    Free,
    /// Between threads.
    Lock(Waited<u32>),
    Queue(Queue),
    /// Between processes.
    FarLock(Tokens),
    FarQueue(Fifos),
}

/// Something that threads wait for.
#[derive(Debug)]
pub(crate) struct Waited<T> {
    state: Mutex<T>,
    changed: Condvar,
}

/// A queue between threads.
#[derive(Debug)]
pub(crate) struct Queue {
    items: Mutex<VecDeque<u32>>,
    filled: Condvar,
    emptied: Condvar,
    /// 0: no bound.
    capacity: usize,
}

/// For a plain loop.
pub(crate) fn alone(resources: &[Shared]) -> Vec<Resource> {
    resources
        .iter()
        .map(|shared| match shared.capacity {
            Some(capacity) => Resource::Queue(Queue::new(capacity)),
            None => Resource::Free,
        })
        .collect()
}

/// For threads of one process.
pub(crate) fn between_threads(resources: &[Shared]) -> Vec<Resource> {
    resources
        .iter()
        .map(|shared| match shared.capacity {
            Some(capacity) => Resource::Queue(Queue::new(capacity)),
            None => Resource::Lock(Waited::new(shared.permits.unwrap_or(1))),
        })
        .collect()
}

impl Resource {
    /// Takes a permit; whether it was had in time.
    pub(crate) fn acquire(&self, gil: &Gil, deadline: Option<u64>) -> bool {
        let take = |permits: &mut u32| {
            let free = *permits > 0;
            *permits -= u32::from(free);
            free.then_some(())
        };
        match self {
            Resource::Lock(lock) => lock.wait(gil, deadline, take).is_some(),
            Resource::FarLock(tokens) => tokens.take(gil, deadline),
            _ => true,
        }
    }

    /// Gives a permit back.
    pub(crate) fn release(&self) {
        match self {
            Resource::Lock(lock) => lock.change(|permits| {
                *permits += 1;
                true
            }),
            Resource::FarLock(tokens) => tokens.give(),
            _ => {}
        }
    }

    /// Puts an item in; whether there was room in time.
    pub(crate) fn put(&self, item: u32, gil: &Gil, deadline: Option<u64>) -> bool {
        match self {
            Resource::Queue(queue) => queue.put(item, gil, deadline),
            Resource::FarQueue(fifos) => fifos.put(item, gil, deadline),
            _ => true,
        }
    }

    /// Takes an item out, if one came in time.
    pub(crate) fn get(&self, gil: &Gil, deadline: Option<u64>) -> Option<u32> {
        match self {
            Resource::Queue(queue) => queue.get(gil, deadline),
            Resource::FarQueue(fifos) => fifos.get(gil, deadline),
            _ => None,
        }
    }
}

impl<T> Waited<T> {
    pub(crate) fn new(state: T) -> Waited<T> {
        Waited {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// Changes what others wait for, and wakes one of them if that is worth it.
    pub(crate) fn change(&self, change: impl FnOnce(&mut T) -> bool) {
        let wake = change(&mut locked(&self.state));
        if wake {
            self.changed.notify_one();
        }
    }

    /// Waits until it can be taken.
    pub(crate) fn wait<R>(
        &self,
        gil: &Gil,
        deadline: Option<u64>,
        take: impl FnMut(&mut T) -> Option<R>,
    ) -> Option<R> {
        wait(&self.state, &self.changed, gil, deadline, take)
    }
}

impl Queue {
    fn new(capacity: u32) -> Queue {
        Queue {
            items: Mutex::default(),
            filled: Condvar::new(),
            emptied: Condvar::new(),
            capacity: capacity as usize,
        }
    }

    fn put(&self, item: u32, gil: &Gil, deadline: Option<u64>) -> bool {
        let capacity = self.capacity;
        let put = |items: &mut VecDeque<u32>| {
            let room = capacity == 0 || items.len() < capacity;
            room.then(|| items.push_back(item))
        };
        let done = wait(&self.items, &self.emptied, gil, deadline, put).is_some();
        if done {
            self.filled.notify_one();
        }
        done
    }

    fn get(&self, gil: &Gil, deadline: Option<u64>) -> Option<u32> {
        let item = wait(
            &self.items,
            &self.filled,
            gil,
            deadline,
            VecDeque::pop_front,
        )?;
        self.emptied.notify_one();
        Some(item)
    }
}

pub(crate) fn locked<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tries, and then waits without the interpreter lock until it can be had or the deadline is there.
fn wait<T, R>(
    state: &Mutex<T>,
    changed: &Condvar,
    gil: &Gil,
    deadline: Option<u64>,
    mut take: impl FnMut(&mut T) -> Option<R>,
) -> Option<R> {
    if let Some(had) = take(&mut locked(state)) {
        return Some(had);
    }
    gil.without(|| {
        let mut state = locked(state);
        loop {
            if let Some(had) = take(&mut state) {
                return Some(had);
            }
            state = match deadline.map(|deadline| deadline.saturating_sub(now())) {
                None => changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(0) => return None,
                Some(left) => {
                    let waited = changed.wait_timeout(state, Duration::from_nanos(left));
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(permits: Option<u32>, capacity: Option<u32>) -> Resource {
        let shared = Shared {
            name: "r".to_owned(),
            permits,
            capacity,
        };
        between_threads(&[shared]).remove(0)
    }

    #[test]
    fn permits_are_given_out_and_taken_back() {
        let gil = Gil::default();
        let lock = shared(Some(2), None);
        assert!(lock.acquire(&gil, None) && lock.acquire(&gil, None));
        assert!(!lock.acquire(&gil, Some(now() + 1_000)));
        lock.release();
        assert!(lock.acquire(&gil, Some(0)));
    }

    #[test]
    fn a_queue_is_first_in_first_out_and_full_at_its_bound() {
        let gil = Gil::default();
        let queue = shared(None, Some(2));
        assert!(queue.put(1, &gil, None) && queue.put(2, &gil, None));
        assert!(!queue.put(3, &gil, Some(now() + 1_000)));
        assert_eq!(queue.get(&gil, None), Some(1));
        assert_eq!(queue.get(&gil, None), Some(2));
        assert_eq!(queue.get(&gil, Some(now() + 1_000)), None);
    }

    #[test]
    fn who_waits_is_woken() {
        let queue = shared(None, Some(1));
        std::thread::scope(|scope| {
            let gil = Gil::default();
            let got = scope.spawn(|| queue.get(&Gil::default(), None));
            assert!(queue.put(7, &gil, None));
            assert_eq!(got.join().expect("ended"), Some(7));
        });
    }
}
