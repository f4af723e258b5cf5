//! The states in which time passes: their names, colours and signs.
//!
//! The colours are the page's. Each state has a sign of its own as well, in Unicode and in 7 bits,
//! because colour alone tells some readers nothing; waiting is hatched or thin, work is solid.

use anstyle::AnsiColor;
use trilane_core::report::TimeByState;
use trilane_core::trace::SpanKind;
use trilane_timeline::palette::{self, Rgb, Theme};

/// A state of [`TimeByState`], in the order in which a bar shows them: work first, then what comes
/// with it, then waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    Python,
    Native,
    Pickle,
    Overhead,
    Start,
    Io,
    Join,
    Gil,
    Core,
    Lock,
    Queue,
    Loop,
    Pool,
}

impl State {
    /// Every state.
    pub(crate) const ALL: [State; 13] = [
        State::Python,
        State::Native,
        State::Pickle,
        State::Overhead,
        State::Start,
        State::Io,
        State::Join,
        State::Gil,
        State::Core,
        State::Lock,
        State::Queue,
        State::Loop,
        State::Pool,
    ];

    /// Its name in a legend.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            State::Python => "Python",
            State::Native => "native code",
            State::Pickle => "pickling",
            State::Overhead => "overhead",
            State::Start => "starting",
            State::Io => "waits for I/O",
            State::Join => "waits at a gather",
            State::Gil => "waits for the GIL",
            State::Core => "waits for a core",
            State::Lock => "waits for a lock",
            State::Queue => "waits at a queue",
            State::Loop => "waits for the loop",
            State::Pool => "queued",
        }
    }

    /// Its sign, one column wide.
    pub(crate) const fn glyph(self, ascii: bool) -> char {
        let (unicode, seven_bits) = match self {
            State::Python => ('█', '#'),
            State::Native => ('▓', '%'),
            State::Pickle => ('▚', '&'),
            State::Overhead => ('▪', '+'),
            State::Start => ('▷', '>'),
            State::Io => ('░', '.'),
            State::Join => ('┈', '"'),
            State::Gil => ('╱', '/'),
            State::Core => ('╲', '\\'),
            State::Lock => ('╳', 'X'),
            State::Queue => ('≡', '='),
            State::Loop => ('▒', '~'),
            State::Pool => ('·', ':'),
        };
        if ascii { seven_bits } else { unicode }
    }

    /// Its colour; `None` is the terminal's own ink.
    ///
    /// The palette's, except where that needs a ground: a terminal's is not known, so pale and dark
    /// hues give way to middling ones of the same sort, which read on both.
    pub(crate) fn rgb(self) -> Option<Rgb> {
        let kind = match self {
            State::Overhead => return None,
            State::Io | State::Join => return Some(Rgb(0x56, 0xB4, 0xE9)),
            State::Loop => return Some(Rgb(0x9B, 0x72, 0xB8)),
            State::Python => SpanKind::Python,
            State::Native => SpanKind::Native,
            State::Pickle => SpanKind::Pickle,
            State::Start => SpanKind::Start,
            State::Gil => SpanKind::GilWait,
            State::Core => SpanKind::CoreWait,
            State::Lock => SpanKind::LockWait,
            State::Queue => SpanKind::QueueWait,
            State::Pool => SpanKind::PoolWait,
        };
        Some(palette::colour(kind, Theme::Light))
    }

    /// The nearest of sixteen colours that reads on light and on dark.
    pub(crate) const fn sixteen(self) -> AnsiColor {
        match self {
            State::Python => AnsiColor::Blue,
            State::Native => AnsiColor::Green,
            State::Pickle => AnsiColor::Magenta,
            State::Overhead | State::Start | State::Pool => AnsiColor::BrightBlack,
            State::Io | State::Join => AnsiColor::Cyan,
            State::Gil | State::Core => AnsiColor::Yellow,
            State::Lock | State::Queue => AnsiColor::Red,
            State::Loop => AnsiColor::Magenta,
        }
    }

    /// Its part of a report's sums, ns.
    pub(crate) const fn time(self, t: &TimeByState) -> u64 {
        match self {
            State::Python => t.python,
            State::Native => t.native,
            State::Pickle => t.pickle,
            State::Overhead => t.overhead,
            State::Start => t.start,
            State::Io => t.io,
            State::Join => t.join_wait,
            State::Gil => t.gil_wait,
            State::Core => t.core_wait,
            State::Lock => t.lock_wait,
            State::Queue => t.queue_wait,
            State::Loop => t.loop_wait,
            State::Pool => t.pool_wait,
        }
    }

    /// The state that a span shows; an idle thread is in none.
    pub(crate) const fn of(kind: SpanKind) -> Option<State> {
        match kind {
            SpanKind::Python => Some(State::Python),
            SpanKind::Native => Some(State::Native),
            SpanKind::Io => Some(State::Io),
            SpanKind::GilWait => Some(State::Gil),
            SpanKind::CoreWait => Some(State::Core),
            SpanKind::LockWait => Some(State::Lock),
            SpanKind::QueueWait => Some(State::Queue),
            SpanKind::PoolWait => Some(State::Pool),
            SpanKind::LoopWait => Some(State::Loop),
            SpanKind::JoinWait => Some(State::Join),
            SpanKind::Pickle | SpanKind::Transfer => Some(State::Pickle),
            SpanKind::Overhead => Some(State::Overhead),
            SpanKind::Start => Some(State::Start),
            SpanKind::Idle => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::width_of;

    #[test]
    fn every_state_has_a_sign_of_its_own_one_column_wide() {
        for ascii in [false, true] {
            let mut signs: Vec<char> = State::ALL.iter().map(|s| s.glyph(ascii)).collect();
            signs.sort_unstable();
            signs.dedup();
            assert_eq!(signs.len(), State::ALL.len());
            assert!(signs.iter().all(|c| width_of(&c.to_string()) == 1));
            assert!(!ascii || signs.iter().all(char::is_ascii));
        }
    }
}
