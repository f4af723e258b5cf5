//! A pool of threads as `concurrent.futures.thread.ThreadPoolExecutor` has it: first in, first out; a
//! submit starts a thread unless one is idle; a worker that is awake may take what was meant for one
//! that sleeps.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use crate::gil::Gil;
use crate::host;
use crate::shared::locked;

/// The whole life of a worker: it takes items with [`Pool::next`] until there are no more.
type Body<T> = Box<dyn Fn(&Pool<T>) + Send + Sync>;

/// The pool.
pub(crate) struct Pool<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    /// A worker has ended.
    ended: Condvar,
    most: usize,
    body: Body<T>,
}

struct State<T> {
    items: VecDeque<T>,
    /// Workers that found nothing to do, less what was submitted to wake them.
    idle: usize,
    threads: usize,
    /// Those of them that have not ended.
    alive: usize,
    closed: bool,
}

impl<T: Send + 'static> Pool<T> {
    /// A pool of so many threads at most, each of which does `body`.
    pub(crate) fn new(most: usize, body: impl Fn(&Pool<T>) + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Pool {
            state: Mutex::new(State {
                items: VecDeque::new(),
                idle: 0,
                threads: 0,
                alive: 0,
                closed: false,
            }),
            filled: Condvar::new(),
            ended: Condvar::new(),
            most,
            body: Box::new(body),
        })
    }

    /// Gives the pool something to do.
    pub(crate) fn submit(self: &Arc<Self>, item: T) {
        let mut state = locked(&self.state);
        state.items.push_back(item);
        let mut starts = false;
        if state.idle > 0 {
            state.idle -= 1;
        } else if state.threads < self.most {
            state.threads += 1;
            state.alive += 1;
            starts = true;
        }
        drop(state);
        // Always: a worker that sleeps is not counted as idle once another has taken what would have woken it.
        self.filled.notify_one();
        if starts {
            let pool = Arc::clone(self);
            host::start(move || {
                (pool.body)(&pool);
                locked(&pool.state).alive -= 1;
                pool.ended.notify_all();
            });
        }
    }

    /// The next item; nothing once the pool is closed and empty. Waits without the interpreter lock.
    pub(crate) fn next(&self, gil: &Gil) -> Option<T> {
        {
            let mut state = locked(&self.state);
            if let Some(item) = state.items.pop_front() {
                return Some(item);
            }
            state.idle += 1;
        }
        gil.without(|| {
            let state = locked(&self.state);
            let waiting = |state: &mut State<T>| state.items.is_empty() && !state.closed;
            let mut state = self
                .filled
                .wait_while(state, waiting)
                .unwrap_or_else(PoisonError::into_inner);
            state.items.pop_front()
        })
    }

    /// Lets the workers end once nothing is left to do, and waits for it without the interpreter lock:
    /// one that was started late may only now be about to begin.
    pub(crate) fn close(&self, gil: &Gil) {
        locked(&self.state).closed = true;
        self.filled.notify_all();
        gil.without(|| {
            let state = locked(&self.state);
            let _ended = self
                .ended
                .wait_while(state, |state| state.alive > 0)
                .unwrap_or_else(PoisonError::into_inner);
        });
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::blocking::Call;
    use crate::shared::Waited;

    /// One worker sleeps uncounted, as the other took what was meant for it; the next item waits for nobody else.
    #[test]
    fn an_item_wakes_a_sleeper_whom_another_has_outrun() {
        for _ in 0..200 {
            let done = Arc::new(Waited::new(0));
            let pool = Pool::new(2, |pool: &Pool<Call>| {
                let gil = Gil::default();
                while let Some(call) = pool.next(&gil) {
                    call();
                }
            });
            for _ in 0..20 {
                let (own, own_done) = (Arc::clone(&pool), Arc::clone(&done));
                pool.submit(Box::new(move || {
                    // Waits for another item of the same pool, as a gather does.
                    let inner = Arc::new(Waited::new(false));
                    let set = Arc::clone(&inner);
                    own.submit(Box::new(move || {
                        set.change(|set| {
                            *set = true;
                            true
                        })
                    }));
                    inner.wait(&Gil::default(), None, |set| set.then_some(()));
                    own_done.change(|done| {
                        *done += 1;
                        true
                    });
                }));
                let gil = Gil::default();
                done.wait(&gil, None, |done| (*done > 0).then(|| *done = 0));
            }
            pool.close(&Gil::default());
        }
    }
}
