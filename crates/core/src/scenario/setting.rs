//! What can be turned in a scenario: one number in a unit of its own, and a draw by its scale.

use std::fmt;

use super::Draw;
use crate::units::{Bytes, Dur};

/// A value that can be turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// A duration, ns.
    Time(u64),
    /// A size, bytes.
    Size(u64),
    /// A number of tasks, turns, permits or cores.
    Count(u64),
    /// Yes or no.
    Flag(bool),
}

impl Setting {
    /// The number, in the value's own unit.
    pub const fn number(self) -> u64 {
        match self {
            Setting::Time(n) | Setting::Size(n) | Setting::Count(n) => n,
            Setting::Flag(on) => on as u64,
        }
    }

    /// The same sort of value with another number.
    pub const fn with(self, number: u64) -> Setting {
        match self {
            Setting::Time(_) => Setting::Time(number),
            Setting::Size(_) => Setting::Size(number),
            Setting::Count(_) => Setting::Count(number),
            Setting::Flag(_) => Setting::Flag(number != 0),
        }
    }
}

impl fmt::Display for Setting {
    /// As one writes it in a scenario, three digits: `15ms`, `64kB`, `37`, `true`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match *self {
            // Above two minutes the unit for people (hours) is none of the language's.
            Setting::Time(ns) if ns >= 7_200_000_000_000 => format!("{}min", ns / 60_000_000_000),
            Setting::Time(ns) => Dur::from_nanos(ns).to_string().replace('µ', "u"),
            Setting::Size(bytes) => Bytes(bytes).to_string(),
            Setting::Count(n) => n.to_string(),
            Setting::Flag(on) => on.to_string(),
        };
        f.write_str(&text.replace(' ', ""))
    }
}

impl Draw {
    /// The number that says how large the draws are: the duration itself, a median, mean or
    /// minimum, or the middle of two bounds.
    pub fn scale(self) -> Dur {
        match self {
            Draw::Fixed(d) | Draw::Exp(d) => d,
            Draw::LogNormal(d, _) | Draw::Normal(d, _) | Draw::Pareto(d, _) => d,
            Draw::Uniform(a, b) => Dur::from_nanos(a.as_nanos().midpoint(b.as_nanos())),
        }
    }

    /// The draw with its scale moved to `to` ns, its shape kept.
    #[must_use]
    pub fn rescaled(self, to: u64) -> Draw {
        let was = self.scale().as_nanos();
        let times = |d: Dur| match was {
            0 => Dur::from_nanos(to),
            was => {
                let exact = u128::from(d.as_nanos()) * u128::from(to) / u128::from(was);
                Dur::from_nanos(u64::try_from(exact).unwrap_or(u64::MAX))
            }
        };
        match self {
            Draw::Fixed(d) => Draw::Fixed(times(d)),
            Draw::Exp(d) => Draw::Exp(times(d)),
            Draw::Uniform(a, b) => Draw::Uniform(times(a), times(b)),
            Draw::LogNormal(d, sigma) => Draw::LogNormal(times(d), sigma),
            Draw::Normal(d, sd) => Draw::Normal(times(d), times(sd)),
            Draw::Pareto(d, alpha) => Draw::Pareto(times(d), alpha),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_back_as_they_are_written() {
        let check = |value: Setting, expect: &str| assert_eq!(value.to_string(), expect);
        check(Setting::Time(15_000_000), "15ms");
        check(Setting::Time(2_500), "2.5us");
        check(Setting::Time(600_000_000_000), "10min");
        check(Setting::Time(36_000_000_000_000), "600min");
        check(Setting::Size(64_000), "64kB");
        check(Setting::Count(37), "37");
        check(Setting::Flag(true), "true");
    }

    #[test]
    fn a_draw_keeps_its_shape() {
        let ms = Dur::from_millis;
        let check = |draw: Draw, to, expect| assert_eq!(draw.rescaled(to), expect);
        check(Draw::Fixed(ms(5)), 7_000_000, Draw::Fixed(ms(7)));
        check(
            Draw::Uniform(ms(2), ms(4)),
            6_000_000,
            Draw::Uniform(ms(4), ms(8)),
        );
        check(
            Draw::LogNormal(ms(80), 0.4),
            40_000_000,
            Draw::LogNormal(ms(40), 0.4),
        );
        check(
            Draw::Normal(ms(10), ms(2)),
            20_000_000,
            Draw::Normal(ms(20), ms(4)),
        );
        check(Draw::Fixed(ms(0)), 1_000_000, Draw::Fixed(ms(1)));
    }
}
