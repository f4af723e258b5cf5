//! What things cost in this browser: timers, coroutines, workers with a memory each, and, where it is shared,
//! from one thread to another.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use trilane_core::plan::Plan;
use trilane_core::race;
use trilane_core::workload::draw;

use super::child::{Apart, Child, Start};
use super::event_loop::{Group, sleep};
use super::{Loaded, block, now, warm_up};
use crate::gil::Gil;
use crate::records::{Book, Role};
use crate::run::Run;
use crate::wire::{Leaf, Request};
use crate::work::{self, Work};

/// Samples of each figure, in nanoseconds, ascending.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    /// How much later than at its whole millisecond a short timer's coroutine goes on.
    pub timer_late: Vec<u64>,
    /// The same of timers that take [`LONG_MS`].
    pub timer_late_long: Vec<u64>,
    /// The same of short ones while all cores are busy; none where that could not be had.
    pub timer_late_busy: Vec<u64>,
    /// From asking for the first coroutine until it runs.
    pub loop_start: Vec<u64>,
    /// A coroutine: made, first polled, ended.
    pub coroutine: Vec<u64>,
    /// From a coroutine to another that waits for it.
    pub callback: Vec<u64>,
    /// A timer, besides its coroutine, where many fall due at once.
    pub timer: Vec<u64>,
    /// Starting a worker: what it takes whoever starts it.
    pub worker_parent: Vec<u64>,
    /// A worker, until it has done its first item, as many as there are cores starting at once.
    pub worker_boot: Vec<u64>,
    /// Sending an item without payload, and its answer.
    pub round_trip: Vec<u64>,
    /// By payload: bytes, and the medians of sending it and of having it.
    pub transfer: Vec<(u64, u64, u64)>,
    /// By busy workers: how much longer each takes than one alone, ppm.
    pub shares: Vec<(u32, u64)>,
}

/// Payloads whose way is measured, bytes.
const SIZES: [u64; 4] = [0, 65_536, 1_048_576, 16_777_216];
/// So much work shows how far busy workers slow each other, ns.
const BUSY: u64 = 60_000_000;
/// Long timers, ms.
pub const LONG_MS: u64 = 80;
/// More workers than this are not started at once.
const MOST_WORKERS: u32 = 8;

/// Measures, in some seconds.
///
/// # Errors
/// Never, but where the browser starts no workers.
pub async fn calibrate(cores: u32, progress: &dyn Fn(f64, &str)) -> Result<Samples, String> {
    let mut samples = Samples::default();
    progress(0.0, "warming up");
    warm_up().await;
    progress(0.1, "timers");
    timers(&mut samples).await;
    progress(0.35, "coroutines");
    coroutines(&mut samples).await;
    let run = small_run()?;
    let workers = cores.clamp(1, MOST_WORKERS);
    progress(0.5, "starting workers");
    starts(&run, workers.min(4), &mut samples).await?;
    progress(0.65, "sending to workers");
    transfers(&run, &mut samples).await?;
    progress(0.8, "busy workers side by side");
    let children = started(&run, workers).await?;
    shares(&run, &children, &mut samples).await;
    if workers == cores {
        progress(0.9, "timers beside busy workers");
        busy_timers(&run, &children, &mut samples).await;
    }
    progress(1.0, "done");
    for sorted in [
        &mut samples.timer_late,
        &mut samples.timer_late_long,
        &mut samples.timer_late_busy,
        &mut samples.loop_start,
        &mut samples.coroutine,
        &mut samples.callback,
        &mut samples.timer,
        &mut samples.worker_parent,
        &mut samples.worker_boot,
        &mut samples.round_trip,
    ] {
        sorted.sort_unstable();
    }
    Ok(samples)
}

async fn timers(samples: &mut Samples) {
    for round in 0..24 {
        for ms in [1, 2, 5, 9, 14] {
            // Not always at the same point of the browser's own ticks.
            block(Duration::from_micros(37 * round));
            samples.timer_late.push(late(ms).await);
        }
        if round % 3 == 0 {
            samples.timer_late_long.push(late(LONG_MS).await);
        }
    }
}

/// How much too late a timer is, ns.
async fn late(ms: u64) -> u64 {
    let before = now();
    sleep(Duration::from_millis(ms)).await;
    (now() - before).saturating_sub(ms * 1_000_000)
}

