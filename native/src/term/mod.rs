//! The terminal: what it can show, and text that knows its inks but not their escape codes.
//!
//! Everything is laid out as [`Line`]s of plain text with an [`Ink`] each, so that columns are
//! counted before any escape code exists, and painted last, for the terminal at hand.

mod look;
mod paint;
pub(crate) mod states;

pub(crate) use look::{Colour, Look};
pub(crate) use paint::{Ink, Line, paint, sanitise, width_of, wrap};
