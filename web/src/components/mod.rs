//! What is seen: components of the state, and the actions that they dispatch.

pub(crate) mod app;
mod gallery;
mod machine;
mod notes;
mod race;
mod text;

use yew::prelude::*;

use crate::state::{Action, State};

/// The state as components hold it.
pub(crate) type Store = UseReducerHandle<State>;

impl Reducible for State {
    type Action = Action;

    fn reduce(self: std::rc::Rc<Self>, action: Action) -> std::rc::Rc<Self> {
        self.after(action).into()
    }
}

/// What most components are given.
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) store: Store,
}
