//! `cargo xtask truth`: how far predictions are from real runs, over all the scenarios kept for it.
//!
//! Half of the scenarios (`tests/scenarios/tune`) may be looked at when the model or a profile is
//! changed; the other half (`held-out`) is only reported. Each Python of the machine is calibrated
//! first, then every scenario is run under every plan, predicted beside measured, by the same
//! commands that a user has. What comes out is docs/TRUTH.md and docs/truth.svg.

mod document;
mod scatter;
mod web;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::interpreter;
use crate::process::{cargo, execute, output};
use crate::written::between_marks;

/// The Pythons that are looked for.
const PYTHONS: [&str; 6] = ["3.11", "3.12", "3.13", "3.14", "3.13t", "3.14t"];
/// The plans that every scenario is run under.
const PLANS: [&str; 7] = [
    "sync",
    "threads(8)",
    "threads(each)",
    "processes(2)",
    "asyncio",
    "asyncio+threads(4)",
    "asyncio+threads(4)+processes(2)",
];
/// And under this one where the Python has it.
const INTERPRETERS: &str = "interpreters(2)";
/// What is predicted to take longer is left out: the whole must end within the hour.
const LONGEST_NS: u64 = 2_500_000_000;
/// A thread a task only up to so many.
const MOST_THREADS: u64 = 100;

/// One scenario under one plan and Python.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Case {
    scenario: String,
    held_out: bool,
    #[serde(flatten)]
    row: Row,
}

/// A row of `compare --json`, as far as it is needed.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Row {
    plan: String,
    python: String,
    predicted_ns: u64,
    measured_ns: u64,
    measured_iqr_ns: u64,
    error: Option<f64>,
    p95_ns: [u64; 2],
    predicted_time_ns: serde_json::Map<String, serde_json::Value>,
    measured_time_ns: serde_json::Map<String, serde_json::Value>,
}

impl Case {
    /// The size of the error, as a share.
    fn size(&self) -> f64 {
        self.row.error.map_or(0.0, f64::abs)
    }

    /// Half the distance of the quartiles, as a share of the median.
    fn noise(&self) -> f64 {
        0.5 * self.row.measured_iqr_ns as f64 / self.row.measured_ns.max(1) as f64
    }
}

#[derive(Debug, Deserialize)]
struct Comparison {
    rows: Vec<Row>,
}

#[derive(Debug, Deserialize)]
struct Race {
    runs: Vec<Run>,
}

#[derive(Debug, Deserialize)]
struct Run {
    plan: String,
    makespan_ns: u64,
    tasks: u64,
    outcome: String,
}

struct Options {
    repeat: u32,
    /// Only scenarios whose name holds this.
    only: Option<String>,
    pythons: Vec<String>,
    json: Option<PathBuf>,
    /// Render the documents from the rows of earlier runs.
    from: Vec<PathBuf>,
}

pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    if let Some((word, rest)) = arguments.split_first()
        && word == "--web"
    {
        return web::run(root, rest);
    }
    let options = options(arguments)?;
    let place = root.join("target/truth");
    std::fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
    let mut cases: Vec<Case> = Vec::new();
    for path in &options.from {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let earlier: Vec<Case> = serde_json::from_str(&text)
            .with_context(|| format!("{} was not written by truth", path.display()))?;
        cases.extend(earlier);
    }
    if options.from.is_empty() {
        cases = measure(root, &place, &options)?;
    }
    ensure!(!cases.is_empty(), "nothing was measured");
    let rows = options.json.clone().unwrap_or(place.join("rows.json"));
    std::fs::write(&rows, serde_json::to_string_pretty(&cases)? + "\n")
        .with_context(|| format!("cannot write {}", rows.display()))?;
    let text = document::markdown(root, &cases);
    if options.only.is_some() || !options.pythons.is_empty() {
        // A part is for looking at: the documents tell of the whole.
        println!("{text}");
        return Ok(());
    }
    for (name, text) in [
        ("docs/TRUTH.md", text),
        ("docs/truth.svg", scatter::svg(&cases)),
    ] {
        std::fs::write(root.join(name), text).with_context(|| format!("cannot write {name}"))?;
        eprintln!("wrote {name}");
    }
    let headline = document::headline(&cases);
    between_marks(&root.join("README.md"), "truth", &headline)
}

fn options(arguments: &[String]) -> Result<Options> {
    let mut options = Options {
        repeat: 3,
        only: None,
        pythons: Vec::new(),
        json: None,
        from: Vec::new(),
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .cloned()
                .with_context(|| format!("`{argument}` needs a value"))
        };
        match argument.as_str() {
            "--repeat" => {
                options.repeat = value()?.parse().context("`--repeat` needs a number")?;
            }
            "--only" => options.only = Some(value()?),
            "--python" => options.pythons.push(value()?),
            "--json" => options.json = Some(PathBuf::from(value()?)),
            "--from" => options.from.push(PathBuf::from(value()?)),
            other => bail!(
                "`{other}` is no option of truth: --repeat N, --only NAME, --python V, --json FILE, \
                 --from FILE"
            ),
        }
    }
    Ok(options)
}

