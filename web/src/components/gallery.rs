//! The embedded examples, to search and to open.

use std::rc::Rc;

use trilane_core::examples::{self, Example};
use trilane_core::race;
use yew::prelude::*;

use super::{Dispatch, always};
use crate::platform::value;
use crate::state::Action;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) open: Option<&'static Example>,
    pub(crate) search: String,
    pub(crate) dispatch: Dispatch,
}

/// The titles of the examples, in their order. They are read once.
#[hook]
pub(crate) fn use_titles() -> Rc<Vec<String>> {
    use_memo((), |()| {
        let title = |example: &Example| {
            race::read(example.text).map_or_else(|_| example.name.to_owned(), |s| s.title)
        };
        examples::all().iter().map(title).collect()
    })
}

#[component]
pub(crate) fn Gallery(props: &Props) -> Html {
    let Props {
        open,
        search,
        dispatch,
    } = props;
    let titles = use_titles();
    let oninput = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: InputEvent| dispatch.dispatch(Action::Search(value(&event))))
    };
    let wanted = search.to_lowercase();
    let found: Vec<Html> = examples::all()
        .iter()
        .zip(titles.iter())
        .filter(|(example, title)| {
            let text = format!("{title} {} {} {}", example.says, example.name, example.topic.label());
            wanted.split_whitespace().all(|word| text.to_lowercase().contains(word))
        })
        .map(|(example, title)| {
            let onclick = always(dispatch, Action::Open(example));
            html! {
                <li key={example.name}><button data-example={example.name} {onclick} aria-pressed={(*open == Some(example)).to_string()}>
                    <b>{ title }</b><span>{ example.topic.label() }{ ": " }{ example.says }</span>
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
