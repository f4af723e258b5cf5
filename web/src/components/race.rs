//! Every row of the race, on one axis; one of them may be opened into its lanes.

use trilane_timeline::draw::{DrawList, Paint};
use trilane_timeline::palette::{Chrome, Theme};
use yew::prelude::*;

use super::behind::{ROOM, tell_room};
use super::lanes;
use super::later::Later;
use super::plans::EditPlan;
use super::playhead::Scrub;
use super::{Dispatch, Question, always};
use crate::platform;
use crate::state::{self, Action, Shared};
use crate::timeline::Canvas;
use crate::wire::{EventTable, Lanes, Of, Picture, Ran, Row, Shown, Source, Surface, state_of};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) shown: Option<Shared<Shown>>,
    pub(crate) pictures: Shared<Vec<Picture>>,
    pub(crate) dark: bool,
    pub(crate) python: String,
    pub(crate) plans: Vec<String>,
    pub(crate) focus: Option<Of>,
    pub(crate) open: Option<state::Opened>,
    pub(crate) lanes: Option<(Shared<Lanes>, Shared<Picture>)>,
    pub(crate) events: Option<Shared<EventTable>>,
    pub(crate) tip: Option<String>,
    pub(crate) surface: Surface,
    /// What was measured stands above all else.
    pub(crate) measured_first: bool,
    pub(crate) dispatch: Dispatch,
    pub(crate) ask: Question,
}

#[component]
pub(crate) fn Race(props: &Props) -> Html {
    let seek = use_seek(&props.dispatch);
    {
        // Its place may have come after the page was measured.
        let dispatch = props.dispatch.clone();
        use_effect_with((), move |()| tell_room(&dispatch));
    }
    let Some(shown) = &props.shown else {
        return html! { <><div id={ROOM} /><p class="mute">{ "Simulating…" }</p></> };
    };
    // A picture a run; rows that could not be run have none.
    let mut next = 0..;
    let pictures: Vec<Option<usize>> = (shown.rows.iter())
        .map(|row| row.run.is_ok().then(|| next.next().unwrap_or(0)))
        .collect();
    let rows: Vec<Html> = order(&shown.rows, props.measured_first)
        .into_iter()
        .map(|at| {
            let (row, picture) = (&shown.rows[at], pictures[at]);
            let open = props.open.as_ref().filter(|open| open.row as usize == at);
            html! {
                <>
                <Card key={format!("{at} {}", row.written)} shown={shown.clone()} {at} pictures={props.pictures.clone()} {picture}
                    python={props.python.clone()} many={props.plans.len() > 1}
                    open={open.is_some()} focus={props.focus.is_some_and(|of| of.row as usize == at)} dispatch={props.dispatch.clone()}>
                if let Some(open) = open {
                    <Later<lanes::Props> part={&lanes::PART} with={opened(props, open, Of { race: shown.race, row: at as u32 })} />
                }
                </Card>
                </>
            }
        })
        .collect();
    let axis = next.start;
    html! {
        <>
        { legend(&shown.states, props.surface.dark, "Colours of the states", shown.rows.iter().any(|row| row.pair.is_some() && row.run.is_ok()), &str::to_owned) }
        <div id={ROOM} />
        { for rows }
        if axis < props.pictures.len() {
            <div class="axis"><Scrub axis={shown.axis} {seek}>
                <Canvas pictures={props.pictures.clone()} at={axis} /></Scrub></div>
        }
        </>
    }
}

/// What an opened row is shown with.
fn opened(props: &Props, open: &state::Opened, of: Of) -> lanes::Props {
    lanes::Props {
        open: open.clone(),
        lanes: props.lanes.clone(),
        events: props.events.clone(),
        tip: props.tip.clone(),
        of,
        surface: props.surface,
        dispatch: props.dispatch.clone(),
        ask: props.ask.clone(),
    }
}

/// In which order the rows stand: as they are, or those first of which something was measured.
fn order(rows: &[Row], measured_first: bool) -> Vec<usize> {
    // A prediction is followed by what was measured of it.
    let is_of_pair = |at: &usize| {
        let beside = |at: usize| rows.get(at).is_some_and(|row| row.pair.is_some());
        beside(*at) || beside(*at + 1)
    };
    let all = 0..rows.len();
    match measured_first {
        true => all
            .clone()
            .filter(is_of_pair)
            .chain(all.filter(|at| !is_of_pair(at)))
            .collect(),
        false => all.collect(),
    }
}

/// What the colours mean, of the states of these numbers, and of what differs from a prediction.
pub(super) fn legend(
    states: &[u8],
    dark: bool,
    name: &str,
    differs: bool,
    say: &dyn Fn(&str) -> String,
) -> Html {
    html! {
        <ul class="legend" aria-label={name.to_owned()}>
            { for states.iter().filter_map(|&number| state_of(number)).map(|kind| html! {
                <li key={kind as u8}><Canvas pictures={swatch(Paint::State(kind), dark)} at=0 />{ say(kind.label()) }</li>
            }) }
            if differs {
                <li key="differs"><Canvas pictures={swatch(Paint::Chrome(Chrome::Warn), dark)} at=0 />{ "tasks in another state than predicted" }</li>
            }
        </ul>
    }
}

fn swatch(paint: Paint, dark: bool) -> Shared<Vec<Picture>> {
    let mut list = DrawList::default();
    // What differs is a column, as high as many tasks do.
    let top = if matches!(paint, Paint::Chrome(_)) {
        4.0
    } else {
        0.0
    };
    list.rect((0.0, top), (13.0, 9.0 - top), 2.0 - top / 2.0, paint);
    let theme = if dark { Theme::Dark } else { Theme::Light };
    let density = platform::density() as f32;
    Shared::new(vec![Picture::new(&list, (13.0, 9.0), density, theme)])
}

