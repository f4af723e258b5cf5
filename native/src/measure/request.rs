//! A measurement as it is asked for, from the command line and from the page alike: what is wrong with it
//! is told before anything runs, and what came of it is one document.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use trilane_core::advice::counted;
use trilane_core::compare::Race;
use trilane_core::plan::{Plan, PlanSpec};
use trilane_core::profile::Costs;
use trilane_core::race;
use trilane_core::scenario::Scenario;
use trilane_core::trace::codec;
use trilane_core::workload::{Workload, draw};

use super::runtime::Runtime;
use super::targets::{Find, Wanted};
use super::{Measured, Options, Target, Targets, Watch, measure};
use crate::failure::bad_input;

/// What is to be measured, and how.
pub(crate) struct Request<'a> {
    /// The plans; none are the default set.
    pub(crate) plans: Vec<PlanSpec>,
    /// What runs the plans that do not say; at least one.
    pub(crate) runtimes: Vec<Runtime>,
    /// Finds what runs those that do.
    pub(crate) find: Find<'a>,
    /// Profiles for the prediction that go before the embedded ones, by their Python.
    pub(crate) costs: BTreeMap<String, Costs>,
    /// Runs of each plan; at least 1.
    pub(crate) repeat: u32,
    /// How long a run may take, where that was said.
    pub(crate) timeout: Option<Duration>,
    /// I/O waits on a delay server, not in a sleep.
    pub(crate) sockets: bool,
    /// Cores that the runs may use; all of them where it was not said.
    pub(crate) cores: Option<u32>,
    /// Draws the work; the scenario's own where it was not said.
    pub(crate) seed: Option<u64>,
}

/// What was measured of one scenario.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) work: Workload,
    pub(crate) cores: u32,
    pub(crate) targets: Targets,
    /// One a target: what it gave, or why it gave nothing.
    pub(crate) results: Vec<Result<Measured, String>>,
}

/// Measures a scenario. Where it asks for fewer cores, the thread that calls this is bound to them from
/// now on.
///
/// # Errors
///
/// Bad input, [`super::cancel::Cancelled`], or this program's own trouble.
pub(crate) fn run(
    scenario: &Scenario,
    request: &Request<'_>,
    watch: &mut Watch<'_>,
) -> Result<Finished> {
    let cores = cores(request.cores)?;
    if request.cores.is_some() {
        restrict(cores)?;
    }
    let work = draw(scenario, request.seed.unwrap_or(scenario.seed));
    watch.cancel.check()?;
    let wanted = Wanted {
        plans: &request.plans,
        runtimes: &request.runtimes,
        find: request.find,
        costs: &request.costs,
        cores,
    };
    let mut targets = Targets::find(wanted, &work)?;
    watch.cancel.check()?;
    targets.remarks.extend(race::other_cores(scenario, cores));
    let options = Options {
        repeat: request.repeat,
        sockets: request.sockets,
        cores,
        timeout: request.timeout,
    };
    let results = measure(&work, &targets.targets, options, watch)?;
    Ok(Finished {
        work,
        cores,
        targets,
        results,
    })
}

/// The cores that runs have: what was asked for, or all there are.
pub(crate) fn cores(asked: Option<u32>) -> Result<u32> {
    let here = std::thread::available_parallelism().map_or(1, |n| n.get() as u32);
    match asked {
        Some(cores) if cores > here => Err(bad_input(format!(
            "{cores} cores: this machine has {here}, and a real run cannot have more. Leave it out, or \
             `trilane simulate --cores {cores}`"
        ))),
        Some(cores) => Ok(cores),
        None => Ok(here),
    }
}

/// Lets this thread, and so all that it starts, run on so many cores only.
fn restrict(cores: u32) -> Result<()> {
    #[cfg(target_os = "linux")]
    {
        use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
        use nix::unistd::Pid;
        let own = sched_getaffinity(Pid::from_raw(0))?;
        let mut some = CpuSet::new();
        let free = (0..CpuSet::count()).filter(|&core| own.is_set(core).unwrap_or(false));
        for core in free.take(cores as usize) {
            some.set(core)?;
        }
        sched_setaffinity(Pid::from_raw(0), &some)?;
        Ok(())
    }
    #[cfg(not(target_os = "linux"))]
    Err(bad_input(format!(
        "{cores} cores: only Linux lets a program restrict itself to some cores; leave it out"
    )))
}

impl Finished {
    /// What was measured, with its target; failures left out.
    pub(crate) fn measured(&self) -> Vec<(&Target, &Measured)> {
        let pairs = self.targets.targets.iter().zip(&self.results);
        pairs
            .filter_map(|(target, result)| Some((target, result.as_ref().ok()?)))
            .collect()
    }

    /// What was not, and why.
    pub(crate) fn failed(&self) -> impl Iterator<Item = (&Target, &String)> {
        let pairs = self.targets.targets.iter().zip(&self.results);
        pairs.filter_map(|(target, result)| Some((target, result.as_ref().err()?)))
    }

    /// The race of what was measured, with speed-ups over the plain loop under the same Python.
    pub(crate) fn race(&self) -> Race {
        let kept = self.measured();
        let reports = kept.iter().map(|(_, measured)| measured.report.clone());
        let sync = kept.iter().find(|(target, _)| {
            target.plan == Plan::Sync && target.runtime.name() == self.targets.python
        });
        let sync = sync.map(|(_, measured)| &measured.report);
        let work = &self.work;
        Race::new(&work.title, work.seed, self.cores, reports.collect(), sync)
    }

    /// All of it as a document: what `trilane measure --json` prints.
    pub(crate) fn document(&self) -> Value {
        let race = self.race();
        let mut document = serde_json::to_value(&race).unwrap_or_default();
        let kept = self.measured();
        let runs = kept.iter().zip(&race.runs);
        let runs = runs.map(|((_, measured), report)| measured.document(report));
        document["runs"] = Value::Array(runs.collect());
        document["work"] = json!(self.work.digest());
        document["machine"] = json!(format!(
            "{}, {}",
            processor(),
            counted(u64::from(self.cores), "core")
        ));
        let failures = self.failed().map(|(target, what)| {
            json!({ "plan": target.plan.to_string(), "python": target.runtime.name(), "error": what })
        });
        let failures: Vec<Value> = failures.collect();
        if !failures.is_empty() {
            document["failures"] = Value::Array(failures);
        }
        if !self.targets.remarks.is_empty() {
            document["remarks"] = json!(self.targets.remarks);
        }
        document
    }

    /// The same with each run's trace, for the page to draw: in base 64, as it is safe in an address.
    pub(crate) fn file(&self) -> Value {
        let mut document = self.document();
        let kept = self.measured();
        let runs = document["runs"].as_array_mut().into_iter().flatten();
        for (run, (_, measured)) in runs.zip(kept) {
            let trace = codec::encode(&measured.trace);
            run["trace"] = json!(URL_SAFE_NO_PAD.encode(trace));
        }
        document
    }
}

/// This machine's processor in words.
fn processor() -> String {
    let about = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = about
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.trim().eq_ignore_ascii_case("model name"));
    name.map_or(std::env::consts::ARCH, |(_, name)| name.trim())
        .to_owned()
}
