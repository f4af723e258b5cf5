//! What happens at an instant: the most telling of all that begins or ends there.

use super::rules::Law;
use super::scene::{Change, Scene, current};
use super::words::{begin, count, time};
use crate::trace::view::Span;
use crate::trace::{Lane, Outcome, SpanKind, ThreadRole};

/// Something that happens, told.
pub(super) struct Told {
    /// What is told first: the lower, the more telling.
    pub(super) rank: u8,
    pub(super) headline: String,
    /// What else there is to say of it.
    pub(super) why: Vec<String>,
    pub(super) law: Option<Law>,
    /// Whom it is about.
    pub(super) task: Option<u32>,
    pub(super) thread: Option<u32>,
}

impl Told {
    pub(super) fn new(rank: u8, headline: String) -> Told {
        Told {
            rank,
            headline: begin(&headline),
            why: Vec::new(),
            law: None,
            task: None,
            thread: None,
        }
    }

    pub(super) fn because(mut self, law: Law) -> Told {
        self.law = Some(law);
        self
    }

    pub(super) fn and(mut self, sentence: String) -> Told {
        self.why.push(begin(&sentence));
        self
    }

    pub(super) fn of(mut self, task: Option<u32>, thread: Option<u32>) -> Told {
        (self.task, self.thread) = (task, thread);
        self
    }
}

/// The headline of an instant.
pub(super) fn headline(scene: &Scene<'_>, focus: Option<Lane>) -> Told {
    if let Some(lane) = focus.filter(|lane| is_there(scene, *lane)) {
        return focused(scene, lane);
    }
    if scene.is_over() {
        return over(scene);
    }
    let told = scene.changes().filter_map(|change| tell(scene, change));
    let first = told.min_by_key(|told| told.rank);
    let arrived = scene.changes().filter(|change| arrives(scene, change));
    let (going_on, arrived) = (going_on(scene), arrived.count());
    match first {
        Some(told) if told.rank < ARRIVAL || arrived == 0 => told,
        _ if arrived > 1 => {
            let tasks = format!("{} arrive", count(arrived, "task"));
            Told::new(ARRIVAL, tasks).of(None, going_on.thread)
        }
        Some(told) => told,
        None => going_on,
    }
}

/// The rank of a task's arrival.
pub(super) const ARRIVAL: u8 = 50;

fn arrives(scene: &Scene<'_>, change: &Change) -> bool {
    let root = |task: u32| scene.trace.tasks[task as usize].parent.is_none();
    change.before.is_none() && change.after.is_some() && change.lane.as_task().is_some_and(root)
}

fn is_there(scene: &Scene<'_>, lane: Lane) -> bool {
    match (lane.as_task(), lane.as_thread()) {
        (Some(task), _) => (task as usize) < scene.trace.tasks.len(),
        (None, Some(thread)) => (thread as usize) < scene.trace.threads.len(),
        (None, None) => false,
    }
}

fn tell(scene: &Scene<'_>, change: Change) -> Option<Told> {
    match change.lane.as_task() {
        Some(task) => scene.task_change(task, change),
        None => scene.thread_change(change.lane.as_thread()?, change),
    }
}

