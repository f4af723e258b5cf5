//! Why it is so: who holds what, who waits for it, and what stands idle meanwhile; and the counters.

use super::headline::Told;
use super::rules::Law;
use super::scene::{Scene, current};
use super::words::{begin, count, time, verb};
use crate::trace::{Lane, SpanKind, ThreadRole};

/// Adds what there is to say besides the headline's own sentences, and says which rule is behind it.
pub(super) fn add(scene: &Scene<'_>, told: &Told, to: &mut Vec<String>) -> Option<Law> {
    if scene.is_over() {
        return told.law;
    }
    let mut law = told.law;
    let mut say = |said: Option<(String, Law)>| {
        if let Some((text, other)) = said {
            to.push(begin(&text));
            law = law.or(Some(other));
        }
    };
    // The lock that the headline is about, else the parent's.
    let interpreter = told.thread.map_or(0, |thread| scene.interpreter(thread));
    say(lock(scene, interpreter));
    say(idle_cores(scene, interpreter));
    say(event_loop(scene));
    say(told.task.and_then(|task| waits(scene, task)));
    say(workers(scene));
    say(free(scene));
    law
}

/// Who wants the lock, and what its holder has left of the switch interval.
fn lock(scene: &Scene<'_>, interpreter: u32) -> Option<(String, Law)> {
    if !scene.trace.gil {
        return None;
    }
    let waiters = scene.waiters(interpreter);
    let many = waiters.len();
    let first = waiters.first().map(|(waiter, _)| scene.thread(*waiter))?;
    let want = match many {
        1 => format!("{first} wants the GIL"),
        _ => format!("{} want the GIL", count(many, "thread")),
    };
    let Some(hold) = scene.holder(interpreter) else {
        let text = match scene.is_certain() {
            true => format!(
                "{want}; the lock is free at this instant, and whoever takes it next is waking up."
            ),
            false => format!("{want}."),
        };
        return Some((text, Law::Exclusive));
    };
    let holder = scene.thread(hold.thread);
    let held = time(scene.at - hold.start.as_nanos());
    let span = scene.threads[hold.thread as usize];
    let in_c = span.is_some_and(|span| matches!(span.kind, SpanKind::Pickle | SpanKind::Start));
    let interval = time(scene.index.interval);
    let text = match scene.next_request(interpreter) {
        Some(request) if request.at > scene.at => {
            let left = time(request.at - scene.at);
            let least = if request.is_exact { "" } else { "at least " };
            format!("{want}; {holder} has {least}{left} left of its {interval}.")
        }
        _ if in_c => {
            format!(
                "{want}; {holder} has had it for {held}, in C code that lets go only at its end."
            )
        }
        _ => format!("{want}; {holder} has had it for {held}."),
    };
    Some((text, Law::Interval))
}

/// Cores that stand idle while threads wait for the lock.
fn idle_cores(scene: &Scene<'_>, interpreter: u32) -> Option<(String, Law)> {
    let waits = scene.trace.gil && !scene.waiters(interpreter).is_empty();
    let free = (scene.trace.cores as usize).checked_sub(scene.cores_in_use())?;
    scene.holder(interpreter).filter(|_| waits && free > 0)?;
    let (cores, stand) = (count(free, "core"), verb(free, "is", "are"));
    let text =
        format!("{cores} {stand} free, and idle: the GIL lets one thread run Python at a time.");
    Some((text, Law::Exclusive))
}

/// Who waits for the loop, and for what the loop makes them wait.
fn event_loop(scene: &Scene<'_>) -> Option<(String, Law)> {
    let thread = scene.event_loop()?;
    let ready = scene.index.ready.at(scene.at) as usize;
    if ready == 0 {
        return None;
    }
    let tasks = format!(
        "{} {} ready",
        count(ready, "task"),
        verb(ready, "is", "are")
    );
    let span = scene.threads[thread as usize]?;
    let Some(task) = span.task else {
        let text = match span.kind {
            SpanKind::GilWait => format!("{tasks}; the loop itself waits for the GIL."),
            SpanKind::CoreWait => format!("{tasks}; the loop itself waits for a core."),
            _ => format!("{tasks} for the loop, which runs one at a time."),
        };
        return Some((text, Law::Iteration));
    };
    let (name, left) = (scene.task(task), time(scene.busy_for(thread, task)));
    let busy = match span.kind {
        SpanKind::Io => "blocked by",
        _ => "busy with",
    };
    let blocks = matches!(
        span.kind,
        SpanKind::Io | SpanKind::Python | SpanKind::Native
    );
    let text = format!(
        "{tasks}, and {} for the loop: it is {busy} {name} for another {left}.",
        verb(ready, "waits", "wait")
    );
    Some((text, if blocks { Law::Blocked } else { Law::Iteration }))
}

