//! A run as cooks in kitchens, and what of it is to be seen at an instant. Everything here is in the trace:
//! a cook is a thread, a kitchen an interpreter, its one stove the interpreter's lock, a dish a task.

use serde::{Deserialize, Serialize};
use trilane_core::trace::SpanKind;

use super::{Of, state_of};

/// A run as kitchens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kitchen {
    /// Which run.
    pub of: Of,
    /// Whether the cooks of a kitchen share one stove; without a GIL each has one.
    pub shared: bool,
    /// Kitchens with their cooks.
    pub rooms: Vec<Vec<Cook>>,
    /// Dishes, by their numbers.
    pub dishes: Vec<Dish>,
}

/// A thread that works for tasks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cook {
    /// Its name: `worker-3`.
    pub name: String,
    /// When it comes, ns.
    pub born_ns: u64,
    /// What it does, in order: until when, the state's number, and for which dish.
    pub spans: Vec<(u64, u8, Option<u32>)>,
}

/// A task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dish {
    /// When it is ordered, ns.
    pub born_ns: u64,
    /// What becomes of it, in order: until when, the state's number, and whether a cook is with it.
    pub spans: Vec<(u64, u8, bool)>,
}

/// What a cook does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doing {
    /// Works at the stove: runs bytecode, with the lock where there is one.
    Cooks,
    /// Stands in line for the stove: waits for the lock.
    Lines,
    /// Works away from it: native code, or bytes through a pipe.
    Carries,
    /// Stands before a pot: blocks in a call.
    Stares,
    /// Waits for a core, a lock, a queue, or branches.
    Waits,
    /// Is being started.
    Arrives,
    /// Has nothing to do.
    Rests,
}

/// A cook at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Busy<'k> {
    /// Its name.
    pub name: &'k str,
    /// What it does.
    pub doing: Doing,
    /// Its state in the trace.
    pub kind: SpanKind,
    /// For which dish.
    pub dish: Option<u32>,
}

/// The kitchens at an instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene<'k> {
    /// Kitchens with the cooks that are there.
    pub rooms: Vec<Vec<Busy<'k>>>,
    /// Dishes that wait outside Python, with no cook beside them.
    pub oven: Vec<u32>,
    /// Dishes that are ready for a cook: the loop's, or a worker.
    pub orders: Vec<u32>,
    /// Dishes that are done.
    pub served: usize,
}

impl Doing {
    fn of(kind: SpanKind) -> Doing {
        match kind {
            SpanKind::Python | SpanKind::Pickle | SpanKind::Overhead => Doing::Cooks,
            SpanKind::GilWait => Doing::Lines,
            SpanKind::Native | SpanKind::Transfer => Doing::Carries,
            SpanKind::Io => Doing::Stares,
            SpanKind::Start => Doing::Arrives,
            SpanKind::Idle => Doing::Rests,
            _ => Doing::Waits,
        }
    }
}

impl Cook {
    /// What it does at an instant, ns, if it is there.
    fn at(&self, ns: u64) -> Option<Busy<'_>> {
        let at = self.spans.partition_point(|(end, ..)| *end <= ns);
        let (_, number, dish) = self.spans.get(at).filter(|_| self.born_ns <= ns)?;
        let kind = state_of(*number)?;
        Some(Busy {
            name: &self.name,
            doing: Doing::of(kind),
            kind,
            dish: *dish,
        })
    }
}

impl Kitchen {
    /// What is to be seen at an instant, ns.
    pub fn at(&self, ns: u64) -> Scene<'_> {
        let mut scene = Scene {
            rooms: (self.rooms.iter())
                .map(|cooks| cooks.iter().filter_map(|cook| cook.at(ns)).collect())
                .collect(),
            ..Scene::default()
        };
        for (number, dish) in (0u32..).zip(&self.dishes) {
            let at = dish.spans.partition_point(|(end, ..)| *end <= ns);
            match dish.spans.get(at) {
                None => scene.served += 1,
                Some(_) if dish.born_ns > ns => {}
                Some((_, _, true)) => {}
                Some((_, kind, false)) => match state_of(*kind) {
                    Some(SpanKind::Io) => scene.oven.push(number),
                    _ => scene.orders.push(number),
                },
            }
        }
        scene
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_where_the_trace_has_them() {
        let [python, io, wait] =
            [SpanKind::Python, SpanKind::Io, SpanKind::PoolWait].map(|k| k as u8);
        let cook = Cook {
            name: "worker-0".to_owned(),
            born_ns: 10,
            spans: vec![(20, python, Some(0)), (30, io, Some(0))],
        };
        let dishes = [
            vec![(10, wait, false), (30, io, true)],
            vec![(40, io, false)],
        ];
        let dishes = dishes.map(|spans| Dish { born_ns: 0, spans });
        let kitchen = Kitchen {
            rooms: vec![vec![cook]],
            dishes: dishes.to_vec(),
            ..Kitchen::default()
        };
        let check = |ns, doing: Option<Doing>, oven: &[u32], orders: &[u32], served| {
            let scene = kitchen.at(ns);
            let found = scene.rooms[0].first().map(|busy| busy.doing);
            assert_eq!(
                (found, &scene.oven[..], &scene.orders[..]),
                (doing, oven, orders),
                "{ns}"
            );
            assert_eq!(scene.served, served, "{ns}");
        };
        check(5, None, &[1], &[0], 0);
        check(10, Some(Doing::Cooks), &[1], &[], 0);
        check(25, Some(Doing::Stares), &[1], &[], 0);
        check(35, None, &[1], &[], 1);
        check(40, None, &[], &[], 2);
    }
}
