//! `cargo xtask truth --web`: how far predictions are from real runs in a browser, with the browser's own
//! profile.
//!
//! crates/bench/agree.js calibrates headless Chromium and runs scenarios in it. What comes out is a table in
//! docs/BROWSER_RUNS.md; with `--profile` the embedded profile of browsers as well.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::json;

use crate::web::{self, Mode};
use crate::written::{between_marks, machine};
use crate::{browser, npm};

/// Examples of each sort of work, small enough to be run often.
const EXAMPLES: [&str; 7] = [
    "web-scraping",
    "fetch-and-parse",
    "mix-of-all",
    "one-blocking-call",
    "producer-consumer",
    "run-in-executor",
    "to-thread-is-not-parallel",
];
/// Work for the processor alone: what the lock, and the other cores, are about.
const CPU: &str =
    "trilane = 1\ntitle = \"CPU work\"\n[tasks.a]\ncount = 4\nsteps = [ { cpu = \"60ms\" } ]\n";
const PLANS: [&str; 6] = [
    "asyncio",
    "threads(2)@nogil",
    "threads(2)@gil",
    "processes(2)",
    "asyncio+threads(2)",
    "asyncio+processes(2)",
];
const REPEAT: u32 = 5;
/// What a prediction is to be within.
const GOAL: f64 = 0.15;

#[derive(Debug, Deserialize)]
struct Printed {
    profile: String,
    documents: BTreeMap<String, Document>,
}

#[derive(Debug, Deserialize)]
struct Document {
    machine: String,
    runs: Vec<Run>,
    #[serde(default)]
    failures: Vec<Failure>,
}

#[derive(Debug, Deserialize)]
struct Run {
    plan: String,
    python: String,
    predicted_ns: u64,
    makespan_quartiles_ns: [u64; 3],
}

#[derive(Debug, Deserialize)]
struct Failure {
    plan: String,
    error: String,
}

impl Run {
    fn error(&self) -> f64 {
        self.predicted_ns as f64 / self.makespan_quartiles_ns[1].max(1) as f64 - 1.0
    }
}

pub(super) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let keep = match arguments {
        [] => false,
        [word] if word == "--profile" => true,
        other => bail!(
            "`{}` is not understood: `truth --web` takes `--profile`",
            other.join(" ")
        ),
    };
    browser::install(root)?;
    let dist = web::build(root, Mode::Release)?;
    let place = root.join("target/truth");
    std::fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
    let work = place.join("web.json");
    let mut cases = vec![json!({ "name": "CPU work", "text": CPU, "plans": PLANS })];
    for name in EXAMPLES {
        let path = root.join(format!("crates/core/src/examples/{name}.toml"));
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        cases.push(json!({ "name": name, "text": text, "plans": PLANS }));
    }
    let wanted = json!({ "repeat": REPEAT, "cases": cases });
    std::fs::write(&work, wanted.to_string())
        .with_context(|| format!("cannot write {}", work.display()))?;
    let mut node = npm::node(root)?;
    node.env("NODE_PATH", browser::modules(root))
        .arg(root.join("crates/bench/agree.js"))
        .arg(&dist)
        .arg(&work);
    let output = node.output().context("cannot run node")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "crates/bench/agree.js: {errors}");
    let printed: Printed =
        serde_json::from_slice(&output.stdout).context("crates/bench/agree.js printed no JSON")?;
    let table = table(&printed.documents)?;
    println!("{table}");
    between_marks(&root.join("docs/BROWSER_RUNS.md"), "truth --web", &table)?;
    if keep {
        let path = root.join("crates/core/src/profile/data/browser.toml");
        std::fs::write(&path, &printed.profile)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn table(documents: &BTreeMap<String, Document>) -> Result<String> {
    let runs = || documents.values().flat_map(|document| &document.runs);
    let mut sizes: Vec<f64> = runs().map(|run| run.error().abs()).collect();
    sizes.sort_by(f64::total_cmp);
    ensure!(!sizes.is_empty(), "nothing was measured");
    let browser = documents
        .values()
        .next()
        .map_or("", |document| &document.machine);
    let within = sizes.iter().filter(|size| **size <= GOAL).count();
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let mut out = format!(
        "{}; {browser}, calibrated first. Of {} runs, the median of {REPEAT} repeats each, {within} are predicted \
         within {:.0} %; the error is {} in the median, and {} at most.\n\n",
        machine(),
        sizes.len(),
        GOAL * 100.0,
        percent(sizes[sizes.len() / 2]),
        percent(sizes[sizes.len() - 1]),
    );
    out.push_str("| scenario | plan | predicted | measured, half of the runs | error |\n|---|---|--:|--:|--:|\n");
    let ms = |ns: u64| ns as f64 / 1e6;
    for (name, document) in documents {
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
            writeln!(
                out,
                "| {name} | `{}` | – | {} | – |",
                failure.plan, failure.error
            )?;
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let table = table(&BTreeMap::from([("a".to_owned(), document)])).expect("a table");
        assert!(
            table
                .contains("| a | `processes(2)@browser` | 90 ms | 100 ms (100 to 100) | -10.0 % |"),
            "{table}"
        );
        assert!(table.contains("1 are predicted within 15 %"), "{table}");
        assert!(super::table(&BTreeMap::new()).is_err());
    }
}
