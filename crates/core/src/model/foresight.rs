//! Looking ahead, so that waits for the memory overlap.
//!
//! What a thread, its task and the task's draws hold lies in three places far apart, and each event
//! is another thread's. With many tasks, most of a run is the wait for these reads, one after
//! another. Read in a row for all events that have come near, before any of them is handled, they do
//! not depend on each other, and the processor waits for all at once.
//!
//! A task in the ready queue of a loop was read when it came there, and with many before it is out of
//! the cache again when its turn comes: so it is read once more, a few turns before that.

use super::Sim;
use super::task::Tasks;
use crate::trace::Sink;
use crate::workload::Workload;

/// With fewer tasks, all of them lie in the cache anyway.
const MANY: usize = 4096;
/// So many turns ahead: what is read must be there in time, and not be out of the cache again.
const TURNS: usize = 6;

impl Tasks {
    /// Reads what carrying these tasks on will take, and what their iterator reads on its way to them.
    #[inline]
    pub(super) fn foresee(&self, work: &Workload, tasks: impl Iterator<Item = u32>) {
        if self.hot.len() >= MANY {
            self.read(work, tasks);
        }
    }

    #[inline(never)]
    fn read(&self, work: &Workload, tasks: impl Iterator<Item = u32>) {
        for task in tasks {
            if let Some(task) = self.hot.get(task as usize) {
                std::hint::black_box(work.draws.get(task.cursor as usize).copied());
            }
        }
    }
}

impl<S: Sink> Sim<'_, S> {
    /// Reads what a task in the loop's ready queue will take, a few turns from now.
    #[inline]
    pub(super) fn foresee_ready(&self) {
        let task = self.event_loop.ready.get(TURNS);
        self.tasks.foresee(self.work, task.copied().into_iter());
    }
}
