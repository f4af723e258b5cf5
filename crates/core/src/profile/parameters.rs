//! Every parameter of a profile: its name, its unit, the range it makes sense in, and where it goes
//! in [`Costs`].
//!
//! One list serves the parser, the documentation (docs/PROFILES.md) and the tests that hold all
//! three to the fields of `Costs`, so that none can drift from the others.

use super::{CoreShare, Costs, Quantiles, TransferRate};

/// A parameter of a profile.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// The table of the file it stands in.
    pub group: &'static str,
    /// Its key, which is the name of the field in [`Costs`].
    pub name: &'static str,
    /// What it means, in a sentence without a full stop.
    pub about: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// The least value that makes sense, in nanoseconds, ppm or bytes.
    pub min: u64,
    /// The greatest value that makes sense; beyond it, somebody has mistaken the unit.
    pub max: u64,
    /// Where it goes.
    pub slot: Slot,
}

/// What a parameter is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Written as `ns`, `us` or `ms`, kept in nanoseconds.
    Time,
    /// Written as `ppm`: parts per million.
    Ppm,
    /// Written as `bytes`, `KiB` or `MiB`, kept in bytes.
    Memory,
}

/// Where a parameter goes in [`Costs`], which also says whether it is a number or a table.
#[derive(Clone, Copy, Debug)]
pub enum Slot {
    /// One number.
    Number(fn(&mut Costs) -> &mut u64),
    /// A distribution by quantile.
    Quantiles(fn(&mut Costs) -> &mut Quantiles),
    /// A table by payload size.
    Transfer(fn(&mut Costs) -> &mut Vec<TransferRate>),
    /// A table by the number of busy cores.
    Shares(fn(&mut Costs) -> &mut Vec<CoreShare>),
}

const SECOND: u64 = 1_000_000_000;
/// A single operation of the interpreter or its library.
const OPERATION: u64 = SECOND / 10;
/// Something that starts.
const START: u64 = 60 * SECOND;

impl Parameter {
    /// Whether a profile of a Python without `InterpreterPoolExecutor` may leave it out.
    pub fn needs_interpreters(&self) -> bool {
        self.group == "interpreter"
    }

    /// Whether any profile may leave it out, which then says that there is no such thing: true of what only
    /// browsers have.
    pub fn is_optional(&self) -> bool {
        self.name == "timer_tick"
    }

    const fn number(
        group: &'static str,
        name: &'static str,
        unit: Unit,
        range: (u64, u64),
        about: &'static str,
        slot: fn(&mut Costs) -> &mut u64,
    ) -> Parameter {
        Parameter {
            group,
            name,
            about,
            unit,
            min: range.0,
            max: range.1,
            slot: Slot::Number(slot),
        }
    }

    const fn time(
        group: &'static str,
        name: &'static str,
        max: u64,
        about: &'static str,
        slot: fn(&mut Costs) -> &mut u64,
    ) -> Parameter {
        Parameter::number(group, name, Unit::Time, (0, max), about, slot)
    }

    const fn quantiles(
        name: &'static str,
        about: &'static str,
        slot: fn(&mut Costs) -> &mut Quantiles,
    ) -> Parameter {
        let slot = Slot::Quantiles(slot);
        Parameter {
            group: "kernel",
            name,
            about,
            unit: Unit::Time,
            min: 0,
            max: SECOND,
            slot,
        }
    }
}

