//! What the page fetches right after its first race, behind a cut: the texts of the examples, links, and profiles
//! as files. A first race needs none of them, and whoever is quicker than the fetching waits for it.
//!
//! Until it is here links name a place only: followed on this page they do the same, since places share one state.

use trilane_core::examples::Example;
use trilane_core::profile::{Profile, parse_profile};

use crate::cut::{Part, cut};
use crate::link::{Linked, packed};

/// What leads to all of it.
#[derive(Debug)]
pub struct Soon {
    /// An example's text.
    pub text: fn(&Example) -> &'static str,
    /// What a link carries, packed.
    pub pack: fn(&Linked) -> String,
    /// Reads what was packed; in words what is wrong with it.
    pub unpack: fn(&str) -> Result<Linked, String>,
    profile: Reads,
}

type Reads = fn(&str) -> Result<Profile, String>;

static SOON: Soon = Soon {
    text: Example::text,
    pack: packed::pack,
    unpack: packed::unpack,
    profile: |text| parse_profile(text).map_err(|error| error.to_string()),
};

cut!(soon, fn soon() -> &'static Soon = &SOON);

/// The part itself.
pub static PART: Part<&'static Soon> = Part::new(|| Box::pin(soon()));

/// Reads a profile; nothing where the part is not here.
pub fn profile(text: &str) -> Option<Result<Profile, String>> {
    PART.here().map(|soon| (soon.profile)(text))
}

/// The profile in a text that was read before, for which the part had to be here.
pub fn own(text: Option<&str>) -> Option<Profile> {
    profile(text?)?.ok()
}
