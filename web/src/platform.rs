//! The browser, as far as the page needs it: its address, its storage, its theme, its clipboard.
//!
//! Storage and clipboard may be refused (private mode, a frame of another site): that is no error.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement, Window};

const LOOK: &str = "trilane.look";

pub(crate) fn window() -> Window {
    web_sys::window().expect("the page has a window")
}

/// The element of an id.
pub(crate) fn element(id: &str) -> Option<Element> {
    window().document()?.get_element_by_id(id)
}

/// Adds a style sheet.
pub(crate) fn style(text: &str) {
    let made = window().document().and_then(|document| {
        let style = document.create_element("style").ok()?;
        style.set_text_content(Some(text));
        document
            .query_selector("head")
            .ok()??
            .prepend_with_node_1(&style)
            .ok()
    });
    debug_assert!(made.is_some(), "every document has a head");
}

/// The part of the address from its `#` on.
pub(crate) fn hash() -> String {
    window().location().hash().unwrap_or_default()
}

/// Sets it: as a step that one can go back from, or in place.
pub(crate) fn set_hash(hash: &str, step: bool) {
    let Ok(history) = window().history() else {
        return;
    };
    // A frame without an address of its own refuses; the link in the header works all the same.
    let _ = match step {
        true => history.push_state_with_url(&JsValue::NULL, "", Some(hash)),
        false => history.replace_state_with_url(&JsValue::NULL, "", Some(hash)),
    };
}

/// The whole address, with this part from its `#` on.
pub(crate) fn address(hash: &str) -> String {
    let href = window().location().href().unwrap_or_default();
    let base = href.split('#').next().unwrap_or_default();
    format!("{base}{hash}")
}

/// Puts a text into the clipboard, where the browser lets us.
pub(crate) fn copy(text: &str) {
    let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into());
    if clipboard.is_ok_and(|there| !there.is_undefined()) {
        // A refusal is no error: the address bar has the same.
        let quiet = Closure::<dyn FnMut(JsValue)>::new(|_| {});
        let _ = window()
            .navigator()
            .clipboard()
            .write_text(text)
            .catch(&quiet);
        quiet.forget();
    }
}

/// The look that was chosen last.
pub(crate) fn kept_look() -> Option<String> {
    window().local_storage().ok()??.get_item(LOOK).ok()?
}

/// Keeps a look, and shows the page in it.
pub(crate) fn set_look(name: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(LOOK, name);
    }
    let root = window()
        .document()
        .and_then(|document| document.document_element());
    if let Some(root) = root {
        let _ = root.set_attribute("data-theme", name);
    }
}

/// Whether the system prefers dark.
pub(crate) fn system_is_dark() -> bool {
    let query = window().match_media("(prefers-color-scheme: dark)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

/// Calls back whenever the system's preference changes.
pub(crate) fn on_system_theme(call: impl Fn() + 'static) {
    if let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") {
        let call = Closure::<dyn Fn()>::new(call);
        query.set_onchange(Some(call.as_ref().unchecked_ref()));
        // The page's own life long.
        call.forget();
    }
}

/// Calls back whenever an event comes to the window, the page's own life long.
pub(crate) fn on_window(event: &str, call: impl Fn() + 'static) {
    let call = Closure::<dyn Fn()>::new(call);
    let _ = window().add_event_listener_with_callback(event, call.as_ref().unchecked_ref());
    call.forget();
}

/// How wide an element is inside, px.
pub(crate) fn width(id: &str) -> u32 {
    element(id).map_or(0, |element| element.client_width().max(0) as u32)
}

/// Pixels of the screen in a pixel of the page.
pub(crate) fn density() -> f64 {
    window().device_pixel_ratio().clamp(1.0, 4.0)
}

/// Calls back once, after so many milliseconds.
pub(crate) fn later(ms: i32, call: impl FnOnce() + 'static) {
    let call = Closure::once_into_js(call);
    let _ =
        window().set_timeout_with_callback_and_timeout_and_arguments_0(call.unchecked_ref(), ms);
}

/// What a field holds at an event of its own.
pub(crate) fn value(event: &Event) -> String {
    let Some(target) = event.target() else {
        return String::new();
    };
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        input.value()
    } else if let Some(area) = target.dyn_ref::<HtmlTextAreaElement>() {
        area.value()
    } else {
        target
            .dyn_ref::<HtmlSelectElement>()
            .map(HtmlSelectElement::value)
            .unwrap_or_default()
    }
}
