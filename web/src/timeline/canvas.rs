//! A picture on a canvas, as sharp as the screen is.

use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use super::paint;
use crate::platform::density;
use crate::wire::Picture;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) picture: Picture,
    pub(crate) dark: bool,
    /// The picture in words; without them it is an ornament.
    #[prop_or_default]
    pub(crate) label: Option<String>,
}

#[component]
pub(crate) fn Canvas(props: &Props) -> Html {
    let node = use_node_ref();
    let (width, height) = (props.picture.width, props.picture.height.ceil());
    {
        let node = node.clone();
        use_effect_with(
            (props.picture.clone(), props.dark),
            move |(picture, dark)| {
                if let Some(canvas) = node.cast::<HtmlCanvasElement>() {
                    let density = density();
                    canvas.set_width((f64::from(picture.width) * density).ceil() as u32);
                    canvas.set_height((f64::from(picture.height).ceil() * density).ceil() as u32);
                    paint::paint(&canvas, picture, *dark, density);
                }
            },
        );
    }
    let style = format!("width:{width}px;height:{height}px");
    match &props.label {
        Some(label) => {
            html! { <canvas ref={node} {style} role="img" aria-label={label.clone()} /> }
        }
        None => html! { <canvas ref={node} {style} aria-hidden="true" /> },
    }
}
