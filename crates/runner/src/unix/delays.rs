//! How long a thread stood in the kernel's run queue: Linux says it for each thread. It tells, in a gap
//! during which a thread did not run, the wait for a core from the wait for a lock.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU32, Ordering};

/// Three numbers: time on a core, time in the run queue, slices (`Documentation/scheduler/sched-stats.rst`).
const FILE: &str = "/proc/thread-self/schedstat";
/// File handles belong to the workload: with more threads than this, the others go without.
const MOST: u32 = 128;

static OPEN: AtomicU32 = AtomicU32::new(0);

/// One thread's time in the run queue. Read by that thread.
#[derive(Debug, Default)]
pub(crate) struct Delays {
    file: Option<File>,
    /// It was looked for, and is there or is not.
    looked: bool,
    seen: u64,
}

impl Delays {
    /// Gives its file handle back.
    pub(crate) fn close(self) {}

    /// Nanoseconds since the thread began.
    fn total(&mut self) -> u64 {
        if !self.looked {
            self.looked = true;
            self.file = open();
        }
        let Some(file) = &self.file else {
            return self.seen;
        };
        let mut bytes = [0; 64];
        let count = file.read_at(&mut bytes, 0).unwrap_or(0);
        let text = String::from_utf8_lossy(&bytes[..count]);
        let waited = text.split_whitespace().nth(1);
        waited.and_then(|ns| ns.parse().ok()).unwrap_or(self.seen)
    }

    /// Forgets what was before: waits after sleeps are no part of the next gap.
    pub(crate) fn refresh(&mut self) {
        self.seen = self.total();
    }

    /// The part of a gap that just ended which was spent in the run queue.
    pub(crate) fn within(&mut self, gap: u64) -> u64 {
        let before = self.seen;
        self.refresh();
        gap.min(self.seen.saturating_sub(before))
    }
}

fn open() -> Option<File> {
    if OPEN.fetch_add(1, Ordering::Relaxed) < MOST
        && let Ok(file) = File::open(FILE)
    {
        return Some(file);
    }
    OPEN.fetch_sub(1, Ordering::Relaxed);
    None
}

impl Drop for Delays {
    fn drop(&mut self) {
        if self.file.is_some() {
            OPEN.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
