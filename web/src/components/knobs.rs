//! The knobs of the scenario: what its text says, as sliders and switches.

use trilane_core::scenario::{Control, Setting};
use yew::prelude::*;

use super::{Dispatch, always};
use crate::platform::{checked, value};
use crate::state::{Action, Shared};

/// Places of a slider.
pub(super) const PLACES: u32 = 1000;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) knobs: Shared<Vec<Control>>,
    /// The text has problems, so nothing can be turned.
    pub(crate) broken: bool,
    pub(crate) dispatch: Dispatch,
}

#[component]
pub(crate) fn Knobs(props: &Props) -> Html {
    let mut groups: Vec<(&str, Vec<&Control>)> = Vec::new();
    for knob in props.knobs.iter() {
        match groups.iter_mut().find(|(name, _)| *name == knob.group) {
            Some((_, knobs)) => knobs.push(knob),
            None => groups.push((&knob.group, vec![knob])),
        }
    }
    // What draws all the work is turned last.
    groups.sort_by_key(|(name, _)| *name == "scenario");
    html! {
        <section class="work" aria-label="Work">
            <h2>{ "Work" }</h2>
            if props.broken { <p class="mute">{ "The text has a problem: mend it, and its knobs turn again." }</p> }
            { for groups.iter().map(|(name, knobs)| html! {
                <fieldset key={(*name).to_owned()} disabled={props.broken}>
                    <legend><code>{ name }</code></legend>
                    { for knobs.iter().map(|knob| one(knob, &props.dispatch)) }
                </fieldset>
            }) }
        </section>
    }
}

fn one(knob: &Control, dispatch: &Dispatch) -> Html {
    let key = knob.key.clone();
    if let Setting::Flag(on) = knob.now {
        let onchange = {
            let dispatch = dispatch.clone();
            Callback::from(move |event: Event| {
                dispatch.dispatch(Action::Turn(key.clone(), Setting::Flag(checked(&event))));
                dispatch.dispatch(Action::Settle);
            })
        };
        return html! {
            <label class="switch" key={knob.key.clone()}>
                <input type="checkbox" data-knob={knob.key.clone()} checked={on} {onchange} /><span>{ &knob.label }</span></label>
        };
    }
    let (least, most, now) = (knob.least, knob.most, knob.now);
    let oninput = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: InputEvent| {
            if let Ok(place) = value(&event).parse::<u32>() {
                let number = turned_to(place, now.number(), least, most);
                dispatch.dispatch(Action::Turn(key.clone(), now.with(number)));
            }
        })
    };
    let place = place_of(now.number(), least, most).to_string();
    html! {
        <label class="knob" key={knob.key.clone()}>
            <span>{ &knob.label }<output>{ &knob.shown }</output></span>
            <input type="range" data-knob={knob.key.clone()} name={knob.key.clone()} min="0" max={PLACES.to_string()}
                value={place} aria-valuetext={knob.shown.clone()} {oninput} onchange={always(dispatch, Action::Settle)} />
        </label>
    }
}

/// The number at a place of a slider: equal ways are equal factors. A range from 0 has its first place for it.
fn number_at(place: u32, least: u64, most: u64) -> u64 {
    let (low, high) = (least.max(1) as f64, most.max(2) as f64);
    if place == 0 {
        return least;
    }
    let share = f64::from(place) / f64::from(PLACES);
    let number = low * libm::pow(high / low, share);
    // Two digits are what a hand on a slider means.
    let unit = libm::pow(10.0, libm::log10(number).floor() - 1.0).max(1.0);
    ((number / unit).round() * unit).clamp(least as f64, most as f64) as u64
}

/// The number that a slider was turned to: where its place means the same number as before, the next one,
/// or keys could never move it.
pub(super) fn turned_to(place: u32, now: u64, least: u64, most: u64) -> u64 {
    let number = number_at(place, least, most);
    let before = place_of(now, least, most);
    let unit = 10u64.pow(now.max(1).ilog10().saturating_sub(1));
    match number == now {
        true if place > before => now.saturating_add(unit).min(most),
        true if place < before => now.saturating_sub(unit).max(least),
        _ => number,
    }
}

pub(super) fn place_of(number: u64, least: u64, most: u64) -> u32 {
    if number <= least {
        return 0;
    }
    let (low, high) = (least.max(1) as f64, most.max(2) as f64);
    let share = libm::log(number as f64 / low) / libm::log(high / low);
    (share * f64::from(PLACES))
        .round()
        .clamp(1.0, f64::from(PLACES)) as u32
}