/// Timers while every core has a worker that computes.
async fn busy_timers(run: &Arc<Run>, children: &[Rc<Child>], samples: &mut Samples) {
    for _ in 0..8 {
        let working = Rc::new(Cell::new(true));
        let busy = Rc::clone(&working);
        let (children, run) = (children.to_vec(), Arc::clone(run));
        let mut group = Group::new();
        group.spawn(async move {
            compute(&run, &children).await;
            busy.set(false);
        });
        // The first wait is for the workers to be at it.
        let _ = late(2).await;
        loop {
            let late = late(5).await;
            if !working.get() {
                break;
            }
            samples.timer_late_busy.push(late);
        }
        group.ended().await;
    }
}

async fn coroutines(samples: &mut Samples) {
    const MANY: u64 = 2_000;
    for _ in 0..9 {
        let (before, begun) = (now(), Rc::new(Cell::new(0)));
        let first = Rc::clone(&begun);
        let mut group = Group::new();
        group.spawn(async move { first.set(now()) });
        group.ended().await;
        samples.loop_start.push(begun.get() - before);

        let before = now();
        let mut group = Group::new();
        for _ in 0..MANY {
            group.spawn(async {});
        }
        group.ended().await;
        let coroutine = (now() - before) / MANY;
        samples.coroutine.push(coroutine);

        let (ping, pong) = (Rc::new(Notify::new()), Rc::new(Notify::new()));
        let mut group = Group::new();
        let (hears, says) = (Rc::clone(&ping), Rc::clone(&pong));
        group.spawn(async move {
            for _ in 0..MANY {
                hears.notified().await;
                says.notify_one();
            }
        });
        let before = now();
        for _ in 0..MANY {
            ping.notify_one();
            pong.notified().await;
        }
        samples.callback.push((now() - before) / (2 * MANY));

        // All due in the same millisecond: the first tells when it was, the last how long they took.
        let times = Rc::new(Cell::new((u64::MAX, 0)));
        let mut group = Group::new();
        for _ in 0..MANY {
            let times = Rc::clone(&times);
            group.spawn(async move {
                sleep(Duration::from_millis(50)).await;
                let (first, at) = (times.get().0, now());
                times.set((first.min(at), at));
            });
        }
        group.ended().await;
        let (first, last) = times.get();
        samples.timer.push(last.saturating_sub(first) / MANY);
    }
}

/// A job of one kind a payload, whose work is next to nothing.
fn small_run() -> Result<Arc<Run>, String> {
    let mut text = "trilane = 1\ntitle = \"calibration\"\n".to_owned();
    for bytes in SIZES {
        text.push_str(&format!(
            "[tasks.of{bytes}]\ncount = 1\ninput = \"{bytes}B\"\nsteps = [{{ cpu = \"1ns\" }}]\n"
        ));
    }
    let scenario = race::read(&text).map_err(|error| error.to_string())?;
    let work = draw(&scenario, 0);
    let loaded = Loaded::new(&work, &Plan::Sync)?;
    let apart = Apart {
        document: loaded.document.clone(),
        draws: loaded.drawn.clone(),
    };
    let work = Work::new(work::calibrate(false), Gil::default(), None);
    Ok(Arc::new(Run::new(
        &loaded.job,
        work,
        Arc::new(Book::default()),
        apart,
    )))
}

fn start(run: &Run) -> Result<Child, String> {
    let child = Child::start(Start {
        role: Role::Process,
        speed: run.work.speed(),
        apart: &run.apart,
        shared: None,
    });
    child.map_err(|_| "the browser starts no workers".to_owned())
}

/// The task of a payload.
fn item(kind: u32) -> Request {
    Request::Tasks {
        kind,
        first: kind,
        count: 1,
    }
}

async fn transfers(run: &Arc<Run>, samples: &mut Samples) -> Result<(), String> {
    let child = start(run)?;
    child.exchange(&run.job, item(0)).await;
    for _ in 0..200 {
        let before = now();
        child.exchange(&run.job, item(0)).await;
        samples.round_trip.push(now() - before);
    }
    let mut nothing = samples.round_trip.clone();
    let nothing = median(&mut nothing);
    for (kind, bytes) in (0u32..).zip(SIZES).skip(1) {
        let (mut sent, mut had) = (vec![], vec![]);
        for _ in 0..9 {
            let before = now();
            let (sending, answer) = child.send(&run.job, item(kind));
            answer.await;
            sent.push(sending);
            had.push((now() - before).saturating_sub(sending + nothing));
        }
        samples
            .transfer
            .push((bytes, median(&mut sent), median(&mut had)));
    }
    Ok(())
}

