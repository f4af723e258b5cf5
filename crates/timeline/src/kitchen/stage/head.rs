//! Above the kitchens: what, when, the sockets, and what is going on; below them: what means what.

use super::{Doing, Figure, Frame, GAP, Place, Sprite, Stage};
use crate::draw::{Anchor, Font};
use crate::palette::Chrome;
use crate::words::{moment, name_in};

const TITLE: Font = Font::sans(16.0).bold();
const SMALL: Font = Font::sans(12.0);
const SAID: Font = Font::sans(13.0);
const LEGEND: Font = Font::sans(11.5);
/// More sockets than this are counted, not drawn.
const MOST_SOCKETS: u32 = 16;
const SOCKET_STEP: f32 = Figure::SOCKET.0 + 3.0;

impl Frame<'_> {
    /// Draws the head, and gives where the next thing may begin.
    pub(super) fn head(&self, title: Option<&str>, stage: &mut Stage) -> f32 {
        let (name, detail) = self.kitchen.plan();
        let when = self.say(&moment(self.scene.at_ns));
        let figure = Font::mono(15.0).bold();
        let room = (self.width() - figure.width(&when)) * 0.95 - 16.0;
        let title = title.map_or_else(|| self.say("The kitchen"), str::to_owned);
        stage.note(
            (self.left, 27.0),
            TITLE.fit(&title, room),
            TITLE,
            Chrome::Ink,
        );
        stage.note((self.right, 27.0), when, figure, Chrome::Ink);
        if let Some(last) = stage.notes.last_mut() {
            last.anchor = Anchor::End;
        }
        let (name, detail) = (name_in(name, self.say), self.say(detail));
        let what = match detail.is_empty() {
            true => name,
            false => format!("{name} · {detail}"),
        };
        let mut y = 47.0;
        if self.wide {
            let from = self.sockets(y, self.right, stage);
            let what = SMALL.fit(&what, from - self.left - 12.0);
            stage.note((self.left, y), what, SMALL, Chrome::Mute);
        } else {
            let what = SMALL.fit(&what, self.width());
            stage.note((self.left, y), what, SMALL, Chrome::Mute);
            y += 20.0;
            let width = self.sockets_width();
            self.sockets(y, self.left + width, stage);
        }
        self.said(y + 22.0, stage)
    }

    fn sockets_words(&self) -> String {
        let (used, all) = (self.scene.plugged, self.scene.sockets);
        let name = if all == 1 { "socket" } else { "sockets" };
        self.say(&format!("{used} of {all} {name} in use"))
    }

    fn sockets_width(&self) -> f32 {
        let drawn = self.drawn_sockets();
        SMALL.width(&self.sockets_words()) + 8.0 + drawn as f32 * SOCKET_STEP
    }

    fn drawn_sockets(&self) -> u32 {
        match self.scene.sockets.max(self.scene.plugged) {
            many if many > MOST_SOCKETS => 0,
            many => many,
        }
    }

    /// Draws the sockets up to `right`, and gives where they begin.
    fn sockets(&self, y: f32, right: f32, stage: &mut Stage) -> f32 {
        let left = right - self.sockets_width();
        stage.note((left, y), self.sockets_words(), SMALL, Chrome::Mute);
        let first = right - self.drawn_sockets() as f32 * SOCKET_STEP + 3.0;
        for n in 0..self.drawn_sockets() {
            let used = n < self.scene.plugged;
            let at = (first + n as f32 * SOCKET_STEP, y - 12.0);
            let (figure, key) = (Figure::Socket { used }, format!("socket-{n}"));
            let socket = Sprite::furniture(figure, key, at, Figure::SOCKET);
            stage.sprites.push(socket);
        }
        left
    }

    /// The sentences, as many lines as there is room for.
    fn said(&self, top: f32, stage: &mut Stage) -> f32 {
        let most = if self.wide { 2 } else { 5 };
        let all: Vec<String> = (self.scene.sentences.iter())
            .map(|text| self.say(text))
            .collect();
        let text = all.join(" ");
        // Other faces than the one that was measured are wider.
        let mut lines = wrap(&text, self.width() * 0.92);
        if lines.len() > most {
            lines.truncate(most);
            let last = &mut lines[most - 1];
            let room = self.width() - SAID.width(" …");
            let kept = SAID.fit(last, room);
            *last = format!("{} …", kept.trim_end_matches('…'));
        }
        for (n, line) in (0_u8..).zip(lines) {
            let y = top + f32::from(n) * 17.0;
            stage.note((self.left, y), line, SAID, Chrome::Ink);
        }
        top + most as f32 * 17.0 - 8.0
    }

    /// What means what, for everything that occurs in the run.
    pub(super) fn legend(&self, top: f32, stage: &mut Stage) -> f32 {
        let (mut x, mut y) = (self.left, top + GAP);
        let mut add = |text: &str, doing: Option<Doing>, stage: &mut Stage| {
            let text = self.say(text);
            let swatch = if doing.is_some() { 19.0 } else { 0.0 };
            let width = swatch + LEGEND.width(&text) + 14.0;
            if x > self.left && x + width - 14.0 > self.right {
                (x, y) = (self.left, y + 19.0);
            }
            if let Some(doing) = doing {
                stage.panel((x, y + 2.0), (14.0, 10.0), Place::Swatch(doing.kind()));
            }
            let text = LEGEND.fit(&text, self.right - x - swatch);
            stage.note((x + swatch, y + 11.0), text, LEGEND, Chrome::Mute);
            x += width;
        };
        let stove = match self.kitchen.gil {
            true => "a stove: the GIL of an interpreter",
            false => "a stove each: no GIL",
        };
        for text in [
            "a cook: a thread",
            "a pan: a task",
            stove,
            "a socket: a core",
        ] {
            add(text, None, stage);
        }
        for doing in self.kitchen.occurs() {
            add(doing.sign().legend, Some(*doing), stage);
        }
        y + 16.0
    }
}

/// A text in lines of at most `width` px.
fn wrap(text: &str, width: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        if let Some(line) = lines.last_mut()
            && SAID.width(line) + SAID.width(" ") + SAID.width(word) <= width
        {
            line.push(' ');
            line.push_str(word);
            continue;
        }
        lines.push(SAID.fit(word, width));
    }
    lines
}
