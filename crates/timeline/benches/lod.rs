//! What a frame costs: 10 million spans on 64 lanes, drawn 1920 px wide, the whole run and a tenth.
//!
//! The gates of docs/BENCHMARKS.md are 33 ms and 8 ms. Spans are of exponential-like length and all
//! kinds, so that hardly two columns are alike: the worst case for what merges them.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use trilane_core::rng::Rng;
use trilane_core::trace::{Lane, SpanKind};
use trilane_timeline::draw::DrawList;
use trilane_timeline::lod::{Entry, Strips};
use trilane_timeline::rows::{Content, Group, Row, Timeline};
use trilane_timeline::scale::TimeScale;
use trilane_timeline::scene::{self, Layout, Metrics, Style};

const LANES: u32 = 64;
const SPANS: u64 = 10_000_000;
const WIDTH_PX: f64 = 1920.0;

fn timeline() -> Timeline {
    let mut strips = Strips::default();
    let mut rows = Vec::new();
    let mut end_ns = 0;
    for lane in 0..LANES {
        let mut rng = Rng::stream(7, "lod", u64::from(lane));
        let mut at = 0;
        let spans = (0..SPANS / u64::from(LANES)).map(|_| {
            let bits = rng.next_u64();
            // Most spans are short, some a thousand times as long.
            let length = 1 + (bits >> 44) % (1 << (4 + (bits & 15)));
            let start_ns = at;
            at += length;
            Entry {
                start_ns,
                end_ns: at,
                kind: SpanKind::ALL[(bits >> 8) as usize % SpanKind::ALL.len()],
                who: Some(lane),
            }
        });
        let strip = strips.push(spans);
        end_ns = end_ns.max(at);
        rows.push(Row {
            label: format!("worker-{lane}"),
            content: Content::Lane {
                strip,
                lane: Lane::thread(lane),
            },
        });
    }
    Timeline {
        groups: vec![Group {
            title: "threads".to_owned(),
            rows,
        }],
        strips,
        end_ns,
        ..Timeline::default()
    }
}

fn frames(c: &mut Criterion) {
    let timeline = timeline();
    let metrics = Metrics {
        row_px: 14.0,
        stack_px: 14.0,
        gap_px: 2.0,
        title_px: 0.0,
    };
    let layout = Layout::new(&timeline, &metrics, 0.0);
    let end = timeline.end_ns as f64;
    let mut group = c.benchmark_group("10 million spans, 64 lanes, 1920 px");
    group.sample_size(20);
    for (name, from, to) in [("the whole", 0.0, end), ("a tenth", 0.45 * end, 0.55 * end)] {
        let scale = TimeScale::new(from, to, 0.0, WIDTH_PX);
        group.bench_function(name, |bencher| {
            let mut list = DrawList::default();
            bencher.iter(|| {
                list.clear();
                scene::paint(&timeline, &layout, &scale, Style::default(), &mut list);
                black_box(list.rects.len())
            });
        });
    }
    group.finish();
}

criterion_group!(benches, frames);
criterion_main!(benches);
