//! What the scenario is, who won, and its notes.

use trilane_core::advice::counted;
use yew::prelude::*;

use super::Props;
use crate::notes::{Node, read};

#[component]
pub(crate) fn Notes(props: &Props) -> Html {
    let Some(shown) = &props.store.shown else {
        return html! {};
    };
    let facts = format!(
        "{} · {} · Python {} · seed {}",
        counted(shown.tasks, "task"),
        counted(shown.cores.into(), "core"),
        props.store.python,
        shown.seed
    );
    html! {
        <>
        <h1>{ &shown.title }</h1>
        <p class="facts">{ facts }</p>
        <p class="verdict" data-field="verdict">{ &shown.verdict }</p>
        <div class="notes">{ for read(&shown.notes).iter().map(node) }</div>
        </>
    }
}

fn node(node: &Node) -> Html {
    match node {
        Node::Text(text) => html! { { text } },
        Node::Code(text) => html! { <code>{ text }</code> },
        Node::Link(to, inside) => html! {
            <a href={to.clone()} rel="noopener noreferrer" target="_blank">{ for inside.iter().map(self::node) }</a>
        },
        Node::Element(name, inside) if inside.is_empty() => html! { <@{*name} /> },
        Node::Element(name, inside) => {
            html! { <@{*name}>{ for inside.iter().map(self::node) }</@> }
        }
    }
}
