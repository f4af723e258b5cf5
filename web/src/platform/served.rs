//! What `trilane serve` offers behind the page: real runs on its machine. See docs/SERVE.md.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, JSON, Object, Reflect, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{EventSource, MessageEvent, RequestInit, Response};

use super::window;
use crate::state::{Interpreter, Order, Running};

const API: &str = "./api/v1";

/// What a run tells.
pub(crate) enum Heard {
    Progress(Running),
    /// A run's name, and its trace.
    Trace(String, Vec<u8>),
    /// It is over; why, where there is no result.
    Over(Option<String>),
}

/// A job on the server. Dropping it hangs up, and that cancels it.
#[derive(Clone, Default)]
pub(crate) struct Job(Rc<RefCell<Option<EventSource>>>);

impl Job {
    pub(crate) fn cancel(&self) {
        if let Some(source) = self.0.borrow_mut().take() {
            source.close();
        }
    }
}

/// Whether `trilane serve` handed the page out: it says so in a header that the page can read. Asking any
/// other host for the interface would be an error in its console.
fn is_served() -> bool {
    let served = || -> Result<bool, JsValue> {
        let performance = Reflect::get(&window(), &"performance".into())?;
        let method: js_sys::Function =
            Reflect::get(&performance, &"getEntriesByType".into())?.dyn_into()?;
        let entries: Array = method
            .call1(&performance, &"navigation".into())?
            .dyn_into()?;
        let timing: Array = Reflect::get(&entries.get(0), &"serverTiming".into())?.dyn_into()?;
        Ok(timing.iter().any(|one| text(&one, "name") == "trilane"))
    };
    served().unwrap_or(false)
}

/// Calls back with the interpreters found, where the page is served.
pub(crate) fn interpreters(call: impl FnOnce(Vec<Interpreter>) + 'static) {
    if !is_served() {
        return;
    }
    spawn_local(async move {
        let Ok(answer) = ask("GET", "/interpreters", None).await else {
            return;
        };
        let list = Reflect::get(&answer, &"interpreters".into()).unwrap_or_default();
        let list = Array::from(&list).into_iter().map(|one| Interpreter {
            id: text(&one, "id"),
            name: text(&one, "name"),
            label: text(&one, "label"),
        });
        call(list.collect());
    });
}

/// Has the server measure, and tells how it goes.
pub(crate) fn measure(order: &Order, hear: impl Fn(Heard) + 'static) -> Job {
    let job = Job::default();
    let (source, order) = (job.clone(), body(order));
    let hear = Rc::new(hear);
    spawn_local(async move {
        match ask("POST", "/measure", Some(&order)).await {
            Ok(answer) => listen(&source, &text(&answer, "events"), hear),
            Err(why) => hear(Heard::Over(Some(why))),
        }
    });
    job
}

fn listen(job: &Job, address: &str, hear: Rc<impl Fn(Heard) + 'static>) {
    let Ok(source) = EventSource::new(address) else {
        return hear(Heard::Over(Some("the server is not heard".to_owned())));
    };
    *job.0.borrow_mut() = Some(source.clone());
    let on = |name: &str, call: Box<dyn Fn(JsValue)>| {
        let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let data = event.data().as_string().unwrap_or_default();
            call(JSON::parse(&data).unwrap_or_default());
        });
        let listener = heard.as_ref().unchecked_ref();
        let _ = source.add_event_listener_with_callback(name, listener);
        // The source's own life long.
        heard.forget();
    };
    let tell = hear.clone();
    on(
        "queued",
        Box::new(move |data| {
            let ahead = number(&data, "ahead");
            tell(Heard::Progress(Running {
                words: format!("waits for {ahead} other"),
                share: 0.0,
            }));
        }),
    );
    let tell = hear.clone();
    on(
        "progress",
        Box::new(move |data| tell(Heard::Progress(progress(&data)))),
    );
    for name in ["failed", "cancelled"] {
        let (tell, job) = (hear.clone(), job.clone());
        on(
            name,
            Box::new(move |data| {
                job.cancel();
                let why = [text(&data, "error"), text(&data, "why")].concat();
                tell(Heard::Over(Some(why)));
            }),
        );
    }
    let (job, base) = (job.clone(), address.trim_end_matches("/events").to_owned());
    on(
        "done",
        Box::new(move |data| {
            job.cancel();
            let (tell, base) = (hear.clone(), base.clone());
            spawn_local(async move {
                let runs = Array::from(&Reflect::get(&data, &"runs".into()).unwrap_or_default());
                let mut failed = Vec::new();
                for (at, run) in runs.iter().enumerate() {
                    let name = format!("{} on {}", text(&run, "plan"), text(&run, "python"));
                    let trace = match text(&run, "error") {
                        why if why.is_empty() => bytes(&format!("{base}/trace/{at}")).await,
                        why => Err(why),
                    };
                    match trace {
                        Ok(trace) => tell(Heard::Trace(name, trace)),
                        Err(why) => failed.push(format!("{name}: {why}")),
                    }
                }
                tell(Heard::Over((!failed.is_empty()).then(|| failed.join("; "))));
            });
        }),
    );
}

