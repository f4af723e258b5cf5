//! Cooks: a hat, a face with a mood, and a coat in the colour of what they do.

use std::fmt::Write;

use trilane_core::trace::SpanKind;

use super::{area, solid, strokes};
use crate::kitchen::signs::Doing;
use crate::palette::cook::{CHEEK, HAT, LINE, SKIN};

const HAT_PATH: &str =
    "M11 21V15.5C5.5 15 5 7.5 11 7C12 1.5 18 .5 20 4C22 .5 28 1.5 29 7C35 7.5 34.5 15 29 15.5V21Z";
const COAT: &str = "M8 67V49C8 41.5 13 38 20 38S32 41.5 32 49V67Q20 70 8 67Z";

/// What there is to know of a cook.
pub(super) struct Look {
    pub(super) doing: Doing,
    pub(super) at_stove: bool,
    /// Whether it has a pan in hand.
    pub(super) holds: bool,
    /// The same for the same thread, so that each keeps its face.
    pub(super) number: u32,
}

impl Look {
    /// Draws one, or a crowd of them.
    pub(super) fn draw(&self, out: &mut String, many: usize) {
        if many > 1 {
            for (x, skin) in [(-7, 1), (7, 2)] {
                let skin = SKIN[(self.number as usize + skin) % SKIN.len()].css();
                let _ = write!(
                    out,
                    "<g transform=\"translate({x} -2)\" stroke=\"{0}\" opacity=\".55\"><circle fill=\"{skin}\" cx=\"20\" cy=\"27\" r=\"9\"/>\
                     <path class=\"{1}\" d=\"{COAT}\"/><path fill=\"{2}\" d=\"{HAT_PATH}\"/></g>",
                    LINE.css(),
                    area(self.doing.kind()),
                    HAT.css()
                );
            }
        }
        let line = LINE.css();
        let skin = SKIN[self.number as usize % SKIN.len()].css();
        out.push_str("<path class=\"l w6\" stroke-width=\"3.2\" d=\"M15.5 68V74.5H12.5M24.5 68V74.5H27.5\"/>");
        let coat = area(self.doing.kind());
        let _ = write!(out, "<path class=\"{coat}\" d=\"{COAT}\"/>");
        let _ = write!(
            out,
            "<path fill=\"{}\" d=\"M14 39.5L20 46L26 39.5Q20 36 14 39.5Z\"/>",
            HAT.css()
        );
        self.arms(out, &skin);
        let _ = write!(out, "<g style=\"stroke:{line}\">");
        let _ = write!(
            out,
            "<circle fill=\"{skin}\" cx=\"20\" cy=\"27\" r=\"9.5\"/>"
        );
        self.face(out, &line);
        let _ = write!(out, "<path fill=\"{}\" d=\"{HAT_PATH}\"/>", HAT.css());
        out.push_str("<path class=\"l\" stroke-width=\"1\" d=\"M11 17.5H29M16.5 9.5V14M23.5 9.5V14\" opacity=\".35\"/></g>");
        self.signs(out);
    }

    fn arms(&self, out: &mut String, skin: &str) {
        let right = match self.doing {
            _ if self.holds => "M29.5 46.5Q36 48 40 35.5",
            Doing::Stares => "M29.5 47Q35 44 28.5 36",
            Doing::State(SpanKind::CoreWait) => "M29.5 46.5Q36 50 40 47",
            _ => "M30 46.5Q35 50 33.5 57",
        };
        let left = match self.doing {
            Doing::State(SpanKind::Idle) => "M10 46.5Q13 54 22 54",
            Doing::Stuck(_) => "M10 47Q3 44 7 33",
            _ if self.doing.kind().on_core() => "M10 46.5Q3 51 9.5 56",
            _ => "M10 46.5Q5.5 51 7 57.5",
        };
        for arm in [left, right] {
            let _ = write!(
                out,
                "<path class=\"l\" stroke-width=\"6\" d=\"{arm}\"/><path class=\"l {}\" stroke-width=\"3.8\" d=\"{arm}\"/>",
                strokes(self.doing.kind())
            );
            let hand = arm.rsplit(['Q', ' ']).take(2).collect::<Vec<_>>();
            if let [y, x] = hand.as_slice() {
                let _ = write!(
                    out,
                    "<circle fill=\"{skin}\" style=\"stroke:{}\" stroke-width=\"1.1\" cx=\"{x}\" cy=\"{y}\" r=\"2.9\"/>",
                    LINE.css()
                );
            }
        }
    }

