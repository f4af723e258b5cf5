//! The browser, as far as the page needs it: its address, its storage, its theme, its clipboard.
//!
//! Storage and clipboard may be refused (private mode, a frame of another site): that is no error.

mod files;
pub(crate) mod here;
mod input;
mod isolate;
pub(crate) mod learn;
pub(crate) mod runs;
mod served;
mod time;

pub(crate) use files::{chosen, on_files, save, save_png};
pub(crate) use input::{capture, captured, key_place, on_keys, on_zoom, point, pointer_over};
pub(crate) use isolate::isolate;
pub(crate) use time::{frames, later, pause};

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{
    Element, Event, HtmlDialogElement, HtmlElement, HtmlInputElement, HtmlSelectElement,
    HtmlTextAreaElement, MediaQueryListEvent, ResizeObserver, Window,
};
use yew::NodeRef;

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

/// The field is typed into from now on, over all that it holds.
pub(crate) fn take_up(field: &NodeRef) {
    if let Some(field) = field.cast::<HtmlInputElement>() {
        let _ = field.focus();
        field.select();
    }
}

/// Cores of this machine, as the browser tells.
pub(crate) fn cores() -> u32 {
    window().navigator().hardware_concurrency() as u32
}

/// What the browser's tab and its history call the page.
pub(crate) fn set_title(title: &str) {
    if let Some(document) = window().document() {
        document.set_title(title);
    }
}

/// Whether the visitor asked the system for less motion.
pub(crate) fn wants_no_motion() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)");
    query.ok().flatten().is_some_and(|query| query.matches())
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

/// Says whether the system prefers dark, whenever that changes.
pub(crate) fn on_system_theme(call: impl Fn(bool) + 'static) {
    if let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") {
        let call =
            Closure::<dyn Fn(MediaQueryListEvent)>::new(move |event: MediaQueryListEvent| {
                call(event.matches());
            });
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

/// Calls back whenever an element's size may have changed, the page's own life long. The element itself
/// may be replaced, so its page is what is watched.
pub(crate) fn on_resize(call: impl Fn() + 'static) {
    let call = Closure::<dyn Fn()>::new(call);
    let body = window().document().and_then(|document| document.body());
    if let (Ok(observer), Some(body)) = (ResizeObserver::new(call.as_ref().unchecked_ref()), body) {
        observer.observe(&body);
    }
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

/// Whether the box of an event was ticked.
pub(crate) fn checked(event: &Event) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    target.is_some_and(|input| input.checked())
}

/// Gives an element the focus, without scrolling to it.
pub(crate) fn focus(id: &str) {
    let there = element(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(there) = there {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = there.focus_with_options(&options);
    }
}

/// Whether an element has the focus.
pub(crate) fn has_focus(id: &str) -> bool {
    let active = window()
        .document()
        .and_then(|document| document.active_element());
    active.is_some_and(|active| active.id() == id)
}

/// Scrolls to where the page begins.
pub(crate) fn to_top() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Opens a dialogue over the page.
pub(crate) fn show_modal(node: &NodeRef) {
    if let Some(dialog) = node.cast::<HtmlDialogElement>() {
        let _ = dialog.show_modal();
    }
}

/// Whether this is the page itself, and not another one with our elements in it: its root names the editor.
pub(crate) fn is_page() -> bool {
    script_url("data-editor").is_some()
}

/// Whether the page is to be shown without its frame: `?embed`.
pub(crate) fn is_embedded() -> bool {
    let query = window().location().search().unwrap_or_default();
    query
        .trim_start_matches('?')
        .split('&')
        .any(|part| part.split('=').next() == Some("embed"))
}

/// The address of the whole page at this link.
pub(crate) fn without_embed(link: &str) -> String {
    let href = window().location().href().unwrap_or_default();
    let base = href.split(['?', '#']).next().unwrap_or_default();
    format!("{base}{link}")
}

/// Tells the page around this one how high this is, px.
pub(crate) fn tell_height() {
    let root = window()
        .document()
        .and_then(|document| document.document_element());
    let Some(root) = root else { return };
    let message = js_sys::Object::new();
    let set = |key: &str, value: JsValue| _ = js_sys::Reflect::set(&message, &key.into(), &value);
    set("type", "trilane:height".into());
    set("height", root.scroll_height().into());
    // Whoever embeds may be anywhere, and a height is no secret.
    if let Ok(Some(parent)) = window().parent() {
        let _ = parent.post_message(&message, "*");
    }
}

/// Where a script is that is loaded when it is first needed: its attribute of index.html's root.
pub(crate) fn script_url(attribute: &str) -> Option<String> {
    let root = window().document()?.document_element()?;
    let relative = root.get_attribute(attribute)?;
    let base = window().document()?.base_uri().ok()??;
    Some(web_sys::Url::new_with_base(&relative, &base).ok()?.href())
}

/// Loads a script as a module, or gives the one that was loaded before. `import()` is syntax and no function:
/// index.html has it as one.
pub(crate) async fn import(url: &str) -> Result<JsValue, JsValue> {
    let import = js_sys::Reflect::get(&js_sys::global(), &"trilaneLoad".into())?;
    let import: js_sys::Function = import.dyn_into()?;
    let module: js_sys::Promise = import.call1(&JsValue::NULL, &url.into())?.dyn_into()?;
    wasm_bindgen_futures::JsFuture::from(module).await
}
