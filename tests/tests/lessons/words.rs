//! The words around the chapters: labels with their gaps, and what the simulator says.

use std::cell::RefCell;
use std::collections::BTreeSet;

use trilane_core::advice::why::held_back;
use trilane_core::advisor::{self, Alone};
use trilane_core::race::Machine;
use trilane_core::trace::{SpanKind, Trace};
use trilane_core::workload::draw;
use trilane_core::{examples, model, race};
use trilane_lessons::course::Language;
use trilane_timeline::kitchen::Kitchen;
use trilane_timeline::svg::{self, Options};
use trilane_timeline::words::Say;

use super::{COURSE, source};

/// What the simulator says of any example is said in every language that has phrases for it, whole.
#[test]
fn what_held_runs_back_is_told_in_every_language() {
    let others = || {
        COURSE
            .iter()
            .filter(|language| !language.phrases.is_empty())
    };
    assert_eq!(others().count(), COURSE.len() - 1);
    for language in others() {
        for (template, words) in language.phrases.pairs() {
            let gaps = |text: &str| {
                (0..9)
                    .filter(|n| text.contains(&format!("{{{n}}}")))
                    .count()
            };
            assert_eq!(gaps(template), gaps(words), "{template}: {words}");
        }
    }
    let mut said = BTreeSet::new();
    for example in examples::all() {
        let scenario = race::read(example.text()).expect("an example");
        let cores = scenario.cores.unwrap_or(race::CORES);
        let mut machine = Machine::new(cores, "3.14", None).expect("a machine");
        let plans = example.plans.iter().map(|&plan| plan.to_owned());
        let mut entries = machine.entries(&plans.collect::<Vec<_>>()).expect("plans");
        entries.extend(machine.entries(&[]).expect("plans"));
        let workload = draw(&scenario, scenario.seed);
        for entry in entries {
            let mut setup = race::setup(&workload, &machine, &entry, 0);
            setup.max_events = setup.max_events.min(200_000);
            let report = model::summarise(&setup);
            if report.outcome != "stopped" {
                said.insert(held_back(&report, machine.setting(&entry)).text);
            }
        }
    }
    for name in ["fetch-and-parse", "deadlock-lock-order", "stay-synchronous"] {
        let scenario = race::read(examples::find(name).expect("an example").text());
        let scenario = scenario.expect("an example");
        let mut machine = Machine::new(race::CORES, "3.14", None).expect("a machine");
        let counsel = advisor::advise(&scenario, &mut machine, &[], scenario.seed, &Alone);
        said.extend(counsel.expect("plans that run").advice.because);
    }
    said.extend(SpanKind::ALL.iter().map(|kind| kind.label().to_owned()));
    const ENGLISH: [&str; 12] = [
        "the", "of", "and", "only", "is", "are", "takes", "busy", "waits", "tasks", "for", "it",
    ];
    for language in others() {
        let untold = said.iter().filter_map(|text| {
            let here = language.phrases.say(text, language.decimal.mark());
            let words = here.split(|c: char| !c.is_alphanumeric() && c != '-');
            let whole = !words.into_iter().any(|word| ENGLISH.contains(&word));
            let known = whole && language.phrases.knows(text);
            (!known).then(|| format!("`{text}` becomes `{here}`"))
        });
        let untold: Vec<String> = untold.collect();
        assert!(untold.is_empty(), "{}: {untold:#?}", language.code);
    }
}

/// Whatever stands in a picture of an example, or is read out of it, is said in every language.
#[test]
fn pictures_speak_every_language() {
    const ENGLISH: [&str; 25] = [
        "the", "of", "and", "is", "are", "takes", "waits", "tasks", "for", "at", "with", "cook",
        "cooks", "pan", "pans", "stove", "kitchen", "has", "on", "plans", "core", "cores", "held",
        "want", "ready",
    ];
    let said = RefCell::new(BTreeSet::new());
    let note = |text: &str| {
        said.borrow_mut().insert(text.to_owned());
        text.to_owned()
    };
    let options = Options {
        say: Say::by(&note),
        ..Options::default()
    };
    for example in examples::all() {
        let scenario = race::read(example.text()).expect("an example");
        let cores = scenario.cores.unwrap_or(race::CORES);
        let mut machine = Machine::new(cores, "3.14", None).expect("a machine");
        let plans: Vec<String> = example.plans.iter().map(|&plan| plan.to_owned()).collect();
        let workload = draw(&scenario, scenario.seed);
        let mut traces = Vec::new();
        for entry in machine.entries(&plans).expect("plans") {
            let mut setup = race::setup(&workload, &machine, &entry, 0);
            setup.max_events = setup.max_events.min(20_000);
            traces.push(model::record(&setup));
        }
        for trace in &traces {
            // On a phone names are short.
            for width_px in [360, 1080] {
                let options = Options {
                    width_px,
                    ..options.clone()
                };
                svg::timeline(trace, &options);
            }
            let kitchen = Kitchen::new(trace);
            for part in 0..=6 {
                let at = kitchen.end_ns() / 6 * part;
                for width_px in [360, 1000] {
                    let options = Options {
                        width_px,
                        ..options.clone()
                    };
                    svg::kitchen(&kitchen, at, &options);
                }
            }
        }
        let runs: Vec<(&Trace, &str)> = traces.iter().map(|trace| (trace, "")).collect();
        svg::race(&runs, &options);
    }
    let said = said.into_inner();
    assert!(said.len() > 500, "{said:?}");
    for language in COURSE.iter().filter(|one| !one.phrases.is_empty()) {
        let untold = said.iter().filter_map(|text| {
            let here = language.phrases.say(text, language.decimal.mark());
            let mut words = here.split(|c: char| !c.is_alphanumeric() && c != '-');
            let foreign = words.any(|word| ENGLISH.contains(&word));
            foreign.then(|| format!("`{text}` becomes `{here}`"))
        });
        let untold: Vec<String> = untold.take(20).collect();
        assert!(untold.is_empty(), "{}: {untold:#?}", language.code);
    }
}

/// What is filled into a label is filled into its translation as well.
#[test]
fn labels_of_all_languages_have_the_same_gaps() {
    fn gaps(value: &serde_json::Value, at: &str, found: &mut Vec<(String, Vec<String>)>) {
        let inside = |name: &str| format!("{at}.{name}");
        match value {
            serde_json::Value::String(text) => {
                let gaps = (0..4).map(|n| format!("{{{n}}}"));
                let there = gaps.filter(|gap| text.contains(gap.as_str()));
                found.push((at.to_owned(), there.collect()));
            }
            serde_json::Value::Object(all) => {
                all.iter()
                    .for_each(|(name, one)| gaps(one, &inside(name), found));
            }
            serde_json::Value::Array(all) => {
                let places = all.iter().enumerate();
                places.for_each(|(n, one)| gaps(one, &inside(&n.to_string()), found));
            }
            _ => {}
        }
    }
    let of = |language: &Language| {
        let labels = serde_json::to_value(&language.labels).expect("only words");
        let mut found = Vec::new();
        gaps(&labels, "labels", &mut found);
        found
    };
    let expect = of(source());
    assert!(expect.iter().any(|(_, gaps)| gaps.len() == 3));
    for language in COURSE.iter() {
        assert_eq!(of(language), expect, "{}", language.code);
    }
}