/// Every parameter, group by group, in the order of the files and of the documentation.
pub const PARAMETERS: &[Parameter] = &[
    Parameter::number(
        "speed",
        "cpu_ppm",
        Unit::Ppm,
        (100_000, 100_000_000),
        "CPU time of Python bytecode against the GIL build of the same Python",
        |costs| &mut costs.cpu_ppm,
    ),
    Parameter::number(
        "speed",
        "native_ppm",
        Unit::Ppm,
        (100_000, 100_000_000),
        "CPU time of native code against the GIL build of the same Python",
        |costs| &mut costs.native_ppm,
    ),
    Parameter {
        group: "speed",
        name: "core_share",
        about: "CPU time of the same code on each of so many busy cores, against a lone busy core; \
                linear in between",
        unit: Unit::Ppm,
        min: 1_000_000,
        max: 100_000_000,
        slot: Slot::Shares(|costs| &mut costs.core_share),
    },
    Parameter::quantiles(
        "wake_idle",
        "waking a sleeping thread onto an idle core, wall time",
        |costs| &mut costs.wake_idle,
    ),
    Parameter::quantiles(
        "wake_busy",
        "waking a sleeping thread when no core is idle, until it pushes somebody off one, wall time",
        |costs| &mut costs.wake_busy,
    ),
    Parameter::quantiles(
        "timer_late",
        "how late a kernel timer fires (timer slack), wall time",
        |costs| &mut costs.timer_late,
    ),
    Parameter::time(
        "kernel",
        "timer_tick",
        SECOND,
        "what waits take whole multiples of where timers stand in for sleeping threads: browsers; optional",
        |costs| &mut costs.timer_tick,
    ),
    Parameter::number(
        "kernel",
        "epoll_late_ppm",
        Unit::Ppm,
        (0, 1_000_000),
        "how late `epoll_wait` fires on top of `timer_late`, as a share of its time-out",
        |costs| &mut costs.epoll_late_ppm,
    ),
    Parameter::number(
        "kernel",
        "slice",
        Unit::Time,
        (1_000, 10 * SECOND),
        "time slice of a running thread while others want its core",
        |costs| &mut costs.slice,
    ),
    Parameter::number(
        "switching",
        "switch_interval",
        Unit::Time,
        (1_000, 10 * SECOND),
        "`sys.getswitchinterval()`: how long a waiter waits before it asks for the lock",
        |costs| &mut costs.switch_interval,
    ),
    Parameter::number(
        "switching",
        "gil_steal_ppm",
        Unit::Ppm,
        (0, 1_000_000),
        "chance that the thread that asked for the lock gets it before older waiters",
        |costs| &mut costs.gil_steal_ppm,
    ),
    Parameter::time(
        "thread",
        "thread_create",
        OPERATION,
        "`Thread.start()` in the caller, holding the GIL, before it waits for the child",
        |costs| &mut costs.thread_create,
    ),
    Parameter::time(
        "thread",
        "thread_boot",
        OPERATION,
        "the new thread until it says it has started, holding the GIL",
        |costs| &mut costs.thread_boot,
    ),
    Parameter::time(
        "thread",
        "thread_exit",
        OPERATION,
        "a thread's end, holding the GIL",
        |costs| &mut costs.thread_exit,
    ),
    Parameter::time(
        "thread",
        "thread_join",
        OPERATION,
        "joining one ended thread",
        |costs| &mut costs.thread_join,
    ),
    Parameter::time(
        "step",
        "call",
        OPERATION,
        "calling a task's function in a plain loop",
        |costs| &mut costs.call,
    ),
    Parameter::time(
        "step",
        "io_call",
        OPERATION,
        "a blocking I/O call: entering and leaving it",
        |costs| &mut costs.io_call,
    ),
    Parameter::time(
        "step",
        "lock",
        OPERATION,
        "taking and giving back a free `Lock`",
        |costs| &mut costs.lock,
    ),
    Parameter::time(
        "step",
        "semaphore",
        OPERATION,
        "taking and giving back a free `Semaphore`",
        |costs| &mut costs.semaphore,
    ),
    Parameter::time(
        "step",
        "queue",
        OPERATION,
        "one `put` or `get` on a `queue.Queue` that neither waits nor wakes",
        |costs| &mut costs.queue,
    ),
    Parameter::time(
        "step",
        "process_sync",
        OPERATION,
        "`put` or `get` on a `multiprocessing.Queue`, or taking and giving back its `Lock`",
        |costs| &mut costs.process_sync,
    ),
    Parameter::time(
        "pool",
        "pool_submit",
        OPERATION,
        "`ThreadPoolExecutor.submit`",
        |costs| &mut costs.pool_submit,
    ),
    Parameter::time(
        "pool",
        "pool_task",
        OPERATION,
        "a pool worker, an item: taking it, and setting its result",
        |costs| &mut costs.pool_task,
    ),
    Parameter::time(
        "pool",
        "future_wait",
        OPERATION,
        "`Future.result()` of one that is not done: the waiter, before and after its wait",
        |costs| &mut costs.future_wait,
    ),
    Parameter::time(
        "loop",
        "loop_start",
        10 * SECOND,
        "`asyncio.run` until the main coroutine starts",
        |costs| &mut costs.loop_start,
    ),
    Parameter::time(
        "loop",
        "loop_iteration",
        OPERATION,
        "one iteration of the loop, besides its callbacks",
        |costs| &mut costs.loop_iteration,
    ),
    Parameter::time(
        "loop",
        "loop_callback",
        OPERATION,
        "one callback or task step",
        |costs| &mut costs.loop_callback,
    ),
    Parameter::time(
        "loop",
        "task_create",
        OPERATION,
        "creating a task in a `TaskGroup`",
        |costs| &mut costs.task_create,
    ),
    Parameter::time(
        "loop",
        "task_run",
        OPERATION,
        "a task's first step and its end",
        |costs| &mut costs.task_run,
    ),
    Parameter::time(
        "loop",
        "loop_timer",
        OPERATION,
        "one `asyncio.sleep`: future, timer, and its callback",
        |costs| &mut costs.loop_timer,
    ),
    Parameter::time(
        "loop",
        "loop_sync",
        OPERATION,
        "an `asyncio` lock, semaphore or queue operation that does not wait",
        |costs| &mut costs.loop_sync,
    ),
    Parameter::time(
        "loop",
        "executor_call",
        OPERATION,
        "`loop.run_in_executor` on the loop, besides the executor's own submit",
        |costs| &mut costs.executor_call,
    ),
    Parameter::time(
        "loop",
        "executor_return",
        OPERATION,
        "`call_soon_threadsafe` in the worker that has a result",
        |costs| &mut costs.executor_return,
    ),
    Parameter::time(
        "process",
        "process_parent_fork",
        START,
        "starting a process by fork: the parent, holding the GIL",
        |costs| &mut costs.process_parent[0],
    ),
    Parameter::time(
        "process",
        "process_parent_spawn",
        START,
        "starting a process by spawn: the parent, holding the GIL",
        |costs| &mut costs.process_parent[1],
    ),
    Parameter::time(
        "process",
        "process_parent_forkserver",
        START,
        "starting a process by forkserver: the parent, holding the GIL",
        |costs| &mut costs.process_parent[2],
    ),
    Parameter::time(
        "process",
        "process_boot_fork",
        START,
        "a forked process until it takes work, on its own core; small `__main__`",
        |costs| &mut costs.process_boot[0],
    ),
    Parameter::time(
        "process",
        "process_boot_spawn",
        START,
        "a spawned process until it takes work, on its own core; small `__main__`",
        |costs| &mut costs.process_boot[1],
    ),
    Parameter::time(
        "process",
        "process_boot_forkserver",
        START,
        "a fork server's child until it takes work, on its own core; small `__main__`",
        |costs| &mut costs.process_boot[2],
    ),
    Parameter::time(
        "process",
        "forkserver_start",
        START,
        "starting the fork server, once, before its first child",
        |costs| &mut costs.forkserver_start,
    ),
    Parameter::time(
        "process",
        "process_submit",
        OPERATION,
        "`ProcessPoolExecutor.submit`",
        |costs| &mut costs.process_submit,
    ),
    Parameter::time(
        "process",
        "manager_put",
        OPERATION,
        "the manager thread moving one item to the call queue",
        |costs| &mut costs.manager_put,
    ),
    Parameter::time(
        "process",
        "feeder",
        OPERATION,
        "the feeder thread, an item, besides pickling its payload",
        |costs| &mut costs.feeder,
    ),
    Parameter::time(
        "process",
        "manager_result",
        OPERATION,
        "the manager thread taking one result, besides unpickling its payload",
        |costs| &mut costs.manager_result,
    ),
    Parameter::time(
        "process",
        "process_get",
        OPERATION,
        "a worker process taking one item, besides unpickling its payload",
        |costs| &mut costs.process_get,
    ),
    Parameter::time(
        "process",
        "process_put",
        OPERATION,
        "a worker process sending one result, besides pickling its payload",
        |costs| &mut costs.process_put,
    ),
    Parameter {
        group: "process",
        name: "transfer",
        about: "pickling (`dumps`), unpickling (`loads`) and each side's writing or reading (`pipe`) \
                of a payload, by its size; linear in between",
        unit: Unit::Time,
        min: 0,
        max: 600 * SECOND,
        slot: Slot::Transfer(|costs| &mut costs.transfer),
    },
    Parameter::time(
        "interpreter",
        "interpreter_boot",
        START,
        "starting an interpreter in its worker thread, wall and CPU time",
        |costs| &mut costs.interpreter_boot,
    ),
    Parameter::time(
        "interpreter",
        "interpreter_task",
        OPERATION,
        "an interpreter pool worker, an item, besides moving its payload",
        |costs| &mut costs.interpreter_task,
    ),
    Parameter::number(
        "interpreter",
        "memory_interpreter",
        Unit::Memory,
        (0, 1 << 34),
        "memory of one interpreter",
        |costs| &mut costs.memory.interpreter,
    ),
    Parameter::number(
        "memory",
        "memory_thread",
        Unit::Memory,
        (0, 1 << 30),
        "memory of one thread",
        |costs| &mut costs.memory.thread,
    ),
    Parameter::number(
        "memory",
        "memory_task",
        Unit::Memory,
        (0, 1 << 30),
        "memory of one asyncio task",
        |costs| &mut costs.memory.task,
    ),
    Parameter::number(
        "memory",
        "memory_process",
        Unit::Memory,
        (0, 1 << 36),
        "memory of one worker process",
        |costs| &mut costs.memory.process,
    ),
];
