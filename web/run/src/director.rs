//! On the page: has conductors run what the page wants, each plan in turn, and tells how it goes.
//!
//! Plans without shared memory go to a conductor with this module, those with threads to another with the
//! other one. Both end, with all that they have started, when the job does.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use js_sys::{Array, Function, Uint8Array};
use tokio::sync::oneshot;
use trilane_runner::web::{Module, launch, sleep, timeout};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{ErrorEvent, MessageEvent, Worker};

use crate::ask::{Ask, News, Order, Planned, Prepare, Runs, Told};
use crate::conductor::trilane_ask;

/// The function that a conductor begins with.
const FUNCTION: &str = "trilane_conduct";
/// Whatever was expected, a run gets at least this long, and as many times what was expected.
const PATIENCE: Duration = Duration::from_secs(20);
const TIMES_EXPECTED: u32 = 10;
/// What a browser takes to compile a module, to start its threads, and to become warm.
const STARTING: Duration = Duration::from_secs(60);
/// So long a page's own thread is left alone before it stands still, for what was said to be painted.
const PAINT: Duration = Duration::from_millis(60);

/// Why shared memory is not to be had, and how it can be.
const NOT_ISOLATED: &str = "threads need shared memory, which browsers give only to a page that is isolated from \
    others: open this page by itself, not in a frame, on a host that sends `Cross-Origin-Opener-Policy: same-origin` \
    and `Cross-Origin-Embedder-Policy: require-corp`, such as `trilane serve`";

/// Who waits for an answer.
type Waits = Rc<RefCell<Option<oneshot::Sender<Result<Array, String>>>>>;

/// A conductor. Dropping it ends it, and what it has started.
struct Conductor {
    worker: Worker,
    waits: Waits,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(ErrorEvent)>,
}

