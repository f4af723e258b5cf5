//! A row's figures: a table, the distribution of its latencies, its use of the cores, and its events.

use trilane_core::trace::{Lane, view};
use trilane_core::units::{Bytes, Dur, Time};
use trilane_timeline::plot;
use trilane_timeline::plot::Busy;
use trilane_timeline::scale::TimeScale;

use super::Answer;
use super::lanes::theme;
use super::run::Run;
use crate::wire::{EventTable, Figures, Of, Picture, Reply, Surface};

/// Size of the plot of latencies, px; that of the cores is as high as what it has to tell.
const PLOT_PX: (f32, f32) = (268.0, 118.0);
/// Events in a table at a time.
pub(crate) const PAGE: u64 = 100;

impl Run {
    /// The table and the two plots.
    pub(super) fn figures(&mut self, of: Of, surface: Surface) -> Answer {
        let report = &self.report;
        let time = |ns: u64| Dur::from_nanos(ns).to_string();
        let latency = report.latency_ns;
        let mut table = vec![
            (
                "finished",
                format!("{} of {}", report.finished, report.tasks),
            ),
            ("throughput", format!("{:.1} /s", report.throughput_per_s)),
            ("p50 latency", time(latency.p50)),
            ("p95 latency", time(latency.p95)),
            ("p99 latency", time(latency.p99)),
            ("longest latency", time(latency.max)),
            (
                "cores busy",
                format!("{:.2} of {}", report.cores_busy, self.trace.cores),
            ),
            ("tasks in flight", format!("{:.1}", report.tasks_in_flight)),
            ("GIL hand-offs", report.gil_handoffs.to_string()),
            ("context switches", report.context_switches.to_string()),
        ];
        if let Some(lag) = report.loop_lag_ns.max {
            table.push(("loop lag, worst", time(lag)));
        }
        table.push(("memory, most", Bytes(report.memory_peak_bytes).to_string()));
        if report.timed_out > 0 {
            table.push(("timed out", report.timed_out.to_string()));
        }
        let latencies = plot::latencies(&self.trace);
        let busy = Busy::new(&self.trace);
        let end_ns = self.race.end_ns as f64;
        let scale = TimeScale::new(0.0, end_ns, 26.0, f64::from(PLOT_PX.0));
        let size = (PLOT_PX.0, plot::utilisation_height(&busy, PLOT_PX.0));
        let plots = [
            (plot::latency(&latencies, PLOT_PX), PLOT_PX),
            (plot::utilisation(&busy, size, &scale), size),
        ];
        let theme = theme(surface);
        let painted =
            plots.map(|(list, size)| Picture::new(&list, size, surface.density, theme).pack());
        Answer {
            reply: Reply::Figures(Box::new(Figures {
                of,
                table: table
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect(),
                words: [
                    plot::latency_words(&latencies),
                    plot::utilisation_words(&busy),
                ],
            })),
            parts: painted.to_vec(),
        }
    }

    /// A page of its events, in the order of their beginnings.
    pub(super) fn events(&mut self, of: Of, first: u64) -> Answer {
        let trace = &self.trace;
        let lanes = view::lanes(trace);
        let tasks = lanes.tasks.iter().enumerate().flat_map(|(id, spans)| {
            let lane = Lane::task(id as u32);
            spans.iter().map(move |span| (lane, span))
        });
        let threads = lanes.threads.iter().enumerate().flat_map(|(id, spans)| {
            // What a thread does for a task is told with the task.
            let own = spans.iter().filter(|span| span.task.is_none());
            own.map(move |span| (Lane::thread(id as u32), span))
        });
        let mut all: Vec<_> = tasks.chain(threads).collect();
        all.sort_by_key(|(lane, span)| (span.start, *lane));
        let thread = |id: u32| trace.threads[id as usize].name();
        let rows = all.iter().skip(first as usize).take(PAGE as usize);
        let rows = rows.map(|(lane, span)| {
            let (who, place) = match (lane.as_task(), lane.as_thread()) {
                (Some(task), _) => (trace.task_name(task), span.thread.map(thread)),
                (None, id) => (id.map(thread).unwrap_or_default(), None),
            };
            [
                Time::from_nanos(span.start.as_nanos()).to_string(),
                span.end.since(span.start).to_string(),
                who,
                span.kind.label().to_owned(),
                place.unwrap_or_default(),
            ]
        });
        let table = EventTable {
            all: all.len() as u64,
            first,
            rows: rows.collect(),
        };
        Reply::Events(of, table).into()
    }
}
