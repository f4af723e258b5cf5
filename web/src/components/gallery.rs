//! The embedded examples, to search and to open.

use trilane_core::examples::{self, Example};
use yew::prelude::*;

use super::{Dispatch, dispatch_soon};
use crate::platform::value;
use crate::state::Action;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) open: Option<&'static Example>,
    pub(crate) search: String,
    pub(crate) dispatch: Dispatch,
}

#[component]
pub(crate) fn Gallery(props: &Props) -> Html {
    let Props {
        open,
        search,
        dispatch,
    } = props;
    let oninput = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: InputEvent| dispatch.dispatch(Action::Search(value(&event))))
    };
    // What stands there is ASCII.
    let wanted = search.to_ascii_lowercase();
    let found: Vec<Html> = examples::all()
        .iter()
        .filter(|example| {
            let text = format!("{} {} {} {}", example.title, example.says, example.name, example.topic.label());
            wanted.split_whitespace().all(|word| text.to_ascii_lowercase().contains(word))
        })
        .map(|example| {
            let dispatch = dispatch.clone();
            let onclick = move |_: MouseEvent| dispatch_soon(&dispatch, Action::Open(example));
            html! {
                <li key={example.name}><button data-example={example.name} {onclick} aria-pressed={(*open == Some(example)).to_string()}>
                    <b>{ example.title }</b><span>{ example.topic.label() }{ ": " }{ example.says }</span>
                </button></li>
            }
        })
        .collect();
    html! {
        <section class="gallery">
            <h2>{ "Scenario" }</h2>
            <input type="search" placeholder="Search the examples" aria-label="Search the examples" value={search.clone()} {oninput} />
            if found.is_empty() { <p class="mute">{ "No example has these words." }</p> }
            <ul>{ for found }</ul>
        </section>
    }
}
