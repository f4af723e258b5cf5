//! Draw lists on a canvas.

mod canvas;
mod paint;

pub(crate) use canvas::Canvas;
