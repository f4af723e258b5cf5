//! The knobs of the machine: cores and Python.

use trilane_core::profile;
use yew::prelude::*;

use super::Props;
use crate::platform::value;
use crate::state::{Action, MOST_CORES};

#[component]
pub(crate) fn Machine(props: &Props) -> Html {
    let store = &props.store;
    let shown = store.shown.as_ref().map(|shown| shown.cores);
    let cores = store.cores.or(shown).unwrap_or(trilane_core::race::CORES);
    let turn = {
        let store = store.clone();
        Callback::from(move |event: InputEvent| {
            if let Ok(cores) = value(&event).parse() {
                store.dispatch(Action::Cores(cores));
            }
        })
    };
    let choose = {
        let store = store.clone();
        Callback::from(move |event: Event| store.dispatch(Action::Python(value(&event))))
    };
    html! {
        <section>
            <h2>{ "Machine" }</h2>
            <label class="knob"><span>{ "Cores" }<output>{ cores }</output></span>
                <input type="range" name="cores" min="1" max={MOST_CORES.to_string()} value={cores.to_string()} oninput={turn} /></label>
            <label class="knob"><span>{ "Python" }</span>
                <select name="python" onchange={choose}>
                    { for profile::embedded_names().iter().map(|name| html! {
                        <option value={*name} selected={store.python == *name}>
                            { name }{ if name.ends_with('t') { ", no GIL" } else { "" } }
                        </option>
                    }) }
                </select></label>
        </section>
    }
}
