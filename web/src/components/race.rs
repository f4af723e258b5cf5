//! Every row of the race, on one axis; one of them may be opened into its lanes.

use trilane_core::trace::SpanKind;
use trilane_timeline::draw::{DrawList, Paint};
use trilane_timeline::palette::Theme;
use yew::prelude::*;

use super::behind::ROOM;
use super::lanes::Opened;
use super::plans::EditPlan;
use super::{Dispatch, Question, always};
use crate::platform;
use crate::state::{self, Action, Shared};
use crate::timeline::Canvas;
use crate::wire::{Axis, EventTable, Lanes, Of, Picture, Ran, Row, Shown, Surface, state_of};

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
    pub(crate) dispatch: Dispatch,
    pub(crate) ask: Question,
}

#[component]
pub(crate) fn Race(props: &Props) -> Html {
    let Some(shown) = &props.shown else {
        return html! { <><div id={ROOM} /><p class="mute">{ "Simulating…" }</p></> };
    };
    // A picture a run; rows that could not be run have none.
    let mut next = 0..;
    let rows: Vec<Html> = shown
        .rows
        .iter()
        .enumerate()
        .map(|(at, row)| {
            let picture = row.run.is_ok().then(|| next.next().unwrap_or(0));
            let open = props.open.as_ref().filter(|open| open.row as usize == at);
            html! {
                <>
                <Card key={format!("{at} {}", row.written)} shown={shown.clone()} {at} pictures={props.pictures.clone()} {picture}
                    python={props.python.clone()} many={props.plans.len() > 1} plans={props.plans.len()}
                    open={open.is_some()} focus={props.focus.is_some_and(|of| of.row as usize == at)} dispatch={props.dispatch.clone()}>
                if let Some(open) = open {
                    <Opened open={open.clone()} lanes={props.lanes.clone()} events={props.events.clone()} tip={props.tip.clone()}
                        of={Of { race: shown.race, row: at as u32 }} surface={props.surface} dispatch={props.dispatch.clone()} ask={props.ask.clone()} />
                }
                </Card>
                </>
            }
        })
        .collect();
    let axis = next.start;
    html! {
        <>
        <ul class="legend" aria-label="Colours of the states">
            { for shown.states.iter().filter_map(|&number| state_of(number)).map(|kind| html! {
                <li key={kind as u8}><Canvas pictures={swatch(kind, props.surface)} at=0 />{ kind.label() }</li>
            }) }
        </ul>
        <div id={ROOM} />
        { for rows }
        if axis < props.pictures.len() {
            <div class="axis"><Scrub axis={shown.axis} dispatch={props.dispatch.clone()}>
                <Canvas pictures={props.pictures.clone()} at={axis} /></Scrub></div>
        }
        </>
    }
}

fn swatch(kind: SpanKind, surface: Surface) -> Shared<Vec<Picture>> {
    let mut list = DrawList::default();
    list.rect((0.0, 0.0), (13.0, 9.0), 2.0, Paint::State(kind));
    let theme = if surface.dark {
        Theme::Dark
    } else {
        Theme::Light
    };
    Shared::new(vec![Picture::new(
        &list,
        (13.0, 9.0),
        surface.density,
        theme,
    )])
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
    /// How many rows are plans; the rest are files.
    plans: usize,
    open: bool,
    focus: bool,
    dispatch: Dispatch,
    children: Html,
}

/// A row.
#[component]
fn Card(props: &CardProps) -> Html {
    let row: &Row = &props.shown.rows[props.at];
    match &row.run {
        Ok(run) => ran(props, row, run),
        Err(why) => html! {
            <article data-plan={row.written.clone()} data-outcome="refused" class="refused">
                <div class="head"><h3>{ &row.written }</h3>{ remove(props, &row.written) }</div>
                <p class="held">{ why }</p>
            </article>
        },
    }
}

fn ran(props: &CardProps, row: &Row, run: &Ran) -> Html {
    let completed = run.outcome == "completed";
    let python = match run.python == props.python {
        true => String::new(),
        false => format!("{} · ", run.python),
    };
    let detail = format!("{python}{}", run.detail);
    let toggle = Action::OpenRow((!props.open).then_some(props.at as u32));
    html! {
        <article class={classes!(props.open.then_some("open"), props.focus.then_some("focus"))}
            data-plan={run.plan.clone()} data-python={run.python.clone()}
            data-makespan-ns={run.makespan_ns.to_string()} data-speedup={run.speedup.map(|s| s.to_string())}
            data-outcome={run.outcome.clone()} data-best={run.best.then_some("")} data-file={row.file.then_some("")}>
            <div class="head">
                <h3><button class="open" data-open={props.at.to_string()} onclick={always(&props.dispatch, toggle)}
                    aria-expanded={props.open.to_string()} title="Open into its lanes"><i aria-hidden="true" />{ &run.name }</button></h3>
                if row.file {
                    <code>{ detail }</code>
                } else {
                    <EditPlan at={props.at} written={row.written.clone()} {detail} dispatch={props.dispatch.clone()} />
                }
                if run.best { <span class="badge good">{ "best" }</span> }
                if row.file { <span class="badge">{ if run.measured { "measured" } else { "from a file" } }</span> }
                if !completed { <span class="badge">{ &run.outcome }</span> }
                if run.late && !props.shown.axis.is_log() { <span class="badge">{ "runs past the window" }</span> }
                <strong class="time">{ &run.time }</strong><span class="times">{ &run.times }</span>
                { remove(props, &run.plan) }
            </div>
            if props.open {
                { props.children.clone() }
            } else if let Some(at) = props.picture.filter(|at| *at < props.pictures.len()) {
                <Scrub axis={props.shown.axis} dispatch={props.dispatch.clone()}>
                    <Canvas pictures={props.pictures.clone()} {at} label={run.words.clone()} /><i class="playhead" /></Scrub>
            }
            <p class="held">{ &run.held }</p>
        </article>
    }
}

fn remove(props: &CardProps, name: &str) -> Html {
    let action = match props.at < props.plans {
        true => Action::RemovePlan(props.at),
        false => Action::RemoveFile(props.at - props.plans),
    };
    let fixed = props.at < props.plans && !props.many;
    html! {
        <button class="remove" onclick={always(&props.dispatch, action)} disabled={fixed} aria-label={format!("Remove {name}")}>{ "×" }</button>
    }
}

#[derive(PartialEq, Properties)]
struct ScrubProps {
    axis: Axis,
    dispatch: Dispatch,
    children: Html,
}

/// Where the playhead can be taken by its time: a picture on the race's axis.
#[component]
fn Scrub(props: &ScrubProps) -> Html {
    let seek = {
        let (dispatch, axis) = (props.dispatch.clone(), props.axis);
        move |event: &PointerEvent| {
            let (x, _) = platform::point(event);
            let ns = axis.scale().ns(f64::from(x)).max(0.0);
            dispatch.dispatch(Action::Seek(ns as u64));
        }
    };
    let down = {
        let seek = seek.clone();
        Callback::from(move |event: PointerEvent| {
            if event.button() == 0 {
                platform::capture(&event);
                seek(&event);
            }
        })
    };
    let moved = Callback::from(move |event: PointerEvent| {
        if event.buttons() & 1 == 1 && platform::captured(&event) {
            seek(&event);
        }
    });
    html! {
        <div class="scrubbed" onpointerdown={down} onpointermove={moved}>{ props.children.clone() }</div>
    }
}
