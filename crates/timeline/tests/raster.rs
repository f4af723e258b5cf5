//! Pixels: what a bitmap shows is what its list says, whatever is in it.

use proptest::prelude::*;
use trilane_core::trace::SpanKind;
use trilane_timeline::draw::{DrawList, Paint, Rect};
use trilane_timeline::palette::{self, Chrome, Fill, Rgb, Theme};
use trilane_timeline::raster::{Bitmap, bitmap};

fn painted(list: &DrawList, size: (f32, f32), density: f32) -> Bitmap {
    bitmap(list, size, density, Theme::Light, Bitmap::default())
}

fn at(bitmap: &Bitmap, x: u32, y: u32) -> [u8; 4] {
    let begin = ((y * bitmap.width + x) * 4) as usize;
    bitmap.rgba[begin..begin + 4]
        .try_into()
        .expect("four bytes")
}

fn opaque(Rgb(r, g, b): Rgb) -> [u8; 4] {
    [r, g, b, 255]
}

fn state(kind: SpanKind) -> [u8; 4] {
    opaque(palette::colour(kind, Theme::Light))
}

const PYTHON: Paint = Paint::State(SpanKind::Python);
const NATIVE: Paint = Paint::State(SpanKind::Native);

fn one(rect: (f32, f32, f32, f32), round: f32, paint: Paint) -> DrawList {
    let mut list = DrawList::default();
    list.rect((rect.0, rect.1), (rect.2, rect.3), round, paint);
    list
}

/// How many pixels of the area a list covers, parts of pixels as parts.
fn area(bitmap: &Bitmap) -> f64 {
    let alphas = bitmap.rgba.chunks_exact(4).map(|pixel| f64::from(pixel[3]));
    alphas.sum::<f64>() / 255.0
}

#[test]
fn a_rectangle_covers_its_pixels_in_its_colour() {
    let map = painted(&one((2.0, 1.0, 3.0, 2.0), 0.0, PYTHON), (8.0, 4.0), 2.0);
    assert_eq!((map.width, map.height, map.rgba.len()), (16, 8, 16 * 8 * 4));
    for y in 0..8 {
        for x in 0..16 {
            let inside = (4..10).contains(&x) && (2..6).contains(&y);
            let expect = if inside {
                state(SpanKind::Python)
            } else {
                [0; 4]
            };
            assert_eq!(at(&map, x, y), expect, "{x}, {y}");
        }
    }
}

#[test]
fn sharp_neighbours_share_their_edge() {
    // Wherever the edge lies, no ground shines through and nothing is painted twice.
    for part in 0..64 {
        let edge = 3.0 + part as f32 / 64.0;
        let mut list = one((0.0, 0.0, edge, 1.0), 0.0, Paint::Depth(SpanKind::Python));
        list.rect(
            (edge, 0.0),
            (8.0 - edge, 1.0),
            0.0,
            Paint::Depth(SpanKind::Python),
        );
        let map = painted(&list, (8.0, 1.0), 1.0);
        let first = at(&map, 0, 0);
        assert!((0..8).all(|x| at(&map, x, 0) == first), "{edge}");
    }
}

#[test]
fn rounded_shapes_have_soft_edges_and_their_area() {
    let map = painted(&one((1.25, 1.0, 4.5, 3.0), 0.4, PYTHON), (8.0, 6.0), 1.0);
    assert_eq!(at(&map, 1, 2)[3], 191);
    assert_eq!(at(&map, 5, 2)[3], 191);
    for (density, round) in [(1.0, 2.0), (2.0, 2.0), (1.5, 5.0), (3.0, 9.2)] {
        let map = painted(
            &one((3.3, 2.7, 31.0, 18.5), round, PYTHON),
            (40.0, 30.0),
            density,
        );
        let corners = (4.0 - std::f64::consts::PI) * f64::from(round * round);
        let expect = (31.0 * 18.5 - corners) * f64::from(density * density);
        assert!(
            (area(&map) - expect).abs() < 0.004 * expect,
            "{} {expect}",
            area(&map)
        );
    }
}

