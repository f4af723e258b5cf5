//! What is selected on a sheet, and where keys lead from there.

use std::ops::RangeInclusive;

use trilane_core::trace::{Flow, FlowKind, Lane, SpanKind};
use trilane_core::units::Time;

use super::Sheet;
use crate::lod::Entry;
use crate::rows::{Content, Timeline};
use crate::scene::lane_row;

/// More arrows than this would hide what they lead to.
const MOST_FLOWS: usize = 64;

/// A place on a sheet: a row and an instant, and so the span that is there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selected {
    /// The row's number, from the top.
    pub row: usize,
    /// When, ns.
    pub at_ns: u64,
    /// The task that the span is of, where it is one's.
    pub task: Option<u32>,
    /// The thread that works or waits for it, where there is one.
    pub thread: Option<u32>,
    /// The flows that are shown, in the order of their ends.
    pub flows: Vec<Flow>,
}

impl Selected {
    /// Selects a place, with the flows of what is there: those of its task, those of its thread while
    /// that is at the task, and the GIL's at the span itself. Gives nothing where there is no such row.
    ///
    /// O(flows): for a click or a key, not for a frame.
    pub fn new(timeline: &Timeline, flows: &[Flow], row: usize, at_ns: u64) -> Option<Selected> {
        let content = content(timeline, row)?;
        let mut selected = Selected {
            row,
            at_ns,
            ..Selected::default()
        };
        let Some(entry) = timeline.span_at(content, at_ns) else {
            return Some(selected);
        };
        (selected.task, selected.thread) = whose(timeline, content, &entry, at_ns);
        let span = entry.start_ns..=entry.end_ns;
        let stint = stint(timeline, content, &entry, selected.task.is_some());
        let is = |flow: &&Flow| {
            let by_thread = |lane: Lane, at: Time| {
                let during = match flow.kind {
                    FlowKind::Gil => &span,
                    _ => &stint,
                };
                lane.as_thread().is_some()
                    && lane.as_thread() == selected.thread
                    && during.contains(&at.as_nanos())
            };
            let by_task = |lane: Lane| lane.as_task().is_some() && lane.as_task() == selected.task;
            by_task(flow.from)
                || by_task(flow.to)
                || by_thread(flow.from, flow.start)
                || by_thread(flow.to, flow.end)
        };
        let flows = flows.iter().filter(is).take(MOST_FLOWS);
        let flows = flows.copied().collect();
        selected.flows = flows;
        Some(selected)
    }

    fn is_of(&self, lane: Lane) -> bool {
        match lane.as_task() {
            Some(task) => self.task == Some(task),
            None => self.thread == lane.as_thread(),
        }
    }

    /// The span that is selected, where the row is of one lane and something is there.
    pub fn entry(&self, timeline: &Timeline) -> Option<Entry> {
        timeline.span_at(content(timeline, self.row)?, self.at_ns)
    }

    /// The span after this one on its row: row and instant.
    pub fn next(&self, timeline: &Timeline) -> Option<(usize, u64)> {
        let strip = strip(content(timeline, self.row)?)?;
        let from = self
            .entry(timeline)
            .map_or(self.at_ns, |entry| entry.end_ns);
        let mut after = timeline.strips.entries_from(strip, from);
        let entry = after.find(|entry| entry.kind != SpanKind::Idle)?;
        Some((self.row, entry.start_ns))
    }

    /// The span before this one on its row: row and instant.
    pub fn previous(&self, timeline: &Timeline) -> Option<(usize, u64)> {
        let strip = strip(content(timeline, self.row)?)?;
        let to = self
            .entry(timeline)
            .map_or(self.at_ns, |entry| entry.start_ns);
        let mut before = timeline.strips.entries_to(strip, to);
        let entry = before.find(|entry| entry.kind != SpanKind::Idle)?;
        Some((self.row, entry.start_ns))
    }

