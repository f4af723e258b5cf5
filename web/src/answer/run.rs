//! One run of a race, and what is made of its trace when somebody first asks.

use trilane_core::race::Entry;
use trilane_core::report::Report;
use trilane_core::story::Story;
use trilane_core::trace::Trace;
use trilane_core::units::Dur;
use trilane_timeline::pair::Difference;
use trilane_timeline::rows::{Timeline, View};
use trilane_timeline::sheet::Selected;

use crate::learn::Spot;
use crate::wire::{AtAsk, Reply, Told};

use super::Answer;

/// Rows of an opened run, at most, in each of its groups.
const MOST_LANES: u32 = 64;

/// A run.
#[derive(Debug)]
pub(super) struct Run {
    /// What happened.
    pub(super) trace: Trace,
    /// Its figures.
    pub(super) report: Report,
    /// What was run; nothing for a file.
    pub(super) entry: Option<Entry>,
    /// The plan as it can be given back.
    pub(super) label: String,
    /// Whether it got to its end.
    pub(super) ended: bool,
    /// Its lanes in the race.
    pub(super) race: Timeline,
    /// How it differs from its prediction, where it was measured.
    pub(super) difference: Option<Difference>,
    /// The switch interval of its Python.
    pub(super) switch_interval: Dur,
    /// Its lanes by thread and by task, once opened.
    opened: [Option<Timeline>; 2],
    /// What was last selected on one of them: on that of tasks or not.
    pub(super) selected: Option<(bool, Selected)>,
    /// What can be told of it, once asked.
    story: Option<Story>,
}

impl Run {
    pub(super) fn new(
        trace: Trace,
        report: Report,
        entry: Option<Entry>,
        label: String,
        switch_interval: Dur,
    ) -> Run {
        Run {
            ended: report.outcome == "completed",
            race: Timeline::new(&trace, View::Race, super::lanes::MOST_ROWS),
            trace,
            report,
            entry,
            label,
            difference: None,
            switch_interval,
            opened: [None, None],
            selected: None,
            story: None,
        }
    }

    /// Its lanes, a thread or a task each.
    pub(super) fn timeline(&mut self, tasks: bool) -> &Timeline {
        let view = if tasks { View::Tasks } else { View::Threads };
        let trace = &self.trace;
        self.opened[usize::from(tasks)]
            .get_or_insert_with(|| Timeline::new(trace, view, MOST_LANES))
    }

    /// The same, once [`Run::timeline`] made them, with the trace they are of.
    pub(super) fn opened(&mut self, tasks: bool) -> (&Trace, &Timeline) {
        self.timeline(tasks);
        self.made(tasks)
    }

    /// The same, of lanes that were made before.
    pub(super) fn made(&self, tasks: bool) -> (&Trace, &Timeline) {
        let timeline = self.opened[usize::from(tasks)].as_ref();
        (&self.trace, timeline.expect("they were just made"))
    }

    /// Tells an instant, or the one at which something happens next to it.
    pub(super) fn at(&mut self, ask: &AtAsk) -> Answer {
        let (trace, interval) = (&self.trace, self.switch_interval);
        let story = self
            .story
            .get_or_insert_with(|| Story::new(trace, interval));
        let at_ns = match ask.step {
            0 => ask.at_ns,
            1.. => story.next(ask.at_ns).unwrap_or(ask.at_ns),
            _ => story.previous(ask.at_ns).unwrap_or(0),
        };
        let moment = story.at(trace, at_ns, None);
        let counters = moment.counters.into_iter();
        Reply::At(Box::new(Told {
            of: ask.of,
            at_ns,
            headline: moment.headline,
            sentences: moment.sentences,
            rule: moment.rule.map(|rule| {
                let (chapter, heading) = rule.lesson;
                let lesson = Spot::address(chapter, heading);
                [rule.name.to_owned(), rule.source.to_owned(), lesson]
            }),
            counters: counters
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }))
        .into()
    }
}
