//! Kitchens: the stove and the line for it, then everybody else, then the pans without a cook.

use super::cooks::burns;
use super::pile::slots;
use super::tables::SHELF;
use super::{Frame, GAP, Place, Stage};
use crate::draw::Font;
use crate::kitchen::Plot;
use crate::kitchen::scene::{Cook, Room};
use crate::palette::Chrome;

const SIGN: Font = Font::sans(12.0).bold();
/// Above the cooks: the kitchen's name.
const SIGN_PX: f32 = 26.0;
/// A cook, its name, its task, and what it does, px.
pub(super) const CELL_PX: f32 = 124.0;
/// More kitchens than this are drawn as one.
const MOST_WIDE: usize = 9;
const MOST_NARROW: usize = 7;
/// A kitchen in the last line gets at most this much more than it needs, px.
const MOST_SPARE_PX: f32 = 120.0;
/// Other faces than the one that was measured are wider.
const LOOSE: f32 = 1.06;

/// How a kitchen's ground is divided.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    /// Cells in a row.
    pub(super) columns: usize,
    /// Cells for the stove and the line.
    pub(super) stove: usize,
    /// Cells for everybody else, after those.
    pub(super) floor: usize,
    pub(super) rows: usize,
}

impl Frame<'_> {
    pub(super) fn cell(&self) -> f32 {
        if self.wide { 94.0 } else { 76.0 }
    }

    fn pad(&self) -> f32 {
        if self.wide { 10.0 } else { 4.0 }
    }

    /// All kitchens: as many beside each other as there is room for, each line filled.
    pub(super) fn rooms(&self, top: f32, stage: &mut Stage) -> f32 {
        let (plots, rooms) = (&self.kitchen.rooms, &self.scene.rooms);
        let most = if self.wide { MOST_WIDE } else { MOST_NARROW };
        let singly = match rooms.len() > most {
            true => most - 1,
            false => rooms.len(),
        };
        let mut y = top;
        let mut next = 0;
        while next < singly {
            let past = self.line_of_rooms(next, singly);
            let line = next..past;
            let needs: f32 = plots[line.clone()].iter().map(|plot| self.need(plot)).sum();
            let spare = self.width() - needs - GAP * (line.len() - 1) as f32;
            let mut spare = spare / line.len() as f32;
            if next > 0 && past == singly {
                spare = spare.min(MOST_SPARE_PX);
            }
            let places = || {
                plots[line.clone()].iter().scan(self.left, |x, plot| {
                    let width = self.need(plot) + spare;
                    let at = *x;
                    *x += width + GAP;
                    Some((at, width))
                })
            };
            let heights = plots[line.clone()]
                .iter()
                .zip(&rooms[line.clone()])
                .zip(places());
            let height = heights
                .map(|((plot, room), (_, width))| self.height(plot, room, width))
                .fold(0.0, f32::max);
            for (at, (x, width)) in line.clone().zip(places()) {
                self.room(at, (x, y), (width, height), stage);
            }
            y += height + GAP;
            next = past;
        }
        if singly < rooms.len() {
            y = self.many(&plots[singly..], &rooms[singly..], y, stage) + GAP;
        }
        y
    }

    /// How many kitchens from `first` on stand beside each other: where that line ends.
    fn line_of_rooms(&self, first: usize, most: usize) -> usize {
        let mut width = -GAP;
        for at in first..most {
            width += self.need(&self.kitchen.rooms[at]) + GAP;
            if at > first && width > self.width() {
                return at;
            }
        }
        most
    }

    fn has_shelf(&self, plot: &Plot) -> bool {
        self.kitchen.most_pans > 0 && plot.interpreter == self.kitchen.rooms[0].interpreter
    }

    /// The width that a kitchen needs.
    fn need(&self, plot: &Plot) -> f32 {
        if self.has_shelf(plot) {
            return self.width();
        }
        let cells = plot.cells();
        (cells as f32 * self.cell() + 2.0 * self.pad()).min(self.width())
    }

    fn divide(&self, plot: &Plot, room: &Room, width: f32) -> Plan {
        let columns = ((width - 2.0 * self.pad()) / self.cell()).max(1.0) as usize;
        let most = (if self.wide { 2 } else { 3 } * columns).max(4);
        let cut = |(stove, floor): (usize, usize)| (stove.min(most), floor.min(most));
        let line = room.in_line().count();
        let now = match room.shared_stove {
            true => (1 + line, room.on_floor().count()),
            false => (
                plot.threads.len(),
                room.cooks.iter().filter(|cook| !cook.at_stove).count(),
            ),
        };
        let (stove, floor) = cut(now);
        let all = plot.crowds.iter().copied().chain([now]);
        let cells = |crowd| {
            let (stove, floor) = cut(crowd);
            stove + floor
        };
        Plan {
            columns,
            stove,
            floor,
            rows: all.map(cells).max().unwrap_or(1).div_ceil(columns),
        }
    }

    /// Where the pans without a cook stand in a kitchen, from its corner, and in how many rows.
    fn shelf_place(&self, plot: &Plot, plan: Plan, width: f32) -> ((f32, f32), (usize, usize)) {
        let cells = plot.cells();
        let used = plan.columns.min(cells) as f32 * self.cell();
        let beside = width - 2.0 * self.pad() - used - GAP;
        match beside >= 4.0 * SHELF.0 && plan.rows == 1 {
            true => (
                (self.pad() + used + GAP, SIGN_PX + 2.0),
                self.shelf_rows(beside),
            ),
            false => {
                let below = SIGN_PX + plan.rows as f32 * CELL_PX;
                (
                    (self.pad(), below),
                    self.shelf_rows(width - 2.0 * self.pad()),
                )
            }
        }
    }

    fn height(&self, plot: &Plot, room: &Room, width: f32) -> f32 {
        let plan = self.divide(plot, room, width);
        let cooks = SIGN_PX + plan.rows as f32 * CELL_PX;
        let shelf = match self.has_shelf(plot) {
            true => {
                let ((_, top), (rows, _)) = self.shelf_place(plot, plan, width);
                top + rows as f32 * SHELF.1
            }
            false => 0.0,
        };
        cooks.max(shelf) + 4.0
    }

    fn room(&self, at: usize, (x, y): (f32, f32), (width, height): (f32, f32), stage: &mut Stage) {
        let (plot, room) = (&self.kitchen.rooms[at], &self.scene.rooms[at]);
        let plan = self.divide(plot, room, width);
        let open = !room.cooks.is_empty();
        let what = if open { Place::Open } else { Place::Closed };
        stage.panel((x, y), (width, height), what);
        let sign = self.sign(plot, room, width - 20.0);
        let ink = if open { Chrome::Ink } else { Chrome::Mute };
        stage.note((x + 10.0, y + 18.0), sign, SIGN, ink);
        self.stand(plot, room, (x + self.pad(), y + SIGN_PX), plan, stage);
        if self.has_shelf(plot) {
            let ((right, down), rows) = self.shelf_place(plot, plan, width);
            self.shelf((x + right, y + down), rows, stage);
        }
    }

    /// What is over a kitchen's door, as much of it as there is room for.
    fn sign(&self, plot: &Plot, room: &Room, px: f32) -> String {
        let name = &plot.name;
        let more = match (room.cooks.is_empty(), plot.threads.len(), room.shared_stove) {
            (true, ..) => ", closed".to_owned(),
            (_, 1, _) if self.has_shelf(plot) => ": one cook, many pans".to_owned(),
            (_, 1, _) => String::new(),
            (_, many, true) => format!(": one stove for {many} cooks"),
            (_, _, false) => ": a stove for each cook".to_owned(),
        };
        let all = self.say(&format!("{name}{more}"));
        match SIGN.width(&all) * LOOSE <= px {
            true => all,
            false => {
                let short = format!("{}{more}", name.trim_end_matches("'s kitchen"));
                SIGN.fit(&self.say(&short), px)
            }
        }
    }

    /// Kitchens that there is no room for, as one.
    fn many(&self, plots: &[Plot], rooms: &[Room], y: f32, stage: &mut Stage) -> f32 {
        let columns = ((self.width() - 2.0 * self.pad()) / self.cell()).max(1.0) as usize;
        let most: usize = plots.iter().map(|plot| plot.threads.len()).sum();
        let cells = most.min(columns * if self.wide { 1 } else { 2 }).max(1);
        let cooks: Vec<&Cook> = rooms.iter().flat_map(|room| &room.cooks).collect();
        let placed = slots(&cooks, |cook| cook.doing, cells);
        let rows = cells.max(placed.len()).div_ceil(columns);
        let height = SIGN_PX + rows as f32 * CELL_PX + 4.0;
        stage.panel((self.left, y), (self.width(), height), Place::Open);
        let sign = format!(
            "{} more kitchens, each with a stove of its own",
            plots.len()
        );
        let sign = SIGN.fit(&self.say(&sign), self.width() - 20.0);
        stage.note((self.left + 10.0, y + 18.0), sign, SIGN, Chrome::Ink);
        for (n, slot) in placed.iter().enumerate() {
            let x = self.left + self.pad() + (n % columns) as f32 * self.cell();
            let top = y + SIGN_PX + (n / columns) as f32 * CELL_PX;
            if slot.members.iter().any(|cook| cook.at_stove) {
                let lit = slot.members.iter().any(|cook| burns(cook));
                stage
                    .sprites
                    .push(self.stove(plots[0].interpreter, n, (x, top), lit));
            }
            self.cook(slot, (x, top), stage);
        }
        y + height
    }
}
