//! Links: `#/lab?v=1&s=…` names a place, and carries the scenario, the plans and the machine.
//!
//! `v` says how `s` is to be read, so that old links keep working: see [`packed`]. That is fetched right after the
//! first race, or before it where the address carries one ([`crate::soon`]).

pub mod packed;

use serde::{Deserialize, Serialize};

use crate::place::Place;
use crate::soon;

/// What an address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The place, or the name of one that is not known here; nothing where the address names none.
    pub place: Option<Result<Place, String>>,
    /// Where in it: of Learn, the chapter.
    pub path: String,
    /// What is to be shown there; nothing where it does not say.
    pub linked: Option<Linked>,
}

/// What a link carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    /// The scenario's text.
    #[serde(rename = "t")]
    pub text: String,
    /// The plans, as written.
    #[serde(rename = "p")]
    pub plans: Vec<String>,
    /// Cores, where they are not the scenario's own.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub cores: Option<u32>,
    /// The Python of plans that do not say.
    #[serde(rename = "y")]
    pub python: String,
    /// The axis is logarithmic.
    #[serde(rename = "l", default, skip_serializing_if = "is_default")]
    pub log: bool,
    /// The playhead, ns.
    #[serde(rename = "h", default, skip_serializing_if = "is_default")]
    pub playhead_ns: u64,
    /// The row that is opened.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub open: Option<u32>,
    /// It has a lane a task.
    #[serde(rename = "k", default, skip_serializing_if = "is_default")]
    pub tasks: bool,
    /// From when to when it is shown, ns.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub window: Option<(u64, u64)>,
    /// What was answered in the flowchart.
    #[serde(rename = "a", default, skip_serializing_if = "is_default")]
    pub answers: Vec<bool>,
}

/// What an address need not say.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The part of an address behind its `#`, with the `#`; of the place alone, where links cannot be packed yet.
pub fn write(place: Place, linked: &Linked) -> String {
    match soon::PART.here() {
        Some(soon) => whole(place, &(soon.pack)(linked)),
        None => format!("#/{}", place.name()),
    }
}

/// The address of a place with what is packed.
pub fn whole(place: Place, packed: &str) -> String {
    format!("#/{}?v=1&s={packed}", place.name())
}

/// Whether an address carries something, which only [`crate::soon`] can read.
pub fn is_packed(hash: &str) -> bool {
    hash.contains('?')
}

/// The same link, to another place.
pub fn to(place: Place, link: &str) -> String {
    // The course is read without a scenario.
    let rest = link.find('?').filter(|_| place != Place::Learn);
    let rest = rest.map_or("", |at| &link[at..]);
    format!("#/{}{rest}", place.name())
}

/// Reads what [`write`] wrote.
///
/// # Errors
/// What is wrong with what it carries, in words.
pub fn read(hash: &str) -> Result<Address, String> {
    let hash = hash.trim_start_matches('#');
    let (place, query) = hash.split_once('?').unwrap_or((hash, ""));
    let name = place.strip_prefix('/').unwrap_or(place);
    let (name, path) = match name.split_once('/') {
        Some((name, path)) if name == Place::Learn.name() => (name, path),
        _ => (name, ""),
    };
    let known = |name: &str| Place::of(name).ok_or_else(|| name.to_owned());
    let place = (!name.is_empty()).then(|| known(name));
    let linked = carried(query)?;
    let path = path.trim_matches('/').to_owned();
    Ok(Address {
        place,
        path,
        linked,
    })
}

fn carried(query: &str) -> Result<Option<Linked>, String> {
    let value = |key: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| *name == key).map(|(_, value)| value)
    };
    let Some(packed) = value("s") else {
        return match query.is_empty() {
            true => Ok(None),
            false => Err("it carries no scenario: its `s` is missing".to_owned()),
        };
    };
    match value("v") {
        Some("1") => {}
        Some(other) => {
            return Err(format!(
                "it is of version `{other}`, and this page reads version 1: reload the page"
            ));
        }
        None => return Err("it does not say its version: its `v` is missing".to_owned()),
    }
    match soon::PART.here() {
        Some(soon) => (soon.unpack)(packed).map(Some),
        None => Err("the part of this page that reads links could not be fetched".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(text: &str) -> Linked {
        Linked {
            text: text.to_owned(),
            plans: vec!["sync".to_owned(), "threads(8)@3.14t".to_owned()],
            cores: Some(3),
            python: "3.13".to_owned(),
            log: true,
            playhead_ns: 96_000_000,
            open: Some(1),
            tasks: true,
            window: Some((5, 7)),
            answers: vec![false, true],
        }
    }

    fn address(place: Place, linked: Linked) -> Result<Address, String> {
        Ok(Address {
            place: Some(Ok(place)),
            linked: Some(linked),
            ..Address::default()
        })
    }

    #[test]
    fn links_from_before_the_view_was_in_them_still_work() {
        let old = r#"{"t":"trilane = 1","p":["sync"],"y":"3.13"}"#;
        let read = read(&whole(Place::Lab, &packed::packed(old.as_bytes())));
        let expect = Linked {
            text: "trilane = 1".to_owned(),
            plans: vec!["sync".to_owned()],
            python: "3.13".to_owned(),
            ..Linked::default()
        };
        assert_eq!(read, address(Place::Lab, expect));
    }

    #[test]
    fn a_link_comes_back_as_it_was() {
        for text in [
            "",
            "a",
            "ab",
            "abc",
            "title = \"Grüße\"\n",
            &"x".repeat(10_000),
        ] {
            let linked = linked(text);
            assert_eq!(
                read(&write(Place::Lab, &linked)),
                address(Place::Lab, linked)
            );
        }
        for example in trilane_core::examples::all() {
            let linked = linked(example.text());
            let elsewhere = to(Place::Measure, &write(Place::Lab, &linked));
            assert_eq!(elsewhere, write(Place::Measure, &linked));
            assert_eq!(read(&elsewhere), address(Place::Measure, linked));
        }
    }

    #[test]
    fn bare_addresses_ask_for_nothing() {
        let check = |hash: &str, place: Option<Result<Place, String>>| {
            let linked = None;
            assert_eq!(
                read(hash),
                Ok(Address {
                    place,
                    linked,
                    ..Address::default()
                }),
                "{hash}"
            );
        };
        for hash in ["", "#", "#/"] {
            check(hash, None);
        }
        check("#/lab", Some(Ok(Place::Lab)));
        check("#/measure", Some(Ok(Place::Measure)));
        check("#/choose", Some(Ok(Place::Choose)));
        check("#/nowhere", Some(Err("nowhere".to_owned())));
    }

    #[test]
    fn broken_links_say_what_is_wrong() {
        let check = |hash: &str, expect: &str| {
            let error = read(hash).expect_err(hash);
            assert!(error.contains(expect), "{hash}: {error}");
        };
        let good = write(Place::Lab, &linked("trilane = 1"));
        check(&good[..good.len() - 9], "copy it again");
        check(&good.replace("v=1", "v=9"), "version `9`");
        check(&good.replace("v=1&", ""), "`v` is missing");
        check("#/lab?v=1", "`s` is missing");
        check("#/lab?v=1&s=%%%", "copy it again");
        check("#/lab?v=1&s=", "copy it again");
    }
}
