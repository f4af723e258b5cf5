//! Lines of text with inks, wrapped by columns and painted last.

use anstyle::{Ansi256Color, AnsiColor, Color, Effects, RgbColor, Style};
use trilane_timeline::palette::Rgb;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::states::State;
use super::{Colour, Look};

/// What a piece of text is, as far as its colour goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// The terminal's own.
    Plain,
    /// What the eye should find first.
    Strong,
    /// What may be passed over.
    Faint,
    /// The winner.
    Good,
    /// What went wrong.
    Bad,
    /// A state's colour.
    State(State),
}

/// One line: pieces of text, each in an ink.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pieces: Vec<(Ink, String)>,
}

impl Line {
    /// An empty line.
    pub(crate) fn new() -> Line {
        Line::default()
    }

    /// Appends a piece.
    pub(crate) fn push(&mut self, ink: Ink, text: impl AsRef<str>) {
        let text = text.as_ref();
        match self.pieces.last_mut() {
            Some((last, before)) if *last == ink => before.push_str(text),
            _ => self.pieces.push((ink, text.to_owned())),
        }
    }

    /// The same, for chains.
    pub(crate) fn with(mut self, ink: Ink, text: impl AsRef<str>) -> Line {
        self.push(ink, text);
        self
    }

    /// Moves the pieces of another line to this one's end.
    pub(crate) fn append(&mut self, other: &mut Line) {
        for (ink, text) in other.pieces.drain(..) {
            self.push(ink, text);
        }
    }

    /// Whether it shows this state.
    pub(crate) fn shows(&self, state: State) -> bool {
        self.pieces.iter().any(|(ink, _)| *ink == Ink::State(state))
    }

    /// Columns it takes.
    pub(crate) fn width(&self) -> usize {
        self.pieces.iter().map(|(_, text)| width_of(text)).sum()
    }

    /// Drops what lies past `columns`.
    pub(crate) fn cut_to(&mut self, columns: usize) {
        let mut left = columns;
        for (_, text) in &mut self.pieces {
            let mut kept = String::new();
            for c in text.chars() {
                let width = c.width().unwrap_or(0);
                if width > left {
                    left = 0;
                    break;
                }
                left -= width;
                kept.push(c);
            }
            *text = kept;
        }
    }

    /// Fills up with spaces to `column`.
    pub(crate) fn pad_to(&mut self, column: usize) {
        let gap = column.saturating_sub(self.width());
        if gap > 0 {
            self.push(Ink::Plain, " ".repeat(gap));
        }
    }
}

/// Columns a text takes on a terminal.
pub(crate) fn width_of(text: &str) -> usize {
    text.width()
}

