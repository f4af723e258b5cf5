//! Runs of the same work, side by side: the race that `simulate --json` prints, who won it, the order
//! statistics with which repeated runs are compared, and predicted beside measured.
//!
//! The page and the command line must print the same bytes, so the document is put together here.

use serde::Serialize;

use crate::report::{Report, TimeByState};

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

/// Reports as a table of comma-separated values (RFC 4180), a line a run under a line of names: every
/// figure of the JSON document, by its name there, `latency_ns.p50` for what lies within another.
/// What a run does not have is empty.
pub fn csv<'r>(runs: impl IntoIterator<Item = &'r Report>) -> String {
    let mut names: Vec<String> = Vec::new();
    let mut lines: Vec<Vec<(String, String)>> = Vec::new();
    for run in runs {
        let document = serde_json::to_value(run).expect("a report holds only numbers and strings");
        let mut cells = Vec::new();
        flatten("", &document, &mut cells);
        for (name, _) in &cells {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        lines.push(cells);
    }
    // Which run it is comes first, the rest by the alphabet.
    let place = |name: &String| ["plan", "python", "origin"].iter().position(|n| n == name);
    names.sort_by_key(|name| (place(name).unwrap_or(usize::MAX), name.clone()));
    let mut out = names.join(",") + "\r\n";
    for cells in lines {
        let cell = |name: &String| {
            let found = cells.iter().find(|(known, _)| known == name);
            found.map_or_else(String::new, |(_, value)| value.clone())
        };
        let line: Vec<String> = names.iter().map(cell).collect();
        out += &(line.join(",") + "\r\n");
    }
    out
}

/// The numbers and texts of a document, each with the way to it.
fn flatten(way: &str, document: &serde_json::Value, cells: &mut Vec<(String, String)>) {
    use serde_json::Value;
    let text = match document {
        Value::Object(inner) => {
            for (key, value) in inner {
                let dot = if way.is_empty() { "" } else { "." };
                flatten(&format!("{way}{dot}{key}"), value, cells);
            }
            return;
        }
        // Who waits for whom in a deadlock is no figure.
        Value::Array(_) => return,
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let quoted = match text.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    };
    cells.push((way.to_owned(), quoted));
}

/// Whether every task of the run ended.
pub fn completed(run: &Report) -> bool {
    run.outcome == "completed"
}

/// A factor for people, three digits: `10.5×`.
pub fn times(factor: f64) -> String {
    match factor {
        f if f < 0.0995 => format!("{f:.3}×"),
        f if f < 9.995 => format!("{f:.2}×"),
        f if f < 99.95 => format!("{f:.1}×"),
        f => format!("{f:.0}×"),
    }
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

    /// The same, but down to the lower quartile of what the same runs might have taken at best:
    /// where something disturbed them, the interval is wider than their spread alone.
    pub fn down_to(self, at_best: &[u64]) -> Spread {
        let q1 = Spread::of(at_best).map_or(self.q1, |best| best.q1.min(self.q1));
        Spread { q1, ..self }
    }
}

/// One plan's prediction beside its measurement: a row of `compare --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The plan, resolved.
    pub plan: String,
    /// The Python.
    pub python: String,
    /// Run time predicted.
    pub predicted_ns: u64,
    /// Run time measured, the median of its runs.
    pub measured_ns: u64,
    /// How far the quartiles of the measured run times lie apart: the noise of the measurement.
    pub measured_iqr_ns: u64,
    /// `predicted / measured - 1`; `None` where nothing was measured to divide by.
    pub error: Option<f64>,
    /// Median latency, predicted and measured.
    pub p50_ns: [u64; 2],
    /// The latency that 95 % of the tasks stay under, predicted and measured.
    pub p95_ns: [u64; 2],
    /// The tasks' time in each state, as predicted.
    pub predicted_time_ns: TimeByState,
    /// The same, of the measured run in the middle.
    pub measured_time_ns: TimeByState,
}

/// Predicted beside measured, for one workload: the document of `compare --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The scenario's title.
    pub scenario: String,
    /// The seed that drew the work.
    pub seed: u64,
    /// Cores of the machine.
    pub cores: u32,
    /// One row a plan, in the order in which they were given.
    pub rows: Vec<Row>,
    /// The median of the errors' sizes.
    pub median_abs_error: Option<f64>,
    /// 90 % of the errors are at most this, by nearest rank.
    pub p90_abs_error: Option<f64>,
    /// Pairs of plans whose measured run times differ by more than [`CLEARLY`], and in how many of
    /// them the prediction has the same plan in front.
    pub order: Order,
}

/// How often the prediction puts two plans in the right order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Order {
    /// Pairs that clearly differ.
    pub pairs: u64,
    /// Pairs of these in the right order.
    pub right: u64,
}

/// Two run times differ clearly where the longer is more than 10 % longer.
pub const CLEARLY: f64 = 1.10;

impl Comparison {
    /// Puts the rows together and works the summary out.
    pub fn new(scenario: &str, seed: u64, cores: u32, rows: Vec<Row>) -> Comparison {
        let mut sizes: Vec<f64> = rows
            .iter()
            .filter_map(|row| row.error)
            .map(f64::abs)
            .collect();
        sizes.sort_by(f64::total_cmp);
        Comparison {
            scenario: scenario.to_owned(),
            seed,
            cores,
            median_abs_error: median(&sizes),
            p90_abs_error: rank(&sizes, 90),
            order: order(&rows.iter().map(Row::times).collect::<Vec<_>>()),
            rows,
        }
    }

