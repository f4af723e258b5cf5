//! Blocks in other people's notes: an element for those who have scripts, with a still picture for those who
//! have not, and whole pages that need no network.
//!
//! Nothing here has files: whoever calls hands over texts, and gets HTML.
#![warn(missing_docs)]

mod chapter;
mod element;
mod live;
mod notes;
mod page;
mod ran;
mod still;

pub use chapter::{TooLarge, chapter};
pub use element::{element, problems};
pub use live::{Live, Words};
pub use notes::{Fenced, fenced, lone};
pub use page::{MOST, Page, page};
pub use still::still;

/// Text as HTML has it, in elements and in attributes.
pub fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('"', "&quot;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}
