//! The scenario as text, and what is wrong with it: a plain field at first, an editor once it is used.

use yew::prelude::*;

use super::Dispatch;
use super::drop::Choose;
use crate::editor::Editor;
use crate::platform::value;
use crate::state::{Action, Shared};
use crate::wire::Trouble;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) text: String,
    pub(crate) problems: Shared<Vec<Trouble>>,
    pub(crate) dark: bool,
    /// Whether the race of an older text is still shown.
    pub(crate) kept: bool,
    pub(crate) dispatch: Dispatch,
}

#[component]
pub(crate) fn ScenarioText(props: &Props) -> Html {
    let place = use_node_ref();
    let editor = use_state(|| None::<Editor>);
    let wanted = use_state(|| false);
    {
        let (editor, place, dispatch) = (editor.setter(), place.clone(), props.dispatch.clone());
        let (text, dark) = (props.text.clone(), props.dark);
        use_effect_with(*wanted, move |wanted| {
            if *wanted {
                let typed = {
                    let dispatch = dispatch.clone();
                    move |text: String| dispatch.dispatch(Action::Text(text))
                };
                Editor::open(&place, &text, dark, typed, move |opened| {
                    editor.set(Some(opened))
                });
            }
        });
    }
    use_effect_with(
        (
            (*editor).clone(),
            props.text.clone(),
            props.dark,
            props.problems.clone(),
        ),
        |(editor, text, dark, problems)| {
            if let Some(editor) = editor {
                editor.set(text);
                editor.dark(*dark);
                editor.problems(problems);
            }
        },
    );
    let edit = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: InputEvent| dispatch.dispatch(Action::Text(value(&event))))
    };
    let first = {
        let wanted = wanted.setter();
        Callback::from(move |_: FocusEvent| wanted.set(true))
    };
    let lines = props.text.lines().count().clamp(8, 40);
    html! {
        <section class="text">
            <h2><label for="scenario">{ "Scenario as text" }</label></h2>
            <div ref={place} class="editor" hidden={editor.is_none()} />
            if editor.is_none() {
                <textarea id="scenario" data-field="scenario" spellcheck="false" autocapitalize="off" rows={lines.to_string()}
                    aria-describedby="problems" value={props.text.clone()} oninput={edit} onfocus={first} />
            }
            <div id="problems" data-field="problems" role="status">
                if !props.problems.is_empty() && props.kept {
                    <p>{ "The race above is that of the last text without a problem." }</p>
                }
                { for props.problems.iter().map(|problem| html! { <pre data-line={problem.line.to_string()}>{ &problem.text }</pre> }) }
            </div>
            <Choose dispatch={props.dispatch.clone()} />
        </section>
    }
}
