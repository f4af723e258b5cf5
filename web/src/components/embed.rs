//! The Embed place: what to put into one's notes to have the Lab's scenario there, with a look at it.

use serde_json::Value;
use trilane_lessons::block::{MOST_KNOBS, MOST_PLANS, Widget};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::later::Shows;
use crate::api;
use crate::cut::{Part, cut};
use crate::link;
use crate::place::Place;
use crate::platform::{self, checked, value};
use crate::snippets::{Snippet, Wanted};
use crate::state::State;

/// What the build says of the elements, beside the page.
const MANIFEST: &str = "./embed/v1/manifest.json";
const SCRIPT: &str = "embed/v1/";
/// Themes, as the element has them and as they are called.
const THEMES: [(&str, &str); 3] = [
    ("auto", "As the notes are"),
    ("light", "Light"),
    ("dark", "Dark"),
];

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
    claim: String,
    why: String,
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
        claim: "It takes as long as the longest task.".to_owned(),
        why: "Look at what the tasks wait for.".to_owned(),
    });
    let script = use_state(|| None::<Result<(String, String), String>>);
    {
        let script = script.clone();
        use_effect_with((), move |()| {
            load(move |loaded| {
                script.set(Some(loaded));
                api::ready();
            });
        });
    }
    let wanted = wanted(
        store,
        &choice,
        script.as_ref().and_then(|s| s.as_ref().ok()),
    );
    let state = if script.is_some() { "ready" } else { "busy" };
    html! {
        <main key="embed" class="embeds" id="place" tabindex="-1" data-place="embed" data-state={state}>
            <aside class="left" aria-label="What to embed">{ form(store, &choice) }</aside>
            <section class="middle" aria-label="How it looks">
                <h1>{ "A simulation in your notes" }</h1>
                { match &*script {
                    Some(Ok(_)) => preview(&wanted),
                    Some(Err(why)) => html! { <p class="wrong" role="alert">{ why }</p> },
                    None => html! { <p class="mute">{ "…" }</p> },
                } }
                { for wanted.snippets().into_iter().map(|snippet| html! { <Copied {snippet} /> }) }
                <p class="mute">{ "For print: " }<code>{ "trilane export scenario.toml -o race.svg" }</code>{ " or " }<code>{ "-o race.png" }</code>
                    { ", and for one instant as a kitchen " }<code>{ "--kitchen --at 120ms" }</code>{ "." }</p>
            </section>
        </main>
    }
}

/// Loads the elements' script, and gives its file and hash.
fn load(done: impl FnOnce(Result<(String, String), String>) + 'static) {
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
            return done(Err(
                "This page was built without its embed/ folder, so nothing can be shown here. \
                             `cargo xtask build` makes both."
                    .to_owned(),
            ));
        };
        spawn_local(async move {
            let url = platform::without_embed("");
            let url = format!("{}{SCRIPT}{file}", folder(&url));
            let loaded = platform::import(&url).await;
            done(match loaded {
                Ok(_) => Ok((file, hash)),
                Err(_) => Err(format!(
                    "{url} cannot be loaded: reload the page to try again."
                )),
            });
        });
    });
}

/// The folder of a page's address.
fn folder(url: &str) -> &str {
    url.rfind('/').map_or(url, |at| &url[..=at])
}

fn wanted(store: &State, choice: &Choice, script: Option<&(String, String)>) -> Wanted {
    let plans = &store.question.plans;
    let plans: Vec<String> = plans.iter().take(MOST_PLANS).cloned().collect();
    let known = |key: &String| store.knobs.iter().any(|knob| knob.key == *key);
    let guess = plans.iter().find(|plan| **plan == choice.guess).cloned();
    let guess = match choice.kind == Widget::Quiz.name() {
        true => guess.or_else(|| plans.last().cloned()),
        false => guess,
    };
    let title = store.shown.as_ref().map(|shown| shown.title.clone());
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
        claim: choice.claim.clone(),
        why: choice.why.clone(),
        theme: choice.theme.clone(),
        home: folder(&platform::without_embed("")).to_owned(),
        script: script.cloned(),
    }
}

