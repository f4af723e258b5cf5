//! A trace made of what a real run noted down.
//!
//! A runner on real hardware cannot see everything: it knows when each step began and ended by the
//! wall clock, how much CPU time it took, and how long its thread stood in a run queue. What lies
//! between is worked out here, in one place for every runner, so that measured traces mean the same
//! wherever they come from: the part of a step that is neither CPU time nor run queue was a wait for
//! the interpreter lock; what an awaited sleep took over its time was the event loop's; and whatever
//! nobody noted down on a thread at work is overhead, as far as the thread's CPU time goes, and beyond
//! that a wait as well.
//!
//! A measured trace obeys the laws about lanes (no hole, no overlap), and may break those about the
//! lock and the cores by as much as its clocks are coarse.

mod lane;
#[cfg(test)]
mod tests;

use lane::LaneOf;

use super::{
    Flow, FlowKind, Lane, Origin, Outcome, Recorder, RunInfo, Sink, SpanKind, ThreadInfo,
    ThreadRole, Trace,
};
use crate::units::Time;

/// No thread, or no task.
pub const NOBODY: u32 = u32::MAX;

/// What a row tells. The numbers are those of the records that runners write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Code {
    /// A task's lane begins at `a`.
    Arrive = 0,
    /// The task is a branch of task `b`, born at `a`.
    Branch = 1,
    /// The thread begins to work for the task at `a`.
    Begin = 2,
    /// The task's last step ended on the thread at `a`.
    End = 3,
    /// Whoever waits for the task has its result at `a`.
    Done = 4,
    /// Bytecode from `a` to `b`: `c` ns of CPU time, `d` ns in a run queue.
    Python = 5,
    /// Native code, likewise.
    Native = 6,
    /// A wait outside Python from `a` to `b`, of which `c` ns were asked for.
    Io = 7,
    /// A wait for a lock or semaphore from `a` to `b`.
    Lock = 8,
    /// A `put` or `get` from `a` to `b`.
    Queue = 9,
    /// A wait for branches from `a` to `b`.
    Join = 10,
    /// A step given to an executor: submitted at `a`, the coroutine went on at `b`.
    Offload = 11,
    /// An executor's thread worked for the task from `a` to `b`.
    Work = 12,
    /// A time limit cut the task at `a`.
    Cut = 13,
    /// The thread had nothing to do from `a` to `b`.
    Idle = 14,
    /// The thread handed the task over from `a` to `b`.
    Submit = 15,
    /// The thread (or its process or interpreter) started from `a` to `b`.
    Start = 16,
    /// From `a` to `b` the thread took `c` ns of CPU time in all, for whatever it did.
    Cpu = 17,
}

impl Code {
    /// The code with that number.
    pub fn from_number(number: i64) -> Option<Code> {
        const ALL: [Code; 18] = [
            Code::Arrive,
            Code::Branch,
            Code::Begin,
            Code::End,
            Code::Done,
            Code::Python,
            Code::Native,
            Code::Io,
            Code::Lock,
            Code::Queue,
            Code::Join,
            Code::Offload,
            Code::Work,
            Code::Cut,
            Code::Idle,
            Code::Submit,
            Code::Start,
            Code::Cpu,
        ];
        ALL.get(usize::try_from(number).ok()?).copied()
    }
}

/// One thing that a runner noted down. Times are nanoseconds since the run began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it tells.
    pub code: Code,
    /// Index of the thread, or [`NOBODY`].
    pub thread: u32,
    /// Id of the task, or [`NOBODY`].
    pub task: u32,
    /// See [`Code`].
    pub a: u64,
    /// See [`Code`].
    pub b: u64,
    /// See [`Code`].
    pub c: u64,
    /// See [`Code`].
    pub d: u64,
}

