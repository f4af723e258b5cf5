//! A pool of workers with a memory each: the processes of a plan, and the executors under a loop.
//!
//! A worker is started when there is work and nobody idle, as `spawn` is in Python. Each has a *minder*: a
//! coroutine that sends it an item, waits for the answer, and takes the next.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::{Semaphore, oneshot};
use trilane_core::trace::measured::Code;
use trilane_core::workload::Place;

use super::child::{Apart, Child, Start};
use super::event_loop::Group;
use super::now;
use crate::coroutine::{Away, Resource, on_a_loop, take};
use crate::records::{Role, put};
use crate::run::Run;
use crate::tasks;
use crate::wire::Request;
use crate::work::Speed;

/// Why a worker could not be started.
const NO_MORE: &str = "the browser starts no more workers: take a plan with fewer of them";

/// Starts workers that stand in for threads, and waits until they have started: a thread takes no time to
/// start beside what a worker takes.
pub(super) async fn ready(count: usize, speed: Speed, apart: &Apart) -> Result<Vec<Child>, String> {
    let start = Start {
        role: Role::Worker,
        speed,
        apart,
        shared: None,
    };
    let all = (0..count).map(|_| Child::starting(start));
    let all: Result<Vec<_>, _> = all.collect();
    let (children, started): (Vec<_>, Vec<_>) =
        all.map_err(|_| NO_MORE.to_owned())?.into_iter().unzip();
    for started in started {
        started.await;
    }
    Ok(children)
}

/// Something for a worker to do, and who wants to know that it is done.
struct Item {
    request: Request,
    /// It may have gone away meanwhile.
    waiter: Option<oneshot::Sender<()>>,
}

/// A pool. Clones are the same one.
#[derive(Clone)]
pub(super) struct Workers(Rc<Pool>);

struct Pool {
    run: Arc<Run>,
    most: usize,
    role: Role,
    shared: Option<Rc<Vec<Resource>>>,
    /// Workers that were started before the run.
    ready: RefCell<Vec<Child>>,
    /// One for each item, and one for each worker once the pool is closed.
    filled: Semaphore,
    state: RefCell<State>,
}

struct State {
    items: VecDeque<Item>,
    /// Minders that found nothing to do, less what was submitted to wake them.
    idle: usize,
    started: usize,
    minders: Group,
}

impl Workers {
    /// A pool whose tasks share what the job says, or whose steps share nothing.
    /// Those that are `ready` go first.
    fn new(
        run: &Arc<Run>,
        most: usize,
        role: Role,
        whole_tasks: bool,
        ready: Vec<Child>,
    ) -> Workers {
        let resources = &run.job.resources;
        let shares = whole_tasks && !resources.is_empty();
        Workers(Rc::new(Pool {
            run: Arc::clone(run),
            most,
            role,
            shared: shares.then(|| Rc::new(on_a_loop(resources))),
            ready: RefCell::new(ready),
            filled: Semaphore::new(0),
            state: RefCell::new(State {
                items: VecDeque::new(),
                idle: 0,
                started: 0,
                minders: Group::new(),
            }),
        }))
    }

    fn submit(&self, request: Request, waiter: Option<oneshot::Sender<()>>) {
        let mut state = self.0.state.borrow_mut();
        state.items.push_back(Item { request, waiter });
        if state.idle > 0 {
            state.idle -= 1;
        } else if state.started < self.0.most {
            state.started += 1;
            state.minders.spawn(self.clone().mind());
        }
        drop(state);
        self.0.filled.add_permits(1);
    }

    /// Has a step done, and waits for it.
    async fn step(&self, step: Away) {
        let (done, wait) = oneshot::channel();
        let request = Request::Step {
            leaf: step.leaf,
            kind: step.kind,
            task: step.task,
            ns: step.ns,
        };
        self.submit(request, Some(done));
        let _ = wait.await;
    }

    /// Lets the workers end once nothing is left to do, and waits for it.
    pub(super) async fn close(&self) {
        let mut minders = {
            let mut state = self.0.state.borrow_mut();
            std::mem::replace(&mut state.minders, Group::new())
        };
        self.0.filled.add_permits(self.0.most);
        minders.ended().await;
    }

