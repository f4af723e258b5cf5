//! What a link carries, packed for an address. Version 1 is the JSON of [`Linked`], deflated, in the alphabet of
//! base 64 that needs no escapes there.

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use trilane_core::scenario::MAX_TEXT;

use super::Linked;
use crate::base64::{self, base64};

/// How hard deflate tries, of 10: further up it is slower, and hardly any smaller.
const EFFORT: u8 = 8;

/// Packs it.
pub fn pack(linked: &Linked) -> String {
    packed(&serde_json::to_vec(linked).expect("strings and numbers are JSON"))
}

pub(super) fn packed(json: &[u8]) -> String {
    base64(&compress_to_vec(json, EFFORT))
}

/// Reads what [`pack`] packed.
///
/// # Errors
/// It is none of it, in words.
pub fn unpack(packed: &str) -> Result<Linked, String> {
    let cut = || "its end is missing, or a letter was changed: copy it again, whole".to_owned();
    let bytes = base64::bytes(packed).ok_or_else(cut)?;
    // Twice what a scenario may hold: line breaks are two characters in JSON.
    let json = decompress_to_vec_with_limit(&bytes, 2 * MAX_TEXT + 65_536).map_err(|_| cut())?;
    serde_json::from_slice(&json).map_err(|_| cut())
}
