//! What held a run back, in words, worked out from its report alone.
//!
//! The causes are tried from the most telling to the most general, and the first that explains most
//! of the run is told, with its numbers. The thresholds only decide which sentence is told; every
//! number in it is the report's.

use super::figures::{Figures, dur};
use super::{Family, counted, percent, some};
use crate::plan::Plan;
use crate::report::Report;

/// Under what a run took place: what its report does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The plan, resolved.
    pub plan: Plan,
    /// Whether that Python has a GIL.
    pub gil: bool,
    /// Cores of the machine.
    pub cores: u32,
}

/// What held a run back most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Nothing was to be done.
    Nothing,
    /// It never ended: tasks wait for each other.
    Deadlock,
    /// It was cut off.
    Stopped,
    /// One task at a time.
    OneByOne,
    /// Starting threads, processes or interpreters.
    Start,
    /// Calls that block the event loop.
    BlockedLoop,
    /// One thread runs Python at a time.
    Gil,
    /// The event loop has one thread, and it was busy.
    BusyLoop,
    /// Locks and semaphores.
    Lock,
    /// Queues.
    Queue,
    /// Every core was busy.
    Cores,
    /// Pickling and moving data.
    Pickle,
    /// Switching and handing over.
    Overhead,
    /// Too few workers.
    Pool,
    /// The work arrives no faster.
    Arrival,
    /// Everything overlaps: the longest task decides.
    Longest,
    /// Nothing stands out.
    Mixed,
}

/// A cause and its sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What it was.
    pub cause: Cause,
    /// One sentence without a full stop, beginning in lower case.
    pub text: String,
}

/// What held the run back.
pub fn held_back(run: &Report, set: Setting) -> Held {
    let f = Figures::of(run);
    ended(run)
        .or_else(|| nothing(run))
        .or_else(|| one_by_one(&f, set))
        .or_else(|| start(&f, set))
        .or_else(|| blocked_loop(&f, set))
        .or_else(|| loop_starts(&f, set))
        .or_else(|| pickle(&f))
        .or_else(|| one_lock(&f, set))
        .or_else(|| locks(&f))
        .or_else(|| cores(&f, set))
        .or_else(|| overhead(&f))
        .or_else(|| pool(&f, run, set))
        .or_else(|| arrival(&f, run))
        .or_else(|| started_apart(&f, set))
        .or_else(|| longest(&f, run))
        .unwrap_or_else(|| mixed(&f, set))
}

fn held(cause: Cause, text: String) -> Held {
    Held { cause, text }
}

fn ended(run: &Report) -> Option<Held> {
    match run.outcome {
        "deadlock" => {
            let waiting = run.waiting.as_deref().unwrap_or_default();
            let Some(first) = waiting.first() else {
                return Some(held(
                    Cause::Deadlock,
                    "deadlock: no task can ever go on".to_owned(),
                ));
            };
            let mut text = format!("deadlock: {} waits for {}", first.task, first.on);
            match first.held_by.as_slice() {
                [] => {}
                [one] => text += &format!(", held by {one}"),
                [one, rest @ ..] => {
                    text += &format!(", held by {one} and {} more", rest.len());
                }
            }
            match waiting.len() - 1 {
                0 => {}
                more => text += &format!("; {} more stuck", counted(more as u64, "task")),
            }
            Some(held(Cause::Deadlock, text))
        }
        "stopped" => {
            let reason = run.reason.as_deref().unwrap_or("a limit was reached");
            Some(held(Cause::Stopped, format!("stopped: {reason}")))
        }
        _ => None,
    }
}

fn nothing(run: &Report) -> Option<Held> {
    let nothing = run.tasks == 0 || run.makespan_ns == 0;
    nothing.then(|| held(Cause::Nothing, "nothing to do".to_owned()))
}

fn one_by_one(f: &Figures, set: Setting) -> Option<Held> {
    if set.plan != Plan::Sync {
        return None;
    }
    let text = if f.lock + f.queue > f.makespan / 2.0 {
        let share = percent(f.lock + f.queue, f.makespan);
        format!("one task after another: {share} of the run waits for locks and queues")
    } else if f.io > f.makespan / 2.0 {
        let share = percent(f.io, f.makespan);
        format!("one task after another: {share} of the run waits for I/O, the CPU idle")
    } else if set.cores > 1 {
        let busy = percent(f.cores_busy, 1.0);
        format!(
            "one task after another: one core is busy {busy} of the run, {}",
            idle(set, 1.0)
        )
    } else {
        "one task after another".to_owned()
    };
    Some(held(Cause::OneByOne, text))
}

/// `the other 3 idle`.
fn idle(set: Setting, busy: f64) -> String {
    match set.cores.saturating_sub(busy.round().max(1.0) as u32) {
        0 => "no core idle".to_owned(),
        1 => "the other idles".to_owned(),
        n => format!("the other {n} idle"),
    }
}

