//! What lies over the page: a dialogue of the browser's own, which holds the focus and gives it back.

use yew::prelude::*;

use super::Dispatch;
use crate::platform;
use crate::state::{Action, Panel};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) title: String,
    pub(crate) name: &'static str,
    pub(crate) dispatch: Dispatch,
    pub(crate) children: Html,
}

#[component]
pub(crate) fn Over(props: &Props) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((), move |()| platform::show_modal(&node));
    }
    let close = {
        let dispatch = props.dispatch.clone();
        move || dispatch.dispatch(Action::Panel(Panel::None))
    };
    let (by_button, by_escape) = (close.clone(), close);
    html! {
        <dialog ref={node} data-panel={props.name} aria-labelledby="panel-title" onclose={Callback::from(move |_: Event| by_escape())}>
            <div class="head"><h2 id="panel-title">{ &props.title }</h2>
                <button class="remove" onclick={Callback::from(move |_: MouseEvent| by_button())} aria-label="Close">{ "×" }</button></div>
            { props.children.clone() }
        </dialog>
    }
}
