//! `compare`: predicted beside measured.

use anyhow::Result;
use serde_json::{Value, json};
use trilane_core::compare::{Comparison, Row};
use trilane_core::model;
use trilane_core::report::{Report, report};
use trilane_core::trace::Trace;
use trilane_core::units::Dur;
use trilane_core::workload::Workload;
use trilane_timeline::svg;

use super::measure::{failures, remarks, run, runner};
use crate::cli::Compare;
use crate::measure::Target;
use crate::measure::request::Finished;
use crate::run::in_parallel;
use crate::show::compare::{Pair, lines, percent};
use crate::term::{Look, paint};
use crate::{input, output};

/// Simulations of each plan, each with another jitter of the machine; the median is the prediction.
const JITTERS: u64 = 20;

/// A prediction: the run in the middle.
struct Predicted {
    report: Report,
    trace: Trace,
}

/// Runs the command.
pub(crate) fn compare(args: &Compare) -> Result<()> {
    let names: Vec<Option<&str>> = match args.scenarios.as_slice() {
        [] => vec![None],
        given => given.iter().map(|name| Some(name.as_str())).collect(),
    };
    // Every file is checked before anything runs.
    let scenarios = names
        .into_iter()
        .map(input::load)
        .collect::<Result<Vec<_>>>()?;
    let look = Look::stdout();
    let mut documents: Vec<Value> = Vec::new();
    let mut pictures: Vec<(Trace, String)> = Vec::new();
    let mut outcome = Ok(());
    for scenario in &scenarios {
        let done = run(scenario, &args.real)?;
        let pairs = pairs(&done);
        let rows = pairs.iter().map(|pair| pair.row.clone()).collect();
        let comparison = Comparison::new(&done.work.title, done.work.seed, done.cores, rows);
        if args.json {
            documents.push(serde_json::to_value(&comparison)?);
        } else if !pairs.is_empty() {
            let lines = lines(
                &comparison,
                &pairs,
                &done.targets.python,
                args.timeline,
                &look,
            );
            output::print(&paint(&lines, &look))?;
        }
        if args.svg.is_some() {
            for pair in pairs {
                pictures.extend(captions(pair));
            }
        }
        remarks(&done);
        outcome = outcome.and(failures(&done));
    }
    if args.json {
        let document = match (documents.len(), documents.pop()) {
            (1, Some(document)) => document,
            (_, last) => json!(documents.into_iter().chain(last).collect::<Vec<_>>()),
        };
        output::print(&(serde_json::to_string_pretty(&document)? + "\n"))?;
    }
    if let Some(path) = &args.svg {
        let title = match scenarios.as_slice() {
            [scenario] => format!("{}: predicted and measured", scenario.title),
            _ => "Predicted and measured".to_owned(),
        };
        let runs: Vec<svg::Card<'_>> = pictures
            .iter()
            .enumerate()
            .map(|(at, (trace, caption))| svg::Card {
                trace,
                caption,
                // They alternate.
                predicted: (at % 2 == 1).then(|| at - 1),
            })
            .collect();
        let options = svg::Options {
            title: Some(&title),
            ..svg::Options::default()
        };
        output::write_file(path, svg::cards(&runs, &options).as_bytes())?;
    }
    outcome
}

fn pairs(done: &Finished) -> Vec<Pair> {
    let measured = done.measured();
    let predicted = in_parallel(&measured, |(target, _)| {
        predict(&done.work, target, done.cores)
    });
    measured
        .into_iter()
        .zip(predicted)
        .map(|((target, measured), predicted)| Pair {
            row: Row::new(
                &predicted.report,
                &measured.report,
                measured.makespan,
                measured.p50,
                measured.p95,
            ),
            runner: runner(target, done.cores),
            predicted: predicted.report,
            predicted_trace: predicted.trace,
            measured: measured.clone(),
        })
        .collect()
}

/// The run in the middle of [`JITTERS`] simulations.
fn predict(work: &Workload, target: &Target, cores: u32) -> Predicted {
    let mut setup = model::Setup::new(work, target.plan, &target.costs, cores);
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for jitter in 0..JITTERS {
        setup.jitter = jitter;
        runs.push((model::summarise(&setup).makespan_ns, jitter));
    }
    runs.sort_unstable();
    setup.jitter = runs[runs.len() / 2].1;
    let trace = model::record(&setup);
    Predicted {
        report: report(&trace),
        trace,
    }
}

/// Two pictures, with what to write beside them.
fn captions(pair: Pair) -> [(Trace, String); 2] {
    let time = |ns: u64| Dur::from_nanos(ns).to_string();
    let error = pair
        .row
        .error
        .map_or(String::new(), |error| format!(", error {}", percent(error)));
    [
        (
            pair.predicted_trace,
            format!("predicted {}{error}", time(pair.row.predicted_ns)),
        ),
        (
            pair.measured.trace,
            format!("measured {}", time(pair.row.measured_ns)),
        ),
    ]
}
