//! Timelines of Trilane traces: from spans to pictures, at a cost that goes with the pixels.
//!
//! The way of a trace through this crate:
//!
//! 1. [`rows`] chooses the lanes that a plan is shown in, and keeps their spans in columns
//!    ([`rows::Timeline`]). That is done once a trace.
//! 2. [`scale::TimeScale`] maps time to pixels, and [`scene::Layout`] sets the rows.
//! 3. [`scene::paint`] walks each row from pixel to pixel ([`lod`]) and leaves shapes in a
//!    [`draw::DrawList`]: for a canvas to paint, for [`svg`] to write, or for [`raster`] to make pixels.
//! 4. [`scene::hit`] tells what is under a point, and [`scene::arrows`] the flows of a selection.
//!
//! [`pair`] draws how a measured run differs from its prediction.
//!
//! A [`sheet::Sheet`] is all of that for one run opened into its lanes, with their names, and
//! [`plot`] has how long its tasks took and how busy its cores were.
//!
//! [`kitchen`] is a run at one instant, drawn as cooks at their stoves.
//!
//! [`palette`] holds the colours and the hatching of the states; nothing else does.
//!
//! ```
//! use trilane_core::trace::{Outcome, Recorder, RunInfo, Sink, SpanKind};
//! use trilane_core::trace::{Lane, ThreadInfo, ThreadRole};
//! use trilane_core::units::Time;
//! use trilane_timeline::svg::{self, Options};
//!
//! // A run of one task: 80 ms of waiting, then 6 ms of Python.
//! let mut recorder = Recorder::new(1);
//! recorder.thread(ThreadInfo {
//!     role: ThreadRole::Main,
//!     number: 0,
//!     process: 0,
//!     interpreter: 0,
//!     born: Time::ZERO,
//! });
//! recorder.task(0, 0, 0, None, Time::ZERO);
//! recorder.span(Lane::task(0), Time::from_nanos(80_000_000), SpanKind::Io, Some(0));
//! recorder.span(Lane::task(0), Time::from_nanos(86_000_000), SpanKind::Python, Some(0));
//! recorder.task_end(0, Time::from_nanos(86_000_000));
//! let info = RunInfo {
//!     plan: "sync".to_owned(),
//!     python: "3.14".to_owned(),
//!     gil: true,
//!     cores: 1,
//!     kinds: vec!["page".to_owned()],
//!     tasks: 1,
//! };
//! let trace = recorder.finish(info, Outcome::Completed, 0);
//!
//! let picture = svg::timeline(&trace, &Options::default());
//! assert!(picture.starts_with("<svg") && picture.contains("86 ms"));
//! ```
//!
//! Whatever is drawn is in the trace: where spans are too many for the pixels, a column shows the
//! exact share of each state. Tests hold that for generated traces.
#![warn(missing_docs)]

pub mod draw;
pub mod kitchen;
pub mod lod;
pub mod pair;
pub mod palette;
pub mod plot;
pub mod race;
pub mod raster;
pub mod rows;
pub mod scale;
pub mod scene;
pub mod sheet;
pub mod svg;
pub mod words;
