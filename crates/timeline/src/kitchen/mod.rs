//! The kitchen: a run at an instant, drawn as the analogy that everybody uses for it.
//!
//! Threads are cooks that share one stove, the interpreter lock; processes and interpreters have
//! kitchens of their own; a loop is one cook with many pans; without a GIL each cook has a stove. All of
//! it is looked up in the trace at that instant: [`Kitchen::at`] gives a [`Scene`], a plain value, and
//! [`Stage`] is the same with a place for everything, for [`crate::svg::kitchen`] or a page to draw.

mod at;
mod figures;
mod scene;
mod signs;
mod stage;
mod words;

pub use figures::markup;
pub use scene::{Cook, Pan, Room, Scene};
pub use signs::{Doing, Sign};
pub use stage::{Figure, Note, Panel, Place, Sprite, Stage};

use std::collections::{BTreeMap, BTreeSet};

use trilane_core::trace::view::{Hold, Lanes, Span, gil_held, interpreters, lanes};
use trilane_core::trace::{Outcome, SpanKind, TaskInfo, ThreadInfo, ThreadRole, Trace};

/// So many instants of a run are looked at for the one that tells most.
const MOMENTS: u64 = 48;

/// A trace made ready, so that each instant is cheap: it costs a search a thread and a task.
#[derive(Clone, Debug)]
pub struct Kitchen {
    /// The plan's name and what it is in Python.
    plan: (String, String),
    gil: bool,
    cores: u32,
    kinds: Vec<String>,
    tasks: Vec<TaskInfo>,
    threads: Vec<ThreadInfo>,
    outcome: Outcome,
    /// What each task that never ends waits for.
    stuck: BTreeMap<u32, SpanKind>,
    lanes: Lanes,
    rooms: Vec<Plot>,
    /// The thread that runs the loop.
    event_loop: Option<u32>,
    end_ns: u64,
    /// The most orders, and pans without a cook, at any time.
    most_orders: usize,
    most_pans: usize,
    /// What occurs at some time, in the order of the legend.
    occurs: Vec<Doing>,
}

/// What is known of a kitchen for the whole run.
#[derive(Clone, Debug)]
struct Plot {
    interpreter: u32,
    name: String,
    threads: Vec<u32>,
    holds: Vec<Hold>,
    /// How many cells the stoves and the line take, and how many cooks are elsewhere: every pair that occurs.
    crowds: Vec<(usize, usize)>,
}

impl Plot {
    /// How many cells its cooks need at their fullest.
    fn cells(&self) -> usize {
        let all = self.crowds.iter().map(|(stove, floor)| stove + floor);
        all.max().unwrap_or(1)
    }
}

impl Kitchen {
    /// Sorts a trace by lane, and measures how much room its kitchens need at their fullest.
    pub fn new(trace: &Trace) -> Kitchen {
        let lanes = lanes(trace);
        let rooms = interpreters(trace).into_iter();
        let rooms = rooms.map(|interpreter| plot(trace, &lanes, interpreter));
        let mut roles = (0_u32..).zip(&trace.threads);
        let event_loop = roles.find(|(_, info)| info.role == ThreadRole::Loop);
        let ends = lanes
            .tasks
            .iter()
            .chain(&lanes.threads)
            .filter_map(|spans| spans.last());
        let end_ns = match trace.outcome {
            Outcome::Completed => trace.makespan().as_nanos(),
            _ => ends.map(|span| span.end.as_nanos()).max().unwrap_or(0),
        };
        let mut kitchen = Kitchen {
            plan: crate::words::plan(trace),
            gil: trace.gil,
            cores: trace.cores,
            kinds: trace.kinds.clone(),
            tasks: trace.tasks.clone(),
            threads: trace.threads.clone(),
            outcome: trace.outcome.clone(),
            stuck: BTreeMap::new(),
            rooms: rooms.collect(),
            event_loop: event_loop.map(|(id, _)| id),
            lanes,
            end_ns,
            most_orders: 0,
            most_pans: 0,
            occurs: Vec::new(),
        };
        kitchen.stuck = kitchen.find_stuck();
        kitchen.look_through();
        kitchen
    }

    /// When the run ends, ns: the last instant that there is a picture of.
    pub fn end_ns(&self) -> u64 {
        self.end_ns
    }

    /// The instant to show: the one that is wanted, or one at which most different things go on, near the middle. At
    /// the end all kitchens are closed, and a picture of that tells nothing.
    pub fn telling(&self, wanted: Option<u64>) -> u64 {
        if let Some(at) = wanted {
            return at.min(self.end_ns);
        }
        let middle = self.end_ns / 2;
        let step = (self.end_ns / MOMENTS).max(1);
        let moments = (0..MOMENTS).map(|n| (n * step).min(self.end_ns));
        let busy = |at: u64| {
            let scene = self.at(at);
            let cooks = scene.rooms.iter().flat_map(|room| &room.cooks);
            let doing = cooks.map(|cook| cook.doing);
            let all: BTreeSet<Doing> = doing
                .chain(scene.pans.iter().map(|pan| pan.doing))
                .collect();
            all.len() - usize::from(all.contains(&Doing::State(SpanKind::Idle)))
        };
        let most = moments.max_by_key(|&at| (busy(at), std::cmp::Reverse(at.abs_diff(middle))));
        most.unwrap_or(middle)
    }

