//! Plans: adding one to the race, and making one another.

use yew::prelude::*;

use super::Dispatch;
use crate::platform::{self, value};
use crate::state::Action;

/// Plans that a visitor may want to try, offered while they type.
const IDEAS: [&str; 14] = [
    "sync",
    "threads",
    "threads(32)",
    "threads(each)",
    "threads@3.14t",
    "processes",
    "processes(8, start=spawn)",
    "processes(4, chunk=20)",
    "interpreters",
    "asyncio",
    "asyncio(limit=50)",
    "asyncio+threads",
    "asyncio+processes",
    "asyncio+threads+processes",
];

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) problem: Option<String>,
    pub(crate) dispatch: Dispatch,
}

#[component]
pub(crate) fn AddPlan(props: &Props) -> Html {
    let written = use_state(String::new);
    let oninput = {
        let written = written.clone();
        Callback::from(move |event: InputEvent| written.set(value(&event)))
    };
    let onsubmit = {
        let (dispatch, written) = (props.dispatch.clone(), written.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            dispatch.dispatch(Action::AddPlan((*written).clone()));
        })
    };
    html! {
        <form class="add" {onsubmit}>
            <label>{ "Another plan" }<input name="plan" list="plan-ideas" placeholder="threads(32)@3.14t" autocomplete="off"
                value={(*written).clone()} {oninput} aria-describedby="plan-problem" /></label>
            <datalist id="plan-ideas">{ for IDEAS.iter().map(|idea| html! { <option value={*idea} /> }) }</datalist>
            <button>{ "Add" }</button>
            <p id="plan-problem" role="status">{ props.problem.clone().unwrap_or_default() }</p>
        </form>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct EditProps {
    /// Which plan.
    pub(crate) at: usize,
    /// As it is written now.
    pub(crate) written: String,
    /// What is shown of it.
    pub(crate) detail: String,
    pub(crate) dispatch: Dispatch,
}

/// A plan's text, which becomes a field when it is clicked on.
#[component]
pub(crate) fn EditPlan(props: &EditProps) -> Html {
    let edited = use_state(|| None::<String>);
    let field = use_node_ref();
    {
        let field = field.clone();
        use_effect_with(edited.is_some(), move |open| {
            if *open {
                platform::take_up(&field);
            }
        });
    }
    let Some(text) = (*edited).clone() else {
        let open = {
            let (edited, written) = (edited.clone(), props.written.clone());
            Callback::from(move |_: MouseEvent| edited.set(Some(written.clone())))
        };
        return html! {
            <button class="plan" onclick={open} title="Change this plan" aria-label={format!("{}: change the plan {}", props.detail, props.written)}>
                <code>{ &props.detail }</code></button>
        };
    };
    let oninput = {
        let edited = edited.clone();
        Callback::from(move |event: InputEvent| edited.set(Some(value(&event))))
    };
    let onsubmit = {
        let (dispatch, edited, at) = (props.dispatch.clone(), edited.clone(), props.at);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(text) = (*edited).clone() {
                dispatch.dispatch(Action::EditPlan(at, text));
            }
            edited.set(None);
        })
    };
    let onkeydown = {
        let edited = edited.clone();
        Callback::from(move |event: KeyboardEvent| {
            event.stop_propagation();
            if event.key() == "Escape" {
                edited.set(None);
            }
        })
    };
    html! {
        <form class="plan" {onsubmit}>
            <input ref={field} name="edit-plan" aria-label="Plan" value={text} {oninput} {onkeydown} list="plan-ideas" />
        </form>
    }
}
