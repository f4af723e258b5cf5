//! The kitchens at the playhead, as the timeline draws them, with what is going on in the reader's language.

use std::rc::Rc;

use trilane_core::trace::SpanKind;
use trilane_lessons::page::Book;
use trilane_timeline::kitchen::{Doing, Kitchen, Scene};
use trilane_timeline::palette::Theme;
use trilane_timeline::svg;
use yew::prelude::*;

use crate::learn::filled;
use crate::state::Shared;

/// The language that the timeline's own sentences are in.
const OWN: &str = "en";

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) book: Rc<Book>,
    pub(super) kitchen: Shared<Kitchen>,
    /// Goes before every id in the picture.
    pub(super) id: String,
    pub(super) width_px: u32,
    pub(super) playhead_ns: u64,
    pub(super) dark: bool,
}

#[component]
pub(super) fn Kitchens(props: &Props) -> Html {
    let kitchen = &props.kitchen;
    let mut scene = kitchen.at(props.playhead_ns.min(kitchen.end_ns()));
    if props.book.code != OWN {
        scene.sentences = vec![told(&scene, &props.book)];
    }
    let theme = if props.dark {
        Theme::Dark
    } else {
        Theme::Light
    };
    let options = svg::Options {
        width_px: props.width_px,
        ground: svg::Ground::Fixed(theme),
        id: &props.id,
        ..svg::Options::default()
    };
    let picture = svg::kitchen_scene(kitchen, &scene, &options);
    html! { <div class="kitchens">{ Html::from_html_unchecked(picture.into()) }</div> }
}

/// What is to be seen, in words.
fn told(scene: &Scene, book: &Book) -> String {
    let labels = &book.labels.kitchen;
    let rooms = scene.rooms.iter();
    let floor: Vec<Doing> = (rooms.clone().flat_map(|room| room.on_floor()))
        .map(|cook| cook.doing)
        .collect();
    let doing = |wanted: &[SpanKind]| {
        let all = floor.iter().filter(|doing| wanted.contains(&doing.kind()));
        all.count()
    };
    let pans = |calls: bool| {
        let all = scene.pans.iter();
        all.filter(|pan| (pan.doing.kind() == SpanKind::LoopWait) == calls)
            .count()
    };
    let waits = [
        SpanKind::CoreWait,
        SpanKind::LockWait,
        SpanKind::QueueWait,
        SpanKind::PoolWait,
        SpanKind::JoinWait,
    ];
    let parts = [
        (
            &labels.cooks,
            rooms.clone().flat_map(|room| room.at_stove()).count(),
        ),
        (&labels.lines, rooms.flat_map(|room| room.in_line()).count()),
        (&labels.stares, doing(&[SpanKind::Io])),
        (
            &labels.carries,
            doing(&[SpanKind::Native, SpanKind::Transfer]),
        ),
        (&labels.waits, doing(&waits)),
        (&labels.arrives, doing(&[SpanKind::Start])),
        (&labels.oven, pans(false)),
        (&labels.orders, scene.orders.len() + pans(true)),
        (&labels.served, scene.plates.len()),
    ];
    let said = parts.iter().filter(|(_, count)| *count > 0);
    let said: Vec<String> = said
        .map(|(label, count)| filled(label, &[&count.to_string()]))
        .collect();
    said.join(" · ")
}
