//! Real runs in a browser: what the page asks a conductor, and what it answers.
//!
//! A conductor is a worker with this module, or the page itself: it takes a scenario and plans ([`ask`]),
//! runs them one at a time on [`trilane_runner`], and gives back traces. The module is built twice: plain,
//! and with shared memory for the plans with threads (feature `threads`), which needs a page that is
//! isolated from others (`crossOriginIsolated`).
//!
//! Requests and answers are JSON, with bytes beside them.

pub mod answer;
pub mod ask;
pub mod browser;
#[cfg(target_arch = "wasm32")]
pub mod calibrate;
#[cfg(target_arch = "wasm32")]
pub mod conductor;
#[cfg(target_arch = "wasm32")]
pub mod director;
pub mod document;
pub mod prepare;
pub mod profile;

#[cfg(all(target_arch = "wasm32", feature = "threads"))]
pub use wasm_bindgen_rayon::init_thread_pool;
