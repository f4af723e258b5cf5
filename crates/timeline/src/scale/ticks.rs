//! Marks on the time axis.

use super::TimeScale;

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
    /// Marks at round times (1, 2 or 5 times a power of ten), at least `spacing_px` apart. On a linear
    /// scale they are even, and all in the unit that the last of them is best read in; on a
    /// logarithmic one at powers of ten first, each in its own unit.
    pub fn ticks(&self, spacing_px: f64) -> Vec<Tick> {
        let spacing_px = spacing_px.max(1.0);
        let even = self.even_ticks(spacing_px);
        if !self.bent {
            return even;
        }
        // A window within a power of ten is better told by even steps.
        let powers = self.power_ticks(spacing_px);
        match powers.len() >= even.len() {
            true => powers,
            false => even,
        }
    }

    /// Marks at equal steps, as close as they may be where they are closest.
    fn even_ticks(&self, spacing_px: f64) -> Vec<Tick> {
        let step_ns = round_up(self.most_ns_per_px() * spacing_px);
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

    /// How much time a pixel stands for where it stands for most.
    fn most_ns_per_px(&self) -> f64 {
        if !self.bent {
            return self.units_per_px;
        }
        // What a pixel covers grows evenly with the distance from 0.
        let furthest = self.start_ns.abs().max(self.end_ns.abs());
        (furthest + self.small_ns) * self.units_per_px
    }

    /// Marks at 0 and at powers of ten, and at twice and five times them where both have room.
    fn power_ticks(&self, spacing_px: f64) -> Vec<Tick> {
        let shown = |ns: &f64| (self.start_ns..=self.end_ns).contains(ns);
        let mut at: Vec<(f64, f64)> = Vec::new();
        let mut add = |some: &[f64]| {
            let new: Vec<(f64, f64)> = some
                .iter()
                .filter(|ns| shown(ns))
                .map(|&ns| (ns, self.px(ns)))
                .collect();
            let apart = |a: f64, b: f64| (a - b).abs() >= spacing_px;
            let room = new.iter().enumerate().all(|(n, (_, px))| {
                let others = at.iter().chain(&new[..n]);
                others.into_iter().all(|(_, other)| apart(*px, *other))
            });
            if room {
                at.extend(new);
            }
        };
        let powers = || (0..20).map(power_of_ten).rev();
        add(&[0.0]);
        powers().for_each(|power| add(&[power]));
        powers().for_each(|power| add(&[2.0 * power, 5.0 * power]));
        at.sort_by(|a, b| a.0.total_cmp(&b.0));
        at.into_iter()
            .map(|(at_ns, at_px)| Tick {
                at_ns,
                at_px,
                label: round_label(at_ns),
            })
            .collect()
    }
}

/// A round time in the largest unit, up to seconds, that it is a whole number of.
fn round_label(ns: f64) -> String {
    let units = [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns")];
    match units.iter().find(|(unit, _)| ns >= *unit) {
        Some((unit, name)) => format!("{:.0} {name}", ns / unit),
        None => "0".to_owned(),
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
