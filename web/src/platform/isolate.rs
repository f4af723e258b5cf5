//! Isolation where a host sends no headers for it: a service worker sends them in its place (the package
//! `coi-serviceworker`), and the page is loaded once more, through it.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::here::is_isolated;
use super::{set_hash, window};

/// Beside index.html, so that all of the page is its scope.
const SCRIPT: &str = "./isolate.js";
/// That this was tried in this tab.
const TRIED: &str = "trilane.isolated";

/// Isolates the page, if nothing forbids it, and loads it again with this hash: once a tab. Never in a frame,
/// whose isolation is its host's; nor where it cannot be noted that it was tried.
pub(crate) fn isolate(hash: String) {
    let top = window().top().ok().flatten();
    let framed = top.is_none_or(|top| top != window());
    if is_isolated() || framed || !note() {
        return;
    }
    spawn_local(async move {
        // Without a secure context, or in a private window of some browsers, there are none.
        if register().await.is_ok() {
            set_hash(&hash, false);
            let _ = window().location().reload();
        }
    });
}

/// Notes that it is tried; false where it was, or where this browser keeps nothing.
fn note() -> bool {
    let Ok(Some(storage)) = window().session_storage() else {
        return false;
    };
    let before = storage.get_item(TRIED).ok().flatten();
    before.is_none() && storage.set_item(TRIED, "1").is_ok()
}

async fn register() -> Result<(), JsValue> {
    let workers = Reflect::get(&window().navigator(), &"serviceWorker".into())?;
    let register: Function = Reflect::get(&workers, &"register".into())?.dyn_into()?;
    let registered: Promise = register.call1(&workers, &SCRIPT.into())?.dyn_into()?;
    JsFuture::from(registered).await?;
    let ready: Promise = Reflect::get(&workers, &"ready".into())?.dyn_into()?;
    JsFuture::from(ready).await?;
    Ok(())
}
