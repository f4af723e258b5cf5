//! Predicted beside measured: two bars a plan on one axis, and how far they are apart.

use trilane_core::advice::counted;
use trilane_core::compare::{Comparison, Row};
use trilane_core::report::Report;
use trilane_core::trace::Trace;
use trilane_core::units::Dur;

use super::axis::Axis;
use super::lanes;
use super::race::{self, Runner};
use crate::measure::Measured;
use crate::term::{Ink, Line, Look, sanitise, wrap};

/// Columns left of the axis: `  predicted `.
const MARGIN: usize = 12;
/// Columns right of it: a run time.
const TIME_COLUMNS: usize = 9;
/// An error up to this is good, and beyond that bad.
const GOOD: f64 = 0.05;
const BAD: f64 = 0.15;

/// One plan under one Python.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) row: Row,
    pub(crate) runner: Runner,
    pub(crate) predicted: Report,
    pub(crate) predicted_trace: Trace,
    pub(crate) measured: Measured,
}

/// The whole comparison of one scenario.
pub(crate) fn lines(
    comparison: &Comparison,
    pairs: &[Pair],
    python: &str,
    timeline: bool,
    look: &Look,
) -> Vec<Line> {
    let mut lines = head(comparison, pairs, python, look);
    let lengths: Vec<u64> = pairs
        .iter()
        .flat_map(|pair| [pair.row.predicted_ns, pair.row.measured_ns])
        .collect();
    let margin = match timeline {
        true => MARGIN.max(lanes::NAME_COLUMNS + 2),
        false => MARGIN,
    };
    let axis = Axis::of(&lengths, look.width - margin - TIME_COLUMNS);
    for pair in pairs {
        lines.push(Line::new());
        lines.push(name(pair, python, look));
        let both = [
            (
                "predicted",
                &pair.predicted,
                pair.row.predicted_ns,
                &pair.predicted_trace,
            ),
            (
                "measured",
                &pair.measured.report,
                pair.row.measured_ns,
                &pair.measured.trace,
            ),
        ];
        for (what, report, ns, trace) in both {
            let mut line = Line::new().with(Ink::Plain, " ".repeat(margin - what.len() - 1));
            line.push(Ink::Faint, format!("{what} "));
            race::bar_onto(&mut line, report, &axis, look);
            let time = Dur::from_nanos(ns).to_string();
            line.pad_to(look.width - crate::term::width_of(&time));
            line.push(Ink::Strong, time);
            lines.push(line);
            if timeline {
                lines.extend(lanes::lines(trace, &axis, margin, look));
            }
        }
        if let Some(disturbed) = crate::commands::measure::disturbed(&pair.measured) {
            for text in wrap(&disturbed, look.width - margin) {
                lines.push(
                    Line::new()
                        .with(Ink::Plain, " ".repeat(margin))
                        .with(Ink::Faint, text),
                );
            }
        }
    }
    lines.push(Line::new());
    lines.extend(axis.lines(margin, look.ascii));
    lines.push(Line::new());
    lines.extend(table(pairs, python, look));
    lines.push(Line::new());
    for text in wrap(&summary(comparison, pairs), look.width - 2) {
        lines.push(Line::new().with(Ink::Plain, "  ").with(Ink::Strong, text));
    }
    lines
}

fn head(comparison: &Comparison, pairs: &[Pair], python: &str, look: &Look) -> Vec<Line> {
    let mut lines = Vec::new();
    for text in wrap(&sanitise(&comparison.scenario), look.width - 2) {
        lines.push(Line::new().with(Ink::Plain, "  ").with(Ink::Strong, text));
    }
    let tasks = pairs.first().map_or(0, |pair| pair.predicted.tasks);
    let runs = pairs
        .first()
        .map_or(0, |pair| pair.measured.repeats.len() as u64);
    let facts = format!(
        "{} · {} · {} · seed {} · {} each",
        counted(tasks, "task"),
        counted(u64::from(comparison.cores), "core"),
        super::runtime(python),
        comparison.seed,
        counted(runs, "run"),
    );
    for text in wrap(&sanitise(&facts), look.width - 2) {
        lines.push(Line::new().with(Ink::Plain, "  ").with(Ink::Faint, text));
    }
    lines
}

fn full_name(pair: &Pair, python: &str) -> String {
    match pair.row.python == python {
        true => pair.runner.name.clone(),
        false => format!("{}@{}", pair.runner.name, pair.row.python),
    }
}

fn name(pair: &Pair, python: &str, look: &Look) -> Line {
    let mut line = Line::new()
        .with(Ink::Plain, "  ")
        .with(Ink::Strong, full_name(pair, python));
    let told = match pair.row.error {
        Some(error) => format!("error {}", percent(error)),
        None => "nothing to compare".to_owned(),
    };
    line.pad_to(look.width.saturating_sub(told.chars().count()));
    line.push(ink(pair.row.error), told);
    line
}

