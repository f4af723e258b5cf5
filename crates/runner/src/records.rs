//! What happened, as rows of numbers: kept while a run goes on, written when it is over.
//!
//! Every thread has a recorder of its own, so that nothing is locked while a run goes on; it gives its
//! rows to the run's [`Book`] when it leaves. What the rows mean is told by
//! [`Code`], and the file's form by [`crate::rows`], which reads it.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::json;
use trilane_core::trace::measured::Code;
pub(crate) use trilane_core::trace::measured::NOBODY;

use crate::host::Delays;
use crate::host::now;

/// The code, the task, and the four numbers that belong to the code.
type Row = [u64; 6];

/// What a thread is in the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// The one that hands the tasks out.
    Main,
    /// The event loop's.
    Loop,
    /// A pool's, or a task's own.
    Worker,
    /// The only one of a worker process.
    Process,
    /// Of no interest: what it notes down belongs to no lane of its own.
    Apart,
}

#[cfg(target_arch = "wasm32")]
impl Role {
    /// Whether what a worker of this role is handed goes to it as bytes. One that stands in for a thread needs
    /// none, as threads share their memory.
    pub(crate) fn copies(self) -> bool {
        self == Role::Process
    }
}

/// The rows of one thread, with what the file says of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    role: Role,
    number: u32,
    process: u32,
    born: u64,
    /// Sent as they are, behind the rest.
    #[serde(skip)]
    rows: Vec<Row>,
}

/// Notes down for the thread that it belongs to.
#[derive(Debug)]
struct Recorder {
    book: Arc<Book>,
    kept: Kept,
    delays: Delays,
}

thread_local! {
    static HERE: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

/// All the rows of a run.
#[derive(Debug, Default)]
pub(crate) struct Book {
    state: Mutex<State>,
    left: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Threads that are at it.
    open: usize,
    /// Threads so far.
    born: u32,
    kept: Vec<Kept>,
}

/// Ends the recording of a thread when it goes out of scope.
#[derive(Debug)]
#[must_use]
pub(crate) struct Here;

impl Book {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to record what the thread that asks does, until the guard goes out of scope.
    pub(crate) fn begin(self: &Arc<Self>, role: Role) -> Here {
        self.begin_at(role, now())
    }

    /// The same for one that somebody began to start at that time.
    pub(crate) fn begin_at(self: &Arc<Self>, role: Role, born: u64) -> Here {
        self.open(role, born);
        Here
    }

    /// The same, for threads that come and go by themselves; see [`close`].
    pub(crate) fn open(self: &Arc<Self>, role: Role, born: u64) {
        let mut state = self.state();
        state.open += 1;
        let number = state.born;
        state.born += u32::from(role != Role::Apart);
        drop(state);
        let recorder = Recorder {
            book: Arc::clone(self),
            kept: Kept {
                role,
                number,
                process: 0,
                born,
                rows: Vec::new(),
            },
            delays: Delays::default(),
        };
        HERE.with_borrow_mut(|here| *here = Some(recorder));
    }

    /// Waits until no thread records any more, and takes all that was noted down.
    pub(crate) fn settle(&self) -> Vec<Kept> {
        let state = self.state();
        let mut state = self
            .left
            .wait_while(state, |state| state.open > 0)
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut state.kept)
    }

    /// Adds what the one thread of a worker process noted down.
    pub(crate) fn add_process(&self, mut kept: Kept) {
        let mut state = self.state();
        kept.process = 1 + state
            .kept
            .iter()
            .map(|kept| kept.process)
            .max()
            .unwrap_or(0);
        kept.number = kept.process;
        state.kept.push(kept);
    }

    /// Adds what a worker noted down that is a process in one plan, and a thread's stand-in in another.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn add_worker(&self, mut kept: Kept) {
        if kept.role == Role::Process {
            return self.add_process(kept);
        }
        let mut state = self.state();
        kept.number = state.born;
        state.born += 1;
        state.kept.push(kept);
    }

    /// Adds the rows of no thread.
    pub(crate) fn add(&self, rows: Vec<Row>) {
        self.state().kept.push(Kept {
            role: Role::Apart,
            number: 0,
            process: 0,
            born: 0,
            rows,
        });
    }
}

