//! The scenario language, the plans, and what is drawn: from the outside.

mod meaning;
mod problems;