/// Makes text from outside safe to print: no control characters (so no escape codes), no bidirectional
/// overrides, nothing that moves the cursor.
pub(crate) fn sanitise(text: &str) -> String {
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars()
        .map(|c| {
            if c == '\t' {
                ' '
            } else if odd(c) {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

/// Breaks a text into lines of at most `width` columns at its spaces; a word that is longer by itself
/// is cut. A number stays with the unit after it.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in words(text) {
        let room = width.saturating_sub(width_of(&line) + usize::from(!line.is_empty()));
        if width_of(&word) <= room {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            if width_of(&line) + c.width().unwrap_or(0) > width.max(2) {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The words of a text, `97 %` and `5.08 ms` being one each.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut after_number = false;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let bare = word.trim_end_matches([',', '.', ':', ';', ')']);
        let unit = matches!(
            bare,
            "%" | "ns" | "µs" | "ms" | "s" | "min" | "h" | "B" | "kB" | "MB" | "GB"
        );
        match words.last_mut() {
            Some(number) if unit && after_number => {
                number.push(' ');
                number.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
        after_number = word.ends_with(|c: char| c.is_ascii_digit());
    }
    words
}

/// The lines as bytes for the terminal, trailing spaces dropped.
pub(crate) fn paint(lines: &[Line], look: &Look) -> String {
    let mut out = String::new();
    for line in lines {
        let last = line
            .pieces
            .iter()
            .rposition(|(_, text)| !text.trim_end().is_empty());
        for (i, (ink, text)) in line
            .pieces
            .iter()
            .enumerate()
            .take(last.map_or(0, |i| i + 1))
        {
            let text = if Some(i) == last {
                text.trim_end()
            } else {
                text
            };
            let text = if look.ascii {
                to_ascii(text)
            } else {
                text.to_owned()
            };
            let style = style(*ink, look.colour);
            if style.is_plain() {
                out.push_str(&text);
            } else {
                out.push_str(&format!("{style}{text}{style:#}"));
            }
        }
        out.push('\n');
    }
    out
}

fn style(ink: Ink, colour: Colour) -> Style {
    if colour == Colour::None {
        return Style::new();
    }
    match ink {
        Ink::Plain => Style::new(),
        Ink::Strong => Style::new().effects(Effects::BOLD),
        Ink::Faint => Style::new().effects(Effects::DIMMED),
        Ink::Good => {
            coloured(Rgb(0x00, 0x9E, 0x73), AnsiColor::Green, colour).effects(Effects::BOLD)
        }
        Ink::Bad => coloured(Rgb(0xD5, 0x5E, 0x00), AnsiColor::Red, colour).effects(Effects::BOLD),
        Ink::State(state) => match state.rgb() {
            Some(rgb) => coloured(rgb, state.sixteen(), colour),
            None => Style::new(),
        },
    }
}

fn coloured(rgb: Rgb, sixteen: AnsiColor, colour: Colour) -> Style {
    let colour = match colour {
        Colour::None => return Style::new(),
        Colour::Sixteen => Color::Ansi(sixteen),
        Colour::Cube => Color::Ansi256(Ansi256Color(cube(rgb))),
        Colour::True => Color::Rgb(RgbColor(rgb.0, rgb.1, rgb.2)),
    };
    Style::new().fg_color(Some(colour))
}

/// The nearest of xterm's colours 16 to 255: a 6×6×6 cube and a ramp of greys.
fn cube(Rgb(r, g, b): Rgb) -> u8 {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let far = |a: (u8, u8, u8)| {
        let d = |x: u8, y: u8| (i32::from(x) - i32::from(y)).pow(2);
        d(a.0, r) + d(a.1, g) + d(a.2, b)
    };
    let colours = (0..216u8).map(|i| {
        let level = |n: u8| LEVELS[usize::from(n)];
        (16 + i, (level(i / 36), level(i / 6 % 6), level(i % 6)))
    });
    let greys = (0..24u8).map(|i| (232 + i, (8 + 10 * i, 8 + 10 * i, 8 + 10 * i)));
    colours
        .chain(greys)
        .min_by_key(|&(_, rgb)| far(rgb))
        .map_or(7, |(index, _)| index)
}

/// The same text in 7 bits, column for column where there is a sign that reads alike.
fn to_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            _ if c.is_ascii() => out.push(c),
            '×' => out.push('x'),
            '·' => out.push('-'),
            'µ' => out.push('u'),
            '…' => out.push('~'),
            '★' => out.push('*'),
            '»' => out.push('>'),
            '–' | '—' | '─' => out.push('-'),
            '┬' | '├' | '┤' | '┴' => out.push('+'),
            '→' => out.push('>'),
            '│' => out.push('|'),
            '’' => out.push('\''),
            '≥' => out.push('>'),
            '≤' => out.push('<'),
            _ => (0..c.width().unwrap_or(0)).for_each(|_| out.push('?')),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_wraps_at_columns_and_keeps_units() {
        let check = |text: &str, width, expect: &[&str]| assert_eq!(wrap(text, width), expect);
        check("a bc def", 4, &["a bc", "def"]);
        check("took 38 ms of 61 ms", 10, &["took 38 ms", "of 61 ms"]);
        check("abcdefgh", 3, &["abc", "def", "gh"]);
        check("漢字漢字", 4, &["漢字", "漢字"]);
        check("", 10, &[]);
    }

    #[test]
    fn text_from_outside_cannot_drive_the_terminal() {
        assert_eq!(
            sanitise("a\u{1b}[31mb\r\n\tc\u{202e}"),
            "a\u{fffd}[31mb\u{fffd}\u{fffd} c\u{fffd}"
        );
    }

    #[test]
    fn seven_bits_keep_the_columns() {
        let text = "★ 7.5× · 3 µs …漢";
        assert_eq!(width_of(text), to_ascii(text).len());
    }

    #[test]
    fn nearest_of_the_cube() {
        assert_eq!(cube(Rgb(255, 0, 0)), 196);
        assert_eq!(cube(Rgb(0, 95, 175)), 25);
        assert_eq!(cube(Rgb(128, 128, 128)), 244);
    }
}
