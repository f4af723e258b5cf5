//! Laws of the level of detail: what is drawn is what the spans say, at any zoom.

use proptest::prelude::*;
use trilane_core::trace::SpanKind;
use trilane_timeline::lod::{Curve, Entry, Piece, Stack, Strips, Times};
use trilane_timeline::scale::TimeScale;

/// Lanes of spans with and without holes, from a few ns to many µs long.
fn lane() -> impl Strategy<Value = Vec<Entry>> {
    let length = prop_oneof![1u64..20, 1u64..2_000, 1u64..100_000];
    let hole = prop_oneof![3 => Just(0u64), 1 => 1u64..5_000];
    prop::collection::vec((hole, length, 0usize..15, 0u32..9), 0..400).prop_map(|parts| {
        let mut at = 0;
        let mut entries = Vec::new();
        for (hole, length, kind, who) in parts {
            let start_ns = at + hole;
            at = start_ns + length;
            entries.push(Entry {
                start_ns,
                end_ns: at,
                kind: SpanKind::ALL[kind],
                who: Some(who),
            });
        }
        entries
    })
}

/// Where the picture begins and ends as shares of the longest lane, its width, and whether its scale is
/// logarithmic.
fn view() -> impl Strategy<Value = (f64, f64, f64, bool)> {
    (-0.1f64..0.9, 0.0001f64..1.2, 2.0f64..700.0, any::<bool>())
}

fn scale(log: bool) -> fn(f64, f64, f64, f64) -> TimeScale {
    if log { TimeScale::log } else { TimeScale::new }
}

fn scale_of(lanes: &[Vec<Entry>], (from, length, width, log): (f64, f64, f64, bool)) -> TimeScale {
    let end = lanes
        .iter()
        .filter_map(|lane| lane.last())
        .map(|e| e.end_ns)
        .max()
        .unwrap_or(1000);
    let end = end as f64;
    scale(log)(
        (from * end).floor(),
        ((from + length) * end).ceil(),
        10.0,
        10.0 + width,
    )
}

fn brute(lanes: &[Vec<Entry>], from: u64, to: u64) -> Times {
    let mut times = [0; 16];
    for entry in lanes.iter().flatten() {
        let (start, end) = (entry.start_ns.max(from), entry.end_ns.min(to));
        times[entry.kind as usize] += end.saturating_sub(start);
    }
    times
}

fn shown(scale: &TimeScale) -> (u64, u64) {
    (
        scale.start_ns().floor().max(0.0) as u64,
        scale.end_ns().ceil().max(0.0) as u64,
    )
}

/// The instant that a piece's edge stands for; edges lie on whole nanoseconds.
fn instant(scale: &TimeScale, px: f64) -> u64 {
    scale.ns(px).round().max(0.0) as u64
}

