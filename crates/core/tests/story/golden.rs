//! Whole narrations of small runs, to be read as a newcomer would.

use std::fmt::Write;

use trilane_core::story::Story;
use trilane_core::trace::Trace;
use trilane_core::units::Dur;

use super::run;

/// Every event of a run, told.
fn narration(trace: &Trace) -> String {
    let story = Story::new(trace, Dur::from_millis(5));
    let mut text = String::new();
    let mut at = Some(0);
    while let Some(ns) = at {
        let moment = story.at(trace, ns, None);
        let when = Dur::from_nanos(ns);
        writeln!(text, "{when}: {}", moment.headline).expect("a string takes all");
        for sentence in &moment.sentences {
            writeln!(text, "    {sentence}").expect("a string takes all");
        }
        if let Some(rule) = moment.rule {
            writeln!(text, "    [{}: {}]", rule.name, rule.source).expect("a string takes all");
        }
        let counters = moment.counters.iter();
        let counters: Vec<String> = counters
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        writeln!(text, "    ({})", counters.join("; ")).expect("a string takes all");
        at = story.next(ns);
    }
    text
}

const PAGES: &str = r#"
    trilane = 1
    title = "Fetch and parse"
    [tasks.page]
    count = 3
    steps = [ { io = "8ms" }, { cpu = "7ms" } ]
"#;

#[test]
fn two_threads_share_the_gil() {
    insta::assert_snapshot!(narration(&run(PAGES, "threads(2)")));
}

#[test]
fn a_blocking_call_stops_the_loop() {
    let text = r#"
        trilane = 1
        title = "One blocks"
        [tasks.good]
        count = 2
        steps = [ { io = "5ms" }, { cpu = "1ms" } ]
        [tasks.bad]
        count = 1
        steps = [ { io = "20ms", blocking = true } ]
    "#;
    insta::assert_snapshot!(narration(&run(text, "asyncio")));
}

#[test]
fn two_processes_start_and_are_handed_their_work() {
    let text = r#"
        trilane = 1
        title = "Compute"
        [tasks.piece]
        count = 3
        input = "64kB"
        steps = [ { cpu = "20ms" } ]
    "#;
    insta::assert_snapshot!(narration(&run(text, "processes(2)")));
}

#[test]
fn an_executor_takes_what_blocks() {
    let text = r#"
        trilane = 1
        title = "A bridge"
        [tasks.call]
        count = 2
        steps = [ { io = "4ms", blocking = true }, { cpu = "2ms" } ]
    "#;
    insta::assert_snapshot!(narration(&run(text, "asyncio+threads(1)")));
}
