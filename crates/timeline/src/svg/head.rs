//! The head of a plan's card in a race: its name, what it is in Python, badges, its run time.

use trilane_core::trace::{Origin, Trace};

use super::timeline::badge;
use crate::draw::{Anchor, DrawList, Font, Text};
use crate::palette::Chrome;
use crate::words::{self, Say};

/// Other faces than the one that was measured are wider, bold ones most of all.
pub(super) const LOOSE: f32 = 1.12;

/// What a card's head says.
pub(super) struct Head<'a> {
    /// The run.
    pub(super) trace: &'a Trace,
    /// What stands beside its run time.
    pub(super) caption: &'a str,
    /// Whether it is the fastest.
    pub(super) best: bool,
    /// Whether it is cut off.
    pub(super) late: bool,
    /// Which language it speaks.
    pub(super) say: Say<'a>,
}

impl Head<'_> {
    /// Draws a card's head from `y` down, and gives where its lanes begin.
    pub(super) fn draw(
        &self,
        y: f32,
        (left, right): (f32, f32),
        narrow: bool,
        list: &mut DrawList,
    ) -> f32 {
        let (name, detail) = words::plan_in(self.trace, self.say);
        let caption = self.say.say(self.caption);
        let base = y + 24.0;
        let bold = Font::sans(14.5).bold();
        let figure = Font::mono(if narrow { 15.0 } else { 17.0 }).bold();
        let small = Font::mono(if narrow { 11.0 } else { 12.0 });
        let caption_px = if caption.is_empty() || narrow {
            0.0
        } else {
            62.0
        };
        let makespan = self.say.say(&self.trace.makespan().to_string());
        let free = right - caption_px - figure.width(&makespan) - 12.0;
        list.texts.push(Text {
            x: right - caption_px,
            y: base,
            text: makespan,
            font: figure,
            anchor: Anchor::End,
            ink: Chrome::Ink,
        });
        if caption_px > 0.0 {
            list.text(
                (right, base),
                caption.clone(),
                small,
                Anchor::End,
                Chrome::Mute,
            );
        }
        let name = bold.fit(&name, free - left);
        let mut x = left + bold.width(&name) * LOOSE + 10.0;
        list.text((left, base), name, bold, Anchor::Start, Chrome::Ink);
        let python = if self.trace.gil {
            String::new()
        } else {
            format!("{} · ", self.trace.python)
        };
        let detail = format!("{python}{detail}");
        let badges = [
            self.best
                .then_some(("best", Chrome::Best, Chrome::BestGround)),
            (self.trace.origin == Origin::Measured).then_some((
                "measured",
                Chrome::Ink,
                Chrome::Track,
            )),
            words::trouble(self.trace).map(|text| (text, Chrome::Warn, Chrome::WarnGround)),
            self.late
                .then_some(("runs past the window", Chrome::Warn, Chrome::WarnGround)),
        ]
        .into_iter()
        .flatten();
        let badges: Vec<(String, Chrome, Chrome)> = badges
            .map(|(text, ink, ground)| (self.say.say(text), ink, ground))
            .collect();
        let badges_px: f32 = badges
            .iter()
            .map(|(text, ..)| Font::sans(11.5).bold().width(text) + 28.0)
            .sum();
        let one_line = x + small.width(&detail) + 12.0 + badges_px <= free;
        let (mut line, mut below) = (base, base);
        if !one_line {
            (x, line) = (left, base + 18.0);
            below = line;
        }
        let room = right
            - x
            - badges_px
            - if narrow {
                small.width(&caption) + 10.0
            } else {
                0.0
            };
        let detail = if one_line {
            detail
        } else {
            small.fit(&detail, room)
        };
        list.text(
            (x, line),
            detail.clone(),
            small,
            Anchor::Start,
            Chrome::Mute,
        );
        if !detail.is_empty() {
            x += small.width(&detail) + 12.0;
        }
        for (text, ink, ground) in badges {
            x = badge(&text, (x, line), ink, ground, list) + 10.0;
        }
        if narrow && !caption.is_empty() {
            below = base + 18.0;
            list.text(
                (right, below),
                caption.clone(),
                small,
                Anchor::End,
                Chrome::Mute,
            );
        }
        below + 9.0
    }
}
