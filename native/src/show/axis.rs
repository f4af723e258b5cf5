//! The time axis that all bars share.

use trilane_core::units::Dur;

use crate::term::{Ink, Line, width_of};

/// A bar that would be longer than this many times the shortest runs past the axis instead, so that
/// the fast plans stay long enough to read.
const LONGEST_OVER_SHORTEST: u64 = 8;
/// Columns between two ticks at least.
const TICK_COLUMNS: u64 = 12;

/// Nanoseconds along columns, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Axis {
    /// Where it ends, ns; at least 1.
    pub(crate) end_ns: u64,
    /// Columns; at least 1.
    pub(crate) columns: usize,
}

impl Axis {
    /// An axis for these lengths.
    pub(crate) fn of(lengths_ns: &[u64], columns: usize) -> Axis {
        let longest = lengths_ns.iter().copied().max().unwrap_or(0);
        let shortest = lengths_ns
            .iter()
            .copied()
            .filter(|&ns| ns > 0)
            .min()
            .unwrap_or(0);
        let cap = shortest.saturating_mul(LONGEST_OVER_SHORTEST);
        let end_ns = if longest <= cap {
            longest
        } else {
            // Of those that fit under the cap the longest ends the axis, with room to see that
            // others go on; a lone fast plan gets a stretch of axis to be fast in.
            let fits = lengths_ns
                .iter()
                .copied()
                .filter(|&ns| ns <= cap)
                .max()
                .unwrap_or(cap);
            fits.max(shortest.saturating_mul(3))
                .min(longest)
                .saturating_add(fits / 12)
        };
        Axis {
            end_ns: end_ns.max(1),
            columns: columns.max(1),
        }
    }

    /// Columns up to `ns`, rounded; at least 1 for anything that has a length, and `None` past the end.
    pub(crate) fn column(&self, ns: u64) -> Option<usize> {
        if ns > self.end_ns {
            return None;
        }
        let exact = u128::from(ns) * self.columns as u128 * 2 / u128::from(self.end_ns);
        let rounded = exact.div_ceil(2).min(self.columns as u128) as usize;
        Some(rounded.max(usize::from(ns > 0)))
    }

    /// The line of the axis and the line of its labels.
    pub(crate) fn lines(&self, margin: usize, ascii: bool) -> [Line; 2] {
        let step = self.step_ns();
        let mut rule: Vec<char> = vec![if ascii { '-' } else { '─' }; self.columns];
        let mut labels = Line::new();
        let mut at = 0;
        while at <= self.end_ns {
            let exact = u128::from(at) * self.columns as u128 / u128::from(self.end_ns);
            let column = (exact as usize).min(self.columns - 1);
            rule[column] = match (ascii, at) {
                (true, _) => '+',
                (false, 0) => '├',
                (false, _) => '┬',
            };
            let label = if at == 0 {
                "0".to_owned()
            } else {
                Dur::from_nanos(at).to_string()
            };
            let start = margin + column;
            if start + width_of(&label) <= margin + self.columns && start >= labels.width() {
                labels.pad_to(start);
                labels.push(Ink::Faint, label);
            }
            at = at.saturating_add(step);
            if at == u64::MAX {
                break;
            }
        }
        let rule: String = rule.into_iter().collect();
        [
            Line::new()
                .with(Ink::Plain, " ".repeat(margin))
                .with(Ink::Faint, rule),
            labels,
        ]
    }

    /// A step of 1, 2 or 5 times a power of ten (60 and its halves above a minute would be nicer, and
    /// nobody waits that long), wide enough for labels.
    fn step_ns(&self) -> u64 {
        let ticks = (self.columns as u64 / TICK_COLUMNS).max(1);
        let raw = (self.end_ns / ticks).max(1);
        let mut unit = 1u64;
        while unit <= raw / 10 {
            unit *= 10;
        }
        [1, 2, 5, 10]
            .iter()
            .map(|m| unit.saturating_mul(*m))
            .find(|&step| step >= raw)
            .unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_ends_where_most_bars_do() {
        let check = |lengths: &[u64], expect| assert_eq!(Axis::of(lengths, 70).end_ns, expect);
        check(&[], 1);
        check(&[0], 1);
        check(&[100, 700], 700);
        check(&[100, 400, 20_000], 433);
        check(&[100, 20_000], 308);
        check(&[u64::MAX], u64::MAX);
    }

    #[test]
    fn columns_round_and_show_what_is_short() {
        let axis = Axis {
            end_ns: 1000,
            columns: 10,
        };
        let check = |ns, expect| assert_eq!(axis.column(ns), expect, "{ns}");
        check(0, Some(0));
        check(1, Some(1));
        check(149, Some(1));
        check(151, Some(2));
        check(1000, Some(10));
        check(1001, None);
    }

    #[test]
    fn ticks_are_round_numbers() {
        let axis = Axis {
            end_ns: 433_000_000,
            columns: 76,
        };
        let [rule, labels] = axis.lines(2, false);
        insta::assert_debug_snapshot!(
            (crate::term::paint(
                &[rule, labels],
                &crate::term::Look {
                    width: 80,
                    colour: crate::term::Colour::None,
                    ascii: false
                }
            ))
        );
    }

    #[test]
    fn no_length_and_no_room_break_it() {
        for end_ns in [1, 2, 7, u64::MAX] {
            for columns in [1, 2, 13, 500] {
                let axis = Axis { end_ns, columns };
                assert!(axis.lines(2, true)[0].width() <= columns + 2);
                assert_eq!(axis.column(end_ns), Some(columns));
            }
        }
    }
}
