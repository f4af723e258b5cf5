//! A chapter's text.

use trilane_lessons::page::{Node, Target};
use yew::prelude::*;

use super::Reading;
use super::widget::Played;
use crate::learn::Spot;

/// The id that an anchor of a chapter has on the page, where other things have ids as well.
pub(super) fn place(anchor: &str) -> String {
    format!("at-{anchor}")
}

pub(super) fn node(node: &Node, reading: &Reading) -> Html {
    let all =
        |inside: &[Node]| -> Html { inside.iter().map(|one| self::node(one, reading)).collect() };
    match node {
        Node::Text(text) => html! { { text } },
        Node::Code(text) => html! { <code>{ text }</code> },
        // What does not fit is scrolled to, also by keys.
        Node::Listing(_, text) => html! { <pre class="code" tabindex="0">{ text }</pre> },
        Node::Element(name, None, inside) if name == "table" => {
            html! { <div class="scroll" tabindex="0"><table>{ all(inside) }</table></div> }
        }
        Node::Element(name, _, inside) if inside.is_empty() => html! { <@{name.clone()} /> },
        Node::Element(name, id, inside) => {
            let id = id.as_deref().map(place);
            html! { <@{name.clone()} {id}>{ all(inside) }</@> }
        }
        Node::Link(Target::Web(to), inside) => html! {
            <a href={to.clone()} rel="noopener noreferrer" target="_blank">{ all(inside) }</a>
        },
        Node::Link(Target::Chapter(chapter, anchor), inside) => {
            html! { <a href={Spot::address(chapter, anchor)}>{ all(inside) }</a> }
        }
        Node::Figure(Target::Chapter(chapter, anchor), means, _)
            if is_secret(reading, chapter, anchor, means) =>
        {
            let name = &reading.book.labels.guess_first;
            html! { <a class="figure secret" href={Spot::address(chapter, anchor)} title={name.clone()} aria-label={name.clone()}>{ "???" }</a> }
        }
        Node::Figure(Target::Chapter(chapter, anchor), means, inside) => html! {
            <a class="figure" href={Spot::address(chapter, anchor)} title={means.clone()}>{ all(inside) }</a>
        },
        Node::Figure(_, _, inside) => all(inside),
        Node::Widget(widget) => html! {
            <Played key={widget.id.clone()} widget={(**widget).clone()} reading={reading.clone()} />
        },
    }
}

/// Whether a figure would tell what is still to be guessed.
fn is_secret(reading: &Reading, chapter: &str, anchor: &str, means: &str) -> bool {
    let told = |(widget, plan): &(String, String)| {
        widget == anchor && means.split(' ').any(|word| word == plan)
    };
    reading.chapter == chapter && reading.secrets.iter().any(told)
}

/// The same without links, for names and tips.
pub(super) fn plain(nodes: &[Node]) -> String {
    let one = |node: &Node| match node {
        Node::Text(text) | Node::Code(text) => text.clone(),
        Node::Element(_, _, inside) | Node::Link(_, inside) | Node::Figure(_, _, inside) => {
            plain(inside)
        }
        Node::Listing(..) | Node::Widget(_) => String::new(),
    };
    nodes.iter().map(one).collect()
}
