//! Units as types: an instant is not a duration, and neither is a size.
//!
//! All times are whole nanoseconds, because the simulation must give the same trace bit for bit on
//! every target; a `u64` of them spans 584 years.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

/// A length of time in whole nanoseconds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Dur(u64);

/// An instant: nanoseconds since the run began.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Time(u64);

/// A size in bytes.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Bytes(pub u64);

impl Dur {
    /// No time at all.
    pub const ZERO: Dur = Dur(0);

    /// A duration of `ns` nanoseconds.
    pub const fn from_nanos(ns: u64) -> Dur {
        Dur(ns)
    }

    /// A duration of `us` microseconds.
    pub const fn from_micros(us: u64) -> Dur {
        Dur(us * 1_000)
    }

    /// A duration of `ms` milliseconds.
    pub const fn from_millis(ms: u64) -> Dur {
        Dur(ms * 1_000_000)
    }

    /// A duration of `s` seconds.
    pub const fn from_secs(s: u64) -> Dur {
        Dur(s * 1_000_000_000)
    }

    /// Whole nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds, for showing and for ratios.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// The difference, or zero where `other` is longer.
    pub const fn saturating_sub(self, other: Dur) -> Dur {
        Dur(self.0.saturating_sub(other.0))
    }
}

impl Time {
    /// The start of the run.
    pub const ZERO: Time = Time(0);
    /// Later than anything that happens.
    pub const FAR: Time = Time(u64::MAX);

    /// The instant `ns` nanoseconds after the start.
    pub const fn from_nanos(ns: u64) -> Time {
        Time(ns)
    }

    /// Nanoseconds since the start.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// The time since `earlier`, or zero where `earlier` is later.
    pub const fn since(self, earlier: Time) -> Dur {
        Dur(self.0.saturating_sub(earlier.0))
    }
}

impl Add for Dur {
    type Output = Dur;
    fn add(self, other: Dur) -> Dur {
        Dur(self.0 + other.0)
    }
}

impl AddAssign for Dur {
    fn add_assign(&mut self, other: Dur) {
        self.0 += other.0;
    }
}

impl Sub for Dur {
    type Output = Dur;
    fn sub(self, other: Dur) -> Dur {
        Dur(self.0 - other.0)
    }
}

impl Add<Dur> for Time {
    type Output = Time;
    fn add(self, d: Dur) -> Time {
        Time(self.0.saturating_add(d.0))
    }
}

impl fmt::Display for Dur {
    /// Three significant digits with the unit a reader would pick: `461 ms`, `5.08 ms`, `1.2 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ns = self.0 as f64;
        let (value, unit) = match self.0 {
            0..=999 => return f.pad(&format!("{} ns", self.0)),
            1_000..=999_499 => (ns / 1e3, "µs"),
            999_500..=999_499_999 => (ns / 1e6, "ms"),
            999_500_000..=119_999_999_999 => (ns / 1e9, "s"),
            120_000_000_000..=7_199_999_999_999 => (ns / 6e10, "min"),
            _ => (ns / 3.6e12, "h"),
        };
        f.pad(&format!("{} {unit}", three_digits(value)))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Dur(self.0).fmt(f)
    }
}

impl fmt::Display for Bytes {
    /// Three significant digits in powers of 1000: `64 kB`, `2.5 MB`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0 as f64;
        let (value, unit) = match self.0 {
            0..=999 => return f.pad(&format!("{} B", self.0)),
            1_000..=999_499 => (bytes / 1e3, "kB"),
            999_500..=999_499_999 => (bytes / 1e6, "MB"),
            _ => (bytes / 1e9, "GB"),
        };
        f.pad(&format!("{} {unit}", three_digits(value)))
    }
}

/// Three significant digits without trailing zeros: 5.08, 46.2, 461.
fn three_digits(value: f64) -> String {
    let digits = if value < 9.995 {
        2
    } else if value < 99.95 {
        1
    } else {
        0
    };
    let text = format!("{value:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_a_person_would_write_them() {
        let check = |ns, expect: &str| assert_eq!(Dur::from_nanos(ns).to_string(), expect);
        check(0, "0 ns");
        check(999, "999 ns");
        check(5_080_000, "5.08 ms");
        check(461_000_000, "461 ms");
        check(999_600_000, "1 s");
        check(1_204_000_000, "1.2 s");
        check(180_000_000_000, "3 min");
    }

    #[test]
    fn sizes_read_as_a_person_would_write_them() {
        assert_eq!(Bytes(64_000).to_string(), "64 kB");
        assert_eq!(Bytes(2_500_000).to_string(), "2.5 MB");
        assert_eq!(Bytes(12).to_string(), "12 B");
    }
}
