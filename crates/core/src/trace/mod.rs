//! Traces: what happened, simulated or measured: spans on lanes, and flows between them.
//!
//! There are two sorts of lane. A **task lane** runs from the task's arrival to its end, and is in
//! exactly one [`SpanKind`] at any time. A **thread lane** runs from the thread's creation to its
//! end. While a thread works for a task, the span is recorded once, on the task's lane, with the
//! thread as its *place*; the thread's own spans are only those in which it works for no task. So a
//! thread's timeline is its own spans and those placed on it, which never overlap and leave no hole.
//!
//! Which core ran what, who held the GIL and how many wanted it are worked out from these spans
//! when somebody looks: see [`view`].
//!
//! A span begins where its lane's previous one ended (or at the lane's birth), so a record is its
//! end, its lane, its kind and its place: 16 bytes, in chunks that are never moved.

pub mod codec;
pub mod laws;
pub mod measured;
mod recorder;
mod spans;
pub mod view;

pub use recorder::{NoSink, Recorder, RunInfo};
pub use spans::Spans;

use crate::units::Time;

/// What a task or a thread is doing during a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SpanKind {
    /// Runs bytecode of a task.
    Python = 0,
    /// Runs native code of a task, without the GIL.
    Native = 1,
    /// Waits outside Python.
    Io = 2,
    /// Waits for the interpreter lock.
    GilWait = 3,
    /// Could run, and waits for a core (or for the kernel to put it on one).
    CoreWait = 4,
    /// Waits for a lock or a semaphore.
    LockWait = 5,
    /// Waits at a queue.
    QueueWait = 6,
    /// Handed over, and no worker has it yet; also a result that nobody has fetched yet.
    PoolWait = 7,
    /// Ready, and the event loop is busy with others.
    LoopWait = 8,
    /// Waits at a gather for its branches.
    JoinWait = 9,
    /// Pickles or unpickles, holding the GIL.
    Pickle = 10,
    /// Moves pickled bytes through a pipe, without the GIL.
    Transfer = 11,
    /// What the model itself costs: switching, submitting, the loop's own work. Holds the GIL.
    Overhead = 12,
    /// A thread, process or interpreter starts (or its parent starts it).
    Start = 13,
    /// A thread has nothing to do.
    Idle = 14,
}

impl SpanKind {
    /// Every kind, in the order of its number.
    pub const ALL: [SpanKind; 15] = [
        SpanKind::Python,
        SpanKind::Native,
        SpanKind::Io,
        SpanKind::GilWait,
        SpanKind::CoreWait,
        SpanKind::LockWait,
        SpanKind::QueueWait,
        SpanKind::PoolWait,
        SpanKind::LoopWait,
        SpanKind::JoinWait,
        SpanKind::Pickle,
        SpanKind::Transfer,
        SpanKind::Overhead,
        SpanKind::Start,
        SpanKind::Idle,
    ];

    /// A short name for people: `waits for the GIL`.
    pub const fn label(self) -> &'static str {
        match self {
            SpanKind::Python => "Python",
            SpanKind::Native => "native code",
            SpanKind::Io => "waits for I/O",
            SpanKind::GilWait => "waits for the GIL",
            SpanKind::CoreWait => "waits for a core",
            SpanKind::LockWait => "waits for a lock",
            SpanKind::QueueWait => "waits at a queue",
            SpanKind::PoolWait => "waits for a worker",
            SpanKind::LoopWait => "waits for the loop",
            SpanKind::JoinWait => "waits at a gather",
            SpanKind::Pickle => "pickling",
            SpanKind::Transfer => "moving bytes",
            SpanKind::Overhead => "overhead",
            SpanKind::Start => "starting",
            SpanKind::Idle => "idle",
        }
    }

    /// Occupies a core.
    pub const fn on_core(self) -> bool {
        matches!(
            self,
            SpanKind::Python
                | SpanKind::Native
                | SpanKind::Pickle
                | SpanKind::Transfer
                | SpanKind::Overhead
                | SpanKind::Start
        )
    }

    /// Holds its interpreter's lock, where that interpreter has one.
    pub const fn holds_gil(self) -> bool {
        matches!(
            self,
            SpanKind::Python | SpanKind::Pickle | SpanKind::Overhead | SpanKind::Start
        )
    }
}

/// A lane: a task's or a thread's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane(u32);

impl Lane {
    const THREAD: u32 = 1 << 31;

