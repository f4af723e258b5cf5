//! What held a run back, in words, worked out from its report alone.
//!
//! The causes are tried from the most telling to the most general, and the first that explains most
//! of the run is told, with its numbers. The thresholds only decide which sentence is told; every
//! number in it is the report's.

// Over 500 lines: one cause after another, a few lines each, in the order in which they are asked for.

use super::{Family, counted, percent};
use crate::compare::{Race, completed};
use crate::plan::Plan;
use crate::report::Report;
use crate::units::Dur;

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
    let f = Figures::of(run, set);
    ended(run)
        .or_else(|| nothing(run))
        .or_else(|| one_by_one(&f, set))
        .or_else(|| start(&f, set))
        .or_else(|| blocked_loop(&f, set))
        .or_else(|| pickle(&f))
        .or_else(|| one_lock(&f, set))
        .or_else(|| locks(&f))
        .or_else(|| cores(&f, set))
        .or_else(|| overhead(&f))
        .or_else(|| pool(&f, run, set))
        .or_else(|| arrival(&f, run))
        .or_else(|| longest(&f, run))
        .unwrap_or_else(|| mixed(&f, set))
}

/// The report's sums as floats, and what is worked out from them.
struct Figures {
    makespan: f64,
    python: f64,
    native: f64,
    io: f64,
    gil: f64,
    core: f64,
    lock: f64,
    queue: f64,
    pool: f64,
    loop_: f64,
    join: f64,
    pickle: f64,
    overhead: f64,
    start: f64,
    cores_busy: f64,
    /// Waits that another plan or machine could shorten: not I/O, and not for a gather's branches.
    waits: f64,
    /// Everything tasks did once somebody had them.
    served: f64,
}

impl Figures {
    fn of(run: &Report, _set: Setting) -> Figures {
        let t = run.time_ns;
        let ns = |n: u64| n as f64;
        let waits = ns(t.gil_wait)
            + ns(t.core_wait)
            + ns(t.lock_wait)
            + ns(t.queue_wait)
            + ns(t.pool_wait)
            + ns(t.loop_wait);
        let busy = ns(t.python) + ns(t.native) + ns(t.pickle) + ns(t.overhead);
        Figures {
            makespan: ns(run.makespan_ns),
            python: ns(t.python),
            native: ns(t.native),
            io: ns(t.io),
            gil: ns(t.gil_wait),
            core: ns(t.core_wait),
            lock: ns(t.lock_wait),
            queue: ns(t.queue_wait),
            pool: ns(t.pool_wait),
            loop_: ns(t.loop_wait),
            join: ns(t.join_wait),
            pickle: ns(t.pickle),
            overhead: ns(t.overhead),
            start: ns(t.start),
            cores_busy: run.cores_busy,
            waits,
            served: busy + ns(t.io) + waits - ns(t.pool_wait),
        }
    }

    /// What needs the interpreter's lock.
    fn locked(&self) -> f64 {
        self.python + self.pickle + self.overhead
    }
}

fn held(cause: Cause, text: String) -> Held {
    Held { cause, text }
}

