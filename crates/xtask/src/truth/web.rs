//! `cargo xtask truth --web`: how far predictions are from real runs in a browser, with the browser's own
//! profile.
//!
//! A browser is calibrated, and then runs scenarios, one after another, under every plan that its profile
//! predicts to be short enough; each is shown and kept (`target/truth/web/`) as it comes, so that nothing is lost
//! where one hangs. What comes out is a table in docs/BROWSER_RUNS.md; with `--profile` the embedded profile of
//! browsers as well. `--only NAME` and `--repeat N` are for looking at a part, and write neither.

mod driver;
mod table;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use trilane_core::model::{self, Setup};
use trilane_core::plan::parse_plan;
use trilane_core::profile::{self, Costs, Profile, parse_profile};
use trilane_core::race;
use trilane_core::workload::{Workload, draw};

use self::driver::{Answer, Driver};
use super::LONGEST_NS;
use crate::browser;
use crate::web::{self, Mode};
use crate::written::{between_marks, machine};

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
/// Where the embedded profiles are.
const EMBEDDED: &str = "crates/core/src/profile/data";
/// All cases together: what is not begun by then is named and left out.
const BUDGET: Duration = Duration::from_secs(11 * 60);
/// Besides its steps a run has its calibrations, before and after, and its workers.
const AROUND_RUN: Duration = Duration::from_millis(1_500);
/// So many times what is predicted is waited for, and a while for the modules to be loaded and warm.
const PATIENCE: (u32, Duration) = (4, Duration::from_secs(60));

/// One scenario, and what its runs gave.
struct Case {
    name: String,
    /// What was measured, if it was.
    outcome: Result<Document, String>,
    /// Plans that would take too long.
    left_out: Vec<String>,
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

#[derive(Debug, PartialEq)]
struct Options {
    mode: Mode,
    profile: bool,
    only: Option<String>,
    repeat: u32,
}

pub(super) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let options = options(arguments)?;
    browser::install(root)?;
    let dist = web::build(root, options.mode)?;
    let place = root.join("target/truth/web");
    std::fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
    let scenarios = scenarios(root, options.only.as_deref())?;
    let begun = Instant::now();
    let (mut driver, calibrated) = Driver::start(root, &dist)?;
    let profile = keep(&place, "browser.toml", &calibrated.profile)?;
    eprintln!("    calibrated: {}", profile.display());
    let own = parse_profile(&calibrated.profile).context("the browser's profile")?;
    let mut cases = vec![];
    for (name, text) in scenarios {
        let case = match begun.elapsed() < BUDGET {
            true => measured(
                &mut driver,
                (&own, calibrated.cores),
                &place,
                &name,
                &text,
                options.repeat,
            )?,
            false => Case {
                name,
                outcome: Err("not run: the time for all was over".to_owned()),
                left_out: vec![],
            },
        };
        print!("{}", table::rows(&case)?);
        cases.push(case);
    }
    driver.end()?;
    let told = table::page(&cases, options.repeat)?;
    println!("{told}");
    if options.only.is_some() || options.repeat != REPEAT || options.mode == Mode::Dev {
        return Ok(());
    }
    between_marks(&root.join("docs/BROWSER_RUNS.md"), "truth --web", &told)?;
    if options.profile {
        let text = format!(
            "# What a browser is predicted with before it is calibrated itself. Written by `cargo xtask truth --web\n\
             # --profile`, on {}.\n{}",
            machine(),
            calibrated.profile
        );
        keep(&root.join(EMBEDDED), "browser.toml", &text)?;
    }
    Ok(())
}

fn options(arguments: &[String]) -> Result<Options> {
    let (mode, words) = Mode::of(arguments);
    let mut options = Options {
        mode,
        profile: false,
        only: None,
        repeat: REPEAT,
    };
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .with_context(|| format!("`{word}` needs a value"))
        };
        match word.as_str() {
            "--profile" => options.profile = true,
            "--only" => options.only = Some(value()?),
            "--repeat" => {
                let value = value()?;
                options.repeat = (value.parse().ok())
                    .filter(|repeat| (1..=100).contains(repeat))
                    .with_context(|| {
                        format!("--repeat is `{value}`: give a number from 1 to 100")
                    })?;
            }
            other => bail!(
                "`{other}` is not understood: `truth --web` takes `--profile`, `--only NAME`, `--repeat N`, `--dev`"
            ),
        }
    }
    Ok(options)
}

