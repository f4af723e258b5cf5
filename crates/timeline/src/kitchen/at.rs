//! Looking an instant up in the trace.

use std::collections::BTreeMap;

use trilane_core::trace::view::Span;
use trilane_core::trace::{Outcome, SpanKind, ThreadRole};

use super::scene::{Cook, Pan, Room, Scene};
use super::signs::Doing;
use super::{Kitchen, Plot};

/// How an outcome begins to say what a task waits for, and the state that it is then in: the wait itself may
/// have been too short for a span.
const STUCK_ON: [(&str, SpanKind); 6] = [
    ("lock `", SpanKind::LockWait),
    ("an item from queue", SpanKind::QueueWait),
    ("room in queue", SpanKind::QueueWait),
    ("its branches", SpanKind::JoinWait),
    ("its turn", SpanKind::PoolWait),
    ("a free worker", SpanKind::PoolWait),
];

/// What a task is at an instant.
enum Task {
    Coming,
    /// On the rail.
    Order,
    Pan(Doing),
    /// A cook has it.
    Hands,
    /// Ended, and when.
    Plate(u64),
}

/// A task that no cook has, and that never goes on.
fn stuck(kind: SpanKind) -> Task {
    match kind {
        SpanKind::PoolWait => Task::Order,
        kind => Task::Pan(Doing::Stuck(kind)),
    }
}

/// A lane's span, as far as it is one of this instant.
#[derive(Clone, Copy)]
struct Now {
    span: Span,
    index: usize,
    /// Whether the lane was cut here: nothing on it ever happens again.
    is_cut: bool,
}

impl Kitchen {
    /// What there is at an instant. The same trace and instant give the same scene.
    pub fn at(&self, ns: u64) -> Scene {
        let (mut orders, mut pans, mut plates, mut coming) = (vec![], vec![], vec![], 0);
        for id in 0..self.tasks.len() as u32 {
            match self.task_at(id, ns) {
                Task::Coming => coming += 1,
                Task::Order => orders.push(id),
                Task::Pan(doing) => pans.push(Pan { task: id, doing }),
                Task::Hands => {}
                Task::Plate(end) => plates.push((end, id)),
            }
        }
        plates.sort_unstable();
        let rooms: Vec<Room> = self
            .rooms
            .iter()
            .map(|plot| self.room_at(plot, ns))
            .collect();
        let cooks = || rooms.iter().flat_map(|room| &room.cooks);
        let mut scene = Scene {
            at_ns: ns,
            sockets: self.cores,
            plugged: cooks()
                .filter(|cook| cook.doing.kind().on_core() && !is_stuck(cook))
                .count() as u32,
            orders,
            pans,
            plates: plates.into_iter().map(|(_, id)| id).collect(),
            coming,
            is_deadlocked: ns >= self.end_ns && matches!(self.outcome, Outcome::Deadlock(_)),
            rooms,
            sentences: Vec::new(),
        };
        scene.sentences = self.sentences(&scene);
        scene
    }

    fn task_at(&self, id: u32, ns: u64) -> Task {
        let (info, spans) = (&self.tasks[id as usize], &self.lanes.tasks[id as usize]);
        if ns < info.born.as_nanos() {
            return Task::Coming;
        }
        let end = spans.last().map_or(info.born, |last| last.end).as_nanos();
        if info.finished && ns >= end {
            return Task::Plate(end);
        }
        let Some(now) = self.now(spans, ns) else {
            return stuck(self.stuck(id).unwrap_or(SpanKind::PoolWait));
        };
        let has_it = |thread: u32| {
            let own = self.now(&self.lanes.threads[thread as usize], ns);
            own.is_some_and(|own| own.span.task == Some(id))
        };
        if now.span.thread.is_some_and(has_it) {
            return Task::Hands;
        }
        if now.is_cut {
            return stuck(self.stuck(id).unwrap_or(now.span.kind));
        }
        match self.pan_doing(spans, now.index) {
            Doing::State(SpanKind::PoolWait) => Task::Order,
            doing => Task::Pan(doing),
        }
    }

    /// The span of a lane at an instant. After the end of a run that did not complete, the lanes that
    /// reach to its end stay as they were.
    fn now(&self, spans: &[Span], ns: u64) -> Option<Now> {
        let index = spans.partition_point(|span| span.end.as_nanos() <= ns);
        if let Some(span) = spans.get(index) {
            let begun = span.start.as_nanos() <= ns;
            return begun.then_some(Now {
                span: *span,
                index,
                is_cut: false,
            });
        }
        let last = *spans.last()?;
        let open = |task: u32| !self.tasks[task as usize].finished;
        let cut = self.outcome != Outcome::Completed
            && ns >= self.end_ns
            && (last.end.as_nanos() == self.end_ns || last.task.is_some_and(open))
            && last.task.is_none_or(open);
        let index = spans.len() - 1;
        cut.then_some(Now {
            span: last,
            index,
            is_cut: true,
        })
    }

