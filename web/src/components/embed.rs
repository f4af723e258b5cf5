//! The Embed place: what to put into one's notes to have the Lab's scenario there, with a look at it.

use std::rc::Rc;

use serde_json::Value;
use trilane_core::scenario::{self, Format};
use trilane_lessons::block::{MOST_KNOBS, MOST_PLANS, Widget};
use trilane_lessons::labels::{Embed as Words, Host};
use trilane_lessons::page::Book;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::book::{Course, use_words};
use super::later::Shows;
use crate::api;
use crate::cut::{Part, cut};
use crate::learn::filled;
use crate::link;
use crate::place::Place;
use crate::platform::{self, checked, value};
use crate::snippets::{Snippet, Wanted};
use crate::state::State;

/// What the build says of the elements, beside the page.
const MANIFEST: &str = "./embed/v1/manifest.json";
const SCRIPT: &str = "embed/v1/";

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) store: UseReducerHandle<State>,
}

/// What is chosen here.
#[derive(Clone, PartialEq)]
struct Choice {
    kind: &'static str,
    theme: String,
    knobs: Vec<String>,
    guess: String,
    /// What a quiz says, where it was written here: until then it is in the reader's language.
    claim: Option<String>,
    why: Option<String>,
}

cut!(places, fn part() -> Shows<Props> = |props| html! { <Embed ..props.clone() /> });
pub(crate) static PART: Part<Shows<Props>> = Part::new(|| Box::pin(part()));

#[component]
fn Embed(props: &Props) -> Html {
    let store = &*props.store;
    let choice = use_state(|| Choice {
        kind: Widget::Race.name(),
        theme: "auto".to_owned(),
        knobs: vec![],
        guess: String::new(),
        claim: None,
        why: None,
    });
    let script = use_state(|| None::<Result<(String, String), Trouble>>);
    {
        let script = script.clone();
        use_effect_with((), move |()| {
            load(move |loaded| {
                script.set(Some(loaded));
                api::ready();
            });
        });
    }
    let course = use_words();
    let shown = match &course.book {
        Ok(book) => {
            let own = script.as_ref().and_then(|script| script.as_ref().ok());
            let wanted = wanted(store, &choice, &book.labels.embed, own);
            opened(store, &choice, &script, (&course, book), &wanted)
        }
        Err(why) => Course::trouble(why),
    };
    let is_ready = script.is_some() && course.book.is_ok();
    let state = if is_ready { "ready" } else { "busy" };
    html! {
        <main key="embed" class="embeds" id="place" tabindex="-1" data-place="embed" data-state={state} lang={course.code()}>
            { shown }
        </main>
    }
}

/// The form, the preview and the snippets.
fn opened(
    store: &State,
    choice: &UseStateHandle<Choice>,
    script: &Option<Result<(String, String), Trouble>>,
    (course, book): (&Course, &Rc<Book>),
    wanted: &Wanted,
) -> Html {
    let words = &book.labels.embed;
    html! {
        <>
        <aside class="left" aria-label={words.form.clone()}>
            <div class="order">{ course.choice(book) }</div>
            { form(store, choice, book) }
        </aside>
        <section class="middle" aria-label={words.look.clone()}>
            <h1>{ &words.title }</h1>
            { match script {
                Some(Ok(_)) => preview(wanted, &book.code),
                Some(Err(why)) => html! { <p class="wrong" role="alert">{ why.told(words) }</p> },
                None => html! { <p class="mute">{ "…" }</p> },
            } }
            { for wanted.snippets().into_iter().map(|snippet| html! { <Copied {snippet} book={book.clone()} /> }) }
            <p class="mute">{ print(&words.print) }</p>
        </section>
        </>
    }
}

/// A sentence with commands in its gaps.
fn print(words: &str) -> Html {
    const COMMANDS: [&str; 3] = [
        "trilane export scenario.toml -o race.svg",
        "-o race.png",
        "--kitchen --at 120ms",
    ];
    let mut rest = words;
    let mut all = Vec::new();
    for (at, command) in COMMANDS.iter().enumerate() {
        let Some((before, after)) = rest.split_once(&format!("{{{at}}}")) else {
            break;
        };
        all.push(html! { <>{ before }<code>{ *command }</code></> });
        rest = after;
    }
    all.push(html! { { rest } });
    all.into_iter().collect()
}

