//! Python takes the programs, whatever a scenario is called and made of. They are compiled, not
//! run: hundreds in one process.

use std::fs;

use crate::{PLANS, program, python, scenario};
use trilane_core::scenario::{Scenario, Step};

/// Compiles every file of the folder with warnings as errors, and looks at its form.
const COMPILE: &str = r#"
import pathlib
for path in sorted(pathlib.Path(".").glob("*.txt")):
    text = path.read_text(encoding="utf-8")
    try:
        compile(text, str(path), "exec", dont_inherit=True)
    except Exception as error:
        print(path, error, text, sep="\n")
"#;

pub(crate) fn check(programs: &[String]) {
    let folder = tempfile::tempdir().expect("a folder for the programs");
    for (index, text) in programs.iter().enumerate() {
        let path = folder.path().join(format!("{index:04}.txt"));
        fs::write(path, text).expect("a program is written");
    }
    let ran = python::run(&["-X", "utf8", "-c", COMPILE], folder.path());
    assert!(
        ran.ok && ran.stdout.is_empty(),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
}

const NAMES: [&str; 30] = [
    "page",
    "Page",
    "fetch-page",
    "fetch page",
    "2fast",
    "",
    "--",
    "class",
    "match",
    "_",
    "__debug__",
    "None",
    "print",
    "time",
    "main",
    "pool",
    "self",
    "python_work",
    "deadline",
    "deadline_2",
    "größe",
    "страница",
    "取得",
    "ﬁ",
    "e\u{301}",
    "\u{202e}abc",
    "a\"b\\c{d}'",
    "a\nb\r\u{0}c",
    "\"\"\"",
    "a_very_long_name_that_goes_on_and_on_until_no_line_can_hold_it_any_more",
];

const TITLES: [&str; 8] = [
    "",
    "Quotes \" ' \"\"\" '''",
    "Back\\slash \\N{DASH} \\x \\",
    "Two\nlines\r\nand\ttabs",
    "Über 取得 🐍 \u{202e}x\u{2028}y",
    "{braces} %s",
    "\u{0}\u{1b}[31m",
    "Ends with a quote \"",
];

/// Everything the language has, with names put in place afterwards: a checked scenario may refuse
/// some of them, and the programs shall not depend on that.
const EVERYTHING: &str = r#"
trilane = 1
title = "x"
seed = 9223372036854775807
[tasks.a]
count = 1000000
input = "64kB"
output = "4kB"
memory = "2MB"
arrive = "every(20ms)"
steps = [
  { io = "lognormal(80ms, 0.4)" }, { io = "1ms", blocking = true }, { cpu = "0s" }, { native = "exp(0s)" },
  { lock = "l", steps = [] }, { lock = "s", steps = [ { put = "q" } ] }, { get = "q" },
  { repeat = 10, steps = [ { gather = [ [ { io = "20ms" } ], [ { cpu = "uniform(1ms, 2ms)" }, { put = "q" } ] ] } ] },
  { timeout = "100ms", steps = [ { io = "pareto(20ms, 1.5)" }, { timeout = "normal(1ms, 1us)", steps = [ { get = "q" }, { gather = [ [ { lock = "l", steps = [ { native = "1ms" } ] } ] ] } ] } ] },
  { timeout = "1ms", steps = [ ] },
]
[tasks.b]
count = 2
arrive = "poisson(0.5/s)"
steps = []
[tasks.c]
count = 3
after = ["b"]
steps = [ { io = "1ns", on = "processes" } ]
[resources]
l = { permits = 1 }
s = { permits = 70000 }
q = { capacity = 100 }
"#;

fn named(names: [&str; 6], title: &str) -> Scenario {
    let mut scenario = scenario(EVERYTHING);
    scenario.title = title.to_owned();
    for (kind, name) in scenario.kinds.iter_mut().zip(names) {
        kind.name = name.to_owned();
    }
    for (resource, name) in scenario.resources.iter_mut().zip(&names[3..]) {
        resource.name = (*name).to_owned();
    }
    scenario
}

#[test]
fn any_name_and_title_compiles() {
    let mut programs = Vec::new();
    for (turn, name) in NAMES.iter().enumerate() {
        let other = NAMES[(turn + 7) % NAMES.len()];
        let scenario = named(
            [name, other, name, name, other, "page"],
            TITLES[turn % TITLES.len()],
        );
        // Each name meets every second plan, and its neighbour in the list the others.
        for plan in PLANS.iter().skip(turn % 2).step_by(2) {
            programs.push(program(&scenario, plan, "3.11"));
        }
    }
    check(&programs);
}

#[test]
fn every_version_compiles() {
    let scenario = scenario(EVERYTHING);
    let mut programs = Vec::new();
    for python in [
        "3.9", "3.10", "3.11", "3.12", "3.13", "3.13t", "3.14", "3.14t", "python3", "",
    ] {
        programs.extend(PLANS.map(|plan| program(&scenario, plan, python)));
    }
    check(&programs);
}

#[test]
fn kinds_that_wait_for_each_other_and_no_kinds_at_all_compile() {
    let mut circle = scenario(EVERYTHING);
    circle.kinds[1].after = vec![2];
    let mut empty = scenario(EVERYTHING);
    empty.kinds.clear();
    let mut bare = scenario(EVERYTHING);
    for kind in &mut bare.kinds {
        kind.steps = vec![
            Step::Gather {
                branches: Vec::new(),
            },
            Step::Repeat {
                times: 0,
                steps: Vec::new(),
            },
        ];
    }
    let programs: Vec<String> = [circle, empty, bare]
        .iter()
        .flat_map(|scenario| PLANS.map(|plan| program(scenario, plan, "3.11")))
        .collect();
    check(&programs);
}

#[test]
fn lines_are_as_short_as_pep_8_wants() {
    for plan in PLANS {
        for python in ["3.10", "3.13", "3.14t"] {
            let text = program(&scenario(EVERYTHING), plan, python);
            for line in text.lines() {
                assert!(line.chars().count() <= 79, "{plan}: {line}");
                assert_eq!(line.trim_end(), line, "{plan}");
                assert!(!line.contains('\t'), "{plan}: {line}");
            }
        }
    }
}