    /// What a task that never ends waits for, if the outcome names it.
    fn stuck(&self, task: u32) -> Option<SpanKind> {
        self.stuck.get(&task).copied()
    }

    /// What each task that never ends waits for, as the outcome has it.
    pub(super) fn find_stuck(&self) -> BTreeMap<u32, SpanKind> {
        let Outcome::Deadlock(all) = &self.outcome else {
            return BTreeMap::new();
        };
        let on: BTreeMap<&str, &str> = all
            .iter()
            .map(|stuck| (stuck.task.as_str(), stuck.on.as_str()))
            .collect();
        let open = (0_u32..)
            .zip(&self.tasks)
            .filter(|(_, info)| !info.finished);
        let named = open.filter_map(|(task, _)| {
            let on = on.get(self.task_name(task).as_str())?;
            let spans = &self.lanes.tasks[task as usize];
            let said = STUCK_ON.iter().find(|(begins, _)| on.starts_with(begins));
            let last = || spans.last().map_or(SpanKind::PoolWait, |last| last.kind);
            let kind = said.map_or_else(last, |(_, kind)| *kind);
            Some((task, kind))
        });
        named.collect()
    }

    fn room_at(&self, plot: &Plot, ns: u64) -> Room {
        let past = plot
            .holds
            .partition_point(|hold| hold.start.as_nanos() <= ns);
        let held = past.checked_sub(1).map(|last| plot.holds[last]);
        let holder = held
            .filter(|hold| hold.end.as_nanos() > ns)
            .map(|hold| hold.thread);
        let threads = plot.threads.iter();
        let mut cooks: Vec<Cook> = threads
            .filter_map(|id| self.cook_at(*id, holder, ns))
            .collect();
        let waits = Doing::State(SpanKind::GilWait);
        cooks.sort_by_key(|cook| match cook.doing == waits {
            true => (1, cook.since_ns, cook.thread),
            false => (0, 0, cook.thread),
        });
        for cook in &mut cooks {
            cook.words = self.cook_words(cook, holder);
        }
        Room {
            interpreter: plot.interpreter,
            name: plot.name.clone(),
            shared_stove: self.gil,
            cooks,
        }
    }

    fn cook_at(&self, thread: u32, holder: Option<u32>, ns: u64) -> Option<Cook> {
        let now = self.now(&self.lanes.threads[thread as usize], ns)?;
        let doing = match (now.is_cut, now.span.task) {
            (false, _) => self.cook_doing(thread, &now.span),
            (true, Some(task)) => Doing::Stuck(self.stuck(task).unwrap_or(now.span.kind)),
            // What a thread did for itself, it has done: nothing happens any more.
            (true, None) if now.span.kind.on_core() => Doing::State(SpanKind::Idle),
            (true, None) => Doing::State(now.span.kind),
        };
        Some(Cook {
            thread,
            doing,
            at_stove: match self.gil {
                true => holder == Some(thread),
                false => !now.is_cut && now.span.kind.holds_gil(),
            },
            task: now.span.task,
            since_ns: now.span.start.as_nanos(),
            name: self.threads[thread as usize].name(),
            words: String::new(),
        })
    }

    pub(super) fn cook_doing(&self, thread: u32, span: &Span) -> Doing {
        let is_loop = self.threads[thread as usize].role == ThreadRole::Loop;
        match span.kind {
            SpanKind::Io if is_loop => Doing::Stares,
            kind => Doing::State(kind),
        }
    }

    /// What a pan without a cook does; a wait behind the work in another kitchen is that of a result.
    pub(super) fn pan_doing(&self, spans: &[Span], at: usize) -> Doing {
        let before = at.checked_sub(1).and_then(|before| spans[before].thread);
        let role = before.map(|thread| self.threads[thread as usize].role);
        match (spans[at].kind, role) {
            (SpanKind::PoolWait, Some(ThreadRole::Process | ThreadRole::Interpreter)) => {
                Doing::Done
            }
            (kind, _) => Doing::State(kind),
        }
    }
}

pub(super) fn is_stuck(cook: &Cook) -> bool {
    matches!(cook.doing, Doing::Stuck(_))
}
