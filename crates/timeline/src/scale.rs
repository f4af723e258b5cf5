//! The time scale: nanoseconds of the run to pixels of the picture, and back, in `f64`.
//!
//! Two spaces, named in every function: *ns* (time since the run began) and *px* (across the
//! drawing). One scale serves every lane, so that what happens at once stands in one column.

/// Further than any instant, ns: those of a trace are `u64`.
const MOST_NS: f64 = 2e19;
/// The shortest range around an instant, as a share of it: two steps of an `f64`.
const RESOLUTION: f64 = 2.0 * f64::EPSILON;

/// A linear map from time to pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeScale {
    start_ns: f64,
    end_ns: f64,
    left_px: f64,
    right_px: f64,
    ns_per_px: f64,
    px_per_ns: f64,
}

/// A mark on the time axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// When, ns.
    pub at_ns: f64,
    /// Where, px.
    pub at_px: f64,
    /// What it says: `20 ms`.
    pub label: String,
}

impl TimeScale {
    /// Shows the time between `start_ns` and `end_ns`, whichever comes first, from `left_px` to
    /// `right_px`. An empty range of either is widened to 1 (of times beyond 2⁵¹ ns, to what an `f64`
    /// tells apart there), so that a scale can always be inverted.
    pub fn new(start_ns: f64, end_ns: f64, left_px: f64, right_px: f64) -> TimeScale {
        let (a, b) = (sound_ns(start_ns), sound_ns(end_ns));
        let (start_ns, end_ns) = (a.min(b), a.max(b));
        let end_ns = end_ns.max(start_ns + f64::max(1.0, start_ns.abs() * RESOLUTION));
        let right_px = right_px.max(left_px + 1.0);
        TimeScale {
            start_ns,
            end_ns,
            left_px,
            right_px,
            ns_per_px: (end_ns - start_ns) / (right_px - left_px),
            px_per_ns: (right_px - left_px) / (end_ns - start_ns),
        }
    }

    /// Where a time is shown.
    pub fn px(&self, ns: f64) -> f64 {
        self.left_px + (ns - self.start_ns) * self.px_per_ns
    }

    /// Which time is shown at a place.
    pub fn ns(&self, px: f64) -> f64 {
        self.start_ns + (px - self.left_px) * self.ns_per_px
    }

    /// How much time a pixel stands for.
    pub fn ns_per_px(&self) -> f64 {
        self.ns_per_px
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

    /// The same place on the screen, `factor` times as much time around the time at `at_px`.
    pub fn zoomed(&self, factor: f64, at_px: f64) -> TimeScale {
        let at_ns = self.ns(at_px);
        TimeScale::new(
            at_ns - (at_ns - self.start_ns) * factor,
            at_ns + (self.end_ns - at_ns) * factor,
            self.left_px,
            self.right_px,
        )
    }

    /// The same stretch of time, later by what `by_px` pixels show.
    pub fn panned(&self, by_px: f64) -> TimeScale {
        let by_ns = sound_ns(by_px * self.ns_per_px());
        let by_ns = by_ns
            .max(-MOST_NS - self.start_ns)
            .min(MOST_NS - self.end_ns);
        TimeScale::new(
            self.start_ns + by_ns,
            self.end_ns + by_ns,
            self.left_px,
            self.right_px,
        )
    }

    /// Marks at round times (1, 2 or 5 times a power of ten), at least `spacing_px` apart, all in
    /// the unit that the last of them is best read in.
    pub fn ticks(&self, spacing_px: f64) -> Vec<Tick> {
        let step_ns = round_up(self.ns_per_px() * spacing_px.max(1.0));
        let unit = unit_for(self.end_ns.abs().max(self.start_ns.abs()), step_ns);
        let digits = (0..9)
            .find(|&digits| step_ns * power_of_ten(digits) >= unit.0 * (1.0 - 1e-9))
            .unwrap_or(9) as usize;
        let first = (self.start_ns / step_ns).ceil();
        let last = (self.end_ns / step_ns).floor();
        // Counted from the first: far out their numbers are beyond any integer, and rounding takes
        // some of them out of what is shown.
        let count = (last - first + 1.0).max(0.0) as u32;
        (0..count)
            .map(|n| (first + f64::from(n)) * step_ns)
            .filter(|at_ns| (self.start_ns..=self.end_ns).contains(at_ns))
            .map(|at_ns| {
                let value = at_ns / unit.0;
                // Minutes and hours are no powers of ten: their marks need more digits at times.
                let digits = match unit.0 >= 6e10 {
                    true => (0..=3)
                        .find(|&d| is_whole(value * power_of_ten(d)))
                        .unwrap_or(3) as usize,
                    false => digits,
                };
                Tick {
                    at_ns,
                    at_px: self.px(at_ns),
                    label: format!("{value:.digits$} {}", unit.1),
                }
            })
            .collect()
    }
}

/// The time itself, where it is one; the nearest that is, where it is not.
fn sound_ns(ns: f64) -> f64 {
    match ns.is_nan() {
        true => 0.0,
        false => ns.clamp(-MOST_NS, MOST_NS),
    }
}

/// Multiplied out: `log10` and `powf` differ in the last bit between targets.
fn power_of_ten(digits: u32) -> f64 {
    (0..digits).fold(1.0, |power, _| power * 10.0)
}

fn is_whole(value: f64) -> bool {
    (value - value.round()).abs() < 1e-6
}

/// The next of 1, 2, 5, 10, … ns that is at least `ns`; above 20 s, of the parts of an hour.
fn round_up(ns: f64) -> f64 {
    const LONG_S: [f64; 10] = [
        30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 7200.0, 18000.0,
    ];
    if ns > 2e10
        && let Some(s) = LONG_S.iter().find(|&&s| s * 1e9 >= ns)
    {
        return s * 1e9;
    }
    let power = (0..18)
        .map(power_of_ten)
        .rfind(|power| *power <= ns.max(1.0))
        .unwrap_or(1.0);
    [1.0, 2.0, 5.0, 10.0]
        .iter()
        .map(|factor| factor * power)
        .find(|&step| step >= ns * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

/// The unit in ns, and its name.
fn unit_for(most_ns: f64, step_ns: f64) -> (f64, &'static str) {
    let units = [
        (3.6e12, "h"),
        (6e10, "min"),
        (1e9, "s"),
        (1e6, "ms"),
        (1e3, "µs"),
        (1.0, "ns"),
    ];
    // The axis says "0 … 400 ms" and not "0 … 0.4 s", but "1.002 s" and not "1002 ms".
    let fits = |&&(ns, _): &&(f64, &str)| match ns {
        6e10.. => most_ns >= 2.0 * ns && step_ns >= ns / 2.0,
        _ => most_ns >= 2.0 * ns || step_ns >= ns,
    };
    *units.iter().find(fits).unwrap_or(&(1.0, "ns"))
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
}
