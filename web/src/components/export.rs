//! What can be saved of the race, and of the row that is looked at.

use yew::prelude::*;

use super::panel::Over;
use super::{Dispatch, Question};
use crate::state::Shared;
use crate::wire::{self, Of, Request, Shown, Surface};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) shown: Option<Shared<Shown>>,
    pub(crate) focus: Option<Of>,
    pub(crate) surface: Surface,
    pub(crate) dispatch: Dispatch,
    pub(crate) ask: Question,
}

#[component]
pub(crate) fn Export(props: &Props) -> Html {
    let rows = props.shown.as_ref().map(|shown| &shown.rows);
    let row = rows
        .zip(props.focus)
        .and_then(|(rows, of)| rows.get(of.row as usize));
    let name = row
        .and_then(|row| row.run.as_ref().ok())
        .map(|run| run.name.clone());
    let one = |what: wire::Export, title: &'static str, about: &'static str| {
        let (ask, of, surface) = (props.ask.clone(), props.focus, props.surface);
        let onclick = Callback::from(move |_: MouseEvent| {
            if let Some(of) = of {
                ask.emit(Request::Export(of, what, surface));
            }
        });
        html! {
            <li><button {onclick} disabled={of.is_none()} data-export={format!("{what:?}").to_lowercase()}>{ title }</button><span>{ about }</span></li>
        }
    };
    html! {
        <Over title="Save" name="export" dispatch={props.dispatch.clone()}>
            <h3>{ "The race" }</h3>
            <ul class="files">
                { one(wire::Export::RaceSvg, "SVG", "every plan on one axis, for a page or for print") }
                { one(wire::Export::Csv, "CSV", "every plan's figures, a line each") }
            </ul>
            <h3>{ name.unwrap_or_else(|| "The row that is looked at".to_owned()) }</h3>
            <ul class="files">
                { one(wire::Export::Svg, "SVG", "its lanes as a picture") }
                { one(wire::Export::Png, "PNG", "the same as pixels") }
                { one(wire::Export::Perfetto, "Perfetto", "a trace for ui.perfetto.dev") }
                { one(wire::Export::Chrome, "Chrome JSON", "a trace for chrome://tracing and Speedscope") }
                { one(wire::Export::Trace, "Trilane", "a trace to drop on this page again") }
            </ul>
        </Over>
    }
}
