//! Writing a profile as the file that [`parse_profile`](super::parse_profile) reads.
//!
//! By hand rather than through a serializer: a figure a line, each number in the unit in which a
//! person would say it, is what makes the file one to read and to edit.

use std::fmt::Write;

use toml::Value;

use super::{FORMAT, Figure, FigureValue, Profile, Unit};

impl Profile {
    /// The profile as a file, with the head, the notes and every figure's provenance.
    pub fn to_toml(&self) -> String {
        let mut file = format!("format = {FORMAT}\n");
        let mut line = |key: &str, value: Value| line(&mut file, key, &value);
        line("python", self.python.as_str().into());
        line("gil", self.gil.into());
        line("interpreters", self.interpreters.into());
        line("fair_locks", self.fair_locks.into());
        line("start", self.start.name().into());
        line("machine", self.machine.as_str().into());
        line("system", self.system.as_str().into());
        line("date", self.date.as_str().into());
        if let Some(build) = &self.build {
            line("build", build.as_str().into());
        }
        if !self.notes.is_empty() {
            file.push_str("notes = [\n");
            for note in &self.notes {
                push(&mut file, format_args!("  {},\n", quoted(note)));
            }
            file.push_str("]\n");
        }
        let mut group = "";
        for figure in &self.figures {
            if figure.parameter.group != group {
                group = figure.parameter.group;
                push(&mut file, format_args!("\n[{group}]\n"));
            }
            push(&mut file, format_args!("{}\n", written(figure)));
        }
        file
    }
}

/// Writing to a string cannot fail.
fn push(file: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = file.write_fmt(text);
}

fn line(file: &mut String, key: &str, value: &Value) {
    push(file, format_args!("{key} = {value}\n"));
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn written(figure: &Figure) -> String {
    let from = format!(
        "from = {}, source = {}",
        quoted(figure.from.name()),
        quoted(&figure.source)
    );
    let name = figure.parameter.name;
    match &figure.value {
        FigureValue::Number(number) => {
            let (unit, scale) = unit_for(figure.parameter.unit, *number);
            let spread = match figure.spread {
                Some(spread) => format!("spread = {}, ", scaled(spread, scale)),
                None => String::new(),
            };
            let number = scaled(*number, scale);
            format!("{name} = {{ {unit} = {number}, {spread}{from} }}")
        }
        FigureValue::Quantiles(quantiles) => {
            let middle = quantiles.0.get(quantiles.0.len() / 2).map_or(0, |p| p.1);
            let (unit, scale) = unit_for(figure.parameter.unit, middle);
            let points: Vec<String> = quantiles
                .0
                .iter()
                .map(|&(share, ns)| {
                    format!("p{} = {}", scaled(share.into(), 10_000), scaled(ns, scale))
                })
                .map(|point| match point.split_once(" = ") {
                    // A bare key may hold no dot.
                    Some((key, value)) if key.contains('.') => format!("\"{key}\" = {value}"),
                    _ => point,
                })
                .collect();
            format!(
                "{name} = {{ {unit} = {{ {} }}, {from} }}",
                points.join(", ")
            )
        }
        FigureValue::Transfer(rates) => {
            let mut text = format!("{name} = {{ {from}, sizes = [\n");
            for rate in rates {
                let us = |ns| scaled(ns, 1_000);
                push(
                    &mut text,
                    format_args!(
                        "  {{ bytes = {}, dumps_us = {}, loads_us = {}, pipe_us = {} }},\n",
                        scaled(rate.bytes, 1),
                        us(rate.dumps),
                        us(rate.loads),
                        us(rate.pipe)
                    ),
                );
            }
            text + "] }"
        }
        FigureValue::Shares(shares) => {
            let rows: Vec<String> = shares
                .iter()
                .map(|share| {
                    format!(
                        "{{ cores = {}, ppm = {} }}",
                        share.cores,
                        scaled(share.ppm, 1)
                    )
                })
                .collect();
            format!("{name} = {{ busy = [ {} ], {from} }}", rows.join(", "))
        }
    }
}

/// The largest unit in which the number is 1 at least.
fn unit_for(unit: Unit, number: u64) -> (&'static str, u64) {
    let units = unit.written();
    let fits = units.iter().rev().find(|(_, scale)| number >= *scale);
    *fits.unwrap_or(&units[0])
}

/// `1_234.5`: exact, because every scale is a power of ten or divides into finite decimals.
fn scaled(number: u64, scale: u64) -> String {
    let mut text = String::new();
    let whole = (number / scale).to_string();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) && whole.len() > 4 {
            text.push('_');
        }
        text.push(digit);
    }
    let mut rest = u128::from(number % scale);
    if rest > 0 {
        text.push('.');
    }
    while rest > 0 {
        rest *= 10;
        push(&mut text, format_args!("{}", rest / u128::from(scale)));
        rest %= u128::from(scale);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{embedded, embedded_names, parse_profile};
    use super::*;

    #[test]
    fn what_is_written_is_read_back_the_same() {
        for name in embedded_names() {
            let mut profile = embedded(name).expect("embedded").clone();
            profile.build = Some("3.13.0 (main) [GCC \"13\"]".to_owned());
            profile.notes = vec!["a \\ and a \"\n".to_owned(), "another".to_owned()];
            if let FigureValue::Quantiles(quantiles) = &mut profile.figures[3].value {
                let last = quantiles.0.len() - 1;
                let value = quantiles.0[last].1;
                quantiles.0.insert(last, (999_000, value));
            }
            let text = profile.to_toml();
            let again = parse_profile(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(again, profile, "{text}");
            assert_eq!(again.to_toml(), text);
        }
    }

    #[test]
    fn numbers_are_exact_and_short() {
        let check = |number, scale, expect: &str| assert_eq!(scaled(number, scale), expect);
        check(1_500, 1_000, "1.5");
        check(1_234_567, 1_000, "1234.567");
        check(12_345_678, 1, "12_345_678");
        check(0, 1_000, "0");
        check(870, 1 << 10, "0.849609375");
        check(999_000, 10_000, "99.9");
    }
}
