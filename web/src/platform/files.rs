//! Files: those that are dropped or chosen, and those that are saved.

use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, DragEvent, Event, File, HtmlAnchorElement,
    HtmlCanvasElement, HtmlImageElement, HtmlInputElement, Url,
};

use super::{later, window};

/// Pixels of a saved bitmap for each of the picture's own: sharp on a dense screen and in print.
const PNG_SCALE: f64 = 2.0;

/// Reads files that are dropped on the page; `over` hears when one is held over it.
pub(crate) fn on_files(
    over: impl Fn(bool) + 'static,
    most_bytes: f64,
    call: impl Fn(Result<(String, Vec<u8>), String>) + 'static,
) {
    let call = Rc::new(call);
    let over = Rc::new(over);
    let listen = |name: &str, heard: Closure<dyn Fn(DragEvent)>| {
        let _ = window().add_event_listener_with_callback(name, heard.as_ref().unchecked_ref());
        // The page's own life long.
        heard.forget();
    };
    let has_files = |event: &DragEvent| {
        let types = event.data_transfer().map(|data| data.types());
        types.is_some_and(|types| types.includes(&"Files".into(), 0))
    };
    {
        let over = over.clone();
        listen(
            "dragover",
            Closure::new(move |event: DragEvent| {
                if has_files(&event) {
                    event.prevent_default();
                    over(true);
                }
            }),
        );
    }
    {
        let over = over.clone();
        listen(
            "dragleave",
            Closure::new(move |event: DragEvent| {
                // From one element to another it leaves for somewhere; off the page for nowhere.
                if event.related_target().is_none() {
                    over(false);
                }
            }),
        );
    }
    listen(
        "drop",
        Closure::new(move |event: DragEvent| {
            if !has_files(&event) {
                return;
            }
            event.prevent_default();
            over(false);
            let files = event.data_transfer().and_then(|data| data.files());
            let files = files
                .iter()
                .flat_map(|files| (0..files.length()).filter_map(|at| files.get(at)));
            for file in files {
                if file.size() > most_bytes {
                    call(Err(format!(
                        "`{}` has {:.0} MB, and a browser takes up to {:.0} MB: use `trilane` for it",
                        file.name(),
                        file.size() / 1e6,
                        most_bytes / 1e6
                    )));
                    continue;
                }
                let call = call.clone();
                read(file, move |name, bytes| call(Ok((name, bytes))));
            }
        }),
    );
}

/// Reads the file that was chosen in a field.
pub(crate) fn chosen(event: &Event, call: impl FnOnce(String, Vec<u8>) + 'static) {
    let field = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let Some(field) = field else { return };
    if let Some(file) = field.files().and_then(|files| files.get(0)) {
        read(file, call);
    }
    // The same file may be chosen again.
    field.set_value("");
}

fn read(file: File, call: impl FnOnce(String, Vec<u8>) + 'static) {
    spawn_local(async move {
        // A file that goes away while it is read is not there.
        if let Ok(buffer) = JsFuture::from(file.array_buffer()).await {
            call(file.name(), Uint8Array::new(&buffer).to_vec());
        }
    });
}

fn blob(kind: &str, bytes: &[u8]) -> Option<Blob> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    Blob::new_with_u8_array_sequence_and_options(&Array::of1(&Uint8Array::from(bytes)), &options)
        .ok()
}

/// Saves bytes as a file of the visitor's.
pub(crate) fn save(name: &str, kind: &str, bytes: &[u8]) {
    if let Some(blob) = blob(kind, bytes) {
        save_blob(name, &blob);
    }
}

fn save_blob(name: &str, blob: &Blob) {
    let saved = || -> Option<()> {
        let url = Url::create_object_url_with_blob(blob).ok()?;
        let made = window().document()?.create_element("a").ok()?;
        let link: HtmlAnchorElement = made.dyn_into().ok()?;
        link.set_href(&url);
        link.set_download(name);
        link.click();
        // The browser may begin to read it after the click.
        later(60_000, move || _ = Url::revoke_object_url(&url));
        Some(())
    };
    let _ = saved();
}

/// Paints an SVG and saves it as a bitmap; calls back where the browser cannot.
pub(crate) fn save_png(name: &str, svg: &[u8], refused: impl Fn() + 'static) {
    let refused = Rc::new(refused);
    let (name, or) = (name.to_owned(), refused.clone());
    let url =
        blob("image/svg+xml", svg).and_then(|blob| Url::create_object_url_with_blob(&blob).ok());
    let (Some(url), Ok(image)) = (url, HtmlImageElement::new()) else {
        return refused();
    };
    image.set_src(&url);
    spawn_local(async move {
        let painted = JsFuture::from(image.decode())
            .await
            .ok()
            .and_then(|_| paint(&image));
        let _ = Url::revoke_object_url(&url);
        let Some(canvas) = painted else { return or() };
        let done = Closure::once_into_js(move |blob: JsValue| match blob.dyn_into::<Blob>() {
            Ok(blob) => save_blob(&name, &blob),
            Err(_) => or(),
        });
        let _ = canvas.to_blob(done.unchecked_ref());
    });
}

fn paint(image: &HtmlImageElement) -> Option<HtmlCanvasElement> {
    let made = window().document()?.create_element("canvas").ok()?;
    let canvas: HtmlCanvasElement = made.dyn_into().ok()?;
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    canvas.set_width((width * PNG_SCALE) as u32);
    canvas.set_height((height * PNG_SCALE) as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context
        .draw_image_with_html_image_element_and_dw_and_dh(
            image,
            0.0,
            0.0,
            width * PNG_SCALE,
            height * PNG_SCALE,
        )
        .ok()?;
    Some(canvas)
}
