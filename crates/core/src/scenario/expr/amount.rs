//! Durations and sizes.

use std::fmt;

use super::{ExprError, wrong};
use crate::scenario::LONGEST;
use crate::text::shown;
use crate::units::{Bytes, Dur};

/// Units of time in nanoseconds, and the words people write for them.
const TIME_UNITS: [(&str, u64, &[&str]); 5] = [
    ("ns", 1, &["nsec", "nanos", "nanosecond", "nanoseconds"]),
    // The micro sign and the Greek letter are different characters that look the same.
    (
        "us",
        1_000,
        &["µs", "μs", "usec", "micros", "microsecond", "microseconds"],
    ),
    (
        "ms",
        1_000_000,
        &["msec", "msecs", "millis", "millisecond", "milliseconds"],
    ),
    ("s", 1_000_000_000, &["sec", "secs", "second", "seconds"]),
    ("min", 60_000_000_000, &["m", "mins", "minute", "minutes"]),
];

/// Synonyms that are accepted rather than only recognised.
const ACCEPTED: [&str; 2] = ["µs", "μs"];

/// Units of size in bytes.
const SIZE_UNITS: [(&str, u64); 7] = [
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// The largest size: more than any machine has, and far from overflowing when tasks add up.
const LARGEST: u64 = 1_000_000_000_000;

/// A decimal number, exact: `digits / 10^places`.
#[derive(Clone, Copy)]
struct Decimal {
    digits: u128,
    places: u32,
}

impl Decimal {
    /// Reads `12`, `1.5`. Places below a nanosecond of the largest unit are cut; a number of more
    /// than 15 digits is larger than anything allowed and stays so, which keeps scaling by a unit
    /// within 128 bits.
    fn read(text: &str) -> Option<Decimal> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let ascii = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !ascii(whole) || !ascii(fraction) {
            return None;
        }
        let fraction = fraction[..fraction.len().min(15)].trim_end_matches('0');
        let whole = whole.trim_start_matches('0');
        if whole.len() > 15 {
            return Some(Decimal {
                digits: 10_u128.pow(15),
                places: 0,
            });
        }
        let digits = format!("0{whole}{fraction}").parse().ok()?;
        Some(Decimal {
            digits,
            places: fraction.len() as u32,
        })
    }

    /// The number of `unit`s as a whole number, to the nearest.
    fn times(self, unit: u64) -> u128 {
        let scale = 10_u128.pow(self.places);
        (self.digits * u128::from(unit) + scale / 2) / scale
    }
}

/// Where the unit of `5 ms` begins.
fn split_unit(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| c.is_alphabetic() || c == '%')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number.trim_end(), unit.trim())
}

/// Reads a duration: `500ns`, `20us`, `5ms`, `1.5s`, `2min`.
pub(in crate::scenario) fn duration(text: &str) -> Result<Dur, ExprError> {
    const RULE: &str = "a duration is a number and one of ns, us, ms, s, min";
    let text = text.trim();
    let (number, unit) = split_unit(text);
    if text.is_empty() {
        return wrong(
            format!("an empty duration: {RULE}"),
            "write one such as `5ms`",
        );
    }
    if let Some(positive) = number.strip_prefix(['-', '−']) {
        let remedy = match Decimal::read(positive).is_some() && !unit.is_empty() {
            true => format!("write `{positive}{unit}`, or `0ms` for no time"),
            false => "write one such as `5ms`, or `0ms` for no time".to_owned(),
        };
        return wrong(
            format!("{} is negative: time goes forward only", shown(text)),
            remedy,
        );
    }
    let known = TIME_UNITS
        .iter()
        .find(|(name, _, also)| *name == unit || also.contains(&unit))
        .or_else(|| {
            let lower = unit.to_ascii_lowercase();
            TIME_UNITS
                .iter()
                .find(|(name, _, also)| *name == lower || also.contains(&&*lower))
        });
    let Some(decimal) = Decimal::read(number) else {
        let example = known.map_or("ms", |(name, _, _)| name);
        return wrong(
            format!("{} is not a duration: {RULE}", shown(text)),
            format!("write one such as `5{example}`"),
        );
    };
    let Some((name, scale, _)) = known else {
        let remedy = match unit {
            "" if decimal.digits == 0 => "write `0ms`".to_owned(),
            "" => format!("write `{number}ms` for milliseconds, `{number}s` for seconds"),
            "h" | "hr" | "hour" | "hours" => {
                format!("write `{}min`", number.parse::<f64>().unwrap_or(1.0) * 60.0)
            }
            _ => format!("write one such as `{number}ms`"),
        };
        let message = match unit {
            "" => format!("{} has no unit: {RULE}", shown(text)),
            unit => format!(
                "{} has the unknown unit {}: {RULE}",
                shown(text),
                shown(unit)
            ),
        };
        return wrong(message, remedy);
    };
    if unit != *name && !ACCEPTED.contains(&unit) {
        return wrong(
            format!(
                "{} has the unknown unit {}: {RULE}",
                shown(text),
                shown(unit)
            ),
            format!("write `{number}{name}`"),
        );
    }
    let ns = decimal.times(*scale);
    if ns > u128::from(LONGEST.as_nanos()) {
        return wrong(
            format!(
                "{} is too long: a duration is at most {}",
                shown(text),
                Written(LONGEST)
            ),
            format!("write `{}` or less", Written(LONGEST)),
        );
    }
    Ok(Dur::from_nanos(ns as u64))
}

