//! `measure`: the same work, run for real.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};
use trilane_core::advice::why::Setting;
use trilane_core::plan::{StartMethod, parse_plan};
use trilane_core::profile::{self, Costs};
use trilane_core::scenario::Scenario;
use trilane_core::trace::codec;
use trilane_core::units::Dur;

use crate::cli::{Io, Measure, Real};
use crate::failure::{bad_input, reason};
use crate::measure::cancel::Cancel;
use crate::measure::request::{self, Finished, Request};
use crate::measure::runtime::Runtime;
use crate::measure::{Measured, Part, Target, Watch};
use crate::progress::Progress;
use crate::show::race::Runner;
use crate::term::{Ink, Line, Look, paint, wrap};
use crate::{input, output, show};

/// Runs the command.
pub(crate) fn measure(args: &Measure) -> Result<()> {
    // Before anything runs for minutes.
    let kind = args.output.as_deref().map(Kind::of).transpose()?;
    let scenario = &input::load(args.scenario.as_deref())?;
    let done = run(scenario, &args.real)?;
    let look = Look::stdout();
    let kept = done.measured();
    let race = done.race();
    if args.json {
        output::print(&(serde_json::to_string_pretty(&done.document())? + "\n"))?;
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
    if let Some((path, kind)) = args.output.as_deref().zip(kind) {
        keep(&done, path, kind)?;
    }
    remarks(&done);
    failures(&done)
}

/// What a file of measured runs may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// All of them, with their figures.
    Json,
    /// One trace.
    Trace,
}

impl Kind {
    /// By the file's name.
    fn of(path: &Path) -> Result<Kind> {
        let ending = path.extension().and_then(|ending| ending.to_str());
        match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("json") => Ok(Kind::Json),
            Some("trilane") => Ok(Kind::Trace),
            _ => Err(bad_input(format!(
                "cannot tell what to write from the name `{}`: end it in .json (every run, with its figures and \
                 its timeline) or .trilane (the timeline of one run)",
                path.display()
            ))),
        }
    }
}

/// Writes what was measured into a file that the page shows beside its predictions.
fn keep(done: &Finished, path: &Path, kind: Kind) -> Result<()> {
    let kept = done.measured();
    let bytes = match (kind, kept.as_slice()) {
        (Kind::Json, _) => (serde_json::to_string_pretty(&done.file())? + "\n").into_bytes(),
        (Kind::Trace, [(_, measured)]) => codec::encode(&measured.trace),
        (Kind::Trace, several) => {
            return Err(bad_input(format!(
                "a .trilane file holds one run, and {} were made: write a .json, or give one --plan",
                several.len()
            )));
        }
    };
    output::write_file(path, &bytes)
}

/// Finds the Pythons, and measures.
pub(crate) fn run(scenario: &Scenario, real: &Real) -> Result<Finished> {
    let request = request(real)?;
    let progress = Progress::timed("measuring");
    let mut watch = Watch {
        // Ctrl-C ends the whole program.
        cancel: &Cancel::default(),
        tell: &mut |moment| {
            let next = moment.next.map(|(target, part)| begins(target, part));
            progress.reach(moment.done_ms, moment.total_ms, next);
        },
    };
    let done = request::run(scenario, &request, &mut watch);
    progress.finish();
    done
}

/// `measuring threads(8)`, for the line of progress.
fn begins(target: &Target, part: Part) -> String {
    let name = target.name();
    match part {
        Part::Start => format!("starting {}", target.runtime.label()),
        Part::Trial => format!("trying {name}"),
        Part::Run(repeat) => format!("measuring {name}, run {}", repeat + 1),
    }
}

/// The arguments, with the Pythons found and the profiles read.
fn request(real: &Real) -> Result<Request<'static>> {
    let runtimes = match real.pythons.as_slice() {
        [] => vec![Runtime::find(None)?],
        given => given
            .iter()
            .map(|given| Runtime::find(Some(given)))
            .collect::<Result<_>>()?,
    };
    let plans = real
        .plans
        .iter()
        .map(|text| parse_plan(text).map_err(|error| bad_input(error.to_string())))
        .collect::<Result<_>>()?;
    Ok(Request {
        plans,
        runtimes,
        find: &|name| Runtime::find(Some(name)),
        costs: profiles(&real.profiles)?,
        repeat: real.repeat,
        timeout: real
            .timeout
            .map(|seconds| Duration::from_secs(seconds.into())),
        sockets: real.io == Io::Sockets,
        cores: real.cores,
        seed: real.seed,
    })
}

fn profiles(paths: &[PathBuf]) -> Result<BTreeMap<String, Costs>> {
    let mut profiles = BTreeMap::new();
    for path in paths {
        let shown = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| bad_input(format!("cannot read `{shown}`: {}", reason(&error))))?;
        let profile = profile::parse_profile(&text)
            .map_err(|error| bad_input(format!("{shown}: {error}")))?;
        profiles.insert(profile.python.clone(), profile.costs());
    }
    Ok(profiles)
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

/// Says on standard error what the user should know of the choice of Pythons and plans.
pub(crate) fn remarks(done: &Finished) {
    for remark in &done.targets.remarks {
        crate::complain(&format!("note: {remark}"));
    }
}

/// The work failed where any plan did; the others have been told by then.
pub(crate) fn failures(done: &Finished) -> Result<()> {
    let mut failures = Vec::new();
    for (target, what) in done.failed() {
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
