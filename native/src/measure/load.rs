//! What else keeps this machine busy: a prediction is compared with a run that had the cores to
//! itself, so a run that had not must say so.

use std::time::Instant;

/// More load than this, in cores, is said.
pub(crate) const NOTABLE: f64 = 0.2;

/// No more than this share of a run is put down to others.
const MOST: f64 = 0.9;

/// The machine's CPU time at an instant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    at: Instant,
    /// CPU time of everything on the machine, ns; `None` where the system does not tell.
    busy: Option<u64>,
}

impl Load {
    /// Looks now.
    pub(crate) fn now() -> Load {
        Load {
            at: Instant::now(),
            busy: busy(),
        }
    }

    /// Cores that others kept busy since then, given what was our own, ns.
    pub(crate) fn others_since(self, own_ns: u64) -> Option<f64> {
        let now = Load::now();
        let wall = now.at.duration_since(self.at).as_nanos() as f64;
        let busy = now.busy?.checked_sub(self.busy?)?;
        // The kernel counts in ticks: less than a few of them say nothing.
        if wall < 50e6 {
            return None;
        }
        Some((busy as f64 - own_ns as f64).max(0.0) / wall)
    }
}

/// What a run of `ns` might have taken by itself on so many cores: others had some of them, and at
/// worst the run would have used them all.
pub(crate) fn alone(ns: u64, others: Option<f64>, cores: u32) -> u64 {
    match others.filter(|&busy| busy > NOTABLE) {
        Some(busy) => (ns as f64 * (1.0 - (busy / f64::from(cores.max(1))).min(MOST))) as u64,
        None => ns,
    }
}

/// CPU time of the whole machine, ns: user, nice, system, irq, softirq and stolen time (`proc(5)`).
fn busy() -> Option<u64> {
    busy_of(&std::fs::read_to_string("/proc/stat").ok()?)
}

fn busy_of(stat: &str) -> Option<u64> {
    // USER_HZ is 100 on every architecture that Linux tells it on.
    const TICK_NS: u64 = 10_000_000;
    let line = stat.lines().next()?.strip_prefix("cpu ")?;
    let ticks: Vec<u64> = line
        .split_whitespace()
        .map_while(|field| field.parse().ok())
        .collect();
    let [user, nice, system, _idle, _iowait, irq, softirq, steal, ..] = ticks[..] else {
        return None;
    };
    Some((user + nice + system + irq + softirq + steal) * TICK_NS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_time_is_no_load() {
        let stat = "cpu  10 2 3 1000 50 1 1 3 7 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n";
        assert_eq!(busy_of(stat), Some(20 * 10_000_000));
        assert_eq!(busy_of("something else"), None);
        assert_eq!(busy_of("cpu  1 2"), None);
    }

    #[test]
    fn a_run_beside_others_might_have_been_quicker() {
        let check = |others, expect| assert_eq!(alone(1_000, others, 2), expect);
        check(None, 1_000);
        check(Some(0.1), 1_000);
        check(Some(0.5), 750);
        check(Some(1.0), 500);
        check(Some(7.0), 99);
    }
}