#[test]
fn what_comes_later_lies_on_top() {
    let mut list = one((0.0, 0.0, 4.0, 4.0), 0.0, PYTHON);
    list.rect((2.0, 0.0), (4.0, 4.0), 0.0, NATIVE);
    list.rect((3.0, 0.0), (1.0, 4.0), 0.0, Paint::Peak(SpanKind::GilWait));
    let map = painted(&list, (6.0, 4.0), 1.0);
    assert_eq!(at(&map, 1, 3), state(SpanKind::Python));
    assert_eq!(at(&map, 2, 3), state(SpanKind::Native));
    let (below, above) = (state(SpanKind::Native), state(SpanKind::GilWait));
    for channel in 0..3 {
        let mix = 0.3 * f64::from(above[channel]) + 0.7 * f64::from(below[channel]);
        assert!((f64::from(at(&map, 3, 0)[channel]) - mix).abs() < 1.0);
    }
    // On nothing, a colour keeps its hue and is thin.
    let alone = painted(
        &one((0.0, 0.0, 1.0, 1.0), 0.0, Paint::Peak(SpanKind::GilWait)),
        (1.0, 1.0),
        1.0,
    );
    assert_eq!(at(&alone, 0, 0)[..3], above[..3]);
    assert_eq!(at(&alone, 0, 0)[3], 77);
}

#[test]
fn shapes_are_cut_at_all_edges() {
    let whole = painted(&one((0.0, 0.0, 5.0, 4.0), 0.0, PYTHON), (5.0, 4.0), 1.0);
    for round in [0.0, 3.0] {
        let map = painted(
            &one((-50.0, -40.0, 500.0, 400.0), round, PYTHON),
            (5.0, 4.0),
            1.0,
        );
        assert_eq!(map, whole);
        for outside in [(-9.0, 0.0), (9.0, 0.0), (0.0, -9.0), (0.0, 9.0)] {
            let rect = (outside.0, outside.1, 4.0, 4.0);
            assert_eq!(
                area(&painted(&one(rect, round, PYTHON), (5.0, 4.0), 1.0)),
                0.0
            );
        }
    }
    // A corner that lies outside is not drawn at the edge instead.
    let map = painted(&one((-2.0, -2.0, 20.0, 20.0), 2.0, PYTHON), (5.0, 4.0), 1.0);
    assert_eq!(map, whole);
}

#[test]
fn hatchings_cover_all_and_have_their_share_of_colour() {
    for kind in SpanKind::ALL {
        let share = match palette::fill(kind) {
            Fill::Stripes | Fill::BackStripes => palette::STRIPE_PX / palette::HATCH_PX,
            Fill::Dots => {
                let dot = palette::DOT_PX / palette::HATCH_PX;
                2.0 * std::f64::consts::PI * dot * dot
            }
            Fill::Solid | Fill::Empty => 1.0,
        };
        for density in [1.0, 1.5, 2.0] {
            let map = painted(
                &one((0.0, 0.0, 140.0, 70.0), 0.0, Paint::State(kind)),
                (140.0, 70.0),
                density,
            );
            let (ground, colour) = (opaque(Chrome::Panel.colour(Theme::Light)), state(kind));
            // The channel in which the two differ most says how much of each there is.
            let channel = (0..3)
                .max_by_key(|&at| ground[at].abs_diff(colour[at]))
                .expect("three");
            let mean = map.rgba.chunks_exact(4).map(|pixel| {
                assert_eq!(pixel[3], 255);
                f64::from(pixel[channel])
            });
            let mean = mean.sum::<f64>() / f64::from(map.width * map.height);
            let (from, to) = (f64::from(ground[channel]), f64::from(colour[channel]));
            let shown = (mean - from) / (to - from);
            assert!(
                (shown - share).abs() < 0.03,
                "{kind:?} at {density}: {shown} for {share}"
            );
        }
    }
}

#[test]
fn stripes_run_the_way_that_svg_runs_them() {
    let shown = |kind, dx: u32| {
        let map = painted(
            &one((0.0, 0.0, 60.0, 60.0), 0.0, Paint::State(kind)),
            (60.0, 60.0),
            1.0,
        );
        (10..50u32).all(|n| at(&map, n, 20) == at(&map, n + dx - 1, 21))
    };
    assert!(shown(SpanKind::GilWait, 0) && !shown(SpanKind::GilWait, 2));
    assert!(shown(SpanKind::CoreWait, 2) && !shown(SpanKind::CoreWait, 0));
}

#[test]
fn lines_are_crisp_where_they_can_be() {
    let mut list = DrawList::default();
    list.line((3.0, 0.0), (3.0, 4.0), 1.0, Chrome::Ink);
    let map = painted(&list, (8.0, 4.0), 1.0);
    let ink = opaque(Chrome::Ink.colour(Theme::Light));
    for y in 0..4 {
        let dark: Vec<u32> = (0..8).filter(|&x| at(&map, x, y) != [0; 4]).collect();
        assert_eq!((dark, at(&map, 3, y)), (vec![3], ink));
    }
    list.clear();
    list.line((2.0, 3.0), (37.0, 29.0), 1.5, Chrome::Rule);
    let map = painted(&list, (40.0, 32.0), 2.0);
    let length = libm::sqrt(35.0 * 35.0 + 26.0 * 26.0);
    assert!(
        (area(&map) - length * 1.5 * 4.0).abs() < 3.0,
        "{}",
        area(&map)
    );
    list.clear();
    list.line((0.0, 1.0), (9.0, 1.0), 1.0, Chrome::Grid);
    assert_eq!(at(&painted(&list, (8.0, 4.0), 1.0), 4, 1)[3], 23);
}