/// Why the elements cannot be shown.
#[derive(Clone, Debug, PartialEq)]
enum Trouble {
    /// The page was built without them.
    Missing,
    /// This address cannot be fetched.
    Failed(String),
}

impl Trouble {
    fn told(&self, words: &Words) -> String {
        match self {
            Trouble::Missing => words.missing.clone(),
            Trouble::Failed(url) => filled(&words.failed, &[url]),
        }
    }
}

/// Loads the elements' script, and gives its file and hash.
fn load(done: impl FnOnce(Result<(String, String), Trouble>) + 'static) {
    platform::learn::fetch(MANIFEST, move |bytes| {
        let named = bytes.ok().and_then(|bytes| {
            let manifest: Value = serde_json::from_slice(&bytes).ok()?;
            let text = |key: &str| Some(manifest[key].as_str()?.to_owned());
            Some((
                text("script")?.trim_start_matches("./").to_owned(),
                text("integrity")?,
            ))
        });
        let Some((file, hash)) = named else {
            return done(Err(Trouble::Missing));
        };
        spawn_local(async move {
            let url = platform::without_embed("");
            let url = format!("{}{SCRIPT}{file}", folder(&url));
            let loaded = platform::import(&url).await;
            done(match loaded {
                Ok(_) => Ok((file, hash)),
                Err(_) => Err(Trouble::Failed(url)),
            });
        });
    });
}

/// The folder of a page's address.
fn folder(url: &str) -> &str {
    url.rfind('/').map_or(url, |at| &url[..=at])
}

fn wanted(
    store: &State,
    choice: &Choice,
    words: &Words,
    script: Option<&(String, String)>,
) -> Wanted {
    let plans = &store.question.plans;
    let plans: Vec<String> = plans.iter().take(MOST_PLANS).cloned().collect();
    let known = |key: &String| store.knobs.iter().any(|knob| knob.key == *key);
    let guess = plans.iter().find(|plan| **plan == choice.guess).cloned();
    let guess = match choice.kind == Widget::Quiz.name() {
        true => guess.or_else(|| plans.last().cloned()),
        false => guess,
    };
    // The Lab may not have shown it yet.
    let text = &store.question.text;
    let title = scenario::parse(text, Format::guess("", text)).map(|scenario| scenario.title);
    Wanted {
        kind: choice.kind.to_owned(),
        title: title.unwrap_or_default(),
        text: store.question.text.clone(),
        plans,
        knobs: choice
            .knobs
            .iter()
            .filter(|key| known(key))
            .cloned()
            .collect(),
        guess,
        claim: choice.claim.as_ref().unwrap_or(&words.first_claim).clone(),
        why: choice.why.as_ref().unwrap_or(&words.first_why).clone(),
        flowchart: words.flowchart.clone(),
        theme: choice.theme.clone(),
        home: folder(&platform::without_embed("")).to_owned(),
        script: script.cloned(),
    }
}

