//! What is selected on a sheet, and where keys lead from there.

use trilane_core::trace::{Flow, Lane, SpanKind};

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
    /// Whose flows are shown: of a span's task, where it has one, or else of its thread.
    pub lane: Option<Lane>,
    /// These flows, in the order of their ends.
    pub flows: Vec<Flow>,
}

impl Selected {
    /// Selects a place, with the flows of what is there: all of a task, and of a thread those that
    /// begin or end within the span. Gives nothing where there is no such row.
    ///
    /// O(flows): for a click or a key, not for a frame.
    pub fn new(timeline: &Timeline, flows: &[Flow], row: usize, at_ns: u64) -> Option<Selected> {
        let content = content(timeline, row)?;
        let entry = super::entry_at(timeline, content, at_ns);
        let lane = entry.and_then(|entry| lane_of(timeline, content, &entry, at_ns));
        let within = |flow: &&Flow| match entry {
            Some(entry) if lane.is_some_and(|lane| lane.as_thread().is_some()) => {
                let span = entry.start_ns..=entry.end_ns;
                (Some(flow.from) == lane && span.contains(&flow.start.as_nanos()))
                    || (Some(flow.to) == lane && span.contains(&flow.end.as_nanos()))
            }
            _ => true,
        };
        let of = |flow: &&Flow| Some(flow.from) == lane || Some(flow.to) == lane;
        let flows = flows.iter().filter(of).filter(within).take(MOST_FLOWS);
        Some(Selected {
            row,
            at_ns,
            lane,
            flows: flows.copied().collect(),
        })
    }

    /// The span that is selected, where the row is of one lane and something is there.
    pub fn entry(&self, timeline: &Timeline) -> Option<Entry> {
        super::entry_at(timeline, content(timeline, self.row)?, self.at_ns)
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
            Some(flow.from) == self.lane && flow.start.as_nanos() >= from
                || Some(flow.to) == self.lane && flow.end.as_nanos() > self.at_ns
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
            Some(flow.to) == self.lane && flow.end.as_nanos() <= to
                || Some(flow.from) == self.lane && flow.start.as_nanos() <= self.at_ns
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

fn lane_of(timeline: &Timeline, content: &Content, entry: &Entry, at_ns: u64) -> Option<Lane> {
    let (task, thread) = whose(timeline, content, entry, at_ns);
    // Who holds the GIL has it from a thread.
    match (content, task, thread) {
        (Content::Holders { .. }, _, Some(thread)) => Some(Lane::thread(thread)),
        (_, Some(task), _) => Some(Lane::task(task)),
        (_, None, thread) => thread.map(Lane::thread),
    }
}
