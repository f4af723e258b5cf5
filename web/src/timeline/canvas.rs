//! A picture on a canvas, as sharp as the screen is.

use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use super::paint;
use crate::state::Shared;
use crate::wire::Picture;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Pictures, of which one is shown.
    pub(crate) pictures: Shared<Vec<Picture>>,
    /// Which.
    pub(crate) at: usize,
    /// The picture in words; without them it is an ornament.
    #[prop_or_default]
    pub(crate) label: Option<String>,
}

#[component]
pub(crate) fn Canvas(props: &Props) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((props.pictures.clone(), props.at), move |(pictures, at)| {
            if let (Some(canvas), Some(picture)) =
                (node.cast::<HtmlCanvasElement>(), pictures.get(*at))
            {
                paint::paint(&canvas, picture);
            }
        });
    }
    let Some(picture) = props.pictures.get(props.at) else {
        return html! {};
    };
    let style = format!(
        "width:{}px;height:{}px",
        picture.width,
        picture.height.ceil()
    );
    match &props.label {
        Some(label) => {
            html! { <canvas ref={node} {style} role="img" aria-label={label.clone()} /> }
        }
        None => html! { <canvas ref={node} {style} aria-hidden="true" /> },
    }
}