fn form(store: &State, choice: &UseStateHandle<Choice>, book: &Book) -> Html {
    let words = &book.labels.embed;
    let set = |change: fn(&mut Choice, String)| {
        let choice = choice.clone();
        Callback::from(move |event: Event| {
            let mut next = (*choice).clone();
            change(&mut next, value(&event));
            choice.set(next);
        })
    };
    let kind = set(|choice, name| {
        let known = Widget::ALL.iter().find(|(known, _)| *known == name);
        choice.kind = known.map_or(choice.kind, |(known, _)| known);
    });
    let knob = |key: String| {
        let choice = choice.clone();
        Callback::from(move |event: Event| {
            let mut next = (*choice).clone();
            next.knobs.retain(|known| *known != key);
            if checked(&event) {
                next.knobs.push(key.clone());
            }
            choice.set(next);
        })
    };
    let full = choice.knobs.len() >= MOST_KNOBS;
    let has_work = choice.kind != Widget::Choose.name();
    html! {
        <>
        <section class="order">
        <h2>{ &words.what }</h2>
        <label class="knob"><span>{ &words.shown_as }</span><select name="kind" onchange={kind}>
            { for Widget::ALL.iter().map(|(name, _)| html! {
                <option value={*name} selected={*name == choice.kind}>{ words.kinds.get(*name).map_or(*name, String::as_str) }</option> }) }</select></label>
        <label class="knob"><span>{ &words.theme }</span><select name="theme" onchange={set(|choice, name| choice.theme = name)}>
            { for [("auto", &words.auto), ("light", &words.light), ("dark", &words.dark)].into_iter().map(|(name, label)| html! {
                <option value={name} selected={name == choice.theme}>{ label }</option> }) }</select></label>
        if has_work {
            <label class="knob"><span>{ &book.labels.guess_first }</span><select name="guess" onchange={set(|choice, plan| choice.guess = plan)}>
                <option value="" selected={choice.guess.is_empty()}>{ if choice.kind == Widget::Quiz.name() { &words.last_plan } else { &words.nothing } }</option>
                { for store.question.plans.iter().map(|plan| html! {
                    <option value={plan.clone()} selected={*plan == choice.guess}>{ plan }</option> }) }</select></label>
            if choice.kind == Widget::Quiz.name() {
                <label class="knob"><span>{ &words.claim }</span><input class="wide" name="claim" value={choice.claim.clone().unwrap_or_else(|| words.first_claim.clone())}
                    onchange={set(|choice, text| choice.claim = Some(text))} /></label>
                <label class="knob"><span>{ &words.why }</span><input class="wide" name="why" value={choice.why.clone().unwrap_or_else(|| words.first_why.clone())}
                    onchange={set(|choice, text| choice.why = Some(text))} /></label>
            }
            <fieldset><legend>{ filled(&words.knobs, &[&MOST_KNOBS.to_string()]) }</legend>
                { for store.knobs.iter().map(|control| {
                    let on = choice.knobs.contains(&control.key);
                    html! {
                        <label class="switch" key={control.key.clone()}><input type="checkbox" name={control.key.clone()} checked={on}
                            disabled={full && !on} onchange={knob(control.key.clone())} /><code>{ &control.key }</code></label>
                    }
                }) }</fieldset>
            <p class="mute">{ &words.from_lab }{ " " }<a href={link::to(Place::Lab, &store.link())}>{ &words.to_lab }</a></p>
        }
        </section>
        </>
    }
}

/// The element itself, as it will be in the notes.
fn preview(wanted: &Wanted, lang: &str) -> Html {
    let all = wanted.attributes();
    let given = |name: &str| {
        let found = all.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone())
    };
    let tag = format!("trilane-{}", wanted.kind);
    html! {
        <div class="preview" key={tag.clone()}>
            <@{tag} lang={lang.to_owned()} scenario={wanted.text.clone()} plans={given("plans")} knobs={given("knobs")} guess={given("guess")} claim={given("claim")} why={given("why")} theme={given("theme")} />
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct CopiedProps {
    snippet: Snippet,
    book: Rc<Book>,
}

/// A snippet with its button.
#[component]
fn Copied(props: &CopiedProps) -> Html {
    let Snippet { name, text } = &props.snippet;
    let labels = &props.book.labels;
    let Host { title, hint } = labels.embed.hosts.get(*name).cloned().unwrap_or_default();
    // What was copied; another text was not.
    let copied = use_state(String::new);
    let copy = {
        let (text, copied) = (text.clone(), copied.clone());
        Callback::from(move |_: MouseEvent| {
            platform::copy(&text);
            copied.set(text.clone());
        })
    };
    let said = match *copied == *text {
        true => &labels.embed.copied,
        false => &labels.choose.outcome.copy,
    };
    html! {
        <section class="snippet" data-snippet={*name} aria-label={title.clone()}>
            <div class="head"><h2>{ &title }</h2><button onclick={copy} data-do="copy" aria-label={format!("{said}: {title}")}>{ said }</button></div>
            <p class="mute">{ hint }</p>
            <pre class="code" tabindex="0">{ text }</pre>
        </section>
    }
}
