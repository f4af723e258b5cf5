//! Real runs in this browser: a module of its own (web/run), loaded when something is first run.
//!
//! It takes orders and gives news as JSON; see its `ask` module for both. Here they only pass through.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, JSON, Object, Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::runs::{self, Heard};
use super::{cores, import, script_url, window};
use crate::state::{Interpreter, Order as Wanted, Running};

/// This browser, its threads without an interpreter lock.
const BROWSER: &str = "browser";
/// The same, with an emulated one.
const BROWSER_GIL: &str = "browser-gil";
/// The same as the first, on the page's own thread.
const PAGE: &str = "this page";

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

/// An order for this browser.
pub(crate) struct Order {
    scenario: String,
    plans: Vec<String>,
    repeat: u32,
    on_page: bool,
}

/// What this browser offers.
pub(crate) fn interpreters() -> Vec<Interpreter> {
    let one = |id: &str, name: &str, label: &str| Interpreter {
        id: id.to_owned(),
        name: name.to_owned(),
        label: label.to_owned(),
        calibrates: id == BROWSER,
        refuses: None,
    };
    let mut gil = one(
        BROWSER_GIL,
        BROWSER_GIL,
        "the same with an emulated GIL, for plans with threads",
    );
    if !is_isolated() {
        gil.refuses = Some(
            "threads need shared memory, which browsers give only to a page that is isolated from others: open it \
             by itself, from `trilane serve` or a host that sends COOP and COEP headers"
                .to_owned(),
        );
    }
    let all = "promises, timers and workers; threads are workers that share memory";
    vec![
        one(BROWSER, BROWSER, all),
        gil,
        one(
            PAGE,
            BROWSER,
            "sync and asyncio on the page's own thread: feel how a blocked loop blocks it",
        ),
    ]
}

/// Whether an id is one of [`interpreters`].
pub(crate) fn is_here(id: &str) -> bool {
    matches!(id, BROWSER | BROWSER_GIL | PAGE)
}

/// The parts of an order that this browser takes, each with the plans that mean something there.
pub(crate) fn orders(order: &Wanted) -> Vec<Order> {
    let mut orders = vec![];
    for id in order.interpreters.iter().filter(|id| is_here(id)) {
        let plans = order.plans.iter().filter_map(|plan| plan_on(id, plan));
        let plans: Vec<String> = plans.collect();
        if !plans.is_empty() {
            orders.push(Order {
                scenario: order.scenario.clone(),
                plans,
                repeat: order.repeat,
                on_page: id == PAGE,
            });
        }
    }
    orders
}

/// A plan as one of [`interpreters`] is asked for it.
fn plan_on(id: &str, plan: &str) -> Option<String> {
    let (shape, python) = match plan.split_once('@') {
        Some((shape, python)) => (shape, Some(python)),
        None => (plan, None),
    };
    let gil = match python {
        None => id == BROWSER_GIL,
        Some(BROWSER | "nogil") if id == BROWSER => false,
        Some(BROWSER_GIL | "gil") if id == BROWSER_GIL => true,
        Some(_) => return None,
    };
    let one_thread = shape == "sync" || shape.starts_with("asyncio") && !shape.contains('+');
    let wanted = match id {
        BROWSER_GIL => shape.starts_with("threads"),
        PAGE => one_thread,
        _ => true,
    };
    let name = if gil { BROWSER_GIL } else { BROWSER };
    wanted.then(|| format!("{shape}@{name}"))
}

/// Runs an order, and tells how it goes; before its results, the profile that predicts them, where one was
/// made here.
pub(crate) fn run(order: &Order, hear: impl Fn(Heard) + 'static) -> runs::Job {
    let wanted = Object::new();
    let set = |key: &str, value: JsValue| _ = Reflect::set(&wanted, &key.into(), &value);
    set("scenario", order.scenario.as_str().into());
    set(
        "plans",
        order
            .plans
            .iter()
            .map(JsValue::from)
            .collect::<js_sys::Array>()
            .into(),
    );
    set("repeat", order.repeat.into());
    set("on_page", order.on_page.into());
    set("seed", JsValue::NULL);
    as_a_run(hear, |hear| measure(&wanted, hear))
}

/// Makes a profile of this browser, and keeps it.
pub(crate) fn profile(hear: impl Fn(Heard) + 'static) -> runs::Job {
    as_a_run(hear, calibrate)
}

/// A job as the Measure place has it.
fn as_a_run(
    hear: impl Fn(Heard) + 'static,
    begin: impl FnOnce(Box<dyn Fn(JsValue)>) -> Job,
) -> runs::Job {
    let failed = RefCell::new(None);
    let job = begin(Box::new(move |news| {
        let of = |object: &JsValue, key: &str| {
            Reflect::get(object, &key.into())
                .ok()
                .filter(|value| !value.is_undefined())
        };
        let file = |name: &str, text: JsValue| {
            hear(Heard::File(
                name.to_owned(),
                text.as_string().unwrap_or_default().into_bytes(),
            ));
        };
        if let Some(text) = of(&news, "measured").and_then(|measured| of(&measured, "file")) {
            if let Some(profile) = kept_profile() {
                file("profile-browser.toml", profile.into());
            }
            let document = JSON::parse(&text.as_string().unwrap_or_default()).unwrap_or_default();
            *failed.borrow_mut() = of(&document, "failures").map(|all| failures(&all));
            file("measured in this browser", text);
        } else if let Some(text) = of(&news, "profile") {
            keep_profile(&text.as_string().unwrap_or_default());
            file("profile-browser.toml", text);
        } else if let Some(told) = of(&news, "progress") {
            let told = js_sys::Array::from(&told);
            hear(Heard::Progress(Running {
                share: told.get(0).as_f64().unwrap_or(0.0),
                words: told.get(1).as_string().unwrap_or_default(),
            }));
        } else if let Some(why) = of(&news, "over") {
            hear(Heard::Over(why.as_string().or_else(|| failed.take())));
        }
    }));
    runs::Job::new(move || drop(job))
}

/// `processes(99): why it was not run`, and the others.
fn failures(all: &JsValue) -> String {
    let text = |one: &JsValue, key: &str| {
        let value = Reflect::get(one, &key.into()).ok();
        value
            .and_then(|value| value.as_string())
            .unwrap_or_default()
    };
    let all = js_sys::Array::from(all);
    let told = all
        .iter()
        .map(|one| format!("{}: {}", text(&one, "plan"), text(&one, "error")));
    told.collect::<Vec<_>>().join("; ")
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
