//! The header: what this is, what to do with the whole of it.

use yew::prelude::*;

use super::{Dispatch, always};
use crate::platform;
use crate::state::{Action, Look, Panel};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) look: Look,
    pub(crate) link: String,
    /// The page's host can run plans for real.
    pub(crate) measures: bool,
    pub(crate) dispatch: Dispatch,
}

#[component]
pub(crate) fn Header(props: &Props) -> Html {
    let Props {
        look,
        link,
        measures,
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
            <span class="claim">{ "how concurrent Python runs" }</span>
            if *measures {
                <button onclick={always(dispatch, Action::Panel(Panel::Measure))} data-do="measure">{ "Measure" }</button>
            }
            <button onclick={share} data-do="share">{ "Share link" }</button>
            <button onclick={always(dispatch, Action::Panel(Panel::Code))} data-do="code">{ "Python code" }</button>
            <button onclick={always(dispatch, Action::Panel(Panel::Export))} data-do="export">{ "Save" }</button>
            <button class="look" onclick={always(dispatch, Action::Look(look.next()))}
                aria-label={format!("Theme: {}; change it", look.name())}>
                { format!("◐ {}", look.name()) }
            </button>
        </header>
    }
}
