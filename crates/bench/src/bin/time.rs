//! `time draw WORKLOAD N FILE` writes the drawn numbers; `time run ENGINE WORKLOAD N FILE` prints
//! nanoseconds an event and the makespan of one engine, as a line of JSON.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};
use serde_json::json;
use trilane_bench::{Engine, Shape, Work, engines};

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
            let (ns, makespan) = engines::measure(engine.parse::<Engine>()?, &work)?;
            println!("{}", json!({ "ns_per_event": ns, "makespan_ns": makespan }));
            Ok(())
        }
        _ => bail!("usage: time draw WORKLOAD N FILE | time run ENGINE WORKLOAD N FILE"),
    }
}
