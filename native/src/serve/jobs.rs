//! One job at a time, and a short queue: two runs side by side would measure each other.
//!
//! A job's life: it waits, runs, and is over (done, failed or cancelled). Whoever listens is told each
//! state as it stands, so that one who comes late misses nothing. A job that nobody listens to any more
//! is cancelled: its page was closed. What came of the last few is kept for a while.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use axum::body::Bytes;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::failure::verdict;
use crate::measure::cancel::{Cancel, Cancelled};

/// Jobs that may wait behind the one that runs.
const MOST_WAITING: usize = 8;
/// Jobs whose results are kept.
const MOST_KEPT: usize = 4;
/// No job runs longer.
const LONGEST: Duration = Duration::from_secs(3600);
/// A page begins to listen within this, or it is gone.
pub(super) const UNHEARD: Duration = Duration::from_secs(15);

/// What a job does, on a thread of its own: it tells how far it is, and may be cancelled.
pub(super) type Work = Box<dyn FnOnce(&Cancel, &dyn Fn(Progress)) -> Result<Outcome> + Send>;

/// What came of a job.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// What the page is told.
    pub(super) document: Value,
    /// The traces of its runs, in the trace format.
    pub(super) traces: Vec<Vec<u8>>,
}

/// How far a job is: what it does now, and what lies before it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Progress {
    /// `start` (an interpreter), `trial` (a run that is not told), `run` or `calibrate`.
    pub(super) part: &'static str,
    /// The plan, as it was resolved; nothing while calibrating.
    pub(super) plan: Option<String>,
    /// What runs it.
    pub(super) python: Option<String>,
    /// Which of its runs, from 1.
    pub(super) repeat: Option<u32>,
    /// How many there will be.
    pub(super) repeats: Option<u32>,
    /// The work behind and all of it, ms of predicted run time.
    pub(super) done_ms: u64,
    pub(super) total_ms: u64,
    /// Time since it began.
    pub(super) elapsed_ms: u64,
    /// What is left by the pace so far.
    pub(super) left_ms: u64,
}

/// Where a job stands.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// So many jobs go before it.
    Queued(usize),
    Running(Progress),
    /// With the document as JSON.
    Done(Arc<str>),
    /// Why, and whether what was asked for is to blame.
    Failed(String, bool),
    /// Why.
    Cancelled(&'static str),
}

impl Stage {
    /// Nothing follows.
    pub(super) fn is_over(&self) -> bool {
        !matches!(self, Stage::Queued(_) | Stage::Running(_))
    }

    /// The event's name and its data.
    pub(super) fn event(&self) -> (&'static str, String) {
        match self {
            Stage::Queued(ahead) => ("queued", json!({ "ahead": ahead }).to_string()),
            Stage::Running(progress) => (
                "progress",
                serde_json::to_string(progress).unwrap_or_default(),
            ),
            Stage::Done(document) => ("done", document.to_string()),
            Stage::Failed(error, input) => (
                "failed",
                json!({ "error": error, "input": input }).to_string(),
            ),
            Stage::Cancelled(why) => ("cancelled", json!({ "why": why }).to_string()),
        }
    }
}

/// One of them.
pub(super) struct Job {
    pub(super) id: u64,
    work: Mutex<Option<Work>>,
    stage: watch::Sender<Stage>,
    cancel: Cancel,
    why: OnceLock<&'static str>,
    heard: AtomicBool,
    listeners: AtomicUsize,
    traces: OnceLock<Vec<Bytes>>,
}

/// The queue is full; try again in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full {
    pub(super) retry_s: u64,
}

/// All of them.
#[derive(Default)]
pub(super) struct Jobs {
    lists: Mutex<Lists>,
    more: Condvar,
}

#[derive(Default)]
struct Lists {
    last: u64,
    waiting: VecDeque<Arc<Job>>,
    running: Option<Arc<Job>>,
    over: VecDeque<Arc<Job>>,
}

impl Jobs {
    /// With the thread that takes one after the other.
    pub(super) fn start() -> Result<Arc<Jobs>> {
        let jobs = Arc::new(Jobs::default());
        let worker = Arc::clone(&jobs);
        std::thread::Builder::new()
            .name("jobs".to_owned())
            .spawn(move || worker.run_all())
            .context("cannot start a thread for the runs")?;
        Ok(jobs)
    }

    /// Puts a job at the queue's end.
    pub(super) fn add(&self, work: Work) -> Result<Arc<Job>, Full> {
        let mut lists = self.lists();
        if lists.waiting.len() >= MOST_WAITING {
            return Err(Full {
                retry_s: lists.running.as_ref().map_or(1, |job| job.left_s()),
            });
        }
        lists.last += 1;
        let ahead = lists.waiting.len() + usize::from(lists.running.is_some());
        let job = Arc::new(Job {
            id: lists.last,
            work: Mutex::new(Some(work)),
            stage: watch::Sender::new(Stage::Queued(ahead)),
            cancel: Cancel::default(),
            why: OnceLock::new(),
            heard: AtomicBool::new(false),
            listeners: AtomicUsize::new(0),
            traces: OnceLock::new(),
        });
        lists.waiting.push_back(Arc::clone(&job));
        drop(lists);
        self.more.notify_one();
        Ok(job)
    }

    /// The job of that number, if it is not long forgotten.
    pub(super) fn find(&self, id: u64) -> Option<Arc<Job>> {
        let lists = self.lists();
        let mut all = lists
            .waiting
            .iter()
            .chain(&lists.running)
            .chain(&lists.over);
        all.find(|job| job.id == id).cloned()
    }

