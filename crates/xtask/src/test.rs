//! `cargo xtask test`: everything CI checks, in order, the quickest checks first.
//!
//! It ends with a count of tests on a line of its own, `412 passed, 0 failed`, which CI and people
//! look for.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::process::{cargo, execute, execute_watching};
use crate::tools;
use crate::web::Mode;

/// What a stage adds to the count at the end.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    passed: u64,
    failed: u64,
}

struct Stage {
    name: &'static str,
    about: &'static str,
    run: fn(&Path, &mut Count) -> Result<()>,
}

const STAGES: [Stage; 9] = [
    Stage {
        name: "tools",
        about: "the pinned tools are in target/tools",
        run: install,
    },
    Stage {
        name: "format",
        about: "rustfmt finds nothing to change",
        run: format,
    },
    Stage {
        name: "spelling",
        about: "typos finds no misspelt word",
        run: spelling,
    },
    Stage {
        name: "lint",
        about: "clippy finds nothing, in any target",
        run: lint,
    },
    Stage {
        name: "dependencies",
        about: "licences, sources and duplicates of dependencies are as deny.toml says",
        run: dependencies,
    },
    Stage {
        name: "docs",
        about: "the API's documentation builds, and its links lead somewhere",
        run: docs,
    },
    Stage {
        name: "web",
        about: "the page builds into dist/, which the tests in a browser open",
        run: |root, _| crate::web::build(root, Mode::Release).map(drop),
    },
    Stage {
        name: "unit",
        about: "all tests: units, goldens, laws, command line, layering",
        run: unit,
    },
    Stage {
        name: "examples",
        about: "the examples in the API's documentation run",
        run: doc_tests,
    },
];

/// The stages, a line each.
pub(crate) fn stages_help() -> String {
    STAGES
        .iter()
        .map(|stage| format!("  {:<14}  {}\n", stage.name, stage.about))
        .collect()
}

/// Runs the stages named, or all of them.
pub(crate) fn run(root: &Path, names: &[String]) -> Result<()> {
    if let Some(unknown) = names
        .iter()
        .find(|name| !STAGES.iter().any(|s| s.name == **name))
    {
        bail!(
            "`{unknown}` is no stage of `test`; they are:\n{}",
            stages_help().trim_end()
        );
    }
    let wanted = |stage: &&Stage| names.is_empty() || names.iter().any(|name| name == stage.name);
    let stages: Vec<&Stage> = STAGES.iter().filter(wanted).collect();
    let mut count = Count::default();
    let mut times = Vec::with_capacity(stages.len());
    let begun = Instant::now();
    for (i, stage) in stages.iter().enumerate() {
        eprintln!(
            "\n[{}/{}] {}: {}",
            i + 1,
            stages.len(),
            stage.name,
            stage.about
        );
        let stage_begun = Instant::now();
        let result = (stage.run)(root, &mut count);
        times.push((stage.name, stage_begun.elapsed()));
        if let Err(error) = result {
            eprintln!("\n{}", table(&times));
            println!("{} passed, {} failed", count.passed, count.failed);
            return Err(error.context(format!("the stage `{}` failed", stage.name)));
        }
    }
    times.push(("all", begun.elapsed()));
    eprintln!("\n{}", table(&times));
    if names.is_empty() || count.passed > 0 {
        println!("{} passed, {} failed", count.passed, count.failed);
    }
    Ok(())
}

fn table(times: &[(&str, std::time::Duration)]) -> String {
    times
        .iter()
        .map(|(name, time)| format!("{name:<14}{:7.1} s\n", time.as_secs_f64()))
        .collect()
}

fn install(root: &Path, _: &mut Count) -> Result<()> {
    tools::install(root, &[])
}

fn format(root: &Path, _: &mut Count) -> Result<()> {
    tools::components(root)?;
    execute(cargo(root).args(["fmt", "--all", "--check"]))
}

fn spelling(root: &Path, _: &mut Count) -> Result<()> {
    execute(tools::typos(root)?.arg("--force-exclude"))
}

