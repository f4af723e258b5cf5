//! What pixels cost: 100 000 rectangles at 1200 × 800, as crowds and as spans of their own.
//!
//! The columns of a crowd are sharp, a pixel wide and some pixels high; spans have round corners and
//! a row's height. A third of all are hatched.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use trilane_core::rng::Rng;
use trilane_core::trace::SpanKind;
use trilane_timeline::draw::{DrawList, Paint};
use trilane_timeline::palette::{Chrome, Theme};
use trilane_timeline::raster::{Bitmap, bitmap};

const WIDTH_PX: f32 = 1200.0;
const HEIGHT_PX: f32 = 800.0;
const RECTS: u32 = 100_000;

/// Rows of 10 px, one after another: each `column_px` wide column holds `high` states.
fn list(column_px: f32, high: u32, round: f32) -> DrawList {
    let mut rng = Rng::stream(7, "raster", 0);
    let mut list = DrawList::default();
    let row_px = 10.0;
    for row in 0..(HEIGHT_PX / row_px) as u32 {
        let size = (WIDTH_PX, row_px - 1.0);
        list.rect(
            (0.0, row as f32 * row_px),
            size,
            0.0,
            Paint::Chrome(Chrome::Track),
        );
    }
    let columns = (WIDTH_PX / column_px) as u32;
    for n in 0..RECTS / high {
        let row = n / columns % (HEIGHT_PX / row_px) as u32;
        let (x, y) = ((n % columns) as f32 * column_px, row as f32 * row_px);
        for part in 0..high {
            let h = (row_px - 1.0) / high as f32;
            let kind = SpanKind::ALL[rng.next_u64() as usize % 14];
            let at = (x, y + part as f32 * h);
            list.rect(
                at,
                (column_px - round.min(0.6), h),
                round,
                Paint::State(kind),
            );
        }
    }
    list
}

fn pictures(c: &mut Criterion) {
    let mut group = c.benchmark_group("100 000 rectangles, 1200 × 800");
    group.sample_size(20);
    let crowds = list(1.0, 3, 0.0);
    let spans = list(4.0, 1, 1.2);
    for (name, list) in [
        ("nothing", DrawList::default()),
        ("crowds", crowds),
        ("spans", spans),
    ] {
        group.bench_function(name, |bencher| {
            let mut map = Bitmap::default();
            bencher.iter(|| {
                let memory = std::mem::take(&mut map);
                map = bitmap(&list, (WIDTH_PX, HEIGHT_PX), 1.0, Theme::Light, memory);
                black_box(map.rgba.len())
            });
        });
    }
    group.finish();
}

criterion_group!(benches, pictures);
criterion_main!(benches);
