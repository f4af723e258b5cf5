//! The plan with worker processes, and their pool for the plans with a loop.
//!
//! A worker is this program again, started when there is work and nobody idle, as `spawn` is in Python.
//! Each has a *minder* in the parent: a thread that sends it an item, waits for the answer, and takes the
//! next. The workers live in the run's process group, and end by themselves when the pipe from their
//! parent closes, whatever closed it.

use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use trilane_core::trace::measured::Code;

use super::Part;
use super::clock::now;
use super::control::{fail, give_up};
use super::fifo;
use super::trouble::Trouble;
use crate::gil::Gil;
use crate::pool::Pool;
use crate::records::{Role, put};
use crate::run::Run;
use crate::shared::Resource;
use crate::wire::{self, Ended, Request};
use crate::work::Speed;

/// What worker processes need, and what they have used.
#[derive(Debug)]
pub(crate) struct Apart {
    /// Where the records go; what else the run needs on disk begins with this.
    pub(crate) out: PathBuf,
    /// Where the job lies that worker processes read.
    for_workers: PathBuf,
    cpu_ns: AtomicU64,
    peak: AtomicU64,
}

impl Apart {
    pub(crate) fn new(out: PathBuf, for_workers: PathBuf) -> Apart {
        Apart {
            out,
            for_workers,
            cpu_ns: AtomicU64::new(0),
            peak: AtomicU64::new(0),
        }
    }

    /// Adds what a worker process used.
    fn add(&self, cpu_ns: u64, peak: u64) {
        self.cpu_ns.fetch_add(cpu_ns, Ordering::Relaxed);
        self.peak.fetch_add(peak, Ordering::Relaxed);
    }

    /// CPU time of all worker processes, ns.
    pub(crate) fn cpu_ns(&self) -> u64 {
        self.cpu_ns.load(Ordering::Relaxed)
    }

    /// Memory that they added at most, bytes.
    pub(crate) fn peak(&self) -> u64 {
        self.peak.load(Ordering::Relaxed)
    }
}

/// What a worker must know before it begins; a line of JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Setting {
    /// The job, without arrivals.
    pub(crate) job: PathBuf,
    /// How the names of the run's pipes begin, where tasks share anything.
    pub(crate) pipes: Option<PathBuf>,
    pub(crate) speed: Speed,
    pub(crate) gil: bool,
}

/// Something for a worker to do, and who wants to know that it is done.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) request: Request,
    /// A coroutine; it may have gone away meanwhile.
    pub(crate) waiter: Option<oneshot::Sender<()>>,
}

/// A pool of worker processes.
pub(crate) struct Processes {
    pool: Arc<Pool<Item>>,
    /// Held open while the run goes on, or what lies in them would be lost.
    _shared: Vec<Resource>,
}

/// Whole tasks, an item a task or a chunk of tasks.
pub(crate) fn plan(run: &Arc<Run>, workers: usize, chunk: u32) -> Result<u64, Trouble> {
    let pool = Processes::new(run, workers, true)?;
    run.hand_out(chunk, |kind, first, count| {
        let request = Request::Tasks {
            kind: kind as u32,
            first,
            count,
        };
        let a = now();
        pool.submit(Item {
            request,
            waiter: None,
        });
        let b = now();
        for task in first..first + count {
            put(Code::Submit, task, [a, b, 0, 0]);
        }
    });
    let end = run.collect();
    pool.close(&run.work.gil);
    Ok(end)
}

impl Processes {
    /// A pool whose tasks share what the job says, or whose steps share nothing.
    pub(crate) fn new(run: &Arc<Run>, workers: usize, whole_tasks: bool) -> Result<Self, Trouble> {
        let shared = match whole_tasks {
            true => fifo::make(&run.job, &run.apart.out)?,
            false => Vec::new(),
        };
        let pipes = (!shared.is_empty()).then(|| run.apart.out.clone());
        let own = Arc::clone(run);
        let pool = Pool::new(workers, move |pool| mind(&own, pool, pipes.clone()));
        Ok(Processes {
            pool,
            _shared: shared,
        })
    }

