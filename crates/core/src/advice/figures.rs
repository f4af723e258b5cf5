//! A report's sums as the advice weighs them against each other.

use crate::report::Report;
use crate::units::Dur;

/// The report's sums as floats, and what is worked out from them.
pub(super) struct Figures {
    pub(super) makespan: f64,
    pub(super) python: f64,
    pub(super) native: f64,
    pub(super) io: f64,
    pub(super) gil: f64,
    pub(super) core: f64,
    pub(super) lock: f64,
    pub(super) queue: f64,
    pub(super) pool: f64,
    pub(super) loop_: f64,
    pub(super) join: f64,
    pub(super) pickle: f64,
    pub(super) overhead: f64,
    pub(super) start: f64,
    pub(super) cores_busy: f64,
    /// Waits that another plan or machine could shorten: not I/O, and not for a gather's branches.
    pub(super) waits: f64,
    /// Everything tasks did once somebody had them.
    pub(super) served: f64,
}

impl Figures {
    pub(super) fn of(run: &Report) -> Figures {
        let t = run.time_ns;
        let ns = |n: u64| n as f64;
        let waits = ns(t.gil_wait)
            + ns(t.core_wait)
            + ns(t.lock_wait)
            + ns(t.queue_wait)
            + ns(t.pool_wait)
            + ns(t.loop_wait);
        let busy = ns(t.python) + ns(t.native) + ns(t.pickle) + ns(t.overhead);
        Figures {
            makespan: ns(run.makespan_ns),
            python: ns(t.python),
            native: ns(t.native),
            io: ns(t.io),
            gil: ns(t.gil_wait),
            core: ns(t.core_wait),
            lock: ns(t.lock_wait),
            queue: ns(t.queue_wait),
            pool: ns(t.pool_wait),
            loop_: ns(t.loop_wait),
            join: ns(t.join_wait),
            pickle: ns(t.pickle),
            overhead: ns(t.overhead),
            start: ns(t.start),
            cores_busy: run.cores_busy,
            waits,
            served: busy + ns(t.io) + waits - ns(t.pool_wait),
        }
    }

    /// What needs the interpreter's lock.
    pub(super) fn locked(&self) -> f64 {
        self.python + self.pickle + self.overhead
    }
}

/// Nanoseconds as a duration for people.
pub(super) fn dur(ns: f64) -> Dur {
    Dur::from_nanos(ns as u64)
}
