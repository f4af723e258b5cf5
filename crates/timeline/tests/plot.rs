//! Plots: they show what the trace holds, keep to their size, and have words.

mod common;

use proptest::prelude::*;
use trilane_core::trace::view;
use trilane_core::trace::{SpanKind, Trace};
use trilane_timeline::draw::{DrawList, Paint, Rect};
use trilane_timeline::palette::{Chrome, Theme};
use trilane_timeline::plot::{
    Busy, Curve, Role, Sweep, latencies, latency, latency_words, sweep, sweep_words, utilisation,
    utilisation_height, utilisation_words,
};
use trilane_timeline::scale::TimeScale;
use trilane_timeline::svg::{Ground, Options, picture};

const SIZES: [(f32, f32); 4] = [
    (240.0, 150.0),
    (300.0, 190.0),
    (700.0, 240.0),
    (1100.0, 320.0),
];

#[track_caller]
fn check_within(list: &DrawList, (width, height): (f32, f32)) {
    for rect in &list.rects {
        let inside = rect.x >= -0.01
            && rect.y >= -0.01
            && rect.x + rect.w <= width + 0.01
            && rect.y + rect.h <= height + 0.01;
        assert!(inside, "{rect:?} in {width} × {height}");
    }
    for text in &list.texts {
        use trilane_timeline::draw::Anchor;
        let wide = text.font.width(&text.text);
        let left = match text.anchor {
            Anchor::Start => text.x,
            Anchor::Middle => text.x - wide / 2.0,
            Anchor::End => text.x - wide,
        };
        assert!(
            left >= -0.5 && left + wide <= width + 1.0,
            "{text:?} in {width}"
        );
        assert!(text.y >= 8.0 && text.y <= height, "{text:?} in {height}");
    }
}

/// Latencies of two sorts: most are short, some a thousand times as long.
fn two_sorts() -> Vec<u64> {
    let short = (0..180u64).map(|n| 2_000_000 + n * n * 900);
    let long = (0..20u64).map(|n| 900_000_000 + n * 130_000_000);
    short.chain(long).collect()
}

#[test]
fn plots_keep_to_their_size() {
    let run = common::threads(8, 40, 6_000);
    let empty = common::empty("sync", true, 4);
    for size in SIZES {
        for sorted in [
            latencies(&run),
            two_sorts(),
            vec![7],
            vec![5_000_000; 9],
            Vec::new(),
        ] {
            check_within(&latency(&sorted, size), size);
        }
        for trace in [&run, &empty] {
            let busy = Busy::new(trace);
            check_within(&utilisation(&busy, size, &busy.scale(size.0)), size);
            let narrow = TimeScale::log(1e6, 3e7, 40.0, f64::from(size.0) - 4.0);
            check_within(&utilisation(&busy, size, &narrow), size);
            // At its own height nothing is squeezed, however narrow it is: cores and threads that wait have room.
            let size = (size.0, utilisation_height(&busy, size.0));
            let list = utilisation(&busy, size, &busy.scale(size.0));
            check_within(&list, size);
            let track = |rect: &&Rect| rect.paint == Paint::Chrome(Chrome::Track);
            let least = list
                .rects
                .iter()
                .filter(track)
                .map(|rect| rect.h)
                .fold(f32::MAX, f32::min);
            assert!(least >= 14.0, "{least} px of {size:?}");
        }
    }
}

#[test]
fn latencies_are_those_of_tasks_that_ended() {
    let mut trace = common::threads(2, 5, 1_000);
    let all = latencies(&trace);
    assert_eq!(all.len(), 5);
    assert!(all.is_sorted());
    let lanes = view::lanes(&trace);
    let last = lanes
        .tasks
        .iter()
        .filter_map(|spans| spans.last())
        .map(|span| span.end.as_nanos());
    assert_eq!(all.last().copied(), last.max());
    trace.tasks[3].finished = false;
    trace.tasks[4].parent = Some(0);
    assert_eq!(latencies(&trace).len(), 3);
}

#[test]
fn percentiles_stand_where_the_curve_has_them() {
    let sorted: Vec<u64> = (1..=200).map(|n| n * 1_000_000).collect();
    let list = latency(&sorted, (700.0, 240.0));
    let told: Vec<&str> = list.texts.iter().map(|text| text.text.as_str()).collect();
    for value in ["100 ms", "190 ms", "198 ms", "200 ms"] {
        assert!(told.contains(&value), "{value} in {told:?}");
    }
    for name in ["p50", "p95", "p99"] {
        assert!(told.contains(&name), "{name} in {told:?}");
    }
    assert_eq!(
        latency_words(&sorted),
        "Of 200 tasks half ended within 100 ms, 95 % within 190 ms, 99 % within 198 ms; the longest took 200 ms."
    );
    assert_eq!(latency_words(&[7_000]), "The one task took 7 µs.");
    assert_eq!(latency_words(&[]), "No task ended.");
}

