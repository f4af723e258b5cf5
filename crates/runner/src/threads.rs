//! The plans of one process whose waits block: a plain loop, a thread pool, a thread a task.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use trilane_core::trace::measured::Code;

use crate::blocking::{Call, Steps};
use crate::host::{self, now};
use crate::job::Draws;
use crate::pool::Pool;
use crate::records::{Role, put};
use crate::run::Run;
use crate::shared;

/// One task after another.
pub(crate) fn sync(run: &Arc<Run>, draws: Arc<Draws>) -> u64 {
    let steps = Arc::new(Steps {
        shared: shared::alone(&run.job.resources),
        ..steps(run, draws)
    });
    run.hand_out(1, |kind, task, _| {
        steps.task(kind, task);
        run.ended(kind, 1);
    });
    now()
}

/// A pool of threads; branches go to the same pool, which may starve.
pub(crate) fn pool(run: &Arc<Run>, draws: Arc<Draws>, workers: usize) -> u64 {
    let own = Arc::clone(run);
    let pool: Arc<Pool<Call>> = Pool::new(workers, move |pool: &Pool<Call>| {
        let _here = own.book.begin(Role::Worker);
        let gil = &own.work.gil;
        gil.with(|| {
            while let Some(call) = pool.next(gil) {
                call();
            }
        });
    });
    let branches = Arc::clone(&pool);
    let end = with_threads(run, draws, move |call| branches.submit(call));
    pool.close(&run.work.gil);
    end
}

/// A thread for each task, and for each branch.
pub(crate) fn each(run: &Arc<Run>, draws: Arc<Draws>) -> u64 {
    let own = Arc::clone(run);
    with_threads(run, draws, move |call| {
        let run = Arc::clone(&own);
        host::start(move || {
            let _here = run.book.begin(Role::Worker);
            run.work.gil.with(call);
        });
    })
}

fn with_threads(
    run: &Arc<Run>,
    draws: Arc<Draws>,
    give: impl Fn(Call) + Clone + Send + Sync + 'static,
) -> u64 {
    let steps = Arc::new(Steps {
        shared: shared::between_threads(&run.job.resources),
        spawn: Some(Box::new(give.clone())),
        ..steps(run, draws)
    });
    run.hand_out(1, |kind, task, _| {
        let (run, steps) = (Arc::clone(run), Arc::clone(&steps));
        let a = now();
        give(Box::new(move || {
            steps.task(kind, task);
            run.ended(kind, 1);
        }));
        put(Code::Submit, task, [a, now(), 0, 0]);
    });
    run.collect()
}

fn steps(run: &Run, draws: Arc<Draws>) -> Steps {
    Steps {
        job: Arc::clone(&run.job),
        draws,
        shared: Vec::new(),
        work: run.work.clone(),
        spawn: None,
        ids: AtomicU32::new(run.job.tasks),
    }
}
