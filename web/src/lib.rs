//! Trilane's page: the Lab, on which a visitor sees every plan race, and why; and real runs beside it.
//!
//! The way of a race through this crate:
//!
//! 1. [`state`] holds what the visitor wants, and what was last shown; it is one pure reducer.
//! 2. What is wanted goes to a worker ([`wire`]), so that no simulation ever holds the page up. There
//!    [`answer`] runs it with `trilane-core`, and lays it out with `trilane-timeline`.
//! 3. Figures, words and draw lists come back; components show them, and a canvas paints the lists.
//!
//! The same module runs in both places: the page hands it, compiled, to its worker.
//!
//! What needs no browser is compiled and tested on the host as well; the rest exists only for WASM.

pub mod answer;
pub mod base64;
pub mod choose;
pub mod cut;
pub mod highlight;
pub mod learn;
pub mod link;
pub mod notes;
pub mod place;
pub mod snippets;
pub mod soon;
pub mod state;
pub mod theme;
pub mod wire;

#[cfg(target_arch = "wasm32")]
mod api;
#[cfg(target_arch = "wasm32")]
mod components;
#[cfg(target_arch = "wasm32")]
mod editor;
#[cfg(target_arch = "wasm32")]
pub mod element;
#[cfg(target_arch = "wasm32")]
mod platform;
#[cfg(target_arch = "wasm32")]
mod timeline;
#[cfg(target_arch = "wasm32")]
mod worker;

/// Runs when the module was loaded: on the page it shows the Lab, in a worker it waits for requests.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    if worker::is_worker() {
        worker::agent::start();
        return;
    }
    // In somebody else's page it waits for elements to be mounted.
    if !platform::is_page() {
        return;
    }
    platform::style(&theme::style_sheet());
    api::offer();
    let show = || {
        if let Some(place) = platform::element("trilane") {
            yew::Renderer::<components::app::App>::with_root(place).render();
        }
    };
    // What an address carries is the first race.
    components::once_readable(&platform::hash(), show);
}