/// What the task of the headline waits for: a lock, or its branches.
fn waits(scene: &Scene<'_>, task: u32) -> Option<(String, Law)> {
    let spans = &scene.index.lanes.tasks[task as usize];
    let (_, span) = current(spans, scene.at)?;
    let name = scene.task(task);
    match span.kind {
        SpanKind::LockWait => {
            let lane = Lane::task(task);
            let key = (lane, span.end.as_nanos());
            let given = &scene.index.given;
            let place = given.partition_point(|(to, end, _)| (*to, *end) < key);
            let (to, end, from) = *given.get(place)?;
            if (to, end) != key {
                return None;
            }
            let (from, left) = (scene.lane(from), time(end - scene.at));
            Some((
                format!("{name} goes on in {left}, when {from} has let go of it."),
                Law::Locks,
            ))
        }
        SpanKind::JoinWait => {
            let all = &scene.index.branches;
            let first = all.partition_point(|(parent, _)| *parent < task);
            let own = all[first..]
                .iter()
                .take_while(|(parent, _)| *parent == task);
            let mut last = 0;
            let mut open = 0;
            for (_, branch) in own {
                let lane = &scene.index.lanes.tasks[*branch as usize];
                if current(lane, scene.at).is_some() {
                    open += 1;
                    last = last.max(lane.last().map_or(0, |span| span.end.as_nanos()));
                }
            }
            if open == 0 {
                return None;
            }
            let going = verb(open, "branch is", "branches are");
            let left = time(last.saturating_sub(scene.at));
            let text = format!("{open} {going} still under way; the slowest takes another {left}.");
            Some((text, Law::Gather))
        }
        _ => None,
    }
}

/// Tasks in front of a pool, and whether anybody is free.
fn workers(scene: &Scene<'_>) -> Option<(String, Law)> {
    let queued = scene.index.queued.at(scene.at) as usize;
    if queued == 0 {
        return None;
    }
    let (tasks, wait) = (count(queued, "task"), verb(queued, "waits", "wait"));
    if !scene.index.has_pool {
        let turn = match scene.index.has_loop {
            true => "to be let in",
            false => "for their turn: one runs after another",
        };
        let turn = if queued == 1 {
            turn.replace("their", "its")
        } else {
            turn.to_owned()
        };
        return Some((format!("{tasks} {wait} {turn}."), scene.queue_law()));
    }
    let is_worker = |thread: u32| {
        let role = scene.role(thread);
        matches!(
            role,
            ThreadRole::Worker | ThreadRole::Process | ThreadRole::Interpreter
        )
    };
    let there = scene.doing(|_| true);
    let there: Vec<u32> = there.into_iter().filter(|id| is_worker(*id)).collect();
    let has_task = |id: &&u32| scene.threads[**id as usize].is_some_and(|span| span.task.is_some());
    let busy = there.iter().filter(has_task).count();
    let text = match there.len() {
        0 => format!("{tasks} {wait} for a worker; none has been started yet."),
        all if busy == all => {
            let taken = match all {
                1 => "the only one is taken".to_owned(),
                all => format!("all {all} are taken"),
            };
            format!("{tasks} {wait} for a worker; {taken}.")
        }
        all => format!(
            "{tasks} {wait} for a worker; {busy} of {all} {} a task.",
            verb(busy, "has", "have")
        ),
    };
    let law = match busy == there.len() && busy > 0 {
        true => scene.queue_law(),
        false => scene.start_law(),
    };
    Some((text, law))
}

/// That without a lock several run at once.
fn free(scene: &Scene<'_>) -> Option<(String, Law)> {
    let running = scene.doing(|kind| kind == SpanKind::Python).len();
    if scene.trace.gil || running < 2 {
        return None;
    }
    let text = format!(
        "{} run Python at once: there is no GIL.",
        count(running, "thread")
    );
    Some((text, Law::NoGil))
}

/// What there is to count, in the order in which it is shown.
pub(super) fn counters(scene: &Scene<'_>) -> Vec<(&'static str, String)> {
    let index = scene.index;
    let running = scene.doing(|kind| kind.holds_gil());
    let mut counters = vec![("running Python", scene.names(&running))];
    if scene.trace.gil {
        let waiting = scene.doing(|kind| kind == SpanKind::GilWait);
        counters.push(("waiting for the GIL", scene.names(&waiting)));
    }
    let waiting = scene.doing(|kind| kind == SpanKind::Io);
    let all = index.io.at(scene.at) as usize;
    let io = match all > 0 && waiting.len() == all {
        true => scene.names(&waiting),
        false => all.to_string(),
    };
    counters.push(("in I/O", io));
    if index.has_loop {
        counters.push(("ready for the loop", index.ready.at(scene.at).to_string()));
    }
    if index.has_pool {
        counters.push((
            "waiting for a worker",
            index.queued.at(scene.at).to_string(),
        ));
    }
    let cores = format!("{} of {}", scene.cores_in_use(), scene.trace.cores);
    counters.push(("cores in use", cores));
    counters.push((
        "finished",
        format!("{} of {}", scene.finished(), index.tasks),
    ));
    counters
}
