//! A run as cooks in kitchens.

use std::collections::BTreeMap;

use trilane_core::trace::ThreadRole;
use trilane_core::trace::view::lanes;

use super::Answer;
use super::run::Run;
use crate::wire::{Cook, Dish, Kitchen, Of, Reply};

/// More cooks and dishes than anybody can tell apart.
const MOST: usize = 64;

/// The kitchens of a run: one an interpreter, with the threads that work for tasks.
pub(super) fn kitchen(run: &Run, of: Of) -> Answer {
    let trace = &run.trace;
    let lanes = lanes(trace);
    let mut rooms: BTreeMap<u32, Vec<Cook>> = BTreeMap::new();
    for (info, spans) in trace.threads.iter().zip(&lanes.threads) {
        let works = spans.iter().any(|span| span.task.is_some());
        let hired = match info.role {
            ThreadRole::Main => works,
            ThreadRole::Loop | ThreadRole::Worker => true,
            ThreadRole::Process | ThreadRole::Interpreter => true,
            ThreadRole::Manager | ThreadRole::Feeder | ThreadRole::ForkServer => false,
        };
        let room = rooms.entry(info.interpreter).or_default();
        if hired && room.len() < MOST {
            let spans = spans.iter();
            room.push(Cook {
                name: info.name(),
                born_ns: info.born.as_nanos(),
                spans: spans
                    .map(|span| (span.end.as_nanos(), span.kind as u8, span.task))
                    .collect(),
            });
        }
    }
    let dishes = trace.tasks.iter().zip(&lanes.tasks).take(MOST);
    let dishes = dishes.map(|(info, spans)| Dish {
        born_ns: info.born.as_nanos(),
        spans: (spans.iter())
            .map(|span| (span.end.as_nanos(), span.kind as u8, span.thread.is_some()))
            .collect(),
    });
    let dishes = dishes.collect();
    Reply::Kitchen(Box::new(Kitchen {
        of,
        shared: trace.gil,
        rooms: rooms
            .into_values()
            .filter(|room| !room.is_empty())
            .collect(),
        dishes,
    }))
    .into()
}
