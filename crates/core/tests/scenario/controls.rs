//! The knobs of a text: what they are called, and that turning one turns nothing else.

use proptest::prelude::*;
use trilane_core::advice::knobs;
use trilane_core::examples;
use trilane_core::scenario::{Control, Format, Scenario, Setting, controls, parse, turn};

use super::generate;

fn read(text: &str) -> Scenario {
    match parse(text, Format::guess("", text)) {
        Ok(scenario) => scenario,
        Err(problems) => panic!("{}\n{text}", problems[0].render("x")),
    }
}

fn control<'c>(list: &'c [Control], key: &str) -> &'c Control {
    let keys: Vec<&str> = list.iter().map(|control| control.key.as_str()).collect();
    let found = list.iter().find(|control| control.key == key);
    found.unwrap_or_else(|| panic!("{key} is none of {keys:?}"))
}

/// Where two texts differ: that part of either.
fn difference<'t>(a: &'t str, b: &'t str) -> (&'t str, &'t str) {
    let same = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| -> usize {
        let pairs = a.zip(b).take_while(|(a, b)| a == b);
        pairs.map(|(c, _)| c.len_utf8()).sum()
    };
    let start = same(&mut a.chars(), &mut b.chars());
    let (a, b) = (&a[start..], &b[start..]);
    let end = same(&mut a.chars().rev(), &mut b.chars().rev());
    (&a[..a.len() - end], &b[..b.len() - end])
}

/// Values to turn a knob to: its ends, its own, and some between them.
fn values(control: &Control) -> Vec<u64> {
    let (least, most, now) = (control.least, control.most, control.now.number());
    let mut values = vec![least, now, most];
    for number in [4_321_567, now / 3 * 2] {
        values.push(number.clamp(least, most));
    }
    values.sort_unstable();
    values.dedup();
    values
}

/// Turns every knob of a text to several values, and holds each to what it promises.
fn turns_lawfully(text: &str) {
    let before = read(text);
    let all = controls(text);
    let mut names: Vec<_> = all.iter().map(|c| (&c.group, &c.label)).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(
        names.len(),
        all.len(),
        "a label stands for one knob: {all:#?}"
    );
    let setup = knobs::Setup {
        scenario: before.clone(),
        cores: 4,
    };
    let known = knobs::knobs(&setup);
    for one in &all {
        assert!(
            (one.least..=one.most).contains(&one.now.number()),
            "{one:?}"
        );
        for number in values(one) {
            let to = one.now.with(number);
            let told = || format!("{} to {to} in\n{text}", one.key);
            let turned = turn(text, &one.key, to).unwrap_or_else(|| panic!("{}", told()));
            let (was, is) = difference(text, &turned);
            assert!(
                one.shown.contains(was),
                "turned more than {was}: {}",
                told()
            );
            assert!(was != is || was.is_empty(), "{}", told());
            let after = controls(&turned);
            assert_eq!(after.len(), all.len(), "{}", told());
            for (old, new) in all.iter().zip(&after) {
                assert_eq!(old.key, new.key, "{}", told());
                assert_eq!(
                    (&old.group, &old.label),
                    (&new.group, &new.label),
                    "{}",
                    told()
                );
                if old.key != one.key {
                    assert_eq!((old.now, &old.shown), (new.now, &new.shown), "{}", told());
                    continue;
                }
                assert_eq!((old.least, old.most), (new.least, new.most), "{}", told());
                let (wanted, got) = (number as f64, new.now.number() as f64);
                let near = (wanted - got).abs() <= wanted * 0.0051;
                // Minutes are whole.
                assert!(
                    near || (wanted - got).abs() < 6e10 && wanted > 7e12,
                    "{got}: {}",
                    told()
                );
                assert!(
                    (new.least..=new.most).contains(&new.now.number()),
                    "{}",
                    told()
                );
                // A second time nothing is left to round.
                assert_eq!(turn(&turned, &one.key, new.now).as_ref(), Some(&turned));
                assert_eq!(
                    turn(&turned, &one.key, to).as_ref(),
                    Some(&turned),
                    "{}",
                    told()
                );
                let rounded = ["uniform", "normal"]
                    .iter()
                    .any(|draw| old.shown.starts_with(draw));
                let knob = known.iter().find(|knob| knob.key == one.key);
                if let (Some(knob), false) = (knob, rounded) {
                    let expect = knob.turn(&setup, new.now.number()).scenario;
                    assert_eq!(read(&turned), expect, "{}", told());
                }
            }
        }
        let other = match one.now {
            Setting::Flag(_) => Setting::Count(1),
            _ => Setting::Flag(true),
        };
        assert_eq!(turn(text, &one.key, other), None, "{}", one.key);
    }
}

