//! Guess first: a bar to drag, with a hand or with keys, before anything is shown; then guess and answer
//! side by side.

use trilane_core::units::Dur;
use trilane_lessons::page::Book;
use yew::prelude::*;

use crate::learn::{Guess, PLACES, Verdict, filled};
use crate::platform;

#[derive(PartialEq, Properties)]
pub(super) struct AskProps {
    pub(super) book: std::rc::Rc<Book>,
    /// What is asked.
    pub(super) question: Html,
    /// The plan that it is asked of.
    pub(super) plan: String,
    /// What the slider goes from and to; nothing until the race was run.
    pub(super) guess: Option<Guess>,
    /// The guess is made, ns.
    pub(super) made: Callback<u64>,
}

/// The bar.
#[component]
pub(super) fn Bar(props: &AskProps) -> Html {
    let place = use_state(|| PLACES / 2);
    let labels = &props.book.labels;
    let oninput = {
        let place = place.clone();
        Callback::from(move |event: InputEvent| {
            if let Ok(at) = platform::value(&event).parse() {
                place.set(at);
            }
        })
    };
    let ns = props.guess.map(|guess| guess.at(*place));
    let told = ns.map_or_else(String::new, |ns| duration(ns, &props.book));
    let onsubmit = {
        let made = props.made.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(ns) = ns {
                made.emit(ns);
            }
        })
    };
    let share = f64::from(*place) / f64::from(PLACES) * 100.0;
    html! {
        <form class="guess" {onsubmit} data-guess={props.plan.clone()}>
            <p class="question">{ props.question.clone() }</p>
            <label><span>{ &labels.your_guess }{ " · " }<code>{ &props.plan }</code><output>{ &told }</output></span>
                <input type="range" name="guess" min="0" max={PLACES.to_string()} value={place.to_string()}
                    style={format!("--share:{share:.1}%")} aria-valuetext={told.clone()} {oninput} disabled={ns.is_none()} /></label>
            <button class="play" disabled={ns.is_none()} data-do="guess">{ &labels.run }</button>
        </form>
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct MadeProps {
    pub(super) book: std::rc::Rc<Book>,
    pub(super) guess_ns: u64,
    pub(super) answer_ns: u64,
    pub(super) again: Callback<MouseEvent>,
}

/// Guess and answer, side by side.
#[component]
pub(super) fn Made(props: &MadeProps) -> Html {
    let (labels, book) = (&props.book.labels, &props.book);
    let most = props.guess_ns.max(props.answer_ns).max(1) as f64;
    let bar = |name: &str, ns: u64, class: &'static str| {
        let share = (ns as f64 / most * 100.0).max(0.5);
        html! {
            <div class={class}><dt>{ name }</dt><dd><i style={format!("width:{share:.1}%")} /><b>{ duration(ns, book) }</b></dd></div>
        }
    };
    let times = |ratio: f64| {
        number(
            if ratio < 9.95 {
                format!("{ratio:.1}")
            } else {
                format!("{ratio:.0}")
            },
            book,
        )
    };
    let verdict = match Verdict::of(props.guess_ns, props.answer_ns) {
        Verdict::Close => labels.close.clone(),
        Verdict::TooLong(ratio) => filled(&labels.too_long, &[&times(ratio)]),
        Verdict::TooShort(ratio) => filled(&labels.too_short, &[&times(ratio)]),
    };
    html! {
        <div class="made">
            <dl>{ bar(&labels.your_guess, props.guess_ns, "of-guess") }{ bar(&labels.answer, props.answer_ns, "of-answer") }</dl>
            <p role="status" data-field="verdict">{ verdict }{ " " }
                <button class="quiet" onclick={props.again.clone()} data-do="again">{ &labels.again }</button></p>
        </div>
    }
}

/// A duration as the language writes it.
pub(in crate::components) fn duration(ns: u64, book: &Book) -> String {
    number(Dur::from_nanos(ns).to_string(), book)
}

/// A number as the language writes it.
fn number(text: String, book: &Book) -> String {
    match book.decimal {
        '.' => text,
        mark => text.replace('.', &mark.to_string()),
    }
}
