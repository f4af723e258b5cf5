//! One run of a job in this worker, or on a page's own thread.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use tokio::sync::Semaphore;
use trilane_core::plan::Plan;
use trilane_core::workload::Workload;

use super::child::{Apart, Child};
use super::event_loop::{first, sleep};
use super::now;
use super::workers::{self, Under};
use crate::coroutine::{self, Tasks};
use crate::document;
use crate::gil::Gil;
use crate::job::{Draws, Job, PlanOf};
use crate::records::{self, Book, Role};
use crate::run::Run;
use crate::tasks;
use crate::work::{self, Work};

/// A job that is ready to run.
pub struct Loaded {
    pub(super) job: Arc<Job>,
    draws: Arc<Draws>,
    pub(super) document: Vec<u8>,
    pub(super) drawn: Vec<u8>,
}

/// What a run noted down.
#[derive(Clone, Debug)]
pub struct Ran {
    /// When it began, ns.
    pub start: u64,
    /// Its records, for [`crate::rows::parse`].
    pub records: Vec<u8>,
    /// Nanoseconds that a turn of work took before and after it.
    pub turn_ns: [f64; 2],
    /// What noting down cost, ns.
    pub noting_ns: u64,
}

impl Loaded {
    /// Makes drawn work and a plan ready.
    ///
    /// # Errors
    /// A job that is none.
    pub fn new(work: &Workload, plan: &Plan) -> Result<Loaded, String> {
        let document = document::document(work, plan, "", None).to_string();
        let mut drawn = Vec::with_capacity(work.draws.len() * 8);
        document::write_draws(work, &mut drawn).map_err(|error| error.to_string())?;
        Ok(Loaded {
            job: Arc::new(Job::read(document.as_bytes())?),
            draws: Arc::new(Draws::all(&drawn)),
            document: document.into_bytes(),
            drawn,
        })
    }

    /// One real run; with `gil` its threads take an emulated interpreter lock.
    ///
    /// # Errors
    /// A plan that cannot be run here.
    pub async fn run(&self, gil: bool) -> Result<Ran, String> {
        let native = self.job.uses_native();
        let speed = work::calibrate(native);
        let gil = Gil::new(gil && self.has_threads());
        let book = Arc::new(Book::default());
        let here = book.begin(match self.job.plan {
            PlanOf::Asyncio { .. } => Role::Loop,
            _ => Role::Main,
        });
        let apart = Apart {
            document: self.document.clone(),
            draws: self.drawn.clone(),
        };
        let ready = workers::ready(self.threads_under_loop(), speed, &apart).await?;
        let work = Work::new(speed, gil, None);
        let run = Arc::new(Run::new(&self.job, work, Arc::clone(&book), apart));
        first(self.plan(&run, ready)).await?;
        book.add(run.agenda.arrivals());
        drop(here);
        let kept = book.settle();
        let mut records = Vec::new();
        let rows = records::write(&mut records, kept).map_err(|error| error.to_string())?;
        Ok(Ran {
            start: run.start,
            records,
            turn_ns: [speed.turn, work::calibrate(native).turn],
            noting_ns: (records::cost() * rows as f64) as u64,
        })
    }

    /// Workers that stand in for threads, and that the run may need at once.
    fn threads_under_loop(&self) -> usize {
        match self.job.plan {
            PlanOf::Asyncio {
                threads: Some(most),
                processes,
                ..
            } => {
                let steps = self.job.steps_on_threads(processes.is_some());
                most.min(usize::try_from(steps).unwrap_or(usize::MAX))
            }
            _ => 0,
        }
    }

    fn has_threads(&self) -> bool {
        matches!(self.job.plan, PlanOf::Threads { .. } | PlanOf::ThreadEach)
    }

    /// Runs the plan; when its last task had ended.
    async fn plan(&self, run: &Arc<Run>, ready: Vec<Child>) -> Result<u64, String> {
        match self.job.plan {
            PlanOf::Sync => {
                let tasks = self.tasks(run, None, Under::none(), true);
                Ok(one_by_one(&tasks).await)
            }
            #[cfg(feature = "threads")]
            PlanOf::Threads { workers } => {
                let draws = Arc::clone(&self.draws);
                Ok((run.work.gil).with(|| crate::threads::pool(run, draws, workers)))
            }
            #[cfg(feature = "threads")]
            PlanOf::ThreadEach => {
                let draws = Arc::clone(&self.draws);
                Ok((run.work.gil).with(|| crate::threads::each(run, draws)))
            }
            #[cfg(not(feature = "threads"))]
            PlanOf::Threads { .. } | PlanOf::ThreadEach => {
                Err("threads need the module with shared memory".to_owned())
            }
            PlanOf::Processes { workers, chunk } => Ok(workers::plan(run, workers, chunk).await),
            PlanOf::Asyncio {
                limit,
                threads,
                processes,
            } => {
                let processes = processes.map(|pool| pool.workers);
                let under = Under::new(run, threads, processes, ready);
                let tasks = self.tasks(run, limit, under, false);
                let end = tasks::all(&tasks).await;
                tasks.under.close().await;
                Ok(end)
            }
        }
    }

    fn tasks(
        &self,
        run: &Arc<Run>,
        limit: Option<usize>,
        under: Under,
        in_a_row: bool,
    ) -> Arc<Tasks> {
        let tasks = Tasks {
            run: Arc::clone(run),
            draws: Arc::clone(&self.draws),
            shared: coroutine::on_a_loop(&self.job.resources),
            limit: limit.map(Semaphore::new),
            under,
            in_a_row,
            ids: AtomicU32::new(self.job.tasks),
        };
        tasks.shared()
    }
}

/// One task after another, as a plain loop has them.
async fn one_by_one(tasks: &Arc<Tasks>) -> u64 {
    let mut at = now();
    while let Some(batch) = tasks::next(&tasks.run.agenda, &mut at).await {
        for task in batch.first..batch.first + batch.count {
            Arc::clone(tasks).task(batch.kind, task).await;
        }
        at = now();
    }
    now()
}

/// Works until the browser's compiler has made of this module what it makes of what is used much: before
/// that it is some times slower. Browsers compile again while other things go on, so that this lets them.
pub async fn warm_up() {
    /// As good as the best so far.
    const NEAR: f64 = 1.03;
    let mut best = f64::INFINITY;
    let mut calm = 0;
    for _ in 0..20 {
        let speed = work::calibrate(true);
        let took = speed.turn + speed.round;
        calm = if took <= best * NEAR && best <= took * NEAR {
            calm + 1
        } else {
            0
        };
        best = best.min(took);
        if calm == 3 {
            return;
        }
        sleep(Duration::from_millis(5)).await;
    }
}
