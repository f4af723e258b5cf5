//! Executors under an event loop: which step goes to which, and how it gets there.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use trilane_core::trace::measured::Code;
use trilane_core::workload::Place;

use super::clock::now;
use super::control::fail;
use super::coroutine::{Context, Note, Tasks};
use super::processes::Item;
use super::trouble::Trouble;
use super::wire::{Leaf, Request};
use super::worker::do_leaf;
use crate::records::put;

/// Takes a step that waits in the blocking pool's queue out of it when its coroutine is dropped; one that
/// runs already runs on.
struct Cancel(AbortHandle);

impl Drop for Cancel {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Tasks {
    /// Where a step goes: where it says, else where the plan wants it, else on the loop.
    pub(crate) fn place(&self, on: Option<Place>, wanted: &[Place]) -> Place {
        let there = |place: &&Place| match place {
            Place::Loop => true,
            Place::Threads => self.threads,
            Place::Processes => self.processes.is_some(),
        };
        let mut places = on.iter().chain(wanted);
        places.find(there).copied().unwrap_or(Place::Loop)
    }

    /// A step that takes its thread, on the loop's or on another.
    pub(crate) async fn leaf(self: &Arc<Self>, leaf: Leaf, place: Place, cx: &Context, ns: u64) {
        match (place, &self.processes) {
            (Place::Threads, _) => self.on_threads(leaf, cx, ns).await,
            (Place::Processes, Some(pool)) => {
                let (done, wait) = oneshot::channel();
                let request = Request::Step {
                    leaf,
                    kind: cx.kind as u32,
                    task: cx.task,
                    ns,
                };
                let _note = Note::new(Code::Offload, cx.task, 0, 0);
                pool.submit(Item {
                    request,
                    waiter: Some(done),
                });
                // The other end is dropped only together with the whole process.
                let _ = wait.await;
            }
            _ => do_leaf(&self.run.work, leaf, cx.task, ns),
        }
    }

    async fn on_threads(&self, leaf: Leaf, cx: &Context, ns: u64) {
        let (work, task) = (self.run.work.clone(), cx.task);
        let _note = Note::new(Code::Offload, task, 0, 0);
        let step = tokio::task::spawn_blocking(move || {
            work.gil.with(|| {
                let a = now();
                do_leaf(&work, leaf, task, ns);
                put(Code::Work, task, [a, now(), 0, 0]);
            });
        });
        let _cancel = Cancel(step.abort_handle());
        if let Err(error) = step.await {
            fail(&Trouble::Failed(format!("a step ended early: {error}")));
        }
    }
}
