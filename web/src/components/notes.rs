//! What the scenario is, who won, and its notes.

use trilane_core::advice::counted;
use yew::prelude::*;

use crate::notes::{Node, read};
use crate::state::Shared;
use crate::wire::Shown;

/// Which part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Part {
    /// The title, and who won.
    Verdict,
    /// The scenario's own notes.
    Notes,
}

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) shown: Option<Shared<Shown>>,
    pub(crate) python: String,
    pub(crate) part: Part,
}

#[component]
pub(crate) fn Notes(props: &Props) -> Html {
    let Some(shown) = &props.shown else {
        return html! {};
    };
    if props.part == Part::Notes {
        return match shown.notes.is_empty() {
            true => html! {},
            false => html! {
                <section class="notes"><h2>{ "Notes" }</h2>{ for read(&shown.notes).iter().map(node) }</section>
            },
        };
    }
    let facts = format!(
        "{} · {} · Python {} · seed {}",
        counted(shown.tasks, "task"),
        counted(shown.cores.into(), "core"),
        props.python,
        shown.seed
    );
    html! {
        <section class="about">
            <h1>{ &shown.title }</h1>
            <p class="facts">{ facts }</p>
            // A long plan breaks where its parts are joined, and not in a word.
            <p class="verdict" data-field="verdict">
                { for shown.verdict.split_inclusive('+').map(|part| html! { <>{ part }<wbr /></> }) }
            </p>
        </section>
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