    /// The lane of task `id`.
    #[inline]
    pub const fn task(id: u32) -> Lane {
        Lane(id)
    }

    /// The lane of thread `id`.
    pub const fn thread(id: u32) -> Lane {
        Lane(id | Lane::THREAD)
    }

    /// The task's id, if it is a task's lane.
    #[inline]
    pub const fn as_task(self) -> Option<u32> {
        match self.0 & Lane::THREAD {
            0 => Some(self.0),
            _ => None,
        }
    }

    /// The thread's id, if it is a thread's lane.
    #[inline]
    pub const fn as_thread(self) -> Option<u32> {
        match self.0 & Lane::THREAD {
            0 => None,
            _ => Some(self.0 & !Lane::THREAD),
        }
    }

    /// The lane as a number, for files.
    #[inline]
    pub const fn to_bits(self) -> u32 {
        self.0
    }

    /// The lane that [`Lane::to_bits`] gave.
    #[inline]
    pub const fn from_bits(bits: u32) -> Lane {
        Lane(bits)
    }
}

/// What a flow tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum FlowKind {
    /// From where a task was submitted to where it starts.
    Submit = 0,
    /// From a worker that has a result to whoever waits for it.
    Result = 1,
    /// From a `put` to the `get` that took the item.
    Item = 2,
    /// From the release of a lock to the next holder.
    Lock = 3,
    /// From the thread that let go of the GIL to the one that took it.
    Gil = 4,
    /// From a parent to a branch at a gather.
    Branch = 5,
    /// From the end of a branch to its parent.
    Join = 6,
}

/// An arrow between two lanes. Ends after it begins, or at the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// What it tells.
    pub kind: FlowKind,
    /// Where it begins.
    pub from: Lane,
    /// When it begins.
    pub start: Time,
    /// Where it ends.
    pub to: Lane,
    /// When it ends.
    pub end: Time,
}

/// What a thread is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ThreadRole {
    /// The program's first thread.
    Main = 0,
    /// The first thread, running an event loop.
    Loop = 1,
    /// A worker of a thread pool, or a thread of its own task.
    Worker = 2,
    /// The main thread of a worker process.
    Process = 3,
    /// A worker of an interpreter pool.
    Interpreter = 4,
    /// A process pool's manager thread.
    Manager = 5,
    /// A process pool's queue feeder thread.
    Feeder = 6,
    /// The process that forks a pool's workers.
    ForkServer = 7,
}

/// A thread of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadInfo {
    /// What it is for.
    pub role: ThreadRole,
    /// Which of its role, from 0: worker-3 has 3.
    pub number: u32,
    /// Its process: 0 is the parent.
    pub process: u32,
    /// The interpreter whose lock it takes: 0 is the parent's. Each is unique in the run.
    pub interpreter: u32,
    /// When its lane begins.
    pub born: Time,
}

impl ThreadInfo {
    /// Its name for people: `worker-3`, `main`, `process-1`.
    pub fn name(&self) -> String {
        match self.role {
            ThreadRole::Main => "main".to_owned(),
            ThreadRole::Loop => "loop".to_owned(),
            ThreadRole::Worker => format!("worker-{}", self.number),
            ThreadRole::Process => format!("process-{}", self.number),
            ThreadRole::Interpreter => format!("interpreter-{}", self.number),
            ThreadRole::Manager => "pool manager".to_owned(),
            ThreadRole::Feeder => "queue feeder".to_owned(),
            ThreadRole::ForkServer => "fork server".to_owned(),
        }
    }
}

/// A task lane of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskInfo {
    /// Index into [`Trace::kinds`].
    pub kind: u32,
    /// Which of its kind, from 0; a branch has its parent's.
    pub index: u32,
    /// The parent task, if it is a branch of a gather.
    pub parent: Option<u32>,
    /// Arrival: when its lane begins.
    pub born: Time,
    /// Whether a time limit cut it at least once.
    pub timed_out: bool,
    /// Whether it ended.
    pub finished: bool,
}

