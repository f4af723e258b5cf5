//! What cooks work or wait at. Everything stands on the floor of its box, and a pan fits on top of it.

use std::fmt::Write;

use trilane_core::trace::SpanKind;

use super::{area, solid, strokes};
use crate::kitchen::signs::Doing;

/// A stove with one burner; the gas burns in the colour of running Python.
pub(super) fn stove(out: &mut String, lit: bool) {
    if lit {
        let flame = solid(SpanKind::Python);
        let _ = write!(
            out,
            "<path class=\"{flame}\" style=\"stroke:none\" d=\"M9 7C6.5 4 9.8 2.6 9.4 .2C12 1.6 12.6 4.6 12 7ZM15 7C12.6 3.6 16 2.4 15.4 -.6C18.4 1.2 19.4 4.4 18.4 7ZM21.4 7C19 4 22.2 2.6 21.8 .2C24.4 1.6 25 4.6 24.4 7Z\"/>"
        );
    }
    out.push_str(
        "<rect class=\"f2\" x=\"2\" y=\"9\" width=\"28\" height=\"22\" rx=\"3\"/><rect class=\"f4\" x=\"0.8\" y=\"7\" width=\"30.4\" height=\"3.6\" rx=\"1.5\" style=\"stroke:none\"/>\
         <rect class=\"f1\" x=\"7\" y=\"17\" width=\"18\" height=\"10\" rx=\"2\"/><path class=\"l\" stroke-width=\"1\" d=\"M10 20H22\"/>\
         <path class=\"l\" stroke-width=\"2.2\" d=\"M9 13.8H9.1M16 13.8H16.1M23 13.8H23.1\"/>",
    );
}

/// A socket in the wall.
pub(super) fn socket(out: &mut String, used: bool) {
    let _ = match used {
        true => write!(
            out,
            "<rect class=\"f7\" x=\".8\" y=\".8\" width=\"13.4\" height=\"13.4\" rx=\"3.4\" stroke-width=\"1\"/>\
             <path class=\"l w8\" stroke-width=\"1.8\" d=\"M8.4 3.2L5.4 8H9.6L6.6 12\"/>"
        ),
        false => write!(
            out,
            "<rect class=\"f1 w6\" x=\".8\" y=\".8\" width=\"13.4\" height=\"13.4\" rx=\"3.4\" stroke-width=\"1\"/>\
             <path class=\"l w6\" stroke-width=\"2.4\" d=\"M5 7.5H5.1M10 7.5H10.1\"/>"
        ),
    };
}

