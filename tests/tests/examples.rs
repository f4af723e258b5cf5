//! The embedded examples: well named, explained, and covering what they set out to cover.

use std::collections::BTreeSet;

use trilane_core::examples::{Topic, all, find, first, of};
use trilane_core::plan::parse_plan;
use trilane_core::scenario::{Format, parse};

/// Beliefs that each must have an example against them.
const MISCONCEPTIONS: [&str; 17] = [
    "threads never help",
    "more threads is always faster",
    "gather is parallel",
    "a blocking call hurts only its own task",
    "create_task starts at once",
    "the GIL makes code safe",
    "no GIL is free",
    "no GIL scales with shared objects",
    "processes always win for CPU work",
    "to_thread makes Python parallel",
    "executors are unlimited",
    "cancelling stops the thread",
    "awaiting one after another overlaps",
    "finished I/O runs at once",
    "concurrency is parallelism",
    "switching is free",
    "installing 3.14t is all it takes",
];

/// What is said of threads, processes and asyncio when they are taught, and the example to see it in.
const CLAIMS: [(&str, &str); 28] = [
    ("multitasking, concurrency, parallelism", "three-kitchens"),
    (
        "the GIL: one thread runs bytecode at a time",
        "one-at-a-time",
    ),
    ("I/O and C code let go of the GIL", "native-lets-go"),
    (
        "threads: I/O through blocking libraries",
        "blocking-library",
    ),
    ("threads: file reads", "file-reads"),
    (
        "threads: database drivers without async support",
        "run-in-executor",
    ),
    ("threads: shared memory risks", "gil-is-not-a-lock"),
    ("processes: CPU-bound work", "cpu-bound"),
    ("processes: image processing", "image-processing"),
    (
        "processes: machine learning preprocessing",
        "ml-preprocessing",
    ),
    ("processes: simulations", "simulations"),
    ("processes: higher start-up cost", "process-start-up"),
    ("processes: pickle overhead", "pickle-cost"),
    ("processes: more memory", "memory-per-worker"),
    ("asyncio: thousands of tasks", "ten-thousand-sockets"),
    ("asyncio: web scraping", "web-scraping"),
    ("asyncio: async database drivers", "async-database"),
    (
        "asyncio: deterministic between awaits",
        "deterministic-loop",
    ),
    (
        "asyncio: blocking calls freeze the loop",
        "one-blocking-call",
    ),
    (
        "preemptive and cooperative scheduling",
        "preemptive-or-cooperative",
    ),
    (
        "context switches of threads and of tasks",
        "context-switches",
    ),
    ("run_in_executor to threads", "run-in-executor"),
    ("run_in_executor to processes", "executor-to-processes"),
    ("the mix of all", "mix-of-all"),
    ("avoid mixing models", "avoid-mixing"),
    (
        "minimal concurrency needs: stay synchronous",
        "stay-synchronous",
    ),
    ("locks that keep shared state safe", "short-locks"),
    ("interpreters with a GIL each", "interpreters"),
];

#[test]
fn names_are_unique_and_kebab_case() {
    let mut seen = BTreeSet::new();
    for example in all() {
        let name = example.name;
        assert!(seen.insert(name), "{name} twice");
        let words_ok = name.split('-').all(|word| {
            !word.is_empty()
                && word
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        });
        assert!(words_ok, "{name} is not kebab-case");
        assert_eq!(find(name), Some(example));
    }
    assert!(seen.len() >= 24);
    assert_eq!(find("no-such-example"), None);
}

#[test]
fn every_misconception_has_its_example() {
    let covered: BTreeSet<&str> = all()
        .iter()
        .filter(|example| example.topic == Topic::Misconception)
        .map(|example| example.says)
        .collect();
    assert_eq!(covered, BTreeSet::from(MISCONCEPTIONS));
}

#[test]
fn every_claim_has_its_example() {
    for (claim, name) in CLAIMS {
        assert!(find(name).is_some(), "no example `{name}` for: {claim}");
    }
}

#[test]
fn every_example_names_plans_that_parse() {
    for example in all() {
        assert!(!example.plans.is_empty(), "{}", example.name);
        for plan in example.plans {
            assert!(parse_plan(plan).is_ok(), "{}: {plan}", example.name);
        }
    }
}

#[test]
fn every_example_parses_and_explains_itself() {
    let mut titles = BTreeSet::new();
    for example in all() {
        let name = example.name;
        let scenario = match parse(example.text(), Format::Toml) {
            Ok(scenario) => scenario,
            Err(problems) => panic!("{}", problems[0].render(name)),
        };
        assert!(scenario.title.chars().count() <= 72, "{name}: a long title");
        assert_eq!(
            scenario.title, example.title,
            "{name}: the list's title is another"
        );
        let notes = scenario.notes.unwrap_or_default();
        for part in ["**What to look for.**", "**Why.**", "**Move next.**"] {
            assert!(notes.contains(part), "{name}: notes without {part}");
        }
        assert!(titles.insert(scenario.title), "{name}: a title twice");
    }
}

#[test]
fn a_text_tells_which_example_it_is() {
    for example in all() {
        assert_eq!(of(example.text()), Some(example));
        assert_eq!(of(&format!("{} ", example.text())), None);
    }
    assert_eq!(first(), (&all()[0], all()[0].text()));
}

#[test]
fn every_example_is_small_enough_to_watch() {
    for example in all() {
        let scenario = parse(example.text(), Format::Toml).expect(example.name);
        let tasks: u32 = scenario.kinds.iter().map(|kind| kind.count).sum();
        let most = if example.name == "ten-thousand-sockets" {
            10_000
        } else {
            4_000
        };
        assert!(
            (1..=most).contains(&tasks),
            "{}: {tasks} tasks",
            example.name
        );
    }
}
