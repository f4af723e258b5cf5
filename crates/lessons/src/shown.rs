//! Numbers as a text writes them: `1.2 s`, `4,1-mal`, `37 %`.

use std::ops::Range;

use crate::quantity::Unit;

/// How a language writes numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decimal {
    /// 1,234.5
    Point,
    /// 1.234,5
    Comma,
}

impl Decimal {
    /// What stands before the fraction.
    pub const fn mark(self) -> char {
        self.marks().0
    }

    const fn marks(self) -> (char, char) {
        match self {
            Decimal::Point => ('.', ','),
            Decimal::Comma => (',', '.'),
        }
    }
}

/// A number found in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// The bytes of its digits.
    pub span: Range<usize>,
    /// Its value, in its unit.
    pub value: f64,
    /// Digits behind the decimal mark.
    pub digits: usize,
    /// What one of its unit is, in ns, bytes or ones.
    pub scale: f64,
    /// What it counts; a number of anything that is no known unit.
    pub unit: Unit,
}

/// Units, the longer of two with the same beginning first.
const UNITS: [(&str, f64, Unit); 11] = [
    ("ns", 1.0, Unit::Time),
    ("µs", 1e3, Unit::Time),
    ("us", 1e3, Unit::Time),
    ("ms", 1e6, Unit::Time),
    ("min", 60e9, Unit::Time),
    ("s", 1e9, Unit::Time),
    ("kB", 1e3, Unit::Size),
    ("MB", 1e6, Unit::Size),
    ("GB", 1e9, Unit::Size),
    ("B", 1.0, Unit::Size),
    ("%", 0.01, Unit::Number),
];

/// Every number of a text that is written in digits.
pub fn numbers(text: &str, decimal: Decimal) -> Vec<Number> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(number) = next(text, from, decimal) {
        from = number.span.end;
        found.push(number);
    }
    found
}

fn next(text: &str, from: usize, decimal: Decimal) -> Option<Number> {
    let start = from + text[from..].find(|c: char| c.is_ascii_digit())?;
    let (mark, group) = decimal.marks();
    let bytes = |at: usize| text[at..].chars().next();
    let mut end = start;
    let mut plain = String::new();
    while let Some(c) = bytes(end) {
        let follows = text[end + c.len_utf8()..].starts_with(|c: char| c.is_ascii_digit());
        match c {
            '0'..='9' => plain.push(c),
            c if c == mark && follows && !plain.contains('.') => plain.push('.'),
            c if c == group && follows => {}
            _ => break,
        }
        end += c.len_utf8();
    }
    let digits = plain.split_once('.').map_or(0, |(_, behind)| behind.len());
    let (scale, unit) = unit(&text[end..]);
    Some(Number {
        span: start..end,
        value: plain.parse().ok()?,
        digits,
        scale,
        unit,
    })
}

/// The unit behind a number.
fn unit(rest: &str) -> (f64, Unit) {
    let rest = rest.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    let known = UNITS.iter().find(|(name, _, _)| {
        let behind = rest.strip_prefix(name);
        behind.is_some_and(|behind| !behind.starts_with(char::is_alphabetic))
    });
    known.map_or((1.0, Unit::Number), |(_, scale, unit)| (*scale, *unit))
}

/// Whether what is behind a number makes it a multiple: `4 times`, `4-mal`, `4×`.
pub(crate) fn is_multiple(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '\u{a0}', '\u{202f}', '-']);
    ["times", "mal", "fach", "×"]
        .iter()
        .any(|word| rest.starts_with(word))
}

impl Number {
    /// Whether it is what `exact` (ns, bytes or ones) rounds to with so many digits.
    pub fn says(&self, exact: f64) -> bool {
        let step = 10f64.powi(-(self.digits as i32));
        (exact / self.scale - self.value).abs() <= step * 0.5 + 1e-9
    }

    /// `exact` with as many digits, as the language writes it.
    pub fn written(&self, exact: f64, decimal: Decimal) -> String {
        let (mark, group) = decimal.marks();
        let plain = format!("{:.*}", self.digits, exact / self.scale);
        let (whole, behind) = plain.split_once('.').unwrap_or((&plain, ""));
        let mut out = String::new();
        for (at, digit) in whole.chars().enumerate() {
            let left = whole.len() - at;
            if at > 0 && left % 3 == 0 && whole.len() > 3 {
                out.push(group);
            }
            out.push(digit);
        }
        if !behind.is_empty() {
            out.push(mark);
            out.push_str(behind);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_and_written_back() {
        let check =
            |text: &str, decimal, value: f64, scale: f64, unit, exact: f64, expect: &str| {
                let all = numbers(text, decimal);
                let [number] = &all[..] else {
                    panic!("{text}: {all:?}");
                };
                assert_eq!(
                    (number.value, number.scale, number.unit),
                    (value, scale, unit),
                    "{text}"
                );
                assert_eq!(number.written(exact, decimal), expect, "{text}");
                assert!(number.says(value * scale), "{text}");
            };
        check(
            "320 ms",
            Decimal::Point,
            320.0,
            1e6,
            Unit::Time,
            321_400_000.0,
            "321",
        );
        check(
            "1.2 s",
            Decimal::Point,
            1.2,
            1e9,
            Unit::Time,
            1_250_000_001.0,
            "1.3",
        );
        check(
            "1,2 s",
            Decimal::Comma,
            1.2,
            1e9,
            Unit::Time,
            1_349_999_999.0,
            "1,3",
        );
        check(
            "4.1 times",
            Decimal::Point,
            4.1,
            1.0,
            Unit::Number,
            3.96,
            "4.0",
        );
        check(
            "4,1-mal",
            Decimal::Comma,
            4.1,
            1.0,
            Unit::Number,
            12.0,
            "12,0",
        );
        check(
            "37 %",
            Decimal::Point,
            37.0,
            0.01,
            Unit::Number,
            0.381,
            "38",
        );
        check(
            "60,123 switches",
            Decimal::Point,
            60_123.0,
            1.0,
            Unit::Number,
            1_061_234.0,
            "1,061,234",
        );
        check(
            "60.123 Wechsel",
            Decimal::Comma,
            60_123.0,
            1.0,
            Unit::Number,
            999.0,
            "999",
        );
        check("64 MB.", Decimal::Point, 64.0, 1e6, Unit::Size, 3e6, "3");
        check("2 starts", Decimal::Point, 2.0, 1.0, Unit::Number, 3.0, "3");
        assert!(numbers("no number", Decimal::Point).is_empty());
    }
}
