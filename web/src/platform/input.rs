//! Pointers, wheels and keys.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{
    AddEventListenerOptions, Element, HtmlElement, KeyboardEvent, PointerEvent, WheelEvent,
};
use yew::NodeRef;

use super::window;

/// The element that heard an event, and not a child of its.
fn heard_by(event: &PointerEvent) -> Option<Element> {
    // Yew hears everything at the root, so the event's own idea of who heard it is of no use.
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(".scrubbed, .lanes").ok()?
}

/// Where a pointer is in the element that hears it, px.
pub(crate) fn point(event: &PointerEvent) -> (f32, f32) {
    let Some(element) = heard_by(event) else {
        return (0.0, 0.0);
    };
    let rect = element.get_bounding_client_rect();
    let x = f64::from(event.client_x()) - rect.left();
    let y = f64::from(event.client_y()) - rect.top();
    (x as f32, y as f32)
}

/// The element goes on hearing this pointer, wherever it goes.
pub(crate) fn capture(event: &PointerEvent) {
    if let Some(element) = heard_by(event) {
        let _ = element.set_pointer_capture(event.pointer_id());
    }
}

/// Whether it does.
pub(crate) fn captured(event: &PointerEvent) -> bool {
    heard_by(event).is_some_and(|element| element.has_pointer_capture(event.pointer_id()))
}

/// A listener that is taken away when this is dropped.
pub(crate) struct Listener {
    element: HtmlElement,
    heard: Closure<dyn Fn(WheelEvent)>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let heard = self.heard.as_ref().unchecked_ref();
        let _ = self
            .element
            .remove_event_listener_with_callback("wheel", heard);
    }
}

/// Calls back with a place, px, and how far a wheel was turned, where Ctrl is held: a pinch on a
/// touch pad is heard as the same. A bare wheel scrolls the page.
pub(crate) fn on_zoom(node: &NodeRef, call: impl Fn(f64, f64) + 'static) -> Option<Listener> {
    let element = node.cast::<HtmlElement>()?;
    let over = element.clone();
    let heard = Closure::<dyn Fn(WheelEvent)>::new(move |event: WheelEvent| {
        if event.ctrl_key() || event.meta_key() {
            event.prevent_default();
            let left = over.get_bounding_client_rect().left();
            call(f64::from(event.client_x()) - left, event.delta_y());
        }
    });
    let options = AddEventListenerOptions::new();
    options.set_passive(false);
    let listener = heard.as_ref().unchecked_ref();
    element
        .add_event_listener_with_callback_and_add_event_listener_options(
            "wheel", listener, &options,
        )
        .ok()?;
    Some(Listener { element, heard })
}

/// Where a key was pressed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    /// Where one types.
    pub(crate) types: bool,
    /// On a button, a slider, a list.
    pub(crate) controls: bool,
    /// In a dialogue over the page.
    pub(crate) over: bool,
    /// On the opened lanes.
    pub(crate) lanes: bool,
}

/// Where a key was pressed; `lanes` is the id of the opened lanes.
pub(crate) fn key_place(event: &KeyboardEvent, lanes: &str) -> Place {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let Some(target) = target else {
        return Place::default();
    };
    let within = |selector: &str| target.closest(selector).ok().flatten().is_some();
    let types = "textarea,select,[contenteditable=true],.cm-editor,input:not([type=range]):not([type=checkbox])";
    Place {
        types: within(types),
        controls: within("button,a,input,select,summary,[role=region]"),
        over: within("dialog"),
        lanes: target.id() == lanes,
    }
}

thread_local! {
    /// Where the pointer was last, px from the left of the window.
    static POINTER: Cell<i32> = const { Cell::new(0) };
}

/// Where the pointer is from the left of the element with this id, px, if it is over it.
pub(crate) fn pointer_over(id: &str) -> Option<f64> {
    let element = super::element(id)?;
    let over = element.matches(":hover").unwrap_or(false);
    over.then(|| f64::from(POINTER.get()) - element.get_bounding_client_rect().left())
}

/// Calls back for every key that is pressed, the page's own life long.
pub(crate) fn on_keys(call: impl Fn(&KeyboardEvent) + 'static) {
    let moved = Closure::<dyn Fn(PointerEvent)>::new(|event: PointerEvent| {
        POINTER.set(event.client_x());
    });
    let _ =
        window().add_event_listener_with_callback("pointermove", moved.as_ref().unchecked_ref());
    moved.forget();
    let call = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| call(&event));
    let _ = window().add_event_listener_with_callback("keydown", call.as_ref().unchecked_ref());
    call.forget();
}
