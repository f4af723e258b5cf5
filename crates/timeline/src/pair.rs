//! Predicted and measured: where, on one time axis, two runs of the same work differ.
//!
//! Threads have no counterparts: which worker takes which task is chance. Tasks have, but two that change
//! places are no difference. So what is compared is how many tasks are in each state at a time, and when
//! the runs end.

use trilane_core::trace::view;
use trilane_core::trace::{Outcome, Trace};
use trilane_core::units::Dur;

use crate::draw::{Anchor, DrawList, Paint};
use crate::lod::{Entry, Stack};
use crate::palette::Chrome;
use crate::race::LABEL;
use crate::scale::TimeScale;

/// The title of the strip, and what the legend calls it.
pub const TITLE: &str = "differs";
/// Height of the strip in which all tasks would differ, px.
const STRIP_PX: f32 = 12.0;
/// Height of the line on which the ends are compared, px.
const ENDS_PX: f32 = 15.0;
/// Half of the tick at an end, px.
const TICK_PX: f32 = 3.5;
/// Width of a column, px: narrower ones flicker.
const COLUMN_PX: f64 = 2.0;
/// Steps of a column's height, so that neighbours become one shape.
const STEPS: f64 = 24.0;
/// Ends that are nearer to each other than this share of the run are told as one.
const SAME: f64 = 0.001;

/// How a measured run differs from its prediction.
#[derive(Clone, Debug)]
pub struct Difference {
    predicted: Run,
    measured: Run,
}

/// The tasks of a run, how many in which state.
#[derive(Clone, Debug)]
struct Run {
    tasks: Stack,
    end_ns: u64,
    completed: bool,
}

impl Run {
    fn new(trace: &Trace) -> Run {
        let lanes = view::lanes(trace);
        // A branch is a part of its task, and not every plan gives it a lane.
        let own = trace.tasks.iter().zip(&lanes.tasks);
        let own: Vec<_> = own.filter(|(task, _)| task.parent.is_none()).collect();
        let entries = own.iter().flat_map(|(_, spans)| *spans).map(|span| Entry {
            start_ns: span.start.as_nanos(),
            end_ns: span.end.as_nanos(),
            kind: span.kind,
            who: None,
        });
        Run {
            tasks: Stack::new(own.len() as u32, entries),
            end_ns: trace.makespan().as_nanos(),
            completed: trace.outcome == Outcome::Completed,
        }
    }
}

impl Difference {
    /// Compares two runs of the same work.
    pub fn new(predicted: &Trace, measured: &Trace) -> Difference {
        Difference {
            predicted: Run::new(predicted),
            measured: Run::new(measured),
        }
    }

    /// The share of the tasks that are in another state in one run than in the other, on average between
    /// two instants, 0 to 1. Not to have arrived, and to have ended, are states too.
    pub fn share(&self, from_ns: u64, to_ns: u64) -> f64 {
        let (a, b) = (&self.predicted.tasks, &self.measured.tasks);
        let whole = |run: &Stack| u64::from(run.lanes()).saturating_mul(to_ns - from_ns);
        let all = whole(a).max(whole(b));
        if to_ns <= from_ns || all == 0 {
            return 0.0;
        }
        let (a, b) = (a.times(from_ns, to_ns), b.times(from_ns, to_ns));
        let apart: u64 = a.iter().zip(&b).map(|(a, b)| a.abs_diff(*b)).sum();
        let away = |times: &[u64; 16]| all.saturating_sub(times.iter().sum());
        (apart + away(&a).abs_diff(away(&b))) as f64 / 2.0 / all as f64
    }

    /// The same over both runs whole.
    pub fn whole(&self) -> f64 {
        self.share(0, self.predicted.end_ns.max(self.measured.end_ns))
    }

    /// When the measured run ends, in words and by the predicted one: `ends 12.3 ms later`. Nothing where
    /// one of them never does.
    pub fn ends(&self) -> Option<String> {
        let (predicted, measured) = (&self.predicted, &self.measured);
        let apart = measured.end_ns.abs_diff(predicted.end_ns);
        let same = apart as f64 <= predicted.end_ns.max(measured.end_ns) as f64 * SAME;
        let both = predicted.completed && measured.completed;
        both.then(|| match same {
            true => "ends when predicted".to_owned(),
            false => {
                let way = ["earlier", "later"][usize::from(measured.end_ns > predicted.end_ns)];
                format!("ends {} {way}", Dur::from_nanos(apart))
            }
        })
    }

