//! The header: what this is, its places, what to do with the whole of it.

use yew::prelude::*;

use super::{always, with_soon};
use crate::link;
use crate::place::Place;
use crate::platform;
use crate::state::{Action, Panel, State};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) store: UseReducerHandle<State>,
}

#[component]
pub(crate) fn Header(props: &Props) -> Html {
    let store = &props.store;
    let (dispatch, place, look) = (&store.dispatcher(), store.place, store.look);
    // The Lab's address carries the scenario.
    let lab = &store.lab_link();
    let share = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            let shared = store.clone();
            with_soon(&store.dispatcher(), move || share(&shared));
        })
    };
    html! {
        <header>
            <span class="brand"><i class="a" /><i class="b" /><i class="c" />{ "Trilane" }</span>
            <nav aria-label="Places">
                { for Place::ALL.iter().map(|to| html! {
                    <a href={link::to(*to, lab)} data-go={to.name()} aria-current={(*to == place).then_some("page")}>{ to.label() }</a>
                }) }
            </nav>
            <button onclick={share} data-do="share">{ "Share link" }</button>
            if matches!(place, Place::Lab | Place::Measure) {
                <button onclick={always(dispatch, Action::Panel(Panel::Code))} data-do="code">{ "Python code" }</button>
                <button onclick={always(dispatch, Action::Panel(Panel::Export))} data-do="export">{ "Save" }</button>
            }
            <button class="look" onclick={always(dispatch, Action::Look(look.next()))}
                aria-label={format!("Theme: {}; change it", look.name())}>
                { "◐" }<span>{ format!(" {}", look.name()) }</span>
            </button>
        </header>
    }
}

/// Puts the address of what is shown into the address bar and the clipboard.
fn share(store: &UseReducerHandle<State>) {
    let link = store.link();
    platform::set_hash(&link, false);
    platform::copy(&platform::address(&link));
    store.dispatch(Action::Notice(
        "The link is in your clipboard, and in the address bar.".to_owned(),
    ));
}