    /// Where the next flow from here leads: row and instant.
    pub fn along(&self, timeline: &Timeline, sheet: &Sheet) -> Option<(usize, u64)> {
        let from = self
            .entry(timeline)
            .map_or(self.at_ns, |entry| entry.start_ns);
        let leaves = |flow: &&Flow| {
            self.is_of(flow.from) && flow.start.as_nanos() >= from
                || self.is_of(flow.to) && flow.end.as_nanos() > self.at_ns
        };
        let flow = self
            .flows
            .iter()
            .filter(leaves)
            .min_by_key(|flow| flow.end)?;
        let at_ns = flow.end.as_nanos();
        let row = lane_row(
            timeline,
            &sheet.layout,
            flow.to,
            [at_ns, at_ns.saturating_sub(1)],
        )?;
        Some((super::row_number(&sheet.layout, row)?, at_ns))
    }

    /// Where the last flow to here comes from: row and instant.
    pub fn back(&self, timeline: &Timeline, sheet: &Sheet) -> Option<(usize, u64)> {
        let to = self
            .entry(timeline)
            .map_or(self.at_ns, |entry| entry.end_ns);
        let comes = |flow: &&Flow| {
            self.is_of(flow.to) && flow.end.as_nanos() <= to
                || self.is_of(flow.from) && flow.start.as_nanos() <= self.at_ns
        };
        let flow = self
            .flows
            .iter()
            .filter(comes)
            .max_by_key(|flow| flow.start)?;
        let at_ns = flow.start.as_nanos().saturating_sub(1);
        let row = lane_row(timeline, &sheet.layout, flow.from, [at_ns, at_ns + 1])?;
        Some((super::row_number(&sheet.layout, row)?, at_ns))
    }

    /// The row above, at the same instant.
    pub fn up(&self) -> Option<(usize, u64)> {
        Some((self.row.checked_sub(1)?, self.at_ns))
    }

    /// The row below, at the same instant.
    pub fn down(&self, timeline: &Timeline) -> Option<(usize, u64)> {
        let row = self.row + 1;
        content(timeline, row).map(|_| (row, self.at_ns))
    }
}

pub(super) fn content(timeline: &Timeline, row: usize) -> Option<&Content> {
    timeline.rows().nth(row).map(|(_, row)| &row.content)
}

fn strip(content: &Content) -> Option<u32> {
    match content {
        Content::Lane { strip, .. } | Content::Holders { strip } | Content::Core { strip } => {
            Some(*strip)
        }
        Content::Lanes { .. } | Content::Depth { .. } => None,
    }
}

/// Who works for whom in a span of a row: the task and the thread.
pub(super) fn whose(
    timeline: &Timeline,
    content: &Content,
    entry: &Entry,
    at_ns: u64,
) -> (Option<u32>, Option<u32>) {
    // What a thread works for is on its own row.
    let task_of = |thread: u32| {
        timeline.rows().find_map(|(_, row)| match row.content {
            Content::Lane { strip, lane } if lane == Lane::thread(thread) => {
                timeline.strips.at(strip, at_ns)?.who
            }
            _ => None,
        })
    };
    match content {
        Content::Lane { lane, .. } => match (lane.as_task(), lane.as_thread()) {
            (Some(task), _) => (Some(task), entry.who),
            (_, thread) => (entry.who, thread),
        },
        Content::Core { .. } | Content::Holders { .. } => (entry.who.and_then(task_of), entry.who),
        Content::Lanes { .. } | Content::Depth { .. } => (None, None),
    }
}

/// From when to when a thread is at a task around a span, with what it does for itself right after:
/// that is when it tells of the result.
fn stint(
    timeline: &Timeline,
    content: &Content,
    entry: &Entry,
    of_task: bool,
) -> RangeInclusive<u64> {
    let (mut from, mut to) = (entry.start_ns, entry.end_ns);
    if let (Content::Lane { strip, lane }, true) = (content, of_task) {
        let same = |other: &Entry| other.who == entry.who;
        for before in timeline.strips.entries_to(*strip, from).take_while(same) {
            if before.end_ns < from {
                break;
            }
            from = before.start_ns;
        }
        for after in timeline.strips.entries_from(*strip, to) {
            let own = lane.as_thread().is_some() && after.who.is_none();
            let own = own && after.kind != SpanKind::Idle;
            if after.start_ns > to || !(same(&after) || own) {
                break;
            }
            to = after.end_ns;
        }
    }
    from..=to
}
