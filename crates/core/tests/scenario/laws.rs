//! Laws of the reader: what is written is read, and nothing at all makes it panic or hang.

use proptest::prelude::*;
use trilane_core::scenario::{
    Arrive, Draw, Format, LONGEST, MAX_EXECUTIONS, MAX_NESTING, MAX_REPEATS, MAX_TASKS, MAX_TEXT,
    Problem, Scenario, Step, parse, parse_bytes,
};

use super::generate;

/// Parses, and holds the answer to what it promises whatever the text was.
fn parse_lawfully(text: &str, format: Format) -> Result<Scenario, Vec<Problem>> {
    let answer = parse(text, format);
    match &answer {
        Ok(scenario) => obeys_limits(scenario),
        Err(problems) => {
            assert!(!problems.is_empty());
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            let lines: Vec<&str> = text.split('\n').collect();
            for problem in problems {
                assert!(
                    !problem.message.is_empty() && !problem.remedy.is_empty(),
                    "{problem:?}"
                );
                let line = lines.get(problem.line as usize - 1);
                let characters = line.map_or(0, |line| line.chars().count());
                // A problem of a text that is too long is told without the text.
                assert!(problem.column as usize <= characters + 1, "{problem:?}");
                assert!(
                    !problem
                        .render("x")
                        .contains(|c: char| c.is_control() && c != '\n')
                );
            }
        }
    }
    answer
}

fn obeys_limits(scenario: &Scenario) {
    let tasks: u64 = scenario
        .kinds
        .iter()
        .map(|kind| u64::from(kind.count))
        .sum();
    let executions: u64 = scenario
        .kinds
        .iter()
        .map(|kind| u64::from(kind.count) * executions(&kind.steps))
        .sum();
    assert!(tasks <= MAX_TASKS && executions <= MAX_EXECUTIONS);
    for kind in &scenario.kinds {
        assert!(kind.count > 0 && !kind.name.is_empty());
        assert!(
            kind.after
                .iter()
                .all(|after| (*after as usize) < scenario.kinds.len())
        );
        let (containers, repeats) = depth(&kind.steps);
        assert!(containers <= MAX_NESTING && repeats <= MAX_REPEATS);
    }
}

fn inner(step: &Step) -> Vec<&[Step]> {
    match step {
        Step::Lock { steps, .. } | Step::Repeat { steps, .. } | Step::Timeout { steps, .. } => {
            vec![steps]
        }
        Step::Gather { branches } => branches.iter().map(Vec::as_slice).collect(),
        _ => Vec::new(),
    }
}

fn executions(steps: &[Step]) -> u64 {
    let one = |step: &Step| {
        let times = if let Step::Repeat { times, .. } = step {
            u64::from(*times)
        } else {
            1
        };
        1 + times * inner(step).into_iter().map(executions).sum::<u64>()
    };
    steps.iter().map(one).sum()
}

fn depth(steps: &[Step]) -> (u32, u32) {
    let one = |step: &Step| {
        let within = inner(step);
        if within.is_empty() {
            return (0, 0);
        }
        let within: Vec<_> = within.into_iter().map(depth).collect();
        let containers = within
            .iter()
            .map(|(containers, _)| *containers)
            .max()
            .unwrap_or(0);
        let repeats = within
            .iter()
            .map(|(_, repeats)| *repeats)
            .max()
            .unwrap_or(0);
        (
            containers + 1,
            repeats + u32::from(matches!(step, Step::Repeat { .. })),
        )
    };
    let all: Vec<_> = steps.iter().map(one).collect();
    let containers = all
        .iter()
        .map(|(containers, _)| *containers)
        .max()
        .unwrap_or(0);
    (
        containers,
        all.iter().map(|(_, repeats)| *repeats).max().unwrap_or(0),
    )
}

