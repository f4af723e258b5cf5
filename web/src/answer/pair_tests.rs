//! What was measured, put beside its predictions: without a browser, and without real runs.

use serde_json::{Value, json};
use trilane_core::race;
use trilane_core::trace::{Origin, Trace};

use super::tests::{SURFACE, question, race, text};
use super::*;
use crate::base64::base64;
use crate::wire::{Export, LanesAsk, Of, Row, Source};

/// A run of [`text`] as if it had been measured: a simulated one, so that its figures are known.
fn run(count: u64, plan: &str, python: &str, cores: u32) -> Trace {
    let scenario = race::read(&text(count)).expect("it is a scenario");
    let mut machine = race::Machine::new(cores, python, None).expect("a Python");
    let entries = machine.entries(&[plan.to_owned()]).expect("a plan");
    let workload = trilane_core::workload::draw(&scenario, scenario.seed);
    let setup = race::setup(&workload, &machine, &entries[0], 0);
    let mut trace = trilane_core::model::record(&setup);
    trace.origin = Origin::Measured;
    trace
}

/// The document of real runs, as `trilane measure -o` writes it.
fn document(count: u64, machine: &str, cores: u32, runs: &[Trace]) -> Value {
    let scenario = race::read(&text(count)).expect("it is a scenario");
    let work = trilane_core::workload::draw(&scenario, scenario.seed).digest();
    let runs = runs.iter().map(|trace| {
        let mut run = serde_json::to_value(trilane_core::report::report(trace)).expect("JSON");
        let makespan = trace.makespan().as_nanos();
        run["repeats"] = json!([makespan, makespan + 2, makespan - 2]);
        run["makespan_quartiles_ns"] = json!([makespan - 1, makespan, makespan + 1]);
        run["trace"] = json!(base64(&codec::encode(trace)));
        run
    });
    json!({
        "scenario": "A test", "seed": 0, "cores": cores, "machine": machine, "work": work,
        "runs": runs.collect::<Vec<_>>(),
    })
}

/// The rows of a race of these plans with these files, and the agent that ran it.
fn raced(plans: &[&str], files: Vec<Vec<u8>>) -> (Agent, Vec<Row>) {
    raced_on(2, plans, files)
}

fn raced_on(cores: u32, plans: &[&str], files: Vec<Vec<u8>>) -> (Agent, Vec<Row>) {
    let mut agent = Agent::default();
    let mut question = question(&text(10), plans);
    question.cores = Some(cores);
    for (number, bytes) in (0..).zip(files) {
        agent.ask(Request::Keep(number), bytes);
        question.files.push((number, format!("file {number}")));
    }
    match race(&mut agent, question).reply {
        Reply::Race(shown) => (agent, shown.rows),
        other => panic!("{other:?}"),
    }
}

fn bytes(document: &Value) -> Vec<u8> {
    document.to_string().into_bytes()
}

fn sources(rows: &[Row]) -> Vec<Source> {
    rows.iter().map(|row| row.source).collect()
}

#[test]
fn what_was_measured_lies_below_its_own_prediction() {
    let three: Vec<Vec<u8>> = (["red", "green", "blue"].iter())
        .map(|name| bytes(&document(10, name, 2, &[run(10, "threads(4)", "3.14", 2)])))
        .collect();
    let (_, rows) = raced(&["threads(4)", "asyncio"], three);
    let expect = [
        Source::Plan(0),
        Source::File(0, 0),
        Source::File(1, 0),
        Source::File(2, 0),
        Source::Plan(1),
    ];
    assert_eq!(sources(&rows), expect);
    let machines: Vec<&str> = rows.iter().map(|row| row.machine.as_str()).collect();
    assert_eq!(machines, ["", "red", "green", "blue", ""]);
    let pair = rows[1]
        .pair
        .as_ref()
        .expect("it stands beside a prediction");
    // It is the prediction itself.
    assert_eq!(pair.error, Some(0.0));
    assert!(
        pair.words.starts_with("The prediction is right, within"),
        "{}",
        pair.words
    );
    assert!(
        pair.words.contains("0.0 % of the tasks' time"),
        "{}",
        pair.words
    );
    let names: Vec<&str> = pair.table.iter().map(|line| line[0].as_str()).collect();
    assert_eq!(names, ["run time", "p50 latency", "p95 latency"]);
}

