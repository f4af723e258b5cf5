//! Lessons: course notes in Markdown, with blocks in them that are played.
//!
//! A chapter is a Markdown file ([`chapter`]). A fenced block named `trilane` in it is a widget
//! ([`block`]): a scenario, plans, a knob or two, and what it is to prove. Figures in the text are links
//! that say what they are a figure of ([`quantity`]), so that no number is ever just written down:
//! [`proof`] simulates all of it. Chapters of one language are a course, and [`course`] holds
//! translations against it.
//!
//! docs/CONTENT.md tells the format to those who write chapters. Nothing here has files: whoever calls
//! hands over texts, and gets back what is wrong with them, by line and column, with a remedy.
#![warn(missing_docs)]

pub mod block;
pub mod chapter;
pub mod course;
pub mod front;
pub mod labels;
pub mod page;
pub mod phrases;
pub mod proof;
pub mod quantity;
pub mod shown;