    /// Gives the pool something to do.
    pub(crate) fn submit(&self, item: Item) {
        self.pool.submit(item);
    }

    /// Lets the workers end, and waits for it.
    pub(crate) fn close(&self, gil: &Gil) {
        self.pool.close(gil);
    }
}

/// The life of a minder.
fn mind(run: &Run, pool: &Pool<Item>, pipes: Option<PathBuf>) {
    let _here = run.book.begin(Role::Apart);
    let gil = &run.work.gil;
    let mut worker = Worker::start(run, pipes)
        .unwrap_or_else(|error| give_up(&error, "starting a worker process"));
    gil.with(|| {
        while let Some(item) = pool.next(gil) {
            if item.waiter.as_ref().is_some_and(oneshot::Sender::is_closed) {
                continue;
            }
            gil.without(|| worker.exchange(run, item.request));
            done(run, item);
        }
    });
    let ended = worker.end();
    run.apart.add(ended.cpu_ns, ended.peak);
    run.book.add_process(ended.kept);
}

/// A worker has answered.
fn done(run: &Run, item: Item) {
    if let Request::Tasks { kind, first, count } = item.request {
        let at = now();
        for task in first..first + count {
            put(Code::Done, task, [at, 0, 0, 0]);
        }
        run.ended(kind as usize, count);
    }
    if let Some(waiter) = item.waiter {
        // Its time limit may be over; then nobody waits for this.
        let _ = waiter.send(());
    }
}

/// A worker process, as its minder has it.
struct Worker {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Worker {
    fn start(run: &Run, pipes: Option<PathBuf>) -> io::Result<Worker> {
        let mut child = Part::Worker
            .command()?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let missing = || io::Error::other("a pipe is missing");
        let mut requests = child.stdin.take().ok_or_else(missing)?;
        let answers = BufReader::new(child.stdout.take().ok_or_else(missing)?);
        let setting = Setting {
            job: run.apart.for_workers.clone(),
            pipes,
            speed: run.work.speed(),
            gil: run.work.gil.is_there(),
        };
        writeln!(requests, "{}", serde_json::to_string(&setting)?)?;
        Ok(Worker {
            child,
            requests,
            answers,
        })
    }

    /// Sends what a task is handed, and waits for what it hands back.
    fn exchange(&mut self, run: &Run, request: Request) {
        let input = wire::input(&run.job, request);
        let sent = wire::send(&mut self.requests, request, &input);
        let answer = sent.and_then(|()| wire::read_answer(&mut self.answers));
        self.heard(answer);
    }

    /// What it answered; its last words, or its end, are the run's.
    fn heard<T>(&mut self, answer: io::Result<Result<T, String>>) -> T {
        match answer {
            Ok(Ok(answer)) => answer,
            Ok(Err(words)) => fail(&Trouble::Failed(words)),
            Err(error) => fail(&self.lost(&error)),
        }
    }

    fn lost(&mut self, error: &io::Error) -> Trouble {
        // Its pipe is closed: it has ended, or is about to.
        let _ = self.child.kill();
        Trouble::Worker(match self.child.wait() {
            Ok(status) => status.to_string(),
            Err(_) => crate::reason(error),
        })
    }

    /// Lets it end; what it did.
    fn end(mut self) -> Ended {
        let sent = wire::send(&mut self.requests, Request::End, &[]);
        let ended = sent.and_then(|()| Ended::hear(&mut self.answers));
        let ended = self.heard(ended);
        // It has said all: how it ends is no matter.
        let _ = self.child.wait();
        ended
    }
}

/// Reads the setting that a worker begins with.
pub(crate) fn read_setting(pipe: &mut impl BufRead) -> io::Result<Setting> {
    let mut line = String::new();
    pipe.read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}
