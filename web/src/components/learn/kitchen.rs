//! The kitchens at the playhead, drawn: cooks at the stove, in line for it, before a pot; dishes in the
//! oven and on order. Every figure is a thread or a task, in the colour of its state.

use std::rc::Rc;

use trilane_core::trace::SpanKind;
use trilane_lessons::page::Book;
use trilane_timeline::palette::{Theme, colour};
use yew::prelude::*;

use crate::learn::filled;
use crate::wire::{Busy, Doing, Kitchen, Scene};

/// How wide a kitchen is drawn, and how far apart cooks and pans stand in it.
const WIDTH: f32 = 300.0;
const COOK: f32 = 27.0;
const PAN: f32 = 24.0;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) book: Rc<Book>,
    pub(super) kitchen: Rc<Kitchen>,
    pub(super) playhead_ns: u64,
    pub(super) dark: bool,
}

#[component]
pub(super) fn Kitchens(props: &Props) -> Html {
    let kitchen = &props.kitchen;
    let scene = kitchen.at(props.playhead_ns);
    let theme = if props.dark {
        Theme::Dark
    } else {
        Theme::Light
    };
    let words = told(&scene, &props.book);
    // Dishes belong to the house: they are drawn in the first kitchen that has a cook.
    html! {
        <div class="kitchens">
            <div class="rooms" role="img" aria-label={words.clone()}>
                { for scene.rooms.iter().enumerate().map(|(at, room)| {
                    let (oven, orders) = match at {
                        0 => (&scene.oven[..], scene.orders.len()),
                        _ => (&[][..], 0),
                    };
                    one(room, oven, orders, kitchen.shared, theme)
                }) }
            </div>
            <p class="told" aria-hidden="true">{ words }</p>
        </div>
    }
}

/// What is to be seen, in words.
fn told(scene: &Scene<'_>, book: &Book) -> String {
    let count = |doing: Doing| {
        let all = scene.rooms.iter().flatten();
        all.filter(|cook| cook.doing == doing).count()
    };
    let labels = &book.labels.kitchen;
    let parts = [
        (&labels.cooks, count(Doing::Cooks)),
        (&labels.lines, count(Doing::Lines)),
        (&labels.stares, count(Doing::Stares)),
        (&labels.carries, count(Doing::Carries)),
        (&labels.waits, count(Doing::Waits)),
        (&labels.arrives, count(Doing::Arrives)),
        (&labels.oven, scene.oven.len()),
        (&labels.orders, scene.orders.len()),
        (&labels.served, scene.served),
    ];
    let said = parts.iter().filter(|(_, count)| *count > 0);
    let said: Vec<String> = said
        .map(|(label, count)| filled(label, &[&count.to_string()]))
        .collect();
    said.join(" · ")
}

