//! `window.trilane`: what others may ask of the page. `ready` is a promise, `simulate(text, plans)`
//! gives the document of `trilane simulate --json`, `measure(text, plans, options)` that of `trilane measure
//! --json` of real runs in this browser, `calibrate()` a profile of it. Options are `repeat`, `seed`, `on_page`,
//! `traces`, which gives the document with each run's trace, as `trilane measure -o FILE.json` writes it, and
//! `progress`, a function that is called with how much is done, of 1, and in words.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::cut::Missing;
use crate::platform::runs::{Doors, Hears, PART};
use crate::platform::{here, later, window};
use crate::state::MISSING;
use crate::wire::{Reply, Request};
use crate::worker::{Heard, Port};

thread_local! {
    static READY: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Says that the page can be used.
pub(crate) fn ready() {
    if let Some(resolve) = READY.take() {
        let _ = resolve.call0(&JsValue::NULL);
    }
}

/// Who waits for an answer: resolve and reject.
type Waiting = Rc<RefCell<VecDeque<(Function, Function)>>>;

/// Puts it on the window. The worker behind it is its own, so that the Lab's cancelling does not touch
/// it, and starts with the first question.
pub(crate) fn offer() {
    let trilane = Object::new();
    let ready = Promise::new(&mut |resolve, _| READY.set(Some(resolve)));
    let port: Rc<RefCell<Option<Port>>> = Rc::default();
    let waiting = Waiting::default();
    let simulate =
        Closure::<dyn Fn(String, JsValue) -> Promise>::new(move |text, plans: JsValue| {
            let plans = match Array::is_array(&plans) {
                true => Array::from(&plans)
                    .iter()
                    .filter_map(|plan| plan.as_string())
                    .collect(),
                false => vec![],
            };
            let request = Request::Simulate { text, plans };
            let (port, waiting) = (port.clone(), waiting.clone());
            Promise::new(&mut move |resolve, reject| {
                waiting.borrow_mut().push_back((resolve, reject));
                let mut port = port.borrow_mut();
                let port = port.get_or_insert_with(|| {
                    let waiting = waiting.clone();
                    Port::open(move |heard| settle(&waiting, heard))
                });
                port.post(&request, &[]);
            })
        });
    let set = |key: &str, value: &JsValue| Reflect::set(&trilane, &key.into(), value);
    let _ = set("ready", &ready);
    let _ = set("simulate", &simulate.into_js_value());
    let measure = Closure::<dyn Fn(JsValue, JsValue, JsValue) -> Promise>::new(
        |text: JsValue, plans: JsValue, options: JsValue| {
            let order = Object::new();
            let set = |key: &str, value: &JsValue| _ = Reflect::set(&order, &key.into(), value);
            let option = |key: &str| Reflect::get(&options, &key.into()).unwrap_or_default();
            let given = |key: &str, usual: JsValue| match option(key) {
                value if value.is_undefined() => usual,
                value => value,
            };
            set("scenario", &text);
            set(
                "plans",
                &if plans.is_undefined() {
                    Array::new().into()
                } else {
                    plans
                },
            );
            set("repeat", &given("repeat", 1.into()));
            set("on_page", &given("on_page", false.into()));
            set("seed", &given("seed", JsValue::NULL));
            let wanted = match option("traces").is_truthy() {
                true => "file",
                false => "document",
            };
            promised(option("progress"), wanted, move |doors, hear| {
                (doors.measure)(&order, hear)
            })
        },
    );
    let _ = set("measure", &measure.into_js_value());
    let calibrate = Closure::<dyn Fn(JsValue) -> Promise>::new(|options: JsValue| {
        let progress = Reflect::get(&options, &"progress".into()).unwrap_or_default();
        promised(progress, "profile", |doors, hear| (doors.calibrate)(hear))
    });
    let _ = set("calibrate", &calibrate.into_js_value());
    let _ = Reflect::set(&window(), &"trilane".into(), &trilane);
}

/// A job as a promise of what it makes, by the name that its news has for that. What runs it is fetched first.
fn promised(
    progress: JsValue,
    wanted: &'static str,
    begin: impl FnOnce(&Doors, Hears) -> here::Job + 'static,
) -> Promise {
    let mut begin = Some(begin);
    Promise::new(&mut |resolve, reject| {
        let Some(begin) = begin.take() else { return };
        let progress = progress.clone().dyn_into::<Function>().ok();
        spawn_local(async move {
            match PART.fetched().await {
                Ok(doors) => run(doors, progress, wanted, begin, resolve, reject),
                Err(Missing) => {
                    _ = reject.call1(&JsValue::NULL, &js_sys::Error::new(MISSING));
                }
            }
        });
    })
}

fn run(
    doors: &'static Doors,
    progress: Option<Function>,
    wanted: &'static str,
    begin: impl FnOnce(&Doors, Hears) -> here::Job,
    resolve: Function,
    reject: Function,
) {
    let kept: Rc<RefCell<Option<here::Job>>> = Rc::default();
    let own = kept.clone();
    let hear = Box::new(move |news: JsValue| {
        let of = |object: &JsValue, key: &str| {
            Reflect::get(object, &key.into())
                .ok()
                .filter(|value| !value.is_undefined())
        };
        if let Some(document) = of(&news, "measured").and_then(|m| of(&m, wanted)) {
            let _ = resolve.call1(&JsValue::NULL, &document);
        } else if let Some(profile) = of(&news, "profile") {
            (doors.keep_profile)(&profile.as_string().unwrap_or_default());
            let _ = resolve.call1(&JsValue::NULL, &profile);
        } else if let Some(over) = of(&news, "over") {
            // Where there was a result this is too late to be heard.
            let why = over.as_string().unwrap_or_default();
            let _ = reject.call1(&JsValue::NULL, &js_sys::Error::new(&why));
            let own = own.clone();
            later(0, move || drop(own.take()));
        } else if let (Some(call), Some(told)) = (&progress, of(&news, "progress")) {
            let told = Array::from(&told);
            let _ = call.call2(&JsValue::NULL, &told.get(0), &told.get(1));
        }
    });
    *kept.borrow_mut() = Some(begin(doors, hear));
}

fn settle(waiting: &Waiting, heard: Heard) {
    let reject = |(_, reject): (Function, Function), why: &str| {
        let _ = reject.call1(&JsValue::NULL, &js_sys::Error::new(why));
    };
    match heard {
        Heard::Reply(Reply::Json(document), _) => {
            // The answers come in the order of the questions.
            let Some(first) = waiting.borrow_mut().pop_front() else {
                return;
            };
            match document {
                Ok(text) => _ = first.0.call1(&JsValue::NULL, &text.into()),
                Err(why) => reject(first, &why),
            }
        }
        Heard::Reply(Reply::Missing, _) => {
            if let Some(first) = waiting.borrow_mut().pop_front() {
                reject(first, MISSING);
            }
        }
        Heard::Reply(..) => {}
        Heard::Died(why) => {
            let all: Vec<_> = waiting.borrow_mut().drain(..).collect();
            all.into_iter().for_each(|each| reject(each, &why));
        }
    }
}
