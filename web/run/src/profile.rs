//! A browser's profile: what was measured in it, and for the rest what the embedded one has.

use trilane_core::profile::{
    Figure, FigureValue, PARAMETERS, Profile, Provenance, Quantiles, browser, parse_profile,
};

/// A figure that was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The parameter.
    pub name: &'static str,
    /// Its value.
    pub value: FigureValue,
    /// How far half of the samples lie from the middle, in the value's unit.
    pub spread: Option<u64>,
    /// What was measured, and how often.
    pub how: String,
    /// Whether it is a share of what was measured.
    pub share: bool,
}

impl Found {
    /// The median of sorted samples.
    pub fn median(name: &'static str, samples: &[u64], how: &str) -> Option<Found> {
        let middle = *samples.get(samples.len() / 2)?;
        let quarter = |n: usize| samples[samples.len() * n / 4];
        Some(Found {
            name,
            value: FigureValue::Number(middle),
            spread: Some((quarter(3) - quarter(1)) / 2),
            how: format!("{how}; {} samples", samples.len()),
            share: false,
        })
    }

    /// The distribution of sorted samples.
    pub fn quantiles(name: &'static str, samples: &[u64], how: &str) -> Option<Found> {
        let last = samples.len().checked_sub(1)?;
        let at = |ppm: u64| samples[(last as u64 * ppm / 1_000_000) as usize];
        let points = [
            0, 50_000, 250_000, 500_000, 750_000, 950_000, 990_000, 1_000_000,
        ];
        let points = points.map(|ppm| (ppm as u32, at(ppm)));
        Some(Found {
            name,
            value: FigureValue::Quantiles(Quantiles(points.to_vec())),
            spread: None,
            how: format!("{how}; {} samples", samples.len()),
            share: false,
        })
    }

    /// A part of a figure that could only be measured together with others.
    pub fn part(&self, name: &'static str, of: u64) -> Found {
        let part = |number: u64| number / of.max(1);
        let value = match &self.value {
            FigureValue::Number(number) => FigureValue::Number(part(*number)),
            other => other.clone(),
        };
        Found {
            name,
            value,
            spread: self.spread.map(part),
            how: format!("one of {of} equal shares of: {}", self.how),
            share: true,
        }
    }
}

/// Puts a profile together, as a file's text. `machine` and `date` (`2026-11-27`) are for people.
///
/// # Errors
/// Figures that make no sense.
pub fn profile(machine: &str, date: &str, found: &[Found]) -> Result<String, String> {
    let base = browser().ok_or("there is no embedded profile of browsers")?;
    let mut missing = vec![];
    let mut figures = vec![];
    for parameter in PARAMETERS {
        let measured = found.iter().find(|found| found.name == parameter.name);
        let known = base
            .figures
            .iter()
            .find(|f| f.parameter.name == parameter.name);
        figures.extend(match (measured, known) {
            (Some(found), _) => Some(Figure {
                parameter,
                value: found.value.clone(),
                spread: found.spread,
                from: match found.share {
                    true => Provenance::Estimated,
                    false => Provenance::Measured,
                },
                source: found.how.clone(),
            }),
            (None, Some(known)) => {
                missing.push(parameter.name);
                Some(from_elsewhere(known))
            }
            (None, None) => None,
        });
    }
    let profile = Profile {
        machine: machine.to_owned(),
        system: "a web browser".to_owned(),
        date: date.to_owned(),
        notes: vec![format!(
            "not measured in this browser, and taken from the embedded profile: {}",
            missing.join(", ")
        )],
        figures,
        ..base
    };
    let text = profile.to_toml();
    parse_profile(&text).map_err(|error| {
        format!("the figures make no profile: {error}: measure again when less goes on")
    })?;
    Ok(text)
}

/// What the embedded profile has was measured on another machine, if at all.
fn from_elsewhere(known: &Figure) -> Figure {
    let mut figure = known.clone();
    if figure.from == Provenance::Measured {
        figure.from = Provenance::Estimated;
        figure.source = format!("measured in another browser: {}", known.source);
    }
    figure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_goes_before_what_is_known() {
        let samples = [1_000, 2_000, 3_000, 4_000, 90_000];
        let found = [
            Found::median("loop_timer", &samples, "timers").expect("there are samples"),
            Found::quantiles("timer_late", &samples, "timers").expect("there are samples"),
        ];
        let text = profile("a machine", "2026-11-27", &found).expect("it is one");
        let profile = parse_profile(&text).expect("it reads");
        let costs = profile.costs();
        assert_eq!(costs.loop_timer, 3_000);
        assert_eq!(costs.timer_late.0.first(), Some(&(0, 1_000)));
        assert_eq!(costs.timer_late.0.last(), Some(&(1_000_000, 90_000)));
        assert_eq!((profile.python.as_str(), profile.gil), ("browser", false));
        assert!(
            profile.notes[0].contains("memory_task"),
            "{:?}",
            profile.notes
        );
        assert_eq!(
            profile.figures.len(),
            browser().expect("embedded").figures.len()
        );
    }

    #[test]
    fn samples_that_cannot_be_are_refused() {
        let never = Found::median("loop_timer", &[u64::MAX / 2], "timers").expect("a sample");
        let error = profile("m", "2026-11-27", &[never]).expect_err("too long");
        assert!(error.contains("loop_timer"), "{error}");
        assert_eq!(Found::median("loop_timer", &[], "timers"), None);
    }

    #[test]
    fn a_share_says_that_it_is_one() {
        let whole = Found::median("feeder", &[4_000], "a round trip").expect("a sample");
        let part = whole.part("process_get", 4);
        assert_eq!(part.value, FigureValue::Number(1_000));
        assert!(part.share && part.how.contains("one of 4 equal shares"));
    }
}
