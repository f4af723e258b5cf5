//! Names, lengths of time and lists, as a person would say them.

use super::scene::Scene;
use crate::trace::{Lane, ThreadRole};
use crate::units::Dur;

/// A length of time: `4.1 ms`.
pub(super) fn time(ns: u64) -> String {
    Dur::from_nanos(ns).to_string()
}

/// `1 task`, `3 tasks`.
pub(super) fn count(many: usize, one: &str) -> String {
    match many {
        1 => format!("1 {one}"),
        many => format!("{many} {one}s"),
    }
}

/// The form of a verb: `3 threads wait`, `1 thread waits`.
pub(super) const fn verb<'w>(many: usize, one: &'w str, more: &'w str) -> &'w str {
    match many {
        1 => one,
        _ => more,
    }
}

/// A sentence begins with a capital, unless a name does that is spelt otherwise.
pub(super) fn begin(text: &str) -> String {
    let plain = ["the ", "nothing ", "all ", "everything ", "a ", "deadlock"];
    match plain.iter().any(|word| text.starts_with(word)) {
        true => {
            let (first, rest) = text.split_at(1);
            format!("{}{rest}", first.to_uppercase())
        }
        false => text.to_owned(),
    }
}

impl Scene<'_> {
    /// A thread in a sentence: `worker-3`, `the loop`.
    pub(super) fn thread(&self, thread: u32) -> String {
        let info = &self.trace.threads[thread as usize];
        match info.role {
            ThreadRole::Loop => "the loop".to_owned(),
            ThreadRole::Main => "the main thread".to_owned(),
            ThreadRole::Manager | ThreadRole::Feeder | ThreadRole::ForkServer => {
                format!("the {}", info.name())
            }
            ThreadRole::Worker | ThreadRole::Process | ThreadRole::Interpreter => info.name(),
        }
    }

    pub(super) fn task(&self, task: u32) -> String {
        self.trace.task_name(task)
    }

    pub(super) fn lane(&self, lane: Lane) -> String {
        match (lane.as_task(), lane.as_thread()) {
            (Some(task), _) => self.task(task),
            (None, Some(thread)) => self.thread(thread),
            (None, None) => String::new(),
        }
    }

    /// At most three names, and how many more: `worker-0, worker-1, worker-2 and 5 more`.
    pub(super) fn names(&self, threads: &[u32]) -> String {
        const NAMED: usize = 3;
        let named = threads.iter().take(NAMED);
        let names: Vec<String> = named
            .map(|id| self.trace.threads[*id as usize].name())
            .collect();
        match threads.len() {
            0 => "nobody".to_owned(),
            many if many > NAMED => format!("{} and {} more", names.join(", "), many - NAMED),
            _ => names.join(", "),
        }
    }
}
