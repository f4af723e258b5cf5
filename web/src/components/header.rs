//! The header: what this is, its places, what to do with the whole of it.

use yew::prelude::*;

use super::{Dispatch, always};
use crate::link;
use crate::place::Place;
use crate::platform;
use crate::state::{Action, Look, Panel};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) look: Look,
    /// What is shown.
    pub(crate) place: Place,
    /// Its address.
    pub(crate) link: String,
    /// The Lab's, which carries the scenario.
    pub(crate) lab: String,
    pub(crate) dispatch: Dispatch,
}

#[component]
pub(crate) fn Header(props: &Props) -> Html {
    let Props {
        look,
        place,
        link,
        lab,
        dispatch,
    } = props;
    let share = {
        let (link, dispatch) = (link.clone(), dispatch.clone());
        Callback::from(move |_: MouseEvent| {
            platform::set_hash(&link, false);
            platform::copy(&platform::address(&link));
            dispatch.dispatch(Action::Notice(
                "The link is in your clipboard, and in the address bar.".to_owned(),
            ));
        })
    };
    html! {
        <header>
            <span class="brand"><i class="a" /><i class="b" /><i class="c" />{ "Trilane" }</span>
            <nav aria-label="Places">
                { for Place::ALL.iter().map(|to| html! {
                    <a href={link::to(*to, lab)} data-go={to.name()} aria-current={(to == place).then_some("page")}>{ to.label() }</a>
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
