//! What each state looks like in the kitchen, and how it is said: one table for drawing, legend and words.
//!
//! The rule behind it: the stove is the interpreter lock, so whoever holds the lock stands at the stove,
//! and nobody else does. A socket is a core: stove, oven and packing table all need one.

use trilane_core::trace::SpanKind;

/// What a cook does, or what happens to a pan that no cook has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doing {
    /// What the trace says.
    State(SpanKind),
    /// Runs an event loop, and is in a call that does not await.
    Stares,
    /// Has a result that nobody has fetched yet (a pan only).
    Done,
    /// Can never go on.
    Stuck(SpanKind),
}

impl Doing {
    /// Every one that a table row stands for, in the order of the legend.
    pub fn all() -> impl Iterator<Item = Doing> {
        let states = SpanKind::ALL.into_iter().map(Doing::State);
        states.chain([Doing::Stares, Doing::Done])
    }

    /// The state in the trace.
    pub const fn kind(self) -> SpanKind {
        match self {
            Doing::State(kind) | Doing::Stuck(kind) => kind,
            Doing::Stares => SpanKind::Io,
            Doing::Done => SpanKind::PoolWait,
        }
    }

    /// Its row of the table.
    pub const fn sign(self) -> Sign {
        match self {
            Doing::Stares => Sign {
                caption: "stares",
                cook: "stares at {}, and does not look up",
                pan: "boils while the cook stares at it",
                legend: "stares at a pot: a call that does not await",
            },
            Doing::Done => Sign {
                caption: "under a lid",
                cook: "has {} done",
                pan: "is done, and nobody has fetched it yet",
                legend: "under a lid: a result to fetch",
            },
            Doing::State(kind) | Doing::Stuck(kind) => of(kind),
        }
    }
}

/// How a state is shown and said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sign {
    /// Under the cook or the pan, in two words.
    pub caption: &'static str,
    /// What a cook does, said of the cook; `{}` is what it works on.
    pub cook: &'static str,
    /// What happens to a pan, said of the pan.
    pub pan: &'static str,
    /// What is seen, and what it stands for.
    pub legend: &'static str,
}

const fn of(kind: SpanKind) -> Sign {
    let (caption, cook, pan, legend) = match kind {
        SpanKind::Python => (
            "at the stove",
            "cooks {} at the stove",
            "is on the stove",
            "at the stove: runs Python",
        ),
        SpanKind::Native => (
            "at the oven",
            "has the oven bake {}, and needs no stove for it",
            "is in the oven",
            "at the oven: native code",
        ),
        SpanKind::Io => (
            "delivery",
            "waits for a delivery for {}",
            "simmers by itself",
            "waits for a delivery, simmers: I/O",
        ),
        SpanKind::GilWait => (
            "in line",
            "waits in line for the stove with {}",
            "waits for the stove",
            "in line: waits for the GIL",
        ),
        SpanKind::CoreWait => (
            "no socket",
            "holds a plug for {}, and waits for a free socket",
            "waits for a free socket",
            "with a plug: waits for a core",
        ),
        SpanKind::LockWait => (
            "no knife",
            "waits for the shared knife for {}",
            "waits for the shared knife",
            "the shared knife: waits for a lock",
        ),
        SpanKind::QueueWait => (
            "at the hatch",
            "waits at the hatch with {}",
            "waits at the hatch",
            "at the hatch: waits at a queue",
        ),
        SpanKind::PoolWait => (
            "on the rail",
            "waits for another cook to take {}",
            "hangs on the rail: no cook has it yet",
            "an order on the rail: waits for a worker",
        ),
        SpanKind::LoopWait => (
            "calls",
            "waits for the loop's cook with {}",
            "is ready, and calls for the cook",
            "a pan that calls: waits for the loop",
        ),
        SpanKind::JoinWait => (
            "side dishes",
            "waits for the side dishes of {}",
            "waits for its side dishes",
            "side dishes: waits at a gather",
        ),
        SpanKind::Pickle => (
            "packing",
            "packs or unpacks {} at the stove, for another kitchen",
            "is packed or unpacked",
            "a parcel at the stove: pickles",
        ),
        SpanKind::Transfer => (
            "carrying",
            "carries {} between the kitchens",
            "is carried between the kitchens",
            "a parcel on a cart: moves bytes",
        ),
        SpanKind::Overhead => (
            "sorting",
            "sorts orders at the stove for {}",
            "has its order sorted",
            "slips of paper: overhead",
        ),
        SpanKind::Start => (
            "getting ready",
            "gets the kitchen ready for {}",
            "waits for a kitchen to open",
            "a key: starts",
        ),
        SpanKind::Idle => ("idle", "has nothing to do", "rests", "asleep: idle"),
    };
    Sign {
        caption,
        cook,
        pan,
        legend,
    }
}
