//! What the whole-product tests share: generated scenarios, plans and machines, and what can be
//! known of a run before it is run.

pub mod expected;
pub mod generate;
pub mod mutate;
