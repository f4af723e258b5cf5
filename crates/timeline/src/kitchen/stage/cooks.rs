//! Cooks in their cells, at the stove or with furniture of their own, and the pans in their hands.

use trilane_core::trace::SpanKind;

use super::pile::{Slot, slots};
use super::room::{CELL_PX, Plan};
use super::tables::NAME;
use super::{Doing, Figure, Frame, Sprite, Stage};
use crate::draw::Font;
use crate::kitchen::Plot;
use crate::kitchen::scene::{Cook, Room};

/// Where a stove stands in a cook's cell, from the figure's corner, px.
pub(in crate::kitchen) const STOVE_AT: (f32, f32) = (40.0, 44.0);
/// Where a pan in hand is, from the figure's corner, px.
const PAN_AT: (f32, f32) = (40.0, 19.0);

impl Frame<'_> {
    /// Puts everybody in their cells.
    pub(super) fn stand(
        &self,
        plot: &Plot,
        room: &Room,
        corner: (f32, f32),
        plan: Plan,
        stage: &mut Stage,
    ) {
        let place = |n: usize| {
            let (column, row) = (n % plan.columns, n / plan.columns);
            (
                corner.0 + column as f32 * self.cell(),
                corner.1 + row as f32 * CELL_PX,
            )
        };
        let stoves: Vec<&Cook> = room.at_stove().collect();
        if room.shared_stove {
            let lit = stoves.first().is_some_and(|cook| burns(cook));
            stage
                .sprites
                .push(self.stove(plot.interpreter, 0, place(0), lit));
            for (n, slot) in (0..).zip(slots(&stoves, |cook| cook.doing, 1)) {
                self.cook(&slot, place(n), stage);
            }
            let line: Vec<&Cook> = room.in_line().collect();
            let line = slots(
                &line,
                |cook| cook.doing,
                plan.stove.saturating_sub(1).max(1),
            );
            for (n, slot) in (1..).zip(line) {
                self.cook(&slot, place(n), stage);
            }
        } else if plot.threads.len() <= plan.stove {
            for (n, thread) in plot.threads.iter().enumerate() {
                let own: Vec<&Cook> = stoves
                    .iter()
                    .filter(|cook| cook.thread == *thread)
                    .copied()
                    .collect();
                let lit = own.first().is_some_and(|cook| burns(cook));
                stage
                    .sprites
                    .push(self.stove(plot.interpreter, n, place(n), lit));
                for slot in slots(&own, |cook| cook.doing, 1) {
                    self.cook(&slot, place(n), stage);
                }
            }
        } else {
            for (n, slot) in slots(&stoves, |cook| cook.doing, plan.stove)
                .iter()
                .enumerate()
            {
                stage.sprites.push(self.stove(
                    plot.interpreter,
                    n,
                    place(n),
                    slot.members.iter().any(|cook| burns(cook)),
                ));
                self.cook(slot, place(n), stage);
            }
        }
        let floor: Vec<&Cook> = match room.shared_stove {
            true => room.on_floor().collect(),
            // Nobody waits in line where each has a stove, but who lost a lock of a measured run.
            false => room.cooks.iter().filter(|cook| !cook.at_stove).collect(),
        };
        let floor = slots(&floor, |cook| cook.doing, plan.floor.max(1));
        for (n, slot) in floor.iter().enumerate() {
            self.cook(slot, place(plan.stove + n), stage);
        }
    }

    pub(super) fn stove(
        &self,
        interpreter: u32,
        n: usize,
        (x, y): (f32, f32),
        lit: bool,
    ) -> Sprite {
        let left = (self.cell() - Figure::COOK.0) / 2.0;
        let at = (x + left + STOVE_AT.0, y + STOVE_AT.1);
        let key = format!("stove-{interpreter}-{n}");
        Sprite::furniture(Figure::Stove { lit }, key, at, Figure::STOVE)
    }

    /// A cook, or a pile of cooks that do the same, with the pan that it has in hand.
    pub(super) fn cook(&self, slot: &Slot<&Cook>, (x, y): (f32, f32), stage: &mut Stage) {
        let Some(first) = slot.members.first() else {
            return;
        };
        let many = slot.members.len();
        let width = self.cell();
        let fit = |text: &str, font: Font| short(text, font, width - 3.0);
        let caption = fit(&self.say(slot.doing.sign().caption), NAME);
        let mut tasks: Vec<u32> = slot.members.iter().filter_map(|cook| cook.task).collect();
        let mut label = match many {
            1 => vec![fit(&first.name, NAME.bold())],
            _ => vec![format!("×{many}")],
        };
        if let ([task], 1) = (tasks.as_slice(), many) {
            label.push(fit(&self.kitchen.task_name(*task), NAME));
        }
        label.push(caption);
        let key = match many {
            1 => format!("thread-{}", first.thread),
            _ => format!(
                "pile-{}-thread-{}",
                slot.doing.sign().caption.replace([' ', '\''], "-"),
                first.thread
            ),
        };
        let left = (width - Figure::COOK.0) / 2.0;
        let words = match many {
            1 => self.say(&first.words),
            _ => {
                let each = slot.members.iter().map(|cook| self.say(&cook.words));
                each.collect::<Vec<_>>().join("; ")
            }
        };
        stage.sprites.push(Sprite {
            figure: Figure::Cook {
                doing: slot.doing,
                at_stove: slot.members.iter().any(|cook| cook.at_stove),
                holds: !tasks.is_empty(),
            },
            key: key.clone(),
            x,
            y,
            w: width,
            h: CELL_PX - 2.0,
            figure_at: (left, 0.0),
            state: Some(slot.doing.kind()),
            label,
            words,
            threads: slot.members.iter().map(|cook| cook.thread).collect(),
            tasks: Vec::new(),
            carried_by: None,
        });
        if tasks.is_empty() {
            return;
        }
        tasks.sort_unstable();
        let pan = match tasks.as_slice() {
            [only] => format!("task-{only}"),
            _ => format!("pans-of-{key}"),
        };
        let names: Vec<String> = tasks
            .iter()
            .map(|task| self.kitchen.task_name(*task))
            .collect();
        stage.sprites.push(Sprite {
            figure: Figure::Pan(slot.doing),
            key: pan,
            x: x + left + PAN_AT.0,
            y: y + PAN_AT.1,
            w: Figure::PAN.0,
            h: Figure::PAN.1,
            figure_at: (0.0, 0.0),
            state: Some(slot.doing.kind()),
            label: Vec::new(),
            words: names.join(", "),
            threads: Vec::new(),
            tasks,
            carried_by: Some(key),
        });
    }
}

/// Whether the flame burns for a cook: it cooks, and does not only stand there.
pub(super) fn burns(cook: &Cook) -> bool {
    cook.at_stove && cook.doing == Doing::State(SpanKind::Python)
}

/// A name that fits: its number is the last thing to go.
fn short(name: &str, font: Font, px: f32) -> String {
    if font.width(name) <= px {
        return name.to_owned();
    }
    match name.rsplit_once('-') {
        Some((word, number))
            if !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()) =>
        {
            let tail = format!("-{number}");
            font.fit(word, px - font.width(&tail)) + &tail
        }
        // Of `pool manager` the last word says more.
        _ => match name.rsplit_once(' ') {
            Some((_, last)) if name.ends_with(['r', 'm']) && font.width(last) <= px => {
                last.to_owned()
            }
            _ => font.fit(name, px),
        },
    }
}
