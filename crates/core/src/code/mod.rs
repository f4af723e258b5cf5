//! Python programs: a scenario under a plan as a person would write it by hand, standard library
//! only, ready to run and to be filled with real calls.
//!
//! The program is for reading first: it holds the helpers that this scenario uses and no others,
//! says once why a construct stands there (and where a plan fits badly, that it does), and marks
//! every stand-in for a call. What runs inside one worker is the same text under all plans without
//! an event loop ([`blocking`]); under a loop it is made of coroutines ([`coroutine`]). How tasks
//! are handed out differs from plan to plan: one file a family.
//!
//! The programs use what the named Python has: `TaskGroup` and `asyncio.timeout` from 3.11,
//! `InterpreterPoolExecutor` from 3.14.

mod assembly;
mod asyncio;
mod blocking;
mod coroutine;
mod helpers;
mod interpreters;
mod names;
mod pools;
mod processes;
mod program;
mod stages;
mod steps;
mod synchronous;
mod text;
mod threads;
mod version;
mod writer;

use crate::plan::Plan;
use crate::scenario::Scenario;

use program::Program;
use version::Version;

/// The Python program that runs `scenario` as `plan` says, for `python` (a version like `3.13` or
/// `3.14t`; what is not one is taken for the oldest supported, 3.11).
///
/// The program ends with one line on standard output, kinds in file order:
/// `login: 5 of 5, page: 200 of 200 done in 0.461 s`.
pub fn program(scenario: &Scenario, plan: &Plan, python: &str) -> String {
    let mut p = Program::new(scenario, *plan, Version::parse(python));
    match *plan {
        Plan::Sync => synchronous::write(&mut p),
        Plan::Threads { workers } => threads::write_pool(&mut p, workers),
        Plan::ThreadEach => threads::write_each(&mut p),
        Plan::Processes { pool, chunk } => processes::write(&mut p, pool, chunk),
        Plan::Interpreters { workers } => interpreters::write(&mut p, workers),
        Plan::Asyncio {
            limit,
            threads,
            processes,
        } => {
            asyncio::write(
                &mut p,
                asyncio::Loop {
                    limit,
                    threads,
                    processes,
                },
            );
        }
    }
    p.finish()
}
