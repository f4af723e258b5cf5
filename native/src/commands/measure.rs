//! `measure`: the same work, run for real.

use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::{Value, json};
use trilane_core::advice::why::Setting;
use trilane_core::compare::Race;
use trilane_core::plan::{Plan, StartMethod};
use trilane_core::scenario::Scenario;
use trilane_core::units::Dur;
use trilane_core::workload::{Workload, draw};

use crate::cli::{Io, Measure, Real};
use crate::failure::bad_input;
use crate::measure::{self, Measured, Options, Target, Targets, Wanted};
use crate::show::race::Runner;
use crate::term::{Ink, Line, Look, paint, wrap};
use crate::{input, output, show};

/// What was measured of one scenario.
pub(crate) struct Finished {
    pub(crate) work: Workload,
    pub(crate) cores: u32,
    pub(crate) targets: Targets,
    /// One a target: what it gave, or why it gave nothing.
    pub(crate) results: Vec<Result<Measured, String>>,
}

impl Finished {
    /// What was measured, with its target; failures left out.
    pub(crate) fn measured(&self) -> Vec<(&Target, &Measured)> {
        let pairs = self.targets.targets.iter().zip(&self.results);
        pairs
            .filter_map(|(target, result)| Some((target, result.as_ref().ok()?)))
            .collect()
    }
}

/// Runs the command.
pub(crate) fn measure(args: &Measure) -> Result<()> {
    let scenario = &input::load(args.scenario.as_deref())?;
    let done = run(scenario, &args.real)?;
    let look = Look::stdout();
    let kept = done.measured();
    let reports = kept.iter().map(|(_, measured)| measured.report.clone());
    let sync = kept.iter().find(|(target, _)| {
        target.plan == Plan::Sync && target.runtime.name() == done.targets.python
    });
    let sync = sync.map(|(_, measured)| measured.report.clone());
    let race = Race::new(
        &done.work.title,
        done.work.seed,
        done.cores,
        reports.collect(),
        sync.as_ref(),
    );
    if args.json {
        output::print(&(document(&race, &kept, &done) + "\n"))?;
    } else if !kept.is_empty() {
        let runners: Vec<Runner> = kept
            .iter()
            .map(|(target, _)| runner(target, done.cores))
            .collect();
        let traces: Vec<_> = match args.timeline {
            true => kept
                .iter()
                .map(|(_, measured)| measured.trace.clone())
                .collect(),
            false => vec![],
        };
        let mut lines = show::race::lines(&race, &runners, &traces, &done.targets.python, &look);
        lines.push(Line::new());
        for (target, measured) in &kept {
            let name = target.label(&done.targets.python);
            lines.extend(noise(&name, measured, &look));
        }
        output::print(&paint(&lines, &look))?;
    }
    remarks(&done);
    failures(&done)
}

/// Finds the Pythons, and measures.
pub(crate) fn run(scenario: &Scenario, real: &Real) -> Result<Finished> {
    let here = std::thread::available_parallelism().map_or(1, |n| n.get() as u32);
    let cores = match real.cores {
        Some(cores) if cores > here => {
            return Err(bad_input(format!(
                "--cores {cores}: this machine has {here}; a real run cannot have more. Leave it out, or \
                 `trilane simulate --cores {cores}`"
            )));
        }
        Some(cores) => {
            restrict(cores)?;
            cores
        }
        None => here,
    };
    let work = draw(scenario, real.seed.unwrap_or(scenario.seed));
    let wanted = Wanted {
        plans: &real.plans,
        pythons: &real.pythons,
        profiles: &real.profiles,
        cores,
    };
    let mut targets = Targets::find(wanted, &work)?;
    if let Some(theirs) = scenario.cores.filter(|&theirs| theirs != cores) {
        targets.remarks.push(format!(
            "the scenario is written for {}, and the runs had {}",
            trilane_core::advice::counted(u64::from(theirs), "core"),
            trilane_core::advice::counted(u64::from(cores), "core"),
        ));
    }
    let options = Options {
        repeat: real.repeat,
        sockets: real.io == Io::Sockets,
        cores,
        timeout: real
            .timeout
            .map(|seconds| Duration::from_secs(seconds.into())),
    };
    let results = measure::measure(&work, &targets.targets, options)?;
    Ok(Finished {
        work,
        cores,
        targets,
        results,
    })
}

