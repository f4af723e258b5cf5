//! When tasks arrive.

use std::fmt;

use super::amount::{Written, duration, duration_pattern};
use super::{ExprError, call, plain, wrong};
use crate::scenario::Arrive;
use crate::text::{nearest, shown};

/// Rates are for one of these times, in seconds.
const RATE_UNITS: [(&str, f64); 3] = [("s", 1.0), ("ms", 0.001), ("min", 60.0)];

/// Arrivals a second: at least one in a day or so, at most one a nanosecond.
const RATES: std::ops::RangeInclusive<f64> = 1e-5..=1e9;

/// Reads when tasks arrive: `at once`, `every(20ms)`, `poisson(50/s)`.
pub(in crate::scenario) fn arrive(text: &str) -> Result<Arrive, ExprError> {
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

fn rate(text: &str) -> Result<Arrive, ExprError> {
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

/// A regular expression that every arrival matches.
pub(in crate::scenario) fn arrive_pattern() -> String {
    let (time, units) = (
        duration_pattern(),
        RATE_UNITS.map(|(name, _)| name).join("|"),
    );
    format!(
        r"^\s*(at once|every\s*\(\s*{time}\s*\)|poisson\s*\(\s*[0-9]+(\.[0-9]+)?\s*/\s*({units})\s*\))\s*$"
    )
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
