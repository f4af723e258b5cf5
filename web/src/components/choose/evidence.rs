//! The evidence: every plan that was run, ranked, with the interval that half of its runs are in.

use std::rc::Rc;

use trilane_lessons::page::Book;
use yew::prelude::*;

use super::words;
use crate::components::learn::guess::duration;
use crate::learn::filled;
use crate::wire::{Advised, Ranked};

/// Plans that are shown at first.
const FIRST: usize = 8;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) book: Rc<Book>,
    pub(super) advised: Rc<Advised>,
}

#[component]
pub(super) fn Evidence(props: &Props) -> Html {
    let all = use_state(|| false);
    let Props { book, advised } = props;
    let words = &book.labels.choose.outcome;
    let best = advised.best.map(|at| at as usize);
    let shown = |at: usize| *all || at < FIRST || Some(at) == best;
    let rows: Vec<(usize, &Ranked)> = (advised.ranking.iter().enumerate())
        .filter(|(at, _)| shown(*at))
        .collect();
    let elsewhere: Vec<&Ranked> = advised
        .elsewhere
        .iter()
        .take(if *all { 9 } else { 1 })
        .collect();
    let range = Range::of(
        rows.iter()
            .map(|(_, row)| *row)
            .chain(elsewhere.iter().copied()),
    );
    let made = filled(
        &words.made,
        &[
            &advised.seeds.to_string(),
            &advised.cores.to_string(),
            &advised.python,
        ],
    );
    let more = {
        let all = all.clone();
        Callback::from(move |_: MouseEvent| all.set(true))
    };
    let hidden = advised.ranking.len() > rows.len();
    html! {
        <section data-field="evidence">
            <h2 id="evidence">{ &words.evidence }</h2>
            <p class="mute">{ made }
                if advised.one_task_in[0] > 1 { { " " }{ filled(&words.sampled, &[&advised.one_task_in[0].to_string()]) } }</p>
            <div class="ranking" role="table" aria-labelledby="evidence">
                <div role="row" class="heads">
                    <span role="columnheader">{ &words.plan }</span><span role="columnheader">{ &words.median }</span>
                    <span role="columnheader">{ &words.half }</span><span role="columnheader">{ &words.speedup }</span>
                    <span role="columnheader">{ &words.held }</span>
                </div>
                { for rows.iter().map(|(at, row)| ranked(row, Some(*at) == best, &range, book)) }
                if !elsewhere.is_empty() {
                    <div role="row" class="apart"><span role="cell">{ &words.other_python }</span></div>
                    { for elsewhere.iter().map(|row| ranked(row, false, &range, book)) }
                }
            </div>
            if hidden {
                <p class="bar"><button onclick={more} data-do="all">{ filled(&words.all, &[&advised.ranking.len().to_string()]) }</button></p>
            }
        </section>
    }
}

fn ranked(row: &Ranked, best: bool, range: &Range, book: &Book) -> Html {
    let done = row.ended.is_ok();
    let time = match &row.ended {
        Ok(()) => duration(row.median_ns, book),
        Err(outcome) => book.say(outcome),
    };
    let [low, high] = row.half_ns.map(|ns| duration(ns, book));
    let half = match () {
        () if !done => String::new(),
        () if low == high => low,
        () => format!("{low} – {high}"),
    };
    let speedup = row.speedup.map_or_else(String::new, |times| {
        format!("{}×", words::times(times, book))
    });
    html! {
        <div role="row" data-plan={row.plan.clone()} data-best={best.then_some("")} data-median-ns={done.then(|| row.median_ns.to_string())}>
            <span role="cell" class="plan">if best { <span class="badge good"><span aria-hidden="true">{ "★" }</span><span class="out">{ filled(&book.labels.choose.outcome.take, &[&row.plan]) }</span></span>{ " " } }<code>{ &row.plan }</code></span>
            <span role="cell" class="median">{ time }</span>
            <span role="cell" class="half">if done { { range.mark(row) } }<small>{ half }</small></span>
            <span role="cell" class="speedup">{ speedup }</span>
            <span role="cell" class="held">{ book.say(&row.held) }</span>
        </div>
    }
}

/// From the shortest to the longest, by their logarithms: plans differ by factors.
struct Range {
    from: f64,
    to: f64,
}

impl Range {
    fn of<'a>(rows: impl Iterator<Item = &'a Ranked>) -> Range {
        let times = rows
            .filter(|row| row.ended.is_ok())
            .flat_map(|row| row.half_ns);
        let (mut from, mut to) = (u64::MAX, 0);
        for ns in times {
            (from, to) = (from.min(ns), to.max(ns));
        }
        Range {
            from: (from.min(to).max(1) as f64).ln(),
            to: (to.max(1) as f64).ln(),
        }
    }

    /// Where it stands, in percent of the room.
    fn at(&self, ns: u64) -> f64 {
        let room = (self.to - self.from).max(1e-9);
        ((ns.max(1) as f64).ln() - self.from).clamp(0.0, room) / room * 100.0
    }

    /// The interval as a bar, the median as a point on it.
    fn mark(&self, row: &Ranked) -> Html {
        let [low, high] = row.half_ns.map(|ns| self.at(ns));
        let style = format!(
            "--low:{low:.1}%;--high:{high:.1}%;--median:{:.1}%",
            self.at(row.median_ns)
        );
        html! { <i class="interval" {style} aria-hidden="true"><i /><b /></i> }
    }
}
