//! The lane of one task, laid out row by row.

use super::{Code, Maker, Piece, Row};
use crate::trace::{Lane, SpanKind, ThreadRole};

/// A pause on a thread at work up to this long is the interpreter's own work; a longer one is a wait.
pub(super) const PAUSE_NS: u64 = 30_000;
/// What a step takes beyond its CPU time, up to this, is the clocks' own cost.
const CLOCK_NS: u64 = 50_000;
/// How late a sleeper wakes without anybody in its way: timer slack and wake-up.
const LATE_NS: u64 = 100_000;

/// A step that the loop gave to an executor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offloaded {
    /// The loop's thread, if the coroutine was on one.
    from: Option<u32>,
    /// When the coroutine went on.
    resumed: u64,
    /// When the worker was done, once a worker has it.
    worked: Option<u64>,
}

/// The lane of one task while it is laid out.
pub(super) struct LaneOf<'m, 'a> {
    pub(super) maker: &'m mut Maker<'a>,
    pub(super) lane: Lane,
    /// Laid out up to here.
    pub(super) at: u64,
    /// Where the lane ends.
    pub(super) end: u64,
    /// The thread that works for the task.
    pub(super) on: Option<u32>,
    /// What it shows while no thread works for it.
    pub(super) outside: SpanKind,
    pub(super) offloaded: Option<Offloaded>,
}

impl LaneOf<'_, '_> {
    pub(super) fn row(&mut self, row: &Row) {
        if let Some(step) = self.offloaded
            && row.a >= step.resumed
        {
            self.resume(step);
        }
        let thread = row.thread;
        if self.is_orphan(row) {
            let kind = match row.code {
                Code::Python => SpanKind::Python,
                Code::Native => SpanKind::Native,
                Code::Io => SpanKind::Io,
                _ => return,
            };
            return self.maker.own(thread, row.a, row.b, kind);
        }
        match row.code {
            Code::Begin => {
                self.gap(row.a);
                self.on = Some(thread);
            }
            Code::End => {
                self.gap(row.a);
                self.on = None;
                // Until it is fetched, the result waits.
                self.outside = SpanKind::PoolWait;
            }
            Code::Done => self.gap(row.a),
            Code::Python | Code::Native => self.work(row),
            Code::Io => {
                self.gap(row.a);
                let asked = row.a.saturating_add(row.c).min(row.b);
                self.put(asked, SpanKind::Io, self.maker.place(thread));
                self.late(row.b, thread);
            }
            Code::Lock => self.wait(row, SpanKind::LockWait),
            Code::Queue => self.wait(row, SpanKind::QueueWait),
            Code::Join => self.wait(row, SpanKind::JoinWait),
            Code::Offload => {
                self.gap(row.a);
                self.offloaded = Some(Offloaded {
                    from: self.on.take(),
                    resumed: row.b,
                    worked: None,
                });
                self.outside = SpanKind::PoolWait;
            }
            Code::Work => {
                self.gap(row.a);
                self.on = Some(thread);
                if let Some(step) = &mut self.offloaded {
                    step.worked = Some(row.b);
                }
            }
            Code::Submit | Code::Idle | Code::Start | Code::Cpu => {}
            Code::Arrive | Code::Branch | Code::Cut => {}
        }
    }

    /// Whether a worker did this for nobody: the task's time limit had cut the step, and the
    /// coroutine went on without it.
    fn is_orphan(&self, row: &Row) -> bool {
        let on_worker = match row.code {
            Code::Python | Code::Native | Code::Io | Code::Work => {
                self.maker.role(row.thread) != Some(ThreadRole::Loop)
            }
            _ => false,
        };
        let on_loop = self
            .on
            .is_some_and(|thread| self.maker.role(thread) == Some(ThreadRole::Loop));
        on_worker && (on_loop || row.a >= self.end)
    }

    /// The coroutine goes on after a step elsewhere.
    fn resume(&mut self, step: Offloaded) {
        self.offloaded = None;
        if let Some(worked) = step.worked {
            self.gap(worked.min(step.resumed));
            self.on = None;
            self.outside = SpanKind::LoopWait;
        }
        self.gap(step.resumed);
        self.on = step.from;
    }

    fn wait(&mut self, row: &Row, kind: SpanKind) {
        self.gap(row.a);
        self.put(row.b, kind, self.maker.place(row.thread));
    }

    /// CPU time, with the waits that a step's clocks tell of.
    fn work(&mut self, row: &Row) {
        self.gap(row.a);
        let kind = match row.code {
            Code::Native => SpanKind::Native,
            _ => SpanKind::Python,
        };
        let thread = Some(row.thread);
        let waited = row.b.saturating_sub(row.a).saturating_sub(row.c);
        if waited <= CLOCK_NS {
            return self.put(row.b, kind, thread);
        }
        let core = match self.maker.waits_for_gil(row.thread) {
            true => row.d.min(waited),
            false => waited,
        };
        let lock = waited - core;
        if kind == SpanKind::Native {
            // It ran without the lock, and had to have it back at the end.
            self.put(row.a + core, SpanKind::CoreWait, thread);
            self.put(row.b - lock, kind, thread);
            self.put(row.b, SpanKind::GilWait, thread);
        } else {
            self.put(row.a + lock, SpanKind::GilWait, thread);
            self.put(row.a + waited, SpanKind::CoreWait, thread);
            self.put(row.b, kind, thread);
        }
    }

    /// A wait was over, and its thread went on only at `until`.
    fn late(&mut self, until: u64, thread: u32) {
        let Some(place) = self.maker.place(thread) else {
            return self.put(until, SpanKind::LoopWait, None);
        };
        let awake = match self.maker.waits_for_gil(thread) {
            true => until.min(self.at.saturating_add(LATE_NS)),
            false => until,
        };
        self.put(awake, SpanKind::CoreWait, Some(place));
        self.put(until, SpanKind::GilWait, Some(place));
    }

    /// What nobody noted down, up to `until`.
    fn gap(&mut self, until: u64) {
        let Some(thread) = self.on else {
            return self.put(until, self.outside, None);
        };
        let long = until.saturating_sub(self.at) > PAUSE_NS;
        let on_loop = self.maker.role(thread) == Some(ThreadRole::Loop);
        let kind = match (long, self.maker.waits_for_gil(thread)) {
            (true, true) => SpanKind::GilWait,
            (true, false) if !on_loop => SpanKind::CoreWait,
            _ => SpanKind::Overhead,
        };
        self.put(until, kind, Some(thread));
    }

    /// Lays the lane out up to `until`.
    fn put(&mut self, until: u64, kind: SpanKind, thread: Option<u32>) {
        let limit = self.offloaded.map_or(self.end, |step| step.resumed);
        let end = until.min(self.end).min(limit);
        if end <= self.at {
            return;
        }
        self.maker.pieces.push(Piece {
            lane: self.lane,
            end,
            length: end - self.at,
            kind,
            thread,
        });
        if let Some(thread) = thread
            && let Some(placed) = self.maker.placed.get_mut(thread as usize)
        {
            placed.push((self.at, end));
        }
        self.at = end;
    }

    pub(super) fn close(&mut self) {
        if let Some(step) = self.offloaded {
            self.resume(step);
        }
        self.gap(self.end);
    }
}
