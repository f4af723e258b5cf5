//! The small languages inside strings: durations, sizes, draws and arrivals.

mod amount;
mod arrive;
mod draw;

pub(super) use amount::{size, size_pattern};
pub(super) use arrive::{arrive, arrive_pattern};
pub(super) use draw::{draw, draw_pattern};

use std::str::FromStr;

use thiserror::Error;

use super::{Arrive, Draw, Place};
use crate::text::{nearest, shown};

/// What is wrong with a text, and what to write instead; the caller knows where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}: {remedy}")]
pub struct ExprError {
    /// The value and the rule it breaks.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

fn wrong<T>(message: impl Into<String>, remedy: impl Into<String>) -> Result<T, ExprError> {
    Err(ExprError {
        message: message.into(),
        remedy: remedy.into(),
    })
}

impl FromStr for Draw {
    type Err = ExprError;

    /// Reads a duration or a draw as a scenario writes it.
    fn from_str(text: &str) -> Result<Draw, ExprError> {
        draw(text)
    }
}

impl FromStr for Arrive {
    type Err = ExprError;

    /// Reads when tasks arrive as a scenario writes it.
    fn from_str(text: &str) -> Result<Arrive, ExprError> {
        arrive(text)
    }
}

/// `name(a, b)` taken apart, if that is its form.
fn call(text: &str) -> Option<(&str, Vec<&str>)> {
    let (name, rest) = text.split_once('(')?;
    let inside = rest.trim_end().strip_suffix(')')?;
    let arguments = match inside.trim() {
        "" => Vec::new(),
        inside => inside.split(',').map(str::trim).collect(),
    };
    Some((name.trim(), arguments))
}

/// The places that `on` names.
pub(super) const PLACES: [(&str, Place); 3] = [
    ("loop", Place::Loop),
    ("threads", Place::Threads),
    ("processes", Place::Processes),
];

/// Reads a place: `loop`, `threads`, `processes`.
pub(super) fn place(text: &str) -> Result<Place, ExprError> {
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

/// A number of digits with or without a fraction: no sign, no exponent, no `inf`.
fn plain(text: &str) -> Option<f64> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    text.parse().ok()
}
