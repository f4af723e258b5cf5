//! Draws: a duration that is the same for all, or a distribution.

use std::fmt;

use super::amount::{Written, duration, duration_pattern};
use super::{ExprError, call, plain, wrong};
use crate::scenario::Draw;
use crate::text::{nearest, shown};

/// Draws, and how each is written.
const DRAWS: [(&str, &str, usize); 5] = [
    ("uniform", "uniform(5ms, 10ms)", 2),
    ("exp", "exp(5ms)", 1),
    ("lognormal", "lognormal(80ms, 0.4)", 2),
    ("normal", "normal(10ms, 2ms)", 2),
    ("pareto", "pareto(20ms, 1.5)", 2),
];

/// Reads a duration or a draw.
pub(in crate::scenario) fn draw(text: &str) -> Result<Draw, ExprError> {
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
                    0 => "none".to_owned(),
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
fn real(text: &str, what: &str, low: f64, high: f64, example: &str) -> Result<f64, ExprError> {
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

/// A regular expression that every duration and draw matches.
pub(in crate::scenario) fn draw_pattern() -> String {
    let (time, number) = (duration_pattern(), r"[0-9]+(\.[0-9]+)?");
    format!(
        r"^\s*({time}|exp\s*\(\s*{time}\s*\)|(uniform|normal)\s*\(\s*{time}\s*,\s*{time}\s*\)|(lognormal|pareto)\s*\(\s*{time}\s*,\s*{number}\s*\))\s*$"
    )
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
