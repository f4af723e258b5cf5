//! The costs of the embedded profiles as the simulator takes them, a tenth as long as the profiles and without
//! where each figure is from: with these a first race needs no parser of TOML.
//!
//! `cargo xtask profiles` packs them anew from the profiles, which stay the source; a test holds them to those.

use std::sync::LazyLock;

use super::{Costs, Profile, browser, embedded, embedded_names, rust};

/// As [`pack_costs`] packs them.
const PACKED: &[u8] = include_bytes!("data/costs.postcard");

/// Unpacked once: every race asks for some. A test reads all of them, so that this cannot fail in a build that
/// passed.
static COSTS: LazyLock<Vec<Costs>> =
    LazyLock::new(|| postcard::from_bytes(PACKED).unwrap_or_default());

/// The costs of the embedded profile of this name, also of `rust` and `browser`, which are no Python.
pub fn embedded_costs(name: &str) -> Option<Costs> {
    COSTS.iter().find(|costs| costs.python == name).cloned()
}

/// The costs of all embedded profiles, packed: what `data/costs.postcard` has to be.
///
/// # Errors
/// There is no memory for it.
pub fn pack_costs() -> Result<Vec<u8>, postcard::Error> {
    let pythons = embedded_names().iter().filter_map(|name| embedded(name));
    let others = rust().into_iter().chain(browser());
    let costs: Vec<Costs> = (pythons.map(Profile::costs))
        .chain(others.map(|profile| profile.costs()))
        .collect();
    postcard::to_allocvec(&costs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_what_the_profiles_say() {
        let packed = pack_costs().expect("there is memory");
        assert!(
            packed == PACKED,
            "a profile was changed: run `cargo xtask profiles`"
        );
        for name in embedded_names() {
            let costs = embedded(name).map(Profile::costs);
            assert!(costs.is_some() && embedded_costs(name) == costs, "{name}");
        }
        assert_eq!(
            embedded_costs("rust"),
            rust().map(|profile| profile.costs())
        );
        assert_eq!(
            embedded_costs("browser"),
            browser().map(|profile| profile.costs())
        );
        assert_eq!(embedded_costs("4.0"), None);
    }
}
