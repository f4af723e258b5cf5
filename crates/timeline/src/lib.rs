//! Timelines of Trilane traces: time scale, lanes, level of detail, hit test, draw lists and SVG.
#![warn(missing_docs)]

pub mod draw;
pub mod lod;
pub mod palette;
pub mod rows;
pub mod scale;
pub mod scene;
pub mod svg;
