//! docs/TRUTH.md: the figures, and where they are worst.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use super::Case;
use crate::written;

/// So many of the worst are told.
const WORST: usize = 10;

/// The whole document.
pub(super) fn markdown(root: &Path, cases: &[Case]) -> String {
    let mut text = String::from(
        "# How true the predictions are\n\n\
         `cargo xtask truth` writes this page: it calibrates every Python it finds, then runs each scenario of\n\
         `tests/scenarios` under each plan, predicted beside measured (`trilane compare`). The scenarios in\n\
         `tune` may be looked at when the model is changed; those in `held-out` are only reported. An error is\n\
         predicted ÷ measured − 1, of the run time; noise is half the distance between the quartiles of the\n\
         measured runs. Plans that are predicted to take over 2.5 s, or never to end, are left out.\n\n",
    );
    let _ = writeln!(text, "{}\n", machine(root));
    text.push_str("![Predicted against measured run time, a dot a scenario and plan](truth.svg)\n");
    let _ = writeln!(text, "\n## In all\n\n{}", HEAD);
    summary(&mut text, "all", cases.iter());
    summary(
        &mut text,
        "held out",
        cases.iter().filter(|case| case.held_out),
    );
    summary(
        &mut text,
        "to tune on",
        cases.iter().filter(|case| !case.held_out),
    );
    by(&mut text, "By Python", cases, |case| {
        case.row.python.clone()
    });
    by(&mut text, "By plan", cases, |case| short(&case.row.plan));
    by(&mut text, "By scenario", cases, |case| {
        case.scenario.clone()
    });
    worst(&mut text, cases);
    text.push_str(KNOWN);
    text
}

/// Causes that were found and are not modelled; whoever models one takes it out.
const KNOWN: &str = "
## What is known of the rest

- *A woken thread that has used its share waits.* When every core is busy, Linux lets a thread that wakes up
  push another off only if it is owed time (its lag, `kernel/sched/fair.c: pick_eevdf`). An event loop that
  computes, or a thread that just had the lock, is not: scheduler traces of such runs show waits for a core of
  2 to 4 ms at a wake-up. The model lets every sleeper in at once, as the calibration finds it for one that
  mostly sleeps. That makes plans in which native code and Python share the cores look 5 to 15 % too fast.
- *Waiters for the lock begin anew every 5 ms.* A waiter that times out in `take_gil` joins the condition's
  line again at its end, so it is not the longest waiter that is woken but the one whose last time-out lies
  longest back; the model keeps the order of arrival. Where many threads want the lock after I/O of unequal
  length (a crawler under `threads(20)`), real threads bunch up and leave it idle later: 10 to 25 % too fast.
- *A queue a core.* Threads wait on one core while another has fewer; the model has one queue for all.
- *Many tiny items through a process pool* cost the parent more than one at a time: its three threads wake
  each other through the lock and through pipes, and whoever wakes a sleeper pays for it. 10 to 25 % too fast.
- *Interpreters that share a lock or hand over tiny tasks* are slower than the sum of what was calibrated:
  20 to 45 % too fast.
