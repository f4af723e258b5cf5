//! `time draw WORKLOAD N FILE` writes the drawn numbers; `time run ENGINE WORKLOAD N FILE` prints
//! nanoseconds an event and the makespan of one engine, as a line of JSON (of recording also how many
//! times as long it takes as not recording). `time simulate FILE PLAN...`
//! prints the ms of what the page's `trilane.simulate` does, the least of many.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;
use trilane_bench::{Engine, Shape, Work, engines};
use trilane_core::race;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["draw", shape, n, file] => {
            let workload = Work::draw(shape.parse::<Shape>()?, n.parse()?)?;
            Work::write(&workload, Path::new(file))
        }
        ["run", engine, shape, n, file] => {
            let work = Arc::new(Work::read(shape.parse()?, n.parse()?, Path::new(file))?);
            let measured = engines::measure(engine.parse::<Engine>()?, &work)?;
            println!(
                "{}",
                json!({
                    "ns_per_event": measured.ns_per_event,
                    "makespan_ns": measured.makespan_ns,
                    "times_bare": measured.times_bare,
                })
            );
            Ok(())
        }
        ["simulate", file, ref plans @ ..] => {
            let text =
                std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
            println!("{}", json!({ "ms": simulate(&text, plans)? }));
            Ok(())
        }
        _ => bail!(
            "usage: time draw WORKLOAD N FILE | time run ENGINE WORKLOAD N FILE | time simulate FILE PLAN..."
        ),
    }
}

/// Milliseconds from a scenario's text to its document, the least of half a second's calls.
fn simulate(text: &str, plans: &[&str]) -> Result<f64> {
    let plans: Vec<String> = plans.iter().map(|&plan| plan.to_owned()).collect();
    let mut least = f64::INFINITY;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(400) || least.is_infinite() {
        let from = Instant::now();
        std::hint::black_box(race::simulate(text, &plans)?.to_json());
        least = least.min(from.elapsed().as_secs_f64() * 1e3);
    }
    Ok(least)
}
