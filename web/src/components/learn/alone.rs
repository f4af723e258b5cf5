//! A widget that stands in no chapter, but in somebody else's page.

use std::cell::Cell;
use std::rc::Rc;

use trilane_lessons::page::{Book, Node, Widget};
use yew::prelude::*;

use super::desk::{self, Desk};
use super::remote::{Heard, Remote};
use super::widget::Played;
use super::{Reading, use_room};
use crate::learn::{Order, Progress};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// What stands on the element.
    pub(crate) order: Rc<Order>,
    /// The words on buttons.
    pub(crate) book: Rc<Book>,
    /// Who hears of it, and moves it.
    pub(crate) remote: Remote,
}

/// A widget, and its name, which no other on the page has.
type Known = Rc<Result<(Widget, String), String>>;

#[component]
pub(crate) fn Alone(props: &Props) -> Html {
    let desk = use_state(desk::shared);
    // What is guessed is forgotten with the element: the device is the host's.
    let progress = use_state(|| Rc::new(Progress::default()));
    let (room, width_px) = use_room();
    // Neither the theme nor the place of the page makes another widget of it.
    let meant = Order {
        dark: false,
        home: String::new(),
        ..(*props.order).clone()
    };
    let known = use_memo(meant, |order| order.widget().map(|widget| (widget, name())));
    {
        let remote = props.remote.clone();
        use_effect_with(known.clone(), move |known: &Known| {
            if let Err(why) = &**known {
                remote.hear.emit(Heard::Failed(why.clone()));
            }
        });
    }
    let shown = match &*known {
        Err(why) => html! { <pre class="wrong" role="alert" tabindex="0">{ why }</pre> },
        Ok((widget, name)) => {
            let reading = reading(props, name, &desk, &progress, width_px);
            let widget = titled(widget, props);
            html! { <Played key={name.clone()} {widget} {reading} /> }
        }
    };
    html! {
        <div class="alone" lang={props.book.code.clone()}>
            { room }
            { shown }
        </div>
    }
}

fn reading(
    props: &Props,
    name: &str,
    desk: &UseStateHandle<Desk>,
    progress: &UseStateHandle<Rc<Progress>>,
    width_px: u32,
) -> Reading {
    let guessed = {
        let (progress, name) = (progress.clone(), name.to_owned());
        Callback::from(move |(widget, ns): (String, Option<u64>)| {
            let mut made = (**progress).clone();
            made.set(&name, &widget, ns);
            progress.set(Rc::new(made));
        })
    };
    Reading {
        book: props.book.clone(),
        chapter: name.to_owned(),
        desk: (**desk).clone(),
        progress: (**progress).clone(),
        secrets: Rc::default(),
        guessed,
        dark: props.order.dark,
        width_px,
        home: props.order.home.as_str().into(),
        remote: Some(props.remote.clone()),
    }
}

/// The widget, with the title of an embedded example in the reader's language where nothing else is said of it.
fn titled(widget: &Widget, props: &Props) -> Widget {
    let mut widget = widget.clone();
    if !props.order.example.is_empty() && props.order.caption.is_empty() {
        let said = |node: Node| match node {
            Node::Text(title) => Node::Text(props.book.say(&title)),
            other => other,
        };
        widget.caption = widget.caption.into_iter().map(said).collect();
    }
    widget
}

/// A name that no other has.
fn name() -> String {
    thread_local!(static NEXT: Cell<u32> = const { Cell::new(0) });
    let number = NEXT.replace(NEXT.get() + 1);
    format!("element-{number}")
}
