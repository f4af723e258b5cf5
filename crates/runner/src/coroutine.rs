//! Steps as code for tasks on an event loop.
//!
//! What a time limit cuts is a future that is dropped. So whatever must be noted down of a step, cut or
//! not, is noted by a [`Note`] that goes with it.

use std::collections::VecDeque;
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Semaphore;
use trilane_core::trace::measured::Code;
use trilane_core::workload::Place;

use crate::host::{self, Far, Group, Running, Under, now};
use crate::job::{Branch, Draws, Shared, Step};
use crate::records::put;
use crate::run::Run;
use crate::shared::locked;
use crate::wire::Leaf;

/// The tasks of a run on a loop, and what they use.
pub(crate) struct Tasks {
    pub(crate) run: Arc<Run>,
    pub(crate) draws: Arc<Draws>,
    pub(crate) shared: Vec<Resource>,
    /// Tasks at a time.
    pub(crate) limit: Option<Semaphore>,
    /// The executors under the loop.
    pub(crate) under: Under,
    /// One task after another: a stand-in for a thread whose waits block, so that nothing of a task goes on
    /// beside anything else of it, and branches run in a row.
    pub(crate) in_a_row: bool,
    /// The id of the next branch.
    pub(crate) ids: AtomicU32,
}

/// Where a task stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    pub(crate) kind: usize,
    pub(crate) task: u32,
    cursor: u64,
    /// The earliest limit around it.
    deadline: Option<u64>,
}

/// A step for an executor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Away {
    pub(crate) leaf: Leaf,
    pub(crate) kind: u32,
    pub(crate) task: u32,
    pub(crate) ns: u64,
}

/// What coroutines share. In order, as asyncio's: tokio hands a permit to whoever has waited longest.
#[derive(Debug)]
pub(crate) enum Resource {
    Lock(Semaphore),
    Queue(Queue),
    /// Of another worker's loop: either of them, over there.
    #[cfg_attr(unix, expect(dead_code, reason = "processes here share pipes"))]
    Far(Far),
}

/// A queue between coroutines.
#[derive(Debug)]
pub(crate) struct Queue {
    items: Mutex<VecDeque<u32>>,
    filled: Semaphore,
    /// What is free, where there is a bound.
    places: Option<Semaphore>,
}

/// For the coroutines of one loop.
pub(crate) fn on_a_loop(resources: &[Shared]) -> Vec<Resource> {
    resources
        .iter()
        .map(|shared| match shared.capacity {
            None => Resource::Lock(Semaphore::new(shared.permits.unwrap_or(1) as usize)),
            Some(capacity) => Resource::Queue(Queue {
                items: Mutex::default(),
                filled: Semaphore::new(0),
                places: (capacity > 0).then(|| Semaphore::new(capacity as usize)),
            }),
        })
        .collect()
}

impl Queue {
    /// Puts an item in, and gives it back.
    pub(crate) async fn put(&self, item: u32) -> u32 {
        if let Some(places) = &self.places {
            take(places).await;
        }
        locked(&self.items).push_back(item);
        self.filled.add_permits(1);
        item
    }

    pub(crate) async fn get(&self) -> Option<u32> {
        take(&self.filled).await;
        let item = locked(&self.items).pop_front();
        if let Some(places) = &self.places {
            places.add_permits(1);
        }
        item
    }
}

/// A row that is written when its step is over, however that comes.
#[derive(Debug)]
pub(crate) struct Note {
    code: Code,
    task: u32,
    a: u64,
    c: u64,
    d: u64,
}

impl Note {
    pub(crate) fn new(code: Code, task: u32, c: u64, d: u64) -> Note {
        let a = now();
        Note {
            code,
            task,
            a,
            c,
            d,
        }
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        put(self.code, self.task, [self.a, now(), self.c, self.d]);
    }
}

/// The end of a branch, even of one that was cut before its first step.
struct End(u32);

impl Drop for End {
    fn drop(&mut self) {
        put(Code::End, self.0, [now(), 0, 0, 0]);
    }
}

/// A permit that was taken, and is given back however its steps end.
enum Held<'a> {
    Near(&'a Semaphore),
    Far(&'a Far),
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        match self {
            Held::Near(lock) => lock.add_permits(1),
            Held::Far(far) => far.release(),
        }
    }
}

impl Resource {
    /// Takes a permit; a queue has none.
    async fn acquire(&self) -> Option<Held<'_>> {
        match self {
            Resource::Lock(lock) => {
                take(lock).await;
                Some(Held::Near(lock))
            }
            Resource::Far(far) => {
                far.acquire().await;
                Some(Held::Far(far))
            }
            Resource::Queue(_) => None,
        }
    }
}

/// Nobody ever closes a semaphore of a run, so that waiting for one does not fail.
pub(crate) async fn take(semaphore: &Semaphore) {
    if let Ok(permit) = semaphore.acquire().await {
        permit.forget();
    }
}

