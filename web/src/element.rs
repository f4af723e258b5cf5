//! Widgets in others' pages: what the script of the custom elements (web/elements/trilane.js) calls.
//!
//! The script finds the elements, reads their attributes and waits until one is near the window; a widget is
//! the one of a chapter. All of a page share this module, and one worker.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::Element;
use yew::AppHandle;

use crate::components::book::read_book;
use crate::components::learn::{Alone, AloneProps, Heard, Remote};
use crate::cut::{Missing, Part, cut};
use crate::learn::{Act, Order, View};
use crate::state::MISSING;
use crate::theme;
use crate::wire::{Row, Shown};

/// The palette's colours as CSS variables for a shadow root; the host's variables go first.
#[wasm_bindgen]
pub fn sheet() -> String {
    theme::shadow_sheet()
}

/// A widget in its place.
#[wasm_bindgen]
pub struct Mounted(Box<dyn Placed>);

/// What a mounted widget can be told and asked.
trait Placed {
    fn set(&self, order: &str) -> Result<(), JsError>;
    fn act(&self, act: Act);
    fn view(&self) -> Option<View>;
    fn end(self: Box<Self>);
}

type Mounts = fn(Element, &str, &[u8], Function) -> Result<Box<dyn Placed>, JsError>;

cut!(learn, fn part() -> Mounts = placed);
static PART: Part<Mounts> = Part::new(|| Box::pin(part()));

/// Fetches what widgets need; [`mount`] is for afterwards.
///
/// # Errors
/// It cannot be fetched.
#[wasm_bindgen]
pub async fn prepare() -> Result<(), JsError> {
    let fetched = PART.fetched().await;
    fetched.map(drop).map_err(|Missing| JsError::new(MISSING))
}

struct Widget {
    app: RefCell<AppHandle<Alone>>,
    props: RefCell<AloneProps>,
    held: Rc<Held>,
}

/// What is known of a widget from outside.
struct Held {
    tell: Function,
    hand: RefCell<Option<yew::Callback<Act>>>,
    view: RefCell<Option<View>>,
}

/// Puts a widget into an element of a shadow root. `order` is the JSON of its attributes, `labels` a language's
/// words as `cargo xtask build` packs them; `tell` is called with a name and a value of what happens.
///
/// # Errors
/// The order or the words are none.
#[wasm_bindgen]
pub fn mount(
    place: Element,
    order: &str,
    labels: &[u8],
    tell: Function,
) -> Result<Mounted, JsError> {
    let placed = PART.here().ok_or_else(|| JsError::new(MISSING))?;
    placed(place, order, labels, tell).map(Mounted)
}

fn placed(
    place: Element,
    order: &str,
    labels: &[u8],
    tell: Function,
) -> Result<Box<dyn Placed>, JsError> {
    let book = read_book(labels).ok_or_else(|| JsError::new("the words cannot be read"))?;
    let held = Rc::new(Held {
        tell,
        hand: RefCell::default(),
        view: RefCell::default(),
    });
    let remote = {
        let held = held.clone();
        Remote {
            hear: yew::Callback::from(move |heard| held.heard(heard)),
        }
    };
    let props = AloneProps {
        order: Rc::new(ordered(order)?),
        book: Rc::new(book),
        remote,
    };
    let app = yew::Renderer::<Alone>::with_root_and_props(place, props.clone()).render();
    Ok(Box::new(Widget {
        app: RefCell::new(app),
        props: RefCell::new(props),
        held,
    }))
}

fn ordered(order: &str) -> Result<Order, JsError> {
    serde_json::from_str(order).map_err(|error| JsError::new(&error.to_string()))
}

#[wasm_bindgen]
impl Mounted {
    /// Shows what is ordered now.
    ///
    /// # Errors
    /// The order is none.
    pub fn set(&self, order: &str) -> Result<(), JsError> {
        self.0.set(order)
    }

    /// Plays, or stops.
    pub fn play(&self, playing: bool) {
        self.0.act(Act::Play(playing));
    }

    /// Moves the playhead, ns.
    pub fn seek(&self, ns: f64) {
        self.0.act(Act::Seek(ns.max(0.0) as u64));
    }

    /// Where the playhead is, ns.
    pub fn at(&self) -> f64 {
        self.0.view().map_or(0.0, |view| view.at_ns() as f64)
    }

    /// Whether it plays.
    pub fn playing(&self) -> bool {
        self.0.view().is_some_and(|view| view.playing)
    }

    /// Takes it away.
    pub fn end(self) {
        self.0.end();
    }
}

impl Placed for Widget {
    fn set(&self, order: &str) -> Result<(), JsError> {
        let order = Rc::new(ordered(order)?);
        let mut props = self.props.borrow_mut();
        props.order = order;
        self.app.borrow_mut().update(props.clone());
        Ok(())
    }

    fn act(&self, act: Act) {
        self.held.act(act);
    }

    fn view(&self) -> Option<View> {
        self.held.view.borrow().clone()
    }

    fn end(self: Box<Self>) {
        self.app.into_inner().destroy();
    }
}

impl Held {
    fn act(&self, act: Act) {
        let hand = self.hand.borrow().clone();
        if let Some(hand) = hand {
            hand.emit(act);
        }
    }

    fn heard(&self, heard: Heard) {
        match heard {
            Heard::Here(hand) => {
                self.view.take();
                self.hand.replace(Some(hand));
            }
            Heard::Is(view) => self.is(view),
            Heard::Ran(played) => {
                let shown = played.map(|played| ran(&played.shown));
                self.tell("ready", &shown.unwrap_or_else(Object::new));
            }
            Heard::Failed(why) => self.tell("problem", &why.into()),
        }
    }

    fn is(&self, view: View) {
        let Some(before) = self.view.replace(Some(view.clone())) else {
            return;
        };
        let at = view.at_ns();
        if before.text != view.text {
            self.tell("changed", &view.text.as_str().into());
        }
        match (before.playing, view.playing) {
            (false, true) => self.tell("play", &(at as f64).into()),
            (true, false) => self.tell("pause", &(at as f64).into()),
            (false, false) if before.end_ns == view.end_ns && before.at_ns() != at => {
                self.tell("seek", &(at as f64).into());
            }
            _ => {}
        }
    }

    fn tell(&self, name: &str, value: &JsValue) {
        // A listener that fails is the host's matter.
        let _ = self.tell.call2(&JsValue::NULL, &name.into(), value);
    }
}

/// A race as the host hears it.
fn ran(shown: &Shown) -> Object {
    let object = Object::new();
    set(&object, "title", &shown.title.as_str().into());
    set(&object, "end_ns", &(shown.end_ns as f64).into());
    let rows: Array = shown.rows.iter().map(plan).collect();
    set(&object, "plans", &rows);
    object
}

fn plan(row: &Row) -> JsValue {
    let object = Object::new();
    set(&object, "written", &row.written.as_str().into());
    match &row.run {
        Ok(run) => {
            set(&object, "plan", &run.plan.as_str().into());
            set(&object, "python", &run.python.as_str().into());
            set(&object, "makespan_ns", &(run.makespan_ns as f64).into());
            set(
                &object,
                "speedup",
                &run.speedup.map_or(JsValue::NULL, Into::into),
            );
            set(&object, "outcome", &run.outcome.as_str().into());
        }
        Err(why) => set(&object, "refused", &why.as_str().into()),
    }
    object.into()
}

fn set(object: &Object, key: &str, value: &JsValue) {
    let _ = Reflect::set(object, &key.into(), value);
}
