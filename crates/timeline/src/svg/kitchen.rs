//! The kitchen as SVG: each sprite a group with a name, so that a page can move it and a reader hear it.

use std::fmt::Write;

use trilane_core::trace::SpanKind;

use super::style::{class, defs, style};
use super::write::{clean, escape, n};
use super::{Ground as Shade, Options};
use crate::draw::{Anchor, Paint, Text};
use crate::kitchen::{Figure, Kitchen, Panel, Place, Scene, Sprite, Stage, markup};
use crate::palette::{self, Theme};
use crate::words::{Say, moment};

/// A run at an instant, drawn as cooks at their stoves.
///
/// Of the options the width (at least 320 px), the ground, the title and the id count. Keys of sprites
/// are `data-key`; `data-thread` and `data-task` say whose they are, where it is one's.
pub fn kitchen(kitchen: &Kitchen, ns: u64, options: &Options<'_>) -> String {
    kitchen_scene(kitchen, &kitchen.at(ns), options)
}

/// The same of a scene that [`Kitchen::at`] gave.
pub fn kitchen_scene(kitchen: &Kitchen, scene: &Scene, options: &Options<'_>) -> String {
    let say = options.say;
    let stage = Stage::said(kitchen, scene, options.width_px as f32, options.title, say);
    let id = clean(options.id);
    let mut out = String::with_capacity(16_384 + stage.sprites.len() * 1_500);
    let (width, height) = (stage.width.ceil(), stage.height.ceil());
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"{id}\" role=\"group\" aria-labelledby=\"{id}-title {id}-desc\" \
         viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" style=\"max-width:100%;height:auto\">"
    );
    let what = options
        .title
        .map(|title| format!("{title}: "))
        .unwrap_or_default();
    let title = format!(
        "the kitchen of {} at {}",
        kitchen.plan().0,
        moment(scene.at_ns)
    );
    let title = what + &say.say(&title);
    let _ = writeln!(out, "<title id=\"{id}-title\">{}</title>", escape(&title));
    let _ = writeln!(
        out,
        "<desc id=\"{id}-desc\">{}</desc>",
        escape(&said(scene, say))
    );
    if options.sheet.is_none() {
        out.push_str(&kitchen_style(options.ground, &id));
    }
    let _ = writeln!(
        out,
        "<rect class=\"f0\" width=\"{width}\" height=\"{height}\" rx=\"10\"/>"
    );
    stage.panels.iter().for_each(|each| panel(&mut out, each));
    out.push_str("<g aria-hidden=\"true\">\n");
    stage.notes.iter().for_each(|each| note(&mut out, each));
    out.push_str("</g>\n");
    stage.sprites.iter().for_each(|each| sprite(&mut out, each));
    out.push_str("</svg>\n");
    out
}

/// The style sheet and the hatching that [`kitchen`] and [`markup`] refer to, for the element with this id:
/// `<style>` and `<defs>`, to stand first in it.
pub fn kitchen_style(ground: Shade, id: &str) -> String {
    let mut out = String::new();
    all_styles(&mut out, ground, id, &SpanKind::ALL.map(Paint::State));
    out
}

/// What pictures of any sort refer to that lie within the element with this id, as one picture without a size: a
/// page of many pictures has it once, first of all.
pub fn sheet(ground: Shade, id: &str) -> String {
    let kinds = SpanKind::ALL.into_iter();
    let all = kinds.flat_map(|kind| [Paint::State(kind), Paint::Depth(kind), Paint::Peak(kind)]);
    let mut out = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\">\n",
    );
    all_styles(&mut out, ground, id, &all.collect::<Vec<_>>());
    out.push_str("</svg>\n");
    out
}

