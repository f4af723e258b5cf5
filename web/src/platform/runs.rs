//! Real runs, whatever makes them: the one door through which the Measure place asks for them.
//!
//! What can run plans says so as an [`Interpreter`], takes an [`Order`], and tells how it goes as [`Heard`].
//! There is the machine that serves the page ([`super::served`]), where one does that can, and this browser
//! ([`super::here`]). An order's ids say whose it is.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::Object;
use wasm_bindgen::JsValue;

pub(crate) use super::here::is_here;
use super::{here, later, served};
use crate::cut::{Part as Cut, cut};
use crate::state::{Interpreter, Order, Running};

/// What a run tells.
pub(crate) enum Heard {
    /// How far it is.
    Progress(Running),
    /// A file of it, with its name: a measurement, or a profile.
    File(String, Vec<u8>),
    /// It is over; why, where there is no result.
    Over(Option<String>),
}

/// Work that goes on. Dropping or cancelling it ends it.
#[derive(Default)]
pub(crate) struct Job(Option<Box<dyn FnOnce()>>);

impl Job {
    /// Work that ends when this is called.
    pub(crate) fn new(end: impl FnOnce() + 'static) -> Job {
        Job(Some(Box::new(end)))
    }

    pub(crate) fn cancel(&mut self) {
        if let Some(end) = self.0.take() {
            end();
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// Calls with all that can run plans here.
type Finds = fn(Box<dyn FnOnce(Vec<Interpreter>)>);

/// What the page needs of this beside the Measure place: no race waits for it.
pub(crate) struct Doors {
    pub(crate) find: Finds,
    /// Runs an order in this browser, and calls with the news of it: [`here::measure`].
    pub(crate) measure: fn(&Object, Hears) -> here::Job,
    /// [`here::calibrate`].
    pub(crate) calibrate: fn(Hears) -> here::Job,
    /// [`here::keep_profile`].
    pub(crate) keep_profile: fn(&str),
}

/// Hears news of what runs in this browser.
pub(crate) type Hears = Box<dyn Fn(JsValue)>;

static DOORS: Doors = Doors {
    find,
    measure: |order, hear| here::measure(order, hear),
    calibrate: |hear| here::calibrate(hear),
    keep_profile: here::keep_profile,
};

cut!(soon, fn doors() -> &'static Doors = &DOORS);
pub(crate) static PART: Cut<&'static Doors> = Cut::new(|| Box::pin(doors()));

/// Calls back with all that can run plans here: what the server found, and behind it this browser.
fn find(call: Box<dyn FnOnce(Vec<Interpreter>)>) {
    served::interpreters(move |mut all| {
        all.extend(here::interpreters());
        call(all);
    });
}

/// Runs plans, and tells how it goes: one after the other, as none is to disturb another.
pub(crate) fn measure(order: &Order, hear: impl Fn(Heard) + 'static) -> Job {
    let here = here::orders(order).into_iter().map(Part::Here);
    let ids = order.interpreters.iter().filter(|id| !is_here(id));
    let there = Order {
        interpreters: ids.cloned().collect(),
        ..order.clone()
    };
    let there = (!there.interpreters.is_empty()).then_some(Part::There(there));
    let parts: VecDeque<Part> = here.chain(there).collect();
    let line = Rc::new(Line {
        all: parts.len(),
        parts: RefCell::new(parts),
        failed: RefCell::default(),
        current: RefCell::default(),
        hear: Box::new(hear),
    });
    Line::next(&line);
    Job::new(move || line.end())
}

/// A part of an order.
enum Part {
    /// For this browser.
    Here(here::Order),
    /// For the server.
    There(Order),
}

/// Parts of an order that wait for each other.
struct Line {
    all: usize,
    parts: RefCell<VecDeque<Part>>,
    /// What gave no result so far.
    failed: RefCell<Vec<String>>,
    current: RefCell<Job>,
    hear: Box<dyn Fn(Heard)>,
}

impl Line {
    fn next(line: &Rc<Line>) {
        let part = line.parts.borrow_mut().pop_front();
        let Some(part) = part else {
            let failed = line.failed.take();
            return (line.hear)(Heard::Over((!failed.is_empty()).then(|| failed.join("; "))));
        };
        let own = Rc::downgrade(line);
        let hear = move |heard| {
            if let Some(line) = own.upgrade() {
                Line::heard(&line, heard);
            }
        };
        let job = match part {
            Part::Here(order) => here::run(&order, hear),
            Part::There(order) => served::measure(&order, hear),
        };
        line.current.replace(job);
    }

    fn heard(line: &Rc<Line>, heard: Heard) {
        match heard {
            Heard::Progress(running) => {
                let before = line.all - line.parts.borrow().len() - 1;
                let share = (before as f64 + running.share) / line.all as f64;
                (line.hear)(Heard::Progress(Running { share, ..running }));
            }
            Heard::File(..) => (line.hear)(heard),
            Heard::Over(why) => {
                line.failed.borrow_mut().extend(why);
                let line = line.clone();
                // Not within the call of the job that is over.
                later(0, move || Line::next(&line));
            }
        }
    }

    fn end(&self) {
        self.parts.borrow_mut().clear();
        self.current.take();
    }
}

/// Makes a profile of one that can be calibrated.
pub(crate) fn calibrate(id: &str, hear: impl Fn(Heard) + 'static) -> Job {
    match is_here(id) {
        true => here::profile(hear),
        false => served::calibrate(id, hear),
    }
}