#[test]
fn a_wide_range_of_latencies_is_shown_by_its_logarithm() {
    let marks = |sorted: &[u64]| {
        let list = latency(sorted, (700.0, 240.0));
        let marks = list.texts.iter().map(|text| text.text.clone());
        marks.collect::<Vec<_>>().join(" ")
    };
    let wide = marks(&two_sorts());
    assert!(
        wide.contains("10 ms") && wide.contains("100 ms") && wide.contains("1 s"),
        "{wide}"
    );
    let even = marks(&[10_000_000, 400_000_000]);
    assert!(
        even.contains("100 ms") && even.contains("200 ms") && !even.contains("1 ms "),
        "{even}"
    );
}

#[test]
fn utilisation_is_told_in_words() {
    let busy = Busy::new(&common::threads(8, 40, 6_000));
    let words = utilisation_words(&busy);
    assert!(words.starts_with("On the average 0."), "{words}");
    assert!(words.contains("of 4 cores are busy: Python 0."), "{words}");
    assert!(words.contains("threads want the GIL, at most "), "{words}");
    let alone = utilisation_words(&Busy::new(&common::threads(1, 4, 6_000)));
    assert!(!alone.contains("GIL"), "{alone}");
    assert_eq!(
        utilisation_words(&Busy::new(&common::empty("sync", true, 1))),
        "Nothing ran."
    );
}

/// Sums of `c` each, eight of them: threads take them in a row, processes start for 40 ms and take a
/// quarter; a thread a task is as quick as threads, and ends only up to 20 ms.
fn sums(most_us: u64) -> Sweep {
    let at: Vec<u64> = (0..12).map(|n| (most_us >> n) * 1_000).rev().collect();
    let curve = |name: &str, role, time: &dyn Fn(u64) -> Option<u64>| Curve {
        name: name.to_owned(),
        role,
        points: at.iter().map(|&at| (at, time(at))).collect(),
    };
    Sweep {
        curves: vec![
            curve("sync", Role::Other, &|at| Some(8 * at + 100_000)),
            curve("threads", Role::Now, &|at| Some(8 * at)),
            curve("processes", Role::Then, &|at| Some(40_000_000 + 2 * at)),
            curve("asyncio+threads+processes", Role::Other, &|at| {
                (at < 20_000_000).then_some(9 * at + 1_000_000)
            }),
        ],
        now: (at[6], "now".to_owned()),
        crossings: vec![(at[9], "7ms: processes".to_owned())],
        axes: ["tasks.sum.steps.0.cpu".to_owned(), "run time".to_owned()],
        none: "nothing to plot".to_owned(),
    }
}

fn knob(number: u64) -> String {
    trilane_core::units::Dur::from_nanos(number).to_string()
}

#[test]
fn a_sweep_keeps_to_its_size_and_names_every_line() {
    for size in [(296.0, 260.0), (420.0, 260.0), (760.0, 320.0)] {
        for most_us in [40_000, 3_000_000] {
            let plot = sums(most_us);
            let list = sweep(&plot, &knob, size);
            check_within(&list, size);
            let said = |what: &str| list.texts.iter().any(|text| text.text.starts_with(what));
            for what in ["sync", "threads", "processes", "now", "7ms", "run time"] {
                assert!(said(what), "{what} at {size:?}: {:?}", list.texts);
            }
            // Whoever ends nowhere that is shown has no line, and so no name.
            assert_eq!(said("asyncio"), most_us == 40_000);
            assert!(list.texts.iter().all(|text| text.text != plot.none));
        }
    }
}

#[test]
fn lines_of_a_sweep_cross_where_run_times_do() {
    let plot = sums(40_000);
    let list = sweep(&plot, &knob, (760.0, 320.0));
    let of = |ink: Chrome| {
        let slanted = move |line: &&trilane_timeline::draw::Line| {
            line.ink == ink
                && line.width > 2.0
                && line.from.0 != line.to.0
                && line.from.1 != line.to.1
        };
        list.lines
            .iter()
            .filter(slanted)
            .copied()
            .collect::<Vec<_>>()
    };
    // Between two knobs the lines are straight, so above and below change at the crossing's interval.
    let (now, then) = (of(Chrome::Best), of(Chrome::Warn));
    assert_eq!(now.len(), then.len());
    let ahead = now
        .iter()
        .zip(&then)
        .position(|(now, then)| then.to.1 > now.to.1);
    let points = &plot.curves[1].points;
    let others = &plot.curves[2].points;
    let shown = points.len() - 1 - now.len();
    let expect = points.iter().zip(others).skip(shown + 1);
    let expect = expect
        .map(|((_, now), (_, then))| then < now)
        .position(|is| is);
    assert_eq!(ahead.map(|at| at + 1), expect.map(|at| at + 1));
    assert!(ahead.is_some());
}

#[test]
fn a_sweep_is_told_in_words_and_has_some_where_there_is_nothing() {
    let plot = sums(40_000);
    let words = sweep_words(&plot);
    assert_eq!(words.len(), 2);
    assert!(words[0].starts_with("now: threads "), "{words:?}");
    assert!(words[1].starts_with("7ms: processes: "), "{words:?}");
    let list = sweep(
        &Sweep {
            curves: vec![],
            ..plot
        },
        &knob,
        (300.0, 200.0),
    );
    assert!(list.texts.iter().any(|text| text.text == "nothing to plot"));
}