fn form(store: &State, choice: &UseStateHandle<Choice>) -> Html {
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
        <h2>{ "What" }</h2>
        <label class="knob"><span>{ "Shown as" }</span><select name="kind" onchange={kind}>
            { for Widget::ALL.iter().map(|(name, widget)| html! {
                <option value={*name} selected={*name == choice.kind}>{ title(*widget) }</option> }) }</select></label>
        <label class="knob"><span>{ "Theme" }</span><select name="theme" onchange={set(|choice, name| choice.theme = name)}>
            { for THEMES.iter().map(|(name, label)| html! {
                <option value={*name} selected={*name == choice.theme}>{ *label }</option> }) }</select></label>
        if has_work {
            <label class="knob"><span>{ "Guess first" }</span><select name="guess" onchange={set(|choice, plan| choice.guess = plan)}>
                <option value="" selected={choice.guess.is_empty()}>{ if choice.kind == Widget::Quiz.name() { "the last plan" } else { "nothing" } }</option>
                { for store.question.plans.iter().map(|plan| html! {
                    <option value={plan.clone()} selected={*plan == choice.guess}>{ plan }</option> }) }</select></label>
            if choice.kind == Widget::Quiz.name() {
                <label class="knob"><span>{ "What is believed" }</span><input class="wide" name="claim" value={choice.claim.clone()}
                    onchange={set(|choice, text| choice.claim = text)} /></label>
                <label class="knob"><span>{ "Why it is wrong" }</span><input class="wide" name="why" value={choice.why.clone()}
                    onchange={set(|choice, text| choice.why = text)} /></label>
            }
            <fieldset><legend>{ format!("Knobs, {MOST_KNOBS} at most") }</legend>
                { for store.knobs.iter().map(|control| {
                    let on = choice.knobs.contains(&control.key);
                    html! {
                        <label class="switch" key={control.key.clone()}><input type="checkbox" name={control.key.clone()} checked={on}
                            disabled={full && !on} onchange={knob(control.key.clone())} /><code>{ &control.key }</code></label>
                    }
                }) }</fieldset>
            <p class="mute">{ "Scenario and plans are the Lab's. " }<a href={link::to(Place::Lab, &store.link())}>{ "Change them in the Lab" }</a></p>
        }
        </section>
        </>
    }
}

fn title(widget: Widget) -> &'static str {
    match widget {
        Widget::Race => "Race: a bar a plan",
        Widget::Timeline => "Timeline: the lanes of each plan",
        Widget::Kitchen => "Kitchen: cooks, stoves and pans",
        Widget::Choose => "Flowchart: which plan to choose",
        Widget::Quiz => "Quiz: a claim, a guess, the race",
    }
}

/// The element itself, as it will be in the notes.
fn preview(wanted: &Wanted) -> Html {
    let all = wanted.attributes();
    let given = |name: &str| {
        let found = all.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone())
    };
    let tag = format!("trilane-{}", wanted.kind);
    html! {
        <div class="preview" key={tag.clone()}>
            <@{tag} scenario={wanted.text.clone()} plans={given("plans")} knobs={given("knobs")} guess={given("guess")} claim={given("claim")} why={given("why")} theme={given("theme")} />
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct CopiedProps {
    snippet: Snippet,
}

/// A snippet with its button.
#[component]
fn Copied(props: &CopiedProps) -> Html {
    let Snippet {
        name,
        title,
        hint,
        text,
    } = &props.snippet;
    // What was copied; another text was not.
    let copied = use_state(String::new);
    let copy = {
        let (text, copied) = (text.clone(), copied.clone());
        Callback::from(move |_: MouseEvent| {
            platform::copy(&text);
            copied.set(text.clone());
        })
    };
    let said = if *copied == *text { "Copied" } else { "Copy" };
    html! {
        <section class="snippet" data-snippet={*name} aria-label={*title}>
            <div class="head"><h2>{ *title }</h2><button onclick={copy} data-do="copy" aria-label={format!("{said}: {title}")}>{ said }</button></div>
            <p class="mute">{ *hint }</p>
            <pre class="code" tabindex="0">{ text }</pre>
        </section>
    }
}
