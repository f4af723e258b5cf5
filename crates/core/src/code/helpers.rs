//! The helper functions of the programs. Each is a small Python file of its own in `helpers/`: its
//! imports, two empty lines, its text; so they can be read, run and linted as what they are.

use super::program::Program;

/// A helper, in the order in which programs hold them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Helper {
    /// `python_work`: CPU time in bytecode.
    PythonWork,
    /// `native_work`: CPU time in C without the GIL.
    NativeWork,
    /// `time_left`: until a deadline, never negative.
    TimeLeft,
    /// `io_until`: a call with a time-out.
    IoUntil,
    /// `held_until`: a lock taken with a time-out.
    HeldUntil,
    /// `permit`: a token of an interpreters' queue, in place of a lock.
    Permit,
    /// `take_until`: from an interpreters' queue with a time-out.
    TakeUntil,
    /// `put_until`: into an interpreters' queue with a time-out.
    PutUntil,
    /// `permit_until`: a token with a time-out.
    PermitUntil,
    /// `exchange`: work in another process that data is sent to and comes back from.
    Exchange,
    /// `poisson`: arrival times.
    Poisson,
    /// `arrivals`: task numbers when their tasks arrive.
    Arrivals,
    /// `arrivals` as an asynchronous generator.
    AsyncArrivals,
    /// `run_in_order`: tasks of all kinds one by one as they arrive.
    RunInOrder,
    /// `start`: a call in a thread of its own.
    StartThread,
    /// `feed`: hands a kind's tasks to a pool as they arrive.
    FeedPool,
    /// `feed`: starts a kind's tasks in threads as they arrive.
    FeedThreads,
    /// `run_all`: a kind's tasks on the loop as they arrive.
    RunAll,
    /// `run_all` under a limit on tasks.
    RunAllLimited,
    /// `run_all` without task groups.
    RunAllBefore311,
    /// `run_all` without task groups, under a limit on tasks.
    RunAllLimitedBefore311,
}

impl Helper {
    fn source(self) -> &'static str {
        match self {
            Helper::PythonWork => include_str!("helpers/python_work.py"),
            Helper::NativeWork => include_str!("helpers/native_work.py"),
            Helper::TimeLeft => include_str!("helpers/time_left.py"),
            Helper::IoUntil => include_str!("helpers/io_until.py"),
            Helper::HeldUntil => include_str!("helpers/held_until.py"),
            Helper::Permit => include_str!("helpers/permit.py"),
            Helper::TakeUntil => include_str!("helpers/take_until.py"),
            Helper::PutUntil => include_str!("helpers/put_until.py"),
            Helper::PermitUntil => include_str!("helpers/permit_until.py"),
            Helper::Exchange => include_str!("helpers/exchange.py"),
            Helper::Poisson => include_str!("helpers/poisson.py"),
            Helper::Arrivals => include_str!("helpers/arrivals.py"),
            Helper::AsyncArrivals => include_str!("helpers/async_arrivals.py"),
            Helper::RunInOrder => include_str!("helpers/run_in_order.py"),
            Helper::StartThread => include_str!("helpers/start_thread.py"),
            Helper::FeedPool => include_str!("helpers/feed_pool.py"),
            Helper::FeedThreads => include_str!("helpers/feed_threads.py"),
            Helper::RunAll => include_str!("helpers/run_all.py"),
            Helper::RunAllLimited => include_str!("helpers/run_all_limited.py"),
            Helper::RunAllBefore311 => include_str!("helpers/run_all_before_3_11.py"),
            Helper::RunAllLimitedBefore311 => {
                include_str!("helpers/run_all_limited_before_3_11.py")
            }
        }
    }

    fn stands_on(self) -> &'static [Helper] {
        match self {
            Helper::IoUntil | Helper::HeldUntil => &[Helper::TimeLeft],
            Helper::PermitUntil => &[Helper::TakeUntil],
            Helper::FeedPool => &[Helper::Arrivals],
            Helper::FeedThreads => &[Helper::Arrivals, Helper::StartThread],
            Helper::RunAll
            | Helper::RunAllLimited
            | Helper::RunAllBefore311
            | Helper::RunAllLimitedBefore311 => &[Helper::AsyncArrivals],
            _ => &[],
        }
    }

    /// The helper's text behind its imports.
    pub(super) fn text(self) -> &'static str {
        let source = self.source();
        source[header(source)..].trim_start_matches('\n')
    }
}

/// Length of the import lines of a helper's file.
fn header(source: &str) -> usize {
    let lines = source.split_inclusive('\n');
    lines
        .take_while(|line| line.starts_with("import ") || line.starts_with("from "))
        .map(str::len)
        .sum()
}

/// Brings in what a helper imports and stands on.
pub(super) fn require(p: &mut Program<'_>, helper: Helper) {
    let source = helper.source();
    for line in source[..header(source)].lines() {
        if let Some(module) = line.strip_prefix("import ") {
            p.import(module);
        } else if let Some((module, names)) = line
            .strip_prefix("from ")
            .and_then(|rest| rest.split_once(" import "))
        {
            for name in names.split(", ") {
                p.import_from(module, name);
            }
        }
    }
    for &other in helper.stands_on() {
        p.help(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_cut_off() {
        assert!(Helper::Poisson.text().starts_with("def poisson("));
        assert!(Helper::StartThread.text().starts_with("ended: list[str]"));
    }
}