impl TaskInfo {
    /// The name of the task with this id, of a run of these kinds; see [`Trace::task_name`].
    pub fn name(&self, id: u32, kinds: &[String]) -> String {
        let name = format!("{}[{}]", kinds[self.kind as usize], self.index);
        match self.parent {
            None => name,
            Some(_) => format!("{name}/{id}"),
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every task ended.
    Completed,
    /// Nothing could ever happen again, and these tasks had not ended.
    Deadlock(Vec<Stuck>),
    /// A limit was reached.
    Stopped(String),
}

/// A task that can never go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// Its name: `page[3]`.
    pub task: String,
    /// What it waits for, in words: ``lock `db` ``.
    pub on: String,
    /// Who holds that, where somebody does.
    pub held_by: Vec<String>,
}

/// Where a trace comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The simulator.
    Simulated,
    /// A real run.
    Measured,
}

/// A span as stored: 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanRecord {
    /// When it ends, ns.
    pub end: u64,
    /// Whose it is.
    pub lane: Lane,
    packed: u32,
}

impl SpanRecord {
    const NO_THREAD: u32 = (1 << 28) - 1;
    /// A place takes 28 bits, and one number of them says that there is none.
    pub(crate) const MOST_THREADS: u64 = SpanRecord::NO_THREAD as u64;

    /// A span of `lane` that ends at `end`; `thread` is its place.
    #[inline]
    pub fn new(lane: Lane, end: u64, kind: SpanKind, thread: Option<u32>) -> SpanRecord {
        let thread = thread.unwrap_or(SpanRecord::NO_THREAD);
        SpanRecord {
            end,
            lane,
            packed: (thread << 4) | kind as u32,
        }
    }

    /// What it shows.
    #[inline]
    pub fn kind(self) -> SpanKind {
        SpanKind::ALL[(self.packed & 15) as usize]
    }

    /// The thread that worked or waited for the task, on a task's lane.
    pub fn thread(self) -> Option<u32> {
        match self.packed >> 4 {
            SpanRecord::NO_THREAD => None,
            thread => Some(thread),
        }
    }
}

/// What a run tells while it happens. The simulator is generic over it, so that recording nothing
/// costs nothing. Calls come in the order of time, lane by lane.
pub trait Sink {
    /// A task lane begins. Ids come in any order for tasks of the workload; branches follow them.
    fn task(&mut self, id: u32, kind: u32, index: u32, parent: Option<u32>, born: Time);
    /// A thread lane begins; ids count up from 0.
    fn thread(&mut self, info: ThreadInfo);
    /// A span ends. Spans of no length are not told.
    fn span(&mut self, lane: Lane, end: Time, kind: SpanKind, thread: Option<u32>);
    /// An arrow.
    fn flow(&mut self, flow: Flow);
    /// A time limit cut this task.
    fn timed_out(&mut self, task: u32);
    /// A task lane ends.
    fn task_end(&mut self, task: u32, end: Time);
    /// Memory in use changes by so many bytes.
    fn memory(&mut self, at: Time, change: i64);
}

/// A recorded run.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Where it comes from.
    pub origin: Origin,
    /// The plan, as written.
    pub plan: String,
    /// The Python: `3.13`.
    pub python: String,
    /// Whether that Python has a GIL.
    pub gil: bool,
    /// Cores of the machine.
    pub cores: u32,
    /// Names of the kinds of task.
    pub kinds: Vec<String>,
    /// Task lanes by id: the workload's tasks, then branches.
    pub tasks: Vec<TaskInfo>,
    /// Thread lanes by id.
    pub threads: Vec<ThreadInfo>,
    /// Spans, in chunks, in the order in which they ended on their lane.
    pub spans: Spans,
    /// Arrows, in the order of their ends.
    pub flows: Vec<Flow>,
    /// Changes of memory in use: when, and by how many bytes.
    pub memory: Vec<(Time, i64)>,
    /// How it ended.
    pub outcome: Outcome,
    /// How many events the engine took for it (0 for a measured run).
    pub events: u64,
}

impl Trace {
    /// A task's name: `page[3]`, or `page[3]/7` for the branch with id 7.
    pub fn task_name(&self, task: u32) -> String {
        self.tasks[task as usize].name(task, &self.kinds)
    }

    /// When the last task ended: the run time. Threads may live on after it.
    pub fn makespan(&self) -> Time {
        let ends = self
            .spans
            .iter()
            .filter(|span| span.lane.as_task().is_some());
        let last = ends.map(|span| Time::from_nanos(span.end)).max();
        // A task of no length at all has no span.
        let born = self
            .tasks
            .iter()
            .filter(|task| task.finished)
            .map(|task| task.born)
            .max();
        last.max(born).unwrap_or(Time::ZERO)
    }
}
