//! Where orders hang, pans without a cook stand, and served dishes are put.

use trilane_core::trace::SpanKind;

use super::pile::slots;
use super::{Doing, EDGE, Figure, Frame, GAP, Place, Sprite, Stage};
use crate::draw::Font;
use crate::kitchen::scene::Pan;
use crate::kitchen::words::plural;
use crate::palette::Chrome;

/// Names under pans and on orders.
pub(super) const NAME: Font = Font::sans(11.0);
const LABEL: Font = Font::sans(12.0);
/// A pan without a cook, its name and what it does under it, px.
pub(super) const SHELF: (f32, f32) = (72.0, 60.0);

/// A task, or a pile of them.
struct Thing<'a> {
    figure: Figure,
    size: (f32, f32),
    tasks: Vec<u32>,
    doing: Doing,
    label: Vec<String>,
    words: String,
    pile: &'a str,
}

impl Thing<'_> {
    fn at(self, (x, y): (f32, f32), (w, h): (f32, f32)) -> Sprite {
        let key = match self.tasks.as_slice() {
            [only] => format!("task-{only}"),
            _ => format!("pile-{}", self.pile.replace([' ', '\''], "-")),
        };
        Sprite {
            figure: self.figure,
            key,
            x,
            y,
            w,
            h,
            figure_at: ((w - self.size.0) / 2.0, 0.0),
            state: (!matches!(self.figure, Figure::Plate)).then_some(self.doing.kind()),
            label: self.label,
            words: self.words,
            threads: Vec::new(),
            tasks: self.tasks,
            carried_by: None,
        }
    }
}

