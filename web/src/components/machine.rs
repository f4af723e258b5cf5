//! The knobs of the machine: cores and Python.

use trilane_core::profile;
use yew::prelude::*;

use super::{Dispatch, always};
use crate::platform::value;
use crate::state::{Action, MOST_CORES};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) cores: Option<u32>,
    pub(crate) python: String,
    /// A profile was dropped.
    pub(crate) own: bool,
    pub(crate) dispatch: Dispatch,
}

#[component]
pub(crate) fn Machine(props: &Props) -> Html {
    let cores = props.cores.unwrap_or(trilane_core::race::CORES);
    let turn = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: InputEvent| {
            if let Ok(cores) = value(&event).parse() {
                dispatch.dispatch(Action::Cores(cores));
            }
        })
    };
    let choose = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| dispatch.dispatch(Action::Python(value(&event))))
    };
    let known = profile::embedded_names();
    let foreign = (!known.contains(&props.python.as_str())).then_some(props.python.as_str());
    let names = known.iter().copied().chain(foreign);
    html! {
        <section class="machine" aria-label="Machine">
            <h2>{ "Machine" }</h2>
            <label class="knob"><span>{ "Cores" }<output>{ cores }</output></span>
                <input type="range" name="cores" data-knob="cores" min="1" max={MOST_CORES.to_string()} value={cores.to_string()}
                    oninput={turn} onchange={always(&props.dispatch, Action::Settle)} /></label>
            <label class="knob"><span>{ "Python" }</span>
                <select name="python" data-knob="python" onchange={choose}>
                    { for names.map(|name| html! {
                        <option value={name.to_owned()} selected={props.python == name}>
                            { name }{ if name.ends_with('t') { ", no GIL" } else { "" } }
                        </option>
                    }) }
                </select></label>
            if props.own { <p class="mute">{ "With the figures of the profile that was dropped." }</p> }
        </section>
    }
}
