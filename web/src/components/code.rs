//! The Python program for the row that is looked at, to read and to copy.

use yew::prelude::*;

use super::Dispatch;
use super::listing::Listing;
use super::panel::Over;
use crate::state::{Action, Shared};
use crate::wire::{Of, Shown};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) code: Option<Shared<String>>,
    pub(crate) shown: Option<Shared<Shown>>,
    pub(crate) focus: Option<Of>,
    pub(crate) dark: bool,
    pub(crate) dispatch: Dispatch,
}

#[component]
pub(crate) fn Code(props: &Props) -> Html {
    let rows = props.shown.as_ref().map(|shown| &shown.rows);
    let row = rows
        .zip(props.focus)
        .and_then(|(rows, of)| rows.get(of.row as usize));
    let run = row.and_then(|row| row.run.as_ref().ok());
    let title = run.map_or_else(
        || "Python".to_owned(),
        |run| format!("{} in Python {}", run.plan, run.python),
    );
    let copied = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |()| {
            dispatch.dispatch(Action::Notice(
                "The program is in your clipboard.".to_owned(),
            ));
        })
    };
    html! {
        <Over title={title} name="code" dispatch={props.dispatch.clone()}>
            <p class="mute">{ "Standard library only. Each wait is a stand-in: put your own call in its place." }</p>
            <Listing code={props.code.as_ref().map(|code| code.to_string())} copy="Copy" save="Save as .py" {copied} />
        </Over>
    }
}