#[test]
fn errors_are_told_in_figures_and_words() {
    // The same work under another Python, said to be of 3.14.
    let mut slow = run(10, "threads(4)", "3.14t", 2);
    "3.14".clone_into(&mut slow.python);
    let measured = slow.makespan().as_nanos();
    let (_, rows) = raced(
        &["threads(4)"],
        vec![bytes(&document(10, "red", 2, &[slow]))],
    );
    let predicted = rows[0].run.as_ref().expect("it ran").makespan_ns;
    let pair = rows[1].pair.as_ref().expect("a pair");
    let error = predicted as f64 / measured as f64 - 1.0;
    assert_eq!(pair.error, Some(error));
    let off = format!("{:.1} %", error.abs() * 100.0);
    assert!(
        pair.table[0][3].ends_with(&off) && pair.words.contains(&off),
        "{pair:?}"
    );
    assert!(
        pair.words.contains("half of 3 runs within"),
        "{}",
        pair.words
    );
    assert!(
        pair.words.contains("is in another state, most of all in"),
        "{}",
        pair.words
    );
}

#[test]
fn a_prediction_that_nobody_asked_for_is_made() {
    let runs = [
        run(10, "asyncio", "3.12", 2),
        run(10, "threads(4)", "3.14", 1),
        run(10, "asyncio", "3.12", 2),
    ];
    let (_, rows) = raced(
        &["threads(4)"],
        vec![
            bytes(&document(10, "red", 2, &runs[..1])),
            codec::encode(&runs[1]),
            codec::encode(&runs[2]),
        ],
    );
    let expect = [
        Source::Plan(0),
        Source::Twin,
        Source::File(0, 0),
        Source::File(2, 0),
        Source::Twin,
        Source::File(1, 0),
    ];
    assert_eq!(sources(&rows), expect);
    for at in [2, 3, 5] {
        let pair = rows[at].pair.as_ref().expect("a pair");
        assert_eq!(pair.error, Some(0.0), "{at}");
    }
    let bare = |at: usize| {
        let pair = rows[at].pair.as_ref();
        pair.is_some_and(|pair| pair.words.contains("does not name its work"))
    };
    assert_eq!([2, 3, 5].map(bare), [false, true, true]);
    let twin = rows[1].run.as_ref().expect("it ran");
    assert_eq!((twin.python.as_str(), twin.best), ("3.12", false));
    assert!(
        rows[4]
            .run
            .as_ref()
            .is_ok_and(|run| run.held.contains("1 core"))
    );
}

#[test]
fn other_work_and_unknown_pythons_stand_beside_nothing_and_say_why() {
    let mut strange = run(10, "asyncio", "3.14", 2);
    "3.9".clone_into(&mut strange.python);
    let files = vec![
        bytes(&document(11, "red", 2, &[run(11, "threads(4)", "3.14", 2)])),
        codec::encode(&run(11, "threads(4)", "3.14", 2)),
        codec::encode(&strange),
        b"{\"runs\": 3}".to_vec(),
    ];
    let (_, rows) = raced(&["threads(4)"], files);
    assert!(rows.iter().all(|row| row.pair.is_none()));
    let said = |at: usize| match &rows[at].run {
        Ok(run) => run.held.clone(),
        Err(why) => why.clone(),
    };
    assert!(
        said(1).contains("other work (\u{201c}A test\u{201d})"),
        "{}",
        said(1)
    );
    assert!(
        said(2).contains("other work than this scenario's"),
        "{}",
        said(2)
    );
    assert!(said(3).contains("no profile of `3.9`"), "{}", said(3));
    assert!(
        said(4).contains("no measurement that can be read"),
        "{}",
        said(4)
    );
}

#[test]
fn a_document_without_traces_has_figures_and_says_what_it_lacks() {
    let mut bare = document(10, "red", 2, &[run(10, "threads(4)", "3.14", 2)]);
    let one = bare["runs"][0].as_object_mut().expect("a run");
    one.remove("trace");
    let (_, rows) = raced(&["threads(4)"], vec![bytes(&bare)]);
    let why = rows[1].run.as_ref().expect_err("nothing can be drawn");
    assert!(
        why.starts_with("Measured ") && why.contains("trilane measure -o FILE.json"),
        "{why}"
    );
    assert_eq!(rows[1].pair.as_ref().and_then(|pair| pair.error), Some(0.0));
}

#[test]
fn the_axis_has_room_for_what_was_measured() {
    let plans = ["sync", "threads(10)@3.14t"];
    let late = |files| {
        let (_, rows) = raced_on(16, &plans, files);
        let late = |row: &Row| row.run.as_ref().is_ok_and(|run| run.late);
        rows.iter().map(late).collect::<Vec<bool>>()
    };
    let slow = || codec::encode(&run(40, "sync", "3.14", 16));
    assert_eq!(late(vec![]), [true, false]);
    assert_eq!(
        late(vec![codec::encode(&run(10, "sync", "3.14", 16))]),
        [false, false, false]
    );
    // What is none of this work has no claim to it.
    assert_eq!(late(vec![slow()]), [true, false, true]);
}

