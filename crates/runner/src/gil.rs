//! An interpreter lock as CPython's, for Rust threads: what Python's threads would wait for, without
//! Python.
//!
//! The rules are those of `Python/ceval_gil.c`. `take_gil`: a waiter waits one switch interval; on
//! time-out, and only if no switch happened meanwhile (`switch_number` is the same), it asks for the
//! lock. The holder looks at its next check (`_Py_HandlePending`), lets go (`drop_gil`), and, as it was
//! asked, waits until somebody else has taken the lock (`FORCE_SWITCHING`). Whoever lets go unasked,
//! around a wait, may take it back at once. Nothing is handed over: whoever comes first gets it.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::host::now;

/// `DEFAULT_INTERVAL` in `Python/ceval_gil.c`.
const SWITCH_INTERVAL: Duration = Duration::from_millis(5);

/// The lock of a run, or none: then everything here does nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gil(Option<Arc<Lock>>);

#[derive(Debug, Default)]
struct Lock {
    state: Mutex<State>,
    /// The lock is free.
    free: Condvar,
    /// Somebody has taken it.
    switched: Condvar,
    /// A waiter asks for it.
    drop_request: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    locked: bool,
    /// Who had it last; 0 for nobody.
    last_holder: u64,
    /// Times that it went to somebody else.
    switch_number: u64,
}

thread_local! {
    /// What this thread has waited for locks so far, ns.
    static WAITED: Cell<u64> = const { Cell::new(0) };
}

/// What the thread that asks has waited for locks so far, ns. For hosts that cannot tell CPU time.
#[cfg(target_arch = "wasm32")]
pub(crate) fn waited() -> u64 {
    WAITED.get()
}

/// Who the thread that asks is to a lock.
fn me() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    thread_local! {
        static ME: Cell<u64> = const { Cell::new(0) };
    }
    ME.with(|me| {
        if me.get() == 0 {
            me.set(NEXT.fetch_add(1, Ordering::Relaxed));
        }
        me.get()
    })
}

impl Gil {
    /// A free lock, or none.
    pub(crate) fn new(wanted: bool) -> Gil {
        Gil(wanted.then(Arc::default))
    }

    /// Whether there is one.
    pub(crate) fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// Waits for the lock.
    pub(crate) fn take(&self) {
        if let Some(lock) = &self.0 {
            lock.take();
        }
    }

    /// Lets go of it.
    pub(crate) fn release(&self) {
        if let Some(lock) = &self.0 {
            lock.release();
        }
    }

    /// Lets go of it if somebody asks, and waits to have it back. Code that computes calls this every few
    /// hundred nanoseconds.
    pub(crate) fn check(&self) {
        if let Some(lock) = &self.0
            && lock.drop_request.load(Ordering::Relaxed)
        {
            lock.release();
            lock.take();
        }
    }

    /// Does something without it: waits, and code that needs no interpreter.
    pub(crate) fn without<T>(&self, work: impl FnOnce() -> T) -> T {
        self.release();
        let done = work();
        self.take();
        done
    }

    /// Does something with it.
    pub(crate) fn with<T>(&self, work: impl FnOnce() -> T) -> T {
        self.take();
        let done = work();
        self.release();
        done
    }
}

impl Lock {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) {
        let me = me();
        let mut state = self.state();
        let began = state.locked.then(now);
        while state.locked {
            let seen = state.switch_number;
            let (after, wait) = self
                .free
                .wait_timeout(state, SWITCH_INTERVAL)
                .unwrap_or_else(PoisonError::into_inner);
            state = after;
            if wait.timed_out() && state.locked && state.switch_number == seen {
                self.drop_request.store(true, Ordering::Relaxed);
            }
        }
        state.locked = true;
        if state.last_holder != me {
            state.last_holder = me;
            state.switch_number += 1;
        }
        self.drop_request.store(false, Ordering::Relaxed);
        self.switched.notify_one();
        drop(state);
        if let Some(began) = began {
            WAITED.set(WAITED.get() + now().saturating_sub(began));
        }
    }

    fn release(&self) {
        let me = me();
        let mut state = self.state();
        state.last_holder = me;
        state.locked = false;
        self.free.notify_one();
        // Asked for: whoever asked is to have it first.
        while self.drop_request.load(Ordering::Relaxed) && state.last_holder == me {
            state = self
                .switched
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_computes_lets_go_when_it_is_asked() {
        let gil = Gil::new(true);
        gil.take();
        let other = gil.clone();
        let taken = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&taken);
        let thread = std::thread::spawn(move || {
            other.with(|| seen.store(true, Ordering::Relaxed));
        });
        // Ends only because the other one asks after its interval, and is let in.
        while !taken.load(Ordering::Relaxed) {
            gil.check();
        }
        gil.release();
        thread.join().expect("ended");
    }

    #[test]
    fn one_holds_it_at_a_time() {
        let gil = Gil::new(true);
        let inside = Arc::new(AtomicU64::new(0));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (gil, inside) = (gil.clone(), Arc::clone(&inside));
                std::thread::spawn(move || {
                    for round in 0..500 {
                        gil.take();
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        assert_eq!(inside.fetch_sub(1, Ordering::SeqCst), 1);
                        if round % 50 == 0 {
                            gil.without(std::thread::yield_now);
                        }
                        gil.check();
                        gil.release();
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("ended");
        }
    }

    #[test]
    fn no_lock_does_nothing() {
        let gil = Gil::default();
        gil.take();
        gil.check();
        assert_eq!(gil.with(|| gil.without(|| 7)), 7);
    }
}
