//! What the answers end in: the plan, whether flowchart and simulation agree, why, and what speaks for it.

use std::rc::Rc;

use trilane_core::advice::Family;
use trilane_lessons::page::Book;
use yew::prelude::*;

use super::consult::{Consult, Progress};
use super::evidence::Evidence;
use super::flips::Flips;
use super::words;
use crate::components::learn::guess::duration;
use crate::components::listing::Listing;
use crate::learn::{Spot, filled};
use crate::wire::{Advised, Advising, Ranked, Stage};

/// A plan within this of the best is as good: 2 %.
const LEVEL: f64 = 1.02;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) book: Rc<Book>,
    /// Where the answers have led.
    pub(super) end: Family,
    /// Where the scenario's own numbers lead.
    pub(super) answer: Family,
    pub(super) consult: Consult,
    pub(super) lab: String,
    pub(super) dark: bool,
}

#[component]
pub(super) fn Outcome(props: &Props) -> Html {
    let words = &props.book.labels.choose.outcome;
    match &props.consult.known.advice {
        Progress::Idle => html! {},
        Progress::Working(advising) => working(props, *advising),
        Progress::Cancelled => again(props, &words.cancelled),
        Progress::Failed(why) => again(props, &filled(&words.failed, &[why])),
        Progress::Done(advised) => done(props, advised),
    }
}

/// How far it is, and the way to end it.
fn working(props: &Props, advising: Advising) -> Html {
    let words = &props.book.labels.choose.outcome;
    let Advising { stage, done, of } = advising;
    let label = match stage {
        Stage::Ranking => &words.ranking,
        Stage::Jitter => &words.jitter,
        Stage::Knobs => &words.knobs,
    };
    let told = filled(label, &[&done.to_string(), &of.to_string()]);
    let cancel = {
        let consult = props.consult.clone();
        Callback::from(move |_: MouseEvent| consult.cancel())
    };
    html! {
        <section class="going" data-field="advising">
            <progress max={of.max(1).to_string()} value={done.to_string()} aria-label={told.clone()} />
            <p>{ told }</p>
            <button onclick={cancel} data-do="cancel">{ &words.cancel }</button>
        </section>
    }
}

fn again(props: &Props, why: &str) -> Html {
    let begin = {
        let consult = props.consult.clone();
        Callback::from(move |_: MouseEvent| consult.begin())
    };
    html! {
        <section data-field="ended"><p role="status">{ why }</p>
            <p class="bar"><button class="play" onclick={begin} data-do="work-out">{ &props.book.labels.choose.outcome.work_out }</button></p></section>
    }
}

fn done(props: &Props, advised: &Rc<Advised>) -> Html {
    let book = &props.book;
    let words = &book.labels.choose.outcome;
    let best = advised.best.and_then(|at| advised.ranking.get(at as usize));
    let heading = best.map_or_else(
        || words.never.clone(),
        |best| filled(&words.take, &[&best.plan]),
    );
    html! {
        <div class="outcome" data-field="outcome" data-best={best.map(|best| best.plan.clone())}>
            <div role="status"><h2 class="take">{ heading }</h2></div>
            if let Some(best) = best { { verdict(props, advised, best) } }
            <section class="why"><h2>{ &words.why }</h2>
                <ul data-field="because">{ for advised.because.iter().map(|said| html! { <li>{ book.say(said) }</li> }) }</ul></section>
            if let Some(best) = best { { sides(best.family, book) } }
            <Evidence book={book.clone()} advised={advised.clone()} />
            <Flips book={book.clone()} advised={advised.clone()} consult={props.consult.clone()} dark={props.dark} />
            if let Some(best) = best {
                <section><h2>{ &words.program }</h2>
                    <p class="mute"><code>{ &best.plan }</code>{ ". " }{ &words.program_about }</p>
                    <Listing code={advised.code.clone()} copy={words.copy.clone()} save={words.save.clone()} copied={Callback::noop()} /></section>
            }
            <p class="more"><a href={props.lab.clone()}>{ &words.lab }</a></p>
        </div>
    }
}

/// How flowchart and simulation stand to each other.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stand {
    /// They name the same family.
    Same,
    /// The simulation names interpreters, the flowchart's processes in one process.
    Idea,
    /// The flowchart's plan is as good.
    Level,
    /// It is so many times slower.
    Slower(f64),
    /// It does not get to the end, or was not run.
    Stuck,
}

