//! Writing one value into a text, so that every other byte stays as it is.

use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use super::super::source::Span;
use super::super::{Arrive, Draw, Format, LONGEST, Setting};
use super::Literal;
use super::place::Spot;
use crate::scenario::expr;
use crate::units::{Bytes, Dur};

/// What a literal becomes when it is turned, if a value of this sort can be written there.
pub(super) fn value(was: Literal, to: Setting, least: u64, most: u64) -> Option<Literal> {
    // Three digits are enough for a slider, unless they would leave its range.
    let within = |rounded: u64, exact: u64| match (least..=most).contains(&exact) {
        true if !(least..=most).contains(&rounded) => exact,
        _ => rounded,
    };
    let duration = |ns: u64| match written_time(ns) {
        // No shorter form can be read where the value itself is beyond every limit.
        Some(rounded) => Dur::from_nanos(within(rounded, ns)),
        None => Dur::from_nanos(ns),
    };
    if was.setting() == Some(to) && was.is_exact() {
        return Some(was);
    }
    Some(match (was, to) {
        (Literal::Draw(draw), Setting::Time(ns)) => Literal::Draw(scaled(draw, duration(ns))),
        (Literal::Arrive(Arrive::Every(_) | Arrive::AtOnce), Setting::Time(ns)) => {
            Literal::Arrive(Arrive::Every(duration(ns)))
        }
        (Literal::Arrive(Arrive::Poisson { .. } | Arrive::AtOnce), Setting::Count(n)) => {
            let per_second = n as f64;
            Literal::Arrive(Arrive::Poisson { per_second })
        }
        (Literal::Size(_), Setting::Size(bytes)) => {
            let rounded = expr::size(&to.to_string()).map_or(bytes, |rounded| rounded.0);
            Literal::Size(Bytes(within(rounded, bytes)))
        }
        (Literal::Count(_), Setting::Count(n)) => Literal::Count(n),
        (Literal::Flag(_), Setting::Flag(on)) => Literal::Flag(on),
        _ => return None,
    })
}

impl Literal {
    /// Whether its setting says all of it.
    fn is_exact(self) -> bool {
        match self {
            Literal::Arrive(Arrive::Poisson { per_second }) => {
                libm::trunc(per_second) == per_second && per_second >= 1.0
            }
            _ => true,
        }
    }

    /// As a scenario writes it, without quotes.
    fn content(self) -> String {
        match self {
            Literal::Draw(draw) => draw.to_string(),
            Literal::Arrive(arrive) => arrive.to_string(),
            Literal::Size(bytes) => match Setting::Size(bytes.0).to_string() {
                short if expr::size(&short) == Ok(bytes) => short,
                _ => format!("{}B", bytes.0),
            },
            Literal::Count(count) => count.to_string(),
            Literal::Flag(on) => on.to_string(),
        }
    }

    const fn is_string(self) -> bool {
        matches!(
            self,
            Literal::Draw(_) | Literal::Arrive(_) | Literal::Size(_)
        )
    }
}

/// A duration of three digits, ns.
fn written_time(ns: u64) -> Option<u64> {
    match expr::draw(&Setting::Time(ns).to_string()) {
        Ok(Draw::Fixed(dur)) => Some(dur.as_nanos()),
        _ => None,
    }
}

/// A draw with another scale, and with three digits of whatever else changes.
fn scaled(draw: Draw, to: Dur) -> Draw {
    let short = |dur: Dur| Dur::from_nanos(written_time(dur.as_nanos()).unwrap_or(dur.as_nanos()));
    match draw.rescaled(to.as_nanos()) {
        Draw::Uniform(low, _) => {
            // The middle of both is exact, within what a duration may be.
            let sum = 2 * u128::from(to.as_nanos());
            let low = u128::from(short(low).min(to).as_nanos());
            let high = (sum - low).min(u128::from(LONGEST.max(to).as_nanos()));
            let nanos = |ns: u128| Dur::from_nanos(u64::try_from(ns).unwrap_or(u64::MAX));
            Draw::Uniform(nanos(sum - high), nanos(high))
        }
        Draw::Normal(_, sd) => Draw::Normal(to, short(sd).min(LONGEST)),
        Draw::Exp(_) => Draw::Exp(to),
        Draw::LogNormal(_, sigma) => Draw::LogNormal(to, sigma),
        Draw::Pareto(_, alpha) => Draw::Pareto(to, alpha),
        Draw::Fixed(_) => Draw::Fixed(to),
    }
}

