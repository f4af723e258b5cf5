//! A Python program to read, to copy and to save.

use yew::prelude::*;

use crate::highlight::{Piece, python};
use crate::platform;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// The program, as soon as it is there.
    pub(super) code: Option<String>,
    /// What the buttons say.
    pub(super) copy: AttrValue,
    pub(super) save: AttrValue,
    /// It was copied.
    pub(super) copied: Callback<()>,
}

#[component]
pub(super) fn Listing(props: &Props) -> Html {
    let copy = {
        let (code, copied) = (props.code.clone(), props.copied.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(code) = &code {
                platform::copy(code);
                copied.emit(());
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
    let code = props.code.iter().flat_map(|code| python(code));
    html! {
        <>
        <p class="bar"><button onclick={copy} disabled={props.code.is_none()} data-do="copy-code">{ &props.copy }</button>
            <button onclick={save} disabled={props.code.is_none()} data-do="save-code">{ &props.save }</button></p>
        <pre class="code" tabindex="0" data-field="code">{ for code.map(piece) }</pre>
        </>
    }
}

fn piece(piece: Piece<'_>) -> Html {
    match piece.class {
        Some(class) => html! { <span class={class}>{ piece.text }</span> },
        None => html! { { piece.text } },
    }
}