/// Workers that a plan starts, and what they are called.
fn workers(plan: Plan) -> Option<(u32, &'static str)> {
    match plan {
        Plan::Sync | Plan::ThreadEach => None,
        Plan::Threads { workers } => Some((workers, "thread")),
        Plan::Processes { pool, .. } => Some((pool.workers, "process")),
        Plan::Interpreters { workers } => Some((workers, "interpreter")),
        Plan::Asyncio {
            processes: Some(pool),
            ..
        } => Some((pool.workers, "process")),
        Plan::Asyncio { threads, .. } => threads.map(|workers| (workers, "thread")),
    }
}

fn start(f: &Figures, set: Setting) -> Option<Held> {
    let text = match workers(set.plan) {
        // What one worker's start takes; the workers start side by side, at best.
        Some((n, noun)) => {
            let each = f.start / f64::from(n);
            if each < 0.3 * f.makespan {
                return None;
            }
            let share = percent(each, f.makespan);
            let n = u64::from(n);
            format!("starting {} took {share} of the run", counted(n, noun))
        }
        None => {
            let share = f.start / (f.start + f.served);
            if share < 0.3 {
                return None;
            }
            format!(
                "{} of all the work was starting threads",
                percent(share, 1.0)
            )
        }
    };
    Some(held(Cause::Start, text))
}

fn blocked_loop(f: &Figures, set: Setting) -> Option<Held> {
    // With a pool under the loop what blocks goes there.
    if Family::of(set.plan) != Family::Asyncio || f.loop_ < 0.4 * f.served {
        return None;
    }
    // What the loop's thread did, plus what it was frozen in, is the run; what neither bytecode nor
    // native code explains was spent in calls that block.
    let frozen = f.makespan - f.locked() - f.native;
    if frozen < 0.5 * f.makespan || f.io < 0.5 * frozen {
        return None;
    }
    let text = format!(
        "blocking calls froze the loop for {} of {}: nothing else ran meanwhile",
        dur(frozen),
        dur(f.makespan)
    );
    Some(held(Cause::BlockedLoop, text))
}

/// Starting a process from the loop blocks it: `run_in_executor` submits, and the first submits
/// start the workers (CPython `Lib/concurrent/futures/process.py`, `_adjust_process_count`).
fn loop_starts(f: &Figures, set: Setting) -> Option<Held> {
    let Plan::Asyncio {
        processes: Some(pool),
        ..
    } = set.plan
    else {
        return None;
    };
    let idle = f.locked() + f.native < 0.8 * f.makespan * f64::from(set.cores.min(pool.workers));
    (f.loop_ > 0.4 * f.served && idle && f.loop_ > f.gil).then(|| {
        let processes = counted(u64::from(pool.workers), "process");
        let share = percent(f.loop_, f.served);
        let text = format!(
            "{share} of a task's time is waiting for the loop, which starts {processes} and hands \
             over the work"
        );
        held(Cause::Start, text)
    })
}

fn pickle(f: &Figures) -> Option<Held> {
    let busy = f.python + f.native + f.pickle + f.overhead;
    if f.pickle < 0.3 * busy || f.pickle < 0.1 * f.served {
        return None;
    }
    let text = format!(
        "pickling and moving data is {} of the work, {} in all",
        percent(f.pickle, busy),
        dur(f.pickle)
    );
    Some(held(Cause::Pickle, text))
}

/// The GIL of the one interpreter, or the one thread of the loop.
fn one_lock(f: &Figures, set: Setting) -> Option<Held> {
    let family = Family::of(set.plan);
    let on_loop = match family {
        Family::Asyncio => f.locked() + f.native,
        // Native code runs in the pool.
        Family::AsyncioThreads => f.locked(),
        _ => 0.0,
    };
    if f.loop_ >= f.gil && on_loop > 0.6 * f.makespan {
        let busy = percent(on_loop.min(f.makespan), f.makespan);
        let rest = match set.cores {
            1 => String::new(),
            _ => format!(", {}", idle(set, f.cores_busy)),
        };
        let text = format!("the loop has one thread, busy {busy} of the run{rest}");
        return Some(held(Cause::BusyLoop, text));
    }
    let queued_apart = f.waits - f.pool;
    if !set.gil || f.gil < 0.4 * queued_apart || f.gil < 0.1 * f.served {
        return None;
    }
    let share = percent(f.gil, queued_apart);
    let mut text = format!("{share} of the wait is for the GIL: one thread runs Python at a time");
    let spare = f64::from(set.cores) - f.cores_busy;
    if spare >= 0.95 {
        text += &format!(", {}", idle(set, f.cores_busy));
    }
    Some(held(Cause::Gil, text))
}

fn locks(f: &Figures) -> Option<Held> {
    let queued_apart = f.waits - f.pool;
    let (wait, cause, what) = match f.lock >= f.queue {
        true => (f.lock, Cause::Lock, "a lock"),
        false => (f.queue, Cause::Queue, "a queue"),
    };
    if wait < 0.5 * queued_apart || wait < 0.2 * f.served {
        return None;
    }
    let what = match cause {
        Cause::Lock => format!("{what}: only its holders go on"),
        _ => format!("{what}: the other side of it is slower"),
    };
    Some(held(
        cause,
        format!("{} of the wait is for {what}", percent(wait, queued_apart)),
    ))
}