impl Conductor {
    /// Starts one. What comes before an answer goes to `news`.
    fn start(module: Module<'_>, news: impl Fn(News) + 'static) -> Result<Conductor, String> {
        let worker = launch(module, FUNCTION)
            .map_err(|_| "the browser starts no worker for it".to_owned())?;
        let waits = Waits::default();
        let answered = waits.clone();
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let message = Array::from(&event.data());
            if let Ok(Told::Progress(share, what)) = told(&message) {
                return news(News::Progress(share, what));
            }
            if let Some(waits) = answered.borrow_mut().take() {
                let _ = waits.send(Ok(message));
            }
        });
        let failed = waits.clone();
        let on_error = Closure::<dyn Fn(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            let why = Some(event.message()).filter(|why| !why.is_empty() && why != "undefined");
            let why = why.unwrap_or_else(|| "its worker could not be loaded".to_owned());
            let why = why
                .trim_start_matches("Uncaught ")
                .trim_start_matches("Error: ");
            if let Some(waits) = failed.borrow_mut().take() {
                let _ = waits.send(Err(why.to_owned()));
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Conductor {
            worker,
            waits,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    async fn ask(&self, ask: &Ask, parts: &[Uint8Array], limit: Duration) -> Result<Array, String> {
        let (done, wait) = oneshot::channel();
        *self.waits.borrow_mut() = Some(done);
        let sent = self.worker.post_message(&message(ask, parts));
        sent.map_err(|_| "the browser does not copy so much between workers".to_owned())?;
        match timeout(limit, wait).await {
            Some(answer) => answer.unwrap_or_else(|_| Err("it was ended".to_owned())),
            None => Err(format!(
                "it did not end within {} s, and was ended",
                limit.as_secs()
            )),
        }
    }
}

impl Drop for Conductor {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn message(ask: &Ask, parts: &[Uint8Array]) -> Array {
    let text = serde_json::to_string(ask).unwrap_or_default();
    let message = Array::of1(&text.into());
    parts.iter().for_each(|part| _ = message.push(part));
    message
}

fn told(message: &Array) -> Result<Told, String> {
    let text = message.get(0).as_string().unwrap_or_default();
    match serde_json::from_str(&text) {
        Ok(Told::Error(why)) => Err(why),
        Ok(told) => Ok(told),
        Err(error) => Err(format!("its answer is none: {error}")),
    }
}

/// Measures, and calls `tell` with the news of it, as JSON. The function that it gives cancels it.
#[wasm_bindgen]
pub fn trilane_measure(order: String, tell: Function) -> Function {
    let job = async move |news: Tell| match serde_json::from_str::<Order>(&order) {
        Ok(order) => Director::new(order, news).run().await,
        Err(error) => Err(format!("this is no order: {error}")),
    };
    begin(tell, job)
}

/// Measures what things cost in this browser, likewise. `ask` is an [`Ask::Calibrate`]; `threads` is the address
/// of the script with shared memory, or empty.
#[wasm_bindgen]
pub fn trilane_calibrate(ask: String, threads: String, tell: Function) -> Function {
    begin(tell, async move |news: Tell| {
        let mut ask: Ask = serde_json::from_str(&ask).map_err(|error| error.to_string())?;
        if let (Ask::Calibrate { handoffs, .. }, false) = (&mut ask, threads.is_empty()) {
            news(News::Progress(0.0, "threads".to_owned()));
            let conductor = Conductor::start(Module::Of(&threads), |_| {})?;
            let answer = conductor.ask(&Ask::Handoffs, &[], STARTING).await?;
            if let Told::Handoffs(samples) = told(&answer)? {
                *handoffs = samples;
            }
        }
        let hear = news.clone();
        let conductor = Conductor::start(Module::Own, move |told| hear(told))?;
        let answer = conductor.ask(&ask, &[], STARTING + PATIENCE).await?;
        match told(&answer)? {
            Told::Profile(text) => news(News::Profile(text)),
            _ => return Err("the browser was not calibrated".to_owned()),
        }
        Ok(())
    })
}

/// Calls with news.
type Tell = Rc<dyn Fn(News)>;

/// Begins a job, and gives a function that ends it.
fn begin<J>(tell: Function, job: impl FnOnce(Tell) -> J + 'static) -> Function
where
    J: Future<Output = Result<(), String>> + 'static,
{
    let (cancel, cancelled) = oneshot::channel::<()>();
    let news: Tell = Rc::new(move |news| {
        let text = serde_json::to_string(&news).unwrap_or_default();
        let _ = tell.call1(&JsValue::NULL, &text.into());
    });
    spawn_local(async move {
        let ended = trilane_runner::web::unless(cancelled, job(news.clone())).await;
        let ended = ended.unwrap_or_else(|| Err("it was cancelled".to_owned()));
        news(News::Over(ended.err()));
    });
    Closure::once_into_js(move || drop(cancel)).unchecked_into()
}

struct Director {
    order: Order,
    news: Tell,
    /// Runs so far, of all.
    done: u32,
    all: u32,
}

impl Director {
    fn new(order: Order, news: Tell) -> Director {
        Director {
            order,
            news,
            done: 0,
            all: 1,
        }
    }

    fn progress(&self, words: String) {
        let share = f64::from(self.done) / f64::from(self.all.max(1));
        (self.news)(News::Progress(share, words));
    }

    async fn run(mut self) -> Result<(), String> {
        self.progress("starting".to_owned());
        let work = self.order.work.clone();
        let plain = Conductor::start(Module::Own, |_| {})?;
        let plans = prepared(&plain, &work).await?;
        let mut runs: Vec<Runs> = (0..plans.len()).map(of_plan).collect();
        let wants = |planned: &Planned| planned.threads > 0 && planned.refused.is_none();
        let threads = match (&self.order.threads, plans.iter().any(wants)) {
            (Some(url), true) => {
                self.progress("starting threads".to_owned());
                let threads = Conductor::start(Module::Of(url), |_| {})?;
                prepared(&threads, &work).await?;
                Some(threads)
            }
            _ => None,
        };
        let repeat = self.order.repeat.max(1);
        self.all = repeat * plans.len() as u32;
        if self.order.on_page {
            told(&say_here(&Ask::Prepare(work)).await)?;
        }
        // All plans in turn, so that a drift of the machine hits all alike.
        let mut traces: Vec<Vec<Uint8Array>> = vec![vec![]; plans.len()];
        for number in 1..=repeat {
            for (at, planned) in plans.iter().enumerate() {
                self.progress(format!("run {number} of {repeat}: {}", planned.plan));
                if runs[at].error.is_none() {
                    let conductor = match planned.threads {
                        0 => Ok(&plain),
                        _ => threads.as_ref().ok_or(NOT_ISOLATED),
                    };
                    match self.once(conductor, at, planned).await {
                        Ok((trace, ran)) => {
                            traces[at].push(trace);
                            runs[at].count += 1;
                            runs[at].noting_ns.push(ran.noting_ns);
                            runs[at].drift.push(ran.drift);
                        }
                        Err(why) => runs[at].error = Some(why),
                    }
                }
                self.done += 1;
            }
        }
        self.progress("putting it together".to_owned());
        let parts: Vec<Uint8Array> = traces.into_iter().flatten().collect();
        let answer = plain.ask(&Ask::Document { runs }, &parts, STARTING).await?;
        match told(&answer)? {
            Told::Document { document, file } => (self.news)(News::Measured { document, file }),
            _ => return Err("the runs could not be put together".to_owned()),
        }
        Ok(())
    }

    /// One run of a plan: its trace.
    async fn once(
        &self,
        conductor: Result<&Conductor, &str>,
        plan: usize,
        planned: &Planned,
    ) -> Result<(Uint8Array, crate::ask::Ran), String> {
        if let Some(refused) = &planned.refused {
            return Err(refused.clone());
        }
        let limit = PATIENCE + Duration::from_nanos(planned.expected_ns) * TIMES_EXPECTED;
        let ask = Ask::Run { plan };
        let answer = match planned.threads {
            0 if self.order.on_page => self.here(&ask).await?,
            _ => conductor?.ask(&ask, &[], limit).await?,
        };
        match told(&answer)? {
            Told::Ran(ran) => Ok((answer.get(1).unchecked_into(), *ran)),
            _ => Err("it gave no run".to_owned()),
        }
    }

    /// A run on the page's own thread.
    async fn here(&self, ask: &Ask) -> Result<Array, String> {
        sleep(PAINT).await;
        Ok(say_here(ask).await)
    }
}

/// Asks the module on this thread.
async fn say_here(ask: &Ask) -> Array {
    let text = serde_json::to_string(ask).unwrap_or_default();
    let quiet = Closure::<dyn Fn(JsValue)>::new(|_| {});
    trilane_ask(text, Array::new(), quiet.as_ref().unchecked_ref()).await
}

fn of_plan(plan: usize) -> Runs {
    Runs {
        plan,
        ..Runs::default()
    }
}

async fn prepared(conductor: &Conductor, work: &Prepare) -> Result<Vec<Planned>, String> {
    let ask = Ask::Prepare(work.clone());
    let answer = conductor.ask(&ask, &[], STARTING).await?;
    match told(&answer)? {
        Told::Prepared { plans, .. } => Ok(plans),
        _ => Err("it was not prepared".to_owned()),
    }
}