/// `3rd of 5 runs of threads(8), 2 s left`.
fn progress(data: &JsValue) -> Running {
    let (plan, python) = (text(data, "plan"), text(data, "python"));
    let what = match text(data, "part").as_str() {
        "start" => format!("starting {python}"),
        "trial" => format!("a trial of {plan} on {python}"),
        "run" => {
            let (repeat, repeats) = (number(data, "repeat"), number(data, "repeats"));
            format!("run {repeat} of {repeats}: {plan} on {python}")
        }
        _ => "putting it together".to_owned(),
    };
    let left = number(data, "left_ms") / 1000.0;
    let (done, total) = (number(data, "done_ms"), number(data, "total_ms"));
    Running {
        words: format!("{what}, about {left:.0} s left"),
        share: (done / total.max(1.0)).clamp(0.0, 1.0),
    }
}

fn body(order: &Order) -> String {
    let list = |all: &[String]| all.iter().map(JsValue::from).collect::<Array>();
    let object = Object::new();
    let set = |key: &str, value: &JsValue| _ = Reflect::set(&object, &key.into(), value);
    set("scenario", &order.scenario.as_str().into());
    set("plans", &list(&order.plans));
    set("interpreters", &list(&order.interpreters));
    set("repeat", &order.repeat.into());
    JSON::stringify(&object).map_or_else(|_| String::new(), String::from)
}

/// What the interface answers, or its word on why not.
async fn ask(method: &str, path: &str, body: Option<&str>) -> Result<JsValue, String> {
    let options = RequestInit::new();
    options.set_method(method);
    if let Some(body) = body {
        options.set_body(&body.into());
        let headers = Object::new();
        let _ = Reflect::set(&headers, &"Content-Type".into(), &"application/json".into());
        options.set_headers(&headers);
    }
    let unheard = |_| "the server does not answer: does `trilane serve` still run?".to_owned();
    let answer = window().fetch_with_str_and_init(&format!("{API}{path}"), &options);
    let answer: Response = JsFuture::from(answer)
        .await
        .map_err(unheard)?
        .unchecked_into();
    let text_of = answer.text().map_err(unheard)?;
    let said = JsFuture::from(text_of).await.map_err(unheard)?;
    let said = JSON::parse(&said.as_string().unwrap_or_default()).unwrap_or_default();
    match answer.ok() {
        true => Ok(said),
        false => Err(text(&said, "error")),
    }
}

async fn bytes(address: &str) -> Result<Vec<u8>, String> {
    let fetched = async || -> Result<Vec<u8>, JsValue> {
        let answer = JsFuture::from(window().fetch_with_str(address)).await?;
        let answer: Response = answer.unchecked_into();
        let buffer = JsFuture::from(answer.array_buffer()?).await?;
        Ok(Uint8Array::new(&buffer.unchecked_into::<ArrayBuffer>()).to_vec())
    };
    let lost = |_| "its trace cannot be had from the server".to_owned();
    fetched().await.map_err(lost)
}

fn text(object: &JsValue, key: &str) -> String {
    let value = Reflect::get(object, &key.into());
    value
        .ok()
        .and_then(|value| value.as_string())
        .unwrap_or_default()
}

fn number(object: &JsValue, key: &str) -> f64 {
    let value = Reflect::get(object, &key.into());
    value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0)
}
