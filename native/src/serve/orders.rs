//! What the page asks for, as it stands in a request's body, checked and made into a job's work.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use trilane_core::plan::{PlanSpec, parse_plan};
use trilane_core::scenario::{self, Format, Problem, Scenario};
use trilane_core::trace;

use super::interpreters::List;
use super::jobs::{Outcome, Progress, Work};
use super::reply::Refused;
use crate::calibrate;
use crate::measure::cancel::Cancel;
use crate::measure::request::{self, Request};
use crate::measure::runtime::Runtime;
use crate::measure::{Moment, Part, Watch};

/// Plans times interpreters: each gets a process.
const MOST_RUNNERS: usize = 64;
/// As on the command line.
const REPEATS: u32 = 5;
const MOST_REPEATS: u32 = 1000;
const MOST_SECONDS: u32 = 86_400;
const MOST_CORES: u32 = 1024;
/// How long a calibration takes on a quiet machine, ms: few samples, and all.
const CALIBRATION_MS: [u64; 2] = [15_000, 4_000];

/// `POST measure`: what `trilane measure` takes. Everything but the scenario may be left out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with a `scenario`")]
pub(super) struct Measure {
    /// The scenario's text, TOML or JSON.
    scenario: String,
    /// Plans as on the command line; none are the default set. A Python after `@` is one of the list.
    #[serde(default)]
    plans: Vec<String>,
    /// Numbers of the list of interpreters; none is its first.
    #[serde(default)]
    interpreters: Vec<String>,
    /// Runs of each plan, 1 to 1000; 5 if left out.
    repeat: Option<u32>,
    /// A run that takes longer is ended, seconds.
    timeout_s: Option<u32>,
    /// What an I/O step waits for.
    #[serde(default)]
    io: Io,
    /// Cores that the runs may use, at most this machine's.
    cores: Option<u32>,
    /// Draws the work anew.
    seed: Option<u64>,
}

/// What an I/O step waits for.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Io {
    #[default]
    Sleep,
    Sockets,
}

/// `POST calibrate`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with an `interpreter`")]
pub(super) struct Calibrate {
    /// A Python's number in the list.
    interpreter: String,
    /// Few samples: a look within seconds.
    #[serde(default)]
    quick: bool,
}

impl Measure {
    /// Checks all that can be checked before it is its turn. Takes a moment for a long scenario.
    ///
    /// # Errors
    ///
    /// 422: what is wrong with the scenario, all of it, or with the rest.
    pub(super) fn work(self, list: List) -> Result<Work, Refused> {
        self.check()?;
        let scenario = read(&self.scenario)?;
        let plans = self.plans.iter().map(|text| plan(text, &list));
        let plans = plans.collect::<Result<Vec<PlanSpec>, Refused>>()?;
        let runtimes = list.chosen(&self.interpreters)?;
        if runtimes.is_empty() {
            return Err(wrong(
                "there is no Python here that could be measured: install Python 3.9 or later",
            ));
        }
        let runners = plans.len().max(1).saturating_mul(runtimes.len());
        if runners > MOST_RUNNERS {
            return Err(wrong(format!(
                "{} plans on {} interpreters are {runners} runs: at most {MOST_RUNNERS} are made at once",
                plans.len(),
                runtimes.len()
            )));
        }
        Ok(Box::new(move |cancel, tell| {
            measure(&scenario, plans, runtimes, &self, &list, cancel, tell)
        }))
    }

    fn check(&self) -> Result<(), Refused> {
        let check = |name: &str, value: Option<u32>, most: u32| match value {
            Some(value) if value < 1 || value > most => Err(wrong(format!(
                "`{name}` is {value}: give 1 to {most}, or leave it out"
            ))),
            _ => Ok(()),
        };
        check("repeat", self.repeat, MOST_REPEATS)?;
        check("timeout_s", self.timeout_s, MOST_SECONDS)?;
        check("cores", self.cores, MOST_CORES)?;
        request::cores(self.cores).map_err(|error| wrong(plain(&error)))?;
        Ok(())
    }
}

impl Calibrate {
    /// # Errors
    ///
    /// 422: no such interpreter, or none that a profile could be made of.
    pub(super) fn work(self, list: &List) -> Result<Work, Refused> {
        let Runtime::CPython(python) = list.one(&self.interpreter)? else {
            return Err(wrong(
                "Rust has no costs to calibrate: give the number of a Python",
            ));
        };
        let Calibrate { interpreter, quick } = self;
        Ok(Box::new(move |cancel, tell| {
            let total_ms = CALIBRATION_MS[usize::from(quick)];
            tell(Progress {
                part: "calibrate",
                python: Some(python.name()),
                total_ms,
                left_ms: total_ms,
                ..Progress::default()
            });
            let made = calibrate::calibrate(&python, quick, cancel)?;
            let document = json!({
                "interpreter": interpreter,
                "python": made.profile.python,
                "profile": made.text,
                "notes": made.profile.notes,
            });
            Ok(Outcome {
                document,
                traces: vec![],
            })
        }))
    }
}

