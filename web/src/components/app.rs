//! The whole page: the header, and the Lab in its three columns.

use yew::prelude::*;

use super::Dispatch;
use super::behind::use_behind;
use super::code::Code;
use super::drop::Drop;
use super::export::Export;
use super::figures::Figures;
use super::gallery::Gallery;
use super::header::Header;
use super::keys::{KeyList, use_keys};
use super::knobs::Knobs;
use super::machine::Machine;
use super::measure::Measure;
use super::narration::Narration;
use super::notes::Notes;
use super::plans::AddPlan;
use super::race::Race;
use super::text::ScenarioText;
use super::transport::Transport;
use crate::platform;
use crate::state::{Action, Look, Panel, State};

#[component]
pub(crate) fn App() -> Html {
    let store = use_reducer(|| {
        let look = platform::kept_look().map_or(Look::System, |name| Look::of(&name));
        let state = State::of(&platform::hash(), look);
        state.after(Action::SystemDark(platform::system_is_dark()))
    });
    let ask = use_behind(&store);
    let dispatch: Dispatch = store.dispatcher();
    use_keys(&dispatch, &ask, &store);
    let state = if store.busy { "busy" } else { "ready" };
    let race = html! {
        <Race shown={store.shown.clone()} pictures={store.pictures.clone()} dark={store.surface.dark}
            python={store.question.python.clone()} plans={store.question.plans.clone()}
            focus={store.focus()} open={store.open.clone()} lanes={store.lanes.clone()} events={store.events.clone()}
            tip={store.tip.clone()} surface={store.surface} dispatch={dispatch.clone()} ask={ask.clone()} />
    };
    let axis = |axis: crate::wire::Axis| axis.scale().px(store.playhead_ns as f64);
    let x = store.shown.as_ref().map_or(0.0, |shown| axis(shown.axis));
    let lanes = store
        .lanes
        .as_ref()
        .map(|(lanes, _)| (lanes.axis, axis(lanes.axis)));
    // Out of sight where the opened row does not show that time.
    let u = lanes.filter(|(axis, x)| (axis.left_px..=axis.right_px).contains(x));
    let style = format!("--t:{x:.1}px;--u:{:.1}px", u.map_or(-9999.0, |(_, x)| x));
    if platform::is_embedded() {
        return html! {
            <main class="embed" data-place="lab" data-state={state}>
                if let Some(notice) = &store.notice { <p class="notice" role="status">{ notice }</p> }
                if let Some(shown) = &store.shown {
                    <p class="embedded"><b>{ &shown.title }</b>
                        <a href={platform::without_embed(&store.link())} target="_blank" rel="noopener">{ "Open in Trilane" }</a></p>
                }
                <Transport playing={store.playing} rate={store.rate} time={store.time()} playhead_ns={store.playhead_ns}
                    end_ns={store.end_ns()} log={store.surface.log} can={(false, false)} embedded=true
                    focus={store.focus()} dispatch={dispatch.clone()} ask={ask.clone()} />
                <div class="rows" {style}>{ race }</div>
                <Narration told={store.told.clone()} shown={store.shown.clone()} />
            </main>
        };
    }
    html! {
        <>
        <a class="skip" href="#room" onclick={Callback::from(|e: MouseEvent| { e.prevent_default(); platform::focus("race"); })}>{ "Skip to the race" }</a>
        <Header look={store.look} link={store.link()} measures={!store.interpreters.is_empty()} dispatch={dispatch.clone()} />
        if let Some(notice) = &store.notice {
            <p class="notice" role="status">{ notice }
                <button onclick={super::always(&dispatch, Action::Dismiss)}>{ "Close" }</button></p>
        }
        <main data-place="lab" data-state={state}>
            <aside class="left" aria-label="Scenario">
                <Gallery open={store.example()} search={store.search.clone()} dispatch={dispatch.clone()} />
                <Knobs knobs={store.knobs.clone()} broken={!store.problems.is_empty()} dispatch={dispatch.clone()} />
                <Machine cores={store.question.cores.or(store.shown.as_ref().map(|shown| shown.cores))}
                    python={store.question.python.clone()} own={store.question.profile.is_some()} dispatch={dispatch.clone()} />
            </aside>
            <section class="middle" id="race" tabindex="-1" aria-label="Race">
                <Transport playing={store.playing} rate={store.rate} time={store.time()} playhead_ns={store.playhead_ns}
                    end_ns={store.end_ns()} log={store.surface.log}
                    can={(store.history.can_undo(), store.history.can_redo())} embedded=false
                    focus={store.focus()} dispatch={dispatch.clone()} ask={ask.clone()} />
                <div class="rows" {style}>{ race }</div>
                <AddPlan problem={store.plan_problem.clone()} dispatch={dispatch.clone()} />
            </section>
            <ScenarioText text={store.question.text.clone()} problems={store.problems.clone()}
                dark={store.surface.dark} kept={store.shown.is_some()} dispatch={dispatch.clone()} />
            <aside class="right" aria-label="What happens, and why">
                <Notes shown={store.shown.clone()} python={store.question.python.clone()} part={super::notes::Part::Verdict} />
                <Narration told={store.told.clone()} shown={store.shown.clone()} />
                <Figures figures={store.figures.clone()} shown={store.shown.clone()} dark={store.surface.dark} />
                <Notes shown={store.shown.clone()} python={store.question.python.clone()} part={super::notes::Part::Notes} />
            </aside>
        </main>
        { match store.panel {
            Panel::None => html! {},
            Panel::Code => html! { <Code code={store.code.clone()} shown={store.shown.clone()} focus={store.focus()} dark={store.surface.dark} dispatch={dispatch.clone()} /> },
            Panel::Export => html! { <Export shown={store.shown.clone()} focus={store.focus()} surface={store.surface} dispatch={dispatch.clone()} ask={ask.clone()} /> },
            Panel::Measure => html! { <Measure scenario={store.question.text.clone()} plans={store.question.plans.clone()} interpreters={store.interpreters.clone()}
                running={store.running.clone()} failed={store.measured_not.clone()} dispatch={dispatch.clone()} /> },
            Panel::Keys => html! { <KeyList dispatch={dispatch.clone()} /> },
        } }
        <Drop dispatch={dispatch.clone()} />
        </>
    }
}
