//! Files of real runs: what is in them, and what of it can be put beside a prediction.
//!
//! A trace (`.trilane`) is one run, and can be drawn. The document of `trilane measure --json` has the figures
//! of several; with `-o FILE.json` it has their traces as well, and then all of it can be drawn.

use serde::Deserialize;
use trilane_core::report::report;
use trilane_core::trace::{Origin, Trace, codec};
use trilane_core::units::Dur;

use crate::base64;

/// Cores that something else kept busy, from which on small errors mean nothing: as `trilane` has it.
const NOTABLE: f64 = 0.2;
/// A change of the machine's speed from which on it is told: as `trilane` has it.
const NOTABLE_DRIFT: f64 = 0.1;

/// A run of a file.
#[derive(Clone, Debug)]
pub(super) struct FileRun {
    /// What was run, where that is known.
    pub(super) about: Option<About>,
    /// What can be drawn, or why nothing can.
    pub(super) trace: Result<Trace, String>,
}

/// What is known of a run besides its trace.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct About {
    pub(super) plan: String,
    pub(super) python: String,
    pub(super) cores: u32,
    /// The digest of the work that was run; without it one can only compare what a trace shows.
    pub(super) work: Option<String>,
    pub(super) scenario: Option<String>,
    /// The machine in words, where its file says.
    pub(super) machine: String,
    /// Run time: of the run in the middle, and the quartiles of all.
    pub(super) makespan_ns: u64,
    pub(super) quartiles_ns: Option<[u64; 3]>,
    pub(super) repeats: u64,
    /// Half of the latencies are at most this, and 95 % at most that.
    pub(super) latency_ns: [u64; 2],
    /// Cores that something else kept busy meanwhile, where that is known.
    pub(super) others: Option<f64>,
    /// How much slower the machine was after a run than before it, the most of all runs.
    pub(super) drift: f64,
    /// What its file says of the choice of Pythons, plans and cores.
    pub(super) remarks: Vec<String>,
    /// Whether it really ran.
    pub(super) measured: bool,
    pub(super) completed: bool,
}

/// What `trilane measure --json` prints, as far as it is used here.
#[derive(Debug, Deserialize)]
struct Document {
    scenario: String,
    cores: u32,
    runs: Vec<Entry>,
    work: Option<String>,
    machine: Option<String>,
    #[serde(default)]
    remarks: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    plan: String,
    python: String,
    origin: String,
    outcome: String,
    makespan_ns: u64,
    latency_ns: Latency,
    makespan_quartiles_ns: Option<[u64; 3]>,
    #[serde(default)]
    repeats: Vec<u64>,
    other_load_cores: Option<f64>,
    speed_drift: Option<f64>,
    trace: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Latency {
    p50: u64,
    p95: u64,
}

/// The runs of a file. That is done once a file, and not once a race.
pub(super) fn read(bytes: &[u8]) -> Vec<FileRun> {
    if codec::is_trace(bytes) {
        let trace = super::trace_of(bytes);
        let about = trace.as_ref().ok().map(About::of);
        return vec![FileRun { about, trace }];
    }
    let document: Document = match serde_json::from_slice(bytes) {
        Ok(document) => document,
        Err(error) => {
            return vec![FileRun::none(format!(
                "this is no measurement that can be read: {error}; write it again with `trilane measure \
                 -o FILE.json`"
            ))];
        }
    };
    let runs = document.runs.iter();
    runs.map(|entry| document.run(entry)).collect()
}

impl FileRun {
    /// Where nothing can be had of a file.
    pub(super) fn none(why: String) -> FileRun {
        FileRun {
            about: None,
            trace: Err(why),
        }
    }
}

impl Document {
    fn run(&self, entry: &Entry) -> FileRun {
        let trace = match &entry.trace {
            Some(text) => base64::bytes(text)
                .ok_or_else(|| "Its trace was changed: copy the file again.".to_owned())
                .and_then(|bytes| super::trace_of(&bytes)),
            None => Err(
                "Its file has figures and no timeline, as `trilane measure --json` prints it: \
                 `trilane measure -o FILE.json` writes both."
                    .to_owned(),
            ),
        };
        let about = About {
            plan: entry.plan.clone(),
            python: entry.python.clone(),
            cores: self.cores,
            work: self.work.clone(),
            scenario: Some(self.scenario.clone()),
            machine: self.machine.clone().unwrap_or_default(),
            makespan_ns: entry.makespan_ns,
            quartiles_ns: entry.makespan_quartiles_ns,
            repeats: entry.repeats.len() as u64,
            latency_ns: [entry.latency_ns.p50, entry.latency_ns.p95],
            others: entry.other_load_cores,
            drift: entry.speed_drift.unwrap_or(0.0),
            remarks: self.remarks.clone(),
            measured: entry.origin == "measured",
            completed: entry.outcome == "completed",
        };
        let about = Some(about);
        FileRun { about, trace }
    }
}

impl About {
    /// What a trace says of itself.
    fn of(trace: &Trace) -> About {
        let report = report(trace);
        About {
            plan: trace.plan.clone(),
            python: trace.python.clone(),
            cores: trace.cores,
            makespan_ns: report.makespan_ns,
            repeats: 1,
            latency_ns: [report.latency_ns.p50, report.latency_ns.p95],
            measured: trace.origin == Origin::Measured,
            completed: report.outcome == "completed",
            ..About::default()
        }
    }