    /// Ends a job, unless it is over.
    pub(super) fn cancel(&self, job: &Job, why: &'static str) {
        let mut lists = self.lists();
        let place = lists.waiting.iter().position(|other| other.id == job.id);
        let waited = place.and_then(|place| lists.waiting.remove(place));
        if let Some(job) = waited {
            job.stage.send_replace(Stage::Cancelled(why));
            lists.keep(job);
            lists.renumber();
        } else if lists.running.as_ref().is_some_and(|own| own.id == job.id) {
            // The first reason counts.
            let _ = job.why.set(why);
            job.cancel.cancel();
        }
    }

    /// Cancels a job that nobody has listened to yet.
    pub(super) fn cancel_unheard(&self, job: &Job) {
        if !job.heard.load(Ordering::Acquire) {
            self.cancel(job, "nobody listened to it");
        }
    }

    fn lists(&self) -> MutexGuard<'_, Lists> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run_all(&self) {
        loop {
            let job = self.next();
            let ended = job.run(LONGEST);
            let mut lists = self.lists();
            lists.running = None;
            lists.keep(Arc::clone(&job));
            // Told under the lock: whoever hears of it finds the place free.
            job.stage.send_replace(ended);
        }
    }

    fn next(&self) -> Arc<Job> {
        let mut lists = self.lists();
        loop {
            if let Some(job) = lists.waiting.pop_front() {
                lists.running = Some(Arc::clone(&job));
                lists.renumber();
                return job;
            }
            lists = self
                .more
                .wait(lists)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Lists {
    fn keep(&mut self, job: Arc<Job>) {
        self.over.push_back(job);
        if self.over.len() > MOST_KEPT {
            self.over.pop_front();
        }
    }

    /// Tells those who wait how many go before them.
    fn renumber(&self) {
        let running = usize::from(self.running.is_some());
        for (place, job) in self.waiting.iter().enumerate() {
            job.stage.send_replace(Stage::Queued(place + running));
        }
    }
}

impl Job {
    /// A trace of its runs, once it is done.
    pub(super) fn trace(&self, number: usize) -> Option<Bytes> {
        self.traces.get()?.get(number).cloned()
    }

    fn left_s(&self) -> u64 {
        let ms = match &*self.stage.borrow() {
            Stage::Running(progress) => progress.left_ms,
            _ => 0,
        };
        (ms / 1000).clamp(1, 60)
    }

    /// Does the work, on a thread of its own: it may bind itself to some cores.
    fn run(self: &Arc<Job>, limit: Duration) -> Stage {
        let work = self
            .work
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(work) = work else {
            return Stage::Failed("it has run already".to_owned(), false);
        };
        let (done, wait) = channel();
        let job = Arc::clone(self);
        let worker = std::thread::Builder::new().name("job".to_owned());
        let started = worker.spawn(move || {
            let tell = |progress| drop(job.stage.send_replace(Stage::Running(progress)));
            // Nobody waits any more only where the whole program ends.
            let _ = done.send(work(&job.cancel, &tell));
        });
        if let Err(error) = started {
            return Stage::Failed(format!("cannot start a thread: {error}"), false);
        }
        let first = wait.recv_timeout(limit);
        let result = match first {
            Err(RecvTimeoutError::Timeout) => {
                let _ = self.why.set("it took longer than a job may");
                self.cancel.cancel();
                wait.recv().ok()
            }
            other => other.ok(),
        };
        self.ended(result.unwrap_or_else(|| Err(anyhow!("the job broke off"))))
    }

    fn ended(&self, result: Result<Outcome>) -> Stage {
        match result {
            Ok(outcome) => {
                let traces = outcome.traces.into_iter().map(Bytes::from).collect();
                let _ = self.traces.set(traces);
                Stage::Done(outcome.document.to_string().into())
            }
            Err(error) if self.cancel.asked() || error.is::<Cancelled>() => {
                Stage::Cancelled(self.why.get().copied().unwrap_or("it was cancelled"))
            }
            Err(error) => {
                let (status, text) = verdict(&error);
                let text = text.unwrap_or_else(|| format!("{error:#}"));
                let text = text.strip_prefix("error: ").unwrap_or(&text);
                Stage::Failed(text.to_owned(), status == 2)
            }
        }
    }
}

/// Somebody who listens to a job. The last to leave cancels it.
pub(super) struct Listener {
    jobs: Arc<Jobs>,
    job: Arc<Job>,
    stages: watch::Receiver<Stage>,
    first: bool,
}

impl Listener {
    /// Begins to listen.
    pub(super) fn new(jobs: &Arc<Jobs>, job: Arc<Job>) -> Listener {
        job.heard.store(true, Ordering::Release);
        job.listeners.fetch_add(1, Ordering::AcqRel);
        Listener {
            jobs: Arc::clone(jobs),
            stages: job.stage.subscribe(),
            job,
            first: true,
        }
    }

    /// Where the job stands, at once and then whenever that changes.
    pub(super) async fn next(&mut self) -> Option<Stage> {
        if !self.first {
            self.stages.changed().await.ok()?;
        }
        self.first = false;
        Some(self.stages.borrow_and_update().clone())
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if self.job.listeners.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.jobs.cancel(&self.job, "its page was closed");
        }
    }
}

#[cfg(test)]
mod tests;
