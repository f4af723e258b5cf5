//! Rows: which lanes a trace is shown in, in groups with a title, and what stands behind each row.
//!
//! A row shows one lane, a sum of lanes, or a number over time. Where there are more lanes than
//! rows, neighbours are summed, so that nothing is left out: area stays time.

mod make;

use trilane_core::trace::{Lane, SpanKind, Trace};

use crate::lod::{Curve, Entry, Stack, Strips};

/// What the lanes are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Threads, with the GIL, the cores, the loop and its queue.
    #[default]
    Threads,
    /// A lane a task.
    Tasks,
    /// What does the work, and little else: for several plans above each other.
    Race,
}

/// What a row shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A thread or a task: its spans; owners are tasks on a thread, threads on a task.
    Lane {
        /// Number in [`Timeline::strips`].
        strip: u32,
        /// Whose.
        lane: Lane,
    },
    /// Who holds a lock; owners are threads.
    Holders {
        /// Number in [`Timeline::strips`].
        strip: u32,
    },
    /// What runs on a core; owners are threads.
    Core {
        /// Number in [`Timeline::strips`].
        strip: u32,
    },
    /// Several lanes in one row.
    Lanes {
        /// Number in [`Timeline::stacks`].
        stack: u32,
        /// Which.
        lanes: Vec<Lane>,
    },
    /// How many are in a state.
    Depth {
        /// Number in [`Timeline::curves`].
        curve: u32,
        /// Which state.
        kind: SpanKind,
    },
}

/// A row of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name: `worker-3`, `held by`.
    pub label: String,
    /// What it shows.
    pub content: Content,
}

/// Rows under one title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its title: `threads`, `the GIL`.
    pub title: String,
    /// Its rows, top to bottom.
    pub rows: Vec<Row>,
}

/// A trace made ready for drawing at any zoom.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// What to show, top to bottom.
    pub groups: Vec<Group>,
    /// Lanes of spans.
    pub strips: Strips,
    /// Sums of lanes.
    pub stacks: Vec<Stack>,
    /// Numbers over time.
    pub curves: Vec<Curve>,
    /// Names of the threads, by id.
    pub threads: Vec<String>,
    /// When the last task ended, ns.
    pub end_ns: u64,
}

impl Timeline {
    /// Makes a trace ready. `most_rows` bounds the rows of each group; at least 1.
    pub fn new(trace: &Trace, view: View, most_rows: u32) -> Timeline {
        make::timeline(trace, view, most_rows)
    }

    /// All rows with the index of their group, top to bottom.
    pub fn rows(&self) -> impl Iterator<Item = (usize, &Row)> {
        self.groups
            .iter()
            .enumerate()
            .flat_map(|(at, group)| group.rows.iter().map(move |row| (at, row)))
    }

    /// What a row shows at a time: its span, for rows of one lane.
    pub fn span_at(&self, content: &Content, ns: u64) -> Option<Entry> {
        match *content {
            Content::Lane { strip, .. } | Content::Holders { strip } | Content::Core { strip } => {
                self.strips.at(strip, ns)
            }
            Content::Lanes { .. } | Content::Depth { .. } => None,
        }
    }

    /// The states that occur in the rows, in the order of their numbers; idling is none.
    pub fn states(&self) -> Vec<SpanKind> {
        let mut occurs = [false; 16];
        for (_, row) in self.rows() {
            match &row.content {
                Content::Lane { strip, .. } | Content::Core { strip } => {
                    let times = self.strips.times(*strip, 0, self.end_ns);
                    occurs
                        .iter_mut()
                        .zip(times)
                        .for_each(|(occurs, time)| *occurs |= time > 0);
                }
                Content::Lanes { stack, .. } => {
                    let times = self.stacks[*stack as usize].times(0, self.end_ns);
                    occurs
                        .iter_mut()
                        .zip(times)
                        .for_each(|(occurs, time)| *occurs |= time > 0);
                }
                Content::Depth { kind, .. } => occurs[*kind as usize] = true,
                Content::Holders { .. } => {}
            }
        }
        let shown = |kind: &SpanKind| occurs[*kind as usize] && *kind != SpanKind::Idle;
        SpanKind::ALL.into_iter().filter(shown).collect()
    }
}