    /// The life of a minder.
    async fn mind(self) {
        let pool = &self.0;
        let ready = pool.ready.borrow_mut().pop();
        let child = ready.unwrap_or_else(|| {
            let child = Child::start(Start {
                role: pool.role,
                speed: pool.run.work.speed(),
                apart: &pool.run.apart,
                shared: pool.shared.as_ref(),
            });
            child.unwrap_or_else(|_| super::fail(NO_MORE))
        });
        while let Some(item) = self.next().await {
            if item.waiter.as_ref().is_some_and(oneshot::Sender::is_closed) {
                continue;
            }
            child.exchange(&pool.run.job, item.request).await;
            self.done(item);
        }
        let ended = child.end().await;
        pool.run.book.add_worker(ended.kept);
    }

    /// The next item; nothing once the pool is closed and empty.
    async fn next(&self) -> Option<Item> {
        if self.0.filled.available_permits() == 0 {
            self.0.state.borrow_mut().idle += 1;
        }
        take(&self.0.filled).await;
        self.0.state.borrow_mut().items.pop_front()
    }

    /// A worker has answered.
    fn done(&self, item: Item) {
        if let Request::Tasks { kind, first, count } = item.request {
            let at = now();
            for task in first..first + count {
                put(Code::Done, task, [at, 0, 0, 0]);
            }
            self.0.run.ended(kind as usize, count);
        }
        if let Some(waiter) = item.waiter {
            // Its time limit may be over; then nobody waits for this.
            let _ = waiter.send(());
        }
    }
}

/// Whole tasks, an item a task or a chunk of tasks; when the last had ended.
pub(super) async fn plan(run: &Arc<Run>, workers: usize, chunk: u32) -> u64 {
    let pool = Workers::new(run, workers, Role::Process, true, vec![]);
    let mut a = now();
    while let Some(batch) = tasks::next(&run.agenda, &mut a).await {
        let end = batch.first + batch.count;
        let mut first = batch.first;
        while first < end {
            let count = chunk.max(1).min(end - first);
            let kind = batch.kind as u32;
            let a = now();
            pool.submit(Request::Tasks { kind, first, count }, None);
            let b = now();
            for task in first..first + count {
                put(Code::Submit, task, [a, b, 0, 0]);
            }
            first += count;
        }
        a = now();
    }
    // Nothing is left to be handed out, so that what is asked of the pool from here on is to end.
    run.all_ended().await;
    let end = now();
    pool.close().await;
    end
}

/// What there is under a loop.
pub(crate) struct Under {
    threads: Option<Workers>,
    processes: Option<Workers>,
}

impl Under {
    /// Executors of so many workers; `ready` are some that stand in for threads.
    pub(super) fn new(
        run: &Arc<Run>,
        threads: Option<usize>,
        processes: Option<usize>,
        ready: Vec<Child>,
    ) -> Under {
        let pool = |most, role, ready| Workers::new(run, most, role, false, ready);
        Under {
            threads: threads.map(|most| pool(most, Role::Worker, ready)),
            processes: processes.map(|most| pool(most, Role::Process, vec![])),
        }
    }

    pub(super) fn none() -> Under {
        Under {
            threads: None,
            processes: None,
        }
    }

    fn pool(&self, place: Place) -> Option<&Workers> {
        match place {
            Place::Loop => None,
            Place::Threads => self.threads.as_ref(),
            Place::Processes => self.processes.as_ref(),
        }
    }

    /// Whether a step can go there.
    pub(crate) fn has(&self, place: Place) -> bool {
        self.pool(place).is_some()
    }

    /// Has a step done there, and waits for it.
    pub(crate) async fn leaf(&self, _run: &Run, place: Place, step: Away) {
        if let Some(pool) = self.pool(place) {
            pool.step(step).await;
        }
    }

    /// Lets all workers end.
    pub(super) async fn close(&self) {
        for pool in self.threads.iter().chain(&self.processes) {
            pool.close().await;
        }
    }
}