    /// The plan's name for people, and what it is in Python.
    pub fn plan(&self) -> (&str, &str) {
        (&self.plan.0, &self.plan.1)
    }

    /// What occurs at some time of the run, in the order of the legend.
    pub fn occurs(&self) -> &[Doing] {
        &self.occurs
    }

    /// Counts what is there at most, and notes what occurs.
    fn look_through(&mut self) {
        let (mut orders, mut pans) = (Changes::default(), Changes::default());
        let mut occurs: Vec<Doing> = Vec::new();
        let mut note = |doing: Doing| {
            if !occurs.contains(&doing) {
                occurs.push(doing);
            }
        };
        for spans in &self.lanes.tasks {
            for (at, span) in spans
                .iter()
                .enumerate()
                .filter(|(_, span)| span.thread.is_none())
            {
                let doing = self.pan_doing(spans, at);
                match doing {
                    Doing::State(SpanKind::PoolWait) => orders.add(span),
                    _ => pans.add(span),
                }
                note(doing);
            }
        }
        for (id, spans) in (0_u32..).zip(&self.lanes.threads) {
            for span in spans {
                note(self.cook_doing(id, span));
            }
        }
        self.occurs = Doing::all()
            .filter(|doing| occurs.contains(doing))
            .collect();
        (self.most_orders, self.most_pans) = (orders.most(), pans.most());
        if self.outcome != Outcome::Completed {
            self.look_at_the_end();
        }
    }
}

impl Kitchen {
    /// What is left where a run is cut is there from its end on, and no span shows it.
    fn look_at_the_end(&mut self) {
        let last = self.at(self.end_ns);
        self.most_orders = self.most_orders.max(last.orders.len());
        self.most_pans = self.most_pans.max(last.pans.len());
        for (plot, room) in self.rooms.iter_mut().zip(&last.rooms) {
            let stoves = if self.gil { 1 } else { plot.threads.len() };
            plot.crowds
                .push((stoves + room.in_line().count(), room.cooks.len()));
        }
    }
}

fn plot(trace: &Trace, lanes: &Lanes, interpreter: u32) -> Plot {
    let own = |info: &&ThreadInfo| info.interpreter == interpreter;
    let threads = (0_u32..).zip(&trace.threads);
    let threads: Vec<u32> = threads
        .filter(|(_, info)| own(info))
        .map(|(id, _)| id)
        .collect();
    let role = trace.threads[threads[0] as usize].role;
    let number = trace.threads[threads[0] as usize].number;
    let name = match role {
        ThreadRole::Process => format!("process {number}'s kitchen"),
        ThreadRole::Interpreter => format!("interpreter {number}'s kitchen"),
        ThreadRole::ForkServer => "fork server's kitchen".to_owned(),
        _ => "the kitchen".to_owned(),
    };
    Plot {
        interpreter,
        name,
        holds: gil_held(trace, lanes, interpreter),
        crowds: crowds(trace.gil, lanes, &threads),
        threads,
    }
}

/// How full a kitchen is, over time: each pair once.
fn crowds(gil: bool, lanes: &Lanes, threads: &[u32]) -> Vec<(usize, usize)> {
    let mut changes: Vec<(u64, i32, i32)> = Vec::new();
    for span in threads.iter().flat_map(|id| &lanes.threads[*id as usize]) {
        let (line, floor) = match span.kind {
            SpanKind::GilWait if gil => (1, 0),
            kind if kind.holds_gil() => (0, 0),
            _ => (0, 1),
        };
        changes.push((span.start.as_nanos(), line, floor));
        changes.push((span.end.as_nanos(), -line, -floor));
    }
    changes.sort_unstable();
    // Without a lock each cook's stove is there all the time.
    let stoves = if gil { 1 } else { threads.len() };
    let (mut line, mut floor) = (0, 0);
    let mut pairs = BTreeSet::from([(stoves, 0)]);
    for group in changes.chunk_by(|a, b| a.0 == b.0) {
        line += group.iter().map(|change| change.1).sum::<i32>();
        floor += group.iter().map(|change| change.2).sum::<i32>();
        pairs.insert((stoves + line.max(0) as usize, floor.max(0) as usize));
    }
    pairs.into_iter().collect()
}

/// How many spans cover an instant: more and fewer, in any order.
#[derive(Default)]
struct Changes(Vec<(u64, i32)>);

impl Changes {
    fn add(&mut self, span: &Span) {
        self.0.push((span.start.as_nanos(), 1));
        self.0.push((span.end.as_nanos(), -1));
    }

    /// The most at any time.
    fn most(mut self) -> usize {
        self.0.sort_unstable();
        let mut now = 0_i32;
        let depths = self.0.iter().map(|(_, by)| {
            now += by;
            now
        });
        depths.max().unwrap_or(0).max(0) as usize
    }
}
