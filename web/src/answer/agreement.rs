//! Predicted and measured in figures and in words: how far they are apart, and in what.

use trilane_core::advice::counted;
use trilane_core::compare::error;
use trilane_core::report::{Report, TimeByState};
use trilane_core::trace::SpanKind;
use trilane_core::units::Dur;
use trilane_timeline::pair::Difference;

use super::measured::About;
use crate::wire::{Pair, Row};

/// Of a state's time it is told that it differs by more than this share of all.
const TOLD: f64 = 0.02;
/// How well predictions and measurements agree in all, in a sentence; nothing where nothing is beside one.
pub(super) fn whole(rows: &[Row]) -> String {
    let pairs = || {
        rows.iter()
            .filter_map(|row| row.pair.as_ref())
            .filter(|pair| pair.error.is_some())
    };
    let sizes: Vec<f64> = pairs()
        .filter_map(|pair| pair.error)
        .map(f64::abs)
        .collect();
    let mean = sizes.iter().sum::<f64>() / sizes.len() as f64;
    let most = sizes.iter().copied().fold(0.0, f64::max);
    let runs = counted(sizes.len() as u64, "measured run");
    let disturbed = pairs().filter(|pair| pair.disturbed).count();
    let errors = match sizes.len() {
        0 => String::new(),
        1 => format!("{runs}: the prediction is off by {:.1} %.", most * 100.0),
        _ => format!(
            "{runs}: predictions are off by {:.1} % on average, and by {:.1} % at most.",
            mean * 100.0,
            most * 100.0
        ),
    };
    let which = match (disturbed, sizes.len()) {
        (0, _) => return errors,
        (1, 1) => "it".to_owned(),
        (some, all) if some == all => "all of them".to_owned(),
        (some, _) => format!("{some} of them"),
    };
    format!(
        "{errors} The machine was not quiet during {which}: measure again when it is, before you trust these figures."
    )
}

/// Figures and words of a prediction beside a measurement.
pub(super) fn pair(
    predicted: &Report,
    about: &About,
    measured: Option<&Report>,
    difference: Option<&Difference>,
) -> Pair {
    let both = predicted.outcome == "completed" && about.completed;
    if !both {
        let ended = ["did not complete", "completed"][usize::from(about.completed)];
        return Pair {
            words: format!(
                "Predicted: {}; the measured run {ended}.",
                predicted.outcome
            ),
            ..Pair::default()
        };
    }
    let time = |ns: u64| Dur::from_nanos(ns).to_string();
    let line = |name: &str, predicted: u64, measured: u64| {
        let off = error(predicted, measured).map_or_else(String::new, percent);
        [name.to_owned(), time(predicted), time(measured), off]
    };
    let mut table = vec![line("run time", predicted.makespan_ns, about.makespan_ns)];
    let latency = predicted.latency_ns;
    for (name, predicted, measured) in [
        ("p50 latency", latency.p50, about.latency_ns[0]),
        ("p95 latency", latency.p95, about.latency_ns[1]),
    ] {
        if predicted > 0 && measured > 0 {
            table.push(line(name, predicted, measured));
        }
    }
    let off = error(predicted.makespan_ns, about.makespan_ns);
    let mut words = off.map_or_else(String::new, |off| {
        how_far(off, predicted.makespan_ns, about)
    });
    if let Some(difference) = difference {
        let share = difference.whole() * 100.0;
        words += &format!(" {share:.1} % of the tasks' time is in another state");
        words += &match measured.and_then(|measured| most_apart(predicted, measured)) {
            Some(most) => format!(", most of all in {most}."),
            None => ".".to_owned(),
        };
    }
    let doubts = about.doubts();
    for doubt in &doubts {
        words += &format!(" {doubt}");
    }
    if about.work.is_none() && about.scenario.is_none() {
        words += " A bare trace does not name its work: all this holds if it is this scenario's.";
    }
    Pair {
        error: off,
        table,
        words: words.trim_start().to_owned(),
        disturbed: !doubts.is_empty(),
    }
}

/// `The prediction is 1.3 % too short; half of 5 runs lie within 455 ms and 470 ms.`
fn how_far(off: f64, predicted_ns: u64, about: &About) -> String {
    let way = if off < 0.0 { "short" } else { "long" };
    let far = match off.abs() < 0.0005 {
        true => "The prediction is right".to_owned(),
        false => format!("The prediction is {:.1} % too {way}", off.abs() * 100.0),
    };
    let Some(repeats) = about.repeats() else {
        return format!("{far}.");
    };
    let within = about
        .quartiles_ns
        .filter(|_| !about.disturbed())
        .is_some_and(|[low, _, high]| (low..=high).contains(&predicted_ns));
    match within {
        true => format!("{far}, within what the runs themselves differ by: {repeats}."),
        false => format!("{far}; {repeats}."),
    }
}

/// The state whose time, summed over the tasks, is most unlike the predicted one.
fn most_apart(predicted: &Report, measured: &Report) -> Option<String> {
    let (a, b) = (times(&predicted.time_ns), times(&measured.time_ns));
    let all: u64 = b.iter().map(|(_, ns)| ns).sum();
    let ((kind, a), (_, b)) = a
        .into_iter()
        .zip(b)
        .max_by_key(|((_, a), (_, b))| a.abs_diff(*b))?;
    (a.abs_diff(b) as f64 > all as f64 * TOLD).then(|| {
        let time = |ns: u64| Dur::from_nanos(ns).to_string();
        format!(
            "\u{201c}{}\u{201d}: {} in all, {} predicted",
            kind.label(),
            time(b),
            time(a)
        )
    })
}

fn times(time: &TimeByState) -> [(SpanKind, u64); 12] {
    [
        (SpanKind::Python, time.python),
        (SpanKind::Native, time.native),
        (SpanKind::Io, time.io),
        (SpanKind::GilWait, time.gil_wait),
        (SpanKind::CoreWait, time.core_wait),
        (SpanKind::LockWait, time.lock_wait),
        (SpanKind::QueueWait, time.queue_wait),
        (SpanKind::PoolWait, time.pool_wait),
        (SpanKind::LoopWait, time.loop_wait),
        (SpanKind::JoinWait, time.join_wait),
        (SpanKind::Pickle, time.pickle),
        (SpanKind::Overhead, time.overhead),
    ]
}

/// `+3.1 %`, with a real minus below 0.
fn percent(error: f64) -> String {
    format!("{:+.1} %", error * 100.0).replace('-', "\u{2212}")
}
