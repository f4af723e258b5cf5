//! What a stranger sees, whole: runs on a machine on which nothing costs anything, so that these
//! change with the rules and the layout, and not with every figure of a profile.

use trilane_core::scenario::{Format, Scenario, parse};

use crate::machine::ideal;
use crate::run;
use crate::show::{advice, race};
use crate::term::{Colour, Line, Look, paint, width_of};

const PAGES: &str = r#"
trilane = 1
title = "Sixteen pages"
[tasks.page]
count = 16
steps = [ { io = "40ms" }, { native = "4ms" }, { cpu = "10ms" } ]
"#;

const LOCKS: &str = r#"
trilane = 1
title = "Two locks in opposite order"
[tasks.a]
count = 1
steps = [ { lock = "x", steps = [ { io = "5ms" }, { lock = "y", steps = [ { cpu = "1ms" } ] } ] } ]
[tasks.b]
count = 1
steps = [ { lock = "y", steps = [ { io = "5ms" }, { lock = "x", steps = [ { cpu = "1ms" } ] } ] } ]
[resources]
x = { permits = 1 }
y = { permits = 1 }
"#;

fn scenario(text: &str) -> Scenario {
    parse(text, Format::Toml).expect("a scenario")
}

/// Lays out, holds the width, and paints.
fn shown(width: usize, ascii: bool, lines: impl Fn(&Look) -> Vec<Line>) -> String {
    let look = Look {
        width,
        colour: Colour::None,
        ascii,
    };
    let text = paint(&lines(&look), &look);
    for line in text.lines() {
        assert!(
            width_of(line) <= width,
            "{} columns: {line}",
            width_of(line)
        );
    }
    text
}

fn raced(text: &str, plans: &[&str], width: usize, ascii: bool) -> String {
    let scenario = scenario(text);
    let mut machine = ideal(4);
    let plans: Vec<String> = plans.iter().map(|plan| (*plan).to_owned()).collect();
    let entries = machine.entries(&plans).expect("plans");
    let done = run::race(&scenario, &machine, &entries, 0, 0, true);
    shown(width, ascii, |look| {
        race::lines(
            &done.race,
            &done.runners,
            &done.traces,
            &machine.python,
            look,
        )
    })
}

const PLANS: [&str; 5] = [
    "sync",
    "threads(4)",
    "processes(4)",
    "asyncio",
    "threads(4)@3.14t",
];

#[test]
fn lanes_in_80_columns() {
    insta::assert_snapshot!(raced(PAGES, &PLANS, 80, false));
}

#[test]
fn lanes_in_60_columns_of_seven_bits() {
    insta::assert_snapshot!(raced(PAGES, &PLANS, 60, true));
}

#[test]
fn lanes_of_a_deadlock() {
    insta::assert_snapshot!(raced(LOCKS, &["sync", "threads(2)", "asyncio"], 80, false));
}

#[test]
fn advice_in_80_columns() {
    let mut machine = ideal(4);
    let advice = crate::commands::advise::work_out(&scenario(PAGES), &mut machine, &[], 0);
    let advice = advice.expect("advice");
    insta::assert_snapshot!(shown(80, false, |look| advice::lines(&advice, look)));
    for width in 60..=160 {
        shown(width, true, |look| advice::lines(&advice, look));
    }
}
