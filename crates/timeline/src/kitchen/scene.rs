//! A run at one instant, as the kitchen has it: plain values, and nothing that is not in the trace.

use trilane_core::trace::SpanKind;

use super::signs::Doing;

/// The whole house at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// When, ns since the run began.
    pub at_ns: u64,
    /// Sockets of the house: the machine's cores.
    pub sockets: u32,
    /// How many of them are in use: cooks that need one and have one.
    pub plugged: u32,
    /// A kitchen for each interpreter of the run, in their order; also those that are closed now.
    pub rooms: Vec<Room>,
    /// Tasks that hang on the rail: handed over, and no cook has them yet; ascending.
    pub orders: Vec<u32>,
    /// Pans that no cook has in hand and that are no order, in the kitchen of the loop or the first one.
    pub pans: Vec<Pan>,
    /// Tasks that have ended, in the order in which they did.
    pub plates: Vec<u32>,
    /// Tasks that have not arrived yet.
    pub coming: u32,
    /// Whether nothing can ever happen again, and tasks are left.
    pub is_deadlocked: bool,
    /// What is going on, in sentences: the most important first.
    pub sentences: Vec<String>,
}

/// A kitchen: an interpreter, with a process of its own or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Which interpreter.
    pub interpreter: u32,
    /// What is over its door.
    pub name: String,
    /// Whether all its cooks share one stove: whether it has an interpreter lock.
    pub shared_stove: bool,
    /// Threads that are alive, ascending; those in line for the stove come in the order they came.
    pub cooks: Vec<Cook>,
}

/// A thread that is alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cook {
    /// Which thread.
    pub thread: u32,
    /// What it does.
    pub doing: Doing,
    /// Whether it stands at a stove: holds its interpreter's lock, or runs Python where there is none.
    pub at_stove: bool,
    /// The task that it has in hand.
    pub task: Option<u32>,
    /// Since when, ns.
    pub since_ns: u64,
    /// Its name, short: `worker-3`.
    pub name: String,
    /// What it does, in words: `worker-3 waits in line for the stove with page[2]; worker-1 has it`.
    pub words: String,
}

/// A task that has begun, or is ready to, and that no cook has in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pan {
    /// Which task.
    pub task: u32,
    /// What happens to it.
    pub doing: Doing,
}

impl Room {
    /// Who stands at the stove, or at stoves of their own.
    pub fn at_stove(&self) -> impl Iterator<Item = &Cook> {
        self.cooks.iter().filter(|cook| cook.at_stove)
    }

    /// Who waits in line for the stove, the longest waiting first.
    pub fn in_line(&self) -> impl Iterator<Item = &Cook> {
        let waits = |cook: &&Cook| !cook.at_stove && cook.doing == Doing::State(SpanKind::GilWait);
        self.cooks.iter().filter(waits)
    }

    /// Everybody else.
    pub fn on_floor(&self) -> impl Iterator<Item = &Cook> {
        let waits = Doing::State(SpanKind::GilWait);
        self.cooks
            .iter()
            .filter(move |cook| !cook.at_stove && cook.doing != waits)
    }
}
