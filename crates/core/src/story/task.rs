//! What happens to a task: the end of what it did, the beginning of what it does, or both.

use super::headline::{ARRIVAL, Told};
use super::index::is_result;
use super::rules::Law;
use super::scene::{Change, Scene};
use super::words::{time, verb};
use crate::trace::view::Span;
use crate::trace::{SpanKind, ThreadRole};

impl Scene<'_> {
    pub(super) fn task_change(&self, task: u32, change: Change) -> Option<Told> {
        let (name, info) = (self.task(task), &self.trace.tasks[task as usize]);
        let told = match (change.before, change.after) {
            (None, Some(_)) if info.parent.is_some() => {
                Told::new(ARRIVAL - 1, format!("{name} begins, a branch of a gather"))
            }
            (None, Some(_)) => Told::new(ARRIVAL, format!("{name} arrives")),
            (before, None) if info.finished => {
                let (done, all) = (self.finished(), self.index.tasks);
                let told = match info.parent {
                    Some(_) => Told::new(18, format!("{name} ends, a branch of a gather"))
                        .because(Law::Gather),
                    None => Told::new(
                        10,
                        format!(
                            "{name} ends; {done} of {all} {} finished",
                            verb(done, "is", "are")
                        ),
                    ),
                };
                let took = time(self.at - info.born.as_nanos());
                let told = told.and(format!("{name} took {took} from its arrival to its end."));
                return Some(told.of(Some(task), before.and_then(|before| before.thread)));
            }
            (_, None) => return None,
            (Some(before), Some(after)) => self.goes_on(task, before, after, change.span),
        };
        let thread = change.after.and_then(|after| after.thread);
        Some(told.of(Some(task), thread))
    }

    fn goes_on(&self, task: u32, before: Span, after: Span, index: usize) -> Told {
        let name = self.task(task);
        let who = after.thread.map(|thread| self.thread(thread));
        let on_loop = after
            .thread
            .is_some_and(|id| self.role(id) == ThreadRole::Loop);
        if let (true, Some(thread)) = (self.is_dropped(before, after), after.thread) {
            return self.dropped(thread, Some(task));
        }
        if after.kind == SpanKind::Io && on_loop {
            let long = time(after.end.as_nanos() - self.at);
            let told = Told::new(8, format!("{name} blocks the loop for {long}"));
            return told
                .and("It calls something that does not await: no other task can run on the loop meanwhile.".to_owned())
                .because(Law::Blocked);
        }
        let waited = time(self.at - before.start.as_nanos());
        let ended = match before.kind {
            SpanKind::Io => Some(self.io_ended(&name, before, after)),
            SpanKind::GilWait if after.kind.holds_gil() => self.took_gil(task, &waited, after),
            SpanKind::LoopWait if on_loop => {
                let told = Told::new(25, format!("the loop turns to {name}"));
                let ready = format!("{name} was ready for {waited} before it had its turn.");
                Some(told.and(ready).because(Law::Iteration))
            }
            SpanKind::LockWait => Some(self.wait_ended(17, &name, "a lock", &waited, after)),
            SpanKind::QueueWait => Some(self.wait_ended(17, &name, "a queue", &waited, after)),
            SpanKind::JoinWait => {
                let told = self.wait_ended(19, &name, "its gather", &waited, after);
                Some(told.because(Law::Gather))
            }
            SpanKind::PoolWait => self.taken_up(task, &waited, after, index - 1),
            SpanKind::CoreWait if after.kind.on_core() => who.as_ref().map(|who| {
                let told = Told::new(35, format!("{who} is on a core and goes on with {name}"));
                told.and(format!("It took {waited} to get there."))
                    .because(self.core_law())
            }),
            _ => None,
        };
        ended.unwrap_or_else(|| self.begins(task, before, after, index))
    }

    fn io_ended(&self, name: &str, before: Span, after: Span) -> Told {
        let over = format!("{name}'s wait is over");
        let who = after.thread.map(|thread| self.thread(thread));
        let long = time(before.end.as_nanos() - before.start.as_nanos());
        let told = match (after.kind, &who) {
            (SpanKind::GilWait, Some(who)) => {
                let holder = after
                    .thread
                    .and_then(|id| self.holder(self.interpreter(id)));
                let text = match holder {
                    Some(holder) => {
                        format!("{over}, but {} has the GIL", self.thread(holder.thread))
                    }
                    None => format!("{over}; {who} needs the GIL to go on"),
                };
                Told::new(15, text)
                    .and(
                        "Finished I/O has no right of way: it queues for the GIL like everyone."
                            .to_owned(),
                    )
                    .because(Law::Convoy)
            }
            (SpanKind::LoopWait, _) => match self.event_loop().and_then(|id| self.busy_with(id)) {
                Some((other, left)) if Some(other) != after.task => {
                    let text = format!(
                        "{over}; the loop is busy with {} for another {left}",
                        self.task(other)
                    );
                    Told::new(16, text).because(Law::Iteration)
                }
                _ => Told::new(16, format!("{over}; it is ready for the loop"))
                    .because(Law::Iteration),
            },
            (SpanKind::CoreWait, Some(who)) => {
                Told::new(30, format!("{over}, and {}", self.needs_core(who)))
                    .because(self.core_law())
            }
            (kind, Some(who)) if kind.on_core() => {
                Told::new(22, format!("{over}, and {who} goes on with it"))
            }
            _ => Told::new(23, over),
        };
        told.and(format!("It waited {long} for I/O."))
    }

    /// What a thread without a core lacks: with a core free it is on its way there.
    fn needs_core(&self, who: &str) -> String {
        match self.cores_in_use() < self.trace.cores as usize {
            true => format!("{who} is waking up"),
            false => format!("{who} needs a core to go on"),
        }
    }

    fn core_law(&self) -> Law {
        match self.cores_in_use() < self.trace.cores as usize {
            true => Law::Waking,
            false => Law::Cores,
        }
    }

    /// What a loop is at, and for how long still.
    fn busy_with(&self, thread: u32) -> Option<(u32, String)> {
        let task = self.threads[thread as usize]?.task?;
        Some((task, time(self.busy_for(thread, task))))
    }

    fn took_gil(&self, task: u32, waited: &str, after: Span) -> Option<Told> {
        let (name, thread) = (self.task(task), after.thread?);
        if !self.trace.gil {
            return None;
        }
        let who = self.thread(thread);
        let does = match after.kind {
            SpanKind::Python => format!("runs {name}"),
            _ => format!("goes on with {name}"),
        };
        let told = match self.is_certain() {
            true => Told::new(20, format!("{who} takes the GIL and {does}")),
            false => Told::new(20, format!("{who} {does}")),
        };
        let wait = format!("{who} waited {waited} for the GIL.");
        Some(told.and(wait).because(Law::Exclusive))
    }

    fn wait_ended(&self, rank: u8, name: &str, at: &str, waited: &str, after: Span) -> Told {
        let text = match after.kind {
            SpanKind::LoopWait => format!("{name} is woken at {at}, and waits for the loop"),
            SpanKind::GilWait => format!("{name} is woken at {at}, and needs the GIL to go on"),
            SpanKind::CoreWait => {
                let who = after
                    .thread
                    .map_or_else(|| name.to_owned(), |id| self.thread(id));
                format!("{name} is woken at {at}, and {}", self.needs_core(&who))
            }
            _ => format!("{name} goes on after {waited} at {at}"),
        };
        Told::new(rank, text).and(format!("It waited {waited} at {at}."))
    }

    /// A task leaves the pool's queue, or its result is fetched.
    fn taken_up(&self, task: u32, waited: &str, after: Span, wait: usize) -> Option<Told> {
        let name = self.task(task);
        let spans = &self.index.lanes.tasks[task as usize];
        if is_result(self.trace, spans, wait) {
            let text = match after.thread {
                Some(thread) => format!("{} fetches {name}'s result", self.thread(thread)),
                None => format!("{name}'s result is fetched"),
            };
            let told = Told::new(26, text).and(format!("It lay there for {waited}."));
            return Some(told.because(Law::Results));
        }
        let thread = after.thread?;
        let who = self.thread(thread);
        let told = match self.role(thread) {
            ThreadRole::Worker | ThreadRole::Process | ThreadRole::Interpreter => {
                Told::new(24, format!("{who} takes up {name}")).because(self.queue_law())
            }
            ThreadRole::Main => Told::new(24, format!("{who} turns to {name}")),
            ThreadRole::Loop => {
                Told::new(24, format!("{who} turns to {name}")).because(Law::Iteration)
            }
            _ => Told::new(34, format!("{who} passes {name} on")).because(Law::Pickling),
        };
        Some(told.and(format!("{name} waited {waited} for this.")))
    }

    fn begins(&self, task: u32, before: Span, after: Span, index: usize) -> Told {
        let name = self.task(task);
        let lasts = time(after.end.as_nanos() - after.start.as_nanos());
        let who = after
            .thread
            .map_or_else(|| name.clone(), |thread| self.thread(thread));
        let state = || self.state(crate::trace::Lane::task(task), after);
        match after.kind {
            SpanKind::Io => {
                let told = Told::new(28, format!("{name} begins to wait for I/O, for {lasts}"));
                match after.thread {
                    None => told
                        .and("It awaits, so the loop is free for other tasks.".to_owned())
                        .because(Law::Timers),
                    Some(_) if self.trace.gil => told
                        .and(format!("{who} lets go of the GIL before it waits."))
                        .because(Law::LetsGo),
                    Some(_) => told,
                }
            }
            SpanKind::Native => {
                let told = Told::new(27, format!("{who} runs native code of {name}, for {lasts}"));
                match self.trace.gil {
                    true => told
                        .and("Native code like this lets go of the GIL: others may run Python meanwhile.".to_owned())
                        .because(Law::LetsGo),
                    false => told,
                }
            }
            SpanKind::GilWait => {
                let text = format!("{who} wants the GIL, to go on with {name}");
                Told::new(32, text).because(Law::Interval)
            }
            SpanKind::CoreWait if before.kind.on_core() => {
                Told::new(33, format!("{who} loses its core to another thread")).because(Law::Cores)
            }
            SpanKind::CoreWait => Told::new(36, state()).because(self.core_law()),
            SpanKind::LockWait => {
                let law = match after.thread {
                    Some(_) => Law::Locks,
                    None => Law::LoopLocks,
                };
                Told::new(17, format!("{name} waits for a lock")).because(law)
            }
            SpanKind::QueueWait => {
                Told::new(17, format!("{name} waits at a queue")).because(Law::Items)
            }
            SpanKind::PoolWait
                if is_result(self.trace, &self.index.lanes.tasks[task as usize], index) =>
            {
                let text = format!("{name}'s result is sent and waits to be fetched");
                Told::new(21, text).because(Law::Results)
            }
            SpanKind::PoolWait => {
                let text = format!("{name} is handed over and waits for a worker");
                let law = match self.index.has_loop {
                    true => Law::Executor,
                    false => self.queue_law(),
                };
                Told::new(31, text).because(law)
            }
            SpanKind::LoopWait => {
                Told::new(31, format!("{name} is ready for the loop")).because(Law::Iteration)
            }
            SpanKind::JoinWait => {
                Told::new(19, format!("{name} waits for its branches")).because(Law::Gather)
            }
            SpanKind::Pickle => self.pickles(task, after, index),
            SpanKind::Python => {
                let told = Told::new(29, state());
                told.and(format!("{who} runs Python for {lasts} without a break."))
            }
            SpanKind::Transfer => Told::new(36, state()).because(Law::Pickling),
            SpanKind::Start => Told::new(23, state()),
            SpanKind::Overhead | SpanKind::Idle => Told::new(45, state()),
        }
    }

    /// Which way the bytes go follows from who has them.
    fn pickles(&self, task: u32, after: Span, index: usize) -> Told {
        let name = self.task(task);
        let Some(thread) = after.thread else {
            return Told::new(26, self.state(crate::trace::Lane::task(task), after));
        };
        let who = self.thread(thread);
        let spans = &self.index.lanes.tasks[task as usize];
        let here = spans[..index]
            .iter()
            .rev()
            .take_while(|span| span.thread == Some(thread));
        let worked = here.into_iter().any(|span| {
            matches!(
                span.kind,
                SpanKind::Python | SpanKind::Native | SpanKind::Io
            )
        });
        let text = match self.role(thread) {
            ThreadRole::Feeder => format!("{who} pickles {name}, to send it to a process"),
            ThreadRole::Manager => format!("{who} unpickles {name}'s result"),
            ThreadRole::Process if worked => format!("{who} pickles {name}'s result"),
            ThreadRole::Process => format!("{who} unpickles {name}"),
            _ => format!("{who} pickles or unpickles for {name}"),
        };
        Told::new(26, text)
            .and("A process has a memory of its own: whatever crosses over is pickled on one side and unpickled on the other.".to_owned())
            .because(Law::Pickling)
    }
}
