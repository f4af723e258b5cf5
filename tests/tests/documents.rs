//! The documents of the repository: what they link to is there, and what they tell people to type
//! works.

use std::path::{Path, PathBuf};

use trilane_core::plan::parse_plan;
use trilane_core::scenario::{Format, parse};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests lie in the workspace")
        .to_owned()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Markdown file of the root and of docs.
fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in [root(), root().join("docs")] {
        for entry in std::fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.expect("a readable folder").path();
            if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A document without its code: neither blocks of it nor what stands between back-ticks.
fn prose(text: &str) -> String {
    let mut kept = String::new();
    let mut fence: Option<usize> = None;
    for line in text.lines() {
        let ticks = line.trim_start().chars().take_while(|c| *c == '`').count();
        match fence {
            Some(open) if ticks >= open => fence = None,
            Some(_) => {}
            None if ticks >= 3 => fence = Some(ticks),
            None => {
                let outside = line.split('`').step_by(2);
                kept.extend(outside.chain(["\n"]));
            }
        }
    }
    kept
}

/// The targets of `[text](target)`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
}

/// The contents of code blocks in a language.
fn blocks<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    let fence = format!("```{language}\n");
    text.split(fence.as_str())
        .skip(1)
        .filter_map(|rest| rest.split("\n```").next())
        .collect()
}

/// A heading's anchor, as the usual viewers make it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[test]
fn every_link_to_a_file_or_a_heading_leads_somewhere() {
    for document in documents() {
        let text = read(&document);
        let shown = document.display();
        for link in links(&prose(&text)).filter(|link| !link.contains("://")) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => document.clone(),
                file => document
                    .parent()
                    .expect("a file lies in a folder")
                    .join(file),
            };
            assert!(
                target.exists(),
                "{shown} links to {link}, which is not there"
            );
            if !heading.is_empty() {
                let headings = read(&target);
                let mut headings = headings.lines().filter(|line| line.starts_with('#'));
                let there = headings.any(|line| anchor(line.trim_start_matches('#')) == heading);
                assert!(
                    there,
                    "{shown} links to the heading {link}, which is not there"
                );
            }
        }
    }
}

#[test]
fn the_readme_s_scenario_is_good() {
    let text = read(&root().join("README.md"));
    let scenarios = blocks(&text, "toml");
    assert!(!scenarios.is_empty());
    for scenario in scenarios {
        parse(scenario, Format::Toml).expect("a newcomer types this first");
    }
}

#[test]
fn the_readme_s_plans_are_good() {
    let text = read(&root().join("README.md"));
    let plans = text
        .split("--plan '")
        .skip(1)
        .filter_map(|rest| rest.split('\'').next());
    let mut count = 0;
    for plan in plans {
        parse_plan(plan).unwrap_or_else(|error| panic!("{plan}: {error}"));
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn the_readme_gives_the_command_that_ci_runs() {
    let run = read(&root().join(".ci/run"));
    let command = run.lines().last().expect("it runs something");
    assert_eq!(command, "cargo xtask test");
    assert!(read(&root().join("README.md")).contains(&format!("\n{command} ")));
    assert!(read(&root().join(".github/workflows/test.yml")).contains("run: .ci/run"));
}
