//! Real runs: the same drawn work, on real Pythons of this machine, and on Rust's own threads.
//!
//! Each plan under each Python gets a process of its own (an interpreter, or this program run again), which loads the work once and then
//! runs it whenever it is asked; the repeats go round all of them in turn, so that a drift of the
//! machine's speed hits all plans alike. What a run noted down becomes a [`Trace`] as the simulator
//! makes one. A plan that fails is an error of its own, and the others go on.

pub(crate) mod cancel;
mod delay;
pub(crate) mod harness;
mod limits;
mod load;
pub(crate) mod request;
pub(crate) mod runtime;
pub(crate) mod session;
mod targets;
mod watch;

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use trilane_core::compare::Spread;
use trilane_core::report::{Report, report};
use trilane_core::trace::Trace;
use trilane_core::workload::Workload;
use trilane_runner::document;
use trilane_runner::rows::{self, About};

use cancel::Cancel;
use delay::DelayServer;
use harness::Harness;
use load::Load;
pub(crate) use load::NOTABLE;
use runtime::Runtime;
use session::{Session, Trouble};
pub(crate) use targets::{Target, Targets};
pub(crate) use watch::{Moment, Part, Watch};

/// Whatever was expected, a run gets at least this long.
const PATIENCE: Duration = Duration::from_secs(20);
/// And as many times what was expected.
const TIMES_EXPECTED: u32 = 10;
/// Loading a job: reading it, and starting one pool of each sort.
const LOADING: Duration = Duration::from_secs(120);

/// How to measure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Runs of each plan; at least 1.
    pub(crate) repeat: u32,
    /// I/O waits on a delay server, not in a sleep.
    pub(crate) sockets: bool,
    /// Cores that the runs have.
    pub(crate) cores: u32,
    /// How long anything may take, if it was said.
    pub(crate) timeout: Option<Duration>,
}

/// The runs of one plan.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    /// Of the run whose run time is the median.
    pub(crate) report: Report,
    /// The same run's.
    pub(crate) trace: Trace,
    /// Run time of each run, ns, in order.
    pub(crate) repeats: Vec<u64>,
    /// Median and quartiles of the run time, and of two latencies. The run time's interval reaches
    /// down to what runs beside others might have taken by themselves.
    pub(crate) makespan: Spread,
    pub(crate) p50: Spread,
    pub(crate) p95: Spread,
    /// Cores that something else kept busy, the most of any run; `None` where it is not known.
    pub(crate) others: Option<f64>,
    /// How much slower (or faster, below 0) the machine was after a run than before it, the most of any.
    pub(crate) drift: f64,
    /// What noting down cost of the run that is told, ns of CPU time, by the harness' own measure.
    pub(crate) harness_ns: u64,
}

/// What a harness says once it has read the job.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Loaded {
    record_ns: f64,
}

#[derive(Clone, Debug, Deserialize)]
struct Answer {
    ran: Ran,
}

/// What a harness says of a run.
#[derive(Clone, Debug, Deserialize)]
struct Ran {
    start: u64,
    rows: u64,
    python_ns_per_turn: [f64; 2],
    peak_bytes: Option<u64>,
    /// CPU time of the run, and of finding out how fast work goes before and after it.
    cpu_ns: u64,
    outcome: String,
}

/// One finished run.
struct Run {
    file: PathBuf,
    ran: Ran,
    report: Report,
    others: Option<f64>,
}