fn lint(root: &Path, _: &mut Count) -> Result<()> {
    tools::components(root)?;
    let clippy = |what: &[&str]| {
        let mut clippy = cargo(root);
        clippy
            .arg("clippy")
            .args(what)
            .args(["--locked", "--quiet"]);
        execute(clippy.args(["--", "-D", "warnings"]))
    };
    clippy(&["--workspace", "--all-targets"])?;
    // Much of the page exists for browsers alone.
    crate::web::target(root)?;
    let target = ["--target", crate::web::TARGET];
    let page = ["--package", "trilane-web", "--package", "trilane-run"];
    let runner = ["--package", "trilane-runner"];
    clippy(&[&page[..], &runner[..], &target[..]].concat())?;
    // And some of it only where it is cut into parts.
    let cut = ["--package", "trilane-web", "--features", "split"];
    clippy(&[&cut[..], &target[..]].concat())
}

fn dependencies(root: &Path, _: &mut Count) -> Result<()> {
    // Advisories stand in a Git repository outside the package registries: whoever can reach it runs
    // `target/tools/bin/cargo-deny check advisories`.
    execute(tools::deny(root)?.args([
        "--workspace",
        "--locked",
        "check",
        "bans",
        "licenses",
        "sources",
    ]))
}

fn docs(root: &Path, _: &mut Count) -> Result<()> {
    let mut doc = cargo(root);
    // Whoever reads it works on it: what is private is documented too, and may be linked to.
    doc.env(
        "RUSTDOCFLAGS",
        "-D warnings -A rustdoc::private_intra_doc_links",
    );
    execute(
        doc.args([
            "doc",
            "--no-deps",
            "--document-private-items",
            "--locked",
            "--quiet",
        ])
        .args(["-p", "trilane-core", "-p", "trilane-timeline"]),
    )
}

fn unit(root: &Path, count: &mut Count) -> Result<()> {
    let mut nextest = tools::nextest(root)?;
    let report = root.join("target/nextest/default/junit.xml");
    // An old report must not be counted for a run that wrote none.
    if report.exists() {
        std::fs::remove_file(&report)
            .with_context(|| format!("cannot remove the old {}", report.display()))?;
    }
    let result = execute(nextest.args(["run", "--workspace", "--locked", "--no-fail-fast"]));
    if let Ok(text) = std::fs::read_to_string(&report) {
        let number = |key| attribute(&text, key).unwrap_or(0);
        let failed = number("failures") + number("errors");
        count.failed += failed;
        count.passed += number("tests").saturating_sub(failed);
    } else if result.is_ok() {
        bail!(
            "nextest left no report at {}: see .config/nextest.toml",
            report.display()
        );
    }
    result
}

/// The number in `key="12"` of a JUnit report's first element.
fn attribute(report: &str, key: &str) -> Option<u64> {
    let (_, element) = report.split_once("<testsuites")?;
    let (_, value) = element.split_once(&format!(" {key}=\""))?;
    value.split('"').next()?.parse().ok()
}

fn doc_tests(root: &Path, count: &mut Count) -> Result<()> {
    execute_watching(
        cargo(root).args(["test", "--doc", "--workspace", "--locked", "--quiet"]),
        |line| {
            let (passed, failed) = doc_count(line);
            count.passed += passed;
            count.failed += failed;
        },
    )
}

/// Passed and failed in `test result: ok. 3 passed; 0 failed; …`.
fn doc_count(line: &str) -> (u64, u64) {
    let Some(rest) = line.strip_prefix("test result: ") else {
        return (0, 0);
    };
    let words: Vec<&str> = rest.split([' ', ';']).collect();
    let before = |word| {
        let at = words.iter().position(|w| *w == word)?;
        words.get(at.checked_sub(1)?)?.parse().ok()
    };
    (before("passed").unwrap_or(0), before("failed").unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_from_what_the_runners_write() {
        let check = |line, expect| assert_eq!(doc_count(line), expect, "{line}");
        check(
            "test result: ok. 3 passed; 0 failed; 0 ignored; finished in 0.1s",
            (3, 0),
        );
        check("test result: FAILED. 2 passed; 1 failed; 0 ignored", (2, 1));
        check("running 3 tests", (0, 0));
        let report = "<?xml?>\n<testsuites name=\"x\" tests=\"12\" failures=\"2\" errors=\"0\">\n\
                      <testsuite tests=\"5\" failures=\"1\">";
        assert_eq!(attribute(report, "tests"), Some(12));
        assert_eq!(attribute(report, "failures"), Some(2));
        assert_eq!(attribute(report, "skipped"), None);
    }

    #[test]
    fn an_unknown_stage_is_refused_before_anything_runs() {
        let error = run(Path::new("."), &["lnit".to_owned()]).expect_err("no such stage");
        assert!(
            error.to_string().contains("`lnit` is no stage of `test`"),
            "{error}"
        );
    }
}