fn measure(root: &Path, place: &Path, options: &Options) -> Result<Vec<Case>> {
    execute(cargo(root).args(["build", "--release", "--package", "trilane"]))?;
    let trilane = root.join("target/release/trilane");
    let scenarios = scenarios(root, options.only.as_deref())?;
    let wanted: Vec<String> = match options.pythons.as_slice() {
        [] => PYTHONS.iter().map(|&name| name.to_owned()).collect(),
        some => some.to_vec(),
    };
    let mut cases = Vec::new();
    let mut found = 0;
    for python in wanted {
        let profile = place.join(format!("{python}.toml"));
        let program = program(root, &python);
        let mut calibrate = Command::new(&trilane);
        calibrate
            .args(["calibrate", "--python", &program, "-o"])
            .arg(&profile);
        if output(&mut calibrate).is_none() {
            eprintln!("no Python {python} here that can be calibrated: left out");
            continue;
        }
        found += 1;
        for (number, (path, held_out)) in scenarios.iter().enumerate() {
            let runner = Runner {
                trilane: &trilane,
                python: &python,
                program: &program,
                profile: &profile,
                path,
            };
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let set = if *held_out { "held-out" } else { "tune" };
            for row in runner.compare(options.repeat)? {
                cases.push(Case {
                    scenario: format!("{set}/{name}"),
                    held_out: *held_out,
                    row,
                });
            }
            eprintln!("{python}  {}/{}  {set}/{name}", number + 1, scenarios.len());
        }
    }
    ensure!(
        found > 0,
        "there is no Python from 3.11 on here: install one, or give --python"
    );
    Ok(cases)
}

/// What a Python is started as: the one that the tests have, where this machine has no such version of
/// its own to be found by its number.
fn program(root: &Path, python: &str) -> String {
    let own = interpreter::program(root);
    match python == "3.14" && own.exists() {
        true => own.to_string_lossy().into_owned(),
        false => python.to_owned(),
    }
}

/// Every scenario kept for this, and whether it is held out.
fn scenarios(root: &Path, only: Option<&str>) -> Result<Vec<(PathBuf, bool)>> {
    let mut scenarios = Vec::new();
    for (set, held_out) in [("tune", false), ("held-out", true)] {
        let folder = root.join("tests/scenarios").join(set);
        let files = std::fs::read_dir(&folder)
            .with_context(|| format!("cannot read {}", folder.display()))?;
        for file in files {
            let path = file?.path();
            let wanted = only.is_none_or(|only| path.to_string_lossy().contains(only));
            if wanted && path.extension().is_some_and(|ending| ending == "toml") {
                scenarios.push((path, held_out));
            }
        }
    }
    scenarios.sort();
    Ok(scenarios)
}

struct Runner<'a> {
    trilane: &'a Path,
    python: &'a str,
    /// What it is started as.
    program: &'a str,
    profile: &'a Path,
    path: &'a Path,
}

impl Runner<'_> {
    fn compare(&self, repeat: u32) -> Result<Vec<Row>> {
        let plans = self.plans()?;
        let mut command = self.command("compare", self.program, &plans);
        command.args(["--repeat", &repeat.to_string()]);
        // A plan that failed is told on standard error; the rows of the others are there.
        let output = command.output().context("cannot run trilane")?;
        let errors = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            eprint!("{errors}");
        }
        let comparison: Comparison = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("trilane compare {}: {errors}", self.path.display()))?;
        Ok(comparison.rows)
    }

    /// The plans that end, and end soon.
    fn plans(&self) -> Result<Vec<&'static str>> {
        let mut plans = PLANS.to_vec();
        if self.python.starts_with("3.14") {
            plans.push(INTERPRETERS);
        }
        let mut command = self.command("simulate", self.python, &plans);
        let cores = std::thread::available_parallelism()?;
        command.args(["--cores", &cores.to_string()]);
        let text = output(&mut command)
            .with_context(|| format!("trilane simulate {} failed", self.path.display()))?;
        let race: Race = serde_json::from_str(&text)?;
        let soon = |run: &Run| {
            run.outcome == "completed"
                && run.makespan_ns <= LONGEST_NS
                && (run.plan != "threads(each)" || run.tasks <= MOST_THREADS)
        };
        let kept = plans.into_iter().zip(&race.runs);
        Ok(kept
            .filter(|(_, run)| soon(run))
            .map(|(plan, _)| plan)
            .collect())
    }

    fn command(&self, name: &str, python: &str, plans: &[&str]) -> Command {
        let mut command = Command::new(self.trilane);
        command.arg(name).arg(self.path).arg("--json");
        command.args(["--python", python, "--profile"]);
        command.arg(self.profile);
        for plan in plans {
            command.args(["--plan", plan]);
        }
        command
    }
}
