//! Pans, orders and plates: what a task is at an instant.

use std::fmt::Write;

use trilane_core::trace::SpanKind;

use super::{area, solid, strokes};
use crate::kitchen::signs::Doing;
use crate::palette::cook::HAT;

const BOWL: &str = "M9 13H30V17.5C30 22 27 24.5 24 24.5H15C12 24.5 9 22 9 17.5Z";

/// A pan, or what it is in place of one.
pub(super) fn pan(out: &mut String, doing: Doing, many: usize) {
    let paint = area(doing.kind());
    match doing {
        Doing::Done => {
            let _ = write!(
                out,
                "<path class=\"{paint}\" d=\"M8 21C8 8 31 8 31 21Z\"/><circle class=\"f1\" cx=\"19.5\" cy=\"9\" r=\"2\"/>\
                 <path class=\"l\" stroke-width=\"2\" d=\"M4.5 22.5H34.5\" transform=\"scale(.93 1)\"/>"
            );
            return;
        }
        Doing::State(SpanKind::Pickle | SpanKind::Transfer) => {
            let _ = write!(
                out,
                "<rect class=\"{paint}\" x=\"8\" y=\"7\" width=\"22\" height=\"17\" rx=\"2\"/>\
                 <path class=\"l\" d=\"M19 7V24M8 13H30M16 3.5L19 7L22 3.5\"/>"
            );
            return;
        }
        Doing::State(SpanKind::Overhead | SpanKind::Start) => {
            out.push_str("<path class=\"f1\" d=\"M11 4H25L28 7V24H11Z\"/>");
            let _ = write!(
                out,
                "<path class=\"l {}\" stroke-width=\"1.8\" d=\"M14.5 10H24M14.5 14.5H24M14.5 19H20\"/>",
                strokes(doing.kind())
            );
            return;
        }
        _ => {}
    }
    if many > 1 {
        let _ = write!(
            out,
            "<path class=\"{paint}\" d=\"{BOWL}\" transform=\"translate(-3 -5)\" opacity=\".6\"/>"
        );
    }
    out.push_str("<path class=\"l\" stroke-width=\"3.4\" d=\"M9 14.5H2\"/>");
    let _ = write!(out, "<path class=\"{paint}\" d=\"{BOWL}\"/>");
    out.push_str("<path class=\"l\" stroke-width=\"2\" d=\"M8.2 13H30.8\"/>");
    over(out, doing);
}

