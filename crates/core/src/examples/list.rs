//! The list itself, in the order in which a reader best meets the examples.

use super::{Example, Topic};

/// An entry whose text is the file of its name.
macro_rules! example {
    ($name:literal, $topic:ident, $says:literal, $plans:expr) => {
        Example {
            name: $name,
            topic: Topic::$topic,
            says: $says,
            plans: &$plans,
            text: include_str!(concat!($name, ".toml")),
        }
    };
}

/// Every example, in teaching order. The first is what runs when nothing else is named.
pub fn all() -> &'static [Example] {
    EXAMPLES
}

const EXAMPLES: &[Example] = &[
    // Start here.
    example!(
        "fetch-and-parse",
        Claim,
        "each step has a place where it belongs: waits on a loop, Python on several cores",
        [
            "sync",
            "threads",
            "processes",
            "asyncio",
            "asyncio+threads",
            "asyncio+threads+processes",
            "threads@3.14t"
        ]
    ),
    example!(
        "one-blocking-call",
        Misconception,
        "a blocking call hurts only its own task",
        ["asyncio", "asyncio+threads"]
    ),
    // Core concepts.
    example!(
        "three-kitchens",
        Claim,
        "multitasking, concurrency and parallelism are three things",
        ["sync", "asyncio", "threads", "processes"]
    ),
    example!(
        "concurrency-is-not-parallelism",
        Misconception,
        "concurrency is parallelism",
        ["sync", "asyncio", "threads(each)"]
    ),
    example!(
        "one-at-a-time",
        Claim,
        "under the GIL one thread runs Python at a time",
        ["threads(4)", "threads(4)@3.14t"]
    ),
    example!(
        "native-lets-go",
        Claim,
        "C code lets go of the GIL, and threads run it in parallel",
        ["sync", "threads(4)", "processes(4)"]
    ),
    // Which model for which work.
    example!(
        "blocking-library",
        Misconception,
        "threads never help",
        ["sync", "asyncio", "threads", "threads(64)"]
    ),
    example!(
        "cpu-bound",
        Claim,
        "processes are for CPU-bound work",
        ["sync", "threads", "asyncio", "processes", "threads@3.14t"]
    ),
    example!(
        "simulations",
        Claim,
        "processes scale with the cores",
        ["sync", "processes(2)", "processes(4)"]
    ),
    example!(
        "image-processing",
        Claim,
        "image processing in Python belongs in processes",
        ["sync", "threads", "processes"]
    ),
    example!(
        "ml-preprocessing",
        Claim,
        "ML preprocessing is CPU-bound; what counts is how much of it is bytecode",
        ["sync", "processes", "threads(4)"]
    ),
    example!(
        "interpreters",
        Claim,
        "interpreters run in parallel inside one process",
        ["sync", "threads(4)", "processes(4)", "interpreters(4)"]
    ),
    example!(
        "ten-thousand-sockets",
        Claim,
        "asyncio scales to thousands of connections",
        ["asyncio", "threads(1000)", "threads(each)"]
    ),
    example!(
        "async-database",
        Claim,
        "with an async driver, the connections set the pace",
        ["asyncio", "threads(64)"]
    ),
    example!(
        "web-scraping",
        Claim,
        "asyncio is for many waits through async libraries",
        ["asyncio", "threads", "threads(50)"]
    ),
    example!(
        "file-reads",
        Claim,
        "threads are for I/O that only blocks",
        ["sync", "asyncio", "threads", "asyncio+threads"]
    ),
    example!(
        "stay-synchronous",
        Claim,
        "with little to overlap, stay synchronous",
        ["sync", "threads", "asyncio", "processes"]
    ),
    // What the models cost.
    example!(
        "process-start-up",
        Claim,
        "processes have a higher start-up cost",
        [
            "processes(4, start=fork)",
            "processes(4, start=forkserver)",
            "processes(4, start=spawn)"
        ]
    ),
    example!(
        "pickle-cost",
        Claim,
        "what crosses into a process must be pickled",
        ["sync", "processes(4)", "threads(4)@3.14t"]
    ),
    example!(
        "tiny-tasks",
        Misconception,
        "processes always win for CPU work",
        ["sync", "processes(4)", "processes(4, chunk=100)"]
    ),
    example!(
        "memory-per-worker",
        Claim,
        "processes take more memory than threads, and threads more than tasks",
        ["asyncio", "threads(64)", "processes(4)"]
    ),
    example!(
        "context-switches",
        Claim,
        "switching threads is dear, switching tasks is cheap",
        ["asyncio", "threads(20)"]
    ),
    example!(
        "switching-is-not-free",
        Misconception,
        "switching is free",
        ["asyncio", "threads(2)"]
    ),
    // Who runs next.
    example!(
        "preemptive-or-cooperative",
        Claim,
        "threads are preemptive, tasks are cooperative",
        ["threads(8)", "asyncio"]
    ),
    example!(
        "convoy",
        Misconception,
        "finished I/O runs at once",
        ["threads(6)", "threads(6)@3.14t", "asyncio+processes(2)"]
    ),
    example!(
        "create-task-starts-later",
        Misconception,
        "create_task starts at once",
        ["asyncio", "threads(each)@3.14t"]
    ),
    example!(
        "more-threads",
        Misconception,
        "more threads is always faster",
        ["threads(1)", "threads(4)", "threads(8)", "threads(64)"]
    ),
    example!(
        "gather-is-not-parallel",
        Misconception,
        "gather is parallel",
        ["sync", "asyncio", "threads(each)@3.14t"]
    ),
    example!(
        "one-await-after-another",
        Misconception,
        "awaiting one after another overlaps",
        ["asyncio"]
    ),
    // Between the worlds.
    example!(
        "run-in-executor",
        Claim,
        "run_in_executor keeps blocking code from freezing the loop",
        ["asyncio", "asyncio+threads"]
    ),
    example!(
        "executor-to-processes",
        Claim,
        "CPU work under a loop goes to processes",
        ["asyncio", "asyncio+threads", "asyncio+processes"]
    ),
    example!(
        "to-thread-is-not-parallel",
        Misconception,
        "to_thread makes Python parallel",
        ["asyncio", "asyncio+threads(4)", "asyncio+threads(4)@3.14t"]
    ),
    example!(
        "executor-has-limits",
        Misconception,
        "executors are unlimited",
        ["asyncio+threads", "asyncio+threads(40)"]
    ),
    example!(
        "cancel-leaves-the-thread",
        Misconception,
        "cancelling stops the thread",
        ["asyncio+threads(4)", "asyncio+threads(8)"]
    ),
    example!(
        "mix-of-all",
        Claim,
        "the mix of all puts each step where it belongs",
        [
            "asyncio",
            "asyncio+threads",
            "asyncio+processes",
            "asyncio+threads+processes"
        ]
    ),
    example!(
        "avoid-mixing",
        Claim,
        "do not mix models unless the work needs it",
        ["asyncio", "asyncio+threads", "asyncio+threads+processes"]
    ),
    // Sharing, and life without a GIL.
    example!(
        "gil-is-not-a-lock",
        Misconception,
        "the GIL makes code safe",
        ["threads(4)"]
    ),
    example!(
        "short-locks",
        Claim,
        "a lock makes shared state safe; hold it briefly",
        ["threads(12)", "asyncio"]
    ),
    example!(
        "deterministic-loop",
        Claim,
        "between two awaits nobody else runs",
        ["asyncio", "threads(20)"]
    ),
    example!(
        "no-gil-is-not-free",
        Misconception,
        "no GIL is free",
        ["sync", "sync@3.14t", "sync@3.13", "sync@3.13t"]
    ),
    example!(
        "no-gil-shared-object",
        Misconception,
        "no GIL scales with shared objects",
        ["threads(4)", "threads(4)@3.14t"]
    ),
    example!(
        "installing-3-14t",
        Misconception,
        "installing 3.14t is all it takes",
        ["asyncio", "asyncio@3.14t", "threads(8)@3.14t"]
    ),
    // Patterns.
    example!(
        "producer-consumer",
        Pattern,
        "a bounded queue joins two speeds",
        ["asyncio", "threads(6)"]
    ),
    example!(
        "three-stages",
        Pattern,
        "a pipeline runs at the pace of its slowest stage",
        ["threads(4)", "threads(4)@3.14t", "asyncio"]
    ),
    example!(
        "semaphore-limit",
        Pattern,
        "a semaphore bounds how many are in a call",
        ["asyncio", "threads(60)", "threads(5)"]
    ),
    example!(
        "stages-with-after",
        Pattern,
        "what happens in order sets a floor",
        ["sync", "threads", "asyncio"]
    ),
    example!(
        "open-loop",
        Pattern,
        "random arrivals make the tail, not the median",
        ["sync", "threads", "asyncio"]
    ),
    example!(
        "timeouts",
        Pattern,
        "a time limit cuts the tail",
        ["asyncio", "threads(each)"]
    ),
    example!(
        "retries",
        Pattern,
        "waiting to retry costs what a wait costs",
        ["asyncio", "threads"]
    ),
    // Trouble, on purpose.
    example!(
        "overload",
        Trouble,
        "what arrives faster than it leaves becomes a queue",
        ["asyncio", "threads", "processes(4)"]
    ),
    example!(
        "deadlock-lock-order",
        Trouble,
        "two locks in opposite order deadlock",
        ["threads(2)", "asyncio", "sync"]
    ),
    example!(
        "deadlock-nested-pool",
        Trouble,
        "a pool that waits for itself starves",
        ["threads(4)", "threads(5)", "asyncio"]
    ),
    example!(
        "deadlock-consumers-first",
        Trouble,
        "consumers that fill a pool keep the producer out",
        ["threads(4)", "threads(5)", "asyncio"]
    ),
    example!(
        "deadlock-hungry-get",
        Trouble,
        "a get that is never fed waits for ever",
        ["threads(2)", "asyncio"]
    ),
];
