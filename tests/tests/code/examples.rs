//! Every embedded example as a program.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::{compiles, program, python, runs, scenario};
use trilane_core::examples::{Example, Topic, all};
use trilane_core::model::{Setup, summarise};
use trilane_core::plan::{default_plans, parse_plan};
use trilane_core::profile::embedded;
use trilane_core::workload::draw;

/// The plans that an example is shown with, and those that are raced by default.
fn plans(example: &Example) -> Vec<String> {
    let mut plans: Vec<String> = default_plans().iter().map(ToString::to_string).collect();
    plans.extend(example.plans.iter().map(|&plan| plan.to_owned()));
    for plan in &mut plans {
        // The Python after the `@` is for the simulator.
        if let Some((shape, _)) = plan.split_once('@') {
            *plan = shape.to_owned();
        }
    }
    plans.sort();
    plans.dedup();
    plans
}

#[test]
fn every_example_compiles_under_every_default_plan() {
    let mut programs = Vec::new();
    for example in all() {
        let scenario = scenario(example.text());
        for plan in plans(example) {
            programs.push(program(&scenario, &plan, "3.11"));
        }
    }
    compiles::check(&programs);
}

/// Only what the simulator says is done soon, and nothing that goes wrong on purpose: whether that
/// does so at all may hang on the machine's timing.
#[test]
fn short_examples_run() {
    let costs = embedded("3.14").expect("3.14 is embedded").costs();
    let mut short = Vec::new();
    for example in all()
        .iter()
        .filter(|example| example.topic != Topic::Trouble)
    {
        let scenario = scenario(example.text());
        let tasks: u32 = scenario.kinds.iter().map(|kind| kind.count).sum();
        if tasks > 500 {
            continue;
        }
        let workload = draw(&scenario, scenario.seed);
        for plan in plans(example) {
            let resolved = parse_plan(&plan)
                .and_then(|spec| spec.resolve(4, &costs))
                .expect(&plan);
            let report = summarise(&Setup::new(&workload, resolved, &costs, 2));
            if report.outcome == "completed" && report.makespan_ns < 120_000_000 {
                short.push((example.name, scenario.clone(), plan));
            }
        }
    }
    assert!(short.len() > 20, "only {} runs are short", short.len());

    // Most of the time goes into waiting for Python to start, so several at a time.
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((name, scenario, plan)) = short.get(next.fetch_add(1, Relaxed)) {
                    let python = python::for_plan(plan);
                    let text = program(scenario, plan, &python.version());
                    runs::check(scenario, &text, python, &format!("{name} under {plan}"));
                }
            });
        }
    });
}