/// Measures every target. The outer error is this program's own trouble, or [`cancel::Cancelled`].
fn measure(
    work: &Workload,
    targets: &[Target],
    options: Options,
    watch: &mut Watch<'_>,
) -> Result<Vec<Result<Measured, String>>> {
    let harness = Harness::unpack().context("cannot unpack the Python side")?;
    let server = match options.sockets {
        true => Some(DelayServer::start()?),
        false => None,
    };
    let draws = harness.file("draws");
    File::create(&draws)
        .and_then(|file| document::write_draws(work, BufWriter::new(file)))
        .context("cannot write the drawn work")?;
    let port = server.as_ref().map(|server| server.port);
    let cancel = watch.cancel.clone();
    // A trial of each comes first.
    let mut path = watch::Path::new(watch, targets, u64::from(options.repeat) + 1);
    let mut runners = Vec::new();
    for (number, target) in targets.iter().enumerate() {
        cancel.check()?;
        path.begin(target, Part::Start);
        let document = document::document(work, &target.plan, &draws.to_string_lossy(), port);
        let file = harness.file(&format!("job-{number}.json"));
        std::fs::write(&file, document.to_string()).context("cannot write the job")?;
        runners.push(Runner::start(
            &harness, number, target, &file, options, &cancel,
        ));
    }
    for runner in &mut runners {
        cancel.check()?;
        path.begin(runner.target, Part::Trial);
        runner.trial();
        path.passed(runner.target);
    }
    for repeat in 0..options.repeat {
        for runner in &mut runners {
            cancel.check()?;
            path.begin(runner.target, Part::Run(repeat));
            runner.run(work, repeat, options.cores);
            path.passed(runner.target);
        }
    }
    cancel.check()?;
    path.end();
    let results = runners
        .into_iter()
        .map(|runner| runner.finish(work, options.cores));
    Ok(results.collect())
}

fn start(
    runtime: &Runtime,
    harness: &Harness,
    timeout: Option<Duration>,
    cancel: &Cancel,
) -> Result<Session, Trouble> {
    let command = runtime.command(&harness.main());
    let command = command.map_err(|error| Trouble::Start {
        program: runtime.name(),
        reason: crate::failure::reason(&error),
    })?;
    Session::start(command, runtime.title(), timeout, cancel)
}

/// One plan under one Python.
struct Runner<'a> {
    target: &'a Target,
    harness: &'a Harness,
    number: usize,
    session: Result<Session, Trouble>,
    timeout: Option<Duration>,
    record_ns: f64,
    runs: Vec<Run>,
}