/// The text with a literal at its spot.
pub(super) fn written(text: &str, spot: &Spot, fresh: Literal, format: Format) -> String {
    let (at, insert) = match spot {
        Spot::There(span) => {
            let quote = quote(text.get(span.clone()).unwrap_or_default());
            let content = fresh.content();
            (span.clone(), format!("{quote}{content}{quote}"))
        }
        Spot::Absent { name, key, after } => {
            let value = match fresh.is_string() {
                true => format!("\"{}\"", fresh.content()),
                false => fresh.content(),
            };
            match format {
                Format::Json => json(text, name, &value, key, after),
                Format::Toml => toml(text, name, &value, key, after),
            }
        }
    };
    let (before, behind) = (&text[..at.start], &text[at.end..]);
    format!("{before}{insert}{behind}")
}

/// The quotes around a literal; a number has none.
fn quote(literal: &str) -> &str {
    for mark in ["\"\"\"", "'''", "\"", "'"] {
        if literal.starts_with(mark) {
            return &literal[..mark.len()];
        }
    }
    ""
}

/// Where a new pair goes in JSON, and what is put there: behind another, and spaced like it.
fn json(text: &str, name: &str, value: &str, key: &Span, after: &Span) -> (Span, String) {
    let colon = match &text[key.end..after.start] {
        colon if colon.chars().all(|c| c == ':' || c == ' ') => colon,
        _ => ": ",
    };
    let line = text[..key.start].rfind('\n').map_or(0, |at| at + 1);
    let before = &text[line..key.start];
    let gap = match before.chars().all(char::is_whitespace) {
        true if line > 0 => format!("{}{before}", newline(text, line)),
        _ if colon == ":" => String::new(),
        _ => " ".to_owned(),
    };
    (
        after.end..after.end,
        format!(",{gap}\"{name}\"{colon}{value}"),
    )
}

/// The line break in front of the line that begins at `line`.
fn newline(text: &str, line: usize) -> &'static str {
    match text[..line].ends_with("\r\n") {
        true => "\r\n",
        false => "\n",
    }
}

/// Where a new pair goes in TOML, and what is put there: behind another pair, in a table between
/// braces after a comma, elsewhere on a line of its own and with the same dotted key in front.
fn toml(text: &str, name: &str, value: &str, key: &Span, after: &Span) -> (Span, String) {
    let (mut start, mut is_inline, mut in_key) = (key.start, false, true);
    let tokens: Vec<_> = Source::new(text).lex().collect();
    let here = tokens.partition_point(|token| token.span().start() < key.start);
    for token in tokens[..here].iter().rev() {
        match token.kind() {
            TokenKind::Dot
            | TokenKind::Atom
            | TokenKind::BasicString
            | TokenKind::LiteralString
                if in_key =>
            {
                start = token.span().start();
            }
            TokenKind::Whitespace => {}
            TokenKind::Newline | TokenKind::Comment => in_key = false,
            kind => {
                is_inline = matches!(kind, TokenKind::Comma | TokenKind::LeftCurlyBracket);
                break;
            }
        }
    }
    let path = &text[start..key.start];
    if is_inline {
        return (after.end..after.end, format!(", {path}{name} = {value}"));
    }
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let indent = &text[line..start];
    let (end, newline) = match text[after.end..].find('\n') {
        None => (text.len(), "\n"),
        Some(at) => {
            let newline = newline(text, after.end + at + 1);
            (after.end + at + 1 - newline.len(), newline)
        }
    };
    (end..end, format!("{newline}{indent}{path}{name} = {value}"))
}