/// Workers that have started.
async fn started(run: &Arc<Run>, workers: u32) -> Result<Vec<Rc<Child>>, String> {
    let mut children = vec![];
    for _ in 0..workers {
        let child = start(run)?;
        child.exchange(&run.job, item(0)).await;
        children.push(Rc::new(child));
    }
    Ok(children)
}

/// So many workers start at once, as a pool's do: they stand in each other's way.
async fn starts(run: &Arc<Run>, workers: u32, samples: &mut Samples) -> Result<(), String> {
    for _ in 0..6 {
        let boots = Rc::new(RefCell::new(vec![]));
        let mut group = Group::new();
        for _ in 0..workers {
            let before = now();
            let child = start(run)?;
            let there = now();
            samples.worker_parent.push(there - before);
            let (run, boots) = (Arc::clone(run), Rc::clone(&boots));
            group.spawn(async move {
                child.exchange(&run.job, item(0)).await;
                boots.borrow_mut().push(now() - there);
            });
        }
        group.ended().await;
        samples.worker_boot.append(&mut boots.borrow_mut());
        // Their ends are not to be in the way of the next.
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// The same work on one worker, and on more, up to all of them, in turn.
async fn shares(run: &Arc<Run>, children: &[Rc<Child>], samples: &mut Samples) {
    let mut took = vec![vec![]; children.len()];
    for _ in 0..7 {
        for (busy, took) in (1..).zip(&mut took) {
            took.push(compute(run, &children[..busy]).await);
        }
    }
    let mut took = took.iter_mut().map(|took| median(took));
    let alone = took.next().unwrap_or(1).max(1);
    samples.shares.push((1, 1_000_000));
    for (busy, took) in (2..).zip(took) {
        let ppm = (took as f64 / alone as f64 * 1e6) as u64;
        samples.shares.push((busy, ppm.max(1_000_000)));
    }
}

/// Has all of them compute for [`BUSY`]; how long the last took, ns.
async fn compute(run: &Arc<Run>, children: &[Rc<Child>]) -> u64 {
    let took = Rc::new(Cell::new(0));
    let mut group = Group::new();
    for child in children {
        let (child, run, took) = (Rc::clone(child), Arc::clone(run), Rc::clone(&took));
        group.spawn(async move {
            let before = now();
            let step = Request::Step {
                leaf: Leaf::Cpu,
                kind: 0,
                task: 0,
                ns: BUSY,
            };
            child.exchange(&run.job, step).await;
            took.set(took.get().max(now() - before));
        });
    }
    group.ended().await;
    took.get()
}

fn median(samples: &mut [u64]) -> u64 {
    samples.sort_unstable();
    samples.get(samples.len() / 2).copied().unwrap_or(0)
}

/// From one thread that lets go to another that waits, ns, ascending. Needs a thread.
#[cfg(feature = "threads")]
pub fn handoffs() -> Vec<u64> {
    use crate::shared::Waited;
    const TIMES: u64 = 2_000;

    let turn = Arc::new(Waited::new(0u64));
    let other = Arc::clone(&turn);
    let to = |turn: &Waited<u64>, next: u64| {
        turn.change(|turn| {
            *turn = next;
            true
        });
    };
    let wait = |turn: &Waited<u64>, wanted: u64| {
        turn.wait(&Gil::default(), None, |turn| {
            (*turn == wanted).then_some(())
        });
    };
    super::start(move || {
        for time in 0..TIMES {
            wait(&other, 2 * time + 1);
            to(&other, 2 * time + 2);
        }
    });
    let mut took: Vec<u64> = (0..TIMES)
        .map(|time| {
            let before = now();
            to(&turn, 2 * time + 1);
            wait(&turn, 2 * time + 2);
            (now() - before) / 2
        })
        .collect();
    took.sort_unstable();
    took
}
