//! The editor of the scenario's text: a script of its own (web/editor), loaded when it is first used.

use std::rc::Rc;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;
use yew::NodeRef;

use crate::platform;
use crate::wire::Trouble;

/// An open editor. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Editor(Rc<Inner>);

struct Inner {
    script: JsValue,
    _typed: Closure<dyn Fn(String)>,
}

impl PartialEq for Editor {
    fn eq(&self, other: &Editor) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Editor {
    /// Loads the script and opens the editor in a place; where that fails the plain field stays.
    pub(crate) fn open(
        place: &NodeRef,
        text: &str,
        dark: bool,
        typed: impl Fn(String) + 'static,
        opened: impl FnOnce(Editor) + 'static,
    ) {
        let (Some(place), Some(url)) = (
            place.cast::<HtmlElement>(),
            platform::script_url("data-editor"),
        ) else {
            return;
        };
        let options = Object::new();
        let set = |key: &str, value: JsValue| _ = Reflect::set(&options, &key.into(), &value);
        set("text", text.into());
        set("label", "Scenario as text".into());
        set("describedBy", "problems".into());
        set("dark", dark.into());
        let typed = Closure::<dyn Fn(String)>::new(typed);
        set("onChange", typed.as_ref().clone());
        spawn_local(async move {
            let script = load(&url, &place, &options).await;
            let Ok(script) = script else { return };
            place.set_hidden(false);
            let _ = method(&script, "focus").map(|focus| focus.call0(&script));
            opened(Editor(Rc::new(Inner {
                script,
                _typed: typed,
            })));
        });
    }

    /// Shows another text; the cursor stays where it can.
    pub(crate) fn set(&self, text: &str) {
        self.call("set", &text.into());
    }

    /// For a light or a dark page.
    pub(crate) fn dark(&self, dark: bool) {
        self.call("dark", &dark.into());
    }

    /// Marks what is wrong.
    pub(crate) fn problems(&self, problems: &[Trouble]) {
        let list = Array::new();
        for problem in problems {
            let one = Object::new();
            let set = |key: &str, value: JsValue| _ = Reflect::set(&one, &key.into(), &value);
            set("line", problem.line.into());
            set("column", problem.column.into());
            set("length", problem.length.into());
            set("message", problem.message.as_str().into());
            list.push(&one);
        }
        self.call("problems", &list);
    }

    fn call(&self, name: &str, argument: &JsValue) {
        let script = &self.0.script;
        if let Some(method) = method(script, name) {
            let _ = method.call1(script, argument);
        }
    }
}

fn method(script: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(script, &name.into()).ok()?.dyn_into().ok()
}

async fn load(url: &str, place: &HtmlElement, options: &Object) -> Result<JsValue, JsValue> {
    let module = platform::import(url).await?;
    let open: Function = Reflect::get(&module, &"open".into())?.dyn_into()?;
    open.call2(&JsValue::NULL, place, options)
}
