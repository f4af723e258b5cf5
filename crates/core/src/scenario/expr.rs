//! The small languages inside strings: durations, sizes, draws and arrivals.

use std::fmt;

use super::{Arrive, Draw, LONGEST, Place};
use crate::text::{nearest, shown};
use crate::units::{Bytes, Dur};

/// What is wrong with a text, and what to write instead; the caller knows where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) remedy: String,
}

fn wrong<T>(message: impl Into<String>, remedy: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong {
        message: message.into(),
        remedy: remedy.into(),
    })
}

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
    /// Reads `12`, `1.5`; at most 30 digits, so that scaling by a unit stays within 128 bits.
    fn read(text: &str) -> Option<Decimal> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let ascii = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !ascii(whole) || !ascii(fraction) {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let whole = whole.trim_start_matches('0');
        if whole.len() + fraction.len() > 20 {
            return None;
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
pub(super) fn duration(text: &str) -> Result<Dur, Wrong> {
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
            let lower = unit.to_lowercase();
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
pub(super) fn size(text: &str) -> Result<Bytes, Wrong> {
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
        let lower = unit.to_lowercase();
        let same = SIZE_UNITS.iter().find(|(name, _)| {
            let name = name.to_lowercase();
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

/// `name(a, b)` taken apart, if that is its form.
fn call(text: &str) -> Option<(&str, Vec<&str>)> {
    let (name, rest) = text.split_once('(')?;
    let inside = rest.trim_end().strip_suffix(')')?;
    Some((name.trim(), inside.split(',').map(str::trim).collect()))
}

/// Draws, and how each is written.
const DRAWS: [(&str, &str, usize); 5] = [
    ("uniform", "uniform(5ms, 10ms)", 2),
    ("exp", "exp(5ms)", 1),
    ("lognormal", "lognormal(80ms, 0.4)", 2),
    ("normal", "normal(10ms, 2ms)", 2),
    ("pareto", "pareto(20ms, 1.5)", 2),
];

/// Reads a duration or a draw.
pub(super) fn draw(text: &str) -> Result<Draw, Wrong> {
    let text = text.trim();
    if !text.contains(['(', ')']) {
        return match DRAWS.iter().find(|(name, ..)| *name == text) {
            Some((name, example, _)) => wrong(
                format!("`{name}` needs its numbers"),
                format!("write it as `{example}`"),
            ),
            None => duration(text).map(Draw::Fixed),
        };
    }
    let Some((name, arguments)) = call(text) else {
        return wrong(
            format!(
                "{} is not a draw: a draw is a name and its numbers in brackets",
                shown(text)
            ),
            "write one such as `uniform(5ms, 10ms)`",
        );
    };
    let Some((name, example, count)) = DRAWS.into_iter().find(|(known, ..)| *known == name) else {
        let names = DRAWS.map(|(name, ..)| name);
        let remedy = match nearest(name, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write one such as `exp(5ms)`, or a plain duration".to_owned(),
        };
        let names = names.join(", ");
        return wrong(
            format!("unknown draw {}: a draw is one of {names}", shown(name)),
            remedy,
        );
    };
    if arguments.len() != count {
        let plural = if count == 1 {
            "one number"
        } else {
            "two numbers"
        };
        return wrong(
            format!(
                "{} has {}: `{name}` takes {plural}",
                shown(text),
                match arguments.len() {
                    1 => "one".to_owned(),
                    n => n.to_string(),
                }
            ),
            format!("write it as `{example}`"),
        );
    }
    let dur = |position: usize| duration(arguments[position]);
    let real = |what, low, high| real(arguments[1], what, low, high, example);
    Ok(match name {
        "uniform" => {
            let (low, high) = (dur(0)?, dur(1)?);
            if low > high {
                return wrong(
                    format!("{} goes from the longer to the shorter", shown(text)),
                    format!("write `uniform({}, {})`", arguments[1], arguments[0]),
                );
            }
            Draw::Uniform(low, high)
        }
        "exp" => Draw::Exp(dur(0)?),
        "lognormal" => Draw::LogNormal(dur(0)?, real("sigma", 0.0, 10.0)?),
        "normal" => Draw::Normal(dur(0)?, dur(1)?),
        _ => Draw::Pareto(dur(0)?, real("alpha", 0.01, 1000.0)?),
    })
}

/// Reads a plain number with a name and a range.
fn real(text: &str, what: &str, low: f64, high: f64, example: &str) -> Result<f64, Wrong> {
    let rule = format!("{what} is a plain number from {low} to {high}");
    let value = plain(text).filter(|value| (low..=high).contains(value));
    match value {
        Some(value) => Ok(value),
        None => wrong(
            format!("{}: {rule}", shown(text)),
            format!("write it as `{example}`"),
        ),
    }
}

/// A number of digits with or without a fraction: no sign, no exponent, no `inf`.
fn plain(text: &str) -> Option<f64> {
    Decimal::read(text)?;
    text.parse().ok()
}

/// Rates are for one of these times, in seconds.
const RATE_UNITS: [(&str, f64); 3] = [("s", 1.0), ("ms", 0.001), ("min", 60.0)];

/// Arrivals a second: at least one in a day or so, at most one a nanosecond.
const RATES: std::ops::RangeInclusive<f64> = 1e-5..=1e9;

/// Reads when tasks arrive: `at once`, `every(20ms)`, `poisson(50/s)`.
pub(super) fn arrive(text: &str) -> Result<Arrive, Wrong> {
    const RULE: &str = "tasks arrive `at once`, `every(20ms)` or as `poisson(50/s)`";
    let text = text.trim();
    if text == "at once" {
        return Ok(Arrive::AtOnce);
    }
    match call(text) {
        Some(("every", arguments)) if arguments.len() == 1 => {
            duration(arguments[0]).map(Arrive::Every)
        }
        Some(("poisson", arguments)) if arguments.len() == 1 => rate(arguments[0]),
        Some(("every", _)) => wrong(
            format!("{}: `every` takes one duration", shown(text)),
            "write `every(20ms)`",
        ),
        Some(("poisson", _)) => wrong(
            format!("{}: `poisson` takes one rate", shown(text)),
            "write `poisson(50/s)`",
        ),
        _ => {
            let name = text.split('(').next().unwrap_or(text).trim();
            let remedy = match nearest(name, ["at once", "every", "poisson"]) {
                Some("every") => "did you mean `every(20ms)`?",
                Some("poisson") => "did you mean `poisson(50/s)`?",
                Some(_) => "did you mean `at once`?",
                None => "write `every(20ms)` or `poisson(50/s)`, or leave `arrive` out",
            };
            wrong(format!("{} is no arrival: {RULE}", shown(text)), remedy)
        }
    }
}

fn rate(text: &str) -> Result<Arrive, Wrong> {
    let rule = "a rate is a number above 0 and /s, /ms or /min";
    let parts = text
        .split_once('/')
        .map(|(number, unit)| (number.trim(), unit.trim()));
    let Some((number, unit)) = parts else {
        let remedy = match plain(text) {
            Some(value) if value > 0.0 => format!("write `poisson({text}/s)`"),
            _ => "write it as `poisson(50/s)`".to_owned(),
        };
        return wrong(format!("{} is not a rate: {rule}", shown(text)), remedy);
    };
    let seconds = RATE_UNITS
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, seconds)| seconds);
    let value = plain(number);
    match (value, seconds) {
        (Some(value), Some(seconds)) if RATES.contains(&(value / seconds)) => Ok(Arrive::Poisson {
            per_second: value / seconds,
        }),
        (Some(value), Some(_)) if value > 0.0 => wrong(
            format!(
                "{} is out of range: a rate is from 0.00001/s to 1000000000/s",
                shown(text)
            ),
            "write a rate such as `50/s`",
        ),
        (Some(value), None) if value > 0.0 => wrong(
            format!("{} is not a rate: {rule}", shown(text)),
            format!("write `poisson({number}/s)`"),
        ),
        _ => wrong(
            format!("{} is not a rate: {rule}", shown(text)),
            "write it as `poisson(50/s)`",
        ),
    }
}

/// The places that `on` names.
pub(super) const PLACES: [(&str, Place); 3] = [
    ("loop", Place::Loop),
    ("threads", Place::Threads),
    ("processes", Place::Processes),
];

/// Reads a place: `loop`, `threads`, `processes`.
pub(super) fn place(text: &str) -> Result<Place, Wrong> {
    let names = PLACES.map(|(name, _)| name);
    match PLACES.into_iter().find(|(name, _)| *name == text) {
        Some((_, place)) => Ok(place),
        None => wrong(
            format!(
                "{} is no place to run a step: `on` is one of {}",
                shown(text),
                names.join(", ")
            ),
            match nearest(text, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "leave `on` out, and the plan decides".to_owned(),
            },
        ),
    }
}

/// A regular expression that every duration matches.
fn duration_pattern() -> String {
    let units = TIME_UNITS.map(|(name, ..)| name).join("|");
    format!(r"[0-9]+(\.[0-9]+)?\s*({units}|{})", ACCEPTED.join("|"))
}

/// A regular expression that every duration and draw matches.
pub(super) fn draw_pattern() -> String {
    let (time, number) = (duration_pattern(), r"[0-9]+(\.[0-9]+)?");
    format!(
        r"^\s*({time}|exp\s*\(\s*{time}\s*\)|(uniform|normal)\s*\(\s*{time}\s*,\s*{time}\s*\)|(lognormal|pareto)\s*\(\s*{time}\s*,\s*{number}\s*\))\s*$"
    )
}

/// A regular expression that every size matches.
pub(super) fn size_pattern() -> String {
    let units = SIZE_UNITS.map(|(name, _)| name).join("|");
    format!(r"^\s*[0-9]+(\.[0-9]+)?\s*({units})\s*$")
}

/// A regular expression that every arrival matches.
pub(super) fn arrive_pattern() -> String {
    let (time, units) = (
        duration_pattern(),
        RATE_UNITS.map(|(name, _)| name).join("|"),
    );
    format!(
        r"^\s*(at once|every\s*\(\s*{time}\s*\)|poisson\s*\(\s*[0-9]+(\.[0-9]+)?\s*/\s*({units})\s*\))\s*$"
    )
}

/// A duration as scenarios write it, exact: `5ms`, `1.5s`, `2min`.
pub(super) struct Written(pub(super) Dur);

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

impl fmt::Display for Draw {
    /// As a scenario writes it, exact: reading it gives the same draw.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Draw::Fixed(dur) => write!(f, "{}", Written(*dur)),
            Draw::Uniform(low, high) => write!(f, "uniform({}, {})", Written(*low), Written(*high)),
            Draw::Exp(mean) => write!(f, "exp({})", Written(*mean)),
            Draw::LogNormal(median, sigma) => write!(f, "lognormal({}, {sigma})", Written(*median)),
            Draw::Normal(mean, sd) => write!(f, "normal({}, {})", Written(*mean), Written(*sd)),
            Draw::Pareto(min, alpha) => write!(f, "pareto({}, {alpha})", Written(*min)),
        }
    }
}

impl fmt::Display for Arrive {
    /// As a scenario writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Arrive::AtOnce => f.write_str("at once"),
            Arrive::Every(gap) => write!(f, "every({})", Written(*gap)),
            Arrive::Poisson { per_second } => write!(f, "poisson({per_second}/s)"),
        }
    }
}