impl Kept {
    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Sends the rows.
    pub(crate) fn write_rows(&self, out: &mut impl Write) -> io::Result<()> {
        for number in self.rows.iter().flatten() {
            out.write_all(&number.to_le_bytes())?;
        }
        out.flush()
    }

    /// Receives so many rows.
    pub(crate) fn read_rows(&mut self, pipe: &mut impl Read, count: usize) -> io::Result<()> {
        let mut eight = [0; 8];
        for _ in 0..count {
            let mut row: Row = [0; 6];
            for number in &mut row {
                pipe.read_exact(&mut eight)?;
                *number = u64::from_le_bytes(eight);
            }
            self.rows.push(row);
        }
        Ok(())
    }
}

/// Ends the recording of the thread that asks.
pub(crate) fn close() {
    let Some(recorder) = HERE.with_borrow_mut(Option::take) else {
        return;
    };
    let Recorder { book, kept, delays } = recorder;
    delays.close();
    let mut state = book.state();
    state.kept.push(kept);
    state.open -= 1;
    if state.open == 0 {
        book.left.notify_all();
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        close();
    }
}

/// A row, of the thread that asks.
pub(crate) fn row(code: Code, task: u32, [a, b, c, d]: [u64; 4]) -> Row {
    [code as u64, u64::from(task), a, b, c, d]
}

/// Notes something down.
pub(crate) fn put(code: Code, task: u32, numbers: [u64; 4]) {
    with(|recorder| recorder.kept.rows.push(row(code, task, numbers)));
}

/// What this thread waited for a core within a gap that just ended, ns.
pub(crate) fn delay_within(gap: u64) -> u64 {
    with(|recorder| recorder.delays.within(gap)).unwrap_or(0)
}

/// Forgets what this thread waited for a core before.
pub(crate) fn forget_delays() {
    with(|recorder| recorder.delays.refresh());
}

fn with<T>(work: impl FnOnce(&mut Recorder) -> T) -> Option<T> {
    HERE.with_borrow_mut(|here| here.as_mut().map(work))
}

/// Writes the records of a run: a line about the threads, then seven 64-bit numbers a row. The number of
/// rows.
pub(crate) fn write(out: &mut impl Write, mut kept: Vec<Kept>) -> io::Result<usize> {
    kept.sort_by_key(|kept| (kept.process, kept.number, kept.born));
    let (apart, threads): (Vec<Kept>, Vec<Kept>) =
        kept.into_iter().partition(|kept| kept.role == Role::Apart);
    let rows = |kept: &[Kept]| kept.iter().map(|kept| kept.rows.len()).sum::<usize>();
    let count = rows(&apart) + rows(&threads);
    let header: Vec<_> = threads
        .iter()
        .map(|kept| {
            // A process has an interpreter of its own, if it has one at all.
            json!({
                "role": kept.role, "number": kept.number, "process": kept.process,
                "interpreter": kept.process, "born": kept.born,
            })
        })
        .collect();
    writeln!(out, "{}", json!({ "threads": header, "rows": count }))?;
    let numbered = threads
        .iter()
        .zip(0u64..)
        .chain(apart.iter().zip(std::iter::repeat(u64::MAX)));
    for (kept, thread) in numbered {
        for [code, rest @ ..] in &kept.rows {
            for number in [code, &thread].into_iter().chain(rest) {
                out.write_all(&number.to_le_bytes())?;
            }
        }
    }
    out.flush()?;
    Ok(count)
}

/// Nanoseconds that a clock reading and a record take, measured.
pub(crate) fn cost() -> f64 {
    const TIMES: u64 = 1000;
    let book = Arc::new(Book::default());
    let here = book.begin(Role::Apart);
    let best = (0..5).map(|_| {
        let start = now();
        for _ in 0..TIMES {
            let at = now();
            put(Code::Io, 1, [at, at, 0, 0]);
        }
        now() - start
    });
    let best = best.min().unwrap_or(0) as f64 / TIMES as f64;
    drop(here);
    best
}
