//! The kitchen: laws over generated runs, and what the examples show.

mod examples;
mod laws;
