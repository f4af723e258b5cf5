//! What one run consists of, whatever its plan.

use std::sync::Arc;
use std::time::Duration;

use crate::agenda::{Agenda, idle};
use crate::host::{self, Apart, now};
use crate::job::{Job, PlanOf};
use crate::records::Book;
use crate::shared::Waited;
use crate::work::Work;

/// One run of a job in this process.
pub(crate) struct Run {
    pub(crate) job: Arc<Job>,
    pub(crate) work: Work,
    pub(crate) book: Arc<Book>,
    pub(crate) agenda: Agenda,
    pub(crate) start: u64,
    /// What worker processes need, and have used.
    pub(crate) apart: Apart,
    /// Tasks that have not ended.
    left: Waited<u32>,
}

impl Run {
    pub(crate) fn new(job: &Arc<Job>, work: Work, book: Arc<Book>, apart: Apart) -> Run {
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
            apart,
            left: Waited::new(job.tasks),
        }
    }

    /// Gives every task when it arrives, in the order that holds for all plans: a kind, a first task, and
    /// how many of them.
    pub(crate) fn hand_out(&self, chunk: u32, mut give: impl FnMut(usize, u32, u32)) {
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
                    gil.without(|| host::block(wait));
                }
                (_, true) => gil.without(|| self.agenda.wait()),
            }
            idle(began);
        }
    }

    /// Tasks of a kind have ended, somewhere.
    pub(crate) fn ended(&self, kind: usize, count: u32) {
        self.agenda.ended(kind, now(), count);
        self.left.change(|left| {
            *left -= count;
            if *left == 0 {
                self.agenda.notify.notify_one();
            }
            *left == 0
        });
    }

    /// Waits on a loop until all tasks have ended, once all were handed out.
    #[cfg(target_arch = "wasm32")]
    pub(crate) async fn all_ended(&self) {
        let began = now();
        let over = |left: &mut u32| (*left == 0).then_some(());
        while self.left.wait(&self.work.gil, Some(0), over).is_none() {
            self.agenda.notify.notified().await;
        }
        idle(began);
    }

    /// Waits until all tasks have ended; when that was.
    pub(crate) fn collect(&self) -> u64 {
        let began = now();
        self.left
            .wait(&self.work.gil, None, |left| (*left == 0).then_some(()));
        let end = now();
        idle(began);
        end
    }
}