/// The scenarios, by name.
fn scenarios(root: &Path, only: Option<&str>) -> Result<Vec<(String, String)>> {
    let mut scenarios = vec![("cpu-work".to_owned(), CPU.to_owned())];
    for name in EXAMPLES {
        let path = root.join(format!("crates/core/src/examples/{name}.toml"));
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        scenarios.push((name.to_owned(), text));
    }
    scenarios.retain(|(name, _)| only.is_none_or(|only| name.contains(only)));
    ensure!(
        !scenarios.is_empty(),
        "no scenario's name holds `{}`",
        only.unwrap_or_default()
    );
    Ok(scenarios)
}

fn measured(
    driver: &mut Driver,
    machine: (&Profile, u32),
    place: &Path,
    name: &str,
    text: &str,
    repeat: u32,
) -> Result<Case> {
    let scenario = race::read(text).with_context(|| format!("the scenario {name}"))?;
    let work = draw(&scenario, scenario.seed);
    let mut plans = vec![];
    let mut left_out = vec![];
    let mut expected = Duration::ZERO;
    for plan in PLANS {
        let ns = predicted(plan, &work, machine).with_context(|| format!("{name} under {plan}"))?;
        if ns > LONGEST_NS {
            left_out.push(plan.to_owned());
        } else {
            plans.push(plan.to_owned());
            expected += (Duration::from_nanos(ns) * PATIENCE.0 + AROUND_RUN) * repeat;
        }
    }
    let outcome = match plans.is_empty() {
        true => Err("all plans would take too long".to_owned()),
        false => {
            let limit = u64::try_from((expected + PATIENCE.1).as_millis())?;
            match driver.run(name, text, &plans, repeat, limit)? {
                Answer::Document(document) => {
                    keep(place, &format!("{name}.json"), &document.to_string())?;
                    Ok(serde_json::from_value(document)
                        .with_context(|| format!("{name}: its document"))?)
                }
                Answer::Failed(why) => Err(why),
            }
        }
    };
    Ok(Case {
        name: name.to_owned(),
        outcome,
        left_out,
    })
}

/// The run time that a browser's profile predicts, ns.
fn predicted(plan: &str, work: &Workload, (own, cores): (&Profile, u32)) -> Result<u64> {
    let spec = parse_plan(plan)?;
    let python = match spec.python.as_deref() {
        Some("gil") => "browser-gil",
        _ => "browser",
    };
    let costs: Costs =
        profile::runtime(python, Some(own)).context("there is no profile of browsers")?;
    let plan = spec.resolve(cores, &costs)?;
    Ok(model::summarise(&Setup::new(work, plan, &costs, cores)).makespan_ns)
}

fn keep(folder: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_understood_or_named() {
        let words = |all: &str| all.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let asked = options(&words("--profile --only web --repeat 3 --dev")).expect("all is known");
        let expect = Options {
            mode: Mode::Dev,
            profile: true,
            only: Some("web".to_owned()),
            repeat: 3,
        };
        assert_eq!(asked, expect);
        let check = |line: &str, expect: &str| {
            let error = options(&words(line)).expect_err(line).to_string();
            assert!(error.contains(expect), "{error}");
        };
        check("--repeat 0", "`0`: give a number from 1 to 100");
        check("--only", "`--only` needs a value");
        check("--fast", "`--fast` is not understood");
    }

    #[test]
    fn the_embedded_profile_predicts_every_plan_that_is_run() {
        let own = profile::browser().expect("it is embedded");
        let scenario = race::read(CPU).expect("it is one");
        let work = draw(&scenario, 0);
        for plan in PLANS {
            let ns = predicted(plan, &work, (&own, 2)).expect(plan);
            assert!((120_000_000..LONGEST_NS).contains(&ns), "{plan}: {ns}");
        }
        assert!(predicted("threads(", &work, (&own, 2)).is_err());
    }
}