#[test]
fn the_rusts_runs_are_predicted_by_its_own_profile() {
    let mut rust = run(10, "threads(4)", "3.14t", 2);
    "rust".clone_into(&mut rust.python);
    let (_, rows) = raced(&["asyncio"], vec![codec::encode(&rust)]);
    assert_eq!(
        sources(&rows),
        [Source::Plan(0), Source::Twin, Source::File(0, 0)]
    );
    assert!(
        rows[2]
            .pair
            .as_ref()
            .is_some_and(|pair| pair.error.is_some())
    );
}

#[test]
fn a_race_as_a_picture_has_measured_runs_below_their_predictions() {
    let file = bytes(&document(10, "red", 2, &[run(10, "asyncio", "3.14", 2)]));
    let (mut agent, rows) = raced(&["threads(4)", "asyncio"], vec![file]);
    assert!(rows[2].is_file());
    let of = Of { race: 7, row: 0 };
    let answer = agent.ask(Request::Export(of, Export::RaceSvg, SURFACE), vec![]);
    let svg = String::from_utf8(answer.parts[0].clone()).expect("text");
    assert_eq!(svg.matches(">differs<").count(), 1);
    assert!(svg.contains("ends when predicted"));
}

#[test]
fn an_opened_measured_row_shows_where_it_differs() {
    let run = run(10, "threads(4)", "3.14", 2);
    let file = bytes(&document(10, "red", 2, &[run]));
    let (mut agent, rows) = raced(&["threads(4)"], vec![file]);
    assert_eq!(sources(&rows), [Source::Plan(0), Source::File(0, 0)]);
    let mut opened = |row: u32, tasks: bool| {
        let ask = LanesAsk {
            of: Of { race: 7, row },
            tasks,
            window: None,
            selected: None,
            surface: SURFACE,
        };
        let answer = agent.ask(Request::Lanes(ask), vec![]);
        let Reply::Lanes(lanes) = answer.reply else {
            panic!("{:?}", answer.reply)
        };
        let picture = Picture::unpack(&answer.parts[0]).expect("a picture");
        let texts = picture.texts.iter().map(|text| text.text.clone());
        let marks: Vec<String> = texts
            .filter(|text| text.contains("differs") || text.contains("ends "))
            .collect();
        (
            marks,
            lanes.words.contains("in another state than predicted"),
        )
    };
    let strip = ["differs".to_owned(), "ends when predicted".to_owned()];
    for tasks in [false, true] {
        assert_eq!(opened(0, tasks), (vec![], false), "a prediction");
        assert_eq!(opened(1, tasks), (strip.to_vec(), true), "a measured run");
    }
}

#[test]
fn what_a_file_says_of_its_making_is_told() {
    let mut told = document(10, "red", 2, &[run(10, "threads(4)", "3.14", 2)]);
    let remark = "the scenario is written for 8 cores, and the runs had 2 cores";
    told["remarks"] = json!([remark]);
    told["runs"][0]["speed_drift"] = json!(-0.25);
    let mut agent = Agent::default();
    let mut question = question(&text(10), &["threads(4)"]);
    question.cores = Some(2);
    // Each run that a server measures is a file of its own: what all say is told once.
    for number in 0..2 {
        agent.ask(Request::Keep(number), bytes(&told));
        question.files.push((number, format!("file {number}")));
    }
    let Reply::Race(shown) = race(&mut agent, question).reply else {
        panic!("no race")
    };
    assert_eq!(shown.remarks, [remark]);
    let pair = shown.rows[1].pair.as_ref().expect("a pair");
    assert!(
        pair.words
            .contains("The machine got 25 % faster during a run"),
        "{}",
        pair.words
    );
}

#[test]
fn whoever_reads_only_the_first_line_learns_that_the_machine_was_not_quiet() {
    let mut busy = document(10, "red", 2, &[run(10, "threads(4)", "3.14", 2)]);
    busy["runs"][0]["other_load_cores"] = json!(1.5);
    let quiet = document(10, "red", 2, &[run(10, "asyncio", "3.14", 2)]);
    let told = |files: &[&Value]| {
        let files = files.iter().map(|file| bytes(file)).collect();
        let (_, rows) = raced(&["threads(4)", "asyncio"], files);
        super::agreement::whole(&rows)
    };
    let check = |files: &[&Value], which: &str| {
        let told = told(files);
        let expect = format!("The machine was not quiet during {which}: measure again");
        assert!(told.contains(&expect), "{told}");
    };
    check(&[&busy], "it");
    check(&[&busy, &quiet], "1 of them");
    check(&[&busy, &busy], "all of them");
    let told = told(&[&quiet]);
    assert!(
        told.contains("is off by 0.0 %") && !told.contains("quiet"),
        "{told}"
    );
}