/// What happens to one lane, or what it is doing.
fn focused(scene: &Scene<'_>, lane: Lane) -> Told {
    let is_its = |change: &Change| {
        let on = |span: Option<Span>| span.and_then(|span| span.thread);
        let thread = lane.as_thread();
        change.lane == lane
            || thread.is_some() && (on(change.before) == thread || on(change.after) == thread)
    };
    if let (true, Outcome::Deadlock(stuck)) = (scene.is_over(), &scene.trace.outcome) {
        let name = scene.lane(lane);
        if let Some(stuck) = stuck.iter().find(|stuck| stuck.task == name) {
            let text = format!("{name} waits for ever for {}", stuck_on(stuck));
            return Told::new(0, text).of(lane.as_task(), None);
        }
    }
    let told = scene.changes().filter(is_its);
    let told = told.filter_map(|change| tell(scene, change));
    let name = scene.lane(lane);
    if let Some(told) = told.min_by_key(|told| told.rank) {
        let is_named =
            told.headline.contains(&name) || told.why.iter().any(|why| why.contains(&name));
        return match is_named || told.headline.contains(&begin(&name)) {
            true => told,
            false => told.and(format!("{name} is the thread behind it.")),
        };
    }
    let spans = scene.spans(lane);
    let (task, thread) = (lane.as_task(), lane.as_thread());
    if let Some((_, span)) = current(spans, scene.at) {
        let so_far = time(scene.at - span.start.as_nanos());
        let left = time(span.end.as_nanos() - scene.at);
        let told = Told::new(0, scene.state(lane, span));
        return told
            .and(format!(
                "It has been at it for {so_far}, and goes on for another {left}."
            ))
            .of(span.task.or(task), span.thread.or(thread));
    }
    let first = spans.first().map_or(u64::MAX, |span| span.start.as_nanos());
    let text = match (scene.at < first, task) {
        (true, Some(_)) => format!("{name} has not arrived yet"),
        (true, None) => format!("{name} is not there yet"),
        (false, _) => {
            let end = spans.last().map_or(scene.at, |span| span.end.as_nanos());
            format!("{name} has ended, at {}", time(end))
        }
    };
    Told::new(0, text)
}

/// Whom and what a stuck task waits for.
fn stuck_on(stuck: &crate::trace::Stuck) -> String {
    const NAMED: usize = 3;
    let named = stuck.held_by.len().min(NAMED);
    let names = stuck.held_by[..named].join(", ");
    match stuck.held_by.len() - named {
        0 if named == 0 => stuck.on.clone(),
        0 => format!("{}, held up by {names}", stuck.on),
        more => format!("{}, held up by {names} and {more} more", stuck.on),
    }
}

/// How the run ended.
fn over(scene: &Scene<'_>) -> Told {
    let (end, done) = (time(scene.index.makespan), scene.finished());
    let all = scene.index.tasks;
    match &scene.trace.outcome {
        Outcome::Completed => {
            let tasks = count(done, "task");
            Told::new(0, format!("the run is over after {end}: {tasks} finished"))
        }
        Outcome::Stopped(why) => {
            let told = Told::new(0, format!("the run was stopped at {end}: {why}"));
            told.and(format!("{done} of {} finished.", count(all, "task")))
        }
        Outcome::Deadlock(stuck) => {
            const TOLD: usize = 4;
            let mut told = match stuck.first() {
                Some(first) => {
                    let on = stuck_on(first);
                    Told::new(
                        0,
                        format!("deadlock: {} waits for ever for {on}", first.task),
                    )
                }
                None => Told::new(0, format!("deadlock after {end}: nothing can go on")),
            };
            for other in stuck.iter().skip(1).take(TOLD) {
                told = told.and(format!("{} waits for {}.", other.task, stuck_on(other)));
            }
            if stuck.len() > TOLD + 1 {
                let more = stuck.len() - TOLD - 1;
                told = told.and(format!(
                    "{} more can never go on either.",
                    count(more, "task")
                ));
            }
            told.and(format!("{done} of {} finished.", count(all, "task")))
        }
    }
}

/// What is going on while nothing begins or ends.
fn going_on(scene: &Scene<'_>) -> Told {
    const RANK: u8 = 90;
    let busy = |wanted: &dyn Fn(SpanKind) -> bool| scene.doing(wanted);
    let mut found = busy(&|kind| kind == SpanKind::Python);
    if found.is_empty() {
        found = busy(&|kind| kind == SpanKind::Native);
    }
    if found.is_empty() {
        found = busy(&|kind| kind.on_core());
    }
    let blocked = scene.event_loop().filter(|id| {
        let span = scene.threads[*id as usize];
        span.is_some_and(|span| span.kind == SpanKind::Io)
    });
    let thread = found.first().copied().or(blocked);
    if let Some((thread, span)) = thread.and_then(|id| Some((id, scene.threads[id as usize]?))) {
        let text = scene.state(Lane::thread(thread), span);
        let text = match found.len() {
            0 | 1 => text,
            many => format!("{text}, and {} are at work too", others(many - 1)),
        };
        return Told::new(RANK, text).of(span.task, Some(thread));
    }
    let waiting = scene.index.io.at(scene.at) as usize;
    let told = match waiting {
        0 => Told::new(RANK, "nothing runs right now".to_owned()),
        many => {
            let tasks = count(many, "task");
            let wait = super::words::verb(many, "waits", "wait");
            Told::new(RANK, format!("nothing runs: {tasks} {wait} for I/O"))
        }
    };
    told.of(None, None)
}