    /// All of it in words, for who cannot see it.
    pub fn sentence(&self) -> String {
        let percent = self.whole() * 100.0;
        let ends = self
            .ends()
            .map_or_else(String::new, |ends| format!("It {ends}; "));
        format!("{ends}{percent:.1} % of the tasks' time is in another state than predicted.")
    }

    /// Draws the difference from `top` down, below the measured run's lanes: a strip that is as high as
    /// many tasks differ, and the two ends. Its title stands at `titles_px`, where there is room for it.
    /// Gives where it ends.
    pub fn draw(
        &self,
        scale: &TimeScale,
        titles_px: Option<f32>,
        top: f32,
        list: &mut DrawList,
    ) -> f32 {
        let (left, right) = (scale.left_px() as f32, scale.right_px() as f32);
        let bottom = top + STRIP_PX;
        let track = Paint::Chrome(Chrome::Track);
        list.rect((left, top), (right - left, STRIP_PX), 0.0, track);
        if let Some(x) = titles_px {
            let at = (x, top + STRIP_PX - 2.5);
            list.text(at, TITLE, LABEL, Anchor::Start, Chrome::Mute);
        }
        self.strip(scale, bottom, list);
        list.line((left, bottom), (right, bottom), 1.0, Chrome::Rule);
        match self.ends() {
            Some(text) => {
                self.brackets(scale, &text, bottom + ENDS_PX / 2.0 + 1.0, list);
                bottom + ENDS_PX
            }
            None => bottom,
        }
    }

    /// The columns, those of one height in one shape.
    fn strip(&self, scale: &TimeScale, bottom: f32, list: &mut DrawList) {
        let end = self.predicted.end_ns.max(self.measured.end_ns);
        let ns = |px: f64| scale.ns(px).max(0.0) as u64;
        let (mut begin, mut steps) = (scale.left_px(), 0.0);
        let mut px = begin;
        loop {
            let to = (px + COLUMN_PX).min(scale.right_px());
            let (from_ns, to_ns) = (ns(px), ns(to).min(end));
            let over = px >= scale.right_px() || from_ns >= end;
            let next = match over {
                true => -1.0,
                false => (self.share(from_ns, to_ns.max(from_ns + 1)) * STEPS).round(),
            };
            if next != steps {
                if steps > 0.0 {
                    let high = (steps / STEPS) as f32 * STRIP_PX;
                    let size = ((px - begin) as f32, high);
                    let ink = Paint::Chrome(Chrome::Warn);
                    list.rect((begin as f32, bottom - high), size, 0.0, ink);
                }
                (begin, steps) = (px, next);
            }
            if over {
                return;
            }
            px = to;
        }
    }

    /// The two ends, what lies between them, and how much it is.
    fn brackets(&self, scale: &TimeScale, text: &str, y: f32, list: &mut DrawList) {
        let (left, right) = (scale.left_px(), scale.right_px());
        let place = |ns: u64| scale.px(ns as f64);
        let ends = [self.predicted.end_ns, self.measured.end_ns].map(place);
        let [a, b] = ends.map(|x| x.clamp(left, right) as f32);
        let (low, high) = (a.min(b), a.max(b));
        // An end that a window does not show has no tick in it.
        for x in ends.into_iter().filter(|x| (left..=right).contains(x)) {
            let x = x as f32;
            list.line((x, y - TICK_PX), (x, y + TICK_PX), 1.0, Chrome::Ink);
        }
        if high - low > 1.0 {
            list.line((low, y), (high, y), 1.0, Chrome::Ink);
        }
        // Beside it, where there is room: before it, else after it.
        let before = low - 7.0 - LABEL.width(text) > left as f32;
        let (x, anchor) = match before {
            true => (low - 7.0, Anchor::End),
            false => (high + 7.0, Anchor::Start),
        };
        list.text((x, y + 3.5), text, LABEL, anchor, Chrome::Ink);
    }
}