/// What stands beside a cook that has no stove.
pub(super) fn of(out: &mut String, doing: Doing) {
    let paint = area(doing.kind());
    let _ = match doing {
        Doing::Stares => write!(
            out,
            "<path class=\"{paint}\" style=\"stroke:none\" d=\"M10 6C8 3.4 11 2.4 10.6 .4C13 1.8 13.6 4 13 6ZM17 6C15 3.4 18 2.4 17.6 .4C20 1.8 20.6 4 20 6ZM24 6C22 3.4 25 2.4 24.6 .4C27 1.8 27.6 4 27 6Z\"/>\
             <rect class=\"f2\" x=\"4\" y=\"6\" width=\"26\" height=\"7\" rx=\"2\"/><path class=\"l\" stroke-width=\"2\" d=\"M8 13V31M26 13V31M8 24H26\"/>"
        ),
        Doing::State(kind) | Doing::Stuck(kind) => match kind {
            SpanKind::Native => write!(
                out,
                "<rect class=\"f2\" x=\"2\" y=\"2\" width=\"28\" height=\"29\" rx=\"3\"/><rect class=\"{paint}\" x=\"6\" y=\"11\" width=\"20\" height=\"15\" rx=\"2.5\"/>\
                 <path class=\"l\" stroke-width=\"2.2\" d=\"M9 6.6H9.1M14 6.6H14.1\"/><path class=\"l\" d=\"M20 6.6H26\"/>\
                 <path class=\"l w1\" stroke-width=\"1.6\" d=\"M11 22C9.4 20 12.6 17.6 11 15M16 22C14.4 20 17.6 17.6 16 15M21 22C19.4 20 22.6 17.6 21 15\"/>"
            ),
            SpanKind::Io => write!(
                out,
                "<path class=\"f1\" d=\"M20 13H25.5L30.5 18.5V26H20Z\"/><rect class=\"{paint}\" x=\"1\" y=\"8\" width=\"20\" height=\"18\" rx=\"2.5\"/>\
                 <circle class=\"f1\" cx=\"11\" cy=\"16\" r=\"5.4\"/><path class=\"l\" d=\"M11 12.8V16L13.4 17.4\"/>\
                 <g class=\"f4\"><circle cx=\"7\" cy=\"27\" r=\"3.2\"/><circle cx=\"24.5\" cy=\"27\" r=\"3.2\"/></g><path class=\"l\" stroke-width=\"1\" d=\"M23.5 15.5H25L27.5 18.5\"/>"
            ),
            SpanKind::GilWait => write!(
                out,
                "<path class=\"l {}\" stroke-width=\"3.2\" d=\"M1 13Q12 25 22 13\"/><path class=\"l\" stroke-width=\"2.2\" d=\"M22 11V30M16.5 31H27.5\"/><circle class=\"{}\" cx=\"22\" cy=\"8\" r=\"3\"/>",
                strokes(kind),
                solid(kind)
            ),
            SpanKind::CoreWait => write!(
                out,
                "<path class=\"l\" stroke-width=\"1.8\" d=\"M1 4C9 6 1 18 9 20\"/><rect class=\"{paint}\" x=\"9\" y=\"14.5\" width=\"11\" height=\"11\" rx=\"3\"/>\
                 <path class=\"l\" stroke-width=\"2\" d=\"M20 17.6H25M20 22.4H25\"/>"
            ),
            SpanKind::LockWait => write!(
                out,
                "<rect class=\"f2\" x=\"3\" y=\"16\" width=\"26\" height=\"15\" rx=\"2.5\"/><path class=\"f1\" d=\"M5 4H19Q26 4 27 11H5Z\"/><path class=\"l\" stroke-width=\"3.2\" d=\"M5 7.4H-1\" transform=\"translate(2 0)\"/>\
                 <path class=\"l\" d=\"M12.6 20V18a3.4 3.4 0 0 1 6.8 0V20\"/><rect class=\"{paint}\" x=\"10.4\" y=\"19.6\" width=\"11.2\" height=\"8\" rx=\"1.8\"/>"
            ),
            SpanKind::QueueWait => write!(
                out,
                "<path class=\"f2\" d=\"M2 31V12Q2 4 16 4T30 12V31Z\"/><path class=\"f1\" d=\"M6.5 22V13Q6.5 8.5 16 8.5T25.5 13V22Z\"/>\
                 <g class=\"{paint}\"><path d=\"M8 17.5H15A3.5 3.5 0 0 1 8 17.5Z\"/><path d=\"M17 17.5H24A3.5 3.5 0 0 1 17 17.5Z\"/></g><path class=\"l\" stroke-width=\"2.4\" d=\"M.8 22.6H31.2\"/>"
            ),
            SpanKind::PoolWait | SpanKind::LoopWait => write!(
                out,
                "<path class=\"l\" stroke-width=\"2\" d=\"M3 19H29M6 19V31M26 19V31\"/><path class=\"{paint}\" d=\"M9 17A7 7 0 0 1 23 17Z\"/><circle class=\"f4\" cx=\"16\" cy=\"8.6\" r=\"1.5\"/>"
            ),
            SpanKind::JoinWait => write!(
                out,
                "<path class=\"l\" stroke-width=\"2\" d=\"M2 18H30M5 18V31M27 18V31\"/><g class=\"{paint}\"><path d=\"M3 10H14.5A5.8 5.8 0 0 1 3 10Z\"/><path d=\"M17.5 10H29A5.8 5.8 0 0 1 17.5 10Z\"/></g>"
            ),
            SpanKind::Transfer => write!(
                out,
                "<path class=\"l\" stroke-width=\"2\" d=\"M1 4L5 6V22H29\"/><path class=\"{paint}\" d=\"M7 10H28V20H7Z\"/><g class=\"f1\"><circle cx=\"10\" cy=\"27\" r=\"3.6\"/><circle cx=\"25\" cy=\"27\" r=\"3.6\"/></g>"
            ),
            SpanKind::Idle => {
                write!(
                    out,
                    "<path class=\"l w6\" stroke-width=\"2\" d=\"M8 17H24M11 17L9 31M21 17L23 31M10 25H22\"/>"
                )
            }
            SpanKind::Python | SpanKind::Pickle | SpanKind::Overhead | SpanKind::Start => {
                write!(
                    out,
                    "<path class=\"l\" stroke-width=\"2.2\" d=\"M1 8H31M5 8V31M27 8V31\"/>"
                )
            }
        },
        Doing::Done => Ok(()),
    };
}