/// What is in a pan, or over it.
fn over(out: &mut String, doing: Doing) {
    const STEAM: &str = "<path class=\"l w6\" stroke-width=\"1.5\" d=\"M14.5 9.5C12.5 7.5 16.5 5 14.5 2.5M20 9.5C18 7.5 22 5 20 2.5M25.5 9.5C23.5 7.5 27.5 5 25.5 2.5\"/>";
    match doing {
        Doing::State(SpanKind::Python) => out.push_str(STEAM),
        Doing::Stares => {
            out.push_str(STEAM);
            out.push_str("<g class=\"f1\" stroke-width=\".9\"><circle cx=\"14\" cy=\"18\" r=\"1.7\"/><circle cx=\"20\" cy=\"20\" r=\"2\"/><circle cx=\"25.5\" cy=\"17.5\" r=\"1.5\"/></g>");
        }
        Doing::State(SpanKind::Io | SpanKind::Native) => {
            out.push_str("<path class=\"f1\" d=\"M9.5 13C9.5 6.5 29.5 6.5 29.5 13Z\"/><circle class=\"f4\" cx=\"19.5\" cy=\"6.8\" r=\"1.5\"/>");
            out.push_str("<path class=\"l w6\" stroke-width=\"1.3\" d=\"M29.5 8.5C27.8 6.6 31.2 4.8 29.6 2.6\"/>");
        }
        Doing::State(SpanKind::LoopWait) => {
            out.push_str("<path class=\"f1\" d=\"M9 11.5C8 5 26.5 1 28.5 8Z\"/>");
            let _ = write!(
                out,
                "<circle class=\"{}\" cx=\"26.8\" cy=\"5.2\" r=\"4.9\"/><path class=\"l w1\" stroke-width=\"1.9\" d=\"M26.8 2.6V5.6M26.8 7.8V7.9\"/>\
                 <path class=\"l {}\" stroke-width=\"1.7\" d=\"M8 6.8L5 4.6M11.8 3.8L10.4 .8\"/>",
                solid(SpanKind::LoopWait),
                strokes(SpanKind::LoopWait)
            );
        }
        Doing::State(SpanKind::LockWait) | Doing::Stuck(SpanKind::LockWait) => {
            let lock = solid(SpanKind::LockWait);
            let _ = write!(
                out,
                "<path class=\"l\" d=\"M16.4 6V4.4a3.1 3.1 0 0 1 6.2 0V6\"/><rect class=\"{lock}\" x=\"14.4\" y=\"5.6\" width=\"10.2\" height=\"6.4\" rx=\"1.4\"/>"
            );
        }
        Doing::State(SpanKind::QueueWait) | Doing::Stuck(SpanKind::QueueWait) => {
            let dot = solid(SpanKind::QueueWait);
            let _ = write!(
                out,
                "<g class=\"{dot}\" stroke-width=\".9\"><circle cx=\"13\" cy=\"8\" r=\"2.2\"/><circle cx=\"19.5\" cy=\"8\" r=\"2.2\"/><circle cx=\"26\" cy=\"8\" r=\"2.2\"/></g>"
            );
        }
        Doing::State(SpanKind::JoinWait) | Doing::Stuck(SpanKind::JoinWait) => {
            out.push_str("<g class=\"f1\" stroke-width=\"1.1\"><path d=\"M9.5 5H18A4.2 4.2 0 0 1 9.5 5Z\"/><path d=\"M21 5H29.5A4.2 4.2 0 0 1 21 5Z\"/></g>");
        }
        _ => {
            let _ = write!(
                out,
                "<g fill=\"{}\"><ellipse cx=\"16.4\" cy=\"9.6\" rx=\"3.3\" ry=\"4\"/><ellipse cx=\"23\" cy=\"9.8\" rx=\"3.3\" ry=\"4\"/></g>",
                HAT.css()
            );
        }
    }
}

/// An order on the rail: a slip of paper, torn off at its end.
pub(super) fn ticket(out: &mut String, many: usize) {
    if many > 1 {
        out.push_str("<path class=\"f1\" stroke-width=\"1\" d=\"M4 5.5H66.5V33H4Z\"/>");
    }
    out.push_str("<path class=\"f1\" stroke-width=\"1\" d=\"M1.5 3.5H64.5V31");
    for _ in 0..9 {
        out.push_str("l-3.5-2l-3.5 2");
    }
    let _ = write!(
        out,
        "Z\"/><path class=\"{}\" style=\"stroke:none\" d=\"M2.2 4.2H63.8V8.4H2.2Z\"/>\
         <rect class=\"f6\" x=\"29\" y=\".8\" width=\"8\" height=\"5.4\" rx=\"1.6\" stroke-width=\"1\"/>",
        area(SpanKind::PoolWait)
    );
}

/// A served dish.
pub(super) fn plate(out: &mut String, many: usize) {
    if many > 1 {
        out.push_str("<g class=\"f1\" stroke-width=\"1.1\"><ellipse cx=\"15\" cy=\"16.5\" rx=\"12.5\" ry=\"8.5\"/><ellipse cx=\"15\" cy=\"14\" rx=\"12.5\" ry=\"8.5\"/></g>");
    }
    let y = if many > 1 { 10.5 } else { 13.0 };
    let _ = write!(
        out,
        "<ellipse class=\"f1\" stroke-width=\"1.2\" cx=\"15\" cy=\"{y}\" rx=\"12.5\" ry=\"{0}\"/>\
         <ellipse class=\"f10\" style=\"stroke:none\" cx=\"15\" cy=\"{y}\" rx=\"8.6\" ry=\"{1}\"/>\
         <path class=\"l w9\" stroke-width=\"2.2\" d=\"M11.2 {y}l2.8 2.8l5-5.6\"/>",
        if many > 1 { 8.5 } else { 11.5 },
        if many > 1 { 5.6 } else { 7.8 },
    );
}
