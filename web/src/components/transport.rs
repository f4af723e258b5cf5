//! The playhead's controls: play, step, scrub; and what else is about the whole race.

use trilane_core::units::Dur;
use yew::prelude::*;

use super::{Dispatch, Question, always};
use crate::platform::value;
use crate::state::{Action, Panel, RATES};
use crate::wire::{AtAsk, Of, Request};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) playing: bool,
    pub(crate) rate: f64,
    pub(crate) time: String,
    pub(crate) playhead_ns: u64,
    pub(crate) end_ns: u64,
    pub(crate) log: bool,
    /// Whether there is something to undo and to redo.
    pub(crate) can: (bool, bool),
    pub(crate) embedded: bool,
    pub(crate) focus: Option<Of>,
    pub(crate) dispatch: Dispatch,
    pub(crate) ask: Question,
}

#[component]
pub(crate) fn Transport(props: &Props) -> Html {
    let dispatch = &props.dispatch;
    let step = |step: i8| {
        let (ask, focus, at_ns) = (props.ask.clone(), props.focus, props.playhead_ns);
        let dispatch = dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            dispatch.dispatch(Action::Play(false));
            if let Some(of) = focus {
                ask.emit(Request::At(AtAsk { of, at_ns, step }));
            }
        })
    };
    let scrub = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: InputEvent| {
            if let Ok(ns) = value(&event).parse::<f64>() {
                dispatch.dispatch(Action::Seek(ns as u64));
            }
        })
    };
    let rate = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: Event| {
            if let Ok(rate) = value(&event).parse() {
                dispatch.dispatch(Action::Rate(rate));
            }
        })
    };
    let play = if props.playing {
        "❚❚ Pause"
    } else {
        "▶ Play"
    };
    // A place of a slider is a pixel, not a nanosecond.
    let grain = (props.end_ns / 2000).max(1);
    html! {
        <div class="transport" role="group" aria-label="Playhead">
            <button class="play" onclick={always(dispatch, Action::Play(!props.playing))} data-do="play">{ play }</button>
            <button onclick={step(-1)} data-do="back" aria-label="Previous event">{ "‹ event" }</button>
            <button onclick={step(1)} data-do="forward" aria-label="Next event">{ "event ›" }</button>
            <label class="rate"><span class="out">{ "Speed" }</span>
                <select onchange={rate} data-do="rate">
                    { for RATES.iter().map(|rate| html! {
                        <option value={rate.to_string()} selected={*rate == props.rate}>{ format!("{rate}×") }</option>
                    }) }
                </select></label>
            <output class="now" title="The time at the playhead">{ &props.time }</output>
            <input type="range" class="scrub" data-field="playhead" data-t-ns={props.playhead_ns.to_string()}
                aria-label="Playhead" aria-valuetext={props.time.clone()} min="0" max={props.end_ns.to_string()} step={grain.to_string()}
                value={props.playhead_ns.to_string()} oninput={scrub} />
            if !props.embedded {
                <span class="tools">
                    <button onclick={always(dispatch, Action::Undo)} disabled={!props.can.0} data-do="undo" title="Undo (Ctrl+Z)" aria-label="Undo">{ "↶" }</button>
                    <button onclick={always(dispatch, Action::Redo)} disabled={!props.can.1} data-do="redo" title="Redo (Ctrl+Shift+Z)" aria-label="Redo">{ "↷" }</button>
                    <button onclick={always(dispatch, Action::Log(!props.log))} data-do="log" aria-pressed={props.log.to_string()}
                        title="Linear or logarithmic time">{ "log" }</button>
                    <button onclick={always(dispatch, Action::Panel(Panel::Keys))} data-do="keys" title="Keys (?)" aria-label="List of keys">{ "?" }</button>
                </span>
            }
        </div>
    }
}

/// How long a stretch is, for people.
pub(super) fn length(from_ns: u64, to_ns: u64) -> String {
    Dur::from_nanos(to_ns.saturating_sub(from_ns)).to_string()
}