/// The fastest plan of the flowchart's family, and how it stands to the plan to take.
fn stand<'a>(end: Family, best: &Ranked, ranking: &'a [Ranked]) -> (Option<&'a Ranked>, Stand) {
    let thumb = ranking.iter().find(|row| row.family == end);
    let stand = match thumb {
        _ if best.family == end => Stand::Same,
        _ if best.family == Family::Interpreters && end == Family::Processes => Stand::Idea,
        Some(row) if row.ended.is_ok() => {
            match row.median_ns as f64 / best.median_ns.max(1) as f64 {
                ratio if ratio <= LEVEL => Stand::Level,
                ratio => Stand::Slower(ratio),
            }
        }
        _ => Stand::Stuck,
    };
    (thumb, stand)
}

/// Whether they agree, both side by side where they do not, and why.
fn verdict(props: &Props, advised: &Advised, best: &Ranked) -> Html {
    let book = &props.book;
    let words = &book.labels.choose.outcome;
    let (thumb, stand) = stand(props.end, best, &advised.ranking);
    let end = &words::side(props.end, &book.labels.choose).name;
    let told = match stand {
        Stand::Same => words.agree.clone(),
        Stand::Idea => filled(&words.same_idea, &[&best.plan]),
        Stand::Level => {
            let plan = thumb.map_or(end, |row| &row.plan);
            filled(&words.level, &[plan, &best.plan])
        }
        Stand::Slower(ratio) => filled(
            &words.disagree,
            &[end, &best.plan, &words::times(ratio, book)],
        ),
        Stand::Stuck => filled(&words.stuck, &[end, &best.plan]),
    };
    let agrees = !matches!(stand, Stand::Slower(_) | Stand::Stuck);
    let class = if agrees { "agree" } else { "disagree" };
    let other = (props.answer != props.end).then(|| {
        let own = &words::side(props.answer, &book.labels.choose).name;
        filled(&words.elsewhere, &[own])
    });
    html! {
        <section class={classes!("stand", class)} data-field="stand" data-agrees={agrees.to_string()}>
            <p class="verdict">{ told }{ other.map(|other| html! { <>{ " " }<span data-field="elsewhere">{ other }</span></> }) }</p>
            if let Some(thumb) = thumb.filter(|thumb| thumb.plan != best.plan) {
                <div class="two">{ card(&words.flowchart, thumb, book) }{ card(&words.simulation, best, book) }</div>
            }
        </section>
    }
}

fn card(heading: &str, row: &Ranked, book: &Book) -> Html {
    let time = match &row.ended {
        Ok(()) => duration(row.median_ns, book),
        Err(outcome) => book.say(outcome),
    };
    html! {
        <article data-plan={row.plan.clone()}>
            <h3>{ heading }</h3>
            <p class="head"><code>{ &row.plan }</code><strong class="time">{ time }</strong></p>
            <p class="held">{ book.say(&row.held) }</p>
        </article>
    }
}

/// What speaks for a family, and against it.
fn sides(family: Family, book: &Book) -> Html {
    let words = &book.labels.choose.outcome;
    let side = words::side(family, &book.labels.choose);
    let (chapter, anchor) = words::chapter(family);
    let list = |heading: &str, all: &[String]| {
        html! {
            <section><h2>{ heading }</h2><ul>{ for all.iter().map(|one| html! { <li>{ one }</li> }) }</ul></section>
        }
    };
    html! {
        <div class="two sides" data-field="sides">
            { list(&words.pros, &side.pros) }
            { list(&words.cons, &side.cons) }
            <p class="more"><a href={Spot::address(chapter, anchor)}>{ &words.chapter }</a></p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(family: Family, median_ns: u64) -> Ranked {
        Ranked {
            plan: family.to_string(),
            family,
            python: "3.14".to_owned(),
            median_ns,
            half_ns: [median_ns; 2],
            runs: 1,
            speedup: None,
            ended: Ok(()),
            held: String::new(),
        }
    }

    #[test]
    fn flowchart_and_simulation_are_held_against_each_other() {
        let ranking = [
            row(Family::Interpreters, 1000),
            row(Family::Asyncio, 1015),
            row(Family::Processes, 1200),
            Ranked {
                ended: Err("deadlock".to_owned()),
                ..row(Family::Threads, 10)
            },
        ];
        let check = |end: Family, best: usize, expect: Stand| {
            let (thumb, found) = stand(end, &ranking[best], &ranking);
            assert_eq!(found, expect, "{end}");
            assert!(thumb.is_none_or(|row| row.family == end));
        };
        check(Family::Interpreters, 0, Stand::Same);
        check(Family::Processes, 0, Stand::Idea);
        check(Family::Asyncio, 0, Stand::Level);
        check(Family::Processes, 1, Stand::Slower(1200.0 / 1015.0));
        check(Family::Threads, 0, Stand::Stuck);
        check(Family::Sync, 0, Stand::Stuck);
    }
}
