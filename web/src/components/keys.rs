//! Keys, by where they are on the keyboard, as in Perfetto; and the list of them.

use yew::prelude::*;

use super::lanes::LANES;
use super::panel::Over;
use super::{Dispatch, Question};
use crate::place::Place;
use crate::platform;
use crate::state::{Action, Panel, State};
use crate::wire::{AtAsk, LanesAsk, Move, Request};

/// What the keys do, for the list.
const LIST: [(&str, &str); 15] = [
    ("Space", "play, pause"),
    ("← →", "the previous, the next event"),
    ("W S", "zoom in and out, at the pointer or the playhead"),
    ("A D", "pan"),
    ("0", "all of the run"),
    ("F", "fit what is selected"),
    ("Enter", "select the span at the playhead"),
    (", .", "the previous, the next span of the lane"),
    ("↑ ↓", "the lane above, below"),
    ("[ ]", "back and along a flow"),
    ("M", "mark what is selected, with its length"),
    ("Esc", "select nothing; close"),
    ("Ctrl+wheel, pinch", "zoom at the pointer"),
    ("Ctrl+Z, Ctrl+Shift+Z", "undo, redo"),
    ("?", "this list"),
];

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) dispatch: Dispatch,
}

#[component]
pub(crate) fn KeyList(props: &Props) -> Html {
    html! {
        <Over title="Keys" name="keys" dispatch={props.dispatch.clone()}>
            <p class="mute">{ "Space and the arrows work anywhere outside fields; the others on an opened row." }</p>
            <table class="keys"><tbody>
                { for LIST.iter().map(|(keys, what)| html! { <tr><th scope="row"><kbd>{ *keys }</kbd></th><td>{ *what }</td></tr> }) }
            </tbody></table>
        </Over>
    }
}

/// What a key press is about, besides the key.
#[derive(Clone, PartialEq)]
struct About {
    playing: bool,
    at: Option<AtAsk>,
    lanes: Option<LanesAsk>,
    shown: Option<crate::wire::Lanes>,
    playhead_ns: u64,
    picked: Option<(u64, u64)>,
}

/// Listens for keys.
#[hook]
pub(crate) fn use_keys(dispatch: &Dispatch, ask: &Question, store: &State) {
    let about = use_mut_ref(|| None::<About>);
    // In Learn each widget has its own.
    *about.borrow_mut() = (!matches!(store.place, Place::Learn | Place::Embed)).then(|| About {
        playing: store.playing,
        at: store.at_ask(),
        lanes: store.lanes_ask(),
        shown: store.lanes.as_ref().map(|(lanes, _)| (**lanes).clone()),
        playhead_ns: store.playhead_ns,
        picked: store
            .open
            .as_ref()
            .and_then(|open| open.pick.as_ref())
            .map(|pick| pick.span_ns),
    });
    let (dispatch, ask) = (dispatch.clone(), ask.clone());
    use_effect_with((), move |()| {
        platform::on_keys(move |event| {
            let about = about.borrow().clone();
            let used = about.is_some_and(|about| heard(event, &about, &dispatch, &ask));
            if used {
                event.prevent_default();
            }
        });
    });
}

/// Whether the key meant something here.
fn heard(event: &KeyboardEvent, about: &About, dispatch: &Dispatch, ask: &Question) -> bool {
    let place = platform::key_place(event, LANES);
    let code = event.code();
    let command = event.ctrl_key() || event.meta_key();
    if command && code == "KeyZ" && !place.types {
        dispatch.dispatch(if event.shift_key() {
            Action::Redo
        } else {
            Action::Undo
        });
        return true;
    }
    if command || event.alt_key() || place.types || place.over {
        return false;
    }
    if event.key() == "?" {
        dispatch.dispatch(Action::Panel(Panel::Keys));
        return true;
    }
    // A button or a slider has its own use for these.
    if !place.controls {
        match code.as_str() {
            "Space" => {
                dispatch.dispatch(Action::Play(!about.playing));
                return true;
            }
            "ArrowLeft" | "ArrowRight" => {
                dispatch.dispatch(Action::Play(false));
                let step = if code == "ArrowLeft" { -1 } else { 1 };
                if let Some(at) = about.at {
                    ask.emit(Request::At(AtAsk { step, ..at }));
                }
                return true;
            }
            _ => {}
        }
    }
    let (true, Some(lanes), Some(shown)) = (place.lanes, about.lanes, &about.shown) else {
        return false;
    };
    let scale = shown.axis.scale();
    let middle = (scale.left_px() + scale.right_px()) / 2.0;
    let head = scale.px(about.playhead_ns as f64);
    let within = |x: &f64| (scale.left_px()..=scale.right_px()).contains(x);
    let pointer = platform::pointer_over(LANES).filter(within);
    let at = pointer.or(Some(head).filter(within)).unwrap_or(middle);
    let step = (scale.right_px() - scale.left_px()) / 8.0;
    let look = |factor, by| dispatch.dispatch(Action::Zoom(factor, at, by));
    let go = |how| ask.emit(Request::Move(lanes, how));
    match code.as_str() {
        "KeyW" => look(1.0 / 1.4, 0.0),
        "KeyS" => look(1.4, 0.0),
        "KeyA" => look(1.0, -step),
        "KeyD" => look(1.0, step),
        "Digit0" | "Numpad0" => dispatch.dispatch(Action::Window(None)),
        "KeyF" => {
            let Some((from, to)) = about.picked else {
                return false;
            };
            let air = ((to - from) as f64 * 0.1).max(20.0);
            dispatch.dispatch(Action::Window(Some((from as f64 - air, to as f64 + air))));
        }
        "Enter" => go(Move::Enter(about.playhead_ns)),
        "Comma" => go(Move::Previous),
        "Period" => go(Move::Next),
        "ArrowUp" => go(Move::Up),
        "ArrowDown" => go(Move::Down),
        "BracketLeft" => go(Move::Back),
        "BracketRight" => go(Move::Along),
        "KeyM" => dispatch.dispatch(Action::Mark),
        "Escape" => dispatch.dispatch(Action::Deselect),
        _ => return false,
    }
    true
}
