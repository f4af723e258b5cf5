//! What a measurement tells while it goes on: one stream of moments for the terminal and the page alike.

use super::cancel::Cancel;
use super::targets::Target;

/// Who looks on.
pub(crate) struct Watch<'a> {
    /// Ends it.
    pub(crate) cancel: &'a Cancel,
    /// Is told of each part right before it begins, and of the end.
    pub(crate) tell: &'a mut dyn FnMut(Moment<'_>),
}

/// Where a measurement stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment<'a> {
    /// What begins; nothing once all is done.
    pub(crate) next: Option<(&'a Target, Part)>,
    /// The work that lies behind, in ms of predicted run time.
    pub(crate) done_ms: u64,
    /// All of it; at least 1.
    pub(crate) total_ms: u64,
}

/// A part of measuring one plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Its interpreter starts and reads the work.
    Start,
    /// A run that is not told.
    Trial,
    /// A run that is, counted from 0.
    Run(u32),
}

/// The work that lies behind and before.
pub(super) struct Path<'w, 'a> {
    watch: &'w mut Watch<'a>,
    done_ns: u64,
    total_ns: u64,
}

impl<'w, 'a> Path<'w, 'a> {
    /// At the beginning of so many rounds of all targets.
    pub(super) fn new(watch: &'w mut Watch<'a>, targets: &[Target], rounds: u64) -> Path<'w, 'a> {
        let round = targets.iter().map(|target| target.expected_ns);
        Path {
            watch,
            done_ns: 0,
            total_ns: round.fold(0, u64::saturating_add).saturating_mul(rounds),
        }
    }

    /// Tells what begins.
    pub(super) fn begin(&mut self, target: &Target, part: Part) {
        self.tell(Some((target, part)));
    }

    /// A run of this target lies behind.
    pub(super) fn passed(&mut self, target: &Target) {
        self.done_ns = self.done_ns.saturating_add(target.expected_ns);
    }

    /// Tells of the end.
    pub(super) fn end(mut self) {
        self.done_ns = self.total_ns;
        self.tell(None);
    }

    fn tell(&mut self, next: Option<(&Target, Part)>) {
        let (done_ms, total_ms) = (self.done_ns / 1_000_000, self.total_ns / 1_000_000);
        (self.watch.tell)(Moment {
            next,
            done_ms,
            total_ms: total_ms.max(1),
        });
    }
}