fn measure(
    scenario: &Scenario,
    plans: Vec<PlanSpec>,
    runtimes: Vec<Runtime>,
    order: &Measure,
    list: &List,
    cancel: &Cancel,
    tell: &dyn Fn(Progress),
) -> Result<Outcome> {
    let repeats = order.repeat.unwrap_or(REPEATS);
    let request = Request {
        plans,
        runtimes,
        find: &|name| list.named(name),
        costs: BTreeMap::new(),
        repeat: repeats,
        timeout: order
            .timeout_s
            .map(|seconds| Duration::from_secs(seconds.into())),
        sockets: order.io == Io::Sockets,
        cores: order.cores,
        seed: order.seed,
    };
    let mut clock = Clock::new();
    let mut watch = Watch {
        cancel,
        tell: &mut |moment| tell(progress(&moment, repeats, &mut clock)),
    };
    let done = request::run(scenario, &request, &mut watch)?;
    let kept = done.measured();
    if kept.is_empty() {
        let reasons = done.failed().map(|(target, what)| {
            format!("{} on {}: {what}", target.name(), target.runtime.release())
        });
        return Err(anyhow!("{}", reasons.collect::<Vec<_>>().join("\n")));
    }
    Ok(Outcome {
        document: done.document(),
        traces: kept
            .iter()
            .map(|(_, measured)| trace::codec::encode(&measured.trace))
            .collect(),
    })
}

fn progress(moment: &Moment<'_>, repeats: u32, clock: &mut Clock) -> Progress {
    let (part, repeat) = match moment.next.map(|(_, part)| part) {
        Some(Part::Start) => ("start", None),
        Some(Part::Trial) => ("trial", None),
        Some(Part::Run(repeat)) => ("run", Some(repeat + 1)),
        None => ("end", None),
    };
    let target = moment.next.map(|(target, _)| target);
    Progress {
        part,
        plan: target.map(|target| target.plan.to_string()),
        python: target.map(|target| target.runtime.name()),
        repeat,
        repeats: Some(repeats),
        done_ms: moment.done_ms,
        total_ms: moment.total_ms,
        elapsed_ms: clock.began.elapsed().as_millis() as u64,
        left_ms: clock.left_ms(moment),
    }
}

/// How long it has taken, and will.
struct Clock {
    began: Instant,
    /// When the first run began, after all interpreters had started.
    running: Option<Instant>,
}

impl Clock {
    fn new() -> Clock {
        Clock {
            began: Instant::now(),
            running: None,
        }
    }

    /// What is predicted of the rest, stretched as the runs behind were: each has its ends, which take
    /// time too.
    fn left_ms(&mut self, moment: &Moment<'_>) -> u64 {
        let rest = moment.total_ms.saturating_sub(moment.done_ms);
        if !matches!(moment.next, Some((_, Part::Trial | Part::Run(_)))) {
            return rest;
        }
        let running = *self.running.get_or_insert_with(Instant::now);
        match moment.done_ms {
            0 => rest,
            done => {
                rest.max((running.elapsed().as_millis() as f64 / done as f64 * rest as f64) as u64)
            }
        }
    }
}

fn plan(text: &str, list: &List) -> Result<PlanSpec, Refused> {
    let spec = parse_plan(text).map_err(|error| wrong(error.to_string()))?;
    if let Some(name) = &spec.python {
        list.named(name).map_err(|error| wrong(plain(&error)))?;
    }
    Ok(spec)
}

fn read(text: &str) -> Result<Scenario, Refused> {
    let format = Format::guess("", text);
    scenario::parse_bytes(text.as_bytes(), format).map_err(|problems| broken(&problems))
}

/// Every problem as `trilane simulate` prints it, and apart, for the editor to mark.
fn broken(problems: &[Problem]) -> Refused {
    let count = match problems.len() {
        1 => "1 problem".to_owned(),
        n => format!("{n} problems"),
    };
    let rendered: Vec<String> = problems.iter().map(|one| one.render("scenario")).collect();
    let all = serde_json::to_value(problems).unwrap_or_default();
    wrong(format!("{count} in the scenario"))
        .with("problems", all)
        .with("rendered", Value::String(rendered.join("\n\n")))
}

fn wrong(reason: impl Into<String>) -> Refused {
    Refused::new(StatusCode::UNPROCESSABLE_ENTITY, reason)
}

/// An error's text as an answer has it.
fn plain(error: &anyhow::Error) -> String {
    let text = error.to_string();
    text.strip_prefix("error: ").unwrap_or(&text).to_owned()
}
