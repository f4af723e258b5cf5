//! The kitchens at the playhead, as the timeline draws them, with what is going on in the reader's language.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use trilane_lessons::page::Book;
use trilane_timeline::kitchen::Kitchen;
use trilane_timeline::palette::Theme;
use trilane_timeline::svg;
use trilane_timeline::words::Say;
use yew::prelude::*;

use crate::state::Shared;

/// So many sentences are kept in the reader's language.
const MOST_SAID: usize = 4000;

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
    // While it plays nearly everything is said again sixty times a second.
    let said = use_memo(props.book.clone(), |_| RefCell::new(BTreeMap::new()));
    let words = |text: &str| {
        let mut said = said.borrow_mut();
        if said.len() > MOST_SAID {
            said.clear();
        }
        let known = said.entry(text.to_owned());
        known.or_insert_with(|| props.book.say(text)).clone()
    };
    let theme = if props.dark {
        Theme::Dark
    } else {
        Theme::Light
    };
    let options = svg::Options {
        width_px: props.width_px,
        ground: svg::Ground::Fixed(theme),
        id: &props.id,
        say: Say::by(&words),
        ..svg::Options::default()
    };
    let at = props.playhead_ns.min(kitchen.end_ns());
    let picture = svg::kitchen(kitchen, at, &options);
    html! { <div class="kitchens">{ Html::from_html_unchecked(picture.into()) }</div> }
}
