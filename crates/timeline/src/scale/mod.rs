//! The time scale: nanoseconds of the run to pixels of the picture, and back, in `f64`.
//!
//! Two spaces, named in every function: *ns* (time since the run began) and *px* (across the
//! drawing). One scale serves every lane, so that what happens at once stands in one column.
//!
//! A scale is linear, or logarithmic where runs of milliseconds and of minutes are to stand on one
//! axis. A run begins at 0, which has no logarithm, so that scale is linear up to a small time and
//! goes over into a logarithm there: it maps by ln(1 + t / small), mirrored before 0.

mod ticks;

pub use ticks::Tick;

/// Further than any instant, ns: those of a trace are `u64`.
const MOST_NS: f64 = 2e19;
/// The shortest range around an instant, as a share of it: two steps of an `f64`.
const RESOLUTION: f64 = 2.0 * f64::EPSILON;
/// Up to this share of its end, a logarithmic scale is about linear.
const SMALL: f64 = 1e-3;
/// Logarithms so close to each other, as a share of themselves, are told apart too coarsely to draw
/// by. The scale between them is as good as straight, and is made so.
const STRAIGHT: f64 = 1e-9;

/// A map from time to pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeScale {
    start_ns: f64,
    end_ns: f64,
    left_px: f64,
    right_px: f64,
    /// Up to which time a logarithmic scale is about linear; 0 for a linear one.
    small_ns: f64,
    /// Whether it maps by a logarithm here.
    bent: bool,
    /// Pixels go evenly with units: nanoseconds, or logarithms of them.
    start: f64,
    units_per_px: f64,
    px_per_unit: f64,
}

impl TimeScale {
    /// Shows the time between `start_ns` and `end_ns`, whichever comes first, from `left_px` to
    /// `right_px`. An empty range of either is widened to 1 (of times beyond 2⁵¹ ns, to what an `f64`
    /// tells apart there), so that a scale can always be inverted.
    pub fn new(start_ns: f64, end_ns: f64, left_px: f64, right_px: f64) -> TimeScale {
        TimeScale::with(0.0, start_ns, end_ns, left_px, right_px)
    }

    /// The same, logarithmic but for its first thousandth, which is about linear.
    pub fn log(start_ns: f64, end_ns: f64, left_px: f64, right_px: f64) -> TimeScale {
        let most = sound_ns(start_ns).abs().max(sound_ns(end_ns).abs());
        TimeScale::log_above(most * SMALL, start_ns, end_ns, left_px, right_px)
    }

    /// The same, about linear up to `small_ns`, at least 1: for a window of a scale that stays the
    /// same while the window moves.
    pub fn log_above(
        small_ns: f64,
        start_ns: f64,
        end_ns: f64,
        left_px: f64,
        right_px: f64,
    ) -> TimeScale {
        let small_ns = sound_ns(small_ns).max(1.0);
        TimeScale::with(small_ns, start_ns, end_ns, left_px, right_px)
    }

    fn with(small_ns: f64, start_ns: f64, end_ns: f64, left_px: f64, right_px: f64) -> TimeScale {
        let (a, b) = (sound_ns(start_ns), sound_ns(end_ns));
        let (start_ns, end_ns) = (a.min(b), a.max(b));
        let end_ns = end_ns.max(start_ns + f64::max(1.0, start_ns.abs() * RESOLUTION));
        let right_px = right_px.max(left_px + 1.0);
        let (mut start, mut end, mut bent) = (start_ns, end_ns, false);
        if small_ns > 0.0 {
            let (from, to) = (bend(start_ns, small_ns), bend(end_ns, small_ns));
            if to - from > STRAIGHT * from.abs().max(to.abs()) {
                (start, end, bent) = (from, to, true);
            }
        }
        TimeScale {
            start_ns,
            end_ns,
            left_px,
            right_px,
            small_ns,
            bent,
            start,
            units_per_px: (end - start) / (right_px - left_px),
            px_per_unit: (right_px - left_px) / (end - start),
        }
    }

    /// The same stretch of time on a part of its width, from the same left edge.
    pub fn narrower(&self, by: f64) -> TimeScale {
        let right_px = self.left_px + (self.right_px - self.left_px) / by.max(1.0);
        TimeScale::with(
            self.small_ns,
            self.start_ns,
            self.end_ns,
            self.left_px,
            right_px,
        )
    }

    /// Where a time is shown.
    #[inline]
    pub fn px(&self, ns: f64) -> f64 {
        self.left_px + (self.unit(ns) - self.start) * self.px_per_unit
    }

    /// Which time is shown at a place.
    #[inline]
    pub fn ns(&self, px: f64) -> f64 {
        let unit = self.start + (px - self.left_px) * self.units_per_px;
        if self.bent {
            unbend(unit, self.small_ns)
        } else {
            unit
        }
    }