/// What was noted down during one run, in any order.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// The threads; rows name them by index. Their `born` counts from the run's beginning.
    pub threads: Vec<ThreadInfo>,
    /// The rows.
    pub rows: Vec<Row>,
    /// The kind and the number within it of each task of the workload, by id.
    pub tasks: Vec<(u32, u32)>,
    /// Most memory that the run added, bytes, if known.
    pub peak_bytes: Option<u64>,
    /// Why the run did not go to its end, if it did not.
    pub stopped: Option<String>,
}

/// A piece of a lane.
#[derive(Clone, Copy, Debug)]
struct Piece {
    lane: Lane,
    end: u64,
    length: u64,
    kind: SpanKind,
    thread: Option<u32>,
}

/// Puts the trace together.
pub fn trace(info: RunInfo, notes: Notes) -> Trace {
    let by_task = tasks_of(&notes);
    let mut recorder = Recorder::new(notes.tasks.len() as u32);
    for thread in &notes.threads {
        recorder.thread(thread.clone());
    }
    let mut maker = Maker {
        gil: info.gil,
        threads: &notes.threads,
        shares: shares(&notes.threads),
        pieces: Vec::new(),
        placed: vec![Vec::new(); notes.threads.len()],
        own: vec![Vec::new(); notes.threads.len()],
        flows: Vec::new(),
    };
    let mut unfinished = 0u64;
    for (id, rows) in (0u32..).zip(&by_task) {
        let born = rows.born;
        let (kind, index) = kind_of(&notes, &by_task, id);
        recorder.task(id, kind, index, rows.parent, Time::from_nanos(born));
        if rows.cut {
            recorder.timed_out(id);
        }
        let finished = maker.task(id, rows);
        if finished {
            recorder.task_end(id, Time::ZERO);
        } else {
            unfinished += u64::from(rows.parent.is_none());
        }
    }
    maker.threads(&notes.rows);
    // In the order of time, as a simulation records them: figures of threads are folded along it.
    maker.pieces.sort_by_key(|piece| piece.end);
    for piece in &maker.pieces {
        let end = Time::from_nanos(piece.end);
        recorder.span(piece.lane, end, piece.kind, piece.thread);
    }
    maker.flows.sort_by_key(|flow| flow.end);
    for flow in maker.flows {
        recorder.flow(flow);
    }
    if let Some(bytes) = notes.peak_bytes {
        recorder.memory(Time::ZERO, i64::try_from(bytes).unwrap_or(i64::MAX));
    }
    let outcome = match (notes.stopped, unfinished) {
        (Some(reason), _) => Outcome::Stopped(reason),
        (None, 0) => Outcome::Completed,
        (None, n) => Outcome::Stopped(format!("the run ended, and {n} tasks had not")),
    };
    recorder.trace(Origin::Measured, info, outcome, 0)
}

/// The rows of one task.
#[derive(Clone, Debug, Default)]
struct TaskRows {
    born: u64,
    /// Of a branch.
    parent: Option<u32>,
    cut: bool,
    rows: Vec<Row>,
}

fn tasks_of(notes: &Notes) -> Vec<TaskRows> {
    let mut tasks = vec![TaskRows::default(); notes.tasks.len()];
    for row in &notes.rows {
        if row.task == NOBODY {
            continue;
        }
        let id = row.task as usize;
        if id >= tasks.len() {
            tasks.resize(id + 1, TaskRows::default());
        }
        let task = &mut tasks[id];
        match row.code {
            Code::Arrive => task.born = row.a,
            Code::Branch => {
                task.born = row.a;
                task.parent = Some(row.b as u32);
            }
            Code::Cut => task.cut = true,
            _ => task.rows.push(*row),
        }
    }
    for task in &mut tasks {
        // What encloses comes before what it encloses, and an end after all of its instant.
        task.rows.sort_by_key(|row| {
            let rank = match row.code {
                Code::Submit => 0,
                Code::Begin => 1,
                Code::End => 3,
                Code::Done => 4,
                _ => 2,
            };
            (row.a, rank, std::cmp::Reverse(row.b))
        });
    }
    tasks
}

