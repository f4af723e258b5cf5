//! The Python programs that `code::program` writes: what they look like, that Python takes them
//! whatever names a scenario has, and that they run and do every task exactly once.

mod compiles;
mod examples;
mod generated;
mod goldens;
mod python;
mod runs;

use trilane_core::code;
use trilane_core::plan::parse_plan;
use trilane_core::profile::{Costs, embedded};
use trilane_core::scenario::{Format, Scenario, parse};

/// Every sort of plan, as one writes it; on four cores.
const PLANS: [&str; 13] = [
    "sync",
    "threads(8)",
    "threads(each)",
    "processes(2, start=fork)",
    "processes(2, start=spawn, chunk=3)",
    "processes(2, start=forkserver)",
    "interpreters(2)",
    "asyncio",
    "asyncio(limit=3)",
    "asyncio+threads(4)",
    "asyncio+processes(2, start=fork)",
    "asyncio+processes(2, start=spawn)",
    "asyncio+threads(4)+processes(2, start=fork)",
];

fn scenario(text: &str) -> Scenario {
    parse(text, Format::Toml).unwrap_or_else(|problems| {
        let rendered: Vec<String> = problems.iter().map(|p| p.render("test")).collect();
        panic!("{}", rendered.join("\n"))
    })
}

/// The program for a plan as it resolves under the newest Python on four cores.
fn program(scenario: &Scenario, plan: &str, python: &str) -> String {
    let costs: Costs = embedded("3.14").expect("3.14 is embedded").costs();
    let plan = parse_plan(plan)
        .and_then(|spec| spec.resolve(4, &costs))
        .expect(plan);
    code::program(scenario, &plan, python)
}
