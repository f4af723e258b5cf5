//! The figures of the row that is looked at: a table, and two plots.

use yew::prelude::*;

use crate::state::Shared;
use crate::timeline::Canvas;
use crate::wire::{self, Picture, Shown};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) figures: Option<(Shared<wire::Figures>, Shared<Vec<Picture>>)>,
    pub(crate) shown: Option<Shared<Shown>>,
    pub(crate) dark: bool,
}

#[component]
pub(crate) fn Figures(props: &Props) -> Html {
    let (Some((figures, plots)), Some(shown)) = (&props.figures, &props.shown) else {
        return html! {};
    };
    let row = shown
        .rows
        .get(figures.of.row as usize)
        .and_then(|row| row.run.as_ref().ok());
    let name = row.map_or_else(String::new, |run| run.name.clone());
    let titles = ["Latency of tasks", "Cores in use"];
    html! {
        <section class="figures" data-field="figures">
            <h2>{ format!("Figures, {name}") }</h2>
            <table><tbody>
                { for figures.table.iter().map(|(name, value)| html! {
                    <tr><th scope="row">{ name }</th><td>{ value }</td></tr>
                }) }
            </tbody></table>
            { for (0..plots.len().min(2)).map(|at| html! {
                <figure>
                    <figcaption>{ titles[at] }</figcaption>
                    <Canvas pictures={plots.clone()} {at} label={figures.words[at].clone()} />
                </figure>
            }) }
        </section>
    }
}
