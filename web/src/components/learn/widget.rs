//! A widget in the text: a race or its lanes, a playhead, a knob or two, a guess.

use std::rc::Rc;

use trilane_core::profile;
use trilane_core::scenario::controls;
use trilane_lessons::block::Widget as Kind;
use trilane_lessons::page::{Book, Node, Widget};
use yew::prelude::*;

use super::desk::{self, Job, Look};
use super::guess::{Bar, Made};
use super::remote::use_remote;
use super::runs::{Knobs, Runs};
use super::{Reading, text};
use crate::components::choose::Flowchart;
use crate::components::playhead::use_playing;
use crate::learn::{Act, Guess, View};
use crate::link::{self, Linked, packed};
use crate::place::Place;
use crate::platform;
use crate::wire::{Question, Surface, Tongue};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) widget: Widget,
    pub(super) reading: Reading,
}

/// A widget's state is a reducer of its own.
#[derive(Clone, PartialEq)]
pub(super) struct Store(pub(super) View);

impl Reducible for Store {
    type Action = Act;

    fn reduce(self: Rc<Self>, act: Act) -> Rc<Self> {
        Rc::new(Store(self.0.after(act)))
    }
}

#[component]
pub(super) fn Played(props: &Props) -> Html {
    let Props { widget, reading } = props;
    let store = {
        let (text, at_ns) = (widget.scenario.clone(), widget.at_ns);
        use_reducer(move || Store(View::new(&text.unwrap_or_default(), at_ns)))
    };
    let result = use_state(|| None::<Result<Rc<desk::Played>, String>>);
    let node = use_node_ref();
    use_sight(&node, &store, props);
    use_race(props, &store, &result);
    use_remote(props, &store, result.as_ref());
    let dispatch = store.dispatcher();
    use_playing(store.0.playing, move |ms| dispatch.dispatch(Act::Tick(ms)));
    let caption = text::plain(&widget.caption);
    let name = match caption.is_empty() {
        true => text::plain(&widget.claim),
        false => caption,
    };
    let made = reading.progress.guess(&reading.chapter, &widget.id);
    let hidden = widget.guess.is_some() && made.is_none();
    html! {
        <section class={classes!("widget", widget.kind.name())} id={text::place(&widget.id)} ref={node}
            aria-label={name} data-widget={widget.kind.name()} data-id={widget.id.clone()}
            data-race={result.as_ref().and_then(|result| result.as_ref().ok()).map(|played| played.shown.race.to_string())}
            data-state={if matches!(&*result, Some(Ok(_))) || widget.kind == Kind::Choose { "ready" } else { "busy" }}>
            { heading(widget, reading) }
            { match &*result {
                _ if widget.kind == Kind::Choose => html! {
                    <Flowchart book={reading.book.clone()} chapter={chart_chapter(reading)} home={reading.home.clone()} />
                },
                Some(Err(why)) => html! { <pre class="wrong" role="alert">{ why }</pre> },
                _ if hidden => ask(props, &store, result.as_ref()),
                Some(Ok(played)) => answered(props, &store, played, made),
                None => html! { <p class="mute">{ &reading.book.labels.simulating }</p> },
            } }
            if !widget.caption.is_empty() { <p class="caption">{ words(&widget.caption, reading) }</p> }
        </section>
    }
}

/// The chapter in which each end of the flowchart has its race: this one, or the page's own for a widget that stands
/// in none.
fn chart_chapter(reading: &Reading) -> String {
    match reading.home.is_empty() {
        true => reading.chapter.clone(),
        false => "choosing".to_owned(),
    }
}

fn words(nodes: &[Node], reading: &Reading) -> Html {
    nodes.iter().map(|node| text::node(node, reading)).collect()
}

fn heading(widget: &Widget, reading: &Reading) -> Html {
    let labels = &reading.book.labels;
    match widget.kind {
        Kind::Quiz => html! {
            <><p class="kicker">{ &labels.believe }</p><blockquote class="believed">{ words(&widget.claim, reading) }</blockquote></>
        },
        _ if widget.guess.is_some() => html! { <p class="kicker">{ &labels.guess_first }</p> },
        _ => html! {},
    }
}

/// The question, before anything is shown.
fn ask(
    props: &Props,
    store: &UseReducerHandle<Store>,
    result: Option<&Result<Rc<desk::Played>, String>>,
) -> Html {
    let Props { widget, reading } = props;
    let runs = result
        .and_then(|result| result.as_ref().ok())
        .map(|played| {
            let rows = played.shown.rows.iter();
            Guess::around(
                rows.filter_map(|row| row.run.as_ref().ok())
                    .map(|run| run.makespan_ns),
            )
        });
    let made = {
        let (guessed, id, dispatch) = (
            reading.guessed.clone(),
            widget.id.clone(),
            store.dispatcher(),
        );
        Callback::from(move |ns: u64| {
            guessed.emit((id.clone(), Some(ns)));
            // Whoever wants no motion sees all of it at once.
            if !platform::wants_no_motion() {
                dispatch.dispatch(Act::Start);
            }
        })
    };
    let plan = widget
        .guess
        .and_then(|at| widget.plans.get(at))
        .cloned()
        .unwrap_or_default();
    html! {
        <Bar book={reading.book.clone()} question={words(&widget.question, reading)} {plan} guess={runs} {made} />
    }
}

