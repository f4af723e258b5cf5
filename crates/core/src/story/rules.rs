//! The rules that a narration refers to, each with the place in CPython that says so.

use super::Rule;

/// The parts of the notes that rules point to: slug and title.
pub(super) const CHAPTERS: [(&str, &str); 16] = [
    ("core-concepts", "Core concepts"),
    ("multitasking", "Multitasking"),
    ("concurrency", "Concurrency"),
    ("parallelism", "Parallelism"),
    ("gil", "The GIL"),
    ("execution-models", "Execution models"),
    ("scheduling", "Scheduling: preemptive and cooperative"),
    ("context-switching", "Context switching"),
    ("choosing", "Choosing the right tool"),
    ("bridging", "Bridging blocking and async"),
    ("best-practices", "Best practices"),
    ("analogies", "Analogies"),
    ("threads", "Threads"),
    ("processes", "Processes"),
    ("asyncio", "Asyncio"),
    ("misconceptions", "Misconceptions"),
];

/// Which rule, as the code names it; its number is its place in [`RULES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Law {
    Convoy,
    Interval,
    Forced,
    Exclusive,
    LetsGo,
    NoGil,
    Cores,
    Waking,
    Iteration,
    Blocked,
    Timers,
    Executor,
    Workers,
    Queue,
    ProcessQueue,
    Pickling,
    Boot,
    Results,
    Locks,
    LoopLocks,
    Items,
    Gather,
}

impl Law {
    pub(super) fn rule(self) -> Option<&'static Rule> {
        RULES.get(self as usize)
    }
}

/// Every rule, in the order of [`Law`].
pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "the convoy",
        source: "Python/ceval_gil.c, take_gil",
        chapter: "gil",
    },
    Rule {
        name: "the switch interval",
        source: "Python/ceval_gil.c, take_gil",
        chapter: "gil",
    },
    Rule {
        name: "forced switching",
        source: "Python/ceval_gil.c, drop_gil",
        chapter: "gil",
    },
    Rule {
        name: "one thread runs Python at a time",
        source: "Python/ceval_gil.c, take_gil",
        chapter: "gil",
    },
    Rule {
        name: "whoever waits lets go of the GIL",
        source: "Python/ceval_gil.c, drop_gil",
        chapter: "threads",
    },
    Rule {
        name: "no GIL",
        source: "Python/ceval_gil.c, take_gil",
        chapter: "parallelism",
    },
    Rule {
        name: "cores are shared in time slices",
        source: "kernel/sched/fair.c, pick_next_task_fair",
        chapter: "scheduling",
    },
    Rule {
        name: "waking up takes time",
        source: "kernel/sched/fair.c, select_task_rq_fair",
        chapter: "context-switching",
    },
    Rule {
        name: "the loop runs one task at a time",
        source: "Lib/asyncio/base_events.py, BaseEventLoop._run_once",
        chapter: "asyncio",
    },
    Rule {
        name: "a call that does not await stops the loop",
        source: "Lib/asyncio/base_events.py, BaseEventLoop._run_once",
        chapter: "scheduling",
    },
    Rule {
        name: "an await gives the loop away",
        source: "Lib/asyncio/tasks.py, sleep",
        chapter: "asyncio",
    },
    Rule {
        name: "an executor takes work off the loop",
        source: "Lib/asyncio/base_events.py, BaseEventLoop.run_in_executor",
        chapter: "bridging",
    },
    Rule {
        name: "a pool starts workers as they are needed",
        source: "Lib/concurrent/futures/thread.py, ThreadPoolExecutor._adjust_thread_count",
        chapter: "threads",
    },
    Rule {
        name: "a pool works in order",
        source: "Lib/concurrent/futures/thread.py, _worker",
        chapter: "threads",
    },
    Rule {
        name: "a pool works in order",
        source: "Lib/concurrent/futures/process.py, _process_worker",
        chapter: "processes",
    },
    Rule {
        name: "what crosses into a process is pickled",
        source: "Lib/multiprocessing/queues.py, Queue._feed",
        chapter: "processes",
    },
    Rule {
        name: "a process has to start first",
        source: "Lib/concurrent/futures/process.py, ProcessPoolExecutor._adjust_process_count",
        chapter: "processes",
    },
    Rule {
        name: "results pass through the parent",
        source: "Lib/concurrent/futures/process.py, _ExecutorManagerThread.run",
        chapter: "processes",
    },
    Rule {
        name: "a lock is taken, not handed over",
        source: "Modules/_threadmodule.c, acquire_timed",
        chapter: "threads",
    },
    Rule {
        name: "locks on the loop go in order",
        source: "Lib/asyncio/locks.py, Lock.acquire",
        chapter: "asyncio",
    },
    Rule {
        name: "a queue makes both sides wait",
        source: "Lib/queue.py, Queue.get",
        chapter: "concurrency",
    },
    Rule {
        name: "a gather waits for its slowest branch",
        source: "Lib/asyncio/taskgroups.py, TaskGroup.__aexit__",
        chapter: "concurrency",
    },
];
