//! Timelines of Trilane traces: time scale, lanes, level of detail, hit test, draw lists and SVG.
#![warn(missing_docs)]

pub mod lod;
pub mod palette;
pub mod scale;