fn ink(error: Option<f64>) -> Ink {
    match error.map(f64::abs) {
        Some(size) if size <= GOOD => Ink::Good,
        Some(size) if size > BAD => Ink::Bad,
        _ => Ink::Plain,
    }
}

/// Latencies, and how noisy the measurement was.
fn table(pairs: &[Pair], python: &str, look: &Look) -> Vec<Line> {
    let heads = ["p50", "error", "p95", "error", "noise"];
    let widths = [9, 8, 9, 8, 8];
    let right: usize = widths.iter().sum();
    let names = look.width.saturating_sub(right + 2);
    let mut head = Line::new()
        .with(Ink::Plain, "  ")
        .with(Ink::Faint, "latency, measured");
    head.pad_to(names + 2);
    for (text, width) in heads.iter().zip(widths) {
        head.push(Ink::Faint, format!("{text:>width$}"));
    }
    let mut lines = vec![head];
    for pair in pairs {
        let row = &pair.row;
        let mut line = Line::new().with(Ink::Plain, "  ");
        let name = full_name(pair, python);
        let long = crate::term::width_of(&name) + 1 > names;
        line.push(Ink::Plain, name);
        if long {
            lines.push(std::mem::take(&mut line));
        }
        line.pad_to(names + 2);
        let noise = match row.measured_ns {
            0 => "–".to_owned(),
            ns => format!("±{:.1} %", 50.0 * row.measured_iqr_ns as f64 / ns as f64),
        };
        for (latency, at) in [(row.p50_ns, 0), (row.p95_ns, 2)] {
            let [predicted, measured] = latency;
            let error = trilane_core::compare::error(predicted, measured);
            let time = Dur::from_nanos(measured).to_string();
            line.push(Ink::Plain, race::pad_left(&time, widths[at]));
            let told = error.map_or("–".to_owned(), percent);
            line.push(ink(error), race::pad_left(&told, widths[at + 1]));
        }
        line.push(Ink::Faint, race::pad_left(&noise, widths[4]));
        lines.push(line);
    }
    lines
}

/// `−3.2 %`, with a sign.
pub(crate) fn percent(error: f64) -> String {
    let percent = error * 100.0;
    let sign = if percent < -0.05 {
        "−"
    } else if percent > 0.05 {
        "+"
    } else {
        "±"
    };
    match percent.abs() {
        size if size < 99.95 => format!("{sign}{size:.1} %"),
        size => format!("{sign}{size:.0} %"),
    }
}

fn summary(comparison: &Comparison, pairs: &[Pair]) -> String {
    let (Some(median), Some(p90)) = (comparison.median_abs_error, comparison.p90_abs_error) else {
        return "Nothing was measured that a prediction could be compared with.".to_owned();
    };
    let noise: Vec<f64> = {
        let share = |pair: &Pair| {
            0.5 * pair.row.measured_iqr_ns as f64 / pair.row.measured_ns.max(1) as f64
        };
        let mut noise: Vec<f64> = pairs.iter().map(share).collect();
        noise.sort_by(f64::total_cmp);
        noise
    };
    let noise = trilane_core::compare::median(&noise).unwrap_or(0.0);
    let mut text = match pairs.len() {
        1 => format!("The prediction is {:.1} % off", 100.0 * median),
        _ => format!(
            "Predictions are {:.1} % off in the median, nine in ten within {:.1} %",
            100.0 * median,
            100.0 * p90
        ),
    };
    text.push_str(&format!(
        "; the measurements themselves vary by ±{:.1} %.",
        100.0 * noise
    ));
    let shared = pairs.iter().filter(|pair| pair.measured.shared_machine());
    let busiest = shared.filter_map(|pair| pair.measured.others);
    if let Some(cores) = busiest.reduce(f64::max) {
        text.push_str(&format!(
            " Do not trust these errors: something else kept up to {cores:.1} cores busy meanwhile. \
             Compare again on a quiet machine."
        ));
    }
    let order = comparison.order;
    text.push_str(&match (order.pairs, order.right) {
        (0, _) => String::new(),
        (1, 1) => " The order of the two that differ by more than 10 % is right.".to_owned(),
        (1, _) => " The order of the two that differ by more than 10 % is wrong.".to_owned(),
        (pairs, right) => {
            let right = match right == pairs {
                true => "all".to_owned(),
                false => right.to_string(),
            };
            format!(
                " The order is right in {right} of {pairs} pairs that differ by more than 10 %."
            )
        }
    });
    text
}
