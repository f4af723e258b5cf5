//! One worker for all widgets of a chapter. It has one race at a time, so widgets stand in a queue; what
//! one asks for anew takes the place of what it asked for before.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use trilane_core::trace::codec;
use trilane_timeline::kitchen::Kitchen;
use yew::prelude::*;

use crate::state::{MISSING, Shared};
use crate::wire::{
    Ask, Lanes, LanesAsk, Of, Picture, Question, Reply, Request, Shown, Surface, Tongue,
};
use crate::worker::{Client, Event as Heard};

/// What a widget wants to see.
pub(super) struct Job {
    /// Whose it is: the widget's name.
    pub(super) who: String,
    /// The race.
    pub(super) question: Question,
    /// What is painted on.
    pub(super) surface: Surface,
    /// The language of its pictures, where that is not English.
    pub(super) tongue: Option<Tongue>,
    /// How each row is to be looked at.
    pub(super) look: Look,
    /// Who hears of it.
    pub(super) hear: Callback<Result<Rc<Played>, String>>,
}

/// How a row is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// On the race's axis.
    Bars,
    /// Opened into its lanes.
    Lanes,
    /// As kitchens.
    Kitchens,
}

/// A race that was run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Played {
    /// What there is to say of it.
    pub(crate) shown: Shown,
    /// A picture a row that ran, and the axis.
    pub(super) pictures: Shared<Vec<Picture>>,
    /// The lanes of each row that ran, where they were asked for.
    pub(super) lanes: Vec<(Lanes, Shared<Vec<Picture>>)>,
    /// The same as kitchens.
    pub(super) kitchens: Vec<Shared<Kitchen>>,
}

/// The queue, and the worker behind it. Clones are the same one; the worker ends with the last.
#[derive(Clone)]
pub(super) struct Desk(Rc<RefCell<Inner>>);

impl PartialEq for Desk {
    fn eq(&self, other: &Desk) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

struct Inner {
    client: Client,
    queue: Vec<Job>,
    /// What is being run, and what came of it so far.
    now: Option<(Job, Played)>,
    race: u64,
}

impl Desk {
    pub(super) fn new() -> Desk {
        Desk(Rc::new_cyclic(|desk: &Weak<RefCell<Inner>>| {
            let desk = desk.clone();
            let client = Client::new(move |event| {
                if let Some(inner) = desk.upgrade() {
                    Desk(inner).heard(event);
                }
            });
            RefCell::new(Inner {
                client,
                queue: vec![],
                now: None,
                race: 0,
            })
        }))
    }

    /// Has a race run when it is its turn.
    pub(super) fn ask(&self, job: Job) {
        {
            let mut inner = self.0.borrow_mut();
            inner.queue.retain(|waiting| waiting.who != job.who);
            inner.queue.push(job);
        }
        self.next();
    }

    /// Whoever is out of sight wants nothing.
    pub(super) fn forget(&self, who: &str) {
        self.0.borrow_mut().queue.retain(|job| job.who != who);
    }

    fn next(&self) {
        let mut inner = self.0.borrow_mut();
        if inner.now.is_some() || inner.queue.is_empty() {
            return;
        }
        let job = inner.queue.remove(0);
        inner.race += 1;
        let ask = Ask {
            race: inner.race,
            question: job.question.clone(),
            tongue: job.tongue.clone(),
        };
        let request = Request::Race(Box::new(ask), job.surface);
        inner.now = Some((job, Played::default()));
        let client = inner.client.clone();
        drop(inner);
        client.ask(request);
    }

    fn heard(&self, event: Heard) {
        match event {
            Heard::Answer(Reply::Race(shown), parts) => {
                let played = Played {
                    shown: *shown,
                    pictures: Shared::new(pictures(&parts)),
                    ..Played::default()
                };
                self.went_on(|(_, before)| *before = played);
            }
            Heard::Answer(Reply::Lanes(lanes), parts) => {
                let picture = Shared::new(pictures(&parts));
                self.went_on(|(_, played)| played.lanes.push((*lanes, picture)));
            }
            Heard::Answer(Reply::Kitchen(_), parts) => {
                match parts.first().and_then(|bytes| codec::decode(bytes).ok()) {
                    Some(trace) => self.went_on(|(_, played)| {
                        played.kitchens.push(Shared::new(Kitchen::new(&trace)));
                    }),
                    None => self.over(Err("the worker's trace cannot be read".to_owned())),
                }
            }
            Heard::Answer(Reply::Problems(_, troubles), _) => {
                let all: Vec<String> = troubles.into_iter().map(|trouble| trouble.text).collect();
                self.over(Err(all.join("\n\n")));
            }
            Heard::Answer(Reply::Refused(_, why), _) | Heard::Died(why) => self.over(Err(why)),
            Heard::Answer(Reply::Missing, _) => self.over(Err(MISSING.to_owned())),
            Heard::Answer(..) => {}
        }
    }

    /// Takes up what came, and asks for what is still missing of it.
    fn went_on(&self, take: impl FnOnce(&mut (Job, Played))) {
        let mut inner = self.0.borrow_mut();
        let Some(now) = &mut inner.now else { return };
        take(now);
        let (job, played) = now;
        // Rows that could not be run are not looked at.
        let rows = played.shown.rows.iter().enumerate();
        let mut ran = rows.filter(|(_, row)| row.run.is_ok());
        let row = ran.nth(played.lanes.len() + played.kitchens.len());
        let Some((row, _)) = row.filter(|_| job.look != Look::Bars) else {
            let played = Rc::new(std::mem::take(played));
            drop(inner);
            return self.over(Ok(played));
        };
        let of = Of {
            race: played.shown.race,
            row: row as u32,
        };
        let request = match job.look {
            Look::Kitchens => Request::Kitchen(of),
            Look::Bars | Look::Lanes => Request::Lanes(LanesAsk {
                of,
                tasks: false,
                window: None,
                selected: None,
                surface: job.surface,
            }),
        };
        let client = inner.client.clone();
        drop(inner);
        client.ask(request);
    }

    fn over(&self, result: Result<Rc<Played>, String>) {
        let now = self.0.borrow_mut().now.take();
        if let Some((job, _)) = now {
            job.hear.emit(result);
        }
        self.next();
    }
}

fn pictures(parts: &[Vec<u8>]) -> Vec<Picture> {
    let pictures = parts.iter().filter_map(|bytes| Picture::unpack(bytes));
    pictures.collect()
}

/// The desk that widgets share which stand in no chapter, for as long as their page is open.
pub(super) fn shared() -> Desk {
    thread_local!(static DESK: Desk = Desk::new());
    DESK.with(Clone::clone)
}
