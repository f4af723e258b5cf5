//! The Lab's worker, and its manners: of questions of one kind only the newest is worked on.
//!
//! Races go over at once: a worker drops an older race for a newer one between two plans. A worker that is
//! within a plan hears nothing, so one that takes too long to begin is ended, and the race goes to a new
//! worker, which starts in a few milliseconds since its module is compiled already. Everything else is asked
//! one after the other.

use std::cell::RefCell;
use std::rc::Rc;

use super::port::{Heard, Port};
use crate::platform::later;
use crate::wire::{Reply, Request};

/// How long a race may wait for an older one's plan to end.
const PATIENCE_MS: i32 = 300;
/// A worker that dies so often without an answer in between is not started again.
const MOST_DEATHS: u32 = 3;

/// What the Lab hears.
pub(crate) enum Event {
    Answer(Reply, Vec<Vec<u8>>),
    Died(String),
}

/// The Lab's worker. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Client(Rc<RefCell<Inner>>);

struct Inner {
    port: Option<Port>,
    /// Files that every worker has to have.
    kept: Vec<(u32, Vec<u8>)>,
    /// The last race that was asked for.
    race: Option<Request>,
    /// Its number, until it has begun.
    waits: Option<u64>,
    /// What else is being answered.
    asked: Option<Request>,
    /// A race has to be run before anything can be asked about it.
    held: bool,
    /// What is to be asked next.
    next: Vec<Request>,
    /// Times that the worker died since it last answered.
    deaths: u32,
    hear: Rc<dyn Fn(Event)>,
}

impl PartialEq for Client {
    fn eq(&self, other: &Client) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Client {
    /// A client whose answers go to `hear`. Its worker starts at once.
    pub(crate) fn new(hear: impl Fn(Event) + 'static) -> Client {
        let client = Client(Rc::new(RefCell::new(Inner {
            port: None,
            kept: vec![],
            race: None,
            waits: None,
            asked: None,
            held: false,
            next: vec![],
            deaths: 0,
            hear: Rc::new(hear),
        })));
        client.restart();
        client
    }

    /// Hands a file over, to this worker and to those that may follow it.
    pub(crate) fn keep(&self, number: u32, bytes: Vec<u8>) {
        let mut inner = self.0.borrow_mut();
        inner.say(&Request::Keep(number), &bytes);
        inner.kept.push((number, bytes));
    }

    /// Asks; what was asked before in the same slot and is not being worked on is forgotten.
    pub(crate) fn ask(&self, request: Request) {
        if let Request::Race(ask, _) = &request {
            return self.race(ask.race, request);
        }
        let mut inner = self.0.borrow_mut();
        let slot = request.slot();
        if slot != u32::MAX {
            inner.next.retain(|waiting| waiting.slot() != slot);
        }
        inner.next.push(request);
        inner.send();
    }

    fn race(&self, number: u64, request: Request) {
        {
            let mut inner = self.0.borrow_mut();
            inner.say(&request, &[]);
            inner.waits = Some(number);
            inner.race = Some(request);
        }
        let client = self.clone();
        later(PATIENCE_MS, move || {
            let late = client.0.borrow().waits == Some(number);
            // A worker that has not even started is no better when started again.
            if late && client.0.borrow().port.as_ref().is_some_and(Port::started) {
                client.restart();
            }
        });
    }

    /// A new worker, which takes up the last race, and then what was still to be answered.
    fn restart(&self) {
        let client = self.clone();
        let port = Port::open(move |heard| client.heard(heard));
        let mut inner = self.0.borrow_mut();
        inner.port = Some(port);
        if let Some(request) = inner.asked.take() {
            inner.next.insert(0, request);
        }
        inner.held = inner.race.is_some();
        for (number, bytes) in &inner.kept {
            inner.say(&Request::Keep(*number), bytes);
        }
        if let Some(race) = &inner.race {
            inner.say(race, &[]);
        }
    }

    fn heard(&self, heard: Heard) {
        let hear = self.0.borrow().hear.clone();
        match heard {
            Heard::Reply(reply, parts) => {
                let mut inner = self.0.borrow_mut();
                match &reply {
                    Reply::Begun(number)
                    | Reply::Problems(number, _)
                    | Reply::Refused(number, _) => {
                        inner.waits = inner.waits.filter(|waits| waits != number);
                    }
                    Reply::Race(_) | Reply::Kept => {}
                    _ => inner.asked = None,
                }
                inner.held &= !reply.ends_race();
                inner.send();
                if !matches!(reply, Reply::Begun(_)) {
                    inner.deaths = 0;
                }
                drop(inner);
                hear(Event::Answer(reply, parts));
            }
            Heard::Died(why) => {
                // Not within its own call: the port that calls is the one that goes.
                let client = self.clone();
                later(0, move || client.died(&why, &*hear));
            }
        }
    }

    fn died(&self, why: &str, hear: &dyn Fn(Event)) {
        let deaths = {
            let mut inner = self.0.borrow_mut();
            inner.deaths += 1;
            // It may be what the worker died of.
            inner.asked = None;
            inner.deaths
        };
        if deaths <= MOST_DEATHS {
            self.restart();
            return hear(Event::Died(why.to_owned()));
        }
        self.0.borrow_mut().port = None;
        hear(Event::Died(format!(
            "{why}; that was {deaths} times in a row, so it is not started again: reload the page"
        )));
    }
}

impl Inner {
    fn say(&self, request: &Request, bytes: &[u8]) {
        if let Some(port) = &self.port {
            port.post(request, bytes);
        }
    }

    /// Asks the next question, if none is being answered.
    fn send(&mut self) {
        if self.held || self.asked.is_some() || self.next.is_empty() || self.port.is_none() {
            return;
        }
        let request = self.next.remove(0);
        self.say(&request, &[]);
        self.asked = Some(request);
    }
}