/// The runs, with the guess that was made.
fn answered(
    props: &Props,
    store: &UseReducerHandle<Store>,
    played: &Rc<desk::Played>,
    made: Option<u64>,
) -> Html {
    let Props { widget, reading } = props;
    let view = &store.0;
    let answer = widget.guess.and_then(|at| played.shown.rows.get(at));
    let answer = answer
        .and_then(|row| row.run.as_ref().ok())
        .map(|run| run.makespan_ns);
    let again = {
        let (guessed, id) = (reading.guessed.clone(), widget.id.clone());
        Callback::from(move |_: MouseEvent| guessed.emit((id.clone(), None)))
    };
    let carried = packed::pack(&Linked {
        text: view.text.clone(),
        plans: widget.plans.clone(),
        python: profile::default_python().to_owned(),
        ..Linked::default()
    });
    let lab = link::whole(Place::Lab, &carried);
    let knobs = controls(&view.text);
    let knobs = widget
        .knobs
        .iter()
        .filter_map(|key| knobs.iter().find(|knob| knob.key == *key));
    html! {
        <>
        if let (Some(guess_ns), Some(answer_ns)) = (made, answer) {
            <Made book={reading.book.clone()} {guess_ns} {answer_ns} {again} />
        }
        <Runs book={reading.book.clone()} played={played.clone()} look={look(widget.kind)} dark={reading.dark}
            id={text::place(&widget.id)} width_px={reading.width_px}
            playhead_ns={view.at_ns()} playing={view.playing} dispatch={store.dispatcher()} />
        <Knobs book={reading.book.clone()} knobs={knobs.cloned().collect::<Vec<_>>()} turned={view.turned()} dispatch={store.dispatcher()} />
        if !widget.why.is_empty() { <p class="why">{ words(&widget.why, reading) }</p> }
        <p class="more"><a href={format!("{}{lab}", reading.home)} target={(!reading.home.is_empty()).then_some("_blank")}>{ &reading.book.labels.lab }</a></p>
        </>
    }
}

/// The widget's name, which no other chapter has.
fn who(props: &Props) -> String {
    format!("{}/{}", props.reading.chapter, props.widget.id)
}

/// The language of a book's pictures, where that is not English.
fn tongue(book: &Book) -> Option<Tongue> {
    (!book.phrases.is_empty()).then(|| Tongue {
        phrases: book.phrases.clone(),
        decimal: book.decimal,
    })
}

/// How rows are looked at.
fn look(kind: Kind) -> Look {
    match kind {
        Kind::Timeline => Look::Lanes,
        Kind::Kitchen => Look::Kitchens,
        Kind::Race | Kind::Quiz | Kind::Choose => Look::Bars,
    }
}

#[hook]
fn use_sight(node: &NodeRef, store: &UseReducerHandle<Store>, props: &Props) {
    let (node, dispatch) = (node.clone(), store.dispatcher());
    let (desk, who) = (props.reading.desk.clone(), who(props));
    use_effect_with((), move |()| {
        let seen = platform::learn::on_sight(&node, move |seen| dispatch.dispatch(Act::Seen(seen)));
        move || {
            drop(seen);
            desk.forget(&who);
        }
    });
}

/// Whoever is in sight has a race run, for every change of it.
#[hook]
fn use_race(
    props: &Props,
    store: &UseReducerHandle<Store>,
    result: &UseStateHandle<Option<Result<Rc<desk::Played>, String>>>,
) {
    let Props { widget, reading } = props;
    let surface = Surface {
        width_px: reading.width_px,
        density: platform::density() as f32,
        dark: reading.dark,
        log: false,
    };
    let language = reading.book.code.clone();
    let wanted = (store.0.text.clone(), surface, language, store.0.seen);
    let before = use_mut_ref(|| None::<(String, Surface, String)>);
    let (who, widget, reading) = (who(props), widget.clone(), reading.clone());
    let (dispatch, result) = (store.dispatcher(), result.clone());
    use_effect_with(wanted, move |(text, surface, language, seen)| {
        let wanted = (text.clone(), *surface, language.clone());
        if !seen {
            reading.desk.forget(&who);
        } else if widget.kind != Kind::Choose
            && surface.width_px > 0
            && before.borrow().as_ref() != Some(&wanted)
        {
            let hear = {
                let before = before.clone();
                Callback::from(move |heard: Result<Rc<desk::Played>, String>| {
                    *before.borrow_mut() = Some(wanted.clone());
                    if let Ok(played) = &heard {
                        // At its end a kitchen is closed: while the quickest plan is at work, all of them are.
                        let kitchens = played.kitchens.iter();
                        let kitchen = kitchens.min_by_key(|kitchen| kitchen.end_ns());
                        let rest_ns = kitchen.map(|kitchen| kitchen.telling(None));
                        dispatch.dispatch(Act::Ran(played.shown.end_ns, rest_ns));
                    }
                    result.set(Some(heard));
                })
            };
            reading.desk.ask(Job {
                who: who.clone(),
                question: Question {
                    text: text.clone(),
                    plans: widget.plans.clone(),
                    python: profile::default_python().to_owned(),
                    ..Question::default()
                },
                surface: *surface,
                tongue: tongue(&reading.book),
                look: look(widget.kind),
                hear,
            });
        }
    });
}