/// The kind and number of a task; a branch has those of its eldest ancestor.
fn kind_of(notes: &Notes, tasks: &[TaskRows], mut id: u32) -> (u32, u32) {
    // A branch comes after its parent: what says otherwise is no branch.
    while let Some(parent) = tasks[id as usize].parent.filter(|&parent| parent < id) {
        id = parent;
    }
    notes.tasks.get(id as usize).copied().unwrap_or((0, 0))
}

/// Of each thread, whether another takes the same interpreter's lock.
fn shares(threads: &[ThreadInfo]) -> Vec<bool> {
    let others = |thread: &ThreadInfo| {
        let same = |other: &&ThreadInfo| other.interpreter == thread.interpreter;
        threads.iter().filter(same).count() > 1
    };
    threads.iter().map(others).collect()
}

struct Maker<'a> {
    gil: bool,
    threads: &'a [ThreadInfo],
    shares: Vec<bool>,
    pieces: Vec<Piece>,
    /// Of each thread, what its tasks' lanes placed on it.
    placed: Vec<Vec<(u64, u64)>>,
    /// Of each thread, what it did for no task.
    own: Vec<Vec<(u64, u64, SpanKind)>>,
    flows: Vec<Flow>,
}

impl Maker<'_> {
    fn role(&self, thread: u32) -> Option<ThreadRole> {
        self.threads.get(thread as usize).map(|info| info.role)
    }

    /// Where a piece of a thread's work is shown: a wait of a coroutine has no place.
    fn place(&self, thread: u32) -> Option<u32> {
        match self.role(thread) {
            None | Some(ThreadRole::Loop) => None,
            Some(_) => Some(thread),
        }
    }

    fn waits_for_gil(&self, thread: u32) -> bool {
        self.gil && self.shares.get(thread as usize) == Some(&true)
    }

    /// Lays out a task's lane. Whether it ended.
    fn task(&mut self, id: u32, task: &TaskRows) -> bool {
        let rows = &task.rows;
        let end = rows
            .iter()
            .filter(|row| matches!(row.code, Code::End | Code::Done))
            .map(|row| row.a)
            .max();
        let last = rows.iter().map(|row| row.b.max(row.a)).max();
        let mut lane = LaneOf {
            maker: self,
            lane: Lane::task(id),
            at: task.born,
            end: end.or(last).unwrap_or(task.born).max(task.born),
            on: None,
            outside: SpanKind::PoolWait,
            offloaded: None,
        };
        if rows.iter().any(|row| {
            row.code == Code::Begin && lane.maker.role(row.thread) == Some(ThreadRole::Loop)
        }) {
            lane.outside = SpanKind::LoopWait;
        }
        let mut submitted = None;
        for row in rows {
            match row.code {
                Code::Submit => submitted = Some((row.thread, row.b)),
                Code::Begin | Code::Work => {
                    if let Some((from, start)) = submitted.take() {
                        lane.maker
                            .flow(FlowKind::Submit, from, start, row.thread, row.a);
                    }
                }
                _ => {}
            }
            lane.row(row);
        }
        lane.close();
        end.is_some()
    }

    fn flow(&mut self, kind: FlowKind, from: u32, start: u64, to: u32, end: u64) {
        if self.role(from).is_none() || self.role(to).is_none() || end < start {
            return;
        }
        self.flows.push(Flow {
            kind,
            from: Lane::thread(from),
            start: Time::from_nanos(start),
            to: Lane::thread(to),
            end: Time::from_nanos(end),
        });
    }

    /// The threads' own spans: what is left of their time beside their tasks'.
    fn threads(&mut self, rows: &[Row]) {
        for row in rows {
            let kind = match row.code {
                Code::Idle => SpanKind::Idle,
                Code::Submit => SpanKind::Overhead,
                Code::Start => SpanKind::Start,
                _ => continue,
            };
            self.own(row.thread, row.a, row.b, kind);
        }
        for thread in 0..self.threads.len() {
            let mut own = std::mem::take(&mut self.own[thread]);
            let mut placed = std::mem::take(&mut self.placed[thread]);
            own.sort_unstable_by_key(|&(start, end, _)| (start, end));
            placed.sort_unstable();
            let ends = own.iter().map(|&(_, end, _)| end);
            let until = placed
                .iter()
                .map(|&(_, end)| end)
                .chain(ends)
                .max()
                .unwrap_or(0);
            placed.push((until, until));
            let mut own = own.as_slice();
            let mut at = self.threads[thread].born.as_nanos();
            let first = self.pieces.len();
            for (start, end) in placed {
                own = self.fill(thread as u32, (at, start), own);
                at = at.max(end).max(start);
            }
            self.told_by_cpu_time(thread as u32, first, rows);
        }
    }

    /// A loop's thread cannot have worked for longer than its CPU time: the longest of what looks like
    /// its own work, among the pieces from `first` on, were waits to get on with it.
    fn told_by_cpu_time(&mut self, thread: u32, first: usize, rows: &[Row]) {
        let mine = || rows.iter().filter(|row| row.thread == thread);
        let Some(total) = mine().find(|row| row.code == Code::Cpu) else {
            return;
        };
        let in_steps: u64 = mine()
            .filter(|row| matches!(row.code, Code::Python | Code::Native))
            .map(|row| row.c)
            .sum();
        let pieces = self.pieces.iter().enumerate().skip(first);
        let mut gaps: Vec<(u64, usize)> = pieces
            .filter(|(_, piece)| piece.kind == SpanKind::Overhead)
            .map(|(index, piece)| (piece.length, index))
            .collect();
        let told: u64 = gaps.iter().map(|&(length, _)| length).sum();
        let mut over = told.saturating_sub(total.c.saturating_sub(in_steps));
        gaps.sort_unstable_by_key(|&(length, _)| std::cmp::Reverse(length));
        let kind = match self.waits_for_gil(thread) {
            true => SpanKind::GilWait,
            false => SpanKind::CoreWait,
        };
        for (length, index) in gaps {
            if length <= lane::PAUSE_NS || over < length / 2 {
                break;
            }
            over = over.saturating_sub(length);
            self.pieces[index].kind = kind;
        }
    }

    /// Fills a thread's free time with its own spans, and what they leave with what a thread of its
    /// role does when it has no task. Gives the spans back that lie beyond.
    fn fill<'o>(
        &mut self,
        thread: u32,
        (start, end): (u64, u64),
        mut own: &'o [(u64, u64, SpanKind)],
    ) -> &'o [(u64, u64, SpanKind)] {
        // What an event loop does besides callbacks and polling is its own work; any other thread
        // that works for nobody waits for work.
        let rest = match self.role(thread) {
            Some(ThreadRole::Loop) => SpanKind::Overhead,
            _ => SpanKind::Idle,
        };
        let lane = Lane::thread(thread);
        let pieces = &mut self.pieces;
        let mut put = |from: u64, to: u64, kind: SpanKind| {
            if to > from {
                pieces.push(Piece {
                    lane,
                    end: to,
                    length: to - from,
                    kind,
                    thread: None,
                });
            }
        };
        let mut at = start;
        while let Some((&(from, to, kind), later)) = own.split_first() {
            if to <= at {
                own = later;
                continue;
            }
            if from >= end {
                break;
            }
            let (from, cut) = (from.max(at), to.min(end));
            put(at, from, rest);
            put(from, cut, kind);
            at = cut;
            if to > end {
                break;
            }
            own = later;
        }
        put(at, end, rest);
        own
    }

    /// A span of a thread that works for no task.
    fn own(&mut self, thread: u32, start: u64, end: u64, kind: SpanKind) {
        if let Some(own) = self.own.get_mut(thread as usize) {
            own.push((start, end, kind));
        }
    }
}