impl<'a> Runner<'a> {
    fn start(
        harness: &'a Harness,
        number: usize,
        target: &'a Target,
        job: &std::path::Path,
        options: Options,
        cancel: &Cancel,
    ) -> Runner<'a> {
        let timeout = options.timeout;
        let mut runner = Runner {
            target,
            harness,
            number,
            session: start(&target.runtime, harness, timeout, cancel),
            timeout,
            record_ns: 0.0,
            runs: Vec::new(),
        };
        let request = json!({ "do": "load", "job": job.to_string_lossy() });
        let loaded =
            runner.with(|session| session.ask::<Loaded>(&request, timeout.unwrap_or(LOADING)));
        runner.record_ns = loaded.map_or(0.0, |loaded| loaded.record_ns);
        runner
    }

    /// Does something with the session; trouble ends it.
    fn with<T>(&mut self, work: impl FnOnce(&mut Session) -> Result<T, Trouble>) -> Option<T> {
        let session = self.session.as_mut().ok()?;
        match work(session) {
            Ok(value) => Some(value),
            Err(trouble) => {
                self.session = Err(trouble);
                None
            }
        }
    }

    fn limit(&self) -> Duration {
        if let Some(timeout) = self.timeout {
            return timeout;
        }
        match self.target.ends {
            true => PATIENCE + Duration::from_nanos(self.target.expected_ns) * TIMES_EXPECTED,
            false => Duration::from_secs(5),
        }
    }

    /// A run that is not told, in which the harness learns how fast bytecode goes in this job.
    fn trial(&mut self) {
        if self.target.runtime.is_rust() {
            return;
        }
        let file = self.harness.file(&format!("trial-{}", self.number));
        let request = json!({ "do": "run", "out": file.to_string_lossy(), "trial": true });
        let limit = self.limit();
        self.with(|session| session.ask::<Answer>(&request, limit));
        let _ = std::fs::remove_file(&file);
    }

    fn run(&mut self, work: &Workload, repeat: u32, cores: u32) {
        let file = self.harness.file(&format!("rows-{}-{repeat}", self.number));
        let limit = self.limit();
        let before = Load::now();
        let request = json!({ "do": "run", "out": file.to_string_lossy() });
        let Some(Answer { ran }) = self.with(|session| session.ask(&request, limit)) else {
            return;
        };
        let others = before.others_since(ran.cpu_ns);
        match self.trace(work, &file, &ran, cores) {
            Ok(trace) => self.runs.push(Run {
                report: report(&trace),
                file,
                ran,
                others,
            }),
            Err(what) => {
                self.session = Err(Trouble::Said(format!("the records of a run {what}")));
            }
        }
    }

    fn trace(
        &self,
        work: &Workload,
        file: &std::path::Path,
        ran: &Ran,
        cores: u32,
    ) -> Result<Trace, String> {
        let bytes = std::fs::read(file).map_err(|error| format!("cannot be read: {error}"))?;
        let about = About {
            plan: self.target.plan.to_string(),
            python: self.target.runtime.name(),
            gil: self.target.runtime.gil(),
            cores,
            peak_bytes: ran.peak_bytes,
            stopped: (ran.outcome != "completed").then(|| ran.outcome.clone()),
        };
        rows::trace(&bytes, ran.start, work, about)
    }

    /// Ends the session and picks the run in the middle.
    fn finish(mut self, work: &Workload, cores: u32) -> Result<Measured, String> {
        let session = std::mem::replace(
            &mut self.session,
            Err(Trouble::Said("the session is over".to_owned())),
        );
        match session {
            Ok(session) => session.finish(),
            Err(trouble) => {
                let hint = match (&trouble, self.target.ends) {
                    (Trouble::Hung { .. }, false) => " (as predicted: the simulation never ends)",
                    _ => "",
                };
                return Err(format!("{trouble}{hint}"));
            }
        }
        let repeats: Vec<u64> = self.runs.iter().map(|run| run.report.makespan_ns).collect();
        let spread = |of: &dyn Fn(&Report) -> u64| {
            let values: Vec<u64> = self.runs.iter().map(|run| of(&run.report)).collect();
            Spread::of(&values).ok_or("no run was made")
        };
        let alone: Vec<u64> = self
            .runs
            .iter()
            .map(|run| load::alone(run.report.makespan_ns, run.others, cores))
            .collect();
        let makespan = spread(&|report| report.makespan_ns)?.down_to(&alone);
        let (p50, p95) = (
            spread(&|report| report.latency_ns.p50)?,
            spread(&|report| report.latency_ns.p95)?,
        );
        let middle = self
            .runs
            .iter()
            .min_by_key(|run| run.report.makespan_ns.abs_diff(makespan.median))
            .ok_or("no run was made")?;
        let trace = self
            .trace(work, &middle.file, &middle.ran, cores)
            .map_err(|what| format!("the records of a run {what}"))?;
        let drift = |run: &Run| {
            let [before, after] = run.ran.python_ns_per_turn;
            if before > 0.0 {
                after / before - 1.0
            } else {
                0.0
            }
        };
        let others: Vec<f64> = self.runs.iter().filter_map(|run| run.others).collect();
        Ok(Measured {
            report: middle.report.clone(),
            trace,
            repeats,
            makespan,
            p50,
            p95,
            others: others.into_iter().reduce(f64::max),
            drift: self
                .runs
                .iter()
                .map(drift)
                .max_by(|a, b| a.abs().total_cmp(&b.abs()))
                .unwrap_or(0.0),
            harness_ns: (self.record_ns * middle.ran.rows as f64) as u64,
        })
    }
}

impl Measured {
    /// Whether something else kept the machine so busy during a run that its figures are in doubt.
    pub(crate) fn shared_machine(&self) -> bool {
        self.others.is_some_and(|cores| cores > NOTABLE)
    }

    /// The run as a document: its report, as the race has it, and what only real runs have.
    pub(crate) fn document(&self, report: &Report) -> Value {
        let mut document = serde_json::to_value(report).unwrap_or_default();
        let more = json!({
            "repeats": self.repeats,
            "makespan_quartiles_ns": [self.makespan.q1, self.makespan.median, self.makespan.q3],
            "harness_ns": self.harness_ns,
            "other_load_cores": self.others,
            "speed_drift": self.drift,
        });
        if let (Some(document), Value::Object(more)) = (document.as_object_mut(), more) {
            document.extend(more);
        }
        document
    }
}
