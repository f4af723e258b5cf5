//! What was measured in this browser, as figures of a profile.

use trilane_core::profile::{CoreShare, FigureValue, TransferRate};
use trilane_runner::web::{self, Samples};

use crate::profile::{Found, profile};

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
    let mut found = loops(&samples);
    found.extend(workers(&samples));
    found.extend(Found::quantiles(
        "wake_idle",
        handoffs,
        "ping-pong between two threads on `Atomics.wait`: half of a round",
    ));
    profile(machine, date, &found)
}

fn loops(samples: &Samples) -> Vec<Found> {
    let coroutine = Found::median(
        "task_create",
        &samples.coroutine,
        "a coroutine that does nothing, made, polled and ended beside 2000 others",
    );
    let late = Found::quantiles(
        "timer_late",
        &samples.timer_late,
        "how much later than at its whole millisecond the coroutine behind a `setTimeout` goes on",
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
    found.extend([late, callback, timer].into_iter().flatten());
    found
}

fn workers(samples: &Samples) -> Vec<Found> {
    let trip = Found::median(
        "process_get",
        &samples.round_trip,
        "an item without payload posted to a worker, and its answer",
    );
    let mut found: Vec<Found> = vec![];
    for name in ["feeder", "process_get", "process_put", "manager_result"] {
        found.extend(trip.as_ref().map(|trip| trip.part(name, 4)));
    }
    found.extend(Found::median(
        "process_parent_spawn",
        &samples.worker_parent,
        "`new Worker` and posting it the module and the job",
    ));
    found.extend(Found::median(
        "process_boot_spawn",
        &samples.worker_boot,
        "from there until the worker has answered its first item",
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
        how: "60 ms of work on each of so many workers at once, the best of 5".to_owned(),
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
