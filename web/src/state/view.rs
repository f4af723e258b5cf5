//! How the race is looked at: theme, the opened row, what lies over the page.

use super::State;
use crate::wire::{AtAsk, Axis, LanesAsk, Of, Pick};

/// How fast the playhead may move: simulated time by real time.
pub const RATES: [f64; 7] = [0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0];
/// A race of some hundred milliseconds plays for some seconds.
pub(super) const DEFAULT_RATE: f64 = 0.1;

/// Light, dark, or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Look {
    /// The next one of the switch.
    pub fn next(self) -> Look {
        match self {
            Look::System => Look::Light,
            Look::Light => Look::Dark,
            Look::Dark => Look::System,
        }
    }

    /// Its name, as it is kept.
    pub fn name(self) -> &'static str {
        match self {
            Look::System => "system",
            Look::Light => "light",
            Look::Dark => "dark",
        }
    }

    /// The look of a name.
    pub fn of(name: &str) -> Look {
        [Look::Light, Look::Dark]
            .into_iter()
            .find(|look| look.name() == name)
            .unwrap_or_default()
    }
}

/// What lies over the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Panel {
    /// Nothing.
    #[default]
    None,
    /// The program of the row that is looked at.
    Code,
    /// What can be saved.
    Export,
    /// The list of keys.
    Keys,
}

/// A row opened into its lanes, and how it is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// Which row.
    pub row: u32,
    /// A lane a task instead of a thread.
    pub tasks: bool,
    /// From when to when, ns; all of it where nothing is set.
    pub window: Option<(f64, f64)>,
    /// The selected span.
    pub pick: Option<Pick>,
    /// What is marked.
    pub mark: Option<Mark>,
    /// The events are shown as a table, from this one on.
    pub events: Option<u64>,
}

impl Opened {
    /// A row, opened whole.
    pub fn new(row: u32) -> Opened {
        Opened {
            row,
            tasks: false,
            window: None,
            pick: None,
            mark: None,
            events: None,
        }
    }
}

/// A stretch of time that is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// ns.
    pub from_ns: u64,
    /// ns.
    pub to_ns: u64,
}

/// The shortest time that can be looked at, ns.
const LEAST_NS: f64 = 50.0;

impl State {
    /// Another stretch of time: `factor` times as much around the time at `at_px`, then moved by `by_px`.
    /// Never further out than everything.
    ///
    /// It goes on from what was last wanted, which may not have been painted yet: keys come faster.
    pub(super) fn zoom(&mut self, factor: f64, at_px: f64, by_px: f64) {
        let (Some(open), Some((lanes, _))) = (&mut self.open, &self.lanes) else {
            return;
        };
        let (all_from, all_to) = lanes.all;
        let (start_ns, end_ns) = open.window.unwrap_or(lanes.all);
        let axis = Axis {
            start_ns,
            end_ns,
            ..lanes.axis
        };
        let factor = factor.max(LEAST_NS / (end_ns - start_ns).max(1.0));
        let scale = axis.scale().zoomed(factor, at_px).panned(by_px);
        let width = (scale.end_ns() - scale.start_ns()).min(all_to - all_from);
        let from = scale.start_ns().clamp(all_from, all_to - width);
        // All of it is no window.
        open.window = (width < (all_to - all_from) * 0.999).then_some((from, from + width));
    }

    /// The row that figures, code and narration are of: the opened one, else the best.
    pub fn focus(&self) -> Option<Of> {
        let shown = self.shown.as_ref()?;
        let ran = |row: &u32| {
            shown
                .rows
                .get(*row as usize)
                .is_some_and(|row| row.run.is_ok())
        };
        let opened = self.open.as_ref().map(|open| open.row).filter(ran);
        let best = || {
            let is_best = |row: &crate::wire::Row| row.run.as_ref().is_ok_and(|run| run.best);
            shown.rows.iter().position(is_best).map(|row| row as u32)
        };
        let first = || {
            let first = shown.rows.iter().position(|row| row.run.is_ok());
            first.map(|row| row as u32)
        };
        let row = opened.or_else(best).or_else(first)?;
        Some(Of {
            race: shown.race,
            row,
        })
    }

    /// The opened row as it is to be painted.
    pub fn lanes_ask(&self) -> Option<LanesAsk> {
        let (open, of) = (self.open.as_ref()?, self.focus()?);
        (open.row == of.row && self.surface.width_px > 0).then_some(LanesAsk {
            of,
            tasks: open.tasks,
            window: open.window,
            selected: open.pick.as_ref().map(|pick| pick.selected),
            surface: self.surface,
        })
    }

    /// The instant to be told.
    pub fn at_ask(&self) -> Option<AtAsk> {
        Some(AtAsk {
            of: self.focus()?,
            at_ns: self.playhead_ns,
            step: 0,
        })
    }
}
