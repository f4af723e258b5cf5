//! What happens at the playhead, and why.

use yew::prelude::*;

use crate::platform::{is_embedded, without_embed};
use crate::state::Shared;
use crate::wire::{Shown, Told};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) told: Option<Shared<Told>>,
    pub(crate) shown: Option<Shared<Shown>>,
}

#[component]
pub(crate) fn Narration(props: &Props) -> Html {
    let (Some(told), Some(shown)) = (&props.told, &props.shown) else {
        return html! { <section class="narration" data-field="narration" /> };
    };
    let row = shown
        .rows
        .get(told.of.row as usize)
        .and_then(|row| row.run.as_ref().ok());
    let name = row.map_or_else(String::new, |run| run.name.clone());
    let at = trilane_core::units::Time::from_nanos(told.at_ns);
    html! {
        <section class="narration" data-field="narration" data-t-ns={told.at_ns.to_string()} aria-live="polite">
            <h2>{ format!("At {at}, {name}") }</h2>
            <p class="headline">{ &told.headline }</p>
            { for told.sentences.iter().map(|text| html! { <p>{ text }</p> }) }
            if let Some([name, source, lesson]) = &told.rule {
                <p class="rule">{ explained(name, lesson) }{ " · " }<code>{ source }</code></p>
            }
            <dl class="counters">
                { for told.counters.iter().map(|(name, value)| html! {
                    <div><dt>{ name }</dt><dd>{ value }</dd></div>
                }) }
            </dl>
        </section>
    }
}

/// A rule's name, which leads to where Learn explains it: out of a frame, which shows the race alone.
fn explained(name: &str, lesson: &str) -> Html {
    if is_embedded() {
        return html! { <a href={without_embed(lesson)} target="_blank" rel="noopener">{ name }</a> };
    }
    html! { <a href={lesson.to_owned()}>{ name }</a> }
}
