//! Takes requests, one after another, in a worker of its own or on the page's own thread.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use trilane_core::trace::codec;
use trilane_core::units::Dur;
use trilane_runner::web::{Loaded, Ran as Noted, clock_step, warm_up};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::ask::{Ask, Prepare, Ran, Told};
use crate::browser::machine;
use crate::prepare::{Prepared, Target};
use crate::{answer, calibrate, document, prepare};

thread_local! {
    /// What was prepared last.
    static PREPARED: RefCell<Option<Rc<Prepared>>> = const { RefCell::new(None) };
}

/// The whole life of a conductor. Called by the script that starts it.
#[wasm_bindgen]
pub fn trilane_conduct() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let to = scope.clone();
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let message = Array::from(&event.data());
        let to = to.clone();
        spawn_local(async move {
            let parts = message.slice(1, message.length());
            let request = message.get(0).as_string().unwrap_or_default();
            let said = to.clone();
            let tell = Closure::<dyn Fn(Array)>::new(move |told: Array| {
                let _ = said.post_message(&told);
            });
            let answer = trilane_ask(request, parts, tell.as_ref().unchecked_ref()).await;
            let _ = to.post_message(&answer);
        });
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // The worker's own life long.
    on_message.forget();
}

/// Answers a request: JSON first, bytes behind it, both ways. `tell` is called with what comes before the
/// answer.
#[wasm_bindgen]
pub async fn trilane_ask(request: String, parts: Array, tell: &js_sys::Function) -> Array {
    let tell = tell.clone();
    let told = match serde_json::from_str(&request) {
        Ok(ask) => told(ask, &parts, &tell).await,
        Err(error) => Err(format!("this is no request: {error}")),
    };
    match told {
        Ok((told, bytes)) => message(&told, bytes),
        Err(why) => message(&Told::Error(why), None),
    }
}

fn message(told: &Told, bytes: Option<Vec<u8>>) -> Array {
    let message = Array::new();
    message.push(&serde_json::to_string(told).unwrap_or_default().into());
    if let Some(bytes) = bytes {
        message.push(&Uint8Array::from(bytes.as_slice()));
    }
    message
}

type Answer = Result<(Told, Option<Vec<u8>>), String>;

async fn told(ask: Ask, parts: &Array, tell: &js_sys::Function) -> Answer {
    match ask {
        Ask::Prepare(asked) => prepared(&asked).await.map(|told| (told, None)),
        Ask::Run { plan } => {
            let prepared = last()?;
            let target = prepared.targets.get(plan).ok_or("there is no such plan")?;
            let (ran, trace) = run(&prepared, target).await?;
            Ok((Told::Ran(Box::new(ran)), Some(trace)))
        }
        Ask::Document { runs } => {
            let traces: Vec<Vec<u8>> = parts
                .iter()
                .map(|part| Uint8Array::from(part).to_vec())
                .collect();
            let (document, file) = document::document(&*last()?, &runs, &traces)?;
            Ok((Told::Document { document, file }, None))
        }
        Ask::Calibrate {
            browser,
            cores,
            date,
            handoffs,
        } => {
            let progress = |share: f64, what: &str| {
                let told = Told::Progress(share, what.to_owned());
                let _ = tell.call1(&JsValue::NULL, &message(&told, None));
            };
            let machine = machine(&browser, cores);
            let profile = calibrate::calibrate(&machine, cores, &date, &handoffs, &progress);
            let profile = profile.await?;
            Ok((Told::Profile(profile), None))
        }
        Ask::Handoffs => Ok((Told::Handoffs(handoffs().await?), None)),
    }
}

fn last() -> Result<Rc<Prepared>, String> {
    let prepared = PREPARED.with_borrow(Clone::clone);
    prepared.ok_or_else(|| "nothing was prepared: that comes first".to_owned())
}

async fn prepared(asked: &Prepare) -> Result<Told, String> {
    let mut prepared = prepare::prepare(asked)?;
    let step = Dur::from_nanos(clock_step());
    prepared
        .remarks
        .push(format!("this browser's clock goes in steps of {step}"));
    start_threads(&prepared).await?;
    warm_up().await;
    let told = Told::Prepared {
        title: prepared.work.title.clone(),
        plans: prepared.targets.iter().map(|t| t.told.clone()).collect(),
    };
    PREPARED.set(Some(Rc::new(prepared)));
    Ok(told)
}

/// Starts as many threads as any plan needs: rayon's pool is made once.
#[cfg(feature = "threads")]
async fn start_threads(prepared: &Prepared) -> Result<(), String> {
    let needed = prepared.targets.iter().filter(|t| t.told.refused.is_none());
    match needed.map(|target| target.told.threads).max() {
        None | Some(0) => Ok(()),
        Some(most) => start_pool(most).await,
    }
}

#[cfg(feature = "threads")]
async fn start_pool(threads: usize) -> Result<(), String> {
    let started = wasm_bindgen_rayon::init_thread_pool(threads);
    let started = wasm_bindgen_futures::JsFuture::from(started).await;
    let refused = |_| format!("the browser could not start {threads} threads: take fewer");
    started.map(drop).map_err(refused)
}

#[cfg(feature = "threads")]
async fn handoffs() -> Result<Vec<u64>, String> {
    start_pool(1).await?;
    Ok(trilane_runner::web::handoffs())
}

#[cfg(not(feature = "threads"))]
async fn handoffs() -> Result<Vec<u64>, String> {
    Err("memory is not shared here".to_owned())
}

#[cfg(not(feature = "threads"))]
async fn start_threads(_prepared: &Prepared) -> Result<(), String> {
    Ok(())
}

async fn run(prepared: &Prepared, target: &Target) -> Result<(Ran, Vec<u8>), String> {
    let plan = match (target.plan, &target.told.refused) {
        (Some(plan), None) => plan,
        (_, refused) => return Err(refused.clone().unwrap_or_default()),
    };
    let loaded = Loaded::new(&prepared.work, &plan)?;
    let noted: Noted = loaded.run(target.gil).await?;
    let trace = answer::trace(prepared, target, &noted.records, noted.start)?;
    let [before, after] = noted.turn_ns;
    let ran = Ran {
        makespan_ns: trace.makespan().as_nanos(),
        noting_ns: noted.noting_ns,
        drift: after / before - 1.0,
    };
    Ok((ran, codec::encode(&trace)))
}

/// Called when the module was loaded: a panic's words go to whoever started the worker.
#[wasm_bindgen(start)]
pub fn loaded() {
    std::panic::set_hook(Box::new(|panic| {
        wasm_bindgen::throw_str(&panic.to_string())
    }));
}
