//! What was measured in this browser, as figures of a profile.

use trilane_core::profile::{self, CoreShare, FigureValue, Quantiles, TransferRate};
use trilane_runner::web::{self, LONG_MS, Samples};

use crate::profile::{Found, profile as made};

/// Measures, and makes a profile of it. `handoffs` are those between threads, ns, ascending, where there are
/// any.
///
/// # Errors
/// What kept it from measuring.
pub async fn calibrate(
    machine: &str,
    cores: u32,
    date: &str,
    handoffs: &[u64],
    progress: &dyn Fn(f64, &str),
) -> Result<String, String> {
    let samples = web::calibrate(cores, progress).await?;
    let wake = Found::quantiles(
        "wake_idle",
        handoffs,
        "ping-pong between two threads on `Atomics.wait`: half of a round",
    );
    // What the profile will say of a wake-up is in all times that were measured around one.
    let wakes = match handoffs.get(handoffs.len() / 2) {
        Some(&measured) => measured,
        None => usual_wake(),
    };
    let mut found = loops(&samples, wakes);
    found.extend(workers(&samples, wakes));
    found.extend(wake);
    made(machine, date, &found)
}

/// The median wake-up of the embedded profile, ns.
fn usual_wake() -> u64 {
    let costs = profile::browser().map(|profile| profile.costs());
    let middle = |wakes: &Quantiles| wakes.0.iter().find(|(ppm, _)| *ppm == 500_000).copied();
    let middle = costs.and_then(|costs| middle(&costs.wake_idle));
    middle.map_or(0, |(_, ns)| ns)
}

fn loops(samples: &Samples, wakes: u64) -> Vec<Found> {
    let less = |samples: &[u64], by: u64| -> Vec<u64> {
        samples.iter().map(|ns| ns.saturating_sub(by)).collect()
    };
    let coroutine = Found::median(
        "task_create",
        &samples.coroutine,
        "a coroutine that does nothing, made, polled and ended beside 2000 others",
    );
    let short = less(&samples.timer_late, wakes);
    let middle = |sorted: &[u64]| sorted.get(sorted.len() / 2).copied().unwrap_or(0);
    let longer = middle(&samples.timer_late_long).saturating_sub(middle(&samples.timer_late));
    let per_time = Found {
        name: "epoll_late_ppm",
        value: FigureValue::Number(longer / LONG_MS),
        spread: None,
        how: format!(
            "how much later a `setTimeout` of {LONG_MS} ms fires than one of 1 to 14 ms, by its time; {} samples",
            samples.timer_late_long.len()
        ),
        share: false,
    };
    let late = Found::quantiles(
        "timer_late",
        &short,
        "how much later than at its whole millisecond the coroutine behind a `setTimeout` goes on, less a wake-up",
    );
    let busy = Found::quantiles(
        "wake_busy",
        &less(&samples.timer_late_busy, middle(&short)),
        "how much later the same goes on while every core has a worker that computes",
    );
    let start = Found::median(
        "loop_start",
        &samples.loop_start,
        "from making the first coroutine until it runs",
    );
    let callback = Found::median(
        "loop_callback",
        &samples.callback,
        "from one coroutine to another that waits for it: half of a round",
    );
    let timer = Found::median(
        "loop_timer",
        &samples.timer,
        "2000 timers that fall due at once: from the first to the last, by their number",
    );
    let halves = coroutine.map(|all| [all.part("task_create", 2), all.part("task_run", 2)]);
    let mut found: Vec<Found> = halves.into_iter().flatten().collect();
    found.extend([late, busy, start, callback, timer].into_iter().flatten());
    found.push(per_time);
    found
}

/// Wake-ups on an item's way to a worker process and back: of the pool's manager, its feeder, the worker, and
/// the manager once more.
const WAKES_TO_PROCESS: u64 = 4;
/// The same for a step that a loop hands to a thread: of that, and of the loop.
const WAKES_TO_THREAD: u64 = 2;

fn workers(samples: &Samples, wakes: u64) -> Vec<Found> {
    let trip = |besides: u64, how: &str| {
        let less = samples.round_trip.iter();
        let less: Vec<u64> = less.map(|ns| ns.saturating_sub(besides * wakes)).collect();
        Found::median("process_get", &less, how)
    };
    let mut found: Vec<Found> = vec![];
    let to_process = trip(
        WAKES_TO_PROCESS,
        "an item without payload posted to a worker, and its answer, less four wake-ups",
    );
    let shares = [
        "process_submit",
        "manager_put",
        "feeder",
        "process_get",
        "process_put",
        "manager_result",
    ];
    for name in shares {
        found.extend(
            to_process
                .as_ref()
                .map(|trip| trip.part(name, shares.len() as u64)),
        );
    }
    let to_thread = trip(
        WAKES_TO_THREAD,
        "an item without payload posted to a worker, and its answer, less two wake-ups",
    );
    for name in ["executor_call", "executor_return"] {
        found.extend(to_thread.as_ref().map(|trip| trip.part(name, 2)));
    }
    found.extend(Found::median(
        "process_parent_spawn",
        &samples.worker_parent,
        "`new Worker` and posting it the module and the job",
    ));
    found.extend(Found::median(
        "process_boot_spawn",
        &samples.worker_boot,
        "from there until a worker has answered its first item, as many as there are cores starting at once",
    ));
    found.push(Found {
        name: "transfer",
        value: FigureValue::Transfer(transfers(samples)),
        spread: None,
        how: "payloads posted to a worker: filling and copying them there, and having them here; medians of 9"
            .to_owned(),
        share: false,
    });
    let mut most = 0;
    let shares = samples.shares.iter().map(|&(cores, ppm)| {
        // More workers are never quicker: noise is not to say so.
        most = ppm.max(most);
        CoreShare { cores, ppm: most }
    });
    found.push(Found {
        name: "core_share",
        value: FigureValue::Shares(shares.collect()),
        spread: None,
        how: "60 ms of work on each of so many workers at once, the last of them, beside one alone; medians of 7".to_owned(),
        share: false,
    });
    found
}

/// Sending is pickling and one end of the pipe, having the other end and unpickling; larger payloads never
/// take less.
fn transfers(samples: &Samples) -> Vec<TransferRate> {
    let mut rates = vec![TransferRate {
        bytes: 0,
        dumps: 0,
        loads: 0,
        pipe: 0,
    }];
    let mut least = (0, 0, 0);
    for &(bytes, sent, had) in &samples.transfer {
        let pipe = (sent.min(had) / 2).max(least.0);
        let dumps = sent.saturating_sub(pipe).max(least.1);
        let loads = had.saturating_sub(pipe).max(least.2);
        least = (pipe, dumps, loads);
        rates.push(TransferRate {
            bytes,
            dumps,
            loads,
            pipe,
        });
    }
    rates
}
