//! What a thread's program does next.
//!
//! Two plain numbers instead of an enum: every step of every task passes through one of these, and
//! two numbers come back from a function in registers, where an enum of this size is put together
//! in memory byte by byte and waited for.

use crate::trace::SpanKind;

/// What a thread's program wants to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Op {
    /// [`Then`] (8 bits), the kind of span (8 bits), whether the interpreter lock is needed (1 bit).
    what: u32,
    /// How long, or until when.
    pub(crate) ns: u64,
}

/// The sorts of [`Op`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Run code for so many nanoseconds, with or without the interpreter lock.
    Run = 0,
    /// Wait until somebody wakes it, or until the instant given.
    Block = 1,
    /// Wait outside Python for so many nanoseconds; nobody wakes it earlier.
    Sleep = 2,
    /// The thread ends.
    End = 3,
    /// Only from a task's program: nothing yet, its next instruction is to be looked at.
    GoOn = 4,
    /// Only from a task's program: the task is over.
    TaskEnded = 5,
    /// Only from a task's program: the task left the thread, it waits elsewhere.
    Away = 6,
    /// Only from a task's program, on a loop: the task waits for a timer of so many nanoseconds.
    Timer = 7,
}

const NEEDS_LOCK: u32 = 1 << 16;

impl Op {
    pub(crate) const END: Op = Op::bare(Then::End);
    pub(crate) const GO_ON: Op = Op::bare(Then::GoOn);
    pub(crate) const TASK_ENDED: Op = Op::bare(Then::TaskEnded);
    pub(crate) const AWAY: Op = Op::bare(Then::Away);

    #[inline]
    const fn bare(then: Then) -> Op {
        Op {
            what: then as u32,
            ns: 0,
        }
    }

    #[inline]
    pub(super) const fn new(then: Then, kind: SpanKind, ns: u64) -> Op {
        Op {
            what: then as u32 | (kind as u32) << 8,
            ns,
        }
    }

    /// Runs code that needs the interpreter lock.
    #[inline]
    pub(crate) const fn run(kind: SpanKind, ns: u64) -> Op {
        let op = Op::new(Then::Run, kind, ns);
        Op {
            what: op.what | NEEDS_LOCK,
            ns,
        }
    }

    /// Runs code without the interpreter lock.
    #[inline]
    pub(crate) const fn run_free(kind: SpanKind, ns: u64) -> Op {
        Op::new(Then::Run, kind, ns)
    }

    /// Waits until woken, or until the instant given.
    #[inline]
    pub(crate) const fn block(kind: SpanKind, until: u64) -> Op {
        Op::new(Then::Block, kind, until)
    }

    /// Waits outside Python.
    #[inline]
    pub(crate) const fn sleep(kind: SpanKind, ns: u64) -> Op {
        Op::new(Then::Sleep, kind, ns)
    }

    #[inline]
    pub(crate) fn then(self) -> Then {
        match self.what & 0xff {
            0 => Then::Run,
            1 => Then::Block,
            2 => Then::Sleep,
            3 => Then::End,
            4 => Then::GoOn,
            5 => Then::TaskEnded,
            6 => Then::Away,
            _ => Then::Timer,
        }
    }

    /// What the lane shows meanwhile.
    #[inline]
    pub(crate) fn kind(self) -> SpanKind {
        SpanKind::ALL[(self.what >> 8 & 0xf) as usize]
    }

    /// Whether it needs the interpreter lock.
    #[inline]
    pub(crate) fn needs_lock(self) -> bool {
        self.what & NEEDS_LOCK != 0
    }

    /// Code, with or without the interpreter lock.
    #[inline]
    pub(crate) fn is_run(self) -> bool {
        self.what & 0xff == Then::Run as u32
    }

    /// Code that takes no time: nothing happens.
    #[inline]
    pub(crate) fn is_nothing(self) -> bool {
        self.is_run() && self.ns == 0
    }
}
