//! Where the answer flips: the list, and run times against the knob that decides.

use std::rc::Rc;

use trilane_lessons::page::Book;
use yew::prelude::*;

use super::consult::Consult;
use crate::components::width::use_width;
use crate::learn::filled;
use crate::platform;
use crate::timeline::Canvas;
use crate::wire::{Advised, Flip, Surface, SweepAsk, When};

/// Flips that are listed.
const MOST: usize = 8;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) book: Rc<Book>,
    pub(super) advised: Rc<Advised>,
    pub(super) consult: Consult,
    pub(super) dark: bool,
}

#[component]
pub(super) fn Flips(props: &Props) -> Html {
    let Props { book, advised, .. } = props;
    let words = &book.labels.choose.outcome;
    // A number's plot says more than that of a yes or no.
    let plot = use_state(|| {
        let number = advised.flips.iter().find(|flip| flip.when != When::Is);
        number.map_or(0, |flip| flip.plot)
    });
    let (room, width_px) = use_width();
    {
        let (consult, words) = (props.consult.clone(), words.clone());
        let surface = Surface {
            width_px,
            density: platform::density() as f32,
            dark: props.dark,
            log: false,
        };
        let none = advised.flips.is_empty();
        let wanted = (*plot, surface, book.code.clone(), advised.clone());
        use_effect_with(wanted, move |(plot, surface, ..)| {
            if surface.width_px > 0 && !none {
                let ask = SweepAsk {
                    plot: *plot,
                    time: words.run_time.clone(),
                    now: words.now.clone(),
                    flips: words.to.clone(),
                    none: words.no_plot.clone(),
                };
                consult.sweep(ask, *surface);
            }
        });
    }
    let nowhere = match advised.knobs {
        0 => &words.not_searched,
        _ => &words.no_flips,
    };
    html! {
        <section data-field="flips">
            <h2>{ &words.flips }</h2>
            if advised.flips.is_empty() { <p>{ nowhere }</p> } else { { knob(props, &plot) } }
            <div ref={room} class="room" />
            if !advised.flips.is_empty() { { picture(props, *plot) } }
            <ul class="flips">{ for advised.flips.iter().take(MOST).map(|flip| told(flip, book)) }</ul>
            if advised.one_task_in[1] > 1 && advised.knobs > 0 {
                <p class="mute">{ filled(&words.flips_sampled, &[&advised.one_task_in[1].to_string()]) }</p>
            }
        </section>
    }
}

/// The choice of the knob that is plotted.
fn knob(props: &Props, plot: &UseStateHandle<u32>) -> Html {
    let mut knobs: Vec<(u32, &str)> = Vec::new();
    for flip in &props.advised.flips {
        if !knobs.iter().any(|(at, _)| *at == flip.plot) {
            knobs.push((flip.plot, &flip.key));
        }
    }
    let onchange = {
        let plot = plot.clone();
        Callback::from(move |event: Event| {
            if let Ok(at) = platform::value(&event).parse() {
                plot.set(at);
            }
        })
    };
    html! {
        <label class="of-knob"><span>{ &props.book.labels.choose.outcome.knob }</span>
            <select {onchange} data-field="knob">{ for knobs.into_iter().map(|(at, key)| html! {
                <option value={at.to_string()} selected={at == **plot}>{ key.to_owned() }</option>
            }) }</select></label>
    }
}

fn picture(props: &Props, plot: u32) -> Html {
    let swept = props.consult.known.swept.as_ref();
    let Some(swept) = swept.filter(|swept| swept.plot == plot) else {
        return html! { <div class="plot" data-field="plot" /> };
    };
    html! {
        <figure class="plot" data-field="plot" data-ready="">
            <Canvas pictures={swept.pictures.clone()} at={0} label={swept.words.join(". ")} />
        </figure>
    }
}

fn told(flip: &Flip, book: &Book) -> Html {
    let words = &book.labels.choose.outcome;
    let way = match flip.when {
        When::Above => &words.above,
        // One task, one core: there is no further down.
        When::Below if flip.at == "1" => &words.is,
        When::Below => &words.below,
        When::Is => &words.is,
    };
    let now = filled(&words.now, &[&flip.now]);
    html! {
        <li data-flip={flip.key.clone()} data-at={flip.at.clone()}><code>{ &flip.key }</code>{ format!(" {} ({now}): ", filled(way, &[&flip.at])) }<b>{ &flip.to }</b></li>
    }
}
