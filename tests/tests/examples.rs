//! The embedded examples: well named, explained, and covering what they set out to cover.

use std::collections::BTreeSet;

use trilane_core::examples::{Topic, all, find};

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
fn every_example_names_plans_that_show_it() {
    for example in all() {
        assert!(!example.plans.is_empty(), "{}", example.name);
        assert!(!example.says.is_empty(), "{}", example.name);
    }
}