/// Reads a size: `512B`, `64kB`, `2MB`, `1GB`, `4KiB`, `16MiB`.
pub(in crate::scenario) fn size(text: &str) -> Result<Bytes, ExprError> {
    const RULE: &str = "a size is a number and one of B, kB, MB, GB, KiB, MiB, GiB";
    let text = text.trim();
    let (number, unit) = split_unit(text);
    let Some(decimal) = Decimal::read(number) else {
        return wrong(
            format!("{} is not a size: {RULE}", shown(text)),
            "write one such as `64kB`, or leave the key out for nothing",
        );
    };
    let Some((_, scale)) = SIZE_UNITS.iter().find(|(name, _)| *name == unit) else {
        let lower = unit.to_ascii_lowercase();
        let same = SIZE_UNITS.iter().find(|(name, _)| {
            let name = name.to_ascii_lowercase();
            name == lower || name.strip_suffix('b') == Some(&lower)
        });
        let name = same.map_or("B", |(name, _)| name);
        let message = match unit {
            "" => format!("{} has no unit: {RULE}", shown(text)),
            unit => format!(
                "{} has the unknown unit {}: {RULE}",
                shown(text),
                shown(unit)
            ),
        };
        return wrong(message, format!("write `{number}{name}`"));
    };
    let bytes = decimal.times(*scale);
    if bytes > u128::from(LARGEST) {
        return wrong(
            format!("{} is too large: a size is at most 1000GB", shown(text)),
            "write `1000GB` or less",
        );
    }
    Ok(Bytes(bytes as u64))
}

/// A regular expression that every duration matches.
pub(super) fn duration_pattern() -> String {
    let units = TIME_UNITS.map(|(name, ..)| name).join("|");
    format!(r"[0-9]+(\.[0-9]+)?\s*({units}|{})", ACCEPTED.join("|"))
}

/// A regular expression that every size matches.
pub(in crate::scenario) fn size_pattern() -> String {
    let units = SIZE_UNITS.map(|(name, _)| name).join("|");
    format!(r"^\s*[0-9]+(\.[0-9]+)?\s*({units})\s*$")
}

/// A duration as scenarios write it, exact: `5ms`, `1.5s`, `2min`.
pub(in crate::scenario) struct Written(pub(in crate::scenario) Dur);

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ns = self.0.as_nanos();
        if ns == 0 {
            return f.write_str("0ms");
        }
        let minute = TIME_UNITS[4].1;
        if ns.is_multiple_of(minute) {
            return write!(f, "{}min", ns / minute);
        }
        let (unit, scale) = match ns {
            0..=999 => ("ns", 1),
            1_000..=999_999 => ("us", 1_000),
            1_000_000..=999_999_999 => ("ms", 1_000_000),
            _ => ("s", 1_000_000_000_u64),
        };
        let rest = ns % scale;
        if rest == 0 {
            return write!(f, "{}{unit}", ns / scale);
        }
        let places = scale.ilog10() as usize;
        let fraction = format!("{rest:0places$}");
        write!(f, "{}.{}{unit}", ns / scale, fraction.trim_end_matches('0'))
    }
}
