//! What can run plans here, found once. The page names it by a number in this list, never by a path.

use std::sync::Arc;

use anyhow::Result;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::reply::Refused;
use crate::failure::bad_input;
use crate::measure::runtime::Runtime;
use crate::python;
use crate::term::sanitise;

/// The list, once it was asked for.
#[derive(Default)]
pub(super) struct Interpreters(OnceCell<List>);

/// All that was found, Python's default first, Rust last.
#[derive(Clone, Debug)]
pub(super) struct List(Arc<[Entry]>);

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Its name in this list: `3.13.0`, `3.14.0t`, `rust`; a second of the same has `-2` after it.
    pub(super) id: String,
    pub(super) runtime: Runtime,
}

impl Interpreters {
    /// The list. Whoever comes first waits until each was started and has said what it is.
    pub(super) async fn list(&self) -> List {
        let find = || async {
            let found = tokio::task::spawn_blocking(python::all).await;
            List::new(found.unwrap_or_default())
        };
        self.0.get_or_init(find).await.clone()
    }
}

impl List {
    fn new(pythons: Vec<python::Interpreter>) -> List {
        let mut entries: Vec<Entry> = Vec::new();
        for python in pythons {
            let t = if python.free_threaded { "t" } else { "" };
            let name = format!("{}{t}", python.release);
            let taken = |id: &str| entries.iter().any(|entry| entry.id == id);
            let mut id = name.clone();
            let mut number = 2;
            while taken(&id) {
                id = format!("{name}-{number}");
                number += 1;
            }
            let runtime = Runtime::CPython(python);
            entries.push(Entry { id, runtime });
        }
        if cfg!(unix) {
            for gil in [false, true] {
                let runtime = Runtime::Rust { gil };
                let id = runtime.name();
                entries.push(Entry { id, runtime });
            }
        }
        List(entries.into())
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// What the page shows.
    pub(super) fn document(&self) -> Value {
        let entries = self.0.iter().enumerate();
        let shown = entries.map(|(number, entry)| entry.document(number == 0));
        json!({ "interpreters": shown.collect::<Vec<_>>() })
    }

    /// Those of these numbers, or the first where none is named.
    pub(super) fn chosen(&self, ids: &[String]) -> Result<Vec<Runtime>, Refused> {
        if ids.is_empty() {
            return Ok(self
                .0
                .first()
                .map(|entry| entry.runtime.clone())
                .into_iter()
                .collect());
        }
        ids.iter().map(|id| self.one(id)).collect()
    }

    /// The one of this number.
    pub(super) fn one(&self, id: &str) -> Result<Runtime, Refused> {
        let entry = self.0.iter().find(|entry| entry.id == id);
        entry.map(|entry| entry.runtime.clone()).ok_or_else(|| {
            let reason = format!(
                "there is no interpreter `{}` in the list: {}",
                sanitise(id),
                self.names(|entry| entry.id.clone())
            );
            Refused::new(StatusCode::UNPROCESSABLE_ENTITY, reason)
        })
    }

    /// The one that a plan names after its `@`: `3.12`, `3.13.0`, `3.14t`, `gil`. From the list as well.
    pub(super) fn named(&self, name: &str) -> Result<Runtime> {
        let fits = |entry: &&Entry| match &entry.runtime {
            Runtime::Rust { gil: true } if name == "gil" => true,
            runtime => entry.id == name || runtime.name() == name,
        };
        let found = self.0.iter().find(fits);
        found.map(|entry| entry.runtime.clone()).ok_or_else(|| {
            bad_input(format!(
                "there is no Python `{}` among those found here: {}",
                sanitise(name),
                self.names(|entry| entry.runtime.name())
            ))
        })
    }

    fn names(&self, of: impl Fn(&Entry) -> String) -> String {
        let mut names: Vec<String> = Vec::new();
        for name in self.0.iter().map(of) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names.join(", ")
    }
}

impl Entry {
    fn document(&self, default: bool) -> Value {
        let runtime = &self.runtime;
        let (label, free_threaded) = match runtime {
            Runtime::CPython(python) => (shown(&python.path), python.free_threaded),
            Runtime::Rust { .. } => ("this program".to_owned(), false),
        };
        json!({
            "id": self.id,
            "kind": if runtime.is_rust() { "rust" } else { "cpython" },
            "name": runtime.name(),
            "version": runtime.release(),
            "free_threaded": free_threaded,
            "gil": runtime.gil(),
            "interpreters": runtime.has_interpreters(),
            "start_methods": runtime.start_methods(),
            "label": label,
            "default": default,
        })
    }
}

/// A path for people, without the name of whoever lives there.
fn shown(path: &std::path::Path) -> String {
    let home = std::env::home_dir().filter(|home| home.parent().is_some());
    match home.and_then(|home| Some(path.strip_prefix(home).ok()?.to_owned())) {
        Some(rest) => format!("~/{}", rest.display()),
        None => path.display().to_string(),
    }
}
