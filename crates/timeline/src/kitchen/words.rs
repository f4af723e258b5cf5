//! The kitchen in words: of each cook, each pan, and of the whole.

use trilane_core::trace::{Outcome, SpanKind};

use super::Kitchen;
use super::scene::{Cook, Pan, Room, Scene};
use super::signs::Doing;

/// So many stuck tasks are named; the rest are counted.
const NAMED: usize = 2;

impl Kitchen {
    /// A task's name: `page[3]`, as the trace has it.
    pub fn task_name(&self, task: u32) -> String {
        self.tasks[task as usize].name(task, &self.kinds)
    }

    /// A pan in words.
    pub fn pan_words(&self, pan: &Pan) -> String {
        let name = self.task_name(pan.task);
        match pan.doing {
            Doing::Stuck(kind) => format!("{name} {}, for ever", Doing::State(kind).sign().pan),
            doing => format!("{name} {}", doing.sign().pan),
        }
    }

    pub(super) fn cook_words(&self, cook: &Cook, holder: Option<u32>) -> String {
        let sign = cook.doing.sign();
        let said = match cook.task {
            Some(task) => sign.cook.replace("{}", &self.task_name(task)),
            None => without_task(sign.cook),
        };
        let more = match (cook.doing, holder) {
            (Doing::Stuck(_), _) => ", for ever".to_owned(),
            (Doing::State(SpanKind::CoreWait), _) if cook.at_stove && self.gil => {
                "; nobody else may use the stove meanwhile".to_owned()
            }
            (Doing::State(SpanKind::GilWait), Some(other)) => {
                format!("; {} has it", self.threads[other as usize].name())
            }
            _ => String::new(),
        };
        format!("{} {said}{more}", cook.name)
    }

    /// What is going on, the most important first.
    pub(super) fn sentences(&self, scene: &Scene) -> Vec<String> {
        let mut told = Vec::new();
        if scene.is_deadlocked {
            self.tell_deadlock(&mut told);
        }
        let calls = scene
            .pans
            .iter()
            .filter(|pan| pan.doing.kind() == SpanKind::LoopWait)
            .count();
        for room in &scene.rooms {
            self.tell_loop(room, calls, &mut told);
        }
        tell_stoves(scene, &mut told);
        tell_pans(scene, &mut told);
        let all = self.tasks.len();
        told.push(match (scene.plates.len(), scene.orders.len()) {
            (done, _) if done == all => {
                format!("All {all} {} served.", plural(all, "dish is", "dishes are"))
            }
            (done, 0) => format!("{done} of {all} dishes served."),
            (done, orders) => format!(
                "{done} of {all} dishes served; {orders} {} on the rail.",
                plural(orders, "order hangs", "orders hang")
            ),
        });
        told
    }

    fn tell_deadlock(&self, told: &mut Vec<String>) {
        let Outcome::Deadlock(all) = &self.outcome else {
            return;
        };
        let is_circle = all.iter().all(|stuck| !stuck.held_by.is_empty());
        told.push(match is_circle {
            true => "Nobody can ever go on: each waits for another.".to_owned(),
            false => "Nobody can ever go on.".to_owned(),
        });
        for stuck in all.iter().take(NAMED) {
            let by = stuck.held_by.join(" and ");
            let held = match (stuck.held_by.len(), stuck.on.starts_with("lock")) {
                (0, _) => String::new(),
                (many, true) => format!(", which {by} {}", plural(many, "has", "have")),
                (_, false) => format!(" ({by})"),
            };
            told.push(format!("{} waits for {}{held}.", stuck.task, stuck.on));
        }
        if all.len() > NAMED {
            told.push(format!("So do {} more.", all.len() - NAMED));
        }
    }

    fn tell_loop(&self, room: &Room, calls: usize, told: &mut Vec<String>) {
        let mut cooks = room.cooks.iter();
        let Some(cook) = cooks.find(|cook| Some(cook.thread) == self.event_loop) else {
            return;
        };
        let name = cook.words.replacen("loop ", "The loop's cook ", 1);
        let (call, calls) = (plural(calls, "pan calls", "pans call"), calls);
        let is_deaf = cook.doing == Doing::Stares || cook.doing == Doing::State(SpanKind::Native);
        match (cook.doing, calls) {
            (Doing::State(SpanKind::Idle), 0) => {}
            (Doing::State(SpanKind::Idle), _) => {
                told.push(format!(
                    "{calls} {call}, and the loop's cook has not looked up yet."
                ));
            }
            (_, 0) if is_deaf => told.push(format!("{name}.")),
            (_, 0) => {}
            _ => told.push(format!("{name}: {calls} {call} meanwhile.")),
        }
    }
}

/// A sentence about a cook with nothing in hand.
fn without_task(said: &str) -> String {
    let cut = [" for {}", " with {}", " of {}", " to take {}"];
    match cut.iter().find(|part| said.contains(*part)) {
        Some(part) => said.replacen(part, "", 1),
        None => said.replace("{}", "something"),
    }
}

fn tell_stoves(scene: &Scene, told: &mut Vec<String>) {
    let mut cooks: Vec<&Cook> = Vec::new();
    for room in &scene.rooms {
        let line = room.in_line().count();
        let holder = room.at_stove().next();
        match (room.shared_stove, holder, line) {
            (true, Some(cook), 1..) => told.push(format!(
                "{} has the stove of {}; {line} {} in line for it.",
                cook.name,
                room.name,
                plural(line, "cook stands", "cooks stand")
            )),
            (true, None, 1..) => told.push(format!("The stove of {} changes hands.", room.name)),
            (_, Some(_), _) => {
                let cooking = |cook: &&Cook| cook.doing == Doing::State(SpanKind::Python);
                cooks.extend(room.at_stove().filter(cooking));
            }
            _ => {}
        }
    }
    match cooks.as_slice() {
        [] => {}
        [only] if scene.pans.is_empty() => told.push(format!("{}.", only.words)),
        [_] => {}
        all => told.push(format!(
            "{} cooks cook at once, each at a stove of its own.",
            all.len()
        )),
    }
    let doing = |kind: SpanKind| {
        let cooks = scene.rooms.iter().flat_map(|room| &room.cooks);
        cooks
            .filter(|cook| cook.doing == Doing::State(kind))
            .count()
    };
    let carry = doing(SpanKind::Pickle) + doing(SpanKind::Transfer);
    if carry > 0 {
        told.push(format!(
            "{carry} {} dishes for other kitchens.",
            plural(carry, "cook packs or carries", "cooks pack or carry")
        ));
    }
    let plugs = doing(SpanKind::CoreWait);
    if plugs > 0 {
        told.push(format!(
            "{plugs} {} for a free socket.",
            plural(plugs, "cook waits", "cooks wait")
        ));
    }
    let deliveries = doing(SpanKind::Io);
    if deliveries > 0 {
        told.push(format!(
            "{deliveries} {} for a delivery, and {} no stove.",
            plural(deliveries, "cook waits", "cooks wait"),
            plural(deliveries, "needs", "need")
        ));
    }
}

fn tell_pans(scene: &Scene, told: &mut Vec<String>) {
    let simmers = scene
        .pans
        .iter()
        .filter(|pan| pan.doing == Doing::State(SpanKind::Io))
        .count();
    if simmers > 0 {
        told.push(format!(
            "{simmers} {} by {}, without a cook.",
            plural(simmers, "pan simmers", "pans simmer"),
            plural(simmers, "itself", "themselves")
        ));
    }
}

pub(super) const fn plural<'w>(many: usize, one: &'w str, more: &'w str) -> &'w str {
    match many {
        1 => one,
        _ => more,
    }
}
