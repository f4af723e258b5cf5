//! This side of the conversation with the binary that measures: a JSON document a line, each way, in the
//! words that the Python harness has.

use std::fs::File;
use std::io::{self, BufRead, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};

use serde_json::{Value, json};

use super::clock::{now, process_cpu};
use super::trouble::Trouble;
use super::usage::Usage;
use super::{Apart, event_loop, fifo, files, processes};
use crate::gil::Gil;
use crate::job::{Draws, Job, PlanOf};
use crate::records::{self, Book, Role};
use crate::run::Run;
use crate::threads;
use crate::wire;
use crate::work::{self, Work};

/// Whether what goes wrong is told to a parent of the same program, not to the binary.
static IN_WORKER: AtomicBool = AtomicBool::new(false);

/// Called first in a worker process.
pub(crate) fn speak_as_worker() {
    IN_WORKER.store(true, Ordering::Relaxed);
}

/// Says what went wrong, and ends the process: threads of it may wait for what will now never come.
pub(crate) fn fail(trouble: &Trouble) -> ! {
    let text = trouble.to_string();
    // Where nobody listens any more there is nobody left to tell.
    let _ = match IN_WORKER.load(Ordering::Relaxed) {
        true => wire::last_words(&mut io::stdout(), &text),
        false => say(&json!({ "error": text })),
    };
    std::process::exit(1);
}

/// The same for what the system refused.
pub(crate) fn give_up(error: &io::Error, what: &str) -> ! {
    fail(&Trouble::of(error, what))
}

fn say(document: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{document}")?;
    out.flush()
}

/// Answers requests until there are no more.
pub(crate) fn converse(gil: bool) {
    let requests = requests();
    let hello = json!({ "hello": 1, "rust": env!("CARGO_PKG_VERSION"), "pid": std::process::id() });
    if say(&hello).is_err() {
        return;
    }
    let mut loaded = None;
    for line in requests {
        let answer = answer(&line, gil, &mut loaded).unwrap_or_else(|trouble| fail(&trouble));
        if say(&answer).is_err() {
            return;
        }
    }
}

/// The lines that come in. When no more can come the binary is gone: so is this process then, whatever its
/// threads do, and the workers follow.
fn requests() -> Receiver<String> {
    let (send, lines) = channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                break;
            }
        }
        std::process::exit(0);
    });
    lines
}

fn answer(line: &str, gil: bool, loaded: &mut Option<Loaded>) -> Result<Value, Trouble> {
    let request: Value = serde_json::from_str(line).unwrap_or_default();
    let path = |name: &str| request[name].as_str().map(PathBuf::from);
    match (request["do"].as_str(), path("job"), path("out")) {
        (Some("load"), Some(job), _) => {
            let ready = loaded.insert(Loaded::new(&job)?);
            let work = ready.work(gil);
            Ok(json!({
                "loaded": true,
                "record_ns": records::cost(),
                "step_ns": ready.step_cost(&work),
            }))
        }
        (Some("run"), _, Some(out)) => match loaded {
            Some(loaded) => Ok(json!({ "ran": loaded.run(gil, out)? })),
            None => Err(failed("nothing to run: a load that succeeds comes first")),
        },
        _ => Err(failed("a request is none of load, run")),
    }
}

fn failed(text: &str) -> Trouble {
    Trouble::Failed(text.to_owned())
}

/// A job that is ready to run.
struct Loaded {
    job: Arc<Job>,
    draws: Arc<Draws>,
    native: bool,
    for_workers: PathBuf,
}

impl Loaded {
    fn new(path: &Path) -> Result<Loaded, Trouble> {
        let job = files::load(path)?;
        let for_workers = path.with_extension("workers.json");
        files::copy_for_workers(path, &for_workers)
            .map_err(|error| Trouble::of(&error, "writing the job for workers"))?;
        Ok(Loaded {
            draws: Arc::new(files::draws(&job)?),
            native: job.uses_native(),
            job: Arc::new(job),
            for_workers,
        })
    }

    fn work(&self, gil: bool) -> Work {
        let port = self.job.io.map(|server| server.port);
        Work::new(work::calibrate(self.native), Gil::new(gil), port)
    }

    fn step_cost(&self, work: &Work) -> f64 {
        let book = Arc::new(Book::default());
        let _here = book.begin(Role::Apart);
        work::step_cost(work)
    }

    /// One real run; the records go to the file `out`.
    fn run(&self, gil: bool, out: PathBuf) -> Result<Value, Trouble> {
        let asked = process_cpu();
        let work = self.work(gil);
        let before = work.speed();
        let usage = Usage::begin();
        let book = Arc::new(Book::default());
        let here = book.begin(match self.job.plan {
            PlanOf::Asyncio { .. } => Role::Loop,
            _ => Role::Main,
        });
        let lock = work.gil.clone();
        let job_for_workers = self.for_workers.clone();
        let apart = Apart::new(out, job_for_workers);
        let run = Run::new(&self.job, work, Arc::clone(&book), apart);
        let run = Arc::new(run);
        let end = lock.with(|| self.plan(&run))?;
        book.add(run.agenda.arrivals());
        drop(here);
        let kept = book.settle();
        // Not earlier: a worker that started late may have been about to open them.
        fifo::remove(&run.job, &run.apart.out);
        let shutdown = now();
        let (switches, peak) = (usage.switches(), usage.peak());
        let after = work::calibrate(self.native);
        let rows = File::create(&run.apart.out)
            .and_then(|file| records::write(&mut BufWriter::new(file), kept))
            .map_err(|error| Trouble::of(&error, "writing the records"))?;
        Ok(json!({
            "start": run.start,
            "end": end,
            "shutdown": shutdown,
            "rows": rows,
            "python_ns_per_turn": [before.turn, after.turn],
            "native_ns_per_turn": [before.round, after.round],
            "peak_bytes": peak + run.apart.peak(),
            "switches": switches,
            // All that this request took, and not just the run.
            "cpu_ns": process_cpu() - asked + run.apart.cpu_ns(),
            "outcome": "completed",
        }))
    }

    /// Runs the plan; when its last task had ended.
    fn plan(&self, run: &Arc<Run>) -> Result<u64, Trouble> {
        let draws = Arc::clone(&self.draws);
        match self.job.plan {
            PlanOf::Sync => Ok(threads::sync(run, draws)),
            PlanOf::Threads { workers } => Ok(threads::pool(run, draws, workers)),
            PlanOf::ThreadEach => Ok(threads::each(run, draws)),
            PlanOf::Processes { workers, chunk } => processes::plan(run, workers, chunk),
            PlanOf::Asyncio {
                limit,
                threads,
                processes,
            } => event_loop::plan(run, draws, limit, threads, processes),
        }
    }
}
