//! The plans with an event loop: tokio's current-thread runtime, alone or with its blocking pool and a
//! pool of processes under it.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use trilane_core::trace::measured::Code;

use super::clock::now;
use super::control::fail;
use super::coroutine::{self, Tasks};
use super::processes::Processes;
use super::trouble::Trouble;
use crate::gil::Gil;
use crate::job::{Draws, PoolOf};
use crate::records::{self, NOBODY, Role, put};
use crate::run::Run;

/// A look for events that does not wait takes less, ns.
const WAITED: u64 = 20_000;

thread_local! {
    /// When the loop began to wait for events.
    static PARKED: Cell<u64> = const { Cell::new(0) };
}

/// Runs everything on one loop in this thread.
pub(crate) fn plan(
    run: &Arc<Run>,
    draws: Arc<Draws>,
    limit: Option<usize>,
    threads: Option<usize>,
    processes: Option<PoolOf>,
) -> Result<u64, Trouble> {
    let (book, gil) = (Arc::clone(&run.book), run.work.gil.clone());
    let (before, after) = (gil.clone(), gil.clone());
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(threads.unwrap_or(1))
        .on_thread_start(move || book.open(Role::Worker))
        .on_thread_stop(records::close)
        .on_thread_park(move || park(&before))
        .on_thread_unpark(move || unpark(&after))
        .build()
        .map_err(|error| Trouble::of(&error, "starting an event loop"))?;
    let processes = match processes {
        Some(pool) => Some(Processes::new(run, pool.workers, false)?),
        None => None,
    };
    let tasks = Arc::new(Tasks {
        run: Arc::clone(run),
        draws,
        shared: coroutine::on_a_loop(&run.job.resources),
        limit: limit.map(Semaphore::new),
        threads: threads.is_some(),
        processes,
        ids: AtomicU32::new(run.job.tasks),
    });
    let end = runtime.block_on(all(&tasks));
    if let Some(pool) = &tasks.processes {
        pool.close(&run.work.gil);
    }
    // Waits for what still runs in the blocking pool: those threads want the lock.
    gil.without(|| drop(runtime));
    Ok(end)
}

/// The loop has nothing to do, and waits for events without the lock.
fn park(gil: &Gil) {
    PARKED.set(now());
    gil.release();
}

fn unpark(gil: &Gil) {
    gil.take();
    let (a, b) = (PARKED.get(), now());
    if b - a > WAITED {
        put(Code::Idle, NOBODY, [a, b, 0, 0]);
    }
}

/// All tasks, as a `TaskGroup` has them; when the last had ended.
async fn all(tasks: &Arc<Tasks>) -> u64 {
    let mut group = JoinSet::new();
    hand_out(tasks, &mut group).await;
    while let Some(ended) = group.join_next().await {
        if let Err(error) = ended {
            fail(&Trouble::Failed(format!("a task ended early: {error}")));
        }
    }
    now()
}

/// Gives every task when it arrives, in the order that holds for all plans.
async fn hand_out(tasks: &Arc<Tasks>, group: &mut JoinSet<()>) {
    let agenda = &tasks.run.agenda;
    loop {
        // One row for all that is given at once: a row each would be a part of the cost.
        let a = now();
        if let Some(batch) = agenda.take(a) {
            for task in batch.first..batch.first + batch.count {
                group.spawn(Arc::clone(tasks).task(batch.kind, task));
            }
            let count = u64::from(batch.count);
            put(Code::Submit, batch.first, [a, now(), count, 0]);
            continue;
        }
        let (due, blocked) = agenda.outlook();
        let wait = due.map(|due| Duration::from_nanos(due.saturating_sub(now())));
        match (wait, blocked) {
            (None, false) => return,
            (Some(wait), false) => tokio::time::sleep(wait).await,
            (None, true) => agenda.notify.notified().await,
            // Whichever comes first.
            (Some(wait), true) => {
                let _ = tokio::time::timeout(wait, agenda.notify.notified()).await;
            }
        }
    }
}