#[test]
fn memory_is_used_again_and_nothing_stays_in_it() {
    let full = painted(&one((0.0, 0.0, 40.0, 40.0), 0.0, PYTHON), (40.0, 40.0), 1.0);
    let memory = full.rgba.as_ptr();
    let next = bitmap(&DrawList::default(), (30.0, 40.0), 1.0, Theme::Dark, full);
    assert_eq!(
        (next.width, area(&next), next.rgba.as_ptr()),
        (30, 0.0, memory)
    );
    assert_eq!(
        painted(&DrawList::default(), (f32::NAN, -1.0), 1.0),
        Bitmap::default()
    );
}

/// Coordinates as pictures have them, and as none should.
fn number() -> impl Strategy<Value = f32> {
    let odd = vec![
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::MAX,
        f32::MIN,
        1e9,
        -1e9,
        0.0,
    ];
    prop_oneof![
        6 => -10.0f32..50.0,
        4 => (-10i32..50).prop_map(|n| n as f32),
        2 => (-40i32..200).prop_map(|n| n as f32 / 4.0),
        1 => prop::sample::select(odd),
    ]
}

fn paint() -> impl Strategy<Value = Paint> {
    let kind = || (0usize..15).prop_map(|n| SpanKind::ALL[n]);
    prop_oneof![
        4 => kind().prop_map(Paint::State),
        1 => kind().prop_map(Paint::Depth),
        1 => kind().prop_map(Paint::Peak),
        1 => (0usize..13).prop_map(|n| Paint::Chrome(Chrome::ALL[n])),
    ]
}

fn rect() -> impl Strategy<Value = Rect> {
    let round = prop_oneof![3 => Just(0.0f32), 2 => 0.0f32..8.0, 1 => number()];
    (number(), number(), number(), number(), round, paint()).prop_map(
        |(x, y, w, h, round, paint)| Rect {
            x,
            y,
            w,
            h,
            round,
            paint,
        },
    )
}

/// The slow painter: asks of each pixel how much of it each rectangle covers.
mod slow {
    use super::*;

    pub(super) fn pixel(rects: &[Rect], x: u32, y: u32, density: f32, size: (u32, u32)) -> [u8; 4] {
        let mut shown = [0u8; 4];
        for rect in rects {
            let (colour, alpha) = colour(rect.paint, x, y, density);
            let cover = cover(rect, x, y, density, size);
            shown = over(shown, colour, (alpha * cover + 128) / 256);
        }
        shown
    }

    fn over(below: [u8; 4], colour: [u8; 4], alpha: u32) -> [u8; 4] {
        let (above, through) = (alpha * 255, u32::from(below[3]) * (255 - alpha));
        let all = above + through;
        if all == 0 {
            return [0; 4];
        }
        let mut mixed = [((all + 127) / 255) as u8; 4];
        for at in 0..3 {
            let sum = u32::from(colour[at]) * above + u32::from(below[at]) * through;
            mixed[at] = ((sum + all / 2) / all) as u8;
        }
        mixed
    }

    /// Of 256, how much of a pixel lies within a rectangle.
    fn cover(rect: &Rect, x: u32, y: u32, density: f32, (width, height): (u32, u32)) -> u32 {
        let edge = |at: f32, most: u32| {
            (at * density * 256.0 + 0.5)
                .max(0.0)
                .min((most * 256) as f32) as i64
        };
        let (x0, x1) = (edge(rect.x, width), edge(rect.x + rect.w, width));
        let (y0, y1) = (edge(rect.y, height), edge(rect.y + rect.h, height));
        if rect.round <= 0.0 || rect.round.is_nan() {
            let inside = |from: i64, to: i64, pixel: u32| {
                let whole = |edge: i64| (edge + 127) / 256;
                (whole(from)..whole(to)).contains(&i64::from(pixel))
            };
            return 256 * u32::from(inside(x0, x1, x) && inside(y0, y1, y));
        }
        let part = |from: i64, to: i64, pixel: u32| {
            let pixel = i64::from(pixel) * 256;
            (to.min(pixel + 256) - from.max(pixel)).max(0) as u32
        };
        let soft = (part(x0, x1, x) * part(y0, y1, y) + 128) / 256;
        let round = rect.round.min(rect.w / 2.0).min(rect.h / 2.0) * density;
        if round < 0.5 || round.is_nan() {
            return soft;
        }
        let beyond = |at: f32, length: f32, pixel: u32| {
            let middle = pixel as f32 + 0.5;
            let (low, high) = (at * density + round, (at + length) * density - round);
            (low - middle).max(middle - high).max(0.0)
        };
        let (dx, dy) = (beyond(rect.x, rect.w, x), beyond(rect.y, rect.h, y));
        if dx == 0.0 || dy == 0.0 {
            return soft;
        }
        let inside = (round * round - (dx * dx + dy * dy)) / (2.0 * round) + 0.5;
        soft.min((inside.clamp(0.0, 1.0) * 256.0 + 0.5) as u32)
    }

