//! The list itself, in the order in which a reader best meets the examples.

use super::{Example, Topic, digest};

/// The list, each entry with the file of its name as its text. The texts stand apart, so that whoever has no use
/// for them has none of them in the program: the page fetches them after its first race.
macro_rules! examples {
    ($(($name:literal, $title:literal, $topic:ident, $says:literal, $plans:expr),)*) => {
        const EXAMPLES: &[Example] = &[
            $(Example {
                name: $name,
                title: $title,
                topic: Topic::$topic,
                says: $says,
                plans: &$plans,
                digest: digest(include_str!(concat!($name, ".toml"))),
            },)*
        ];

        /// The text of the example of this name.
        pub(super) fn text(name: &str) -> &'static str {
            match name {
                $($name => include_str!(concat!($name, ".toml")),)*
                _ => unreachable!("examples are made here only"),
            }
        }
    };
}

/// Every example, in teaching order. The first is what runs when nothing else is named.
pub fn all() -> &'static [Example] {
    EXAMPLES
}

/// The first of them, and its text.
pub fn first() -> (&'static Example, &'static str) {
    (&EXAMPLES[0], include_str!("fetch-and-parse.toml"))
}

examples! {
    // Start here.
    (
        "fetch-and-parse",
        "Fetch 40 pages, parse each",
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
    (
        "one-blocking-call",
        "One blocking call in async code",
        Misconception,
        "a blocking call hurts only its own task",
        ["asyncio", "asyncio+threads"]
    ),
    // Core concepts.
    (
        "three-kitchens",
        "Multitasking, concurrency, parallelism: three kitchens",
        Claim,
        "multitasking, concurrency and parallelism are three things",
        ["sync", "asyncio", "threads", "processes"]
    ),
    (
        "concurrency-is-not-parallelism",
        "Concurrency is not parallelism: 100 waits on one core",
        Misconception,
        "concurrency is parallelism",
        ["sync", "asyncio", "threads(each)"]
    ),
    (
        "one-at-a-time",
        "The GIL: one thread runs Python at a time",
        Claim,
        "under the GIL one thread runs Python at a time",
        ["threads(4)", "threads(4)@3.14t"]
    ),
    (
        "native-lets-go",
        "C code lets go of the GIL: hash 32 files in threads",
        Claim,
        "C code lets go of the GIL, and threads run it in parallel",
        ["sync", "threads(4)", "processes(4)"]
    ),
    // Which model for which work.
    (
        "blocking-library",
        "A library that only blocks: 64 calls with requests",
        Misconception,
        "threads never help",
        ["sync", "asyncio", "threads", "threads(64)"]
    ),
    (
        "cpu-bound",
        "Pure Python on four cores: 8 × 50 ms",
        Claim,
        "processes are for CPU-bound work",
        ["sync", "threads", "asyncio", "processes", "threads@3.14t"]
    ),
    (
        "simulations",
        "Twelve Monte Carlo runs of uneven length",
        Claim,
        "processes scale with the cores",
        ["sync", "processes(2)", "processes(4)"]
    ),
    (
        "image-processing",
        "Filter 24 photos in pure Python",
        Claim,
        "image processing in Python belongs in processes",
        ["sync", "threads", "processes"]
    ),
    (
        "ml-preprocessing",
        "Prepare 48 batches for training with numpy",
        Claim,
        "ML preprocessing is CPU-bound; what counts is how much of it is bytecode",
        ["sync", "processes", "threads(4)"]
    ),
    (
        "interpreters",
        "Interpreters: a GIL each, in one process",
        Claim,
        "interpreters run in parallel inside one process",
        ["sync", "threads(4)", "processes(4)", "interpreters(4)"]
    ),
    (
        "ten-thousand-sockets",
        "10 000 open connections",
        Claim,
        "asyncio scales to thousands of connections",
        ["asyncio", "threads(1000)", "threads(each)"]
    ),
    (
        "async-database",
        "300 queries over 10 database connections",
        Claim,
        "with an async driver, the connections set the pace",
        ["asyncio", "threads(64)"]
    ),
    (
        "web-scraping",
        "Scrape 500 pages politely",
        Claim,
        "asyncio is for many waits through async libraries",
        ["asyncio", "threads", "threads(50)"]
    ),
    (
        "file-reads",
        "Read 200 files",
        Claim,
        "threads are for I/O that only blocks",
        ["sync", "asyncio", "threads", "asyncio+threads"]
    ),
    (
        "stay-synchronous",
        "Three small jobs: leave them in a row",
        Claim,
        "with little to overlap, stay synchronous",
        ["sync", "threads", "asyncio", "processes"]
    ),
    // What the models cost.
    (
        "process-start-up",
        "The price of starting processes: fork, forkserver, spawn",
        Claim,
        "processes have a higher start-up cost",
        [
            "processes(4, start=fork)",
            "processes(4, start=forkserver)",
            "processes(4, start=spawn)"
        ]
    ),
    (
        "pickle-cost",
        "The price of pickling: 16 MB there and back",
        Claim,
        "what crosses into a process must be pickled",
        ["sync", "processes(4)", "threads(4)@3.14t"]
    ),
    (
        "tiny-tasks",
        "Processes always win for CPU work? 4 000 tiny tasks",
        Misconception,
        "processes always win for CPU work",
        ["sync", "processes(4)", "processes(4, chunk=100)"]
    ),
    (
        "memory-per-worker",
        "What a worker weighs: threads, tasks, processes",
        Claim,
        "processes take more memory than threads, and threads more than tasks",
        ["asyncio", "threads(64)", "processes(4)"]
    ),
    (
        "context-switches",
        "Context switches: the same hand-overs in threads and in tasks",
        Claim,
        "switching threads is dear, switching tasks is cheap",
        ["asyncio", "threads(20)"]
    ),
    (
        "switching-is-not-free",
        "Switching is not free: 500 items through a queue",
        Misconception,
        "switching is free",
        ["asyncio", "threads(2)"]
    ),
    // Who runs next.
    (
        "preemptive-or-cooperative",
        "Preemptive or cooperative: a long sum among short ones",
        Claim,
        "threads are preemptive, tasks are cooperative",
        ["threads(8)", "asyncio"]
    ),
    (
        "convoy",
        "The convoy: finished I/O does not run at once",
        Misconception,
        "finished I/O runs at once",
        ["threads(6)", "threads(6)@3.14t", "asyncio+processes(2)"]
    ),
    (
        "create-task-starts-later",
        "create_task does not start the task",
        Misconception,
        "create_task starts at once",
        ["asyncio", "threads(each)@3.14t"]
    ),
    (
        "more-threads",
        "More threads is always faster? 64 mixed jobs",
        Misconception,
        "more threads is always faster",
        ["threads(1)", "threads(4)", "threads(8)", "threads(64)"]
    ),
    (
        "gather-is-not-parallel",
        "gather is not parallel: eight sums under one gather",
        Misconception,
        "gather is parallel",
        ["sync", "asyncio", "threads(each)@3.14t"]
    ),
    (
        "one-await-after-another",
        "Awaiting one after another does not overlap",
        Misconception,
        "awaiting one after another overlaps",
        ["asyncio"]
    ),
    // Between the worlds.
    (
        "run-in-executor",
        "run_in_executor: an old library inside an async server",
        Claim,
        "run_in_executor keeps blocking code from freezing the loop",
        ["asyncio", "asyncio+threads"]
    ),
    (
        "executor-to-processes",
        "An async server with a sum to do",
        Claim,
        "CPU work under a loop goes to processes",
        ["asyncio", "asyncio+threads", "asyncio+processes"]
    ),
    (
        "to-thread-is-not-parallel",
        "to_thread does not make Python parallel",
        Misconception,
        "to_thread makes Python parallel",
        ["asyncio", "asyncio+threads(4)", "asyncio+threads(4)@3.14t"]
    ),
    (
        "executor-has-limits",
        "Executors are not unlimited: 40 calls to_thread",
        Misconception,
        "executors are unlimited",
        ["asyncio+threads", "asyncio+threads(40)"]
    ),
    (
        "cancel-leaves-the-thread",
        "Cancelling does not stop the thread",
        Misconception,
        "cancelling stops the thread",
        ["asyncio+threads(4)", "asyncio+threads(8)"]
    ),
    (
        "mix-of-all",
        "The mix of all: async, threads and processes",
        Claim,
        "the mix of all puts each step where it belongs",
        [
            "asyncio",
            "asyncio+threads",
            "asyncio+processes",
            "asyncio+threads+processes"
        ]
    ),
    (
        "avoid-mixing",
        "No need to mix: 100 async calls and nothing else",
        Claim,
        "do not mix models unless the work needs it",
        ["asyncio", "asyncio+threads", "asyncio+threads+processes"]
    ),
    // Sharing, and life without a GIL.
    (
        "gil-is-not-a-lock",
        "The GIL does not make your code safe",
        Misconception,
        "the GIL makes code safe",
        ["threads(4)"]
    ),
    (
        "short-locks",
        "Safe and quick: hold the lock only where it matters",
        Claim,
        "a lock makes shared state safe; hold it briefly",
        ["threads(12)", "asyncio"]
    ),
    (
        "deterministic-loop",
        "Between two awaits nobody else runs",
        Claim,
        "between two awaits nobody else runs",
        ["asyncio", "threads(20)"]
    ),
    (
        "no-gil-is-not-free",
        "No GIL is not free: one thread pays for it",
        Misconception,
        "no GIL is free",
        ["sync", "sync@3.14t", "sync@3.13", "sync@3.13t"]
    ),
    (
        "no-gil-shared-object",
        "No GIL does not scale with a shared object",
        Misconception,
        "no GIL scales with shared objects",
        ["threads(4)", "threads(4)@3.14t"]
    ),
    (
        "installing-3-14t",
        "Installing 3.14t is not all it takes",
        Misconception,
        "installing 3.14t is all it takes",
        ["asyncio", "asyncio@3.14t", "threads(8)@3.14t"]
    ),
    // Patterns.
    (
        "producer-consumer",
        "Producers, a queue, consumers",
        Pattern,
        "a bounded queue joins two speeds",
        ["asyncio", "threads(6)"]
    ),
    (
        "three-stages",
        "A pipeline of three stages",
        Pattern,
        "a pipeline runs at the pace of its slowest stage",
        ["threads(4)", "threads(4)@3.14t", "asyncio"]
    ),
    (
        "semaphore-limit",
        "A semaphore keeps a service from being overrun",
        Pattern,
        "a semaphore bounds how many are in a call",
        ["asyncio", "threads(60)", "threads(5)"]
    ),
    (
        "stages-with-after",
        "Log in, fetch, then report",
        Pattern,
        "what happens in order sets a floor",
        ["sync", "threads", "asyncio"]
    ),
    (
        "open-loop",
        "Users do not wait for each other: arrivals at random",
        Pattern,
        "random arrivals make the tail, not the median",
        ["sync", "threads", "asyncio"]
    ),
    (
        "timeouts",
        "A time limit cuts the long tail",
        Pattern,
        "a time limit cuts the tail",
        ["asyncio", "threads(each)"]
    ),
    (
        "retries",
        "Give up, wait, try again",
        Pattern,
        "waiting to retry costs what a wait costs",
        ["asyncio", "threads"]
    ),
    // Trouble, on purpose.
    (
        "overload",
        "Overload: more work arrives than one core can do",
        Trouble,
        "what arrives faster than it leaves becomes a queue",
        ["asyncio", "threads", "processes(4)"]
    ),
    (
        "deadlock-lock-order",
        "Deadlock on purpose: two locks in opposite order",
        Trouble,
        "two locks in opposite order deadlock",
        ["threads(2)", "asyncio", "sync"]
    ),
    (
        "deadlock-nested-pool",
        "Starvation on purpose: a pool that waits for itself",
        Trouble,
        "a pool that waits for itself starves",
        ["threads(4)", "threads(5)", "asyncio"]
    ),
    (
        "deadlock-consumers-first",
        "Starvation on purpose: consumers take every worker",
        Trouble,
        "consumers that fill a pool keep the producer out",
        ["threads(4)", "threads(5)", "asyncio"]
    ),
    (
        "deadlock-hungry-get",
        "Deadlock on purpose: a get that is never fed",
        Trouble,
        "a get that is never fed waits for ever",
        ["threads(2)", "asyncio"]
    ),
}
