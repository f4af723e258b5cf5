//! Executors under an event loop: tokio's blocking pool, and a pool of worker processes.

use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use trilane_core::trace::measured::Code;
use trilane_core::workload::Place;

use super::clock::now;
use super::control::fail;
use super::processes::{Item, Processes};
use super::trouble::Trouble;
use crate::coroutine::Away;
use crate::records::put;
use crate::run::Run;
use crate::wire::Request;

/// What there is under a loop.
pub(crate) struct Under {
    /// Whether there is a thread pool.
    pub(crate) threads: bool,
    pub(crate) processes: Option<Processes>,
}

/// Takes a step that waits in the blocking pool's queue out of it when its coroutine is dropped; one that
/// runs already runs on.
struct Cancel(AbortHandle);

impl Drop for Cancel {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Under {
    /// Whether a step can go there.
    pub(crate) fn has(&self, place: Place) -> bool {
        match place {
            Place::Loop => true,
            Place::Threads => self.threads,
            Place::Processes => self.processes.is_some(),
        }
    }

    /// Has a step done there, and waits for it.
    pub(crate) async fn leaf(&self, run: &Run, place: Place, step: Away) {
        let pool = match (place, &self.processes) {
            (Place::Processes, Some(pool)) => pool,
            _ => return on_threads(run, step).await,
        };
        let (done, wait) = oneshot::channel();
        pool.submit(Item {
            request: Request::Step {
                leaf: step.leaf,
                kind: step.kind,
                task: step.task,
                ns: step.ns,
            },
            waiter: Some(done),
        });
        // The other end is dropped only together with the whole process.
        let _ = wait.await;
    }
}

async fn on_threads(run: &Run, Away { leaf, task, ns, .. }: Away) {
    let work = run.work.clone();
    let step = tokio::task::spawn_blocking(move || {
        work.gil.with(|| {
            let a = now();
            work.leaf(leaf, task, ns);
            put(Code::Work, task, [a, now(), 0, 0]);
        });
    });
    let _cancel = Cancel(step.abort_handle());
    if let Err(error) = step.await {
        fail(&Trouble::Failed(format!("a step ended early: {error}")));
    }
}
