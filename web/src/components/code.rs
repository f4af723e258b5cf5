//! The Python program for the row that is looked at, to read and to copy.

use yew::prelude::*;

use super::Dispatch;
use super::panel::Over;
use crate::highlight::{Piece, python};
use crate::platform;
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
    let copy = {
        let (code, dispatch) = (props.code.clone(), props.dispatch.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(code) = &code {
                platform::copy(code);
                dispatch.dispatch(Action::Notice(
                    "The program is in your clipboard.".to_owned(),
                ));
            }
        })
    };
    let save = {
        let code = props.code.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(code) = &code {
                platform::save("program.py", "text/x-python", code.as_bytes());
            }
        })
    };
    html! {
        <Over title={title} name="code" dispatch={props.dispatch.clone()}>
            <p class="mute">{ "Standard library only. Each wait is a stand-in: put your own call in its place." }</p>
            <p class="bar"><button onclick={copy} disabled={props.code.is_none()} data-do="copy-code">{ "Copy" }</button>
                <button onclick={save} disabled={props.code.is_none()}>{ "Save as .py" }</button></p>
            <pre class="code" tabindex="0" data-field="code">{ for props.code.iter().flat_map(|code| python(code)).map(piece) }</pre>
        </Over>
    }
}

fn piece(piece: Piece<'_>) -> Html {
    match piece.class {
        Some(class) => html! { <span class={class}>{ piece.text }</span> },
        None => html! { { piece.text } },
    }
}
