//! Starting a worker of this module: neither fetched nor compiled again.

use js_sys::{Array, JSON};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, Url, Worker, WorkerOptions, WorkerType};

#[wasm_bindgen]
extern "C" {
    /// The address of the script around this module, whatever its hashed name.
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    static SCRIPT: String;
}

/// A worker that loads the same script with the same module, and then calls one of its functions, which has
/// to listen for messages from then on. Whatever is said to it before is kept for it.
pub(super) fn launch(module: &JsValue, function: &str) -> Result<Worker, JsValue> {
    let url = JSON::stringify(&SCRIPT.with(|url| url.as_str().into()))?;
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
    worker.post_message(module)?;
    Ok(worker)
}
