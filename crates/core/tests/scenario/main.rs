//! The scenario language, the plans, and what is drawn: from the outside.

mod controls;
mod draws;
mod generate;
mod laws;
mod meaning;
mod plans;
mod problems;
mod program;
mod schema;
