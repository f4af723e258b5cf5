//! Which rows a trace gets, and what they are made from.

use trilane_core::trace::view::{self, Lanes, Span};
use trilane_core::trace::{Lane, SpanKind, ThreadRole, Trace};

use super::{Content, Group, Row, Timeline, View};
use crate::lod::{Curve, Entry, Stack};

pub(super) fn timeline(trace: &Trace, view: View, most_rows: u32) -> Timeline {
    let lanes = view::lanes(trace);
    let timeline = Timeline {
        threads: trace.threads.iter().map(|thread| thread.name()).collect(),
        end_ns: trace.makespan().as_nanos(),
        ..Timeline::default()
    };
    let most_rows = most_rows.max(1) as usize;
    let mut maker = Maker {
        trace,
        lanes: &lanes,
        most_rows,
        timeline,
    };
    match view {
        View::Threads => maker.threads(),
        View::Tasks => maker.tasks(),
        View::Race => maker.race(),
    }
    maker.timeline
}

/// The beginning of a timeline, with what it is made from.
struct Maker<'a> {
    trace: &'a Trace,
    lanes: &'a Lanes,
    most_rows: usize,
    timeline: Timeline,
}

impl Maker<'_> {
    fn threads(&mut self) {
        let is_loop = |role| role == ThreadRole::Loop;
        let here = |role| {
            matches!(
                role,
                ThreadRole::Main | ThreadRole::Worker | ThreadRole::Manager | ThreadRole::Feeder
            )
        };
        let mut rows = self.thread_rows(is_loop);
        if !rows.is_empty() {
            rows.extend(self.depth("ready", SpanKind::LoopWait, self.lanes.tasks.iter()));
            self.group("the loop", rows);
            let all = (0..self.trace.tasks.len() as u32).map(Lane::task).collect();
            let rows = vec![self.stack("all", all)];
            self.group("tasks", rows);
        }
        let rows = self.thread_rows(here);
        self.group("threads", rows);
        let mut rows = self.thread_rows(|role| role == ThreadRole::ForkServer);
        rows.extend(self.thread_rows(|role| role == ThreadRole::Process));
        self.group("processes", rows);
        let rows = self.thread_rows(|role| role == ThreadRole::Interpreter);
        self.group("interpreters", rows);
        self.locks();
        self.cores();
    }

    fn tasks(&mut self) {
        let kinds = self.trace.kinds.len() as u32;
        for kind in 0..kinds {
            let ids = (0u32..)
                .zip(&self.trace.tasks)
                .filter(|(_, task)| task.kind == kind);
            let ids: Vec<u32> = ids.map(|(id, _)| id).collect();
            let per_row = ids.len().div_ceil(self.most_rows).max(1);
            let mut rows = Vec::new();
            for some in ids.chunks(per_row) {
                let name = |id: u32| self.trace.task_name(id);
                rows.push(match some {
                    [id] => {
                        let label = name(*id);
                        self.lane(label, Lane::task(*id))
                    }
                    _ => {
                        let label = self.span_of_names(some[0], some[some.len() - 1]);
                        self.stack(&label, some.iter().copied().map(Lane::task).collect())
                    }
                });
            }
            self.group(&self.trace.kinds[kind as usize], rows);
        }
    }

    /// What several tasks of a kind are called together: `page[3…7]`.
    fn span_of_names(&self, first: u32, last: u32) -> String {
        let (a, b) = (
            &self.trace.tasks[first as usize],
            &self.trace.tasks[last as usize],
        );
        let kind = &self.trace.kinds[a.kind as usize];
        match a.index == b.index {
            true => format!("{kind}[{}]/…", a.index),
            false => format!("{kind}[{}…{}]", a.index, b.index),
        }
    }

    fn race(&mut self) {
        let end = self.timeline.end_ns;
        let lanes = self.lanes;
        // A main thread that only waits for its workers is no news.
        let busy = |id: u32| {
            let own = lanes.threads[id as usize]
                .iter()
                .filter(|span| span.kind.on_core());
            let busy: u64 = own.map(|span| span.end.since(span.start).as_nanos()).sum();
            busy * 33 >= end
        };
        let info = &self.trace.threads;
        let works = |role| {
            matches!(
                role,
                ThreadRole::Worker | ThreadRole::Process | ThreadRole::Interpreter
            )
        };
        let is_loop = |id: &u32| info[*id as usize].role == ThreadRole::Loop;
        let ids = (0..info.len() as u32).filter(|&id| works(info[id as usize].role) || busy(id));
        let (loops, others): (Vec<u32>, Vec<u32>) = ids.partition(is_loop);
        let has_loop = info.iter().any(|thread| thread.role == ThreadRole::Loop);
        let of = |roles: &'static [ThreadRole]| {
            let others = others.iter().copied();
            others
                .filter(|&id| roles.contains(&info[id as usize].role))
                .collect::<Vec<u32>>()
        };
        if others.len() > self.most_rows {
            self.most_rows = self.most_rows.div_ceil(3);
        }
        for (title, ids) in [
            ("loop", loops),
            (
                if others
                    .iter()
                    .any(|&id| info[id as usize].role == ThreadRole::Manager)
                {
                    "parent"
                } else {
                    "main"
                },
                of(&[ThreadRole::Main, ThreadRole::Manager, ThreadRole::Feeder]),
            ),
            ("threads", of(&[ThreadRole::Worker])),
            ("fork server", of(&[ThreadRole::ForkServer])),
            ("processes", of(&[ThreadRole::Process])),
            ("interpreters", of(&[ThreadRole::Interpreter])),
        ] {
            let rows = self.rows_of(&ids);
            self.group(title, rows);
        }
        if has_loop || self.timeline.groups.is_empty() {
            let all = (0..self.trace.tasks.len() as u32).map(Lane::task).collect();
            let rows = vec![self.stack("tasks", all)];
            self.group("tasks", rows);
        }
    }

    fn group(&mut self, title: &str, rows: Vec<Row>) {
        if !rows.is_empty() {
            self.timeline.groups.push(Group {
                title: title.to_owned(),
                rows,
            });
        }
    }

    fn thread_rows(&mut self, wanted: impl Fn(ThreadRole) -> bool) -> Vec<Row> {
        let all = (0u32..).zip(&self.trace.threads);
        let ids: Vec<u32> = all
            .filter(|(_, info)| wanted(info.role))
            .map(|(id, _)| id)
            .collect();
        self.rows_of(&ids)
    }

    /// A row a thread, or as many as there may be.
    fn rows_of(&mut self, ids: &[u32]) -> Vec<Row> {
        let per_row = ids.len().div_ceil(self.most_rows).max(1);
        let mut rows = Vec::new();
        for some in ids.chunks(per_row) {
            let label = self.timeline.threads[some[0] as usize].clone();
            rows.push(match some {
                [id] => self.lane(label, Lane::thread(*id)),
                _ => {
                    let last = self.trace.threads[some[some.len() - 1] as usize].number;
                    let lanes = some.iter().copied().map(Lane::thread).collect();
                    self.stack(&format!("{label}…{last}"), lanes)
                }
            });
        }
        rows
    }

    fn spans(&self, lane: Lane) -> &[Span] {
        match (lane.as_task(), lane.as_thread()) {
            (Some(task), _) => &self.lanes.tasks[task as usize],
            (None, Some(thread)) => &self.lanes.threads[thread as usize],
            (None, None) => &[],
        }
    }

    fn lane(&mut self, label: String, lane: Lane) -> Row {
        let whose = |span: &Span| {
            if lane.as_task().is_some() {
                span.thread
            } else {
                span.task
            }
        };
        let entries = self.spans(lane).iter().map(|span| entry(span, whose(span)));
        let strip = self.timeline.strips.push(joined(entries));
        Row {
            label,
            content: Content::Lane { strip, lane },
        }
    }

    fn stack(&mut self, label: &str, lanes: Vec<Lane>) -> Row {
        let entries = lanes
            .iter()
            .flat_map(|lane| self.spans(*lane))
            .map(|s| entry(s, None));
        let stack = Stack::new(lanes.len() as u32, entries);
        self.timeline.stacks.push(stack);
        let stack = self.timeline.stacks.len() as u32 - 1;
        Row {
            label: label.to_owned(),
            content: Content::Lanes { stack, lanes },
        }
    }

    fn depth<'s>(
        &mut self,
        label: &str,
        kind: SpanKind,
        lanes: impl Iterator<Item = &'s Vec<Span>>,
    ) -> Option<Row> {
        let steps = view::depth(lanes.flatten(), kind);
        if steps.is_empty() {
            return None;
        }
        let curve = Curve::new(steps.into_iter().map(|(at, depth)| (at.as_nanos(), depth)));
        let most = curve.most();
        self.timeline.curves.push(curve);
        let curve = self.timeline.curves.len() as u32 - 1;
        Some(Row {
            label: format!("{label} 0–{most}"),
            content: Content::Depth { curve, kind },
        })
    }

    /// Locks that more than one thread ever took or wanted; the others only repeat their thread.
    fn locks(&mut self) {
        let lanes = self.lanes;
        let mut groups = Vec::new();
        for interpreter in view::interpreters(self.trace) {
            let held = view::gil_held(self.trace, lanes, interpreter);
            let one = held.first().map(|hold| hold.thread);
            if held.iter().all(|hold| Some(hold.thread) == one) {
                continue;
            }
            let holds = held.iter().map(|hold| Entry {
                start_ns: hold.start.as_nanos(),
                end_ns: hold.end.as_nanos(),
                kind: SpanKind::Python,
                who: Some(hold.thread),
            });
            let strip = self.timeline.strips.push(holds);
            let mut rows = vec![Row {
                label: "held by".to_owned(),
                content: Content::Holders { strip },
            }];
            let threads = view::threads_of(self.trace, interpreter);
            let threads = threads.map(|id| &lanes.threads[id as usize]);
            rows.extend(self.depth("wanted by", SpanKind::GilWait, threads));
            groups.push((interpreter, rows));
        }
        let alone = groups.len() == 1;
        for (interpreter, rows) in groups.into_iter().take(self.most_rows) {
            match alone || interpreter == 0 {
                true => self.group("the GIL", rows),
                false => self.group(&format!("GIL of interpreter {interpreter}"), rows),
            }
        }
    }

    fn cores(&mut self) {
        let cores = view::cores(self.trace, self.lanes);
        let per_row = cores.len().div_ceil(self.most_rows).max(1);
        let mut rows = Vec::new();
        for (at, some) in cores.chunks(per_row).enumerate() {
            let first = at * per_row;
            let entries = some.iter().flatten().map(|span| entry(span, span.thread));
            rows.push(match some {
                [_] => {
                    let strip = self.timeline.strips.push(joined(entries));
                    Row {
                        label: format!("core {first}"),
                        content: Content::Core { strip },
                    }
                }
                _ => {
                    self.timeline
                        .stacks
                        .push(Stack::new(some.len() as u32, entries));
                    let stack = self.timeline.stacks.len() as u32 - 1;
                    let label = format!("core {first}…{}", first + some.len() - 1);
                    Row {
                        label,
                        content: Content::Lanes {
                            stack,
                            lanes: Vec::new(),
                        },
                    }
                }
            });
        }
        self.group("cores", rows);
    }
}

/// Entries that follow each other and say the same as one: slices of a run are no news.
fn joined(entries: impl Iterator<Item = Entry>) -> Vec<Entry> {
    let mut joined: Vec<Entry> = Vec::new();
    for entry in entries {
        match joined.last_mut() {
            Some(last)
                if last.end_ns == entry.start_ns
                    && (last.kind, last.who) == (entry.kind, entry.who) =>
            {
                last.end_ns = entry.end_ns;
            }
            _ => joined.push(entry),
        }
    }
    joined
}

fn entry(span: &Span, who: Option<u32>) -> Entry {
    Entry {
        start_ns: span.start.as_nanos(),
        end_ns: span.end.as_nanos(),
        kind: span.kind,
        who,
    }
}
