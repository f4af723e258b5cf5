//! The plans with an event loop: tokio's current-thread runtime, alone or with its blocking pool and a
//! pool of processes under it.

use std::cell::Cell;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use trilane_core::trace::measured::Code;

use super::clock::now;
use super::control::fail;
use super::offload::Under;
use super::processes::Processes;
use super::trouble::Trouble;
use crate::coroutine::{self, Tasks};
use crate::gil::Gil;
use crate::job::{Draws, PoolOf};
use crate::records::{self, NOBODY, Role, put};
use crate::run::Run;
use crate::tasks;

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
        .on_thread_start(move || book.open(Role::Worker, now()))
        .on_thread_stop(records::close)
        .on_thread_park(move || park(&before))
        .on_thread_unpark(move || unpark(&after))
        .build()
        .map_err(|error| Trouble::of(&error, "starting an event loop"))?;
    let processes = match processes {
        Some(pool) => Some(Processes::new(run, pool.workers, false)?),
        None => None,
    };
    let tasks = Tasks {
        run: Arc::clone(run),
        draws,
        shared: coroutine::on_a_loop(&run.job.resources),
        limit: limit.map(Semaphore::new),
        under: Under {
            threads: threads.is_some(),
            processes,
        },
        in_a_row: false,
        ids: AtomicU32::new(run.job.tasks),
    };
    let tasks = tasks.shared();
    let end = runtime.block_on(tasks::all(&tasks));
    if let Some(pool) = &tasks.under.processes {
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

/// A coroutine's steps.
pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Waits, and lets the loop go on.
pub(crate) async fn sleep(wait: Duration) {
    tokio::time::sleep(wait).await;
}

/// What it gives, if it does so in time.
pub(crate) async fn timeout<T>(limit: Duration, what: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(limit, what).await.ok()
}

/// Coroutines on the loop; those that have not ended do so with their group.
pub(crate) struct Group(JoinSet<()>);

impl Group {
    pub(crate) fn new() -> Group {
        Group(JoinSet::new())
    }

    pub(crate) fn spawn(&mut self, what: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn(what);
    }

    /// Waits until all have ended.
    pub(crate) async fn ended(&mut self) {
        while let Some(ended) = self.0.join_next().await {
            if let Err(error) = ended {
                fail(&Trouble::Failed(format!("a task ended early: {error}")));
            }
        }
    }
}

/// What another process's loop shares. Nothing: processes here share pipes, which block.
#[derive(Debug)]
pub(crate) enum Far {}

impl Far {
    pub(crate) async fn acquire(&self) {
        match *self {}
    }

    pub(crate) fn release(&self) {
        match *self {}
    }

    pub(crate) async fn put(&self, _item: u32) -> Option<u32> {
        match *self {}
    }

    pub(crate) async fn get(&self) -> Option<u32> {
        match *self {}
    }
}
