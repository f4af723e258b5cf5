//! The lanes of one run, a line of text each, under its bar and on the same axis: what the tasks did
//! together, every thread, and who held the GIL.

use trilane_core::trace::view::{self, Span};
use trilane_core::trace::{ThreadRole, Trace};

use super::axis::Axis;
use crate::term::states::State;
use crate::term::{Ink, Line, Look};

/// Threads that get a line of their own; of more, the first ones.
const THREADS_MAX: usize = 12;

/// A line's name takes this many columns at most: `interpreter-12`.
pub(crate) const NAME_COLUMNS: usize = 14;

/// The lanes, names right-aligned in the `margin` columns before the axis.
pub(crate) fn lines(trace: &Trace, axis: &Axis, margin: usize, look: &Look) -> Vec<Line> {
    let lanes = view::lanes(trace);
    let mut lines = Vec::new();

    let mut tasks = Columns::new(axis);
    for span in lanes.tasks.iter().flatten() {
        // Queued tasks are most of all in a pool, and say nothing about what goes on.
        match State::of(span.kind) {
            Some(State::Pool) | None => {}
            Some(state) => tasks.add(span, state as usize),
        }
    }
    lines.extend(states(&tasks, look).map(|shown| line("tasks", margin, shown)));

    // A thread that only hands out work, or idles, leaves no sign and gets no line.
    let mut order: Vec<usize> = (0..trace.threads.len()).collect();
    order.sort_by_key(|&id| (trace.threads[id].role as u8, trace.threads[id].number));
    let mut threads = 0;
    for id in order {
        let info = &trace.threads[id];
        if matches!(info.role, ThreadRole::Manager | ThreadRole::Feeder) {
            continue;
        }
        let mut columns = Columns::new(axis);
        for span in &lanes.threads[id] {
            if let Some(state) = State::of(span.kind) {
                columns.add(span, state as usize);
            }
        }
        let Some(shown) = states(&columns, look) else {
            continue;
        };
        threads += 1;
        if threads <= THREADS_MAX {
            lines.push(line(&info.name(), margin, shown));
        }
    }
    if threads > THREADS_MAX {
        let text = format!("… and {} more threads", threads - THREADS_MAX);
        lines.push(
            Line::new()
                .with(Ink::Plain, " ".repeat(margin))
                .with(Ink::Faint, text),
        );
    }

    if let Some(holders) = holders(trace, &lanes, axis) {
        lines.push(line("GIL held by", margin, holders));
    }
    lines
}

fn line(name: &str, margin: usize, mut shown: Line) -> Line {
    let room = margin.saturating_sub(1);
    let cut: String = name.chars().take(room).collect();
    let mut line = Line::new().with(Ink::Faint, format!("{cut:>room$} "));
    line.append(&mut shown);
    line
}

/// A column's state is the one that took most of it; where nothing was for most of it, nothing is.
/// `None` where that is everywhere.
fn states(columns: &Columns, look: &Look) -> Option<Line> {
    let mut line = Line::new();
    (0..columns.count).find(|&column| columns.most(column).is_some())?;
    for column in 0..columns.count {
        match columns.most(column).and_then(|key| State::ALL.get(key)) {
            Some(&state) => line.push(Ink::State(state), state.glyph(look.ascii).to_string()),
            None => line.push(Ink::Plain, " "),
        }
    }
    Some(line)
}

/// Who held the parent's GIL: a sign a thread, the last digit of its name. `None` where there is no
/// GIL, or nobody to share it with.
fn holders(trace: &Trace, lanes: &view::Lanes, axis: &Axis) -> Option<Line> {
    let holds = view::gil_held(trace, lanes, 0);
    let mut who: Vec<u32> = holds.iter().map(|hold| hold.thread).collect();
    who.sort_unstable();
    who.dedup();
    if who.len() < 2 {
        return None;
    }
    // A column's key is the sign: ten digits, and one for the thread that is no worker.
    const FIRST_THREAD: usize = 10;
    let mut columns = Columns::new(axis);
    for hold in holds {
        let info = &trace.threads[hold.thread as usize];
        let key = match info.role {
            ThreadRole::Worker => (info.number % 10) as usize,
            _ => FIRST_THREAD,
        };
        let (start, end) = (hold.start.as_nanos(), hold.end.as_nanos());
        columns.add_between(start, end, key);
    }
    (0..columns.count).find(|&column| columns.most(column).is_some())?;
    let mut line = Line::new();
    for column in 0..columns.count {
        match columns.most(column) {
            Some(FIRST_THREAD) => line.push(Ink::Plain, "m"),
            Some(digit) => line.push(Ink::State(State::Python), digit.to_string()),
            None => line.push(Ink::Plain, " "),
        }
    }
    Some(line)
}

/// Time by column and key.
struct Columns {
    count: usize,
    axis: Axis,
    times: Vec<[u64; Columns::KEYS]>,
}

impl Columns {
    const KEYS: usize = State::ALL.len();

    fn new(axis: &Axis) -> Columns {
        Columns {
            count: axis.columns,
            axis: *axis,
            times: vec![[0; Columns::KEYS]; axis.columns],
        }
    }

    fn add(&mut self, span: &Span, key: usize) {
        self.add_between(span.start.as_nanos(), span.end.as_nanos(), key);
    }

    fn add_between(&mut self, start: u64, end: u64, key: usize) {
        let end = end.min(self.axis.end_ns);
        if start >= end {
            return;
        }
        let column_of = |ns: u64| {
            let exact = u128::from(ns) * self.count as u128 / u128::from(self.axis.end_ns);
            (exact as usize).min(self.count - 1)
        };
        for column in column_of(start)..=column_of(end) {
            let (from, to) = self.edges(column);
            self.times[column][key] += end.min(to).saturating_sub(start.max(from));
        }
    }

    /// Where a column begins and ends, ns.
    fn edges(&self, column: usize) -> (u64, u64) {
        let at = |column: usize| {
            let exact = u128::from(self.axis.end_ns) * column as u128;
            (exact / self.count as u128) as u64
        };
        (at(column), at(column + 1))
    }

    /// The key with the most time, if the column is worth a sign at all: half of it, by any key.
    fn most(&self, column: usize) -> Option<usize> {
        let times = &self.times[column];
        let (from, to) = self.edges(column);
        let filled: u64 = times.iter().sum();
        let (key, &most) = times
            .iter()
            .enumerate()
            .max_by_key(|&(key, ns)| (ns, usize::MAX - key))?;
        (most > 0 && filled.saturating_mul(2) >= to - from).then_some(key)
    }
}