    /// The document as text.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self)
            .expect("a comparison holds only numbers, strings and lists")
    }
}

impl Row {
    /// A prediction, the measured run in the middle, and the spread of what was measured.
    pub fn new(
        predicted: &Report,
        measured: &Report,
        makespan: Spread,
        p50: Spread,
        p95: Spread,
    ) -> Row {
        let measured_ns = makespan.median;
        Row {
            plan: predicted.plan.clone(),
            python: predicted.python.clone(),
            predicted_ns: predicted.makespan_ns,
            measured_ns,
            measured_iqr_ns: makespan.q3 - makespan.q1,
            error: error(predicted.makespan_ns, measured_ns),
            p50_ns: [predicted.latency_ns.p50, p50.median],
            p95_ns: [predicted.latency_ns.p95, p95.median],
            predicted_time_ns: predicted.time_ns,
            measured_time_ns: measured.time_ns,
        }
    }

    /// Run time predicted, and measured.
    fn times(&self) -> (u64, u64) {
        (self.predicted_ns, self.measured_ns)
    }
}

/// `predicted / measured - 1`.
pub fn error(predicted_ns: u64, measured_ns: u64) -> Option<f64> {
    (measured_ns > 0).then(|| predicted_ns as f64 / measured_ns as f64 - 1.0)
}

/// How often run times of the same work, each predicted and measured, are in the right order.
pub fn order(times: &[(u64, u64)]) -> Order {
    let mut order = Order::default();
    for (i, &(predicted, a)) in times.iter().enumerate() {
        for &(other, b) in &times[i + 1..] {
            if a.max(b) as f64 <= a.min(b) as f64 * CLEARLY {
                continue;
            }
            order.pairs += 1;
            let same = predicted.cmp(&other) == a.cmp(&b);
            order.right += u64::from(same);
        }
    }
    order
}

/// The median of sorted values; the mean of the two in the middle.
pub fn median(sorted: &[f64]) -> Option<f64> {
    let n = sorted.len();
    (n > 0).then(|| f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2]))
}

/// The smallest of sorted values with at least that share at or below it, in percent.
pub fn rank(sorted: &[f64], percent: usize) -> Option<f64> {
    let at = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(at).copied()
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
    fn a_spread_reaches_down_to_what_disturbed_runs_might_have_taken() {
        let runs = Spread::of(&[100, 104, 108]).expect("there are runs");
        let check = |at_best: &[u64], q1| {
            let Spread { median, q3, .. } = runs;
            assert_eq!(
                runs.down_to(at_best),
                Spread { q1, median, q3 },
                "{at_best:?}"
            );
        };
        check(&[50, 52, 54], 51);
        check(&[100, 104, 108], 102);
        check(&[200], 102);
        check(&[], 102);
    }

    fn row(predicted_ns: u64, measured_ns: u64) -> Row {
        Row {
            plan: "sync".to_owned(),
            python: "3.13".to_owned(),
            predicted_ns,
            measured_ns,
            measured_iqr_ns: 0,
            error: error(predicted_ns, measured_ns),
            p50_ns: [0; 2],
            p95_ns: [0; 2],
            predicted_time_ns: TimeByState::default(),
            measured_time_ns: TimeByState::default(),
        }
    }

    #[test]
    fn errors_are_summed_up_by_their_size() {
        let rows = vec![row(110, 100), row(80, 100), row(300, 300), row(5, 0)];
        let comparison = Comparison::new("t", 0, 2, rows);
        let near = |value: Option<f64>, expect: f64| (value.unwrap_or(9.0) - expect).abs() < 1e-9;
        assert!(near(comparison.median_abs_error, 0.1), "{comparison:?}");
        assert!(near(comparison.p90_abs_error, 0.2), "{comparison:?}");
        assert_eq!(comparison.rows[3].error, None);
        assert_eq!(Comparison::new("t", 0, 2, vec![]).median_abs_error, None);
    }

    #[test]
    fn a_table_has_a_line_a_run_and_quotes_what_has_commas() {
        let text = "trilane = 1\ntitle = \"t\"\n[tasks.a]\ncount = 2\nsteps = [{ io = \"1ms\" }]\n";
        let plans = ["sync", "processes(2, start=spawn)"].map(str::to_owned);
        let race = crate::race::simulate(text, &plans).expect("it can be run");
        let table = csv(&race.runs);
        let lines: Vec<&str> = table.split_terminator("\r\n").collect();
        assert_eq!(lines.len(), 3, "{table}");
        let names: Vec<&str> = lines[0].split(',').collect();
        assert!(names.contains(&"makespan_ns") && names.contains(&"latency_ns.p50"));
        assert!(lines[1].starts_with("sync,3.14,simulated,"), "{table}");
        assert!(
            lines[2].starts_with("\"processes(2, start=spawn)\","),
            "{table}"
        );
        assert_eq!(lines[1].split(',').count(), names.len(), "{table}");
    }

    #[test]
    fn only_clear_differences_have_an_order() {
        let check = |times: &[(u64, u64)], pairs, right| {
            assert_eq!(order(times), Order { pairs, right });
        };
        check(&[(1, 100), (2, 105)], 0, 0);
        check(&[(1, 100), (2, 120)], 1, 1);
        check(&[(3, 100), (2, 120), (1, 300)], 3, 0);
        check(&[(2, 100), (2, 120)], 1, 0);
    }

    #[test]
    fn a_speedup_needs_two_lengths() {
        assert_eq!(speedup(100, 50), Some(2.0));
        assert_eq!(speedup(0, 0), Some(1.0));
        assert_eq!(speedup(10, 0), None);
    }
}
