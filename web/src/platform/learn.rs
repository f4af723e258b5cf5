//! What Learn asks of the browser: its files, the reader's languages, what is kept on the device, what is
//! in sight and how wide it is.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit,
    ResizeObserver, Response,
};
use yew::NodeRef;

use super::{element, window};

/// The attribute of the page with the list of languages.
pub(crate) fn languages_list() -> String {
    let root = window()
        .document()
        .and_then(|document| document.document_element());
    root.and_then(|root| root.get_attribute("data-learn"))
        .unwrap_or_default()
}

/// The languages that the browser asks for, the best first.
pub(crate) fn wanted_languages() -> Vec<String> {
    let all = window().navigator().languages();
    all.iter().filter_map(|code| code.as_string()).collect()
}

/// What is kept under a name on this device.
pub(crate) fn kept(name: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(name).ok()?
}

/// Keeps a text under a name on this device. A refusal (private mode, a frame) is no error.
pub(crate) fn keep(name: &str, text: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(name, text);
    }
}

/// Fetches a file that lies beside the page, or says why it cannot.
pub(crate) fn fetch(url: &str, call: impl FnOnce(Result<Vec<u8>, String>) + 'static) {
    let url = url.to_owned();
    spawn_local(async move { call(bytes(&url).await) });
}

async fn bytes(url: &str) -> Result<Vec<u8>, String> {
    let said = |error: JsValue| match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => format!("{error:?}"),
    };
    let answer = JsFuture::from(window().fetch_with_str(url))
        .await
        .map_err(said)?;
    let answer: Response = answer.dyn_into().map_err(said)?;
    if !answer.ok() {
        return Err(format!("the host answers {} for {url}", answer.status()));
    }
    let buffer = JsFuture::from(answer.array_buffer().map_err(said)?).await;
    Ok(Uint8Array::new(&buffer.map_err(said)?).to_vec())
}

/// Scrolls to an element, if it is there.
pub(crate) fn scroll_to(id: &str) {
    if let Some(element) = element(id) {
        element.scroll_into_view();
    }
}

/// Brings the entry of a list that is the current one to the list's middle, where it is wider than its room. The
/// page itself stays where it is.
pub(crate) fn show_current(list: &NodeRef) {
    let Some(list) = list.cast::<Element>() else {
        return;
    };
    let Ok(Some(current)) = list.query_selector("[aria-current]") else {
        return;
    };
    let middle = |element: &Element| {
        let place = element.get_bounding_client_rect();
        place.left() + place.width() / 2.0
    };
    let off = middle(&current) - middle(&list);
    list.set_scroll_left(list.scroll_left() + off as i32);
}

/// Something that is observed until this is dropped.
pub(crate) struct Observed {
    end: Box<dyn Fn()>,
}

impl Drop for Observed {
    fn drop(&mut self) {
        (self.end)();
    }
}

/// Tells whenever an element comes into sight, or near it, and whenever it goes.
pub(crate) fn on_sight(node: &NodeRef, call: impl Fn(bool) + 'static) -> Option<Observed> {
    let call = Closure::<dyn Fn(Array)>::new(move |entries: Array| {
        if let Ok(entry) = entries.pop().dyn_into::<IntersectionObserverEntry>() {
            call(entry.is_intersecting());
        }
    });
    let options = IntersectionObserverInit::new();
    options.set_root_margin("250px");
    let observer =
        IntersectionObserver::new_with_options(call.as_ref().unchecked_ref(), &options).ok()?;
    observer.observe(&node.cast::<Element>()?);
    let end = Box::new(move || {
        observer.disconnect();
        // It is called by the observer alone, and so no more.
        let _ = &call;
    });
    Some(Observed { end })
}

/// Tells how wide an element is inside, px, and whenever that changes.
pub(crate) fn on_width(node: &NodeRef, call: impl Fn(u32) + 'static) -> Option<Observed> {
    let element = node.cast::<Element>()?;
    let measured = element.clone();
    let tell = Closure::<dyn Fn()>::new(move || call(measured.client_width().max(0) as u32));
    let observer = ResizeObserver::new(tell.as_ref().unchecked_ref()).ok()?;
    observer.observe(&element);
    let end = Box::new(move || {
        observer.disconnect();
        let _ = &tell;
    });
    Some(Observed { end })
}