impl Frame<'_> {
    /// The rail with the orders, if there ever are any.
    pub(super) fn rail(&self, top: f32, stage: &mut Stage) -> f32 {
        if self.kitchen.most_orders == 0 {
            return top;
        }
        let (w, h) = Figure::TICKET;
        let step = w + 6.0;
        let per_row = ((self.width() - 12.0 + 6.0) / step).max(1.0) as usize;
        let rows = if self.wide { 1 } else { 2 };
        let order = Doing::State(SpanKind::PoolWait);
        let placed = slots(&self.scene.orders, |_| order, per_row * rows);
        let rows = self
            .kitchen
            .most_orders
            .min(per_row * rows)
            .div_ceil(per_row);
        let height = 14.0 + rows as f32 * (h + 6.0);
        stage.panel((self.left, top), (self.width(), height), Place::Rail);
        if placed.is_empty() {
            stage.note(
                (self.left + 10.0, top + 32.0),
                self.say("no orders on the rail"),
                LABEL,
                Chrome::Mute,
            );
        }
        for (n, slot) in placed.into_iter().enumerate() {
            let at = (
                self.left + 6.0 + (n % per_row) as f32 * step,
                top + 12.0 + (n / per_row) as f32 * (h + 6.0),
            );
            let (label, words) = match slot.members.as_slice() {
                [only] => {
                    let name = self.kitchen.task_name(*only);
                    let pan = Pan {
                        task: *only,
                        doing: order,
                    };
                    (
                        NAME.fit(&name, w - 6.0),
                        self.say(&self.kitchen.pan_words(&pan)),
                    )
                }
                all => (
                    format!("×{}", all.len()),
                    self.say(&format!("{} orders hang on the rail", all.len())),
                ),
            };
            let thing = Thing {
                figure: Figure::Ticket,
                size: Figure::TICKET,
                tasks: slot.members,
                doing: order,
                label: vec![label],
                words,
                pile: "orders",
            };
            stage.sprites.push(thing.at(at, (w, h)));
        }
        top + height + GAP
    }

    /// How many rows of pans without a cook there are at most, and how many stand in a row.
    pub(super) fn shelf_rows(&self, width: f32) -> (usize, usize) {
        let per_row = (width / SHELF.0).max(1.0) as usize;
        let most = if self.wide { 2 } else { 4 };
        let rows = self.kitchen.most_pans.min(per_row * most).div_ceil(per_row);
        (rows, per_row)
    }

    /// Pans without a cook, from a corner on, in rows and places as [`Frame::shelf_rows`] has them.
    pub(super) fn shelf(
        &self,
        (x, y): (f32, f32),
        (rows, per_row): (usize, usize),
        stage: &mut Stage,
    ) {
        let mut pans = self.scene.pans.clone();
        // Those that call stand first: they are what the cook should hear.
        pans.sort_by_key(|pan| (pan.doing.kind() != SpanKind::LoopWait, pan.task));
        let placed = slots(&pans, |pan| pan.doing, rows * per_row);
        for (n, slot) in placed.into_iter().enumerate() {
            let at = (
                x + (n % per_row) as f32 * SHELF.0,
                y + (n / per_row) as f32 * SHELF.1,
            );
            let caption = match slot.doing {
                Doing::State(SpanKind::Io) => "simmers",
                doing => doing.sign().caption,
            };
            let fit = |text: &str| NAME.fit(text, SHELF.0 - 4.0);
            let (name, words) = match slot.members.as_slice() {
                [only] => (
                    fit(&self.kitchen.task_name(only.task)),
                    self.say(&self.kitchen.pan_words(only)),
                ),
                all => {
                    let what = slot.doing.sign().pan;
                    (
                        format!("×{}", all.len()),
                        self.say(&format!("{} pans, of each: it {what}", all.len())),
                    )
                }
            };
            let thing = Thing {
                figure: Figure::Pan(slot.doing),
                size: Figure::PAN,
                tasks: slot.members.iter().map(|pan| pan.task).collect(),
                doing: slot.doing,
                label: vec![name, fit(&self.say(caption))],
                words,
                pile: &format!("pans {caption}"),
            };
            stage.sprites.push(thing.at(at, (SHELF.0, SHELF.1 - 2.0)));
        }
    }

    /// The dishes that are served, the last ones singly.
    pub(super) fn pass(&self, top: f32, stage: &mut Stage) -> f32 {
        let (w, h) = Figure::PLATE;
        let (all, served) = (self.kitchen.tasks.len(), self.scene.plates.len());
        let mut text = self.say(&format!("{served} of {all} served"));
        if self.scene.coming > 0 {
            let come = plural(self.scene.coming as usize, "is", "are");
            let coming = format!("{} {come} not ordered yet", self.scene.coming);
            text.push_str(&format!(" · {}", self.say(&coming)));
        }
        let words = LABEL.fit(&text, self.width() - 20.0);
        let height = 26.0 + h + 10.0;
        stage.panel((self.left, top), (self.width(), height), Place::Pass);
        stage.note((self.left + 10.0, top + 18.0), words, LABEL, Chrome::Ink);
        let first = self.left + EDGE - 4.0;
        let room = ((self.right - first - 60.0) / (w + 3.0)).max(1.0) as usize;
        let (pile, singly) = match served > room {
            true => self.scene.plates.split_at(served - (room - 1)),
            false => self.scene.plates.split_at(0),
        };
        let (mut x, y) = (first, top + 26.0);
        if !pile.is_empty() {
            let many = format!("×{}", pile.len());
            let wide = w + 8.0 + NAME.bold().width(&many) * 1.15;
            let mut sprite = plate(
                pile.to_vec(),
                self.say(&format!("{} dishes are served", pile.len())),
            )
            .at((x, y), (wide, h));
            sprite.figure_at = (0.0, 0.0);
            sprite.label = vec![many];
            stage.sprites.push(sprite);
            x += wide + 3.0;
        }
        for task in singly {
            let words = self.say(&format!("{} is served", self.kitchen.task_name(*task)));
            stage
                .sprites
                .push(plate(vec![*task], words).at((x, y), (w, h)));
            x += w + 3.0;
        }
        top + height + GAP
    }
}

fn plate(tasks: Vec<u32>, words: String) -> Thing<'static> {
    Thing {
        figure: Figure::Plate,
        size: Figure::PLATE,
        tasks,
        doing: Doing::Done,
        label: Vec::new(),
        words,
        pile: "plates",
    }
}
