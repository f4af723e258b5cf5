//! The workload: a scenario with every number drawn. Both the simulator and the real runners
//! execute this, and nothing in it says how it is run or what running it costs.
//!
//! A kind's steps are compiled once into a flat [`Program`] that all its tasks share; what differs
//! from task to task are the drawn numbers, which lie in one array. A program consumes a number of
//! draws that is known beforehand, so task `i` of a kind starts reading at
//! `first_draw + i * draws_per_task`, whatever happens to the tasks before it.

mod compile;
mod digest;
mod sample;

pub use sample::{draw, sample};

pub use crate::scenario::{Place, Resource, ResourceKind};
use crate::units::{Bytes, Dur};

/// Drawn work, ready to be simulated or run. Made by [`crate::workload::draw`].
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    /// The scenario's title.
    pub title: String,
    /// The seed that drew it.
    pub seed: u64,
    /// Kinds of task, in file order.
    pub kinds: Vec<Kind>,
    /// Locks, semaphores and queues.
    pub resources: Vec<Resource>,
    /// Every drawn duration in nanoseconds; see the module docs for who reads where.
    pub draws: Vec<u64>,
    /// Tasks of all kinds; task ids run kind by kind, in file order.
    pub tasks: u32,
}

/// One kind of task in a workload.
#[derive(Clone, Debug, PartialEq)]
pub struct Kind {
    /// The kind's name.
    pub name: String,
    /// The id of its first task.
    pub first_task: u32,
    /// How many tasks.
    pub count: u32,
    /// Kinds that must have ended before this one is released.
    pub after: Vec<u32>,
    /// Arrival of each task, counted from the kind's release, in ascending order; empty where all
    /// arrive at the release.
    pub arrivals: Vec<Dur>,
    /// What a task is handed.
    pub input: Bytes,
    /// What a task hands back.
    pub output: Bytes,
    /// What a task holds while it runs.
    pub memory: Bytes,
    /// What a task does.
    pub program: Program,
    /// Index into [`Workload::draws`] of the first task's first draw.
    pub first_draw: u64,
}

/// The steps of a kind, flat. Execution starts at instruction 0 and ends at [`Instr::End`].
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// The instructions.
    pub code: Vec<Instr>,
    /// For each instruction, the innermost `Acquire`, `LoopBegin`, `TimeoutBegin` or `BranchBegin`
    /// whose inner steps it is among ([`NO_SCOPE`] for none). An opening instruction belongs to the
    /// scope around it, and so does its closing one.
    pub enclosing: Vec<u32>,
    /// How many draws one task consumes, repeats counted.
    pub draws_per_task: u32,
    /// How many scratch slots a task needs for loop counters and deadlines.
    pub slots: u32,
    /// Leaf and container steps that one task executes, repeats counted (for limits and estimates).
    pub steps_per_task: u64,
    /// Branches that one task starts at its gathers, repeats counted.
    pub branches_per_task: u64,
}

/// No scope around an instruction; see [`Program::enclosing`].
pub const NO_SCOPE: u32 = u32::MAX;

/// A duration in a program: written in it, or the task's next draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// The same for every task, in nanoseconds.
    Fixed(u64),
    /// The next number in the task's draws.
    Next,
}

/// One instruction. Jumps are indices into [`Program::code`].
///
/// Layout of the composite steps (each `..` is the compiled inner steps):
/// - lock: `Acquire .. Release`
/// - repeat: `LoopBegin .. LoopEnd` (a repeat of 0 times compiles to nothing)
/// - timeout: `TimeoutBegin .. TimeoutEnd`
/// - gather: `Gather BranchBegin .. BranchEnd BranchBegin .. BranchEnd GatherEnd`. Run in a row (a
///   plan without concurrency inside a task), branch marks are passed over; run side by side, each
///   branch is a task of its own from its `BranchBegin` to its `BranchEnd`, and the parent goes on
///   at `GatherEnd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instr {
    /// Python bytecode: holds the GIL.
    Cpu {
        /// CPU time.
        dur: Amount,
        /// Where a mixed plan puts it.
        on: Option<Place>,
    },
    /// C code without the GIL.
    Native {
        /// CPU time.
        dur: Amount,
        /// Where a mixed plan puts it.
        on: Option<Place>,
    },
    /// Waits outside Python.
    Io {
        /// Wall time.
        dur: Amount,
        /// No async form.
        blocking: bool,
        /// Where a mixed plan puts it.
        on: Option<Place>,
    },
    /// Takes a permit of a lock.
    Acquire {
        /// Index into [`Workload::resources`].
        resource: u32,
        /// The matching `Release`.
        release: u32,
    },
    /// Gives the permit back.
    Release {
        /// Index into [`Workload::resources`].
        resource: u32,
    },
    /// Puts an item into a queue.
    Put {
        /// Index into [`Workload::resources`].
        queue: u32,
    },
    /// Takes an item from a queue.
    Get {
        /// Index into [`Workload::resources`].
        queue: u32,
    },
    /// Starts a loop: sets the slot to `times`.
    LoopBegin {
        /// Scratch slot that counts.
        slot: u32,
        /// At least 1.
        times: u32,
    },
    /// Counts the slot down and jumps back to the instruction after `begin` until it is 0.
    LoopEnd {
        /// Scratch slot that counts.
        slot: u32,
        /// The matching `LoopBegin`.
        begin: u32,
    },
    /// Starts a time limit. Its slot (deadline) is followed by a second slot, in which the runner
    /// may keep the draw cursor at the scope's end.
    TimeoutBegin {
        /// First of the two scratch slots.
        slot: u32,
        /// The limit.
        dur: Amount,
        /// The matching `TimeoutEnd`, where a task that timed out goes on.
        end: u32,
        /// Draws consumed between here (after `dur`) and `end`.
        draws: u32,
    },
    /// Ends a time limit.
    TimeoutEnd {
        /// First of the two scratch slots.
        slot: u32,
    },
    /// Starts branches.
    Gather {
        /// How many branches; at least 1.
        branches: u32,
        /// The matching `GatherEnd`.
        end: u32,
        /// Draws consumed by all the branches.
        draws: u32,
    },
    /// A branch begins.
    BranchBegin {
        /// The instruction after this branch's `BranchEnd`.
        next: u32,
        /// Draws consumed by this branch.
        draws: u32,
    },
    /// A branch ends.
    BranchEnd,
    /// All the branches have ended.
    GatherEnd,
    /// The task ends.
    End,
}

impl Workload {
    /// The kind that task `id` is of.
    #[inline]
    pub fn kind_of(&self, task: u32) -> u32 {
        let after = self.kinds.partition_point(|kind| kind.first_task <= task);
        // Kinds without tasks share a first task with the next kind: the last one that starts at or
        // before the task is the one that holds it.
        (after - 1) as u32
    }

    /// A task's name as people write it: `page[3]`.
    pub fn task_name(&self, task: u32) -> String {
        let kind = &self.kinds[self.kind_of(task) as usize];
        format!("{}[{}]", kind.name, task - kind.first_task)
    }
}
