//! The rules that a narration refers to, each with the place in CPython that says so.

use super::Rule;

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
        lesson: ("gil", "coming-back"),
    },
    Rule {
        name: "the switch interval",
        source: "Python/ceval_gil.c, take_gil",
        lesson: ("gil", "one-thread"),
    },
    Rule {
        name: "forced switching",
        source: "Python/ceval_gil.c, drop_gil",
        lesson: ("gil", "one-thread"),
    },
    Rule {
        name: "one thread runs Python at a time",
        source: "Python/ceval_gil.c, take_gil",
        lesson: ("gil", "one-thread"),
    },
    Rule {
        name: "whoever waits lets go of the GIL",
        source: "Python/ceval_gil.c, drop_gil",
        lesson: ("gil", "lets-go"),
    },
    Rule {
        name: "no GIL",
        source: "Python/ceval_gil.c, take_gil",
        lesson: ("beyond-the-gil", "free-threading"),
    },
    Rule {
        name: "cores are shared in time slices",
        source: "kernel/sched/fair.c, pick_next_task_fair",
        lesson: ("core-concepts", "multitasking"),
    },
    Rule {
        name: "waking up takes time",
        source: "kernel/sched/fair.c, select_task_rq_fair",
        lesson: ("context-switching", "ping-pong"),
    },
    Rule {
        name: "the loop runs one task at a time",
        source: "Lib/asyncio/base_events.py, BaseEventLoop._run_once",
        lesson: ("asyncio", "why"),
    },
    Rule {
        name: "a call that does not await stops the loop",
        source: "Lib/asyncio/base_events.py, BaseEventLoop._run_once",
        lesson: ("asyncio", "frozen-loop"),
    },
    Rule {
        name: "an await gives the loop away",
        source: "Lib/asyncio/tasks.py, sleep",
        lesson: ("scheduling", "giving-way"),
    },
    Rule {
        name: "an executor takes work off the loop",
        source: "Lib/asyncio/base_events.py, BaseEventLoop.run_in_executor",
        lesson: ("bridging", "into-a-thread"),
    },
    Rule {
        name: "a pool starts workers as they are needed",
        source: "Lib/concurrent/futures/thread.py, ThreadPoolExecutor._adjust_thread_count",
        lesson: ("threads", "overhead"),
    },
    Rule {
        name: "a pool works in order",
        source: "Lib/concurrent/futures/thread.py, _worker",
        lesson: ("threads", "pros"),
    },
    Rule {
        name: "a pool works in order",
        source: "Lib/concurrent/futures/process.py, _process_worker",
        lesson: ("processes", "pros"),
    },
    Rule {
        name: "what crosses into a process is pickled",
        source: "Lib/multiprocessing/queues.py, Queue._feed",
        lesson: ("processes", "pickling"),
    },
    Rule {
        name: "a process has to start first",
        source: "Lib/concurrent/futures/process.py, ProcessPoolExecutor._adjust_process_count",
        lesson: ("processes", "start-up"),
    },
    Rule {
        name: "results pass through the parent",
        source: "Lib/concurrent/futures/process.py, _ExecutorManagerThread.run",
        lesson: ("processes", "pickling"),
    },
    Rule {
        name: "a lock is taken, not handed over",
        source: "Modules/_threadmodule.c, acquire_timed",
        lesson: ("threads", "shared-memory"),
    },
    Rule {
        name: "locks on the loop go in order",
        source: "Lib/asyncio/locks.py, Lock.acquire",
        lesson: ("asyncio", "best-for"),
    },
    Rule {
        name: "a queue makes both sides wait",
        source: "Lib/queue.py, Queue.get",
        lesson: ("core-concepts", "concurrency"),
    },
    Rule {
        name: "a gather waits for its slowest branch",
        source: "Lib/asyncio/taskgroups.py, TaskGroup.__aexit__",
        lesson: ("asyncio", "learning"),
    },
];
