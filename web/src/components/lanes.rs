//! A row opened into its lanes: to zoom, pan, select and follow.

use yew::prelude::*;

use super::later::Shows;
use super::transport::length;
use super::{Dispatch, Question, always};
use crate::cut::{Part, cut};
use crate::platform;
use crate::state::{self, Action, Shared};
use crate::timeline::Canvas;
use crate::wire::{EventTable, Lanes, LanesAsk, Move, Of, Picture, Request, Surface};

/// The element that hears the keys.
pub(crate) const LANES: &str = "lanes";
/// A pointer that moved less than this selects, px.
const STILL_PX: f32 = 4.0;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) open: state::Opened,
    pub(crate) lanes: Option<(Shared<Lanes>, Shared<Picture>)>,
    pub(crate) events: Option<Shared<EventTable>>,
    pub(crate) tip: Option<String>,
    pub(crate) of: Of,
    pub(crate) surface: Surface,
    pub(crate) dispatch: Dispatch,
    pub(crate) ask: Question,
}

/// The pointers on the lanes, and what they began with.
#[derive(Clone, Debug, Default, PartialEq)]
struct Hand {
    /// Each pointer's id and place.
    fingers: Vec<(i32, f32, f32)>,
    /// Where the first went down.
    down: (f32, f32),
    moved: bool,
}

cut!(rows, fn part() -> Shows<Props> = |props| html! { <Opened ..props.clone() /> });
pub(crate) static PART: Part<Shows<Props>> = Part::new(|| Box::pin(part()));