/// Cuts, doubles and replaces pieces of a text, some with what the language knows.
fn mutate(text: &str, edits: &[(usize, usize, usize)]) -> String {
    const PIECES: [&str; 24] = [
        "",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "=",
        ",",
        "\n",
        "-1",
        "0",
        "99999999999999999999",
        "1.5",
        "\"5ms\"",
        "5ms",
        "\"exp(\"",
        "null",
        "steps = [",
        "{ repeat = 1000000, steps = [",
        "#",
        "tasks",
        "\u{0}",
        "\u{1b}[2J",
        "\u{65e5}",
    ];
    let mut chars: Vec<char> = text.chars().collect();
    for (at, length, piece) in edits {
        let at = at % (chars.len() + 1);
        let end = (at + length % 12).min(chars.len());
        chars.splice(at..end, PIECES[piece % PIECES.len()].chars());
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn draws_are_read_as_they_are_written(draw in generate::draw(generate::dur().boxed())) {
        prop_assert_eq!(draw.to_string().parse::<Draw>(), Ok(draw));
    }

    #[test]
    fn durations_have_one_reading(value in 0..10_000_u64, places in 0..10_u32, unit in 0..5_usize) {
        let (name, scale) = [("ns", 1_u64), ("us", 1_000), ("ms", 1_000_000),
            ("s", 1_000_000_000), ("min", 60_000_000_000)][unit];
        let text = match places {
            0 => format!("{value}{name}"),
            _ => format!("{}.{:0width$}{name}", value / 10_u64.pow(places),
                value % 10_u64.pow(places), width = places as usize),
        };
        let exact = u128::from(value) * u128::from(scale);
        let whole = 10_u128.pow(places);
        let expect = (exact + whole / 2) / whole;
        match text.parse() {
            Ok(Draw::Fixed(dur)) => prop_assert_eq!(u128::from(dur.as_nanos()), expect, "{}", text),
            _ => prop_assert!(expect > u128::from(LONGEST.as_nanos()), "{} was refused", text),
        }
    }

    #[test]
    fn any_text_is_an_expression_or_is_told_why(text in ".{0,30}") {
        let told = [text.parse::<Draw>().err(), text.parse::<Arrive>().err()];
        for error in told.into_iter().flatten() {
            prop_assert!(!error.message.is_empty() && !error.remedy.is_empty());
        }
    }

    #[test]
    fn any_bytes_are_a_scenario_or_told_why(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for format in [Format::Toml, Format::Json] {
            if let Err(problems) = parse_bytes(&bytes, format) {
                prop_assert!(!problems.is_empty());
            }
        }
    }

    #[test]
    fn any_text_is_a_scenario_or_told_why(text in "\\PC{0,200}") {
        for format in [Format::Toml, Format::Json] {
            let _ = parse_lawfully(&text, format);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_scenario_is_read_as_it_is_written(scenario in generate::scenario()) {
        let toml = generate::toml(&scenario);
        prop_assert_eq!(parse_lawfully(&toml, Format::Toml), Ok(scenario.clone()), "{}", toml);
        let json = generate::json(&scenario);
        prop_assert_eq!(parse_lawfully(&json, Format::Json), Ok(scenario), "{}", json);
    }

    #[test]
    fn a_mangled_scenario_is_read_or_told_why(
        scenario in generate::scenario(),
        edits in proptest::collection::vec((any::<usize>(), any::<usize>(), any::<usize>()), 1..6),
    ) {
        let _ = parse_lawfully(&mutate(&generate::toml(&scenario), &edits), Format::Toml);
        let _ = parse_lawfully(&mutate(&generate::json(&scenario), &edits), Format::Json);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn a_mangled_example_is_read_or_told_why(
        example in 0..1000_usize,
        edits in proptest::collection::vec((any::<usize>(), any::<usize>(), any::<usize>()), 1..6),
    ) {
        let examples = trilane_core::examples::all();
        let text = mutate(examples[example % examples.len()].text(), &edits);
        let _ = parse_lawfully(&text, Format::Toml);
    }
}

/// Texts made to exhaust a stack or to take quadratic time; each has to be answered all the same.
/// They are a part of the largest allowed, because a quadratic reader would hang on these too.
#[test]
fn hostile_texts_are_answered() {
    let fill = |piece: &str| piece.repeat(MAX_TEXT / 8 / piece.len());
    let head = "trilane = 1\ntitle = \"x\"\n";
    let texts = [
        "[".repeat(MAX_TEXT),
        fill("{"),
        fill("[{"),
        fill("{a="),
        fill("a."),
        fill("a.a.a.a.a.a.a={"),
        format!("x = {}", fill("[").split_off(8)),
        format!("{{\"x\":{}", fill("[").split_off(8)),
        format!("{{\"x\":{}", fill("{\"a\":").split_off(8)),
        fill("\""),
        fill("\\"),
        fill("\n"),
        fill("=\n"),
        fill("[a]\n"),
        fill("[[a]]\n"),
        fill("a=1\n"),
        fill("\u{65e5}"),
        fill("'''"),
        (0..12_000).map(|i| format!("k{i} = 1\n")).collect(),
        (0..8_000).map(|i| format!("[tasks.k{i}]\n")).collect(),
        format!(
            "{head}[tasks.a]\ncount = 1\nsteps = []\nafter = [{}]",
            (0..10_000)
                .map(|i| format!("\"k{i}\","))
                .collect::<String>()
        ),
        format!(
            "{head}[tasks.a]\ncount = 1\nsteps = [{}]\n[resources]\n{}",
            (0..5_000)
                .map(|i| format!("{{lock=\"q{i}\",steps=[]}},"))
                .collect::<String>(),
            (0..2_000)
                .map(|i| format!("r{i} = {{ permits = 1 }}\n"))
                .collect::<String>()
        ),
    ];
    for text in texts {
        for format in [Format::Toml, Format::Json] {
            let shown: String = text.chars().take(40).collect();
            let problems = parse_lawfully(&text, format).expect_err(&shown);
            assert!(
                problems.len() <= 101,
                "{} problems for {shown}",
                problems.len()
            );
        }
    }
}

#[test]
fn nesting_goes_as_deep_as_the_limit_and_no_deeper() {
    let check = |open: &str, close: &str, deepest: usize| {
        for format in [Format::Toml, Format::Json] {
            let nested = |depth| {
                let steps = format!("{}{}", open.repeat(depth), close.repeat(depth));
                match format {
                    Format::Toml => format!(
                        "trilane=1\ntitle=\"x\"\n[tasks.a]\ncount=1\nsteps=[{}]\n\
                         [resources]\nr={{permits=1}}",
                        steps.replace(':', "=")
                    ),
                    Format::Json => format!(
                        r#"{{"trilane":1,"title":"x","tasks":{{"a":{{"count":1,"steps":[{steps}]}}}},"resources":{{"r":{{"permits":1}}}}}}"#
                    ),
                }
            };
            parse_lawfully(&nested(deepest), format)
                .unwrap_or_else(|p| panic!("{}", p[0].render("-")));
            let problems = parse_lawfully(&nested(deepest + 1), format).expect_err("too deep");
            assert_eq!(problems.len(), 1, "{problems:?}");
        }
    };
    let (containers, repeats) = (MAX_NESTING as usize, MAX_REPEATS as usize);
    check(r#"{"repeat":1,"steps":["#, "]}", repeats);
    check(r#"{"lock":"r","steps":["#, "]}", containers);
    check(r#"{"timeout":"1ms","steps":["#, "]}", containers);
    check(r#"{"gather":[["#, "]]}", containers);
}

#[test]
fn limits_hold_together() {
    let check = |tasks: &str, expect: &str| {
        let text = format!("trilane = 1\ntitle = \"x\"\n{tasks}");
        let problems = parse_lawfully(&text, Format::Toml).expect_err("over a limit");
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(
            problems[0].message.contains(expect),
            "{}",
            problems[0].message
        );
    };
    let two = |count: u64, steps: &str| {
        format!("[tasks.a]\ncount = 1\nsteps = []\n[tasks.b]\ncount = {count}\nsteps = [{steps}]\n")
    };
    check(&two(10_000_000, ""), "10000001 tasks in all");
    check(
        &two(1, "{ repeat = 100000000, steps = [ { cpu = \"1ns\" } ] }"),
        "100000001 step",
    );
    // Going round an empty loop takes time too.
    check(
        &two(2, "{ repeat = 100000000, steps = [] }"),
        "200000002 step",
    );
    check(
        &two(
            9_000_000,
            "{ gather = [ [], [], [], [], [], [], [], [], [], [], [] ] }",
        ),
        "step",
    );
    check(
        &two(
            10_000,
            "{ repeat = 9000, steps = [ { io = \"10080min\" } ] }",
        ),
        "years",
    );
    check(&two(9_999_999, "{ io = \"pareto(1min, 0.5)\" }"), "years");
}

#[test]
fn a_text_over_the_limit_is_not_even_read() {
    let text = "#".repeat(MAX_TEXT + 1);
    let problems = parse(&text, Format::Toml).expect_err("too long");
    assert_eq!(
        problems[0].message,
        "1048577 bytes of text: a scenario has at most 1048576"
    );
    assert!(parse(&"#".repeat(MAX_TEXT), Format::Toml).is_err_and(|p| p[0].path.is_empty()));
}

#[test]
fn bytes_that_are_no_text_are_told_where() {
    let problems =
        parse_bytes(b"trilane = 1\ntitle = \"\xff\"", Format::Toml).expect_err("not UTF-8");
    assert_eq!(
        problems[0].render("x.toml"),
        "x.toml:2:10: byte 0xff at offset 21 is not UTF-8\n  |\n2 | title = \"\n  |          ^\n  = save the file as UTF-8"
    );
}