/// Any two numbers, those that no run has among them: nothing, the same twice, the last instant,
/// infinities.
fn any_ends() -> impl Strategy<Value = (f64, f64)> {
    let end = || {
        prop_oneof![
            4 => (-10_000i32..200_000).prop_map(f64::from),
            2 => any::<u64>().prop_map(|ns| ns as f64),
            2 => any::<f64>(),
            1 => prop::sample::select(vec![0.0, u64::MAX as f64, f64::MAX, f64::INFINITY, f64::NEG_INFINITY, f64::NAN]),
        ]
    };
    prop_oneof![3 => (end(), end()), 1 => end().prop_map(|ns| (ns, ns))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn any_two_ends_make_a_picture(lane in lane(), (a, b) in any_ends(), (zoom, by_px) in any_ends(), width in 0.0f64..700.0, log in any::<bool>()) {
        let make = scale(log);
        let scale = make(a, b, 10.0, 10.0 + width);
        if !a.is_nan() && !b.is_nan() {
            prop_assert_eq!(scale, make(b, a, 10.0, 10.0 + width));
        }
        let mut strips = Strips::default();
        let strip = strips.push(lane.iter().copied());
        let stack = Stack::new(1, lane.iter().copied());
        let curve = Curve::new(lane.iter().map(|entry| (entry.start_ns, entry.who.unwrap_or(0))));
        for scale in [scale, scale.zoomed(zoom, by_px), scale.panned(by_px)] {
            prop_assert!(scale.start_ns() < scale.end_ns(), "{scale:?}");
            prop_assert!(scale.px(scale.start_ns()).is_finite() && scale.ns(10.0).is_finite(), "{scale:?}");
            let mut last = scale.start_ns();
            for tick in scale.ticks(50.0) {
                prop_assert!((last..=scale.end_ns()).contains(&tick.at_ns), "{tick:?} {scale:?}");
                last = tick.at_ns;
            }
            let inside = |left: f64, right: f64| {
                let bounds = scale.left_px()..=scale.right_px();
                assert!(bounds.contains(&left) && bounds.contains(&right), "{left}..{right} {scale:?}");
            };
            strips.walk(strip, &scale, |piece| match piece {
                Piece::Wide { left_px, right_px, .. } => inside(left_px, right_px),
                Piece::Crowd { left_px, right_px, .. } => inside(left_px, right_px),
            });
            stack.walk(&scale, |left_px, right_px, _, _| inside(left_px, right_px));
            curve.walk(&scale, |left_px, right_px, _, _| inside(left_px, right_px));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn a_strips_picture_is_its_spans(lanes in prop::collection::vec(lane(), 1..4), view in view()) {
        let mut strips = Strips::default();
        for lane in &lanes {
            strips.push(lane.iter().copied());
        }
        let scale = scale_of(&lanes, view);
        for (strip, lane) in (0u32..).zip(&lanes) {
            let only = std::slice::from_ref(lane);
            let (begin, end) = shown(&scale);
            let mut drawn: Times = [0; 16];
            let mut last = f64::NEG_INFINITY;
            let mut pieces = 0u32;
            strips.walk(strip, &scale, |piece| {
                pieces += 1;
                let (left, right) = match piece {
                    Piece::Wide { entry, left_px, right_px } => {
                        let (from, to) = (instant(&scale, left_px), instant(&scale, right_px));
                        // A crowded column before it may have taken its first part.
                        assert!(entry.start_ns <= from && to <= entry.end_ns);
                        assert!(lane.contains(&entry));
                        drawn[entry.kind as usize] += to - from;
                        (left_px, right_px)
                    }
                    Piece::Crowd { left_px, right_px, times, whole_ns } => {
                        let (from, to) = (instant(&scale, left_px), instant(&scale, right_px));
                        assert_eq!(to - from, whole_ns);
                        assert_eq!(*times, brute(only, from, to));
                        for (sum, time) in drawn.iter_mut().zip(times) {
                            *sum += time;
                        }
                        (left_px, right_px)
                    }
                };
                assert!(left >= last - 1e-6 && right > left, "{left}..{right} after {last}");
                last = right;
            });
            prop_assert_eq!(drawn, brute(only, begin, end));
            let width = scale.right_px() - scale.left_px();
            let spans = 2 * lane.len() as u32 + 2;
            prop_assert!(pieces <= spans && f64::from(pieces) <= 2.0 * width + 3.0);
        }
    }

    #[test]
    fn sums_between_any_two_instants_are_exact(lanes in prop::collection::vec(lane(), 1..4), a in 0.0f64..1.1, b in 0.0f64..1.1) {
        let mut strips = Strips::default();
        let ends = lanes.iter().filter_map(|lane| lane.last()).map(|e| e.end_ns).max();
        let at = |share: f64| (share * ends.unwrap_or(100) as f64) as u64;
        let (from, to) = (at(a.min(b)), at(a.max(b)));
        for lane in &lanes {
            let strip = strips.push(lane.iter().copied());
            prop_assert_eq!(strips.times(strip, from, to), brute(std::slice::from_ref(lane), from, to));
        }
        let stack = Stack::new(lanes.len() as u32, lanes.iter().flatten().copied());
        prop_assert_eq!(stack.times(from, to), brute(&lanes, from, to));
    }

    #[test]
    fn a_stacks_picture_is_its_lanes(lanes in prop::collection::vec(lane(), 1..5), view in view()) {
        let stack = Stack::new(lanes.len() as u32, lanes.iter().flatten().copied());
        let scale = scale_of(&lanes, view);
        let (begin, end) = shown(&scale);
        let mut drawn: Times = [0; 16];
        stack.walk(&scale, |left_px, right_px, times, whole_ns| {
            let (from, to) = (instant(&scale, left_px), instant(&scale, right_px));
            assert_eq!(*times, brute(&lanes, from, to));
            assert_eq!((to - from) * lanes.len() as u64, whole_ns);
            for (sum, time) in drawn.iter_mut().zip(times) {
                *sum += time;
            }
        });
        prop_assert_eq!(drawn, brute(&lanes, begin, end));
    }

    #[test]
    fn the_span_under_a_point_is_the_one_that_is_there(lane in lane(), at in 0.0f64..1.1) {
        let mut strips = Strips::default();
        let strip = strips.push(lane.iter().copied());
        let ns = (at * lane.last().map_or(100, |e| e.end_ns) as f64) as u64;
        let there = lane.iter().find(|e| e.start_ns <= ns && ns < e.end_ns).copied();
        prop_assert_eq!(strips.at(strip, ns), there);
        let counted = SpanKind::ALL.map(|kind| Stack::new(1, lane.iter().copied()).count(kind, ns));
        prop_assert_eq!(counted.iter().sum::<u32>(), u32::from(there.is_some()));
    }

    #[test]
    fn a_curves_picture_is_its_steps(steps in prop::collection::vec((1u64..3_000, 0u32..50), 1..300), view in view()) {
        let mut at = 0;
        let steps: Vec<(u64, u32)> = steps.into_iter().map(|(gap, value)| { at += gap; (at, value) }).collect();
        let curve = Curve::new(steps.iter().copied());
        let (from, length, width, log) = view;
        let scale = scale(log)((from * at as f64).floor(), ((from + length) * at as f64).ceil(), 0.0, width);
        let value = |ns: u64| steps.iter().rev().find(|(step, _)| *step <= ns).map_or(0, |(_, v)| *v);
        let mut area = 0.0;
        curve.walk(&scale, |left_px, right_px, mean, most| {
            let (from, to) = (instant(&scale, left_px), instant(&scale, right_px));
            let inside = steps.iter().filter(|(at, _)| (from..to).contains(at)).map(|(_, v)| *v);
            assert_eq!(most, inside.chain([value(from)]).max().unwrap_or(0));
            area += mean * (to - from) as f64;
        });
        let (begin, end) = shown(&scale);
        let mut expect = 0.0;
        let mut last = begin;
        for ns in steps.iter().map(|(at, _)| *at).filter(|at| (begin..end).contains(at)).chain([end]) {
            expect += f64::from(value(last)) * (ns - last) as f64;
            last = ns;
        }
        prop_assert!((area - expect).abs() <= 1e-6 * expect.max(1.0), "{} {}", area, expect);
        let probe = begin + (end - begin) / 3;
        prop_assert_eq!(curve.at(probe), value(probe));
    }
}
