//! `advise` from outside.

use crate::common::{run_with, stdout_of, text};
use serde_json::Value;

fn advise(args: &[&str]) -> Value {
    let mut all = vec!["advise", "--json"];
    all.extend(args);
    serde_json::from_str(&stdout_of(&all)).expect("the output is JSON")
}

fn advise_on(scenario: &str) -> Value {
    let args = ["advise", "--json", "-"];
    let text = text(run_with(&args, scenario.as_bytes()), &args);
    serde_json::from_str(&text).expect("the output is JSON")
}

fn list<'a>(advice: &'a Value, name: &str) -> &'a Vec<Value> {
    advice[name].as_array().expect("a list")
}

/// What the contract says about any advice.
fn check_shape(advice: &Value) {
    for sentence in list(advice, "because") {
        assert!(sentence.is_string());
    }
    let ranking = list(advice, "ranking");
    let mut last = 0;
    for row in ranking {
        assert!(
            row["plan"].is_string() && row["python"].is_string(),
            "{row}"
        );
        assert!(
            row["speedup"].is_number() || row["speedup"].is_null(),
            "{row}"
        );
        let ns = row["makespan_ns"].as_u64().expect("nanoseconds");
        if row["outcome"] == "completed" {
            assert!(ns >= last, "the fastest come first: {ranking:?}");
            last = ns;
        }
    }
    match &advice["best"] {
        Value::Null => assert_ne!(ranking[0]["outcome"], "completed"),
        best => {
            let row = ranking
                .iter()
                .find(|row| row["plan"] == *best)
                .expect("it is ranked");
            let ns = |row: &Value| row["makespan_ns"].as_u64().expect("nanoseconds") as f64;
            assert!(
                ns(row) <= ns(&ranking[0]) * 1.02,
                "the best is level with the fastest"
            );
        }
    }
    for flip in list(advice, "flips") {
        assert!(flip["key"].is_string() && flip["at"].is_string() && flip["to"].is_string());
    }
    for step in list(advice, "path") {
        assert!(step["question"].is_string() && step["answer"].is_string());
    }
}

#[test]
fn every_kind_of_work_gets_advice_of_the_contracts_shape() {
    for name in [
        "fetch-and-parse",
        "cpu-bound",
        "blocking-library",
        "ten-thousand-sockets",
        "stay-synchronous",
        "pickle-cost",
        "deadlock-lock-order",
        "deadlock-hungry-get",
        "three-stages",
    ] {
        check_shape(&advise(&[name]));
    }
}

#[test]
fn the_textbook_cases_come_out_as_in_the_textbook() {
    let check = |scenario: &str, best: &[&str], rule: &str| {
        let advice = advise_on(&format!("trilane = 1\ntitle = \"t\"\n{scenario}"));
        check_shape(&advice);
        let got = advice["best"].as_str().expect("a plan");
        let family = got.split('(').next().expect("a name");
        assert!(best.contains(&family), "{got} is none of {best:?}");
        assert_eq!(advice["rule_of_thumb"], rule);
        advice
    };
    let cpu = "[tasks.sum]\ncount = 16\nsteps = [ { cpu = \"200ms\" } ]";
    check(cpu, &["processes", "interpreters"], "processes");
    let sockets = "[tasks.call]\ncount = 3000\nsteps = [ { io = \"100ms\" } ]";
    check(sockets, &["asyncio"], "asyncio");
    let blocking = "[tasks.call]\ncount = 60\nsteps = [ { io = \"50ms\", blocking = true } ]";
    check(blocking, &["threads", "asyncio+threads"], "threads");
    let one = "[tasks.job]\ncount = 1\nsteps = [ { io = \"5ms\" }, { cpu = \"1ms\" } ]";
    check(one, &["sync"], "sync");
}

#[test]
fn a_disagreement_with_the_rule_of_thumb_is_told() {
    // CPU-bound, so the rule says processes; but so short that starting them costs more.
    let advice = advise_on(
        "trilane = 1\ntitle = \"t\"\n[tasks.sum]\ncount = 4\nsteps = [ { cpu = \"200us\" } ]",
    );
    assert_eq!(advice["rule_of_thumb"], "processes");
    assert_eq!(advice["agrees"], false);
    let told = advice["disagreement"].as_str().expect("a sentence");
    assert!(told.contains("rule of thumb says processes"), "{told}");
}

#[test]
fn a_flip_is_where_the_answer_changes() {
    let scenario = |us: u64| {
        format!(
            "trilane = 1\ntitle = \"t\"\n[tasks.sum]\ncount = 8\nsteps = [ {{ cpu = \"{us}us\" }} ]"
        )
    };
    let advice = advise_on(&scenario(500));
    let flips = list(&advice, "flips");
    let flip = flips
        .iter()
        .find(|flip| flip["key"] == "tasks.sum.steps.0.cpu" && flip["when"] == "above")
        .expect("long sums want several cores");
    let at = flip["at"].as_str().expect("a duration");
    let us = match (at.strip_suffix("ms"), at.strip_suffix("us")) {
        (Some(ms), _) => ms.parse::<f64>().expect("a number") * 1000.0,
        (_, Some(us)) => us.parse::<f64>().expect("a number"),
        _ => panic!("{at} is no duration of this size"),
    };
    let family = |advice: &Value| {
        let best = advice["best"].as_str().expect("a plan");
        best.split('(').next().expect("a name").to_owned()
    };
    let to = flip["to"]
        .as_str()
        .expect("a plan")
        .split('(')
        .next()
        .expect("a name")
        .to_owned();
    assert_eq!(
        family(&advise_on(&scenario((us * 1.05) as u64))),
        to,
        "beyond {at}"
    );
    assert_eq!(
        family(&advise_on(&scenario((us * 0.9) as u64))),
        family(&advice),
        "before {at}"
    );
}

#[test]
fn a_huge_scenario_is_sampled_and_says_so() {
    let advice = advise_on(
        "trilane = 1\ntitle = \"t\"\n[tasks.call]\ncount = 3000000\n\
         steps = [ { io = \"1ms\" }, { cpu = \"1us\" } ]",
    );
    check_shape(&advice);
    assert!(
        advice["effort"]["one_task_in"]
            .as_u64()
            .is_some_and(|n| n > 1),
        "{}",
        advice["effort"]
    );
    assert!(advice["effort"]["seeds"].as_u64().is_some_and(|n| n >= 1));
}
