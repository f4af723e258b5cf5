//! One run, opened into its lanes.

use trilane_core::trace::Trace;

use super::head::LOOSE;
use super::write::{Words, document};
use super::{Axis, Options, legend};
use crate::draw::{Anchor, DrawList, Font, Paint, Rect};
use crate::palette::Chrome;
use crate::rows::Timeline;
use crate::scale::TimeScale;
use crate::scene::{self, Style};
use crate::sheet::{Axis as SheetAxis, Sheet};
use crate::words;

/// More tool tips than this would weigh more than the picture.
const MOST_TIPS: u64 = 3_000;

/// A picture of one run: its lanes by group, on a time axis.
pub fn timeline(trace: &Trace, options: &Options<'_>) -> String {
    let mut list = DrawList::default();
    let Laid {
        timeline,
        sheet,
        scale,
        top,
    } = Laid::new(trace, options, &mut list);
    let width = width(options);
    let height = top + sheet.height();
    let style = Style {
        tips: trace.spans.len() <= MOST_TIPS && options.grain_px <= 1,
        grain_px: options.grain_px,
    };
    sheet.paint_as(&timeline, &scale, style, options.say, None, &mut list);
    list.line((0.5, top), (width - 0.5, top), 1.0, Chrome::Rule);
    if let Some(lane) = options.selected {
        list.arrows = scene::arrows(&timeline, sheet.layout(), &scale, &trace.flows, lane);
    }
    card(
        &mut list,
        (0.5, 0.5),
        (width - 1.0, height - 1.0),
        Chrome::Rule,
    );

    let what = options
        .title
        .map(|title| format!("{title}: "))
        .unwrap_or_default();
    let name = words::plan(trace).0;
    let words = Words {
        title: what + &options.say.say(&format!("timeline of {name}")),
        description: options.say.say(&words::sentence(trace, &timeline)),
    };
    let size = (width as u32, height.ceil() as u32);
    document(&list, size, options, &words)
}

/// The time axis of a picture that [`timeline()`] makes of the same.
pub fn timeline_axis(trace: &Trace, options: &Options<'_>) -> Axis {
    let laid = Laid::new(trace, options, &mut DrawList::default());
    let end_ns = laid.scale.end_ns();
    Axis {
        left: laid.scale.px(0.0) as f32,
        right: laid.scale.px(end_ns) as f32,
        end_ns: end_ns as u64,
        lanes: vec![(laid.top, laid.sheet.layout().bottom)],
    }
}

fn width(options: &Options<'_>) -> f32 {
    options.width_px.max(280) as f32
}

/// What stands where below the head.
struct Laid {
    timeline: Timeline,
    sheet: Sheet,
    scale: TimeScale,
    /// Where the sheet begins, px.
    top: f32,
}

impl Laid {
    /// Draws the head and the legend, and sets out what is below them.
    fn new(trace: &Trace, options: &Options<'_>, list: &mut DrawList) -> Laid {
        let width = width(options);
        let timeline = Timeline::new(trace, options.view, options.most_rows);
        let pad = if width < 600.0 { 12.0 } else { 18.0 };
        let y = header(trace, options, (pad, width - pad), list);
        let states = timeline.states();
        let top = legend::draw(&states, (pad, y), width - pad, options.say, list) + 4.0;
        let sheet = Sheet::below(&timeline, width, top, options.say);
        let window = match options.window_ns {
            Some((from, to)) => (from as f64, to as f64),
            None => sheet.whole(),
        };
        let scale = sheet.scale(window, SheetAxis::Linear);
        Laid {
            timeline,
            sheet,
            scale,
            top,
        }
    }
}

/// What ran and how long it took. Gives where it ends.
fn header(
    trace: &Trace,
    options: &Options<'_>,
    (left, right): (f32, f32),
    list: &mut DrawList,
) -> f32 {
    let (name, detail) = words::plan_in(trace, options.say);
    let narrow = right < 600.0;
    let mut y = 14.0;
    if let Some(title) = options.title {
        let font = Font::sans(12.5);
        list.text(
            (left, y + 10.0),
            font.fit(title, right - left),
            font,
            Anchor::Start,
            Chrome::Mute,
        );
        y += 20.0;
    }
    let base = y + 18.0;
    let bold = Font::sans(if narrow { 16.0 } else { 18.0 }).bold();
    let figure = Font::mono(if narrow { 16.0 } else { 19.0 }).bold();
    let makespan = options.say.say(&trace.makespan().to_string());
    let free = right - figure.width(&makespan) - 16.0;
    let name = bold.fit(&name, free - left);
    list.text((right, base), makespan, figure, Anchor::End, Chrome::Ink);
    let mut x = left + bold.width(&name) * LOOSE + 12.0;
    list.text((left, base), name, bold, Anchor::Start, Chrome::Ink);
    if let Some(trouble) = words::trouble(trace) {
        x = badge(
            &options.say.say(trouble),
            (x, base),
            Chrome::Warn,
            Chrome::WarnGround,
            list,
        ) + 10.0;
    }
    let small = Font::mono(if narrow { 11.0 } else { 12.0 });
    let parts = [detail, options.say.say(&words::machine(trace))];
    let all = parts
        .iter()
        .filter(|part| !part.is_empty())
        .cloned()
        .collect::<Vec<_>>();
    let one_line = all.join(" · ");
    if x + small.width(&one_line) <= free {
        list.text((x, base), one_line, small, Anchor::Start, Chrome::Mute);
        return base + 16.0;
    }
    let lines = match small.width(&one_line) <= right - left {
        true => vec![one_line],
        false => all,
    };
    let mut below = base;
    for line in lines {
        below += 17.0;
        list.text(
            (left, below),
            small.fit(&line, right - left),
            small,
            Anchor::Start,
            Chrome::Mute,
        );
    }
    below + 12.0
}

/// A word in a rounded box on a line of text. Gives its right edge.
pub(super) fn badge(
    text: &str,
    (x, base): (f32, f32),
    ink: Chrome,
    ground: Chrome,
    list: &mut DrawList,
) -> f32 {
    let font = Font::sans(11.5).bold();
    let width = font.width(text) + 18.0;
    list.rect((x, base - 13.5), (width, 18.5), 9.2, Paint::Chrome(ground));
    list.text(
        (x + width / 2.0, base - 0.3),
        text,
        font,
        Anchor::Middle,
        ink,
    );
    x + width
}

/// A panel with a border, behind everything that was drawn so far.
pub(super) fn card(list: &mut DrawList, (x, y): (f32, f32), (w, h): (f32, f32), border: Chrome) {
    let rect = |inset: f32, paint| Rect {
        x: x + inset - 0.5,
        y: y + inset - 0.5,
        w: w - 2.0 * inset + 1.0,
        h: h - 2.0 * inset + 1.0,
        round: 11.0 - inset,
        paint: Paint::Chrome(paint),
    };
    let border_px = if border == Chrome::Rule { 1.0 } else { 1.6 };
    list.rects
        .splice(0..0, [rect(0.0, border), rect(border_px, Chrome::Panel)]);
    list.tips.iter_mut().for_each(|(index, _)| *index += 2);
}