    fn face(&self, out: &mut String, line: &str) {
        if self.number % 4 == 2 {
            out.push_str("<path class=\"l\" stroke-width=\"2.6\" d=\"M11.3 22.5Q10 26 11.5 29M28.7 22.5Q30 26 28.5 29\"/>");
        }
        let _ = write!(
            out,
            "<g stroke=\"none\"><circle fill=\"{0}\" cx=\"14.6\" cy=\"30.4\" r=\"1.9\"/><circle fill=\"{0}\" cx=\"25.4\" cy=\"30.4\" r=\"1.9\"/></g>",
            CHEEK.css()
        );
        let dots = |out: &mut String, left: f32, right: f32| {
            let _ = write!(
                out,
                "<g style=\"stroke:none\"><circle fill=\"{line}\" cx=\"{left}\" cy=\"26.8\" r=\"1.4\"/><circle fill=\"{line}\" cx=\"{right}\" cy=\"26.8\" r=\"1.4\"/></g>"
            );
        };
        let mouth = match self.doing {
            Doing::Stares => {
                let _ = write!(
                    out,
                    "<g stroke-width=\"1\"><circle fill=\"{0}\" cx=\"16.6\" cy=\"26.6\" r=\"3\"/><circle fill=\"{0}\" cx=\"24.4\" cy=\"26.6\" r=\"3\"/></g>",
                    HAT.css()
                );
                dots(out, 18.0, 25.8);
                "M19.5 32.8a1.3 1.3 0 1 0 .1 0"
            }
            Doing::State(SpanKind::Idle) => {
                out.push_str(
                    "<path class=\"l\" d=\"M14.6 26.6q1.9 1.8 3.8 0M21.6 26.6q1.9 1.8 3.8 0\"/>",
                );
                "M18 32.2q2 1 4 0"
            }
            Doing::Stuck(_) => {
                dots(out, 16.5, 23.5);
                out.push_str("<path class=\"l\" d=\"M14 24.2L18 22.9M26 24.2L22 22.9\"/>");
                "M16.8 33.2Q20 30.4 23.2 33.2"
            }
            doing if doing.kind().on_core() => {
                dots(out, 18.0, 24.6);
                "M17.4 31.2Q21 34.6 24.4 31.2"
            }
            Doing::State(SpanKind::GilWait) => {
                dots(out, 15.4, 22.0);
                "M16.8 32.2H21.6"
            }
            _ => {
                dots(out, 18.0, 24.6);
                "M18.4 32.2H23.2"
            }
        };
        let _ = write!(out, "<path class=\"l\" d=\"{mouth}\"/>");
        if self.number % 4 == 1 && self.doing != Doing::Stares {
            let _ = write!(
                out,
                "<path fill=\"{line}\" stroke-width=\".6\" d=\"M20 29.6C17 28.4 15.6 30.6 14.4 30.2C15.6 32 18.6 32.2 20 30.6C21.4 32.2 24.4 32 25.6 30.2C24.4 30.6 23 28.4 20 29.6Z\"/>"
            );
        }
    }

    /// What hangs in the air around a cook.
    fn signs(&self, out: &mut String) {
        match self.doing {
            Doing::State(SpanKind::Idle) => {
                out.push_str("<path class=\"l w6\" stroke-width=\"1.6\" d=\"M37 22h5l-5 6h5M45 13h4l-4 5h4\"/>");
            }
            Doing::Stares => {
                out.push_str("<path class=\"l w6\" stroke-width=\"1.2\" stroke-dasharray=\"2 3\" d=\"M29.5 25.5L46 28M29.5 28L46 33\"/>");
            }
            Doing::Stuck(_) => {
                out.push_str(
                    "<path class=\"l w11\" stroke-width=\"2.4\" d=\"M36 6V13M36 17.2V17.3\"/>",
                );
            }
            Doing::State(SpanKind::CoreWait) if self.at_stove => {
                let _ = write!(
                    out,
                    "<path class=\"l\" d=\"M7 58C1 60 1 66 4 67\"/><rect class=\"{}\" x=\"1.5\" y=\"66\" width=\"6\" height=\"6\" rx=\"1.5\"/>\
                     <path class=\"l\" d=\"M3.2 72V75M5.8 72V75\"/>",
                    solid(SpanKind::CoreWait)
                );
            }
            _ => {}
        }
    }
}
