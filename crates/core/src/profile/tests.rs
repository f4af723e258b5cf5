//! Profiles as a whole: the embedded ones, the errors, and that list, struct and documentation agree.

use super::*;

const GOOD: &str = include_str!("good.toml");

/// Replaces `from` by `to` in a good profile, and expects a refusal that says `expect`.
fn check(from: &str, to: &str, expect: &str) {
    assert!(GOOD.contains(from), "the good profile has no `{from}`");
    let error = parse_profile(&GOOD.replacen(from, to, 1)).expect_err("must be refused");
    let text = error.to_string();
    assert!(text.contains(expect), "expected `{expect}` in:\n{text}");
}

#[test]
fn every_embedded_profile_is_good() {
    for name in embedded_names() {
        let profile = embedded(name).unwrap_or_else(|| panic!("profile {name} is refused"));
        assert_eq!(&profile.python, name);
        assert_eq!(profile.gil, !name.ends_with('t'));
        assert_eq!(profile.interpreters, name.starts_with("3.14"));
        assert_eq!(profile.fair_locks, name.starts_with("3.14"));
        let costs = profile.costs();
        assert_eq!(costs.python, *name);
        assert_eq!(costs.gil, profile.gil);
        assert_eq!(costs.switch_interval, 5_000_000);
        assert_eq!(
            costs.cpu_ppm > 1_000_000,
            !profile.gil,
            "only a build without a GIL is slower"
        );
    }
    assert!(embedded("2.7").is_none());
    assert!(embedded(default_python()).is_some_and(|profile| profile.gil));
}

#[test]
fn rust_has_a_profile_and_is_no_python() {
    let profile = rust().expect("the profile of Rust is refused");
    assert_eq!((profile.python.as_str(), profile.gil), ("rust", false));
    assert!(!profile.interpreters && !embedded_names().contains(&"rust"));
    assert_eq!(profile.start, StartMethod::Spawn);
}

#[test]
fn figures_reach_the_costs_in_nanoseconds_and_bytes() {
    let costs = parse_profile(GOOD).expect("good").costs();
    assert_eq!(costs.lock, 97);
    assert_eq!(costs.task_create, 2_000);
    assert_eq!(costs.process_boot, [900_000, 59_000_000, 2_800_000]);
    assert_eq!(costs.wake_idle.0[2], (500_000, 45_000));
    assert_eq!(costs.transfer[3].loads, 410_000);
    assert_eq!(costs.memory.thread, 16 << 10);
}

#[test]
fn the_list_of_parameters_names_every_field_of_the_costs() {
    // The fields by their Debug form: the one place that lists them without our help.
    let shown = format!("{:#?}", Costs::ideal("ideal", true));
    let fields = |indent: &str, text: &str| -> Vec<String> {
        text.lines()
            .filter_map(|line| line.strip_prefix(indent))
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(':'))
            .map(|(name, _)| name.to_owned())
            .collect()
    };
    let mut expect = Vec::new();
    for field in fields("    ", &shown) {
        match field.as_str() {
            // The head of the file, not figures.
            "python" | "gil" | "has_interpreters" | "fair_locks" | "default_start" => {}
            "process_parent" | "process_boot" => {
                let methods = ["fork", "spawn", "forkserver"];
                expect.extend(methods.map(|method| format!("{field}_{method}")));
            }
            "memory" => {
                let parts = fields("        ", &shown);
                expect.extend(parts.into_iter().map(|part| format!("memory_{part}")));
            }
            _ => expect.push(field),
        }
    }
    let mut names: Vec<String> = PARAMETERS.iter().map(|p| p.name.to_owned()).collect();
    names.sort();
    expect.sort();
    assert_eq!(names, expect);
}

#[test]
fn no_two_parameters_write_the_same_place() {
    let mut costs = Costs::ideal("ideal", true);
    let ideal = costs.clone();
    for parameter in PARAMETERS {
        let before = costs.clone();
        match parameter.slot {
            Slot::Number(slot) => *slot(&mut costs) += 1,
            Slot::Quantiles(slot) => slot(&mut costs).0.push((0, 1)),
            Slot::Transfer(slot) => {
                slot(&mut costs).push(TransferRate {
                    bytes: 0,
                    dumps: 0,
                    loads: 0,
                    pipe: 1,
                });
            }
            Slot::Shares(slot) => slot(&mut costs).push(CoreShare { cores: 1, ppm: 1 }),
        }
        assert_ne!(costs, before, "{} writes nothing", parameter.name);
    }
    for parameter in PARAMETERS {
        match parameter.slot {
            Slot::Number(slot) => *slot(&mut costs) -= 1,
            Slot::Quantiles(slot) => assert_eq!(slot(&mut costs).0.drain(..).count(), 1),
            Slot::Transfer(slot) => assert_eq!(slot(&mut costs).drain(..).count(), 1),
            Slot::Shares(slot) => assert_eq!(slot(&mut costs).drain(..).count(), 1),
        }
    }
    assert_eq!(costs, ideal);
}

