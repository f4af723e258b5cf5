//! What may lie over the page, fetched when it is first opened.

use yew::prelude::*;

use super::Question;
use super::code::Code;
use super::export::Export;
use super::keys::KeyList;
use super::later::Shows;
use crate::cut::{Part, cut};
use crate::state::{Panel, State};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) store: UseReducerHandle<State>,
    pub(crate) ask: Question,
}

cut!(rows, fn panels() -> Shows<Props> = open);
pub(crate) static PART: Part<Shows<Props>> = Part::new(|| Box::pin(panels()));

/// The panel that is open.
fn open(props: &Props) -> Html {
    let (store, dispatch) = (&*props.store, props.store.dispatcher());
    match store.panel {
        Panel::None => html! {},
        Panel::Code => {
            html! { <Code code={store.code.clone()} shown={store.shown.clone()} focus={store.focus()} dark={store.surface.dark} {dispatch} /> }
        }
        Panel::Export => {
            html! { <Export shown={store.shown.clone()} focus={store.focus()} surface={store.surface} {dispatch} ask={props.ask.clone()} /> }
        }
        Panel::Keys => html! { <KeyList {dispatch} /> },
    }
}