fn others(many: usize) -> String {
    count(many, "other").replace("1 other", "one other")
}

impl Scene<'_> {
    /// What a lane is doing: `worker-1 runs page[3]`.
    pub(super) fn state(&self, lane: Lane, span: Span) -> String {
        let thread = span.thread.or(lane.as_thread());
        let who = match (thread, span.task) {
            (Some(thread), _) => self.thread(thread),
            (None, Some(task)) => self.task(task),
            (None, None) => self.lane(lane),
        };
        let task = span.task.map(|task| self.task(task));
        let with = |plain: &str, of: &str| match &task {
            Some(task) if thread.is_some() => format!("{who} {of} {task}"),
            _ => format!("{who} {plain}"),
        };
        let is_loop = thread.is_some_and(|thread| self.role(thread) == ThreadRole::Loop);
        let text = match span.kind {
            SpanKind::Python => with("runs Python", "runs"),
            SpanKind::Native => with("runs native code", "runs native code of"),
            SpanKind::Io if is_loop && task.is_some() => {
                with("is blocked", "is blocked by a call of")
            }
            SpanKind::Io => with("waits for I/O", "waits for I/O for"),
            SpanKind::GilWait => with("waits for the GIL", "waits for the GIL, to go on with"),
            SpanKind::CoreWait => with("waits for a core", "waits for a core, to go on with"),
            SpanKind::LockWait => with("waits for a lock", "waits for a lock, in"),
            SpanKind::QueueWait => with("waits at a queue", "waits at a queue, in"),
            SpanKind::PoolWait => with("waits for a worker", "has a result of"),
            SpanKind::LoopWait => with("is ready, and waits for the loop", "is to go on with"),
            SpanKind::JoinWait => with("waits for its branches", "waits for the branches of"),
            SpanKind::Pickle => with("pickles or unpickles", "pickles or unpickles for"),
            SpanKind::Transfer => with("moves bytes through a pipe", "moves the bytes of"),
            SpanKind::Overhead => with(self.chores(thread), "does the bookkeeping of"),
            SpanKind::Start => with(self.starting(thread, span), "starts a worker for"),
            SpanKind::Idle => with(self.idles(thread), "has nothing to do for"),
        };
        match self.result_waits(lane, span) {
            true => format!("{}'s result waits to be fetched", self.lane(lane)),
            false => begin(&text),
        }
    }

    /// Whether a task's wait is one of a result.
    fn result_waits(&self, lane: Lane, span: Span) -> bool {
        let Some(task) = lane.as_task() else {
            return false;
        };
        let spans = &self.index.lanes.tasks[task as usize];
        let at = spans.partition_point(|one| one.end <= span.start);
        at < spans.len() && super::index::is_result(self.trace, spans, at)
    }

    /// What a thread does for no task and not for itself.
    fn chores(&self, thread: Option<u32>) -> &'static str {
        match thread.map(|thread| self.role(thread)) {
            Some(ThreadRole::Main) => "hands out tasks or collects results",
            Some(ThreadRole::Loop) => "looks for what is ready",
            Some(ThreadRole::Manager) => "looks after the pool",
            Some(ThreadRole::Feeder) => "feeds the workers' queue",
            _ => "looks for work",
        }
    }

    /// What a thread without anything to do waits for.
    fn idles(&self, thread: Option<u32>) -> &'static str {
        match thread.map(|thread| self.role(thread)) {
            Some(ThreadRole::Main) => "waits for results, or for more to hand out",
            Some(ThreadRole::Loop) => "has nothing to run, and sleeps until something is ready",
            _ => "has nothing to do",
        }
    }

    fn starting(&self, thread: Option<u32>, span: Span) -> &'static str {
        match thread.is_some_and(|thread| self.is_booting(thread, span)) {
            true => "is starting",
            false => "starts a worker",
        }
    }

    /// Whether a thread is still starting itself, as everything up to this span was.
    pub(super) fn is_booting(&self, thread: u32, span: Span) -> bool {
        let own = matches!(
            self.role(thread),
            ThreadRole::Worker
                | ThreadRole::Process
                | ThreadRole::Interpreter
                | ThreadRole::ForkServer
                | ThreadRole::Manager
                | ThreadRole::Feeder
        );
        let spans = &self.index.lanes.threads[thread as usize];
        let starts = |one: &Span| {
            let waits = matches!(one.kind, SpanKind::GilWait | SpanKind::CoreWait);
            one.task.is_none() && (waits || one.kind == SpanKind::Start)
        };
        own && spans
            .iter()
            .take_while(|one| one.start <= span.start)
            .all(starts)
    }

    /// What happens to a thread that works for no task, before or after.
    fn thread_change(&self, thread: u32, change: Change) -> Option<Told> {
        let name = self.thread(thread);
        let told = |rank, text: String| Some(Told::new(rank, text).of(None, Some(thread)));
        let Some(before) = change.before else {
            let first = matches!(self.role(thread), ThreadRole::Main | ThreadRole::Loop);
            return told(44, format!("{name} is made, and about to start")).filter(|_| !first);
        };
        let booted = |after: Option<Span>| match after {
            Some(after) => before.task.is_none() && !self.is_booting(thread, after),
            None => true,
        };
        if self.is_booting(thread, before) && booted(change.after) {
            let took = time(self.at - self.trace.threads[thread as usize].born.as_nanos());
            let (rank, law) = match self.role(thread) {
                ThreadRole::Worker => (38, Law::Workers),
                ThreadRole::Manager | ThreadRole::Feeder => (41, Law::Results),
                _ => (7, self.start_law()),
            };
            return told(rank, format!("{name} has started after {took}"))
                .map(|told| told.because(law));
        }
        let Some(after) = change.after else {
            return told(46, format!("{name} ends"));
        };
        if after.task.is_some() {
            // The task's lane tells it.
            return None;
        }
        if self.is_dropped(before, after) {
            return Some(self.dropped(thread, None));
        }
        let waited = time(self.at - before.start.as_nanos());
        match (before.kind, after.kind) {
            (SpanKind::GilWait, kind)
                if kind.holds_gil() && self.trace.gil && self.is_certain() =>
            {
                told(37, format!("{name} has the GIL after waiting for {waited}"))
                    .map(|told| told.because(Law::Exclusive))
            }
            (_, SpanKind::GilWait) => {
                told(42, format!("{name} wants the GIL")).map(|told| told.because(Law::Interval))
            }
            (_, SpanKind::Idle) => told(48, self.state(change.lane, after)),
            (_, SpanKind::Start) => told(39, self.state(change.lane, after)),
            _ => told(47, self.state(change.lane, after)),
        }
    }

    /// A thread lets go of the lock although it would go on.
    pub(super) fn dropped(&self, thread: u32, task: Option<u32>) -> Told {
        let name = self.thread(thread);
        let (asker, any) = self.asked_by(thread);
        let interval = time(self.index.interval);
        let told = match asker {
            Some(asker) => {
                let asker = self.thread(asker);
                Told::new(4, format!("{asker} asks {name} to let go of the GIL"))
                    .and(format!("{asker} has waited one switch interval, {interval}, while {name} kept the GIL."))
                    .and(format!("{name} lets go at its next check, and waits until somebody else has taken it."))
                    .because(Law::Forced)
            }
            None if any => Told::new(5, format!("{name} has to let go of the GIL"))
                .and(format!(
                    "others may ask for it after {interval}, one switch interval."
                ))
                .because(Law::Forced),
            None => Told::new(6, format!("{name} waits for the GIL again")).because(Law::Exclusive),
        };
        told.of(task, Some(thread))
    }
}
