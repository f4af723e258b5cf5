//! What the terminal at hand can show, decided once from the environment.

use std::ffi::OsString;
use std::io::IsTerminal;

/// Columns where nothing is known: a pipe, a file.
const COLUMNS_PIPED: usize = 80;
/// Fewer columns than this are treated as this many.
const COLUMNS_MIN: usize = 60;
/// Bars longer than this only make the eye travel.
const COLUMNS_MAX: usize = 160;

/// How many colours to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    /// No escape codes at all.
    None,
    /// The sixteen that every colour terminal has.
    Sixteen,
    /// The xterm cube.
    Cube,
    /// Any.
    True,
}

/// How to draw on one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// Columns.
    pub(crate) width: usize,
    /// Colours.
    pub(crate) colour: Colour,
    /// Only 7-bit characters.
    pub(crate) ascii: bool,
}

/// The part of the environment that decides.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surroundings {
    pub(crate) terminal: bool,
    pub(crate) columns: Option<u16>,
    pub(crate) no_color: bool,
    pub(crate) force_color: bool,
    pub(crate) clicolor_off: bool,
    pub(crate) term: Option<String>,
    pub(crate) truecolor: bool,
    pub(crate) locale: Option<String>,
}

impl Look {
    /// For standard output as it is.
    pub(crate) fn stdout() -> Look {
        let stream = std::io::stdout();
        let columns = terminal_size::terminal_size_of(&stream).map(|(columns, _)| columns.0);
        Look::decide(&Surroundings::here(stream.is_terminal(), columns))
    }

    /// For standard error as it is.
    pub(crate) fn stderr() -> Look {
        let stream = std::io::stderr();
        let columns = terminal_size::terminal_size_of(&stream).map(|(columns, _)| columns.0);
        Look::decide(&Surroundings::here(stream.is_terminal(), columns))
    }

    /// The rules: `NO_COLOR` (no-color.org) wins over `CLICOLOR_FORCE` (bixense.com/clicolors), and
    /// both win over what the stream is; a dumb terminal and the C locale get 7-bit characters.
    pub(crate) fn decide(here: &Surroundings) -> Look {
        let term = here.term.as_deref().unwrap_or("");
        let dumb = term == "dumb";
        let wanted = match here.force_color {
            true => true,
            false => here.terminal && !here.clicolor_off && !dumb,
        };
        let colour = if here.no_color || !wanted {
            Colour::None
        } else if here.truecolor || term.contains("direct") {
            Colour::True
        } else if term.contains("256color") || !here.terminal {
            Colour::Cube
        } else {
            Colour::Sixteen
        };
        let width = match here.columns {
            Some(columns) if here.terminal => usize::from(columns).clamp(COLUMNS_MIN, COLUMNS_MAX),
            _ => COLUMNS_PIPED,
        };
        let plain_locale = matches!(here.locale.as_deref(), Some("C" | "POSIX"));
        Look {
            width,
            colour,
            ascii: dumb || plain_locale,
        }
    }
}

impl Surroundings {
    fn here(terminal: bool, columns: Option<u16>) -> Surroundings {
        let text = |name: &str| -> Option<String> {
            let value: Option<OsString> = std::env::var_os(name);
            value
                .map(|v| v.to_string_lossy().into_owned())
                .filter(|v| !v.is_empty())
        };
        Surroundings {
            terminal,
            columns,
            no_color: anstyle_query::no_color(),
            force_color: anstyle_query::clicolor_force(),
            clicolor_off: anstyle_query::clicolor() == Some(false),
            term: text("TERM"),
            truecolor: anstyle_query::truecolor(),
            // POSIX: the first of these that is set decides the characters.
            locale: text("LC_ALL")
                .or_else(|| text("LC_CTYPE"))
                .or_else(|| text("LANG")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(here: Surroundings, colour: Colour, ascii: bool, width: usize) {
        assert_eq!(
            Look::decide(&here),
            Look {
                width,
                colour,
                ascii
            },
            "{here:?}"
        );
    }

    #[test]
    fn the_environment_decides() {
        let tty = Surroundings {
            terminal: true,
            columns: Some(100),
            term: Some("xterm-256color".into()),
            ..Surroundings::default()
        };
        let s = |term: &str| Some(term.to_owned());
        check(Surroundings::default(), Colour::None, false, 80);
        check(tty.clone(), Colour::Cube, false, 100);
        check(
            Surroundings {
                truecolor: true,
                ..tty.clone()
            },
            Colour::True,
            false,
            100,
        );
        check(
            Surroundings {
                term: s("linux"),
                ..tty.clone()
            },
            Colour::Sixteen,
            false,
            100,
        );
        check(
            Surroundings {
                no_color: true,
                ..tty.clone()
            },
            Colour::None,
            false,
            100,
        );
        check(
            Surroundings {
                term: s("dumb"),
                ..tty.clone()
            },
            Colour::None,
            true,
            100,
        );
        check(
            Surroundings {
                locale: s("C"),
                ..tty.clone()
            },
            Colour::Cube,
            true,
            100,
        );
        check(
            Surroundings {
                columns: Some(20),
                ..tty.clone()
            },
            Colour::Cube,
            false,
            60,
        );
        check(
            Surroundings {
                columns: Some(400),
                ..tty.clone()
            },
            Colour::Cube,
            false,
            160,
        );
        check(
            Surroundings {
                clicolor_off: true,
                ..tty.clone()
            },
            Colour::None,
            false,
            100,
        );
        let forced = Surroundings {
            force_color: true,
            ..Surroundings::default()
        };
        check(forced.clone(), Colour::Cube, false, 80);
        check(
            Surroundings {
                no_color: true,
                ..forced
            },
            Colour::None,
            false,
            80,
        );
    }
}
