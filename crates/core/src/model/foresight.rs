//! Looking ahead, so that waits for the memory overlap.
//!
//! What a thread, its task and the task's draws hold lies in three places far apart, and each event
//! is another thread's. With many tasks, most of a run is the wait for these reads, one after
//! another. Read in a row for all events that have come near, before any of them is handled, they do
//! not depend on each other, and the processor waits for all at once.

use super::task::Tasks;
use crate::workload::Workload;

/// With fewer tasks, all of them lie in the cache anyway.
const MANY: usize = 4096;

impl Tasks {
    /// Reads what carrying these tasks on will take, and what their iterator reads on its way to them.
    #[inline(never)]
    pub(super) fn foresee(&self, work: &Workload, tasks: impl Iterator<Item = u32>) {
        if self.hot.len() < MANY {
            return;
        }
        for task in tasks {
            if let Some(task) = self.hot.get(task as usize) {
                std::hint::black_box(work.draws.get(task.cursor as usize).copied());
            }
        }
    }
}
