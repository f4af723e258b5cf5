//! Starting a worker with a module.

use js_sys::{Array, JSON};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, Url, Worker, WorkerOptions, WorkerType};

#[wasm_bindgen]
extern "C" {
    /// The address of the script around this module, whatever its hashed name.
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    static SCRIPT: String;
}

/// The module of a worker.
#[derive(Clone, Copy, Debug)]
pub enum Module<'a> {
    /// This one: neither fetched nor compiled again.
    Own,
    /// That of the script at an address.
    Of(&'a str),
}

/// A worker that loads a module with its script, and then calls one of its functions, which has to listen for
/// messages from then on. Whatever is said to it before is kept for it.
///
/// # Errors
/// What the browser says where it starts none.
pub fn launch(module: Module<'_>, function: &str) -> Result<Worker, JsValue> {
    let (url, module) = match module {
        Module::Own => (SCRIPT.with(Clone::clone), wasm_bindgen::module()),
        Module::Of(url) => (url.to_owned(), JsValue::UNDEFINED),
    };
    let url = JSON::stringify(&url.into())?;
    let script = format!(
        "import init,{{{function}}} from {url};const early=[];onmessage=(e)=>early.push(e);\
         onmessage=(first)=>{{onmessage=(e)=>early.push(e);\
         init({{module_or_path:first.data}}).then(()=>{{{function}();early.forEach((e)=>onmessage(e))}})}}"
    );
    let kind = BlobPropertyBag::new();
    kind.set_type("text/javascript");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&script.into()), &kind)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker = Worker::new_with_options(&url, &options)?;
    worker.post_message(&module)?;
    Ok(worker)
}
