//! Runs of the same work, side by side: the race that `simulate --json` prints, who won it, and the
//! order statistics with which repeated runs are compared.
//!
//! The page and the command line must print the same bytes, so the document is put together here.

use serde::Serialize;

use crate::report::Report;

/// The runs of one workload under several plans: the document of `simulate --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Race {
    /// The scenario's title.
    pub scenario: String,
    /// The seed that drew the work.
    pub seed: u64,
    /// Cores of the machine.
    pub cores: u32,
    /// One report a plan, in the order in which the plans were given.
    pub runs: Vec<Report>,
}

impl Race {
    /// Puts the runs together and fills every `speedup`: the run time of `sync` by the run's own.
    ///
    /// `sync` is the run of the plain loop under the set's default Python; without one, or where
    /// either run did not complete, there is nothing to compare with and the speed-up stays `None`.
    pub fn new(
        scenario: &str,
        seed: u64,
        cores: u32,
        mut runs: Vec<Report>,
        sync: Option<&Report>,
    ) -> Race {
        let base = sync.filter(|run| completed(run)).map(|run| run.makespan_ns);
        for run in &mut runs {
            run.speedup = match base {
                Some(base) if completed(run) => speedup(base, run.makespan_ns),
                _ => None,
            };
        }
        Race {
            scenario: scenario.to_owned(),
            seed,
            cores,
            runs,
        }
    }

    /// The runs from the fastest to the slowest; those that did not complete come last. Equal runs
    /// keep their order.
    pub fn ranking(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.runs.len()).collect();
        order.sort_by_key(|&i| (!completed(&self.runs[i]), self.runs[i].makespan_ns));
        order
    }

    /// The fastest run that completed.
    pub fn best(&self) -> Option<usize> {
        self.ranking()
            .first()
            .copied()
            .filter(|&i| completed(&self.runs[i]))
    }

    /// The document as text, the same bytes for the same runs.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a race holds only numbers, strings and lists")
    }
}

/// Whether every task of the run ended.
pub fn completed(run: &Report) -> bool {
    run.outcome == "completed"
}

/// How many times faster than `base_ns`; nothing for a run of no length, unless both are.
fn speedup(base_ns: u64, ns: u64) -> Option<f64> {
    match (base_ns, ns) {
        (0, 0) => Some(1.0),
        (_, 0) => None,
        _ => Some(base_ns as f64 / ns as f64),
    }
}

/// Median and quartiles of repeated runs, in nanoseconds, by linear interpolation (Hyndman and Fan's
/// type 7, which `statistics.quantiles(method="inclusive")` gives too).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// A quarter of the runs is at most this.
    pub q1: u64,
    /// The median.
    pub median: u64,
    /// Three quarters of the runs are at most this.
    pub q3: u64,
}

impl Spread {
    /// The spread of `runs`, which need not be sorted; `None` of no runs.
    pub fn of(runs: &[u64]) -> Option<Spread> {
        let mut sorted = runs.to_vec();
        sorted.sort_unstable();
        let last = sorted.len().checked_sub(1)?;
        let at = |quarters: usize| {
            let (whole, rest) = (last * quarters / 4, (last * quarters % 4) as u64);
            let low = sorted[whole];
            let high = sorted[(whole + 1).min(last)];
            let step = u128::from(high - low) * u128::from(rest) / 4;
            low + step as u64
        };
        Some(Spread {
            q1: at(1),
            median: at(2),
            q3: at(3),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_interpolates_between_runs() {
        let check = |runs: &[u64], expect: (u64, u64, u64)| {
            let got = Spread::of(runs).expect("there are runs");
            assert_eq!((got.q1, got.median, got.q3), expect, "{runs:?}");
        };
        check(&[7], (7, 7, 7));
        check(&[30, 10], (15, 20, 25));
        check(&[5, 1, 3, 2, 4], (2, 3, 4));
        check(&[u64::MAX, 0, u64::MAX], (u64::MAX / 2, u64::MAX, u64::MAX));
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn a_speedup_needs_two_lengths() {
        assert_eq!(speedup(100, 50), Some(2.0));
        assert_eq!(speedup(0, 0), Some(1.0));
        assert_eq!(speedup(10, 0), None);
    }
}
