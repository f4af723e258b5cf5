//! What is seen: components of the state, and the actions that they dispatch.
//!
//! A component is given only what it shows, so that a playhead that moves sixty times a second draws
//! nothing anew but itself and what is told of it.

pub(crate) mod app;
mod behind;
pub(crate) mod book;
mod choose;
mod code;
mod drop;
mod embed;
mod export;
mod figures;
mod gallery;
mod header;
mod keys;
mod knobs;
mod lab;
mod lanes;
mod later;
pub(crate) mod learn;
mod listing;
mod machine;
mod measure;
mod narration;
mod notes;
mod panel;
mod panels;
mod plans;
mod playhead;
mod race;
mod text;
mod transport;
mod width;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::state::{Action, MISSING, State};
use crate::wire::Request;
use crate::{link, soon};

/// How components change the state.
pub(crate) type Dispatch = UseReducerDispatcher<State>;

/// How components ask the worker.
pub(crate) type Question = Callback<Request>;

impl Reducible for State {
    type Action = Action;

    fn reduce(self: std::rc::Rc<Self>, action: Action) -> std::rc::Rc<Self> {
        self.after(action).into()
    }
}

/// A callback that dispatches the same action whenever it is called.
pub(crate) fn always<E: 'static>(dispatch: &Dispatch, action: Action) -> Callback<E> {
    let dispatch = dispatch.clone();
    Callback::from(move |_: E| dispatch.dispatch(action.clone()))
}

/// Dispatches an action that needs what is fetched after the first race, as [`with_soon`] has it.
pub(crate) fn dispatch_soon(dispatch: &Dispatch, action: Action) {
    let then = dispatch.clone();
    with_soon(dispatch, move || then.dispatch(action));
}

/// Does what needs what is fetched after the first race ([`soon`]): at once where that is here, else when it is;
/// where it cannot be had, that is told.
pub(crate) fn with_soon(dispatch: &Dispatch, act: impl FnOnce() + 'static) {
    if soon::PART.here().is_some() {
        return act();
    }
    let dispatch = dispatch.clone();
    spawn_local(async move {
        match soon::PART.fetched().await {
            Ok(_) => act(),
            Err(_) => dispatch.dispatch(Action::Notice(MISSING.to_owned())),
        }
    });
}

/// Calls back once the address can be read, or it is sure that it cannot: at once where it carries nothing.
pub(crate) fn once_readable(hash: &str, call: impl FnOnce() + 'static) {
    if !link::is_packed(hash) || soon::PART.here().is_some() {
        return call();
    }
    spawn_local(async move {
        // Whoever reads the address says that it cannot be read.
        let _ = soon::PART.fetched().await;
        call();
    });
}
