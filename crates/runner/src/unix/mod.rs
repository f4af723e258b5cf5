//! The runner on Linux and other Unix systems: threads, processes and an event loop.
//!
//! Why it is a process of its own: a run may hang, run out of memory, or be cut off by a limit, and none
//! of that may take the program down that measures. So the runner is this program run again ([`Part`]),
//! and talks with it as the Python harness does: the same job, the same requests and answers,
//! the same rows. The side that measures (`measure`) knows the two apart by how they are started, and by
//! nothing else.
//!
//! What stands in for what:
//!
//! | plan | Python | here |
//! |---|---|---|
//! | `sync` | a plain loop | a plain loop |
//! | `threads(N)`, `threads(each)` | `ThreadPoolExecutor`, `threading.Thread` | std threads behind a pool of the same rules ([`crate::pool`]) |
//! | `processes(N)` | `ProcessPoolExecutor` | this program, run again, behind pipes ([`processes`], [`worker`], [`crate::wire`]) |
//! | `asyncio` | an event loop | tokio's current-thread runtime ([`event_loop`], [`crate::coroutine`]) |
//! | `+threads(N)` | `run_in_executor` | tokio's blocking pool ([`offload`]) |
//!
//! The life of a run: `load` reads the job and calibrates; `run` calibrates again, starts the plan, waits
//! for every thread and worker, and writes the rows. Whatever goes wrong is said in a line, and ends the
//! process ([`trouble`]): the kernel tidies up better than threads that wait for each other. Nothing
//! outlives it, as every process is in the group that the measuring side ends, and also ends by itself
//! when its input closes.

mod clock;
mod control;
mod delays;
mod event_loop;
mod fifo;
mod files;
mod offload;
mod processes;
mod socket;
mod trouble;
mod usage;
mod worker;

use std::process::Command;

pub(crate) use clock::{cpu_now, now};
pub(crate) use control::give_up;
pub(crate) use delays::Delays;
pub(crate) use event_loop::{Far, Group, Running, sleep, timeout};
pub(crate) use fifo::{Fifos, Tokens};
pub(crate) use offload::Under;
pub(crate) use processes::Apart;
pub(crate) use socket::{ask, ask_later};
pub(crate) use std::thread::sleep as block;

/// Wall time beyond CPU time that counts as a gap, ns.
pub(crate) const GAP: u64 = 100_000;
/// So many times the least work that this clock can measure is done to find out how fast it goes.
pub(crate) const COARSE: u64 = 1;

/// Of what some work took, the part during which something else had the core: none that the thread's own
/// clock would count.
pub(crate) fn stolen(_asked: u64, _took: u64) -> u64 {
    0
}

/// What this program is when it is run again by itself. The words are no commands of the command line:
/// they have no help, no completion, and no promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Takes requests and answers with runs.
    Runner {
        /// Every thread takes an emulated interpreter lock.
        gil: bool,
    },
    /// Does what the pool of a runner asks.
    Worker,
}

const RUNNER: &str = "rust-runner";
const RUNNER_GIL: &str = "rust-runner-gil";
const WORKER: &str = "rust-worker";

/// The part that this process was started for, if it is none that people start.
pub fn part() -> Option<Part> {
    let mut words = std::env::args_os().skip(1);
    let part = match words.next()?.to_str()? {
        RUNNER => Part::Runner { gil: false },
        RUNNER_GIL => Part::Runner { gil: true },
        WORKER => Part::Worker,
        _ => return None,
    };
    words.next().is_none().then_some(part)
}

impl Part {
    /// How this program is started for it.
    pub fn command(self) -> std::io::Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(match self {
            Part::Runner { gil: false } => RUNNER,
            Part::Runner { gil: true } => RUNNER_GIL,
            Part::Worker => WORKER,
        });
        Ok(command)
    }

    /// Its whole life.
    pub fn play(self) {
        match self {
            Part::Runner { gil } => control::converse(gil),
            Part::Worker => worker::work(),
        }
    }
}

/// Starts a thread.
pub(crate) fn start(body: impl FnOnce() + Send + 'static) {
    /// Steps nest sixteen deep at most: a fraction of the usual 2 MiB, of which ten thousand are many.
    const STACK: usize = 512 * 1024;
    let started = std::thread::Builder::new().stack_size(STACK).spawn(body);
    if let Err(error) = started {
        give_up(&error, "starting a thread");
    }
}
