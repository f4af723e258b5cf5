//! The scenario as text, and what is wrong with it.

use yew::prelude::*;

use super::Props;
use crate::platform::value;
use crate::state::Action;

#[component]
pub(crate) fn ScenarioText(props: &Props) -> Html {
    let store = &props.store;
    let edit = {
        let store = store.clone();
        Callback::from(move |event: InputEvent| store.dispatch(Action::Text(value(&event))))
    };
    let lines = store.text.lines().count().clamp(8, 40);
    html! {
        <section class="text">
            <h2><label for="scenario">{ "Scenario as text" }</label></h2>
            <textarea id="scenario" data-field="scenario" spellcheck="false" autocapitalize="off" rows={lines.to_string()}
                aria-describedby="problems" value={store.text.clone()} oninput={edit} />
            <div id="problems" data-field="problems" role="status">
                if !store.problems.is_empty() && store.shown.is_some() {
                    <p>{ "The race above is that of the last text without a problem." }</p>
                }
                { for store.problems.iter().map(|(line, text)| html! { <pre data-line={line.to_string()}>{ text }</pre> }) }
            </div>
        </section>
    }
}
