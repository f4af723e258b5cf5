//! The profiles that come with Trilane, one a CPython version.

use std::sync::OnceLock;

use super::file::{Profile, parse_profile};
use super::{Costs, embedded_costs};

/// Oldest first; builds with a GIL before those without.
const FILES: [(&str, &str); 6] = [
    ("3.11", include_str!("data/3.11.toml")),
    ("3.12", include_str!("data/3.12.toml")),
    ("3.13", include_str!("data/3.13.toml")),
    ("3.14", include_str!("data/3.14.toml")),
    ("3.13t", include_str!("data/3.13t.toml")),
    ("3.14t", include_str!("data/3.14t.toml")),
];

const NAMES: [&str; 6] = [
    FILES[0].0, FILES[1].0, FILES[2].0, FILES[3].0, FILES[4].0, FILES[5].0,
];

/// The names that [`embedded`] knows, oldest first, builds without a GIL last.
pub fn embedded_names() -> &'static [&'static str] {
    &NAMES
}

/// The embedded profile of a Python: `3.13`, `3.14t`. It is parsed when it is first asked for: for a small
/// race that takes as long as a run.
pub fn embedded(name: &str) -> Option<&'static Profile> {
    static PARSED: [OnceLock<Option<Profile>>; FILES.len()] =
        [const { OnceLock::new() }; FILES.len()];
    let at = NAMES.iter().position(|known| *known == name)?;
    // Tests parse all of them, so that this cannot fail in a build that passed.
    let parsed = PARSED[at].get_or_init(|| parse_profile(FILES[at].1).ok());
    parsed.as_ref()
}

/// What Rust's own threads, processes and event loop cost: for what `measure --python rust` predicts. No
/// Python, so none of [`embedded_names`].
pub fn rust() -> Option<Profile> {
    parse_profile(include_str!("data/rust.toml")).ok()
}

/// What a browser's loop and workers cost: for what a run in one is predicted with before it is calibrated
/// itself. No Python, so none of [`embedded_names`].
pub fn browser() -> Option<Profile> {
    parse_profile(include_str!("data/browser.toml")).ok()
}

/// What something costs that runs plans and is no Python: `rust` and `browser`, and with an emulated
/// interpreter lock `rust-gil` and `browser-gil`. `own` goes before the embedded profile of its name.
pub fn runtime(name: &str, own: Option<&Profile>) -> Option<Costs> {
    let base = name.strip_suffix("-gil").unwrap_or(name);
    if !matches!(base, "rust" | "browser") {
        return None;
    }
    let own = own.filter(|own| own.python == base).map(Profile::costs);
    let mut costs = own.or_else(|| embedded_costs(base))?;
    name.clone_into(&mut costs.python);
    costs.gil = base != name;
    Some(costs)
}

/// The Python that is simulated where nobody asks for another: the newest with a GIL.
pub fn default_python() -> &'static str {
    "3.14"
}
