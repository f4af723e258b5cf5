//! What one run consists of, whatever its plan.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::agenda::{Agenda, idle};
use super::clock::now;
use super::job::{Job, PlanOf};
use super::records::Book;
use super::shared::Waited;
use super::work::Work;

/// One run of a job in this process.
pub(super) struct Run {
    pub(super) job: Arc<Job>,
    pub(super) work: Work,
    pub(super) book: Arc<Book>,
    pub(super) agenda: Agenda,
    pub(super) start: u64,
    /// Where the records go; what else the run needs on disk begins with this.
    pub(super) out: PathBuf,
    /// Where the job lies that worker processes read.
    pub(super) for_workers: PathBuf,
    /// Tasks that have not ended.
    left: Waited<u32>,
    /// What worker processes used.
    pub(super) cpu_apart: AtomicU64,
    pub(super) peak_apart: AtomicU64,
}

impl Run {
    pub(super) fn new(
        job: &Arc<Job>,
        work: Work,
        book: Arc<Book>,
        out: PathBuf,
        for_workers: PathBuf,
    ) -> Run {
        let chunk = match job.plan {
            PlanOf::Processes { chunk, .. } => chunk.max(1),
            _ => 1,
        };
        let start = now();
        Run {
            job: Arc::clone(job),
            work,
            book,
            agenda: Agenda::new(job, chunk, start),
            start,
            out,
            for_workers,
            left: Waited::new(job.tasks),
            cpu_apart: AtomicU64::new(0),
            peak_apart: AtomicU64::new(0),
        }
    }

    /// Gives every task when it arrives, in the order that holds for all plans: a kind, a first task, and
    /// how many of them.
    pub(super) fn hand_out(&self, chunk: u32, mut give: impl FnMut(usize, u32, u32)) {
        let gil = &self.work.gil;
        loop {
            if let Some(batch) = self.agenda.take(now()) {
                let end = batch.first + batch.count;
                let mut first = batch.first;
                while first < end {
                    let count = chunk.min(end - first);
                    give(batch.kind, first, count);
                    first += count;
                    gil.check();
                }
                continue;
            }
            let began = now();
            match self.agenda.outlook() {
                (None, false) => return,
                (Some(due), false) => {
                    let wait = Duration::from_nanos(due.saturating_sub(began));
                    gil.without(|| std::thread::sleep(wait));
                }
                (_, true) => gil.without(|| self.agenda.wait()),
            }
            idle(began);
        }
    }

    /// Tasks of a kind have ended, somewhere.
    pub(super) fn ended(&self, kind: usize, count: u32) {
        self.agenda.ended(kind, now(), count);
        self.left.change(|left| {
            *left -= count;
            *left == 0
        });
    }

    /// Waits until all tasks have ended; when that was.
    pub(super) fn collect(&self) -> u64 {
        let began = now();
        self.left
            .wait(&self.work.gil, None, |left| (*left == 0).then_some(()));
        let end = now();
        idle(began);
        end
    }

    /// Adds what a worker process used.
    pub(super) fn used_apart(&self, cpu_ns: u64, peak: u64) {
        self.cpu_apart.fetch_add(cpu_ns, Ordering::Relaxed);
        self.peak_apart.fetch_add(peak, Ordering::Relaxed);
    }
}
