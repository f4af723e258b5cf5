//! Trilane's core: scenarios of concurrent work, and a deterministic simulator of how CPython runs
//! them under threads, processes, interpreters and asyncio.
//!
//! A scenario is parsed and checked, every number in it is drawn from a seed, and the drawn work is
//! run under a plan on a machine whose costs a profile names. What happens is a trace; the figures
//! are worked out from that alone.
//!
//! ```
//! use trilane_core::model::{Setup, record};
//! use trilane_core::plan::parse_plan;
//! use trilane_core::profile::{Costs, embedded};
//! use trilane_core::report::report;
//! use trilane_core::scenario::{Format, parse};
//! use trilane_core::workload::draw;
//!
//! // The work: eight tasks that compute for 50 ms each.
//! let text = r#"
//!     trilane = 1
//!     title = "Count down"
//!     [tasks.count]
//!     count = 8
//!     steps = [ { cpu = "50ms" } ]
//! "#;
//! let scenario = parse(text, Format::Toml).expect("nothing is wrong with it");
//! let workload = draw(&scenario, scenario.seed);
//!
//! // How it is run, and what that costs: nothing at all on an ideal machine.
//! let run = |plan: &str, costs: &Costs| {
//!     let plan = parse_plan(plan).and_then(|spec| spec.resolve(4, costs)).expect("a plan");
//!     report(&record(&Setup::new(&workload, plan, costs, 4)))
//! };
//! let threads = run("threads(8)", &Costs::ideal("ideal", true));
//! assert_eq!(threads.makespan_ns, 400_000_000); // one GIL: as if one after another
//! let free = run("threads(8)", &Costs::ideal("ideal", false));
//! assert_eq!(free.makespan_ns, 100_000_000); // four cores
//!
//! // A real machine's costs come from a profile, and take a little longer.
//! let costs = embedded("3.14").expect("an embedded profile").costs();
//! assert!(run("threads(8)", &costs).makespan_ns > 400_000_000);
//! ```
//!
//! Nothing here has a clock, threads, files or a network: the same input gives the same trace, bit
//! for bit, on every target.
#![warn(missing_docs)]

pub mod advice;
pub mod advisor;
pub mod code;
pub mod compare;
pub mod engine;
pub mod examples;
pub mod export;
pub mod model;
pub mod plan;
pub mod profile;
pub mod race;
pub mod report;
pub mod rng;
pub mod scenario;
pub mod story;
pub mod text;
pub mod trace;
pub mod units;
pub mod workload;