#[test]
fn a_bad_file_is_told_the_value_the_rule_and_the_remedy() {
    check(
        "format = 1",
        "format = 9",
        "`9` is not a format this version reads",
    );
    check("format = 1", "", "format: is missing: add `format = 1`");
    check("gil = true", "gil = 1", "`1` is neither true nor false");
    check(
        "start = \"forkserver\"",
        "start = \"clone\"",
        "use fork, spawn or forkserver",
    );
    check(
        "date = \"2026-11-23\"",
        "date = \"today\"",
        "`today` is not a date",
    );
    check(
        "[memory]",
        "[memories]",
        "memories: is no group of parameters",
    );
    check(
        "[memory]",
        "[memory]\nmemory_socket = 1",
        "memory.memory_socket: is no parameter",
    );
    check(
        "[thread]",
        "[thread]\nlock = 1",
        "thread.lock: is no parameter of this group: move it to [step]",
    );
    check(
        "[speed]
cpu_ppm",
        "speed = 2
[other]
cpu_ppm",
        "speed: is a group of parameters",
    );
    check(
        "format = 1",
        "format = 1\nos = 2",
        "os: is no key of a profile",
    );
    check(
        "thread_boot = { us = 10",
        "thread_boot = { us = -10",
        "-10 us is negative",
    );
    check(
        "thread_boot = { us = 10",
        "thread_boot = { us = nan",
        "is no number",
    );
    check(
        "thread_boot = { us = 10",
        "thread_boot = { ms = 10_000",
        "check the unit",
    );
    check(
        "thread_boot = { us = 10",
        "thread_boot = { us = 10, ns = 1",
        "is given in two units",
    );
    check(
        "thread_boot = { us = 10",
        "thread_boot = { KiB = 10",
        "give it in one of ns, us, ms",
    );
    check(
        "thread_boot = { us = 10",
        "thread_boot = { us = 10, unit = 1",
        "`unit` is no key",
    );
    check(
        "thread_boot = {",
        "thread_bot = {",
        "thread.thread_boot: is missing",
    );
    check(
        "slice = { ms = 3",
        "slice = { ns = 0",
        "must lie between 1000 and",
    );
    check(
        "from = \"published\"",
        "from = \"guessed\"",
        "`guessed` is no provenance",
    );
    check("p0 = 15, ", "", "give p0 and p100");
    check("p5 = 25", "p5 = 50", "falls where it must rise");
    check("p5 = 25", "q5 = 25", "`q5` is no quantile");
    check(
        "{ bytes = 0,",
        "{ bytes = 1,",
        "is not a rising table that starts at 0 bytes",
    );
    check(
        "dumps_us = 0, ",
        "",
        "process.transfer.sizes.0: lacks `dumps_us`",
    );
    check(
        "busy = [ { cores = 1, ppm = 1_000_000 } ]",
        "busy = [ { cores = 2, ppm = 1_000_000 } ]",
        "must begin with one core at 1000000 ppm",
    );
    check(
        "busy = [ { cores = 1,",
        "busy = [ { core = 1,",
        "speed.core_share.busy.0: lacks `cores`",
    );
    check(
        "format = 1",
        "format = 1\nnotes = \"busy\"",
        "is no list of texts",
    );
}

#[test]
fn a_bad_file_is_told_everything_at_once() {
    match parse_profile("format = 1\ngil = 3\n") {
        Err(ProfileError::Problems(problems)) => {
            assert!(problems.len() > PARAMETERS.len(), "{problems:?}");
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        parse_profile("format = "),
        Err(ProfileError::Syntax(_))
    ));
}

#[test]
fn interpreters_need_no_figures_where_there_are_none() {
    let cut = |text: &str| {
        let (head, rest) = text.split_once("[interpreter]").expect("has the group");
        let (_, tail) = rest.split_once("[memory]").expect("has the next group");
        format!("{head}[memory]{tail}")
    };
    let without = cut(GOOD);
    assert!(parse_profile(&without).is_err());
    let profile =
        parse_profile(&without.replacen("interpreters = true", "interpreters = false", 1))
            .expect("good");
    assert_eq!(profile.costs().interpreter_boot, 0);
}

#[test]
fn a_spread_is_kept() {
    let text = GOOD.replacen(
        "thread_boot = { us = 10,",
        "thread_boot = { us = 10, spread = 1.5,",
        1,
    );
    let profile = parse_profile(&text).expect("good");
    let figure = profile
        .figures
        .iter()
        .find(|f| f.parameter.name == "thread_boot");
    assert_eq!(figure.expect("there").spread, Some(1_500));
}

#[test]
fn the_documentation_is_up_to_date() {
    let written = include_str!("../../../../docs/PROFILES.md");
    assert!(
        written == markdown(),
        "docs/PROFILES.md is old: run `cargo xtask profiles`"
    );
}
