//! The rows of a widget, its playhead, and its knobs.

use std::rc::Rc;

use trilane_core::scenario::{Control, Setting};
use trilane_lessons::page::Book;
use yew::prelude::*;

use super::desk::{Look, Played};
use super::guess::duration;
use super::kitchen::Kitchens;
use super::widget::Store;
use crate::components::knobs::{PLACES, place_of, turned_to};
use crate::components::playhead::Scrub;
use crate::components::race::legend;
use crate::learn::Act;
use crate::platform::{checked, value};
use crate::timeline::Canvas;
use crate::wire::{Ran, Row};

type Dispatch = UseReducerDispatcher<Store>;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) book: Rc<Book>,
    pub(super) played: Rc<Played>,
    /// How each row is looked at.
    pub(super) look: Look,
    /// Goes before every id in its pictures.
    pub(super) id: String,
    /// Room for pictures, px.
    pub(super) width_px: u32,
    pub(super) dark: bool,
    pub(super) playhead_ns: u64,
    pub(super) playing: bool,
    pub(super) dispatch: Dispatch,
}

#[component]
pub(super) fn Runs(props: &Props) -> Html {
    let Played {
        shown, pictures, ..
    } = &*props.played;
    let seek = use_callback(props.dispatch.clone(), |ns, dispatch| {
        dispatch.dispatch(Act::Seek(ns));
    });
    let mut next = 0usize..;
    let rows: Vec<Html> = (shown.rows.iter())
        .map(|row| match &row.run {
            Ok(run) => ran(props, row, run, next.next().unwrap_or(0), &seek),
            Err(why) => html! {
                <article class="refused"><div class="head"><code>{ &row.written }</code></div><p class="held">{ why }</p></article>
            },
        })
        .collect();
    let axis = next.start;
    html! {
        <>
        { legend(&shown.states, props.dark, &props.book.labels.legend, false, &|state| props.book.say(state)) }
        { for rows }
        if props.look != Look::Lanes && axis < pictures.len() {
            <div class="own-axis"><Canvas pictures={pictures.clone()} at={axis} /></div>
        }
        { transport(props) }
        </>
    }
}

/// A row that ran, the `at`th that did.
fn ran(props: &Props, row: &Row, run: &Ran, at: usize, seek: &Callback<u64>) -> Html {
    let played = &props.played;
    let lanes = played.lanes.get(at);
    let kitchen = played.kitchens.get(at);
    let (axis, pictures, place) = match lanes {
        Some((lanes, picture)) => (lanes.axis, picture.clone(), 0),
        None => (played.shown.axis, played.pictures.clone(), at),
    };
    let x = axis.scale().px(props.playhead_ns as f64);
    let style = format!("--t:{x:.1}px");
    let words = lanes.map_or(&run.words, |(lanes, _)| &lanes.words);
    let completed = run.outcome == "completed";
    html! {
        <article data-plan={run.plan.clone()} data-python={run.python.clone()} data-makespan-ns={run.makespan_ns.to_string()}
            data-outcome={run.outcome.clone()} data-best={(run.best && played.shown.rows.len() > 1).then_some("")}>
            <div class="head"><b class="named"><code>{ &row.written }</code></b>
                if run.best && played.shown.rows.len() > 1 { <span class="badge good">{ &props.book.labels.best }</span> }
                if !completed { <span class="badge">{ props.book.say(&run.outcome) }</span> }
                if run.late && props.look != Look::Lanes {
                    <span class="badge">{ props.book.say("runs past the window") }</span>
                }
                <strong class="time">{ if completed { duration(run.makespan_ns, &props.book) } else { run.time.clone() } }</strong></div>
            if let Some(kitchen) = kitchen {
                <Kitchens book={props.book.clone()} kitchen={kitchen.clone()} id={format!("{}-{at}", props.id)} width_px={props.width_px}
                    playhead_ns={props.playhead_ns} dark={props.dark} />
            }
            <div class={lanes.map(|_| "tall")} tabindex={lanes.map(|_| "0")}
                role={lanes.map(|_| "group")} aria-label={lanes.map(|_| row.written.clone())}>
                <Scrub {axis} {style} seek={seek.clone()}>
                    <Canvas {pictures} at={place} label={props.book.say(words)} /><i class="playhead" />
                </Scrub>
            </div>
            <p class="held">{ props.book.say(&run.held) }</p>
        </article>
    }
}