#[test]
fn every_knob_of_every_example_turns_that_one_value() {
    for example in examples::all() {
        let found = controls(example.text());
        assert!(found.len() > 1, "{}", example.name);
        turns_lawfully(example.text());
        // The knobs of the advice are there, but for what the text leaves out.
        let setup = knobs::Setup {
            scenario: read(example.text()),
            cores: 4,
        };
        for knob in knobs::knobs(&setup) {
            let is_left_out = matches!(knob.now, knobs::Value::Size(0)) || knob.key == "cores";
            if !is_left_out {
                assert_eq!(control(&found, &knob.key).now, knob.now, "{}", example.name);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_knob_of_any_scenario_turns_that_one_value(scenario in generate::scenario()) {
        turns_lawfully(&generate::toml(&scenario));
        turns_lawfully(&generate::json(&scenario));
        turns_lawfully(&generate::document(&scenario).to_string());
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,80}", key in ".{0,20}") {
        prop_assert!(controls(&text).is_empty());
        prop_assert_eq!(turn(&text, &key, Setting::Count(1)), None);
    }

    #[test]
    fn no_value_makes_it_panic(at in 0_usize..60, number in any::<u64>()) {
        let text = examples::all()[at % examples::all().len()].text();
        for one in controls(text) {
            if let Some(turned) = turn(text, &one.key, one.now.with(number)) {
                read(&turned);
            }
        }
    }

    #[test]
    fn no_damage_makes_it_panic(at in 0_usize..60, cut in 0_usize..2_000, put in "[\\[\\]{}=,.\"'\n#x0-9]{0,3}") {
        let text = examples::all()[at % examples::all().len()].text();
        let cut = cut % text.len();
        let Some((front, back)) = text.split_at_checked(cut) else { return Ok(()) };
        let damaged = format!("{front}{put}{back}");
        for one in controls(&damaged).iter().take(4) {
            turn(&damaged, &one.key, one.now.with(1));
        }
    }
}

/// A text with all the ways in which TOML says the same.
const STYLES: &str = r#"trilane = 1  # the version
title = """
Many styles"""
seed = 1_0

[tasks]
"odd name".count = 3 # three
"odd name".steps = [
  { io = 'lognormal( 80ms, 0.40 )' }, # quotes
  { io = """5ms""", on = "loop" },
  {
    io = "1ms", # a table over lines
  },
]

[tasks.page]
  count = 0x10
  arrive = "every(20ms)"	# tabs
  input = '''64kB'''
[[tasks.page.steps]]
  cpu = "5ms"
  [[tasks.page.steps]]
  io = "uniform(2ms, 4ms)"
[[tasks.page.steps]]
repeat = 3
steps.0.io = "x"
"#;

#[test]
fn toml_keeps_its_style() {
    let text = &STYLES.replace(
        "steps.0.io = \"x\"\n",
        "[[tasks.page.steps.steps]]\nio = \"1ms\"",
    );
    turns_lawfully(text);
    turns_lawfully(&text.replace('\n', "\r\n"));
    turns_lawfully(&format!("\u{feff}{text}"));
    let check = |key: &str, to, old: &str, new: &str| {
        let turned = turn(text, key, to).expect("the knob is there");
        assert!(text.contains(old), "{old}");
        assert_eq!(turned, text.replacen(old, new, 1), "{key}");
    };
    check("seed", Setting::Count(7), "1_0", "7");
    check(
        "tasks.odd name.count",
        Setting::Count(4),
        "3 # three",
        "4 # three",
    );
    let first = "tasks.odd name.steps.0";
    let (old, new) = ("'lognormal( 80ms, 0.40 )'", "'lognormal(40ms, 0.4)'");
    check(&format!("{first}.io"), Setting::Time(40_000_000), old, new);
    let (old, new) = ("0.40 )' }", "0.40 )', blocking = true }");
    check(&format!("{first}.blocking"), Setting::Flag(true), old, new);
    let (old, new) = ("\"\"\"5ms\"\"\"", "\"\"\"1.23ms\"\"\"");
    check(
        "tasks.odd name.steps.1.io",
        Setting::Time(1_234_000),
        old,
        new,
    );
    let (old, new) = ("\"1ms\", # a", "\"1ms\", blocking = true, # a");
    check(
        "tasks.odd name.steps.2.blocking",
        Setting::Flag(true),
        old,
        new,
    );
    let (old, new) = ("3 # three\n", "3 # three\n\"odd name\".memory = \"4kB\"\n");
    check("tasks.odd name.memory", Setting::Size(4_000), old, new);
    check("tasks.page.count", Setting::Count(17), "0x10", "17");
    check(
        "tasks.page.arrive",
        Setting::Time(10_000_000),
        "every(20ms)",
        "every(10ms)",
    );
    check(
        "tasks.page.input",
        Setting::Size(2_500),
        "'''64kB'''",
        "'''2.5kB'''",
    );
    let (old, new) = ("0x10\n", "0x10\n  output = \"1kB\"\n");
    check("tasks.page.output", Setting::Size(1_000), old, new);
    let (old, new) = ("uniform(2ms, 4ms)", "uniform(667us, 1.333ms)");
    check("tasks.page.steps.1.io", Setting::Time(1_000_000), old, new);
    let (old, new) = ("4ms)\"\n", "4ms)\"\n  blocking = true\n");
    check("tasks.page.steps.1.blocking", Setting::Flag(true), old, new);
    let nested = "tasks.page.steps.2.steps.0.blocking";
    let turned = turn(text, nested, Setting::Flag(true)).expect("the knob is there");
    assert_eq!(turned, format!("{text}\nblocking = true"));
    // What is there stays written.
    let back = turn(&turned, nested, Setting::Flag(false)).expect("the knob is there");
    assert_eq!(back, format!("{text}\nblocking = false"));
    assert_eq!(
        turn(text, nested, Setting::Flag(false)).as_ref(),
        Some(text)
    );
}

#[test]
fn json_keeps_its_style() {
    let text = "{ \"trilane\": 1, \"title\": \"\u{e9}\",\r\n  \"tasks\": { \"a\": {\r\n    \"count\": 2e1,\r\n    \"steps\": [{\"io\":\"5ms\"}, { \"io\" : \"1ms\" }] } } }";
    turns_lawfully(text);
    let check = |key: &str, to, old: &str, new: &str| {
        let turned = turn(text, key, to).expect("the knob is there");
        assert_eq!(turned, text.replacen(old, new, 1), "{key}");
    };
    check("tasks.a.count", Setting::Count(7), "2e1", "7");
    check(
        "tasks.a.steps.0.blocking",
        Setting::Flag(true),
        "\"5ms\"",
        "\"5ms\",\"blocking\":true",
    );
    check(
        "tasks.a.steps.1.blocking",
        Setting::Flag(true),
        "\"1ms\"",
        "\"1ms\", \"blocking\" : true",
    );
    check(
        "tasks.a.arrive",
        Setting::Count(50),
        "2e1,",
        "2e1,\r\n    \"arrive\": \"poisson(50/s)\",",
    );
    check(
        "seed",
        Setting::Count(3),
        "\u{e9}\",",
        "\u{e9}\", \"seed\": 3,",
    );
}

#[test]
fn knobs_are_named_for_people_and_in_the_order_of_the_file() {
    let text = r#"
        trilane = 1
        title = "Names"
        seed = 3
        [resources]
        db = { permits = 2 }
        inbox = { capacity = 10 }
        [tasks.page]
        count = 200
        arrive = "poisson(50/s)"
        memory = "4kB"
        steps = [
          { io = "lognormal(80ms, 0.4)" },
          { cpu = "6ms" },
          { repeat = 2, steps = [ { io = "1ms", blocking = true } ] },
          { gather = [ [ { native = "1ms" } ], [ { timeout = "9ms", steps = [ { io = "5ms" } ] } ] ] },
        ]
    "#;
    let found = controls(text);
    let told: Vec<String> = found
        .iter()
        .map(|c| {
            format!(
                "{} / {}: {} ({}) = {}",
                c.group, c.label, c.shown, c.now, c.key
            )
        })
        .collect();
    let expect = [
        "scenario / Seed: 3 (3) = seed",
        "resources / db: permits: 2 (2) = resources.db.permits",
        "resources / inbox: capacity: 10 (10) = resources.inbox.capacity",
        "page / Tasks: 200 (200) = tasks.page.count",
        "page / Arrivals a second: poisson(50/s) (50) = tasks.page.arrive",
        "page / Memory: 4kB (4kB) = tasks.page.memory",
        "page / Waits, step 1: lognormal(80ms, 0.4) (80ms) = tasks.page.steps.0.io",
        "page / Blocking library, step 1: false (false) = tasks.page.steps.0.blocking",
        "page / Python: 6ms (6ms) = tasks.page.steps.1.cpu",
        "page / Repeats: 2 (2) = tasks.page.steps.2.repeat",
        "page / Waits, step 3.1: 1ms (1ms) = tasks.page.steps.2.steps.0.io",
        "page / Blocking library, step 3.1: true (true) = tasks.page.steps.2.steps.0.blocking",
        "page / Native code: 1ms (1ms) = tasks.page.steps.3.gather.0.0.native",
        "page / Time limit: 9ms (9ms) = tasks.page.steps.3.gather.1.0.timeout",
        "page / Waits, step 4.2.1.1: 5ms (5ms) = tasks.page.steps.3.gather.1.0.steps.0.io",
        "page / Blocking library, step 4.2.1.1: false (false) = tasks.page.steps.3.gather.1.0.steps.0.blocking",
    ];
    assert_eq!(told, expect);
    turns_lawfully(text);
    // A text with problems has no knobs.
    assert_eq!(controls(&text.replace("6ms", "6")), []);
    assert_eq!(turn(text, "tasks.page.steps.9.io", Setting::Time(1)), None);
}

#[test]
fn a_slider_ends_where_the_language_does() {
    // Another kind leaves room for 100 tasks, and ten step executions for each of the many.
    let text = r#"
        trilane = 1
        title = "Near the limits"
        [tasks.many]
        count = 9999900
        steps = [ { repeat = 1, steps = [] }, { repeat = 2, steps = [ { cpu = "0ns" } ] } ]
        [tasks.few]
        count = 1
        steps = [ { io = "168h" } ]
    "#
    .replace("168h", "10080min");
    turns_lawfully(&text);
    let found = controls(&text);
    assert_eq!(control(&found, "tasks.few.count").most, 100);
    assert_eq!(control(&found, "tasks.many.count").most, 9_999_999);
    let week = 7 * 24 * 60 * 60 * 1_000_000_000;
    let time = control(&found, "tasks.few.steps.0.io");
    assert_eq!((time.least, time.most), (10_000_000_001, week));
    let repeat = control(&found, "tasks.many.steps.1.repeat");
    assert_eq!((repeat.least, repeat.most), (0, 7));
    // One more is none.
    let over = turn(&text, "tasks.few.count", Setting::Count(101));
    assert_eq!(over, None);
}
