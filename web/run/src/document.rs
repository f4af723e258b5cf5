//! All runs as one document: what `trilane measure --json` prints, and `-o` writes, of a browser.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use trilane_core::compare::{Race, Spread};
use trilane_core::plan::Plan;
use trilane_core::report::{Report, report};
use trilane_core::trace::codec;

use crate::ask::Runs;
use crate::prepare::{BROWSER, Prepared};

/// Makes it of what was prepared, of each plan's runs and of their traces, in the same order.
///
/// # Errors
/// Runs and traces that do not belong together.
pub fn document(
    prepared: &Prepared,
    runs: &[Runs],
    traces: &[Vec<u8>],
) -> Result<(String, String), String> {
    let mut left = traces;
    let mut kept: Vec<(&Runs, Vec<Report>, usize)> = Vec::new();
    let mut drawn = Vec::new();
    let mut failures = Vec::new();
    for of_plan in runs {
        let Some((mine, rest)) = left.split_at_checked(of_plan.count) else {
            return Err("there are fewer traces than runs: give all of them".to_owned());
        };
        left = rest;
        let target = prepared.targets.get(of_plan.plan);
        let target = target.ok_or("a run is of a plan that was not asked for")?;
        if let Some(error) = of_plan.error.as_ref().or(target.told.refused.as_ref()) {
            failures.push(json!({
                "plan": target.told.plan, "python": target.told.python, "error": error,
            }));
            continue;
        }
        let reports = mine.iter().map(|trace| match codec::decode(trace) {
            Ok(trace) => Ok(report(&trace)),
            Err(error) => Err(format!("a trace cannot be read: {error}")),
        });
        let reports = reports.collect::<Result<Vec<_>, _>>()?;
        if let Some(middle) = middle(&reports) {
            kept.push((of_plan, reports, middle));
            drawn.push(URL_SAFE_NO_PAD.encode(&mine[middle]));
        }
    }
    let work = &prepared.work;
    let of = |kept: &(&Runs, Vec<Report>, usize)| kept.1[kept.2].clone();
    let sync = kept.iter().find(|(runs, ..)| {
        let target = &prepared.targets[runs.plan];
        target.plan == Some(Plan::Sync) && target.told.python == BROWSER
    });
    let sync = sync.map(of);
    let race = Race::new(
        &work.title,
        work.seed,
        prepared.cores,
        kept.iter().map(of).collect(),
        sync.as_ref(),
    );
    let mut document = serde_json::to_value(&race).map_err(|error| error.to_string())?;
    let all = kept.iter().zip(&race.runs);
    let predicted = |plan: usize| prepared.targets[plan].told.expected_ns;
    document["runs"] = all
        .map(|(kept, report)| of_plan(kept, report, predicted(kept.0.plan)))
        .collect();
    if !failures.is_empty() {
        document["failures"] = Value::Array(failures);
    }
    if !prepared.remarks.is_empty() {
        document["remarks"] = json!(prepared.remarks);
    }
    document["work"] = json!(work.digest());
    document["machine"] = json!(prepared.machine);
    let printed = document.to_string();
    let runs = document["runs"].as_array_mut().into_iter().flatten();
    for (run, trace) in runs.zip(drawn) {
        run["trace"] = json!(trace);
    }
    Ok((printed, document.to_string()))
}

/// The number of the run whose run time is the median.
fn middle(reports: &[Report]) -> Option<usize> {
    let spread = spread(reports)?;
    let far = |report: &Report| report.makespan_ns.abs_diff(spread.median);
    (0..reports.len()).min_by_key(|&at| far(&reports[at]))
}

fn spread(reports: &[Report]) -> Option<Spread> {
    let times: Vec<u64> = reports.iter().map(|report| report.makespan_ns).collect();
    Spread::of(&times)
}

fn of_plan(
    (runs, reports, middle): &(&Runs, Vec<Report>, usize),
    report: &Report,
    predicted_ns: u64,
) -> Value {
    let mut document = serde_json::to_value(report).unwrap_or_default();
    let repeats: Vec<u64> = reports.iter().map(|report| report.makespan_ns).collect();
    let quartiles = spread(reports).map(|spread| [spread.q1, spread.median, spread.q3]);
    let more = json!({
        "repeats": repeats,
        "predicted_ns": predicted_ns,
        "makespan_quartiles_ns": quartiles,
        "harness_ns": runs.noting_ns.get(*middle),
        // No browser says what else goes on.
        "other_load_cores": null,
        "speed_drift": runs.drift.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())),
    });
    if let (Some(document), Value::Object(more)) = (document.as_object_mut(), more) {
        document.extend(more);
    }
    document
}