fn transport(props: &Props) -> Html {
    let (labels, dispatch) = (&props.book.labels, &props.dispatch);
    let play = {
        let (dispatch, playing) = (dispatch.clone(), props.playing);
        Callback::from(move |_: MouseEvent| dispatch.dispatch(Act::Play(!playing)))
    };
    let end_ns = props.played.shown.end_ns;
    let grain = (end_ns / 1000).max(1);
    let seek = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: InputEvent| {
            if let Ok(ns) = value(&event).parse::<f64>() {
                // The slider's last place may be just before the end.
                let ns = ns as u64;
                let ns = if ns + grain > end_ns { end_ns } else { ns };
                dispatch.dispatch(Act::Seek(ns));
            }
        })
    };
    let time = duration(props.playhead_ns, &props.book);
    let (sign, name) = match props.playing {
        true => ("❚❚ ", &labels.pause),
        false => ("▶ ", &labels.play),
    };
    html! {
        <div class="transport">
            <button class="play" onclick={play} data-do="play">{ sign }{ name }</button>
            <output class="now">{ &time }</output>
            <input type="range" class="scrub" data-field="playhead" data-t-ns={props.playhead_ns.to_string()} aria-label={labels.playhead.clone()}
                aria-valuetext={time} min="0" max={end_ns.to_string()} step={grain.to_string()}
                value={props.playhead_ns.to_string()} oninput={seek} />
        </div>
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct KnobsProps {
    pub(super) book: Rc<Book>,
    pub(super) knobs: Vec<Control>,
    pub(super) turned: bool,
    pub(super) dispatch: Dispatch,
}

/// The knobs that the block shows, by their names in a scenario, which every language shares.
#[component]
pub(super) fn Knobs(props: &KnobsProps) -> Html {
    if props.knobs.is_empty() {
        return html! {};
    }
    let reset = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.dispatch(Act::Reset))
    };
    html! {
        <div class="turn">
            { for props.knobs.iter().map(|knob| one(knob, props)) }
            <button class="quiet" onclick={reset} disabled={!props.turned} data-do="reset">{ &props.book.labels.reset }</button>
        </div>
    }
}

/// What a knob is called in the text: kind of task, or resource, and the key; with the step, where another knob has
/// the same name.
fn name(knob: &Control, all: &[Control]) -> String {
    let short = |key: &str| {
        let mut parts = key.split('.').skip(1);
        let owner = parts.next().unwrap_or_default().to_owned();
        (owner, parts.last().unwrap_or_default().to_owned())
    };
    let (owner, last) = short(&knob.key);
    let alike = all
        .iter()
        .filter(|other| short(&other.key) == (owner.clone(), last.clone()));
    match knob.key.splitn(3, '.').nth(2) {
        Some(whole) if alike.count() > 1 => format!("{owner} · {whole}"),
        _ => format!("{owner} · {last}"),
    }
}

fn one(knob: &Control, props: &KnobsProps) -> Html {
    let name = name(knob, &props.knobs);
    let (key, dispatch) = (knob.key.clone(), props.dispatch.clone());
    if let Setting::Flag(on) = knob.now {
        let onchange = Callback::from(move |event: Event| {
            dispatch.dispatch(Act::Turn(key.clone(), Setting::Flag(checked(&event))));
        });
        return html! {
            <label class="switch" key={knob.key.clone()}>
                <input type="checkbox" data-knob={knob.key.clone()} checked={on} {onchange} /><code>{ name }</code></label>
        };
    }
    let (least, most, now) = (knob.least, knob.most, knob.now);
    let oninput = Callback::from(move |event: InputEvent| {
        if let Ok(place) = value(&event).parse::<u32>() {
            let number = turned_to(place, now.number(), least, most);
            dispatch.dispatch(Act::Turn(key.clone(), now.with(number)));
        }
    });
    html! {
        <label class="knob" key={knob.key.clone()}>
            <span><code>{ name }</code><output>{ &knob.shown }</output></span>
            <input type="range" data-knob={knob.key.clone()} min="0" max={PLACES.to_string()}
                value={place_of(now.number(), least, most).to_string()} aria-valuetext={knob.shown.clone()} {oninput} />
        </label>
    }
}