    /// Whether something else kept the machine so busy that small errors mean nothing.
    pub(super) fn disturbed(&self) -> bool {
        self.others.is_some_and(|others| others > NOTABLE)
    }

    /// What else went on, where that is a reason to doubt the figures.
    pub(super) fn doubts(&self) -> Vec<String> {
        let mut doubts = vec![];
        if let Some(others) = self.others.filter(|_| self.disturbed()) {
            doubts.push(format!(
                "Something else kept {others:.1} cores busy meanwhile, so the difference may be its doing."
            ));
        }
        if self.drift.abs() > NOTABLE_DRIFT {
            let percent = self.drift.abs() * 100.0;
            let how = ["faster", "slower"][usize::from(self.drift > 0.0)];
            doubts.push(format!(
                "The machine got {percent:.0} % {how} during a run, so an error below that means nothing."
            ));
        }
        doubts
    }

    /// `half of 5 runs within 455 ms and 470 ms`; nothing of a single run. Where they were disturbed, the
    /// interval reaches down to what they might have taken by themselves.
    pub(super) fn repeats(&self) -> Option<String> {
        let [low, _, high] = self.quartiles_ns.filter(|_| self.repeats > 1)?;
        let time = |ns: u64| Dur::from_nanos(ns).to_string();
        Some(format!(
            "half of {} runs {}within {} and {}",
            self.repeats,
            if self.disturbed() {
                "by themselves perhaps "
            } else {
                ""
            },
            time(low),
            time(high)
        ))
    }

    /// Why this is none of the scenario's work: of a trace as far as one sees there.
    pub(super) fn foreign(&self, trace: Option<&Trace>, work: &Work) -> Option<String> {
        let of = match &self.scenario {
            Some(title) => format!(" (\u{201c}{title}\u{201d})"),
            None => String::new(),
        };
        let other = match (&self.work, trace) {
            (Some(digest), _) => *digest != work.digest,
            (None, Some(trace)) => {
                let kinds: Vec<&str> = trace.kinds.iter().map(String::as_str).collect();
                let own = trace.tasks.iter().filter(|task| task.parent.is_none());
                kinds != work.kinds || own.count() as u64 != u64::from(work.tasks)
            }
            (None, None) => self.scenario.as_deref() != Some(work.title.as_str()),
        };
        other.then(|| {
            format!(
                "measured of other work{of} than this scenario's: it stands beside no prediction"
            )
        })
    }
}

/// What tells one work from another.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Work {
    pub(super) digest: String,
    pub(super) title: String,
    pub(super) kinds: Vec<String>,
    pub(super) tasks: u32,
}
