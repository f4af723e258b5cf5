//! What happens at the playhead, and why.

use yew::prelude::*;

use crate::platform::notes_link;
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
            if let Some([name, source, chapter]) = &told.rule {
                <p class="rule"><a href={notes_link(chapter)} target="_blank" rel="noopener">{ name }</a>{ " · " }<code>{ source }</code></p>
            }
            <dl class="counters">
                { for told.counters.iter().map(|(name, value)| html! {
                    <div><dt>{ name }</dt><dd>{ value }</dd></div>
                }) }
            </dl>
        </section>
    }
}