    #[inline]
    fn unit(&self, ns: f64) -> f64 {
        if self.bent {
            bend(ns, self.small_ns)
        } else {
            ns
        }
    }

    /// How much time a pixel stands for, on the average. On a logarithmic scale those further right
    /// stand for more.
    pub fn ns_per_px(&self) -> f64 {
        if self.bent {
            (self.end_ns - self.start_ns) / (self.right_px - self.left_px)
        } else {
            self.units_per_px
        }
    }

    /// Whether it is logarithmic.
    pub fn is_log(&self) -> bool {
        self.small_ns > 0.0
    }

    /// From where on a logarithmic scale is one, ns: below, it is nearly even. 0 where it is linear.
    pub fn small_ns(&self) -> f64 {
        self.small_ns
    }

    /// The first time shown, ns.
    pub fn start_ns(&self) -> f64 {
        self.start_ns
    }

    /// The last time shown, ns.
    pub fn end_ns(&self) -> f64 {
        self.end_ns
    }

    /// The left edge, px.
    pub fn left_px(&self) -> f64 {
        self.left_px
    }

    /// The right edge, px.
    pub fn right_px(&self) -> f64 {
        self.right_px
    }

    /// The same place on the screen, `factor` times as much around the time at `at_px`: as much time
    /// on a linear scale, as many powers of ten on a logarithmic one.
    pub fn zoomed(&self, factor: f64, at_px: f64) -> TimeScale {
        let (left, right) = (self.left_px, self.right_px);
        let (start_ns, end_ns) = if self.bent {
            (
                self.ns(at_px - (at_px - left) * factor),
                self.ns(at_px + (right - at_px) * factor),
            )
        } else {
            let at_ns = self.ns(at_px);
            (
                at_ns - (at_ns - self.start_ns) * factor,
                at_ns + (self.end_ns - at_ns) * factor,
            )
        };
        TimeScale::with(self.small_ns, start_ns, end_ns, left, right)
    }

    /// The same scale, later by what `by_px` pixels show.
    pub fn panned(&self, by_px: f64) -> TimeScale {
        let (start, end) = (self.start, self.unit(self.end_ns));
        let most = self.unit(MOST_NS);
        let by = by_px * self.units_per_px;
        let by = if by.is_nan() { 0.0 } else { by };
        let by = by.max(-most - start).min(most - end);
        let ns = |unit: f64| match self.bent {
            true => unbend(unit, self.small_ns),
            false => unit,
        };
        let (left, right) = (self.left_px, self.right_px);
        TimeScale::with(self.small_ns, ns(start + by), ns(end + by), left, right)
    }
}

/// The time itself, where it is one; the nearest that is, where it is not.
fn sound_ns(ns: f64) -> f64 {
    match ns.is_nan() {
        true => 0.0,
        false => ns.clamp(-MOST_NS, MOST_NS),
    }
}

/// The logarithm that a logarithmic scale goes by: about `ns / small_ns` near 0.
#[inline]
fn bend(ns: f64, small_ns: f64) -> f64 {
    libm::log1p(ns.abs() / small_ns).copysign(ns)
}

