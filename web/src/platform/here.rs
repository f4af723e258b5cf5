//! Real runs in this browser: a module of its own (web/run), loaded when something is first run.
//!
//! It takes orders and gives news as JSON; see its `ask` module for both. Here they only pass through.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, JSON, Object, Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{cores, import, script_url, window};

/// The profile that the visitor has made of this browser.
const PROFILE: &str = "trilane.browser";

/// A job in this browser. Dropping it ends it, with all that it has started.
pub(crate) struct Job(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    cancel: Option<Function>,
    /// It was ended before it had begun.
    ended: bool,
    /// Calls with news; kept as long as there may be any.
    _tell: Option<Closure<dyn Fn(String)>>,
}

impl Drop for Job {
    fn drop(&mut self) {
        let cancel = {
            let mut state = self.0.borrow_mut();
            state.ended = true;
            state.cancel.take()
        };
        let _ = cancel.map(|cancel| cancel.call0(&JsValue::NULL));
    }
}

/// Whether workers may share memory here.
pub(crate) fn is_isolated() -> bool {
    let isolated = Reflect::get(&window(), &"crossOriginIsolated".into());
    isolated.is_ok_and(|value| value.is_truthy())
}

/// The profile of this browser that was made before, as a file's text.
pub(crate) fn kept_profile() -> Option<String> {
    window().local_storage().ok()??.get_item(PROFILE).ok()?
}

/// Keeps one, where the browser lets us.
pub(crate) fn keep_profile(text: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(PROFILE, text);
    }
}

/// Runs plans, and calls with the news of it. `order` has `scenario`, `plans`, `repeat` and `on_page`, and may
/// have `seed`; the rest is told by this browser.
pub(crate) fn measure(order: &Object, hear: impl Fn(JsValue) + 'static) -> Job {
    let set = |key: &str, value: JsValue| _ = Reflect::set(order, &key.into(), &value);
    set("cores", cores().max(1).into());
    set("browser", user_agent().into());
    set("profile", kept_profile().into());
    set("threads", threads_url().into());
    let order = text(order);
    begin("trilane_measure", vec![order], hear)
}

/// Measures what things cost here, and calls with the news of it.
pub(crate) fn calibrate(hear: impl Fn(JsValue) + 'static) -> Job {
    let ask = Object::new();
    let set = |key: &str, value: JsValue| _ = Reflect::set(&ask, &key.into(), &value);
    let today = js_sys::Date::new_0()
        .to_iso_string()
        .as_string()
        .unwrap_or_default();
    set("do", "calibrate".into());
    set("cores", cores().max(1).into());
    set("browser", user_agent().into());
    set("date", today.split('T').next().unwrap_or_default().into());
    let arguments = vec![text(&ask), threads_url().unwrap_or_default().into()];
    begin("trilane_calibrate", arguments, hear)
}

fn user_agent() -> String {
    window().navigator().user_agent().unwrap_or_default()
}

fn threads_url() -> Option<String> {
    script_url("data-threads").filter(|_| is_isolated())
}

fn text(object: &Object) -> JsValue {
    JSON::stringify(object).map_or(JsValue::NULL, JsValue::from)
}

/// Calls one of the module's functions once it is loaded.
fn begin(name: &'static str, mut arguments: Vec<JsValue>, hear: impl Fn(JsValue) + 'static) -> Job {
    let job = Job(Rc::default());
    let state = job.0.clone();
    let hear = Rc::new(hear);
    let heard = hear.clone();
    let tell = Closure::<dyn Fn(String)>::new(move |news: String| {
        hear(JSON::parse(&news).unwrap_or_default());
    });
    arguments.push(tell.as_ref().clone());
    state.borrow_mut()._tell = Some(tell);
    spawn_local(async move {
        let function = load(name).await;
        if state.borrow().ended {
            return;
        }
        let begun = function.and_then(|function| {
            let cancel = function.apply(&JsValue::NULL, &arguments.iter().collect())?;
            cancel.dyn_into::<Function>()
        });
        match begun {
            Ok(cancel) => state.borrow_mut().cancel = Some(cancel),
            Err(_) => {
                let over = Object::new();
                let why = "the module for runs in the browser could not be loaded: reload the page";
                let _ = Reflect::set(&over, &"over".into(), &why.into());
                heard(over.into());
            }
        }
    });
    job
}

async fn load(name: &str) -> Result<Function, JsValue> {
    let url = script_url("data-run").ok_or(JsValue::NULL)?;
    let module = import(&url).await?;
    let init: Function = Reflect::get(&module, &"default".into())?.dyn_into()?;
    let started: Promise = init.call0(&JsValue::NULL)?.dyn_into()?;
    JsFuture::from(started).await?;
    Reflect::get(&module, &name.into())?.dyn_into()
}