#[component]
fn Opened(props: &Props) -> Html {
    let hand = use_mut_ref(Hand::default);
    let over = use_state(|| (0.0f32, 0.0f32));
    let (dispatch, open) = (&props.dispatch, &props.open);
    // Lanes of another row may still be there.
    let lanes = props
        .lanes
        .as_ref()
        .filter(|(lanes, _)| lanes.of.row == props.of.row && lanes.tasks == open.tasks);
    let asked = LanesAsk {
        of: props.of,
        tasks: open.tasks,
        window: open.window,
        selected: open.pick.as_ref().map(|pick| pick.selected),
        surface: props.surface,
    };
    let shown = lanes.map(|(lanes, _)| (**lanes).clone());
    let down = {
        let hand = hand.clone();
        Callback::from(move |event: PointerEvent| {
            if event.button() != 0 {
                return;
            }
            platform::capture(&event);
            platform::focus(LANES);
            let (x, y) = platform::point(&event);
            let mut hand = hand.borrow_mut();
            hand.fingers.push((event.pointer_id(), x, y));
            if hand.fingers.len() == 1 {
                hand.down = (x, y);
                hand.moved = false;
            }
        })
    };
    let moved = {
        let (hand, dispatch, ask, over) = (
            hand.clone(),
            dispatch.clone(),
            props.ask.clone(),
            over.clone(),
        );
        Callback::from(move |event: PointerEvent| {
            let (x, y) = platform::point(&event);
            let mut hand = hand.borrow_mut();
            let Some(at) = hand
                .fingers
                .iter()
                .position(|(id, ..)| *id == event.pointer_id())
            else {
                over.set((x, y));
                ask.emit(Request::Point(asked, (x, y)));
                return;
            };
            let before = hand.fingers.clone();
            hand.fingers[at] = (event.pointer_id(), x, y);
            let (dx, dy) = (x - hand.down.0, y - hand.down.1);
            hand.moved |= dx.abs().max(dy.abs()) > STILL_PX;
            if !hand.moved {
                return;
            }
            let look = match (before.as_slice(), hand.fingers.as_slice()) {
                // Two fingers: what was between them stays between them.
                ([(_, a, _), (_, b, _)], [(_, c, _), (_, d, _)]) => {
                    let factor = f64::from((a - b).abs().max(8.0) / (c - d).abs().max(8.0));
                    let middle = f64::from((c + d) / 2.0);
                    let by = f64::from((a + b) / 2.0) - middle;
                    Action::Zoom(factor, middle, by)
                }
                ([(_, a, _)], [(_, c, _)]) => Action::Zoom(1.0, 0.0, f64::from(a - c)),
                _ => return,
            };
            dispatch.dispatch(look);
        })
    };
    let up = {
        let (hand, dispatch, ask, shown) = (
            hand.clone(),
            dispatch.clone(),
            props.ask.clone(),
            shown.clone(),
        );
        Callback::from(move |event: PointerEvent| {
            let (x, y) = platform::point(&event);
            let mut hand = hand.borrow_mut();
            let alone = hand.fingers.len() == 1;
            hand.fingers.retain(|(id, ..)| *id != event.pointer_id());
            if let (true, false, Some(lanes)) = (alone, hand.moved, &shown) {
                ask.emit(Request::Move(asked, Move::Point(x, y)));
                let axis = lanes.axis;
                if f64::from(x) >= axis.left_px {
                    let ns = axis.scale().ns(f64::from(x)).max(0.0);
                    dispatch.dispatch(Action::Seek(ns as u64));
                }
            }
        })
    };
    let cancel = {
        let hand = hand.clone();
        Callback::from(move |_: PointerEvent| hand.borrow_mut().fingers.clear())
    };
    let node = use_node_ref();
    {
        // By hand, because a wheel that is heard passively cannot be kept from zooming the page.
        let (node, dispatch) = (node.clone(), dispatch.clone());
        use_effect_with((), move |()| {
            let heard = platform::on_zoom(&node, move |x, delta| {
                let factor = f64::powf(1.0015, delta.clamp(-400.0, 400.0));
                dispatch.dispatch(Action::Zoom(factor, x, 0.0));
            });
            move || drop(heard)
        });
    }
    let words = lanes.map_or_else(String::new, |(lanes, _)| lanes.words.clone());
    let picture = lanes.map(|(_, picture)| picture.clone());
    let band = open.mark.and_then(|mark| {
        let scale = lanes?.0.axis.scale();
        let clamp = |ns: u64| scale.px(ns as f64).clamp(scale.left_px(), scale.right_px());
        let (from, to) = (clamp(mark.from_ns), clamp(mark.to_ns));
        (to > from).then(|| {
            html! {
                <div class="mark" style={format!("left:{from:.1}px;width:{:.1}px", to - from)}>
                    <span>{ length(mark.from_ns, mark.to_ns) }</span></div>
            }
        })
    });
    let all_events = Action::Events(match open.events {
        Some(_) => None,
        None => Some(0),
    });
    html! {
        <div class="opened">
            <div class="bar">
                <span class="segmented" role="group" aria-label="Lanes">
                    <button aria-pressed={(!open.tasks).to_string()} onclick={always(dispatch, Action::Tasks(false))} data-do="by-thread">{ "Threads" }</button>
                    <button aria-pressed={open.tasks.to_string()} onclick={always(dispatch, Action::Tasks(true))} data-do="by-task">{ "Tasks" }</button>
                </span>
                <button onclick={always(dispatch, Action::Window(None))} disabled={open.window.is_none()} data-do="all">{ "All" }</button>
                <button aria-pressed={open.events.is_some().to_string()} onclick={always(dispatch, all_events)} data-do="events">{ "Table" }</button>
                <span class="hint">{ "W S zoom · A D pan · 0 all · , . span · [ ] flow · ? keys" }</span>
            </div>
            <div class="lanes" id={LANES} ref={node} tabindex="0" role="group" aria-label="Lanes: the keys W, S, A, D zoom and pan; comma and full stop go from span to span"
                onpointerdown={down} onpointermove={moved} onpointerup={up} onpointercancel={cancel}
                onpointerleave={always(dispatch, Action::NoTip)}>
                if let Some(picture) = picture {
                    <Canvas pictures={Shared::new(vec![(*picture).clone()])} at=0 label={words} />
                }
                { band.unwrap_or_default() }
                <i class="playhead" />
                if let Some(tip) = &props.tip {
                    <div class="tip" style={format!("--x:{}px;--y:{}px", over.0, over.1)}>{ tip }</div>
                }
            </div>
            <p class="picked" role="status" data-field="selection">
                if let Some(pick) = &open.pick { { pick.words.replace('\n', " · ") } } else { { "Click a span to select it; its flows become arrows." } }
            </p>
            if let (Some(events), Some(first)) = (&props.events, open.events) { { table(events, first, dispatch) } }
        </div>
    }
}

fn table(events: &EventTable, first: u64, dispatch: &Dispatch) -> Html {
    let page = 100;
    let last = (first + page).min(events.all);
    let turn = |to: Option<u64>, text: &'static str| {
        let action = Action::Events(Some(to.unwrap_or(first)));
        html! { <button onclick={always(dispatch, action)} disabled={to.is_none()}>{ text }</button> }
    };
    html! {
        <div class="events" data-field="events">
            <p>{ format!("Events {} to {last} of {}", (first + 1).min(events.all), events.all) }
                { turn(first.checked_sub(page), "Earlier") }{ turn((last < events.all).then_some(last), "Later") }</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Events"><table>
                <thead><tr>{ for ["begins at", "takes", "who", "does", "on"].iter().map(|name| html! { <th scope="col">{ *name }</th> }) }</tr></thead>
                <tbody>{ for events.rows.iter().map(|row| html! { <tr>{ for row.iter().map(|cell| html! { <td>{ cell }</td> }) }</tr> }) }</tbody>
            </table></div>
        </div>
    }
}