fn cores(f: &Figures, set: Setting) -> Option<Held> {
    let full = f64::from(set.cores);
    if f.cores_busy < 0.85 * full {
        return None;
    }
    let share = percent(f.cores_busy, full);
    let text = match set.cores {
        1 => format!("the one core is busy {share} of the run: only less work is faster"),
        2 => format!("both cores are busy {share} of the run: nothing idles"),
        n => format!("all {n} cores are busy {share} of the run: nothing idles"),
    };
    Some(held(Cause::Cores, text))
}

fn overhead(f: &Figures) -> Option<Held> {
    let busy = f.python + f.native + f.pickle + f.overhead;
    if f.overhead < 0.3 * busy || f.overhead < 0.1 * f.served {
        return None;
    }
    let text = format!(
        "switching and handing over is {} of the work",
        percent(f.overhead, busy)
    );
    Some(held(Cause::Overhead, text))
}

fn pool(f: &Figures, run: &Report, set: Setting) -> Option<Held> {
    let (n, noun) = match set.plan {
        // Under a loop with both pools, calls that wait are in the threads.
        Plan::Asyncio {
            threads: Some(workers),
            ..
        } if f.io > 0.5 * f.served => (workers, "thread"),
        plan => workers(plan)?,
    };
    if f.pool < 0.3 * (f.served + f.pool) || u64::from(n) >= run.tasks {
        return None;
    }
    let only = counted(u64::from(n), noun);
    let tasks = counted(run.tasks, "task");
    let text = if f.io > 0.5 * f.served {
        format!("only {only} for {tasks}, and each mostly waits: more would overlap more")
    } else if noun == "thread" {
        format!(
            "{only} share {tasks}: {:.1} of {} cores busy",
            f.cores_busy, set.cores
        )
    } else {
        return None;
    };
    Some(held(Cause::Pool, text))
}

/// Processes or interpreters that compute, and do not fill the cores.
fn started_apart(f: &Figures, set: Setting) -> Option<Held> {
    let (n, noun) = workers(set.plan).filter(|&(_, noun)| noun != "thread")?;
    let reach = f64::from(n.min(set.cores));
    let computes = f.python + f.native > f.io;
    (computes && f.cores_busy < 0.85 * reach && f.loop_ + f.lock + f.queue < 0.5 * f.served).then(
        || {
            let text = format!(
                "{:.1} of {} busy on average: starting {} and an uneven end cost the rest",
                f.cores_busy,
                counted(u64::from(set.cores), "core"),
                counted(u64::from(n), noun)
            );
            held(Cause::Start, text)
        },
    )
}

fn arrival(f: &Figures, run: &Report) -> Option<Held> {
    let latency = run.latency_ns.max as f64;
    (run.tasks > 1 && latency < 0.7 * f.makespan).then(|| {
        let text = format!(
            "keeps up with what arrives: {} tasks at once on average, the longest takes {}",
            some(run.tasks_in_flight),
            dur(latency)
        );
        held(Cause::Arrival, text)
    })
}

fn longest(f: &Figures, run: &Report) -> Option<Held> {
    (f.io > 0.6 * f.served && f.waits < 0.3 * f.served).then(|| {
        let text = match run.tasks {
            1 => "one task, and most of it waits for I/O".to_owned(),
            _ => format!(
                "the waits overlap: the run is as long as its longest task, {}",
                dur(run.latency_ns.max as f64)
            ),
        };
        held(Cause::Longest, text)
    })
}

fn mixed(f: &Figures, set: Setting) -> Held {
    let states = [
        (f.python, "running Python"),
        (f.native, "running native code"),
        (f.io, "waiting for I/O"),
        (f.gil, "waiting for the GIL"),
        (f.core, "waiting for a core"),
        (f.lock, "waiting for a lock"),
        (f.queue, "waiting at a queue"),
        (f.loop_, "waiting for the loop"),
        (f.join, "waiting at a gather"),
        (f.pickle, "pickling"),
        (f.overhead, "switching and handing over"),
    ];
    let total: f64 = states.iter().map(|(ns, _)| ns).sum();
    let top = states
        .iter()
        .fold((0.0, "waiting"), |a, &b| if b.0 > a.0 { b } else { a });
    if top.0 == f.core && f.cores_busy < 0.5 * f64::from(set.cores) {
        let share = percent(f.core, total);
        let text = format!(
            "{share} of a task's time passes until its thread, woken, is on a core; {:.1} of {} busy",
            f.cores_busy, set.cores
        );
        return held(Cause::Mixed, text);
    }
    let mut text = format!(
        "mostly {}: {} of a task's time",
        top.1,
        percent(top.0, total)
    );
    if set.cores > 1 {
        text += &format!("; {:.1} of {} cores busy", f.cores_busy, set.cores);
    }
    held(Cause::Mixed, text)
}
