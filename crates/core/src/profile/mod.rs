//! Profiles: what things cost on one machine under one Python build.
//!
//! A profile file is TOML; every figure in it says where it comes from. [`Costs`] is what is left of
//! a profile for the simulator: flat, in nanoseconds, without provenance.

mod doc;
mod embedded;
mod error;
mod figure;
mod file;
mod ideal;
mod packed;
mod parameters;
mod shares;
#[cfg(test)]
mod tests;
mod transfer;
mod write;

pub use doc::markdown;
pub use embedded::{browser, default_python, embedded, embedded_names, runtime, rust};
pub use error::{ProfileError, ProfileProblem};
pub use figure::{Figure, FigureValue, Provenance};
pub use file::{FORMAT, Profile, parse_profile};
pub use packed::{embedded_costs, pack_costs};
pub use parameters::{PARAMETERS, Parameter, Slot, Unit};

use serde::{Deserialize, Serialize};

use crate::plan::StartMethod;

/// What one Python build costs on one machine, flat. Times are nanoseconds of CPU on a free core
/// unless said otherwise; "holds the GIL" means in a build that has one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Costs {
    /// The Python it stands for: `3.13`, `3.14t`, `ideal`.
    pub python: String,
    /// Whether the build has a GIL.
    pub gil: bool,
    /// Whether `InterpreterPoolExecutor` exists.
    pub has_interpreters: bool,
    /// Whether `threading.Lock` is handed straight to a waiter that has waited over 1 ms
    /// (`Python/lock.c`, 3.14 and later), and not left to whoever comes first.
    pub fair_locks: bool,
    /// Default start method of process pools on Linux.
    pub default_start: StartMethod,
    /// CPU time of Python bytecode, in parts per million of the GIL build's: 1_400_000 is 40 % slower.
    pub cpu_ppm: u64,
    /// The same for native code.
    pub native_ppm: u64,
    /// How much longer the same code takes on each of so many busy cores than on one alone, by
    /// their number. Empty: no longer.
    pub core_share: Vec<CoreShare>,

    /// Kernel: waking a sleeper onto an idle core, wall time by quantile.
    pub wake_idle: Quantiles,
    /// Kernel: waking a sleeper when no core is idle, until it pushes somebody off one.
    pub wake_busy: Quantiles,
    /// Kernel: how late a timer fires (timer slack), wall time by quantile.
    pub timer_late: Quantiles,
    /// Waits that a timer ends in place of a sleeping thread take a whole multiple of this; 0 where none do.
    pub timer_tick: u64,
    /// Kernel: how late `epoll_wait` fires on top of that, in parts per million of its time-out.
    pub epoll_late_ppm: u64,
    /// Kernel: time slice of a running thread while others want its core.
    pub slice: u64,

    /// Interpreter lock: `sys.getswitchinterval()`.
    pub switch_interval: u64,
    /// Interpreter lock: chance, in parts per million, that the thread that asked for the lock gets
    /// it before older waiters.
    pub gil_steal_ppm: u64,

    /// `Thread.start()` in the caller, holding the GIL, before it waits for the child.
    pub thread_create: u64,
    /// The new thread until it says it has started, holding the GIL.
    pub thread_boot: u64,
    /// The thread's end, holding the GIL.
    pub thread_exit: u64,
    /// Joining one ended thread.
    pub thread_join: u64,

    /// Calling a task's function in a plain loop.
    pub call: u64,
    /// A blocking I/O call: entering and leaving it.
    pub io_call: u64,
    /// Taking and giving back a free `Lock`.
    pub lock: u64,
    /// The same for a `Semaphore` of several permits.
    pub semaphore: u64,
    /// One `put` or `get` on a `queue.Queue` that neither waits nor wakes.
    pub queue: u64,
    /// `put` or `get` on a `multiprocessing.Queue`, or taking and giving back its `Lock`.
    pub process_sync: u64,

    /// `ThreadPoolExecutor.submit`.
    pub pool_submit: u64,
    /// A pool worker, an item: taking it, and setting its result.
    pub pool_task: u64,
    /// `Future.result()` of one that is not done: the waiter, before and after its wait.
    pub future_wait: u64,

    /// `asyncio.run` until the main coroutine starts.
    pub loop_start: u64,
    /// One iteration of the loop, besides its callbacks.
    pub loop_iteration: u64,
    /// One callback or task step.
    pub loop_callback: u64,
    /// Creating a task in a `TaskGroup`.
    pub task_create: u64,
    /// A task's first step and its end.
    pub task_run: u64,
    /// One `asyncio.sleep` (future, timer, and its callback).
    pub loop_timer: u64,
    /// `asyncio` lock, semaphore or queue operation that does not wait.
    pub loop_sync: u64,
    /// `loop.run_in_executor` on the loop, besides the executor's own submit.
    pub executor_call: u64,
    /// `call_soon_threadsafe` in the worker that has a result.
    pub executor_return: u64,

    /// Starting a process: `[fork, spawn, forkserver]`, in the parent, holding the GIL.
    pub process_parent: [u64; 3],
    /// A new process until it takes work, on its own core.
    pub process_boot: [u64; 3],
    /// Starting the fork server, once, before its first child.
    pub forkserver_start: u64,
    /// `ProcessPoolExecutor.submit`.
    pub process_submit: u64,
    /// The manager thread moving one item to the call queue.
    pub manager_put: u64,
    /// The feeder thread, an item, besides pickling its payload.
    pub feeder: u64,
    /// The manager thread taking one result, besides unpickling its payload.
    pub manager_result: u64,
    /// A worker process taking one item, besides unpickling its payload.
    pub process_get: u64,
    /// A worker process sending one result, besides pickling its payload.
    pub process_put: u64,
    /// Pickling, unpickling and moving a payload through a pipe, by its size.
    pub transfer: Vec<TransferRate>,

    /// Starting an interpreter in its worker thread, wall and CPU time.
    pub interpreter_boot: u64,
    /// An interpreter pool worker, an item, besides moving its payload.
    pub interpreter_task: u64,

    /// Memory of a thread, a task object, a process, an interpreter, in bytes.
    pub memory: MemoryCosts,
}

/// A distribution of nanoseconds by quantile: `(parts per million, ns)` in ascending order, linear
/// in between. Empty means always zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantiles(pub Vec<(u32, u64)>);

/// How much cores that are busy at once slow each other down (shared caches, power, a hypervisor).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoreShare {
    /// So many cores are busy.
    pub cores: u32,
    /// What each needs for the same code, in parts per million of what a lone one needs.
    pub ppm: u64,
}

/// What moving a payload costs at one size; linear in between, the ends extended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferRate {
    /// Payload in bytes.
    pub bytes: u64,
    /// `pickle.dumps`, nanoseconds, holding the GIL.
    pub dumps: u64,
    /// `pickle.loads`, nanoseconds, holding the GIL.
    pub loads: u64,
    /// Writing into or reading from the pipe, nanoseconds, without the GIL.
    pub pipe: u64,
}

/// Memory that running costs, in bytes, besides what tasks hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryCosts {
    /// One thread.
    pub thread: u64,
    /// One asyncio task.
    pub task: u64,
    /// One worker process.
    pub process: u64,
    /// One interpreter.
    pub interpreter: u64,
}