/// What [`bend`] makes `bent` of.
#[inline]
fn unbend(bent: f64, small_ns: f64) -> f64 {
    (small_ns * libm::expm1(bent.abs())).copysign(bent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(start_ns: f64, end_ns: f64, expect: &[&str]) {
        let ticks = TimeScale::new(start_ns, end_ns, 0.0, 500.0).ticks(90.0);
        let labels: Vec<_> = ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, expect);
    }

    #[test]
    fn ticks_are_round_and_say_their_unit() {
        check(0.0, 64e6, &["0 ms", "20 ms", "40 ms", "60 ms"]);
        check(
            0.0,
            420e6,
            &["0 ms", "100 ms", "200 ms", "300 ms", "400 ms"],
        );
        check(0.0, 1.9e9, &["0 ms", "500 ms", "1000 ms", "1500 ms"]);
        check(0.0, 3.4e9, &["0 s", "1 s", "2 s", "3 s"]);
        check(
            0.0,
            900.0,
            &["0 ns", "200 ns", "400 ns", "600 ns", "800 ns"],
        );
        check(
            2.5e9,
            2.5003e9,
            &["2.5000 s", "2.5001 s", "2.5002 s", "2.5003 s"],
        );
        check(
            0.0,
            300e9,
            &["0 min", "1 min", "2 min", "3 min", "4 min", "5 min"],
        );
    }

    #[test]
    fn a_scale_inverts() {
        let scale = TimeScale::new(1e6, 9e6, 100.0, 900.0);
        for px in [100.0, 333.0, 900.0] {
            assert!((scale.px(scale.ns(px)) - px).abs() < 1e-9);
        }
        assert_eq!(scale.ns_per_px(), 1e4);
    }

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let scale = TimeScale::new(0.0, 1e9, 0.0, 1000.0);
        let closer = scale.zoomed(0.5, 250.0);
        assert!((closer.ns(250.0) - 2.5e8).abs() < 1e-3);
        assert!((closer.ns_per_px() - 5e5).abs() < 1e-6);
        assert_eq!(scale.panned(10.0).start_ns(), 1e7);
    }

    #[test]
    fn an_empty_range_is_no_trouble() {
        let scale = TimeScale::new(5.0, 5.0, 0.0, 0.0);
        assert!(scale.px(5.0).is_finite() && scale.ns(0.0).is_finite());
    }

    #[test]
    fn either_end_may_come_first() {
        let scale = TimeScale::new(9e6, 1e6, 100.0, 900.0);
        assert_eq!(scale, TimeScale::new(1e6, 9e6, 100.0, 900.0));
    }

    #[test]
    fn the_last_instant_of_all_has_a_scale_and_marks_on_it() {
        let last = u64::MAX as f64;
        let scale = TimeScale::new(last, last, 0.0, 500.0);
        for tick in scale.ticks(90.0) {
            assert!((scale.start_ns()..=scale.end_ns()).contains(&tick.at_ns));
        }
    }

    #[track_caller]
    fn check_log(start_ns: f64, end_ns: f64, expect: &[&str]) {
        let ticks = TimeScale::log(start_ns, end_ns, 0.0, 700.0).ticks(60.0);
        let labels: Vec<_> = ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, expect);
    }

    #[test]
    fn a_logarithmic_scale_marks_zero_and_powers_of_ten() {
        check_log(
            0.0,
            1e9,
            &[
                "0", "1 ms", "10 ms", "20 ms", "50 ms", "100 ms", "200 ms", "500 ms", "1 s",
            ],
        );
        check_log(
            0.0,
            4e10,
            &["0", "100 ms", "1 s", "2 s", "5 s", "10 s", "20 s"],
        );
        // Too short for powers of ten: even steps.
        check_log(2.1e9, 4.4e9, &["2.5 s", "3.0 s", "3.5 s", "4.0 s"]);
    }

    #[test]
    fn a_logarithmic_scale_inverts_and_rises() {
        for (start, end) in [
            (0.0, 1e9),
            (0.0, 1.0),
            (-5e6, 3e9),
            (2e9, 2.1e9),
            (0.0, 1e19),
        ] {
            let scale = TimeScale::log(start, end, 100.0, 900.0);
            assert!(scale.is_log());
            let close = |a: f64, b: f64| (a - b).abs() < 1e-6;
            assert!(close(scale.px(start), 100.0) && close(scale.px(end), 900.0));
            let mut last = f64::NEG_INFINITY;
            for px in 100..=900 {
                let ns = scale.ns(f64::from(px));
                assert!(
                    ns > last && close(scale.px(ns), f64::from(px)),
                    "{start} {end} {px}"
                );
                last = ns;
            }
        }
    }

    #[test]
    fn a_logarithmic_scale_gives_each_power_of_ten_the_same_room() {
        let scale = TimeScale::log(0.0, 1e12, 0.0, 1000.0);
        let decade = |ns: f64| scale.px(10.0 * ns) - scale.px(ns);
        assert!((decade(1e11) - decade(1e10)).abs() < 0.1 * decade(1e11));
        // Before the thousandth it is about even.
        assert!((scale.px(2e7) / scale.px(1e7) - 2.0).abs() < 0.05);
    }

    #[test]
    fn zooming_and_panning_a_logarithmic_scale_keep_what_is_under_the_pointer() {
        let scale = TimeScale::log(0.0, 1e9, 0.0, 1000.0);
        let closer = scale.zoomed(0.25, 400.0);
        assert!(closer.is_log());
        assert!((closer.px(scale.ns(400.0)) - 400.0).abs() < 1e-6);
        assert!((closer.px(scale.ns(500.0)) - 800.0).abs() < 1e-6);
        let back = closer.zoomed(4.0, 400.0);
        assert!((back.end_ns() - 1e9).abs() < 1.0 && back.start_ns().abs() < 1.0);
        let later = closer.panned(50.0);
        assert!((later.px(closer.ns(50.0))).abs() < 1e-6);
        // So close that it is as good as straight, and still the same instant.
        let scale = TimeScale::log(0.0, 1e13, 0.0, 1000.0);
        let closest = scale.zoomed(1e-10, 400.0);
        assert!(
            closest.is_log() && !closest.bent && (closest.px(scale.ns(400.0)) - 400.0).abs() < 1.0
        );
    }
}
