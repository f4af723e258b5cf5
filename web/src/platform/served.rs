//! What `trilane serve` offers behind the page: real runs on its machine. See docs/SERVE.md.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, JSON, Object, Reflect, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{EventSource, MessageEvent, RequestInit, Response};

use super::runs::{Heard, Job};
use super::window;
use crate::base64::base64;
use crate::state::{Interpreter, Order, Running};

const API: &str = "./api/v1";

/// The stream of a job's events. Closing it hangs up, and that cancels the job.
type Stream = Rc<RefCell<Option<EventSource>>>;

fn close(stream: &Stream) {
    if let Some(source) = stream.borrow_mut().take() {
        source.close();
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

/// Calls back with the interpreters found, none where the page is not served.
pub(crate) fn interpreters(call: impl FnOnce(Vec<Interpreter>) + 'static) {
    if !is_served() {
        return call(vec![]);
    }
    spawn_local(async move {
        let Ok(answer) = ask("GET", "/interpreters", None).await else {
            return call(vec![]);
        };
        let list = Reflect::get(&answer, &"interpreters".into()).unwrap_or_default();
        let list = Array::from(&list).into_iter().map(|one| Interpreter {
            id: text(&one, "id"),
            name: text(&one, "name"),
            label: text(&one, "label"),
            calibrates: text(&one, "kind") == "cpython",
            refuses: None,
        });
        call(list.collect());
    });
}

/// Has the server measure, and tells how it goes.
pub(crate) fn measure(order: &Order, hear: impl Fn(Heard) + 'static) -> Job {
    let list = |all: &[String]| all.iter().map(JsValue::from).collect::<Array>().into();
    let order = body(&[
        ("scenario", order.scenario.as_str().into()),
        ("plans", list(&order.plans)),
        ("interpreters", list(&order.interpreters)),
        ("repeat", order.repeat.into()),
    ]);
    post("/measure", order, hear)
}

/// Has the server make a profile of an interpreter.
pub(crate) fn calibrate(id: &str, hear: impl Fn(Heard) + 'static) -> Job {
    post("/calibrate", body(&[("interpreter", id.into())]), hear)
}

fn post(path: &'static str, order: String, hear: impl Fn(Heard) + 'static) -> Job {
    let stream = Stream::default();
    let ended = Rc::new(Cell::new(false));
    let job = {
        let (stream, ended) = (stream.clone(), ended.clone());
        Job::new(move || {
            ended.set(true);
            close(&stream);
        })
    };
    let hear = Rc::new(hear);
    spawn_local(async move {
        match ask("POST", path, Some(&order)).await {
            // Whoever has hung up meanwhile is cancelled by the server, unheard.
            Ok(_) if ended.get() => {}
            Ok(answer) => listen(&stream, &text(&answer, "events"), hear),
            Err(why) => hear(Heard::Over(Some(why))),
        }
    });
    job
}

fn listen(stream: &Stream, address: &str, hear: Rc<impl Fn(Heard) + 'static>) {
    let Ok(source) = EventSource::new(address) else {
        return hear(Heard::Over(Some("the server is not heard".to_owned())));
    };
    *stream.borrow_mut() = Some(source.clone());
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
        let (tell, stream) = (hear.clone(), stream.clone());
        on(
            name,
            Box::new(move |data| {
                close(&stream);
                let why = [text(&data, "error"), text(&data, "why")].concat();
                tell(Heard::Over(Some(why)));
            }),
        );
    }
    let (stream, base) = (
        stream.clone(),
        address.trim_end_matches("/events").to_owned(),
    );
    on(
        "done",
        Box::new(move |data| {
            close(&stream);
            let (tell, base) = (hear.clone(), base.clone());
            spawn_local(async move {
                let failed = results(&data, &base, &*tell).await;
                tell(Heard::Over((!failed.is_empty()).then(|| failed.join("; "))));
            });
        }),
    );
}

/// Hands over what a job gave, a file each; gives what there is none of, and why.
async fn results(data: &JsValue, base: &str, tell: &impl Fn(Heard)) -> Vec<String> {
    let profile = text(data, "profile");
    if !profile.is_empty() {
        let name = format!("calibrated-{}.toml", text(data, "python"));
        tell(Heard::File(name, profile.into_bytes()));
        return vec![];
    }
    // What a document has none of, it does not name.
    let list = |key: &str| {
        let there = Reflect::get(data, &key.into()).unwrap_or_default();
        let list: Option<Array> = there.dyn_into().ok();
        list.unwrap_or_default()
    };
    let called = |run: &JsValue| format!("{} on {}", text(run, "plan"), text(run, "python"));
    let failures = list("failures");
    let mut failed: Vec<String> = failures
        .iter()
        .map(|one| format!("{}: {}", called(&one), text(&one, "error")))
        .collect();
    for (at, run) in list("runs").iter().enumerate() {
        match bytes(&format!("{base}/trace/{at}")).await {
            Ok(trace) => {
                let file = document(data, &run, &trace);
                tell(Heard::File(called(&run), file.into_bytes()));
            }
            Err(why) => failed.push(format!("{}: {why}", called(&run))),
        }
    }
    failed
}

/// The document of one run with its trace in it, as `trilane measure -o FILE.json` writes it.
fn document(data: &JsValue, run: &JsValue, trace: &[u8]) -> String {
    let _ = Reflect::set(run, &"trace".into(), &base64(trace).into());
    let one = Object::assign(&Object::new(), data.unchecked_ref());
    let _ = Reflect::set(&one, &"runs".into(), &Array::of1(run));
    JSON::stringify(&one).map_or_else(|_| String::new(), String::from)
}

/// `3rd of 5 runs of threads(8), 2 s left`.
fn progress(data: &JsValue) -> Running {
    let (plan, python) = (text(data, "plan"), text(data, "python"));
    let what = match text(data, "part").as_str() {
        "start" => format!("starting {python}"),
        "calibrate" => format!("measuring what things cost under {python}"),
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

fn body(pairs: &[(&str, JsValue)]) -> String {
    let object = Object::new();
    for (key, value) in pairs {
        let _ = Reflect::set(&object, &(*key).into(), value);
    }
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