#[derive(PartialEq, Properties)]
struct CardProps {
    shown: Shared<Shown>,
    at: usize,
    pictures: Shared<Vec<Picture>>,
    picture: Option<usize>,
    python: String,
    /// Whether a plan can be taken away.
    many: bool,
    open: bool,
    focus: bool,
    dispatch: Dispatch,
    children: Html,
}

/// A row.
#[component]
fn Card(props: &CardProps) -> Html {
    let seek = use_seek(&props.dispatch);
    let row: &Row = &props.shown.rows[props.at];
    match &row.run {
        Ok(run) => ran(props, row, run, &seek),
        Err(why) => html! {
            <article data-plan={row.written.clone()} data-outcome="refused" data-file={row.is_file().then_some("")} data-error={error(row)}
                class={if row.pair.is_some() { "beside bare" } else { "refused" }}>
                <div class="head"><h3>{ &row.written }</h3>{ source(row) }{ remove(props, row, &row.written) }</div>
                <div class="said">{ errors(row) }<p class="held">{ why }</p></div>
            </article>
        },
    }
}

fn ran(props: &CardProps, row: &Row, run: &Ran, seek: &Callback<u64>) -> Html {
    let completed = run.outcome == "completed";
    let python = match run.python == props.python {
        true => String::new(),
        false => format!("{} · ", run.python),
    };
    let detail = format!("{python}{}", run.detail);
    let toggle = Action::OpenRow((!props.open).then_some(props.at as u32));
    html! {
        <article class={classes!(props.open.then_some("open"), props.focus.then_some("focus"), row.pair.is_some().then_some("beside"))}
            data-plan={run.plan.clone()} data-python={run.python.clone()}
            data-makespan-ns={run.makespan_ns.to_string()} data-speedup={run.speedup.map(|s| s.to_string())}
            data-outcome={run.outcome.clone()} data-best={run.best.then_some("")} data-file={row.is_file().then_some("")} data-error={error(row)}>
            <div class="head">
                <h3><button class="open" data-open={props.at.to_string()} onclick={always(&props.dispatch, toggle)}
                    aria-expanded={props.open.to_string()} title="Open into its lanes"><i aria-hidden="true" />{ &run.name }</button></h3>
                if let Source::Plan(at) = row.source {
                    <EditPlan at={at as usize} written={row.written.clone()} {detail} dispatch={props.dispatch.clone()} />
                } else {
                    <code>{ detail }</code>
                }
                if run.best { <span class="badge good">{ "best" }</span> }
                { source(row) }
                if !completed { <span class="badge">{ &run.outcome }</span> }
                if run.late && !props.shown.axis.is_log() { <span class="badge">{ "runs past the window" }</span> }
                <span class="end"><strong class="time">{ &run.time }</strong><span class="times">{ &run.times }</span>{ remove(props, row, &run.plan) }</span>
            </div>
            if props.open {
                { props.children.clone() }
            } else if let Some(at) = props.picture.filter(|at| *at < props.pictures.len()) {
                <Scrub axis={props.shown.axis} seek={seek.clone()}>
                    <Canvas pictures={props.pictures.clone()} {at} label={run.words.clone()} /><i class="playhead" /></Scrub>
            }
            <div class="said">{ errors(row) }<p class="held">{ &run.held }</p></div>
        </article>
    }
}

/// Where a row comes from, where it is no plan of the race, and on which machine it ran.
fn source(row: &Row) -> Html {
    let badge = match (row.source, &row.run) {
        (Source::Plan(_), _) => return html! {},
        (Source::Twin, _) => "predicted",
        (Source::File(..), Ok(run)) if !run.measured => "from a file",
        (Source::File(..), Err(_)) if row.pair.is_none() => "from a file",
        (Source::File(..), _) => "measured",
    };
    html! {
        <><span class="badge ran">{ badge }</span>
        if !row.machine.is_empty() { <span class="where">{ &row.machine }</span> }</>
    }
}

/// How far a measured row's prediction is off, for whoever reads the page by program.
fn error(row: &Row) -> Option<String> {
    let error = row.pair.as_ref()?.error?;
    Some(format!("{error:.4}"))
}

/// Predicted and measured in figures.
fn errors(row: &Row) -> Html {
    let Some(pair) = row.pair.as_ref().filter(|pair| !pair.table.is_empty()) else {
        return html! {};
    };
    html! {
        <table class="errors"><thead><tr><td />{ for ["predicted", "measured", "off by"].iter().map(|name| html! { <th scope="col">{ *name }</th> }) }</tr></thead>
            <tbody>{ for pair.table.iter().map(|[name, predicted, measured, off]| html! {
                <tr><th scope="row">{ name }</th><td>{ predicted }</td><td>{ measured }</td><td>{ off }</td></tr>
            }) }</tbody></table>
    }
}

fn remove(props: &CardProps, row: &Row, name: &str) -> Html {
    let action = match row.source {
        Source::Plan(at) => Action::RemovePlan(at as usize),
        Source::File(at, _) => Action::RemoveFile(at as usize),
        // It goes with what was measured.
        Source::Twin => Action::Dismiss,
    };
    let fixed = row.source == Source::Twin || (!row.is_file() && !props.many);
    html! {
        <button class="remove" onclick={always(&props.dispatch, action)} disabled={fixed} aria-label={format!("Remove {name}")}>{ "×" }</button>
    }
}

/// Takes the playhead to a time; the same callback as long as the page is.
#[hook]
fn use_seek(dispatch: &Dispatch) -> Callback<u64> {
    use_callback(dispatch.clone(), |ns, dispatch| {
        dispatch.dispatch(Action::Seek(ns));
    })
}