- *The same bytecode is not always equally fast* (ARCHITECTURE.md, \"Real runs\"): what is left of it after the
  trial is up to 5 % of a run's CPU time under 3.11 and 3.12, and is in the measurement, not in its noise.
";

const HEAD: &str = "| | cases | median error | 90 % within | bias | noise | order right |\n\
                    |---|--:|--:|--:|--:|--:|--:|";

/// A plan without its numbers: what it is, not how large.
fn short(plan: &str) -> String {
    plan.replace(", start=", " ")
        .replace(['(', ')'], " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace(" +", "+")
}

fn summary<'a>(text: &mut String, name: &str, cases: impl Iterator<Item = &'a Case>) {
    let cases: Vec<&Case> = cases.collect();
    let sizes = sorted(&cases, &Case::size);
    let bias = sorted(&cases, &|case| case.row.error.unwrap_or(0.0));
    let noise = sorted(&cases, &Case::noise);
    let share = |value: Option<f64>| value.map_or("–".to_owned(), |value| percent(value, false));
    let (pairs, right) = order(&cases);
    let order = match pairs {
        0 => "–".to_owned(),
        n => format!("{:.1} % of {n}", 100.0 * right as f64 / n as f64),
    };
    let _ = writeln!(
        text,
        "| {name} | {} | {} | {} | {} | {} | {order} |",
        cases.len(),
        share(trilane_core::compare::median(&sizes)),
        share(trilane_core::compare::rank(&sizes, 90)),
        trilane_core::compare::median(&bias).map_or("–".to_owned(), |value| percent(value, true)),
        share(trilane_core::compare::median(&noise)),
    );
}

fn sorted(cases: &[&Case], of: &dyn Fn(&Case) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = cases.iter().map(|case| of(case)).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn by(text: &mut String, title: &str, cases: &[Case], key: impl Fn(&Case) -> String) {
    let mut groups: BTreeMap<String, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        groups.entry(key(case)).or_default().push(case);
    }
    let _ = writeln!(text, "\n## {title}\n\n{HEAD}");
    for (name, group) in groups {
        summary(text, &name, group.into_iter());
    }
}

/// Pairs of plans of one scenario under one Python that clearly differ, and how many of them are
/// predicted in the right order.
fn order(cases: &[&Case]) -> (u64, u64) {
    let mut races: BTreeMap<(&str, &str), Vec<(u64, u64)>> = BTreeMap::new();
    for case in cases {
        let race = (case.scenario.as_str(), case.row.python.as_str());
        let times = (case.row.predicted_ns, case.row.measured_ns);
        races.entry(race).or_default().push(times);
    }
    races
        .values()
        .map(|times| trilane_core::compare::order(times))
        .fold((0, 0), |(pairs, right), order| {
            (pairs + order.pairs, right + order.right)
        })
}

fn worst(text: &mut String, cases: &[Case]) {
    let mut cases: Vec<&Case> = cases.iter().collect();
    cases.sort_by(|a, b| b.size().total_cmp(&a.size()));
    let _ = writeln!(
        text,
        "\n## The worst {WORST}\n\n| scenario | plan | Python | predicted | measured | error | noise | where the tasks' time differs most |\n\
         |---|---|---|--:|--:|--:|--:|---|"
    );
    for case in cases.into_iter().take(WORST) {
        let row = &case.row;
        let _ = writeln!(
            text,
            "| {} | `{}` | {} | {} | {} | {} | {} | {} |",
            case.scenario,
            row.plan,
            row.python,
            ms(row.predicted_ns),
            ms(row.measured_ns),
            percent(row.error.unwrap_or(0.0), true),
            percent(case.noise(), false),
            reason(case)
        );
    }
}

/// The states in which the tasks were much longer, or shorter, than predicted.
fn reason(case: &Case) -> String {
    let mut differences: Vec<(i64, &str)> = case
        .row
        .measured_time_ns
        .iter()
        .map(|(state, measured)| {
            let predicted = case.row.predicted_time_ns.get(state);
            let ns =
                |value: Option<&serde_json::Value>| value.and_then(|v| v.as_i64()).unwrap_or(0);
            (ns(Some(measured)) - ns(predicted), state.as_str())
        })
        .collect();
    differences.sort_by_key(|&(ns, _)| std::cmp::Reverse(ns.abs()));
    let told: Vec<String> = differences
        .iter()
        .take(2)
        .filter(|&&(ns, _)| ns != 0)
        .map(|&(ns, state)| {
            let sign = if ns > 0 { "+" } else { "−" };
            format!("{state} {sign}{}", ms(ns.unsigned_abs()))
        })
        .collect();
    told.join(", ")
}

fn ms(ns: u64) -> String {
    match ns as f64 / 1e6 {
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms => format!("{ms:.0} ms"),
    }
}

fn percent(share: f64, signed: bool) -> String {
    let percent = 100.0 * share;
    match (signed, percent < 0.0) {
        (true, true) => format!("−{:.1} %", -percent),
        (true, false) => format!("+{percent:.1} %"),
        _ => format!("{percent:.1} %"),
    }
}

/// The machine and the program.
fn machine(root: &Path) -> String {
    let mut commit = Command::new("git");
    commit
        .current_dir(root)
        .args(["rev-parse", "--short", "HEAD"]);
    format!(
        "Machine: {}. Commit {}.",
        written::machine(),
        written::first_line(&mut commit)
    )
}

/// What the README says: the headline, and where it comes from.
pub(super) fn headline(cases: &[Case]) -> String {
    let told = |cases: &[&Case]| {
        let sizes = sorted(cases, &Case::size);
        let (pairs, right) = order(cases);
        let share =
            |value: Option<f64>| value.map_or("–".to_owned(), |value| percent(value, false));
        format!(
            "**{}** off in the median, nine in ten within **{}**, and the order of plans right in **{}** of \
             {pairs} pairs that differ by more than 10 %",
            share(trilane_core::compare::median(&sizes)),
            share(trilane_core::compare::rank(&sizes, 90)),
            percent(right as f64 / pairs.max(1) as f64, false),
        )
    };
    let all: Vec<&Case> = cases.iter().collect();
    let held_out: Vec<&Case> = cases.iter().filter(|case| case.held_out).collect();
    let count = |of: &dyn Fn(&Case) -> String| {
        let mut names: Vec<String> = cases.iter().map(of).collect();
        names.sort();
        names.dedup();
        names
    };
    let pythons = count(&|case| case.row.python.clone());
    let text = format!(
        "Over {} cases, {} scenarios under every plan and CPython {}, predictions are {}. Half of those scenarios were held \
         out while the model was made; of them alone: {}. Every case, the worst ten, and the noise of the \
         measurements: [docs/TRUTH.md](docs/TRUTH.md).",
        cases.len(),
        count(&|case| case.scenario.clone()).len(),
        pythons.join(", "),
        told(&all),
        told(&held_out),
    );
    let source = format!(
        "{}, calibrated first (`cargo xtask truth`).",
        written::machine()
    );
    format!("{}\n\n{source}\n", wrapped(&text, 104))
}

/// Lines of so many characters at most, cut between words.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = &mut lines[0];
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.insert(0, word.to_owned());
        } else {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
    }
    lines.reverse();
    lines.join("\n")
}
