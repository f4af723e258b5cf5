//! Any bytes at all: no panic, no hang, and an exit status of the contract.
//!
//! Most of it runs inside the test, where thousands of texts take seconds; a few hundred go through
//! the binary's standard input. What is drawn is seeded, so a failure comes back.

use trilane_core::advice::work;
use trilane_core::examples;
use trilane_core::model::{self, Setup};
use trilane_core::plan::parse_plan;
use trilane_core::profile;
use trilane_core::rng::Rng;
use trilane_core::scenario::{Format, parse_bytes};
use trilane_core::workload::draw;

use crate::common::run_with;

/// Pieces that are legal somewhere, and seldom where they land.
const PIECES: &[&str] = &[
    "0",
    "1",
    "-1",
    "18446744073709551615",
    "1e308",
    "nan",
    "0ns",
    "7d",
    "600000min",
    "\"\"",
    "[]",
    "{}",
    "[[ ]]",
    "{ cpu = \"1ms\" }",
    "{ io = \"exp(5ms)\", blocking = true }",
    "{ get = \"q\" }",
    "{ put = \"q\" }",
    "{ repeat = 3, steps = [ { cpu = \"1us\" } ] }",
    "{ timeout = \"1ms\", steps = [ { io = \"pareto(1ms, 0.1)\" } ] }",
    "{ gather = [ [ { io = \"1ms\" } ], [] ] }",
    "{ lock = \"db\", steps = [ { io = \"1ms\" } ] }",
    "after = [\"page\"]",
    "arrive = \"poisson(1e9/s)\"",
    "arrive = \"every(0s)\"",
    "cores = 0",
    "count = 3",
    "[resources]\nq = { capacity = 1 }\n",
    "db = { permits = 1 }",
    "\u{202e}",
    "\u{feff}",
    "\u{1b}[2J",
    "\0",
    "'''",
    "\\",
    "=",
    "[",
    "}",
    "\n",
    "on = \"processes\"",
];

const PLANS: &[&str] = &[
    "sync",
    "threads(1)",
    "threads(3)",
    "threads(each)",
    "processes(2)",
    "processes(3, chunk=2)",
    "interpreters(2)",
    "asyncio",
    "asyncio(limit=2)",
    "asyncio+threads(1)",
    "asyncio+processes(1)",
    "asyncio+threads(2)+processes(2)",
    "threads(4)@3.14t",
    "asyncio+threads(2)@3.14t",
];

fn below(rng: &mut Rng, n: usize) -> usize {
    (rng.next_u64() % n.max(1) as u64) as usize
}

/// An example with a few things changed, cut, moved or put in.
fn mutated(rng: &mut Rng) -> Vec<u8> {
    let all = examples::all();
    let mut text = all[below(rng, all.len())].text().as_bytes().to_vec();
    // Notes are most of an example, and any text will do for them.
    if let Some(end) = text.windows(4).rposition(|w| w == b"'''\n") {
        text.splice(..end + 4, *b"trilane = 1\ntitle = \"t\"\n");
    }
    for _ in 0..=below(rng, 3) {
        let at = below(rng, text.len() + 1);
        let len = below(rng, 12).min(text.len() - at);
        match below(rng, 12) {
            0 => text.insert(at, rng.next_u64() as u8),
            1 => drop(text.drain(at..at + len)),
            2 => {
                let piece = PIECES[below(rng, PIECES.len())].bytes();
                text.splice(at..at, piece);
            }
            3 => {
                let piece: Vec<u8> = PIECES[below(rng, PIECES.len())].into();
                text.splice(at..at + len, piece);
            }
            // A number becomes another: what is still a scenario is simulated.
            4..=9 => {
                let digits = text[at..].iter().position(u8::is_ascii_digit);
                if let Some(digit) = digits {
                    text[at + digit] = b'0' + below(rng, 10) as u8;
                }
            }
            // A line is doubled, or moved to the end.
            _ => {
                let line: Vec<u8> = text[at..]
                    .split_inclusive(|&b| b == b'\n')
                    .nth(1)
                    .unwrap_or(b"")
                    .to_vec();
                let to = if below(rng, 2) == 0 { text.len() } else { at };
                text.splice(to..to, line);
            }
        }
    }
    text
}

#[test]
fn thousands_of_mutated_scenarios_are_read_and_run_to_an_end() {
    let mut rng = Rng::new(20_260_214);
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..4000 {
        let text = mutated(&mut rng);
        let format = Format::guess("-", &String::from_utf8_lossy(&text));
        let scenario = match parse_bytes(&text, format) {
            Ok(scenario) => scenario,
            Err(problems) => {
                assert!(
                    !problems.is_empty(),
                    "round {round}: refused without a reason"
                );
                for problem in &problems {
                    let shown = problem.render("<stdin>");
                    let safe = |c: char| c == '\n' || !c.is_control();
                    assert!(shown.chars().all(safe), "round {round}: {shown:?}");
                }
                refused += 1;
                continue;
            }
        };
        accepted += 1;
        if work::steps(&scenario) > 2_000 {
            continue;
        }
        let workload = draw(&scenario, rng.next_u64());
        for _ in 0..2 {
            let spec = parse_plan(PLANS[below(&mut rng, PLANS.len())]).expect("a plan");
            let python = spec
                .python
                .clone()
                .unwrap_or_else(|| profile::default_python().to_owned());
            let costs = profile::embedded(&python).expect("a profile").costs();
            let cores = 1 + below(&mut rng, 5) as u32;
            let plan = spec
                .resolve(cores, &costs)
                .expect("every plan runs on these");
            let mut setup = Setup::new(&workload, plan, &costs, cores);
            setup.max_events = 100_000;
            let report = model::summarise(&setup);
            assert!(report.finished <= report.tasks, "round {round}");
            assert_eq!(
                report.outcome == "deadlock",
                report.waiting.is_some(),
                "round {round}"
            );
        }
    }
    assert!(
        accepted > 400 && refused > 400,
        "{accepted} accepted, {refused} refused"
    );
}

#[test]
fn hundreds_through_the_binary_keep_to_the_exit_status() {
    let mut rng = Rng::new(7);
    for round in 0..300 {
        let text = match below(&mut rng, 4) {
            0 => (0..below(&mut rng, 300))
                .map(|_| rng.next_u64() as u8)
                .collect(),
            _ => mutated(&mut rng),
        };
        let format = Format::guess("-", &String::from_utf8_lossy(&text));
        let scenario = parse_bytes(&text, format);
        if scenario
            .as_ref()
            .is_ok_and(|scenario| work::steps(scenario) > 20_000)
        {
            continue;
        }
        let plan = PLANS[below(&mut rng, PLANS.len())];
        let output = run_with(&["simulate", "-", "--plan", plan], &text);
        let errors = String::from_utf8_lossy(&output.stderr);
        let expect = if scenario.is_ok() { 0 } else { 2 };
        let status = output.status.code();
        assert_eq!(
            status,
            Some(expect),
            "round {round}, {plan}: {errors}\n{}",
            String::from_utf8_lossy(&text)
        );
        assert!(
            !output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b),
            "round {round}"
        );
    }
}