fn dur(ns: f64) -> Dur {
    Dur::from_nanos(ns as u64)
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
    if !matches!(set.plan, Plan::Asyncio { .. }) || f.loop_ < 0.4 * f.served {
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
    let on_loop = matches!(family, Family::Asyncio | Family::AsyncioThreads);
    if on_loop && f.loop_ >= f.gil && f.locked() + f.native > 0.6 * f.makespan {
        let busy = percent((f.locked() + f.native).min(f.makespan), f.makespan);
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
    let text = match f.io > 0.5 * f.served {
        true => format!(
            "only {only} for {}, and each mostly waits: more would overlap more",
            counted(run.tasks, "task")
        ),
        false => format!("{only} share {}", counted(run.tasks, "task")),
    };
    Some(held(Cause::Pool, text))
}

fn arrival(f: &Figures, run: &Report) -> Option<Held> {
    let latency = run.latency_ns.max as f64;
    (run.tasks > 1 && latency < 0.5 * f.makespan).then(|| {
        let text = format!(
            "tasks arrive no faster: {:.1} at once on average, the longest takes {}",
            run.tasks_in_flight,
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

/// One or two sentences on who won a race, by how much and why. `names` are the runs' plans as the
/// reader knows them.
pub fn verdict(race: &Race, settings: &[Setting], names: &[String]) -> String {
    let order = race.ranking();
    let Some(best) = race.best() else {
        return match order.is_empty() {
            true => "Nothing was run".to_owned(),
            false => "No plan gets to the end of it".to_owned(),
        };
    };
    let run = &race.runs[best];
    let name = &names[best];
    let rest: Vec<usize> = order
        .iter()
        .copied()
        .filter(|&i| i != best && completed(&race.runs[i]))
        .collect();
    let ratio = |i: usize| race.runs[i].makespan_ns as f64 / (run.makespan_ns as f64).max(1.0);
    let Some(&second) = rest.first() else {
        return match order.len() {
            1 => format!(
                "{name} takes {}: {}",
                dur(run.makespan_ns as f64),
                held_back(run, settings[best]).text
            ),
            _ => format!("{name} is the only plan that gets to the end"),
        };
    };
    let level: Vec<usize> = rest.iter().copied().filter(|&i| ratio(i) < 1.02).collect();
    if !level.is_empty() {
        let simplest = level
            .iter()
            .copied()
            .chain([best])
            .min_by_key(|&i| (super::simplicity(settings[i].plan), i))
            .unwrap_or(best);
        let others: Vec<&str> = std::iter::once(best)
            .chain(level)
            .filter(|&i| i != simplest)
            .map(|i| names[i].as_str())
            .collect();
        return format!(
            "Take {}: level with {} (within 2 %), and the simplest of them; {}",
            names[simplest],
            listed(&others),
            strength(&race.runs[simplest], settings[simplest]),
        );
    }
    let reason = strength(run, settings[best]);
    let ahead = format!("{} than {}", faster(ratio(second)), names[second]);
    match run.speedup {
        Some(times) if settings[best].plan != Plan::Sync && settings[second].plan != Plan::Sync => {
            format!(
                "{name} wins, {ahead} and {} than a plain loop: {reason}",
                faster(times)
            )
        }
        _ => format!("{name} wins, {ahead}: {reason}"),
    }
}

/// `12 % faster`, `3.1 times as fast`: told so that it can be followed by `than`.
pub(crate) fn faster(ratio: f64) -> String {
    match ratio {
        r if r < 1.995 => format!("{:.0} % faster", (r - 1.0) * 100.0),
        r if r < 9.95 => format!("{r:.1} times faster"),
        r => format!("{r:.0} times faster"),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// What a run does well.
pub(crate) fn strength(run: &Report, set: Setting) -> String {
    let f = Figures::of(run, set);
    let busy = f.cores_busy;
    let io = f.io > 0.5 * (f.served - f.loop_ - f.gil).max(1.0);
    match Family::of(set.plan) {
        Family::Sync => "there is little to overlap, and it starts nothing".to_owned(),
        Family::Processes | Family::AsyncioProcesses | Family::AsyncioBoth if busy > 1.2 => {
            format!("a GIL each lets {busy:.1} cores work at once")
        }
        Family::Interpreters if busy > 1.2 => {
            format!("a GIL each, in one process, lets {busy:.1} cores work at once")
        }
        Family::Threads | Family::AsyncioThreads if busy > 1.2 && !set.gil => {
            format!("without a GIL {busy:.1} cores work at once")
        }
        Family::Threads | Family::AsyncioThreads if busy > 1.2 => {
            format!("native code lets go of the GIL: {busy:.1} cores work at once")
        }
        Family::Asyncio if io => {
            format!(
                "one thread waits for up to {} at once, for next to nothing each",
                counted(run.tasks, "task")
            )
        }
        Family::AsyncioThreads if io => {
            "the loop overlaps what can be awaited, and threads take what blocks".to_owned()
        }
        _ if io => "the waits overlap".to_owned(),
        Family::Asyncio => "one thread, and nothing to hand over".to_owned(),
        _ => "it wastes the least".to_owned(),
    }
}