fn all_styles(out: &mut String, ground: Shade, id: &str, used: &[Paint]) {
    let id = clean(id);
    style(out, ground, &id, used);
    out.push_str("<style>\n");
    let _ = writeln!(
        out,
        "#{id} .o{{stroke-width:1.4;stroke-linejoin:round;stroke-linecap:round}}#{id} .l{{stroke-linejoin:round}}"
    );
    match ground {
        Shade::Fixed(theme) => plain(out, theme, &id),
        Shade::Auto => {
            plain(out, Theme::Light, &id);
            out.push_str("@media (prefers-color-scheme:dark){\n");
            plain(out, Theme::Dark, &id);
            out.push_str("}\n");
        }
    }
    out.push_str("</style>\n");
    defs(out, &id, used, false);
}

/// What is going on, in the reader's language.
fn said(scene: &Scene, say: Say<'_>) -> String {
    let all: Vec<String> = scene.sentences.iter().map(|text| say.say(text)).collect();
    all.join(" ")
}

/// States' colours without hatching.
fn plain(out: &mut String, theme: Theme, id: &str) {
    for kind in SpanKind::ALL {
        let (number, colour) = (kind as u8, palette::colour(kind, theme).css());
        let _ = write!(
            out,
            "#{id} .b{number}{{fill:{colour}}}#{id} .a{number}{{stroke:{colour}}}"
        );
    }
    out.push('\n');
}

fn panel(out: &mut String, panel: &Panel) {
    let Panel { x, y, w, h, what } = *panel;
    let place = format!(
        "x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
        n(x),
        n(y),
        n(w),
        n(h)
    );
    let _ = match what {
        Place::Open => writeln!(out, "<rect class=\"f1 w3\" {place} rx=\"8\"/>"),
        Place::Closed => writeln!(
            out,
            "<rect class=\"f2 w3\" {place} rx=\"8\" stroke-dasharray=\"4 4\"/>"
        ),
        Place::Rail => writeln!(
            out,
            "<rect class=\"f2\" {place} rx=\"8\"/><rect class=\"f6\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"3\" rx=\"1.5\"/>",
            n(x + 4.0),
            n(y + 13.0),
            n(w - 8.0)
        ),
        Place::Pass => writeln!(out, "<rect class=\"f2\" {place} rx=\"8\"/>"),
        Place::Swatch(kind) => writeln!(
            out,
            "<rect class=\"{} w3\" {place} rx=\"2\"/>",
            class(Paint::State(kind))
        ),
    };
}

fn note(out: &mut String, text: &Text) {
    let mut class = format!("f{}", text.ink as u8);
    for (is, name) in [
        (text.font.mono, " m"),
        (text.font.bold, " b"),
        (text.anchor == Anchor::End, " e"),
    ] {
        if is {
            class.push_str(name);
        }
    }
    let _ = writeln!(
        out,
        "<text class=\"{class}\" x=\"{}\" y=\"{}\" font-size=\"{}\">{}</text>",
        n(text.x),
        n(text.y),
        n(text.font.size),
        escape(&text.text)
    );
}

fn sprite(out: &mut String, sprite: &Sprite) {
    let _ = write!(
        out,
        "<g data-key=\"{}\" transform=\"translate({} {})\"",
        escape(&sprite.key),
        n(sprite.x),
        n(sprite.y)
    );
    if let [thread] = sprite.threads.as_slice() {
        let _ = write!(out, " data-thread=\"{thread}\"");
    }
    if let [task] = sprite.tasks.as_slice() {
        let _ = write!(out, " data-task=\"{task}\"");
    }
    if let Some(kind) = sprite.state {
        let _ = write!(out, " data-state=\"{}\"", kind.label());
    }
    let is_still = matches!(sprite.figure, Figure::Stove { .. } | Figure::Socket { .. });
    if is_still || sprite.carried_by.is_some() {
        out.push_str(" aria-hidden=\"true\">");
    } else {
        let words = escape(&sprite.words);
        let _ = write!(
            out,
            " role=\"img\" aria-label=\"{words}\"><title>{words}</title>"
        );
    }
    out.push_str(&markup(sprite));
    out.push_str("</g>\n");
}
