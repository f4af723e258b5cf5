//! The worker, seen from the page: a [`Port`] to one, and the Lab's [`Client`] with its manners.

pub(crate) mod agent;
mod client;
mod port;

pub(crate) use client::{Client, Event};
pub(crate) use port::{Heard, Port};

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;

/// Whether this is a worker's global scope.
pub(crate) fn is_worker() -> bool {
    js_sys::global()
        .dyn_into::<web_sys::DedicatedWorkerGlobalScope>()
        .is_ok()
}

/// A message's parts: what is said, and the bytes beside it.
fn parts(message: &Array) -> Vec<Vec<u8>> {
    let bytes = |part: wasm_bindgen::JsValue| part.dyn_into::<Uint8Array>().ok();
    let parts = message.iter().filter_map(bytes);
    parts.map(|bytes| bytes.to_vec()).collect()
}