fn one(room: &[Busy<'_>], oven: &[u32], orders: usize, shared: bool, theme: Theme) -> Html {
    let all = |doing: &[Doing]| -> Vec<&Busy<'_>> {
        let cooks = room.iter().filter(|cook| doing.contains(&cook.doing));
        cooks.collect()
    };
    let cooking = all(&[Doing::Cooks]);
    let lines = all(&[Doing::Lines]);
    let stares = all(&[Doing::Stares]);
    let others = all(&[Doing::Carries, Doing::Waits, Doing::Arrives, Doing::Rests]);
    let a_row = ((WIDTH - 20.0) / COOK) as usize;
    let rows = |count: usize| count.div_ceil(a_row) as f32;
    let below = 62.0 + rows(lines.len().saturating_sub(6)) * 44.0;
    let shelf = below + 34.0;
    let bottom = shelf + rows(stares.len()) * 44.0 + rows(others.len()) * 44.0;
    // As high as with everybody in sight, or it would jump while it is played.
    let height = bottom.max(shelf + rows(room.len()) * 44.0) + 10.0;
    let stove = |x: f32, lit: bool| stove(x, 28.0, lit);
    html! {
        <svg viewBox={format!("0 0 {WIDTH} {height}")} aria-hidden="true" class="room-of">
            <rect class="wall" x="1" y="1" width={(WIDTH - 2.0).to_string()} height={(height - 2.0).to_string()} rx="12" />
            { if shared || cooking.is_empty() {
                stove(14.0, !cooking.is_empty())
            } else {
                html! { <>{ for (0..cooking.len()).map(|at| stove(14.0 + at as f32 * 70.0, true)) }</> }
            } }
            { for cooking.iter().enumerate().map(|(at, busy)| cook(busy, 62.0 + at as f32 * 70.0, 18.0, theme)) }
            { for lines.iter().enumerate().map(|(at, busy)| {
                let (x, y) = match at {
                    0..6 => (112.0 + at as f32 * COOK, 18.0),
                    more => (14.0 + ((more - 6) % a_row) as f32 * COOK, 62.0 + ((more - 6) / a_row) as f32 * 44.0),
                };
                cook(busy, x, y, theme)
            }) }
            <rect class="oven" x="12" y={below.to_string()} width={(WIDTH - 24.0).to_string()} height="26" rx="6" />
            { for stares.iter().filter_map(|busy| busy.dish).chain(oven.iter().copied()).take(11).enumerate()
                .map(|(at, dish)| pan(dish, 26.0 + at as f32 * PAN, below + 13.0, SpanKind::Io, theme)) }
            { for stares.iter().chain(&others).enumerate().map(|(at, busy)| {
                cook(busy, 14.0 + (at % a_row) as f32 * COOK, shelf + (at / a_row) as f32 * 44.0, theme)
            }) }
            { for (0..orders.min(16)).map(|at| html! {
                <path class="ticket" transform={format!("translate({} {})", WIDTH - 22.0 - at as f32 * 9.0, height - 22.0)}
                    d="M0 0h11v15l-2.75-2l-2.75 2l-2.75-2l-2.75 2z" />
            }) }
        </svg>
    }
}

fn stove(x: f32, y: f32, lit: bool) -> Html {
    html! {
        <g class={if lit { "stove lit" } else { "stove" }} transform={format!("translate({x} {y})")}>
            <rect width="42" height="26" rx="4" /><path d="M8 0q4-9 0-13q9 4 7 13zM24 0q4-9 0-13q9 4 7 13z" />
            <circle cx="11" cy="18" r="2.5" /><circle cx="21" cy="18" r="2.5" /><circle cx="31" cy="18" r="2.5" />
        </g>
    }
}

/// A dish, by its number.
fn pan(dish: u32, x: f32, y: f32, kind: SpanKind, theme: Theme) -> Html {
    let fill = colour(kind, theme).css();
    html! {
        <g class="pan" transform={format!("translate({x} {y})")}>
            <circle r="9.5" style={format!("stroke:{fill}")} /><text y="3.5">{ dish + 1 }</text></g>
    }
}

/// A cook, with the dish that it has in hand.
fn cook(busy: &Busy<'_>, x: f32, y: f32, theme: Theme) -> Html {
    let class = match busy.doing {
        Doing::Cooks => "cook cooks",
        Doing::Lines | Doing::Waits => "cook lines",
        Doing::Stares => "cook stares",
        Doing::Carries => "cook cooks",
        Doing::Arrives => "cook arrives",
        Doing::Rests => "cook rests",
    };
    let fill = colour(busy.kind, theme).css();
    let number = busy.dish.filter(|_| busy.doing != Doing::Stares);
    html! {
        <g {class} transform={format!("translate({x} {y})")}>
            <title>{ format!("{}: {}", busy.name, busy.kind.label()) }</title>
            <path class="hat" d="M5 7q-4-6 3-6q3-3 6 0q7 0 3 6z" /><circle class="head" cx="11" cy="11" r="5" />
            <rect style={format!("fill:{fill}")} x="3" y="17" width="16" height="18" rx="5" />
            if let Some(dish) = number { <text x="11" y="30">{ dish + 1 }</text> }
        </g>
    }
}