    fn colour(paint: Paint, x: u32, y: u32, density: f32) -> ([u8; 4], u32) {
        match paint {
            Paint::Chrome(chrome) => (opaque(chrome.colour(Theme::Light)), 255),
            Paint::Depth(kind) => (state(kind), 199),
            Paint::Peak(kind) => (state(kind), 77),
            Paint::State(kind) => {
                let whole = |px: f64| (px as f32 * density + 0.5) as u32;
                let diagonal = whole(palette::HATCH_PX * std::f64::consts::SQRT_2);
                let square = whole(palette::HATCH_PX);
                let samples = (0..64u32).map(|n| (n % 8, n / 8));
                let covered = match palette::fill(kind) {
                    Fill::Solid | Fill::Empty => return (state(kind), 255),
                    Fill::Stripes => samples
                        .filter(|(i, j)| {
                            let along = (8 * (x + y) + i + j + 1) % (8 * diagonal);
                            along as f32 <= (8 * diagonal) as f32 * 0.48
                        })
                        .count(),
                    Fill::BackStripes => samples
                        .filter(|(i, j)| {
                            let along =
                                (8 * (x + diagonal * 1000 - 1 - y) + i + 8 - j) % (8 * diagonal);
                            along as f32 <= (8 * diagonal) as f32 * 0.48
                        })
                        .count(),
                    Fill::Dots => samples
                        .filter(|(i, j)| {
                            let side = (8 * square) as f32;
                            let at =
                                |pixel: u32, part: u32| (8 * (pixel % square) + part) as f32 + 0.5;
                            [0.25, 0.75].iter().any(|place| {
                                let (dx, dy) = (at(x, *i) - place * side, at(y, *j) - place * side);
                                dx * dx + dy * dy <= (side * 0.18) * (side * 0.18)
                            })
                        })
                        .count(),
                };
                let ground = opaque(Chrome::Panel.colour(Theme::Light));
                (
                    over(ground, state(kind), (covered as u32 * 255 + 32) / 64),
                    255,
                )
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_list_is_painted_as_a_slow_painter_would(rects in prop::collection::vec(rect(), 0..12), density in prop::sample::select(vec![1.0f32, 1.25, 1.5, 2.0, 3.0])) {
        let list = DrawList { rects, ..DrawList::default() };
        let map = painted(&list, (40.0, 24.0), density);
        let size = (map.width, map.height);
        for y in 0..map.height {
            for x in 0..map.width {
                prop_assert_eq!(at(&map, x, y), slow::pixel(&list.rects, x, y, density, size), "{}, {}", x, y);
            }
        }
    }

    #[test]
    fn any_lines_are_no_trouble(ends in prop::collection::vec((number(), number(), number(), number(), number()), 0..6), size in (number(), number()), density in number()) {
        let mut list = DrawList::default();
        for (x0, y0, x1, y1, width) in ends {
            list.line((x0, y0), (x1, y1), width, Chrome::Ink);
        }
        painted(&list, (40.0, 24.0), 1.5);
        let small = |value: f32| value.min(60.0);
        painted(&list, (small(size.0), small(size.1)), small(density).min(3.0));
    }
}

/// A picture with something of everything, as one number: another target must find the same.
#[test]
fn the_bytes_are_those_of_every_target() {
    let mut list = DrawList::default();
    for (n, kind) in (0u16..).zip(SpanKind::ALL) {
        let n = f32::from(n);
        list.rect(
            (n * 3.7 - 2.0, n * 1.3),
            (17.31, 9.77),
            n / 4.0,
            Paint::State(kind),
        );
        list.rect((n * 2.9, 30.0 - n), (3.3, 4.1), 0.0, Paint::Peak(kind));
        list.line(
            (n * 4.0, 2.0),
            (60.0 - n * 3.0, 33.0),
            0.4 + n / 9.0,
            Chrome::Grid,
        );
    }
    let map = painted(&list, (64.0, 36.0), 1.7);
    let fnv = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
    assert_eq!(
        map.rgba.iter().fold(0xcbf2_9ce4_8422_2325, fnv),
        6_031_897_386_114_325_201
    );
}
