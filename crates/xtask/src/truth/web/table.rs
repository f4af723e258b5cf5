//! What was measured in a browser, as the part of docs/BROWSER_RUNS.md that tells of it.

use std::fmt::Write;

use anyhow::{Result, ensure};

use super::Case;
use crate::written::machine;

/// What a prediction is to be within.
const GOAL: f64 = 0.15;

/// The rows of a scenario.
pub(super) fn rows(case: &Case) -> Result<String> {
    let name = &case.name;
    let ms = |ns: u64| ns as f64 / 1e6;
    let mut out = String::new();
    let document = match &case.outcome {
        Ok(document) => document,
        Err(why) => {
            writeln!(out, "| {name} | all | – | {why} | – |")?;
            return Ok(out);
        }
    };
    for run in &document.runs {
        let [low, middle, high] = run.makespan_quartiles_ns;
        writeln!(
            out,
            "| {name} | `{}@{}` | {:.0} ms | {:.0} ms ({:.0} to {:.0}) | {:+.1} % |",
            run.plan.replace(", start=spawn", ""),
            run.python,
            ms(run.predicted_ns),
            ms(middle),
            ms(low),
            ms(high),
            run.error() * 100.0
        )?;
    }
    for failure in &document.failures {
        let (plan, why) = (&failure.plan, &failure.error);
        writeln!(out, "| {name} | `{plan}` | – | {why} | – |")?;
    }
    Ok(out)
}

/// All of it, in words and as a table.
pub(super) fn page(cases: &[Case], repeat: u32) -> Result<String> {
    let documents = || cases.iter().filter_map(|case| case.outcome.as_ref().ok());
    let runs = documents().flat_map(|document| &document.runs);
    let mut sizes: Vec<f64> = runs.map(|run| run.error().abs()).collect();
    sizes.sort_by(f64::total_cmp);
    ensure!(!sizes.is_empty(), "nothing was measured");
    let browser = documents().next().map_or("", |document| &document.machine);
    let within = sizes.iter().filter(|size| **size <= GOAL).count();
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let mut out = format!(
        "{}; {browser}, calibrated first. Of {} runs, the median of {repeat} repeats each, {within} are predicted \
         within {:.0} %; the error is {} in the median, and {} at most.\n",
        machine(),
        sizes.len(),
        GOAL * 100.0,
        percent(sizes[sizes.len() / 2]),
        percent(sizes[sizes.len() - 1]),
    );
    let too_long = cases.iter().filter(|case| !case.left_out.is_empty());
    let too_long: Vec<String> = too_long
        .map(|case| format!("{} under `{}`", case.name, case.left_out.join("`, `")))
        .collect();
    if !too_long.is_empty() {
        let longest = super::LONGEST_NS as f64 / 1e9;
        writeln!(
            out,
            "Predicted to take more than {longest} s, and left out: {}.",
            too_long.join("; ")
        )?;
    }
    out.push_str("\n| scenario | plan | predicted | measured, half of the runs | error |\n|---|---|--:|--:|--:|\n");
    for case in cases {
        out.push_str(&rows(case)?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::super::{Document, Run};
    use super::*;

    fn case(name: &str, outcome: Result<Document, String>) -> Case {
        Case {
            name: name.to_owned(),
            outcome,
            left_out: vec![],
        }
    }

    #[test]
    fn errors_are_told_with_their_sign_and_counted() {
        let run = |predicted_ns, measured| Run {
            plan: "processes(2, start=spawn)".to_owned(),
            python: "browser".to_owned(),
            predicted_ns,
            makespan_quartiles_ns: [measured, measured, measured],
        };
        let document = Document {
            machine: "Chromium 1, 2 cores".to_owned(),
            runs: vec![run(90_000_000, 100_000_000), run(150_000_000, 100_000_000)],
            failures: vec![],
        };
        let mut first = case("a", Ok(document));
        first.left_out = vec!["sync".to_owned(), "asyncio".to_owned()];
        let cases = [first, case("b", Err("it hung".to_owned()))];
        let page = page(&cases, 3).expect("a table");
        assert!(
            page.contains("| a | `processes(2)@browser` | 90 ms | 100 ms (100 to 100) | -10.0 % |"),
            "{page}"
        );
        assert!(page.contains("1 are predicted within 15 %"), "{page}");
        assert!(
            page.contains("2.5 s, and left out: a under `sync`, `asyncio`."),
            "{page}"
        );
        assert!(page.contains("| b | all | – | it hung | – |"), "{page}");
        assert!(super::page(&[], 3).is_err());
    }
}
