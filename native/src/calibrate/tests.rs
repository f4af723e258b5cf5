//! From figures that were measured once to profiles.

use std::path::PathBuf;

use trilane_core::profile::{FigureValue, PARAMETERS, Profile, Provenance, parse_profile};

use super::figures::{Answer, Figures};
use super::mapping;
use crate::python::Interpreter;

/// What a 3.14 answered, but for two figures: one it could not take, and one that makes no sense.
fn recorded() -> Figures {
    let text = include_str!("figures-3.14.json");
    let answer: Answer = serde_json::from_str(text).expect("an answer");
    answer.figures
}

fn interpreter(version: [u32; 3], gil: bool) -> Interpreter {
    Interpreter {
        path: PathBuf::from("/usr/bin/python3"),
        version,
        release: String::new(),
        build: String::new(),
        gil,
        free_threaded: !gil,
        implementation: "CPython".to_owned(),
        interpreters: version >= [3, 14, 0],
        start_methods: vec![],
    }
}

/// The profile, after a trip through its file; every parameter must be there.
fn profile(python: &Interpreter, measured: &Figures, with_gil: Option<&Figures>) -> Profile {
    let made = mapping::profile(python, measured, with_gil);
    let read = parse_profile(&made.to_toml()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read, made);
    let wanted = PARAMETERS
        .iter()
        .filter(|p| python.interpreters || !p.needs_interpreters())
        .filter(|p| !p.is_optional());
    let wanted: Vec<&str> = wanted.map(|p| p.name).collect();
    let has: Vec<&str> = read.figures.iter().map(|f| f.parameter.name).collect();
    assert_eq!(has, wanted);
    read
}

fn source<'a>(profile: &'a Profile, name: &str) -> (Provenance, &'a str) {
    let figure = profile.figures.iter().find(|f| f.parameter.name == name);
    let figure = figure.expect("every parameter is there");
    (figure.from, &figure.source)
}

#[test]
fn the_profile_of_figures_that_were_measured_once() {
    let made = profile(&interpreter([3, 14, 8], true), &recorded(), None);
    insta::assert_snapshot!(made.to_toml());
    let estimated = made
        .figures
        .iter()
        .filter(|f| f.from != Provenance::Measured);
    let estimated: Vec<&str> = estimated.map(|f| f.parameter.name).collect();
    // The slice is the embedded profile's, which has it from the kernel's source.
    assert_eq!(estimated, ["slice", "transfer"]);
}

#[test]
fn what_was_not_measured_is_borrowed_and_says_so() {
    let mut measured = recorded();
    let check = |measured: &Figures, version, name, says: &[&str]| {
        let made = profile(&interpreter(version, true), measured, None);
        let (from, source) = source(&made, name);
        assert_ne!(from, Provenance::Measured, "{name}");
        for text in says {
            assert!(source.contains(text), "{name} should say {text}: {source}");
        }
        assert!(made.notes.iter().any(|note| note.contains(name)), "{name}");
    };
    check(
        &measured,
        [3, 14, 0],
        "transfer",
        &["a process at the end", "profile of 3.14"],
    );
    check(
        &measured,
        [3, 9, 18],
        "slice",
        &["makes no sense", "profile of 3.11"],
    );
    check(&measured, [3, 15, 0], "slice", &["profile of 3.14"]);
    measured.figures.remove("lock");
    check(
        &measured,
        [3, 12, 1],
        "lock",
        &["gave no figure", "profile of 3.12 has it measured"],
    );
    measured.figures.remove("interpreter_boot");
    check(
        &measured,
        [3, 15, 0],
        "interpreter_boot",
        &["profile of 3.14"],
    );
    let falling = measured.figures.get_mut("wake_idle").expect("there");
    falling.quantiles.as_mut().expect("a distribution")[0].1 = u64::MAX;
    check(&measured, [3, 13, 0], "wake_idle", &["makes no sense"]);
}

#[test]
fn a_build_without_a_gil_is_told_against_the_one_with() {
    let (own, mut other) = (recorded(), recorded());
    other.turn_ns = own.turn_ns / 1.25;
    let free = interpreter([3, 13, 0], false);
    let made = profile(&free, &own, Some(&other));
    assert_eq!((made.python.as_str(), made.gil), ("3.13t", false));
    let number = |name: &str| {
        let figure = made.figures.iter().find(|f| f.parameter.name == name);
        figure.map(|figure| figure.value.clone())
    };
    assert_eq!(number("cpu_ppm"), Some(FigureValue::Number(1_250_000)));
    assert_eq!(number("native_ppm"), Some(FigureValue::Number(1_000_000)));
    let alone = profile(&free, &own, None);
    let (from, text) = source(&alone, "cpu_ppm");
    assert_eq!(from, Provenance::Published);
    assert!(
        text.contains("no build of this version with a GIL"),
        "{text}"
    );
    assert!(text.contains("profile of 3.13t"), "{text}");
}

#[test]
fn other_load_and_quick_looks_are_noted() {
    let mut measured = recorded();
    let python = interpreter([3, 13, 0], true);
    let says = |measured: &Figures, text: &str| {
        let notes = profile(&python, measured, None).notes;
        notes.iter().any(|note| note.contains(text))
    };
    assert!(!says(&measured, "cores busy") && !says(&measured, "few samples"));
    measured.other_load = Some(0.5);
    measured.quick = true;
    assert!(says(&measured, "kept 0.5 cores busy") && says(&measured, "few samples"));
}