#[test]
fn sweeps_as_pictures() {
    let paint = |width: f32, most_us: u64, theme: Theme| {
        let options = Options {
            ground: Ground::Fixed(theme),
            ..Options::default()
        };
        let plot = sums(most_us);
        let size = (width, 260.0);
        let words = sweep_words(&plot).join(". ");
        picture(
            &sweep(&plot, &knob, size),
            size,
            ("Where it flips", &words),
            &options,
        )
    };
    insta::assert_snapshot!("sweep_330", paint(330.0, 40_000, Theme::Light));
    insta::assert_snapshot!("sweep_760_dark", paint(760.0, 3_000_000, Theme::Dark));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_sweep_makes_a_plot(
        points in prop::collection::vec((any::<u64>(), prop::option::of(any::<u64>())), 0..20),
        now in any::<u64>(), flips in prop::collection::vec(any::<u64>(), 0..3), width in 60.0f32..1200.0,
    ) {
        let mut points = points;
        points.sort();
        let plot = Sweep {
            curves: vec![
                Curve { name: "a".to_owned(), role: Role::Now, points: points.clone() },
                Curve { name: "b".to_owned(), role: Role::Then, points },
            ],
            now: (now, "now".to_owned()),
            crossings: flips.into_iter().map(|at| (at, at.to_string())).collect(),
            ..Sweep::default()
        };
        let list = sweep(&plot, &|number| number.to_string(), (width, 240.0));
        let finite = |line: &trilane_timeline::draw::Line| {
            [line.from.0, line.from.1, line.to.0, line.to.1].iter().all(|at| at.is_finite())
        };
        prop_assert!(list.lines.iter().all(finite));
        sweep_words(&plot);
    }

    /// The area of a state is the time that cores spend in it.
    #[test]
    fn the_areas_are_the_times(workers in 1u32..9, tasks in 1u32..40, cpu_us in 500u64..9_000) {
        let trace = common::threads(workers, tasks, cpu_us);
        let busy = Busy::new(&trace);
        let size = (640.0, 300.0);
        let scale = busy.scale(size.0);
        let list = utilisation(&busy, size, &scale);
        let track = list.rects.iter().find(|rect| rect.paint == Paint::Chrome(Chrome::Track));
        let track = track.expect("a plot");
        let plot = |rect: &&trilane_timeline::draw::Rect| rect.y >= track.y - 0.01;
        let area: f64 = list.rects.iter().filter(plot)
            .filter(|rect| rect.paint == Paint::State(SpanKind::Python))
            .map(|rect| f64::from(rect.w) * f64::from(rect.h))
            .sum();
        let lanes = view::lanes(&trace);
        let spans = lanes.threads.iter().flatten().filter(|span| span.kind == SpanKind::Python);
        let time: u64 = spans.map(|span| span.end.since(span.start).as_nanos()).sum();
        // The test machine starts all its workers at once.
        let cores = f64::from(trace.cores.max(workers));
        let expect = time as f64 / scale.ns_per_px() * f64::from(track.h) / cores;
        // Levels go by quarters of a pixel.
        prop_assert!((area - expect).abs() <= 0.02 * expect + 0.13 * 640.0, "{} {}", area, expect);
    }

    #[test]
    fn any_latencies_make_a_plot(mut latencies in prop::collection::vec(prop_oneof![0u64..100, 0u64..10_000_000_000, any::<u64>()], 0..60), width in 200.0f32..1200.0) {
        latencies.sort_unstable();
        let size = (width, 200.0);
        let list = latency(&latencies, size);
        prop_assert!(list.rects.iter().all(|rect| rect.x + rect.w <= width + 5.0 && rect.w >= 0.0 && rect.h >= 0.0));
        prop_assert!(!latency_words(&latencies).is_empty());
    }
}

fn golden(trace: &Trace, sorted: &[u64], width: f32, theme: Theme) -> [String; 2] {
    let options = Options {
        ground: Ground::Fixed(theme),
        ..Options::default()
    };
    let size = (width, if width < 400.0 { 190.0 } else { 240.0 });
    let busy = Busy::new(trace);
    let times = (
        latency(sorted, size),
        "How long tasks took",
        latency_words(sorted),
    );
    let cores = (
        utilisation(&busy, size, &busy.scale(width)),
        "How busy the cores were",
        utilisation_words(&busy),
    );
    [times, cores].map(|(list, title, words)| picture(&list, size, (title, &words), &options))
}

#[test]
fn plots_as_pictures() {
    let run = common::threads(4, 40, 6_000);
    let [times, cores] = golden(&run, &latencies(&run), 300.0, Theme::Light);
    insta::assert_snapshot!("latency_300", times);
    insta::assert_snapshot!("utilisation_300", cores);
    let [times, cores] = golden(&run, &two_sorts(), 700.0, Theme::Dark);
    insta::assert_snapshot!("latency_700_dark", times);
    insta::assert_snapshot!("utilisation_700_dark", cores);
}
