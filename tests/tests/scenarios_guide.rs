//! The guide to scenarios shows only what really parses.

use trilane_core::plan::parse_plan;
use trilane_core::scenario::{Format, parse};

const GUIDE: &str = include_str!("../../docs/SCENARIOS.md");

/// The fenced blocks of the guide: what stands after the fence, and the text.
fn blocks() -> Vec<(&'static str, String)> {
    let mut blocks = Vec::new();
    let mut lines = GUIDE.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push((language, body.join("\n")));
        }
    }
    blocks
}

/// The blocks of one language; at least one.
fn of(language: &str) -> Vec<String> {
    let found: Vec<String> = blocks()
        .into_iter()
        .filter(|block| block.0 == language)
        .map(|block| block.1)
        .collect();
    assert!(!found.is_empty(), "no block of {language}");
    found
}

/// A block that starts at its tables stands for a file with the required keys above them.
fn whole(block: &str) -> String {
    match block.starts_with("trilane") {
        true => block.to_owned(),
        false => format!("trilane = 1\ntitle = \"from the guide\"\n{block}"),
    }
}

#[test]
fn every_scenario_in_the_guide_parses() {
    for block in of("toml") {
        if let Err(problems) = parse(&whole(&block), Format::Toml) {
            panic!("{}\nin\n{block}", problems[0].render("the guide"));
        }
    }
}

#[test]
fn every_json_scenario_in_the_guide_parses() {
    for block in of("json") {
        if let Err(problems) = parse(&block, Format::Json) {
            panic!("{}\nin\n{block}", problems[0].render("the guide"));
        }
    }
}

#[test]
fn every_plan_in_the_guide_parses() {
    for block in of("plan") {
        for plan in block.lines() {
            assert!(parse_plan(plan).is_ok(), "{plan}");
        }
    }
}

#[test]
fn the_wrong_file_in_the_guide_has_the_problems_that_it_tells_of() {
    for block in of("toml wrong") {
        let problems = parse(&whole(&block), Format::Toml).expect_err("it is wrong");
        assert_eq!(problems.len(), 2, "{problems:#?}");
        assert!(
            problems.iter().any(|problem| problem.remedy.contains("db")),
            "{problems:#?}"
        );
    }
}
