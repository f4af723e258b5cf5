//! Python literals, comments and doc strings out of Rust values and of text that anybody wrote.
//!
//! Titles and names come from scenario files and may hold quotes, backslashes or control
//! characters; what leaves here is safe inside the place it is meant for.

use crate::scenario::Draw;
use crate::units::Dur;

/// Columns a line may fill (PEP 8).
pub(super) const WIDTH: usize = 79;

/// One line of plain text: every run of white space is one blank, and characters that do not show
/// or that reorder what is shown (bidirectional controls) are left out.
pub(super) fn one_line(text: &str) -> String {
    let shown = text.chars().filter(|&c| {
        c.is_whitespace()
            || !(c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'))
    });
    let text: String = shown.collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text` for the inside of a `"""` string.
pub(super) fn in_docstring(text: &str) -> String {
    one_line(text)
        .replace('\\', r"\\")
        .replace(r#"""""#, r#"\"\"\""#)
}

/// `text` for the inside of a double-quoted f-string.
pub(super) fn in_fstring(text: &str) -> String {
    let text = one_line(text).replace('\\', "\\\\").replace('"', "\\\"");
    text.replace('{', "{{").replace('}', "}}")
}

/// `text` broken at blanks into lines of at most `width` characters, a longer word on its own.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if columns(line) + 1 + columns(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// How many characters a line has.
pub(super) fn columns(line: &str) -> usize {
    line.chars().count()
}

/// A whole number as Python allows it: `64_000`. Four digits stay together.
pub(super) fn integer(value: u64) -> String {
    let digits = value.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// A fixed duration in seconds: `0.08`, and below a millisecond `20e-6` and `500e-9`, which read
/// as micro and nano.
pub(super) fn fixed(dur: Dur) -> String {
    match dur.as_nanos() {
        0 => "0".to_owned(),
        ns @ 1..=999 => format!("{ns}e-9"),
        ns @ 1_000..=999_999 => format!("{}e-6", decimal(ns, 1_000)),
        ns => decimal(ns, 1_000_000_000),
    }
}

/// `value / unit` exactly, without trailing zeros; `unit` is a power of ten.
fn decimal(value: u64, unit: u64) -> String {
    let (whole, rest) = (value / unit, value % unit);
    if rest == 0 {
        return whole.to_string();
    }
    let digits = unit.ilog10() as usize;
    let fraction = format!("{rest:0digits$}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

/// Whether a duration differs from task to task.
pub(super) fn is_random(draw: Draw) -> bool {
    match draw {
        Draw::Fixed(_) => false,
        Draw::Uniform(low, high) => low != high,
        Draw::Exp(scale) | Draw::LogNormal(scale, _) | Draw::Pareto(scale, _) => scale != Dur::ZERO,
        Draw::Normal(_, sd) => sd != Dur::ZERO,
    }
}

/// A duration in seconds as a Python expression; random ones draw from `rng`.
pub(super) fn seconds(draw: Draw) -> String {
    match draw {
        Draw::Uniform(low, high) if is_random(draw) => {
            format!("rng.uniform({}, {})", fixed(low), fixed(high))
        }
        Draw::Exp(mean) if is_random(draw) => format!("rng.expovariate(1 / {})", fixed(mean)),
        // Not lognormvariate(log(median), sigma): this way the median stands in the text.
        Draw::LogNormal(median, sigma) if is_random(draw) => {
            format!("{} * rng.lognormvariate(0, {sigma:?})", fixed(median))
        }
        Draw::Normal(mean, sd) if is_random(draw) => {
            format!("max(0.0, rng.gauss({}, {}))", fixed(mean), fixed(sd))
        }
        Draw::Pareto(min, alpha) if is_random(draw) => {
            format!("{} * rng.paretovariate({alpha:?})", fixed(min))
        }
        Draw::Fixed(value)
        | Draw::Uniform(value, _)
        | Draw::Exp(value)
        | Draw::LogNormal(value, _)
        | Draw::Normal(value, _)
        | Draw::Pareto(value, _) => fixed(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_exact_and_short() {
        let check = |ns, expect: &str| assert_eq!(fixed(Dur::from_nanos(ns)), expect);
        check(0, "0");
        check(500, "500e-9");
        check(20_000, "20e-6");
        check(1_500, "1.5e-6");
        check(1_000_000, "0.001");
        check(80_000_000, "0.08");
        check(120_000_000_000, "120");
        check(1_000_000_001, "1.000000001");
    }

    #[test]
    fn integers_are_grouped_from_five_digits() {
        assert_eq!(integer(4000), "4000");
        assert_eq!(integer(64_000), "64_000");
        assert_eq!(integer(1_234_567), "1_234_567");
    }

    #[test]
    fn text_cannot_leave_its_place() {
        assert_eq!(in_docstring("a\"\"\"b\\\n c"), "a\\\"\\\"\\\"b\\\\ c");
        assert_eq!(in_docstring("say \"hi\""), "say \"hi\"");
        assert_eq!(in_fstring("{\"\\"), "{{\\\"\\\\");
        assert_eq!(one_line("a\u{202e}b\0c\r\nd"), "abc d");
    }
}