impl Tasks {
    /// For all coroutines of a loop.
    #[cfg_attr(
        target_arch = "wasm32",
        expect(
            clippy::arc_with_non_send_sync,
            reason = "a browser's loop has one thread, tokio's wants to be told"
        )
    )]
    pub(crate) fn shared(self) -> Arc<Tasks> {
        Arc::new(self)
    }

    /// A whole task.
    pub(crate) async fn task(self: Arc<Self>, kind: usize, task: u32) {
        let _slot = match &self.limit {
            Some(limit) => {
                take(limit).await;
                Some(Held::Near(limit))
            }
            None => None,
        };
        let of = &self.run.job.kinds[kind];
        let mut cx = Context {
            kind,
            task,
            cursor: of.draws_of(task),
            deadline: None,
        };
        put(Code::Begin, task, [now(), 0, 0, 0]);
        let memory = black_box(vec![1u8; of.memory]);
        self.steps(&of.program, &mut cx).await;
        drop(memory);
        let at = now();
        put(Code::End, task, [at, 0, 0, 0]);
        self.run.agenda.ended(kind, at, 1);
    }

    fn steps<'a>(self: &'a Arc<Self>, steps: &'a [Step], cx: &'a mut Context) -> Running<'a> {
        Box::pin(async move {
            for step in steps {
                self.run.work.gil.check();
                self.step(step, cx).await;
            }
        })
    }

    async fn step(self: &Arc<Self>, step: &Step, cx: &mut Context) {
        let place = step.place(&|place| self.under.has(place));
        match step {
            Step::Cpu(ns, _) => {
                let ns = self.amount(*ns, cx);
                self.leaf(Leaf::Cpu, place, cx, ns).await;
            }
            Step::Native(ns, _) => {
                let ns = self.amount(*ns, cx);
                self.leaf(Leaf::Native, place, cx, ns).await;
            }
            Step::Io { ns, blocking, .. } => {
                let ns = self.amount(*ns, cx);
                match place {
                    Place::Loop if !blocking || self.in_a_row => self.wait(cx, ns).await,
                    place => self.leaf(Leaf::Io, place, cx, ns).await,
                }
            }
            Step::Lock(index, inner) => {
                let note = Note::new(Code::Lock, cx.task, *index as u64, 0);
                let held = self.shared[*index].acquire().await;
                drop(note);
                self.steps(inner, cx).await;
                drop(held);
            }
            Step::Put(index) | Step::Get(index) => {
                let mut note = Note::new(Code::Queue, cx.task, *index as u64, u64::MAX);
                let item = match (&self.shared[*index], step) {
                    (Resource::Queue(queue), Step::Put(_)) => Some(queue.put(cx.task).await),
                    (Resource::Queue(queue), _) => queue.get().await,
                    (Resource::Far(far), Step::Put(_)) => far.put(cx.task).await,
                    (Resource::Far(far), _) => far.get().await,
                    (Resource::Lock(_), _) => None,
                };
                note.d = item.map_or(u64::MAX, u64::from);
            }
            Step::Repeat(times, inner) => {
                for _ in 0..*times {
                    self.steps(inner, cx).await;
                }
            }
            Step::Timeout { ns, draws, steps } => {
                let ns = self.amount(*ns, cx);
                self.limited(ns, *draws, steps, cx).await;
            }
            Step::Gather(branches) if self.in_a_row => {
                for branch in branches {
                    self.steps(&branch.steps, cx).await;
                }
            }
            Step::Gather(branches) => self.gather(branches, cx).await,
        }
    }

    /// A step that takes its thread, on the loop's or on another.
    async fn leaf(&self, leaf: Leaf, place: Place, cx: &Context, ns: u64) {
        if place == Place::Loop {
            return self.run.work.leaf(leaf, cx.task, ns);
        }
        let _note = Note::new(Code::Offload, cx.task, 0, 0);
        let step = Away {
            leaf,
            kind: cx.kind as u32,
            task: cx.task,
            ns,
        };
        self.under.leaf(&self.run, place, step).await;
    }

    fn amount(&self, ns: Option<u64>, cx: &mut Context) -> u64 {
        ns.unwrap_or_else(|| {
            cx.cursor += 1;
            self.draws.at(cx.cursor - 1)
        })
    }

    /// A wait that lets the loop go on.
    async fn wait(&self, cx: &Context, ns: u64) {
        let left = cx.deadline.map(|deadline| deadline.saturating_sub(now()));
        let asked = left.map_or(ns, |left| left.min(ns));
        let mut note = Note::new(Code::Io, cx.task, asked, 0);
        match self.run.work.port {
            None => host::sleep(Duration::from_nanos(ns)).await,
            Some(port) => {
                if let Err(error) = host::ask_later(port, ns).await {
                    host::give_up(&error, "asking the delay server");
                }
            }
        }
        note.c = ns;
    }

    /// A limit drops what is being awaited; what an executor has of it runs on.
    async fn limited(self: &Arc<Self>, ns: u64, draws: u64, steps: &[Step], cx: &mut Context) {
        let outer = *cx;
        let deadline = now().saturating_add(ns);
        cx.deadline = Some(outer.deadline.map_or(deadline, |outer| outer.min(deadline)));
        let inner = self.steps(steps, cx);
        let done = host::timeout(Duration::from_nanos(ns), inner).await;
        if done.is_none() {
            put(Code::Cut, outer.task, [now(), 0, 0, 0]);
        }
        *cx = outer;
        cx.cursor += draws;
    }

    /// Branches are tasks of their own, and end with the task that waits for them.
    async fn gather(self: &Arc<Self>, branches: &[Branch], cx: &mut Context) {
        let note = Note::new(Code::Join, cx.task, 0, 0);
        let mut group = Group::new();
        for branch in branches {
            let child = Context {
                task: self.ids.fetch_add(1, Ordering::Relaxed),
                ..*cx
            };
            cx.cursor += branch.draws;
            put(Code::Branch, child.task, [note.a, u64::from(cx.task), 0, 0]);
            let code = Arc::clone(&branch.steps);
            let end = End(child.task);
            group.spawn(Arc::clone(self).branch(code, child, end));
        }
        group.ended().await;
        drop(note);
    }

    async fn branch(self: Arc<Self>, code: Arc<[Step]>, mut cx: Context, end: End) {
        put(Code::Begin, cx.task, [now(), 0, 0, 0]);
        self.steps(&code, &mut cx).await;
        drop(end);
    }
}