/// Lets this program, and so all that it starts, run on so many cores only.
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
        "--cores {cores}: only Linux lets a program restrict itself to some cores; leave it out"
    )))
}

/// What showing a run needs besides its report.
pub(crate) fn runner(target: &Target, cores: u32) -> Runner {
    let default: StartMethod = target.costs.default_start;
    Runner {
        name: crate::machine::short_name(target.plan, default),
        setting: Setting {
            plan: target.plan,
            gil: target.costs.gil,
            cores,
        },
    }
}

fn document(race: &Race, kept: &[(&Target, &Measured)], done: &Finished) -> String {
    let mut document = serde_json::to_value(race).unwrap_or_default();
    let mut runs = Vec::new();
    for ((_, measured), report) in kept.iter().zip(&race.runs) {
        runs.push(measured.document(report));
    }
    document["runs"] = Value::Array(runs);
    let failures = failed(done).map(|(target, what)| {
        json!({ "plan": target.plan.to_string(), "python": target.runtime.name(), "error": what })
    });
    let failures: Vec<Value> = failures.collect();
    if !failures.is_empty() {
        document["failures"] = Value::Array(failures);
    }
    if !done.targets.remarks.is_empty() {
        document["remarks"] = json!(done.targets.remarks);
    }
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

/// `threads(8): 5 runs, half of them within 455 ms to 470 ms`, and what may have disturbed them.
fn noise(name: &str, measured: &Measured, look: &Look) -> Vec<Line> {
    let time = |ns: u64| Dur::from_nanos(ns).to_string();
    let mut text = match measured.repeats.len() {
        1 => format!("{name}: 1 run"),
        n => format!(
            "{name}: {n} runs, half of them {}between {} and {}",
            if measured.shared_machine() {
                "by themselves perhaps "
            } else {
                ""
            },
            time(measured.makespan.q1),
            time(measured.makespan.q3)
        ),
    };
    if let Some(disturbed) = disturbed(measured) {
        text.push_str("; ");
        text.push_str(&disturbed);
    }
    wrap(&text, look.width - 2)
        .into_iter()
        .map(|text| Line::new().with(Ink::Plain, "  ").with(Ink::Faint, text))
        .collect()
}

/// What else went on, if it was enough to doubt the figures.
pub(crate) fn disturbed(measured: &Measured) -> Option<String> {
    let mut said = Vec::new();
    if let (true, Some(cores)) = (measured.shared_machine(), measured.others) {
        said.push(format!("something else kept {cores:.1} cores busy"));
    }
    if measured.drift.abs() > 0.1 {
        let percent = measured.drift.abs() * 100.0;
        let how = if measured.drift > 0.0 {
            "slower"
        } else {
            "faster"
        };
        said.push(format!("the machine got {percent:.0} % {how} during a run"));
    }
    (!said.is_empty()).then(|| said.join(", "))
}

fn failed(done: &Finished) -> impl Iterator<Item = (&Target, &String)> {
    let pairs = done.targets.targets.iter().zip(&done.results);
    pairs.filter_map(|(target, result)| Some((target, result.as_ref().err()?)))
}

/// Says on standard error what the user should know of the choice of Pythons and plans.
pub(crate) fn remarks(done: &Finished) {
    for remark in &done.targets.remarks {
        crate::complain(&format!("note: {remark}"));
    }
}

/// The work failed where any plan did; the others have been told by then.
pub(crate) fn failures(done: &Finished) -> Result<()> {
    let mut failures = Vec::new();
    for (target, what) in failed(done) {
        failures.push(format!(
            "{} on {}: {what}",
            target.name(),
            target.runtime.release()
        ));
    }
    if failures.is_empty() {
        return Ok(());
    }
    bail!("{}", failures.join("\nerror: "))
}
